"""Exposure, appeals and labels on their way in: one row of the file, one row of its table."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import TYPE_CHECKING, Any

import jobs.ingest_cells as cells
from jobs.dates import stamp
from jobs.ingest_desk import Desk, Parsed, Written
from jobs.reading import Chunk, Refusal, Row

if TYPE_CHECKING:
    from jobs.ingest_plan import Plan

OUTCOMES = {
    **dict.fromkeys(("upheld", "denied", "rejected", "confirmed", "refused"), "upheld"),
    **dict.fromkeys(("overturned", "granted", "accepted", "reversed", "successful"), "overturned"),
    **dict.fromkeys(("open", "pending", "in_review", "new"), "open"),
}


class Refused(ValueError):
    """A row that lacks what its table needs; its arguments are reason and detail."""


class TableLoader(ABC):
    """Loads rows that are stored by key: what comes later replaces what was there."""

    chunk_rows = 2000

    def __init__(self, desk: Desk) -> None:
        self.desk, self.plan, self.value = desk, desk.plan, desk.plan.columns.value

    def parse(self, chunk: Chunk) -> Parsed:
        """Rows of the table."""
        parsed = Parsed([])
        for line, row in zip(chunk.lines, chunk.rows, strict=True):
            try:
                parsed.items.append(self.row(row))
            except Refused as refused:
                parsed.refused.append(Refusal(line, *refused.args))
        return parsed

    @abstractmethod
    def row(self, row: Row) -> dict[str, Any]:
        """One row of the table. Raises `Refused`."""

    def replay(self, items: list[dict[str, Any]]) -> None:  # noqa: B027 - rightly empty for all of them
        """Nothing: rows are stored by key."""

    def finish(self) -> list[str]:
        """Nothing is left to do."""
        return []

    def time(self, row: Row, name: str) -> datetime:
        """A time that every row must have."""
        return required_time(self.plan, row, name)

    def named(self, row: Row, name: str) -> str | None:
        """A field that is an id or a name."""
        return cells.name(self.value(row, name))

    def customer(self, row: Row) -> str | None:
        """The hashed customer."""
        name = self.named(row, "customer_id")
        return self.desk.identity.customer(name) if name else None

    def target(self, row: Row, names: tuple[str, str]) -> dict[str, str | None]:
        """The two fields of which a row must have one."""
        found = {name: self.named(row, name) for name in names}
        if not any(found.values()):
            raise Refused("no_target", f"expected {names[0]} or {names[1]}, got neither")
        return found


class ExposureLoader(TableLoader):
    """Loads opportunities for error by day, mitigation and segments."""

    def row(self, row: Row) -> dict[str, Any]:
        """One row of `exposure`."""
        counts = {name: cells.number(self.value(row, name)) for name in ("requests", "blocked", "customers")}
        if all(count is None for count in counts.values()):
            raise Refused("no_count", "expected requests, blocked or customers, got none")
        if any(count is not None and count < 0 for count in counts.values()):
            raise Refused("negative_count", "expected counts of 0 or more")
        segments = {key: cells.segment(row.get(column)) for key, column in self.plan.columns.segments.items()}
        return {
            "day": stamp(self.time(row, "day"))[:10],
            "mitigation": self.named(row, "mitigation") or "all",
            "segments": {key: value for key, value in segments.items() if value is not None},
            **counts,
        }

    def write(self, items: list[dict[str, Any]]) -> Written:
        """Store the rows."""
        self.desk.store.reference.add_exposure(items)
        return Written(new=len(items))


class AppealLoader(TableLoader):
    """Loads appeals; their texts are redacted."""

    def row(self, row: Row) -> dict[str, Any]:
        """One row of `appeal`, its text still as it came."""
        filed = stamp(self.time(row, "filed_at"))
        target = self.target(row, ("decision_id", "request_id"))
        outcome = (self.named(row, "outcome") or "open").lower()
        if outcome not in OUTCOMES:
            raise Refused("bad_outcome", "outcome: expected upheld, overturned or open")
        closed = self.plan.time(row, "closed_at")
        customer = self.customer(row)
        told = [str(part or "") for part in (filed, target["decision_id"], target["request_id"], customer)]
        try:
            text = cells.composed(self.plan.columns.parts(row, "text"))
        except cells.NotText as error:
            raise Refused("not_text", f"text: {error}") from None
        return {
            "appeal_id": self.named(row, "id") or "a_" + self.desk.identity.digest("appeal", *told),
            "filed_at": filed,
            **target,
            "customer": customer,
            "outcome": OUTCOMES[outcome],
            "closed_at": stamp(closed) if closed else None,
            "text": text or None,
        }

    def write(self, items: list[dict[str, Any]]) -> Written:
        """Redact and store the appeals."""
        from nlp.redact import redact_all

        texts = redact_all([item["text"] or "" for item in items], pipeline=self.desk.pipeline)
        rows = [{**item, "text": text.text or None} for item, text in zip(items, texts, strict=True)]
        self.desk.store.reference.add_appeals(rows)
        return Written(new=len(items))


class LabelLoader(TableLoader):
    """Loads labels that people gave to documents and decisions."""

    def row(self, row: Row) -> dict[str, Any]:
        """One row of `label`."""
        target = self.target(row, ("document_id", "decision_id"))
        name, value = self.named(row, "field"), self.named(row, "value")
        if not name or not value:
            raise Refused("no_label", "expected a field and a value, got less")
        value = self._known(name, value)
        labelled = self.plan.time(row, "labelled_at") or self.plan.now
        inclusion = cells.number(self.value(row, "inclusion_probability"))
        if inclusion is not None and not 0 < inclusion <= 1:
            raise Refused("bad_probability", "inclusion_probability: expected more than 0 and at most 1")
        labeller = self.named(row, "labeller") or "unknown"
        told = [str(part or "") for part in (*target.values(), name, labeller)]
        return {
            "label_id": "l_" + self.desk.identity.digest("label", *told),
            **target,
            "field": name,
            "value": value,
            "labeller": labeller,
            "labelled_at": stamp(labelled),
            "inclusion_probability": inclusion,
        }

    def _known(self, name: str, value: str) -> str:
        """The value as it is stored; a field of somebody's own may hold anything. Raises `Refused`."""
        from jobs.label_draws import TRUTH
        from jobs.labelling import FIELDS, UnknownLabel, checked_value

        if self.desk.taxonomy is None or name not in (*FIELDS, TRUTH):
            return value
        try:
            return checked_value(self.desk.taxonomy, name, value)
        except UnknownLabel as error:
            raise Refused("unknown_label", str(error)) from None

    def write(self, items: list[dict[str, Any]]) -> Written:
        """Store the labels."""
        self.desk.store.reference.add_labels(items)
        return Written(new=len(items))

    def finish(self) -> list[str]:
        """Point labels to the documents they mean, as far as these are here."""
        self.desk.store.reference.settle_labels()
        self.desk.store.labels.settle_audits()
        stray = self.desk.store.reference.stray_labels()
        return [f"{stray:,} labels name documents that are not here (yet)"] if stray else []


def required_time(plan: "Plan", row: Row, name: str) -> datetime:
    """A time that can be true.

    Raises `Refused`.
    """
    found = plan.time(row, name)
    fault = plan.fault(row, name, found)
    if fault or found is None:
        raise Refused(*(fault or ("no_date", name)))
    return found
