"""Tell the language of a text."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from nlp.pseudonyms import TOKEN

UNKNOWN = "und"
# Below these a guess is noise: "hi", "fix it", "ok". Writing without spaces says more per character.
FEWEST_LETTERS = 12
FEWEST_SIGNS = 4
LONGEST = 600
# What feedback is plausibly written in: with all 97 the model sees Latin and Luxembourgish in short English.
# Malay is left to Indonesian.
LANGUAGES = (
    "ar bg bn cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nb nl no pl pt ro ru sk sl "
    "sr sv sw ta te th "
    "tl tr uk ur vi zh"
).split()
NOISE = re.compile(
    rf"{TOKEN.pattern}|https?://\S{{1,500}}|```[^`]{{0,5000}}```|`[^`\n]{{0,200}}`|"
    rf"[\w./\\-]{{0,200}}[/\\_][\w./\\-]{{0,200}}"
)
SIGNS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
LETTER = re.compile(r"[^\W\d_]")


def identify(texts: Sequence[str]) -> list[tuple[str, float]]:
    """For each text a two-letter code and its probability; ("und", 0.0) where it is too short to tell.

    py3langid's naive Bayes over byte sequences (Lui and Baldwin 2012, ACL), restricted to LANGUAGES.
    """
    return [_identify(text) for text in texts]


def _identify(text: str) -> tuple[str, float]:
    words = " ".join(NOISE.sub(" ", text[:LONGEST]).split())
    if len(SIGNS.findall(words)) < FEWEST_SIGNS and len(LETTER.findall(words)) < FEWEST_LETTERS:
        return UNKNOWN, 0.0
    code, probability = _identifier().classify(words)
    return ("no" if code == "nb" else str(code)), float(probability)


@cache
def _identifier() -> Any:
    """The loaded model: made once, since loading takes longer than a thousand texts."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in LANGUAGES if code in set(identifier.labels)])
    return identifier
