"""The way of a document: its pieces agree with each other, with the daily run, and with their slow references."""

import random
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from nlp import boilerplate
from nlp.banners import BANNERS
from nlp.claim import split
from nlp.classify import Classifier
from nlp.entities import ENTITIES
from nlp.extract import extract
from nlp.features import beside, boilerplate_fields, compiled
from nlp.hashing import Hashing
from nlp.language import LANGUAGES, identify, words_of
from nlp.language_model import load_byte_model
from nlp.literals import Guarded, lowered, required
from nlp.pairs import pair_counts
from nlp.seed import seed_corpus
from nlp.taxonomy import load_taxonomy
from nlp.tokens import MAX_CHARACTERS, tokenizer, word_pieces
from nlp.training import train
from nlp.understand import Reader, judge

TAXONOMY = load_taxonomy()
CORPUS = seed_corpus()
TEXTS: list[str] = CORPUS["text"].iloc[::20].tolist()
STRANGE = [
    "",
    "   ",
    "[SEP] and [MASK] are its own marks",
    "word " * 400,
    "a" * 300,
    "x\x1cy\x85z\u3000w\u00a0v",
    "Stra\u00dfe \u00c9t\u00e9 \u0130stanbul \ufb01n e\u0301",
    "\u8bf7\u95ee\u4e3a\u4ec0\u4e48, wo? \U0001f525ok\U0001f525",
    "broken \ud800 half",
    "\u201cquoted\u201d \u2014 it\u2019s \u00abso\u00bb \u2026",
]


def fuzz(count: int) -> list[str]:
    dice = random.Random(0)
    signs = [chr(code) for code in range(0, 0x3100, 5)] + list("aeiou nrst .,[]'-") * 60
    return ["".join(dice.choices(signs, k=120)) for _ in range(count)]


@pytest.fixture(scope="module")
def reader() -> Reader:
    examples = CORPUS.iloc[::23].reset_index(drop=True)
    vectors = Hashing().embed(examples["claim"].tolist())
    return Reader(Hashing(), train(examples, (vectors,), taxonomy=TAXONOMY))


def test_a_record_is_the_same_alone_and_in_company(reader: Reader) -> None:
    together = reader.understand(TEXTS[:60])
    assert together == [reader.understand([text])[0] for text in TEXTS[:60]]
    assert reader.understand([]) == []


def test_a_record_says_what_the_classifier_says(reader: Reader) -> None:
    found = extract(TEXTS[:40], pipeline=None)
    claims = [one.split.claim for one in found]
    texts = [one.redacted.text for one in found]
    fields = reader.classifier.predict(texts, claims, reader.embedder.embed(claims))
    told = reader.understand(TEXTS[:40])
    assert [row["kind"]["label"] for row in told] == fields["kind"].tolist()
    assert [row["severity"]["label"] for row in told] == fields["severity"].tolist()
    assert [row["hazard"] for row in told] == fields["hazard"].tolist()
    assert [row["abstained"] for row in told] == fields["abstained"].tolist()


def test_parts_that_are_known_are_not_looked_for_again(reader: Reader) -> None:
    claims = [split(text).claim for text in TEXTS]
    parts = [split(text).parts for text in TEXTS]
    models = {"embedder": reader.embedder, "classifier": reader.classifier}
    known, sought = judge(TEXTS, claims, parts, **models), judge(TEXTS, claims, None, **models)
    assert all((known.probabilities[name] == sought.probabilities[name]).all() for name in known.probabilities)
    nothing = boilerplate_fields(TEXTS, TAXONOMY.patterns, [()] * len(TEXTS))
    assert not nothing[:, len(TAXONOMY.patterns) :].any()


