"""Recognise what one reporter files again and again, so that counts can tell it from many customers."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from nlp.frames import require
from nlp.near import NearIndex, bands, shingles, similarity

COLUMNS = {
    "document_id": "text",
    "received_at": "datetime",
    "reporter": "text",
    "reporter_known": "bool",
    "claim": "text",
    "request_id": "text or null",
    "decision_id": "text or null",
}
WINDOW = pd.Timedelta(days=7)
FEWEST_TOKENS = 12
LEAST_SIMILAR = 0.5
MOST_TOKENS = 2000

# Writing without spaces has a word in every sign.
WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
# What differs between two reports of one template: links, and every run of ASCII signs with a digit in it.
VARIABLE = re.compile(r"https?://\S{1,2000}|(?<![!-~])[!-/:-~]{0,200}\d[!-~]*")


class EmptyWindow(ValueError):
    """The window in which repetitions collapse has no length."""


def digest(text: str) -> str:
    """16 hex digits of BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def fingerprint(claim: str) -> str:
    """16 hex digits, the same for claims that differ in case, punctuation and spacing alone."""
    return digest(" ".join(WORD.findall(claim.casefold())))


def masked(claim: str) -> str:
    """The claim's words with everything that varies within a template (numbers, ids, links, tokens) as "0".

    >>> masked("Request req_011CbQm4uTzX was blocked at 12:03!")
    'request 0 was blocked at 0'
    """
    return " ".join(WORD.findall(VARIABLE.sub(" 0 ", claim).casefold()))


def template(claim: str) -> str:
    """16 hex digits, the same for claims of one template; see `masked`."""
    return digest(masked(claim))


@dataclass(frozen=True, slots=True)
class Document:
    """One row: its time in nanoseconds, its keys in the order of the rules, what it shares with others."""

    document_id: str
    received: int
    keys: tuple[tuple[str, str], ...]
    shingles: frozenset[int]
    bands: tuple[bytes, ...]


@dataclass(slots=True)
class Reporter:
    """What one reporter has filed so far: the documents that were kept, and by key the one kept for it."""

    kept: dict[str, Document] = field(default_factory=dict)
    by_key: dict[tuple[str, str], str] = field(default_factory=dict)
    near: NearIndex = field(default_factory=NearIndex)


def collapse(documents: pd.DataFrame, *, window: pd.Timedelta = WINDOW) -> pd.DataFrame:
    """Documents that repeat an earlier one of the same reporter: document_id, kept_id, rule (all text).

    `documents`: document_id (text, unique), received_at (datetime, naive is UTC), reporter (text),
    reporter_known (bool), claim, request_id, decision_id (text or null). What unknown reporters file never
    collapses. Rules, the first that holds: same_request, same_decision (at any distance in time); template,
    near_duplicate (at least 12 words, half of the shingles in common), both within `window` of the
    document that is kept: the earliest by received_at, then document_id, never collapsed itself. The order of
    the rows changes nothing.

    Raises:
        EmptyWindow: `window` is not positive.
    """
    require(documents, COLUMNS, what="documents to collapse")
    if window <= pd.Timedelta(0):
        raise EmptyWindow(f"expected a window longer than 0, got {window}; the default is {WINDOW}")
    known = documents[documents["reporter_known"].astype(bool) & documents["received_at"].notna()]
    known = known[known.duplicated("reporter", keep=False)].sort_values(["reporter", "received_at", "document_id"])
    rows: list[tuple[str, str, str]] = []
    for _, group in known.groupby("reporter", sort=True):
        reporter = Reporter()
        for document in _documents(group):
            found = _same_key(document, reporter, window.value) or _near(document, reporter, window.value)
            if found:
                rows.append((document.document_id, *found))
            _remember(document, reporter, found[0] if found else None)
    frame = pd.DataFrame(rows, columns=["document_id", "kept_id", "rule"], dtype="object")
    return frame.sort_values("document_id", ignore_index=True)


def _documents(group: pd.DataFrame) -> Iterator[Document]:
    received = pd.to_datetime(group["received_at"], utc=True).dt.as_unit("ns").astype("int64")
    columns = (group[name] for name in ("document_id", "claim", "request_id", "decision_id"))
    for at, document_id, claim, request_id, decision_id in zip(received, *columns, strict=True):
        text = masked(claim) if isinstance(claim, str) else ""
        ids = (
            ("same_request", request_id),
            ("same_decision", decision_id),
            ("template", text and digest(text)),
        )
        keys = tuple((rule, value) for rule, value in ids if isinstance(value, str) and value)
        words = text.split()[:MOST_TOKENS]
        runs = shingles(words) if len(words) >= FEWEST_TOKENS else frozenset[int]()
        yield Document(document_id, int(at), keys, runs, bands(runs) if runs else ())


def _same_key(document: Document, reporter: Reporter, window: int) -> tuple[str, str] | None:
    """The kept document with the same request, decision or template, and the rule."""
    for rule, value in document.keys:
        kept = reporter.by_key.get((rule, value))
        if kept is not None and (rule != "template" or document.received - reporter.kept[kept].received < window):
            return kept, rule
    return None


def _near(document: Document, reporter: Reporter, window: int) -> tuple[str, str] | None:
    """The most similar kept document within the window (of equals the earliest), if it is similar enough."""
    best, most = None, LEAST_SIMILAR
    for key in reporter.near.candidates(document.bands):
        other = reporter.kept[key]
        share = similarity(document.shingles, other.shingles)
        if document.received - other.received < window and (share > most or (best is None and share == most)):
            best, most = key, share
    return (best, "near_duplicate") if best is not None else None


def _remember(document: Document, reporter: Reporter, kept: str | None) -> None:
    """Later documents with one of these keys belong to the same kept document."""
    if kept is None:
        kept = document.document_id
        reporter.kept[kept] = document
        reporter.near.add(kept, document.bands)
    for key in document.keys:
        if key[0] == "template":
            reporter.by_key[key] = kept
        else:
            reporter.by_key.setdefault(key, kept)
