"""Recognise what one reporter files again and again, so that counts can tell it from many customers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nlp.campaigns import LongClaims
from nlp.filings import Words, filings, read, structure
from nlp.floods import runs_in
from nlp.floods_hand import Hand
from nlp.floods_linked import Candidate, linked
from nlp.floods_public import Public
from nlp.frames import require
from nlp.masks import digest, fingerprint, masked, template
from nlp.near import distinct

__all__ = ["account", "collapse", "digest", "fingerprint", "masked", "overruled", "template"]

COLUMNS = {
    "document_id": "text",
    "received_at": "datetime",
    "reporter": "text",
    "reporter_known": "bool",
    "claim": "text",
    "request_id": "text or null",
    "decision_id": "text or null",
}
RULES = {
    "same_request": "the reporter named this request before",
    "same_decision": "the reporter named this decision before",
    "template": "the reporter filed this text before, ids and numbers aside",
    "near_duplicate": "the reporter filed nearly the same words before",
    "flood": "one of many documents that the reporter builds on one skeleton",
    "linked": "one of many documents that several linked reporters build on one skeleton",
    "judged": "a person said that both are one",
}
WINDOW = pd.Timedelta(days=7)
CHUNK = 4_000

Read = Callable[[], Iterator[pd.DataFrame]]
"""Reads the documents from the first on, reporter by reporter in order of arrival, in parts of any length."""


class EmptyWindow(ValueError):
    """The window in which repetitions collapse has no length."""


@dataclass(frozen=True, slots=True)
class Account:
    """What was found: document_id, kept_id, rule of collapsed documents; document_id, campaign_id of suspected ones."""

    duplicates: pd.DataFrame
    campaigns: pd.DataFrame


def collapse(documents: pd.DataFrame, *, window: pd.Timedelta = WINDOW) -> pd.DataFrame:
    """Documents that repeat another one of the same hand: document_id, kept_id, rule (all text), by document.

    `documents`: document_id (text, unique), received_at (datetime, naive is UTC), reporter (text), reporter_known
    (bool), claim, request_id, decision_id (text or null); `text` (the whole document) and `customer` where they are
    known. What unknown reporters file never collapses; the kept one is the earliest by received_at, then
    document_id, and never collapsed itself. The order of the rows changes nothing. The rules are those of `RULES`.

    Raises:
        EmptyWindow: `window` is not positive.
    """
    require(documents, COLUMNS, what="documents to collapse")
    ordered = documents[documents["received_at"].notna()].sort_values(["reporter", "received_at", "document_id"])

    def parts() -> Iterator[pd.DataFrame]:
        for start in range(0, len(ordered), CHUNK):
            yield ordered.iloc[start : start + CHUNK]

    return account(parts, window=window).duplicates


def account(documents: Read, *, window: pd.Timedelta = WINDOW) -> Account:
    """Duplicates and suspected campaigns of documents as `collapse` takes them, read twice.

    Memory holds one part, the kept documents of one reporter, and of the others what does not grow with their texts.

    Raises:
        EmptyWindow: `window` is not positive.
    """
    if window <= pd.Timedelta(0):
        raise EmptyWindow(f"expected a window longer than 0, got {window}; the default is {WINDOW}")
    vocabulary = Words()
    said = LongClaims()
    public = _survey(documents(), vocabulary, said)
    found = _Found()
    hand: Hand | None = None
    for part, known in _with_neighbours(documents()):
        chosen = part[known]
        for filing in filings(read(chosen), vocabulary):
            if hand is None or hand.reporter != filing.reporter:
                found.take(hand)
                hand = Hand(filing.reporter, window.value, public)
            hand.add(filing)
    found.take(hand)
    duplicates = found.rows(public)
    return Account(duplicates, said.campaigns(set(duplicates["document_id"])))


def overruled(duplicates: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """The duplicates as people decided: document_id, kept_id, rule, by document.

    `verdicts`: document_id, kept_id (None unless 'same'), verdict: 'separate' keeps a document, 'same' collapses it,
    and what collapsed into it, into another (rule "judged"); where that one is collapsed, into the one it is kept as.
    """
    columns = (duplicates[name].tolist() for name in ("document_id", "kept_id", "rule"))
    rows = {name: (kept, rule) for name, kept, rule in zip(*columns, strict=True)}
    ordered = verdicts.sort_values("document_id")
    for name in ordered.loc[ordered["verdict"] == "separate", "document_id"].tolist():
        rows.pop(name, None)
    same = ordered[ordered["verdict"] == "same"]
    for name, other in zip(same["document_id"].tolist(), same["kept_id"].tolist(), strict=True):
        root = rows[other][0] if other in rows else other
        if root != name:
            rows = {one: (root if kept == name else kept, rule) for one, (kept, rule) in rows.items()}
            rows[name] = (root, "judged")
    return _frame([(name, *found) for name, found in rows.items()])


@dataclass(slots=True)
class _Found:
    """What the hands collapsed so far."""

    collapsed: list[tuple[str, str, str]] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)

    def take(self, hand: Hand | None) -> None:
        """Add what a finished hand has filed."""
        if hand is None:
            return
        hand.finish()
        self.collapsed += hand.rows
        if hand.candidate is not None:
            self.candidates.append(hand.candidate)

    def rows(self, public: Public) -> pd.DataFrame:
        """All duplicates, those of linked reporters included."""
        merged = linked(self.candidates, public)
        own = [(name, merged.get(kept, kept), rule) for name, kept, rule in self.collapsed]
        return _frame([*own, *((name, root, "linked") for name, root in merged.items())])


def _frame(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["document_id", "kept_id", "rule"], dtype="object")
    return frame.sort_values("document_id", ignore_index=True)


def _survey(parts: Iterator[pd.DataFrame], vocabulary: Words, said: LongClaims) -> Public:
    """One reading of everything: which runs of words are public, and every long claim."""
    public = Public()
    for part in parts:
        texts = read(part)
        said.add(texts)
        reporters = part["reporter"].where(part["reporter_known"].astype(bool), "").tolist()
        public.add(reporters, distinct(runs_in(structure(texts.texts, vocabulary))))
    return public


def _with_neighbours(parts: Iterator[pd.DataFrame]) -> Iterator[tuple[pd.DataFrame, np.ndarray]]:
    """Each part, and which of its documents are of a known reporter who has another one."""
    before = ""
    part = next(parts, None)
    while part is not None:
        following = next(parts, None)
        reporters = part["reporter"].to_numpy(dtype=object)
        after = following["reporter"].iloc[0] if following is not None and len(following) else ""
        same = np.concatenate([[before], reporters]) == np.concatenate([reporters, [after]])
        yield part, (same[1:] | same[:-1]) & part["reporter_known"].to_numpy(dtype=bool)
        before, part = (reporters[-1] if len(reporters) else before), following
