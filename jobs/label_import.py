"""Labels from a file: each row checked as a single label is, the others put into quarantine with their reason."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import jobs.ingest_cells as cells
from jobs.ingest_plan import Plan, Request, make_plan
from jobs.label_draws import DECISIONS, DOCUMENTS, TRUTH
from jobs.labelling import (
    NotALabeller,
    UnknownField,
    UnknownLabel,
    UnknownTarget,
    checked,
    holder,
)
from jobs.reading import Refusal, Row, chunks
from jobs.spreadsheet import FORMULA_STARTS
from jobs.store import Store
from jobs.store_keys import timestamp
from jobs.workspace import Workspace
from nlp.taxonomy import Taxonomy, load_taxonomy


class Malformed(ValueError):
    """A row that lacks what a label needs."""


REASONS: dict[type[Exception], str] = {
    Malformed: "malformed",
    UnknownTarget: "unknown_target",
    UnknownField: "unknown_field",
    UnknownLabel: "unknown_label",
    NotALabeller: "not_a_labeller",
}


@dataclass(slots=True)
class Imported:
    """What became of a file: labels stored (new, changed, the same as before), rows left empty, rows refused."""

    file: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    empty: int = 0
    drawn: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def quarantined(self) -> int:
        """Rows that are no labels."""
        return len(self.refused)


def import_labels(
    workspace: Workspace, store: Store, path: Path, *, labeller: str | None, login: str, now: datetime
) -> Imported:
    """Store the labels of a file in one transaction: CSV, JSON lines or Parquet with document_id or decision_id,
    field, value; labeller and labelled_at if known.

    `labeller`: whose they are, else the file's column says (a key's holder), else `login`. Rows without a value are
    left alone: a queue may come back half done. Raises `InputError`, `MissingField` where the file is none.
    """
    plan = make_plan(Request(path=path, input="labels"), timezone=workspace.settings.timezone, now=now)
    taxonomy = load_taxonomy(workspace.settings.taxonomy_file)
    found = Imported(plan.source.name)
    reader = _Reader(plan, store, taxonomy, labeller, login)
    with store.transaction():
        for chunk in chunks(plan.source, size=2000):
            found.rows += len(chunk)
            found.refused += chunk.refused
            for line, row in zip(chunk.lines, chunk.rows, strict=True):
                try:
                    _store(store, reader.label(row), found)
                except tuple(REASONS) as error:
                    found.refused.append(Refusal(line, REASONS[type(error)], str(error.args[0])))
        found.reasons.update(refusal.reason for refusal in found.refused)
        rows = [(refusal.line, refusal.reason, refusal.detail) for refusal in found.refused]
        store.runs.quarantine(plan.key, rows, now=now)
        store.labels.settle_audits()
    return found


def _store(store: Store, label: dict[str, str] | None, found: Imported) -> None:
    if label is None:
        found.empty += 1
        return
    before = store.labels.own_answer(label["target"], label["field"], label["labeller"])
    if before == label["value"]:
        found.same += 1
        return
    store.labels.add(label)
    found.changed += before is not None
    found.new += before is None
    standing = store.labels.standing(label["target"], label["field"]) or {}
    found.drawn += standing.get("inclusion_probability") is not None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads rows of one file as labels."""

    plan: Plan
    store: Store
    taxonomy: Taxonomy
    labeller: str | None
    login: str

    def label(self, row: Row) -> dict[str, str] | None:
        """A row of `Labels.add`; None for one without a value. Raises what `REASONS` names."""
        value = self._value(row)
        if value is None:
            return None
        name = self._named(row, "field")
        if name is None:
            raise Malformed("expected a field, got none; say what the value is a label of")
        target = self._named(row, "decision_id" if name == TRUTH else "document_id")
        if target is None:
            raise Malformed("expected document_id, or decision_id for the field truth, got none; name the item")
        of, known, value = checked(self.store, self.taxonomy, target=target, field=name, value=value)
        at = self.plan.time(row, "labelled_at")
        # A label from the future would stand against every later correction.
        at = min(at, self.plan.now) if at else self.plan.now
        who = self._labeller(row)
        return {"target": known, "of": of, "field": name, "value": value, "labeller": who, "at": timestamp(at)}

    def _labeller(self, row: Row) -> str:
        if self.labeller is not None:
            return self.labeller
        named = self._named(row, "labeller")
        return self.login if named is None else holder(self.store, named)

    def _value(self, row: Row) -> str | None:
        value: Any = self.plan.columns.value(row, "value")
        if isinstance(value, list):
            return ",".join(map(str, value)) or "[]"
        return cells.name(value)

    def _named(self, row: Row, name: str) -> str | None:
        """An id or a name; the apostrophe that keeps a spreadsheet from running it is taken off."""
        text = cells.name(self.plan.columns.value(row, name))
        guarded = text is not None and text[:1] == "'" and text[1:].startswith(FORMULA_STARTS)
        return text[1:] if text is not None and guarded else text


COLUMNS = {
    DOCUMENTS: "document_id field value why received_at source language mitigation segments text".split(),
    DECISIONS: (
        "decision_id field value why decided_at mitigation action version score threshold use_case language text"
    ).split(),
}
"""Columns of a queue written to a file: it comes back with its values filled in."""