def test_the_daily_run_gets_from_the_store_the_parts_that_ingest_found(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from jobs.ingest import ingest
    from jobs.ingest_plan import Request
    from jobs.workspace import create_workspace

    workspace, _ = create_workspace(tmp_path / "workspace")
    CORPUS.iloc[::110].assign(received_at="2026-03-01")[["text", "received_at"]].to_csv(tmp_path / "a.csv", index=False)
    with workspace.open_store() as store:
        ingest(workspace, store, Request(tmp_path / "a.csv"), now=datetime(2026, 3, 2, tzinfo=UTC))
        stored = store.db.execute("SELECT document_id, text FROM document ORDER BY text").fetchall()
        parts = store.understanding.parts([row[0] for row in stored])
    assert parts == [split(text).parts for _, text in stored]
    assert sum(map(len, parts)) > 0


@pytest.mark.parametrize("texts", [TEXTS, STRANGE, fuzz(400)], ids=["corpus", "strange", "fuzz"])
def test_word_pieces_are_those_of_the_tokenizer(texts: list[str]) -> None:
    readable = [text[:MAX_CHARACTERS].encode("utf-8", "replace").decode() for text in texts]
    expected = [encoding.ids for encoding in tokenizer().encode_batch_fast(readable, add_special_tokens=True)]
    assert word_pieces(texts, special=True) == expected
    assert word_pieces(texts) == [ids[1:-1] for ids in expected]


def test_counting_the_same_claims_again_gives_the_same_and_nothing_shared() -> None:
    claims = TEXTS[:20]
    first = pair_counts(claims, 30_522)
    kept = first.copy()
    first.data[:] = -1
    assert (pair_counts([*claims], 30_522) != kept).nnz == 0


PATTERNS = {
    **{f"pattern {number}": guard.pattern for number, guard in enumerate(compiled(TAXONOMY.patterns))},
    **{f"entity {name}": pattern for name, pattern in ENTITIES.items()},
    **{f"banner {name}": pattern for name, pattern in BANNERS.items()},
    **{name: value for name, value in vars(boilerplate).items() if isinstance(value, re.Pattern)},
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=list(PATTERNS))
def test_a_guard_never_keeps_an_expression_from_a_match(pattern: re.Pattern[str]) -> None:
    guard = Guarded(pattern)
    for text in [*CORPUS["text"].iloc[::3], *CORPUS["text"].str.upper().iloc[::27]]:
        assert list(guard.spans(text, lowered(text))) == [match.span() for match in pattern.finditer(text)]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("rate[ _-]?limit|quota", ("limit", "quota")),
        ("(?:ban(?:ned)?|suspend)s?", ("ban", "suspend")),
        (r"\d+", ()),
        ("a?b?", ()),
        ("x(?=abc)", ()),
        ("(?!no)such|thing", ("such", "thing")),
    ],
)
def test_words_that_every_match_holds_are_read_from_the_expression(expression: str, words: tuple[str, ...]) -> None:
    assert set(required(re.compile(expression))) == set(words)


def test_signs_that_fold_to_letters_are_seen_through() -> None:
    pattern = re.compile("mississippi", re.I)
    for text in ("Mi\u017f\u017fissippi", "M\u0130SSISSIPPI", "m\u0131ssissippi"):
        assert bool(pattern.search(text)) <= Guarded(pattern).possible(lowered(text))


def test_blocks_stand_beside_each_other_as_scipy_puts_them() -> None:
    dice = np.random.default_rng(0)
    blocks = [
        sparse.csr_array(dice.random((5, width), dtype=np.float32) * (dice.random((5, width)) < 0.5))
        for width in (3, 1, 6)
    ]
    assert (beside(blocks).toarray() == sparse.hstack(blocks).toarray()).all()
    assert beside([block[:0] for block in blocks]).shape == (0, 10)


def test_languages_are_those_that_the_library_tells_one_by_one() -> None:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    library.set_languages([code for code in LANGUAGES if code in set(library.labels)])
    texts = [words_of(text) for text in [*TEXTS, *STRANGE, "ALL CAPITALS ARE READ AS SMALL", "прошу разблокировать"]]
    found = load_byte_model(LANGUAGES).likeliest(texts)
    for text, (code, probability) in zip(texts, found, strict=True):
        expected, chance = library.classify(text)
        if text:
            assert code == expected and probability == pytest.approx(chance, abs=1e-3)
    assert identify([]) == []


def test_other_languages_are_classified_too(reader: Reader) -> None:
    told = reader.understand(["我的账号被封了，没有任何解释，请恢复我的账号", "Mein Konto wurde ohne Grund gesperrt"])
    assert [row["language"] for row in told] == ["zh", "de"]
    assert all(row["kind"]["label"] in TAXONOMY.ids("kind") for row in told)
    assert isinstance(reader.classifier, Classifier)
