"""States what was planted in the demo world."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from jobs.dates import stamp
from jobs.scenario_calendar import Calendar
from jobs.scenario_events import Event
from jobs.scenario_filings import Filing
from jobs.scenario_personal import Personal


def event_truths(events: Sequence[Event], filings: Sequence[Filing], calendar: Calendar) -> list[dict[str, Any]]:
    """One record an event, with the ids of its documents; days are dates, both ends included."""
    ids: dict[str, list[str]] = defaultdict(list)
    for filing in filings:
        if filing.event:
            ids[filing.event].append(filing.id)
    return [
        {
            "id": event.id,
            "type": event.type,
            "first_day": calendar.day(event.first).isoformat(),
            "last_day": calendar.day(event.last).isoformat(),
            "series": event.series,
            "kind": event.kind,
            "harm_domain": event.harm_domain,
            "product": event.product,
            "mitigation": event.mitigation,
            "expected_multiplier": event.multiplier,
            "note": event.note,
            **event.facts,
            "documents": len(ids[event.id]),
            "document_ids": ids[event.id],
        }
        for event in events
    ]


def document_truths(filings: Sequence[Filing]) -> list[dict[str, Any]]:
    """One row a document: what it claims, what it is part of, and which document it repeats.

    A text that says nothing of its subject ("blocked again") has domain none and use case unknown.
    """
    said = [filing.copy_of or filing for filing in filings]
    return [
        {
            "id": filing.id,
            "kind": filing.subject.kind,
            "harm_domain": "none" if text.vague else filing.subject.harm_domain,
            "use_case": "unknown" if text.vague else filing.subject.use_case,
            "subject": filing.subject.id,
            "language": text.language,
            "event": filing.event,
            "copy_of": filing.copy_of.id if filing.copy_of else "",
            "occurred_at": stamp(filing.happened),
        }
        for filing, text in zip(filings, said, strict=True)
    ]


def duplicate_truth(filings: Sequence[Filing]) -> dict[str, Any]:
    """The background duplicates: each with the document it repeats, by the same reporter."""
    pairs = [{"id": one.id, "copy_of": one.copy_of.id} for one in filings if one.copy_of]
    return {"id": "duplicates", "type": "background_duplicates", "documents": len(pairs), "pairs": pairs}


def personal_truth(planted: Sequence[tuple[Filing, Personal]], filings: Sequence[Filing]) -> list[dict[str, str]]:
    """Planted personal data, by document, as it stands in the text; documents sent twice included."""
    items = {filing.id: item for filing, item in planted}
    rows = []
    for filing in filings:
        item = items.get(filing.copy_of.id if filing.copy_of else filing.id)
        if item:
            rows.append({"document_id": filing.id, "type": item.type, "value": item.value})
    return rows
