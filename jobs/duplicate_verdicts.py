"""Correct one collapse: a document counts on its own, or as one with another; the next run honours it."""

from datetime import datetime
from typing import Any

from jobs.store import Store
from jobs.store_keys import timestamp


class UnknownDocument(LookupError):
    """No document has this id."""


class BadVerdict(ValueError):
    """A verdict that would change nothing or could not be carried out."""


def separate(store: Store, document_id: str, *, actor: str, reason: str, now: datetime) -> None:
    """Let a collapsed document count on its own from the next run on; what repeats it stays where it was.

    Raises:
        UnknownDocument: there is no such document.
        BadVerdict: it is not collapsed, or the reason is empty.
    """
    group = _group(store, document_id)
    verdict = group["verdict"] or {}
    if group["collapsed_by"] is None and verdict.get("verdict") != "same":
        raise BadVerdict(
            f"expected a collapsed document, got {document_id!r}, which counts on its own already; "
            "'groundswell duplicates show ID' names those collapsed into it"
        )
    _write(store, document_id, None, "separate", actor=actor, reason=reason, now=now)


def join(store: Store, document_id: str, kept_id: str, *, actor: str, reason: str, now: datetime) -> None:
    """Let a document count as one with another from the next run on, with all that collapsed into it.

    Raises:
        UnknownDocument: one of the two is not there.
        BadVerdict: both are the same or count as one already, their streams differ, or the reason is empty.
    """
    group, kept = _group(store, document_id), _group(store, kept_id)
    if kept["kept_id"] == document_id or (
        group["kept_id"] == kept["kept_id"] and (group["verdict"] or {}).get("verdict") != "separate"
    ):
        raise BadVerdict(f"expected two documents that count twice, got {document_id!r} and {kept_id!r}; name another")
    told, other = (store.search.documents.document(one) or {} for one in (document_id, kept_id))
    if told.get("stream") != other.get("stream"):
        raise BadVerdict(
            f"expected two documents of one stream, got {told.get('stream')} and {other.get('stream')}; "
            "feedback and usage anomalies are counted apart"
        )
    _write(store, document_id, kept_id, "same", actor=actor, reason=reason, now=now)


def withdraw(store: Store, document_id: str) -> bool:
    """Take a verdict back: from the next run on the rules decide again; false where there is none.

    Raises:
        UnknownDocument: there is no such document.
    """
    _group(store, document_id)
    with store.transaction():
        return store.duplicates.withdraw_verdict(document_id)


def _group(store: Store, document_id: str) -> dict[str, Any]:
    found = store.search.duplicates.group(document_id)
    if found is None:
        raise UnknownDocument(f"expected the id of a document, got {document_id!r}; 'groundswell documents' lists them")
    return found


def _write(
    store: Store, document_id: str, kept_id: str | None, verdict: str, *, actor: str, reason: str, now: datetime
) -> None:
    if not reason.strip() or not actor.strip():
        raise BadVerdict("expected who decides and why, got an empty text; both are kept with the verdict")
    row = {
        "document_id": document_id,
        "kept_id": kept_id,
        "verdict": verdict,
        "actor": actor.strip(),
        "reason": reason.strip(),
        "decided_at": timestamp(now),
    }
    with store.transaction():
        store.duplicates.write_verdict(row)
