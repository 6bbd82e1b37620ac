"""Documents on their way in: feedback and usage anomalies, redacted before anything is kept of them."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jobs.ingest_cells as cells
from jobs.dates import stamp
from jobs.ingest_desk import Desk, Parsed, Written
from jobs.reading import Chunk, Refusal, Row
from nlp.extract import Extract, extract, redactor_version

OLDEST = timedelta(days=3 * 365)
"""An event reported longer after it than this is taken for a mistyped year."""
AHEAD = timedelta(days=1)


@dataclass(slots=True)
class Draft:
    """One document before redaction, in memory only. `fields` are columns of `document` that need no more work."""

    line: int
    own_id: str | None
    text: str
    reporter: str | None
    fields: dict[str, Any]
    attributes: dict[str, Any] = field(default_factory=dict)
    document_id: str = ""


class Refused(ValueError):
    """A row that is no document; its arguments are reason and detail."""


class DocumentLoader:
    """Loads feedback and usage anomalies."""

    chunk_rows = 500

    def __init__(self, desk: Desk) -> None:
        self.desk, self.plan, self.columns = desk, desk.plan, desk.plan.columns
        self.stream = desk.plan.input
        self.version = redactor_version(desk.pipeline)
        self._ordinals: Counter[bytes] = Counter()

    def parse(self, chunk: Chunk) -> Parsed:
        """Drafts of the chunk's rows."""
        parsed = Parsed([])
        for line, row in zip(chunk.lines, chunk.rows, strict=True):
            try:
                parsed.items.append(self._draft(line, row))
            except Refused as refused:
                parsed.refused.append(Refusal(line, *refused.args))
        return parsed

    def replay(self, items: list[Draft]) -> None:
        """Count identical documents that came before, so that the next gets the next ordinal."""
        for draft in items:
            self._name(draft)

    def write(self, items: list[Draft]) -> Written:
        """Store the new documents: same id and content are skipped, same id and other content refused."""
        for draft in items:
            self._name(draft)
        known = self.desk.store.documents.content_hashes([draft.document_id for draft in items])
        written, fresh = Written(), []
        for draft in items:
            content = draft.fields["content_hash"] = self._content(draft)
            before = known.get(draft.document_id)
            if before is None:
                known[draft.document_id] = content
                fresh.append(draft)
            elif before == content:
                written.same += 1
            else:
                written.refused.append(Refusal(draft.line, "id_conflict", "the id is known with other content"))
        written.new = self.desk.store.documents.add(self._rows(fresh))
        return written

    def finish(self) -> list[str]:
        """Nothing is left: documents are joined with decisions by the run."""
        return []

    def _draft(self, line: int, row: Row) -> Draft:
        received = self.plan.time(row, "received_at")
        fault = self.plan.fault(row, "received_at", received)
        if fault or received is None:
            raise Refused(*(fault or ("no_date", "")))
        value = self.columns.value
        fields = {
            "stream": self.stream,
            "source": cells.segment(value(row, "source")) or self.plan.source_name,
            "customer": self._person(value(row, "customer_id"), self.desk.identity.customer),
            "verified": cells.flag(value(row, "verified")),
            "seats": cells.number(value(row, "seats")),
            "revenue": cells.number(value(row, "revenue")),
            "request_id": cells.name(value(row, "request_id")),
            "decision_id": cells.name(value(row, "decision_id")),
            "mitigation": cells.name(value(row, "mitigation")),
            "url": cells.address(value(row, "url")),
            "thread_id": cells.name(value(row, "thread_id")),
            "anomaly_type": cells.name(value(row, "anomaly_type")),
            "magnitude": cells.number(value(row, "magnitude")),
            "segments": self._segments(row),
        }
        reporter = value(row, "reporter_id") or value(row, "customer_id")
        since = self.plan.time(row, "customer_since")
        fields["customer_since"] = stamp(since)[:10] if since else None
        draft = Draft(
            line,
            cells.name(value(row, "id")),
            self._text(row),
            self._person(reporter, self.desk.identity.reporter),
            fields,
            self._attributes(value(row, "attributes")),
        )
        if self.stream == "usage_anomaly" and fields["anomaly_type"] is None:
            raise Refused("no_type", "anomaly_type: expected a value, got none")
        self._date(draft, row, received)
        return draft

    def _text(self, row: Row) -> str:
        try:
            text = cells.composed(self.columns.parts(row, "text"))
        except cells.NotText as error:
            raise Refused("not_text", f"text: {error}") from None
        if not text and self.stream == "feedback":
            raise Refused("empty_text", "text: expected words, got nothing visible")
        return text

    def _person(self, value: Any, hashed: Any) -> str | None:
        text = cells.name(value)
        return hashed(text) if text else None

    def _segments(self, row: Row) -> dict[str, str]:
        given = row.get("segments")
        named = dict(given) if isinstance(given, dict) else {}
        named.update({key: row.get(column) for key, column in self.columns.segments.items()})
        kept = {key: cells.segment(value) for key, value in named.items()}
        return {key: value for key, value in kept.items() if value is not None}

    def _attributes(self, value: Any) -> dict[str, Any]:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                return {}
        return value if isinstance(value, dict) else {}

    def _date(self, draft: Draft, row: Row, received: datetime) -> None:
        """Set the two clocks. An impossible time of the event gives way to that of arrival, and is noted."""
        occurred, origin = received, "received"
        if "occurred_at" in self.columns.fields and self.columns.value(row, "occurred_at") is not None:
            reported = self.plan.time(row, "occurred_at")
            if reported is None:
                draft.attributes["occurred_at_refused"] = "not in the column's format"
            elif reported > received + AHEAD:
                draft.attributes["occurred_at_refused"] = "after it was received"
            elif reported < received - OLDEST:
                draft.attributes["occurred_at_refused"] = "more than three years before it was received"
            else:
                occurred, origin = min(reported, received), "reported"
        draft.fields |= {
            "received_at": stamp(received),
            "occurred_at": stamp(occurred),
            "occurred_from": origin,
        }

    def _name(self, draft: Draft) -> None:
        """Give the document its id: the source's, else a hash of what it is and its ordinal among identical ones."""
        source = draft.fields["source"]
        own = draft.own_id
        if own is None:
            told = [str(draft.fields[name] or "") for name in ("received_at", "customer", "anomaly_type", "magnitude")]
            basis = self.desk.identity.digest("document", source, *told, draft.text)
            ordinal = self._ordinals[bytes.fromhex(basis)]
            self._ordinals[bytes.fromhex(basis)] += 1
            own = "h" + (basis if ordinal == 0 else self.desk.identity.digest(basis, str(ordinal)))
        elif "@" in own:
            own = "h" + self.desk.identity.digest("id", own)
        draft.document_id = f"{source}:{own}"

    def _content(self, draft: Draft) -> str:
        facts = {name: value for name, value in draft.fields.items() if name != "content_hash"}
        told = json.dumps([facts, draft.attributes, draft.reporter], sort_keys=True, default=str)
        return self.desk.identity.digest("content", told, draft.text)

    def _rows(self, drafts: list[Draft]) -> list[dict[str, Any]]:
        found = extract([draft.text for draft in drafts], pipeline=self.desk.pipeline, rules=self.desk.rules)
        ingested = stamp(self.plan.now)
        return [self._row(draft, one, ingested) for draft, one in zip(drafts, found, strict=True)]

    def _row(self, draft: Draft, found: Extract, ingested: str) -> dict[str, Any]:
        from nlp.duplicates import fingerprint, template
        from nlp.pseudonyms import shown_spans

        redacted, parts = found.redacted, found.split
        spans = [(span.start, span.end, "redaction", span.name) for span in shown_spans(redacted)]
        spans += [(span.start, span.end, "boilerplate", span.name) for span in parts.parts]
        unknown = "u_" + self.desk.identity.digest("reporter", draft.document_id)
        return {
            "document_id": draft.document_id,
            "text": redacted.text,
            "claim": parts.claim,
            "ingested_at": ingested,
            "reporter": draft.reporter or unknown,
            "reporter_known": int(draft.reporter is not None),
            "attributes": redacted_leaves(draft.attributes) or None,
            "fingerprint": fingerprint(parts.claim),
            "template": template(parts.claim),
            "file_hash": self.plan.source.hash,
            "redactor_version": self.version,
            "rules_version": self.desk.rules.version,
            "spans": spans,
            "entities": found.entities,
            **draft.fields,
        }


def redacted_leaves(value: Any) -> Any:
    """An object with every text in it redacted (by patterns; a field's value is too short for names)."""
    from nlp.redact import redact

    if isinstance(value, dict):
        return {str(key): redacted_leaves(item) for key, item in value.items()}
    if isinstance(value, list):
        return [redacted_leaves(item) for item in value]
    return redact(cells.clean(value)).text if isinstance(value, str) else value
