"""Documents as the search for duplicates reads them: their keys, words and shingles, many at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pandas as pd

from nlp.floods import runs_in
from nlp.masks import digest, masked
from nlp.near import Hashes, Runs, Vocabulary, bands, distinct, word_hashes
from nlp.repeats import FEWEST_TOKENS, LONG_TEMPLATE, SHORT_TEMPLATE, Document

MOST_TOKENS = 2000
HEAD, TAIL = 300, 100
"""Words of a document's text, from its beginning and its end, in which a skeleton is looked for."""
CONTENT = 5


@dataclass(frozen=True, slots=True)
class Filing:
    """One document with what the rules compare.

    `words`: hashes of the words of its text, in order (bit 0: a word of content that
    the claim has), empty under 12; `wording`: equal
    for equal masked texts; `raw`: equal for equal texts.
    """

    document: Document
    reporter: str
    words: Hashes
    wording: str
    raw: int


class Words(Vocabulary):
    """Hashes of words whose bit 0 says whether the word is one of content: of five letters or more."""

    def __missing__(self, word: str) -> int:
        value = super().__missing__(word) & ~1 | (len(word) >= CONTENT)
        self[word] = value
        return value


@dataclass(frozen=True, slots=True)
class Masked:
    """A part of the documents, ordered by reporter and arrival: their claims and texts as masked words."""

    rows: pd.DataFrame
    claims: list[str]
    texts: list[str]


def read(part: pd.DataFrame) -> Masked:
    """Claims and texts of a part without what varies; a document without text is its claim."""
    claims = [masked(claim) if isinstance(claim, str) else "" for claim in part["claim"]]
    if "text" not in part.columns:
        return Masked(part, claims, claims)
    pairs = zip(part["claim"], part["text"], claims, strict=True)
    texts = [said if text == claim or not isinstance(text, str) else masked(text) for claim, text, said in pairs]
    return Masked(part, claims, texts)


def structure(texts: list[str], vocabulary: Vocabulary) -> Runs:
    """Word hashes of each text's beginning and end; none for a text under 12 words."""
    found = []
    for text in texts:
        words = text.split()
        if len(words) > HEAD + TAIL:
            words = words[:HEAD] + words[-TAIL:]
        found.append(words if len(words) >= FEWEST_TOKENS else [])
    return word_hashes(found, vocabulary)


def filings(part: Masked, vocabulary: Vocabulary) -> Iterator[Filing]:
    """The documents of a part, in its order, with what the rules compare."""
    rows, claims, texts = part.rows, part.claims, part.texts
    words = structure(texts, vocabulary)
    long, sets, keys = _shingled(claims, vocabulary)
    received = pd.to_datetime(rows["received_at"], utc=True).dt.as_unit("ns").astype("int64").tolist()
    raws = rows["text" if "text" in rows.columns else "claim"].tolist()
    columns = (rows[name].tolist() for name in ("document_id", "reporter", "request_id", "decision_id"))
    for at, (name, reporter, request, decision) in enumerate(zip(*columns, strict=True)):
        template = digest(claims[at]) if claims[at] else ""
        rule = LONG_TEMPLATE if long[at] >= 0 else SHORT_TEMPLATE
        pairs = (("same_request", request), ("same_decision", decision), (rule, template))
        document = Document(
            name,
            received[at],
            tuple((rule, value) for rule, value in pairs if isinstance(value, str) and value),
            sets.of(long[at]) if long[at] >= 0 else None,
            keys[long[at]] if long[at] >= 0 else (),
        )
        wording = template if texts[at] is claims[at] else digest(texts[at])
        raw = crc32(raws[at].encode("utf-8", "surrogatepass")) if isinstance(raws[at], str) else 0
        own = words.of(at) if texts[at] is claims[at] else _of_the_claim(words.of(at), claims[at], vocabulary)
        yield Filing(document, reporter, own, wording, raw)


def _of_the_claim(words: Hashes, claim: str, vocabulary: Vocabulary) -> Hashes:
    """The words of a text, of which only those that its claim has too are words of content."""
    said = np.array(sorted({vocabulary[word] for word in claim.split()}), dtype=np.uint64)
    return np.where(np.isin(words, said), words, words & ~np.uint64(1))


def _shingled(claims: list[str], vocabulary: Vocabulary) -> tuple[list[int], Runs, list[list[int]]]:
    """For each claim its place among the long ones (-1: short), and their sets of shingles and bands."""
    words = [claim.split()[:MOST_TOKENS] for claim in claims]
    chosen = [at for at, one in enumerate(words) if len(one) >= FEWEST_TOKENS]
    places = [-1] * len(words)
    for place, at in enumerate(chosen):
        places[at] = place
    sets = distinct(runs_in(word_hashes([words[at] for at in chosen], vocabulary)))
    return places, sets, bands(sets).tolist()
