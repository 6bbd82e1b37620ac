"""Ingest: a file becomes rows of the store, chunk by chunk, each committed with its bookkeeping."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from jobs.ingest_decisions import DecisionLoader
from jobs.ingest_desk import Desk, Loader, Written
from jobs.ingest_documents import DocumentLoader
from jobs.ingest_identity import Identity
from jobs.ingest_plan import Plan, Request, make_plan
from jobs.ingest_tables import AppealLoader, ExposureLoader, LabelLoader
from jobs.reading import Chunk, Refusal, chunks
from jobs.rules import serving_rules
from jobs.settings import SettingsError
from jobs.store import Store
from jobs.triage import Gate, tell
from jobs.workspace import Workspace
from nlp.extract import redactor_version
from nlp.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from spacy.language import Language

LOADERS: dict[str, type[Loader]] = {
    "feedback": DocumentLoader,
    "usage_anomaly": DocumentLoader,
    "decisions": DecisionLoader,
    "exposure": ExposureLoader,
    "appeals": AppealLoader,
    "labels": LabelLoader,
}

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


def quiet(title: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
    """A progress bar that nobody sees."""
    return nullcontext(lambda count: None)


@dataclass(slots=True)
class Outcome:
    """What became of a file: rows read, stored, known before, refused (by reason), and what to tell."""

    file: str
    input: str
    mapping: list[str]
    notes: list[str]
    rows_in: int = 0
    rows_new: int = 0
    rows_same: int = 0
    rows_quarantined: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[Refusal] = field(default_factory=list)
    queued: int = 0
    told: int = 0
    triage: str = ""
    """What became of triage where it did not run its course."""
    already: bool = False
    dry_run: bool = False

    def add(self, counts: dict[str, int], refused: list[Refusal]) -> None:
        """Count in a chunk."""
        for name, count in counts.items():
            setattr(self, name, getattr(self, name) + count)
        self.reasons.update(refusal.reason for refusal in refused)
        self.examples = [*self.examples, *refused][:5]


def ingest(
    workspace: Workspace, store: Store, request: Request, *, now: datetime, progress: Progress = quiet
) -> Outcome:
    """Ingest one file. The same file under the same options is nothing new; an interrupted one is continued.

    `now` (aware) is the latest that a row may be dated, but for a day. Raises ValueErrors that say what to do
    where the file as a whole is refused; then nothing is stored of it.
    """
    plan = make_plan(request, timezone=workspace.settings.timezone, now=now)
    outcome = Outcome(plan.source.name, plan.input, plan.columns.describe(), list(plan.notes))
    outcome.dry_run = request.dry_run
    if request.dry_run:
        return _rehearsed(workspace, store, plan, outcome)
    account = store.runs.file(plan.key)
    if account and account["finished"]:
        outcome.already = True
        outcome.rows_in, outcome.rows_quarantined = account["rows_in"], account["rows_quarantined"]
        outcome.rows_same = outcome.rows_in - outcome.rows_quarantined
        return outcome
    pipeline = _pipeline(plan)
    gate = Gate(workspace, store, now=now) if plan.input == "feedback" else None
    desk = Desk(
        plan, store, Identity(workspace.hash_key()), workspace.decisions, pipeline, serving_rules(workspace),
        _taxonomy(workspace, plan),
    )  # fmt: skip
    versions = {"redactor": redactor_version(pipeline)}
    with store.runs.running("ingest", now=now, versions=versions) as run:
        with progress(f"ingest {plan.source.name}", plan.rows) as advance:
            _load(desk, LOADERS[plan.input](desk), outcome, advance, gate)
        run.rows_in, run.rows_out, run.quarantined = outcome.rows_in, outcome.rows_new, outcome.rows_quarantined
    if gate is not None:
        _tell(gate, outcome)
    return outcome


def _tell(gate: Gate, outcome: Outcome) -> None:
    """Tell owners of grave documents. What is stored stays stored where nobody can be told."""
    if gate.waits:
        outcome.triage = "no classifier has been prepared on this machine: triage waits for 'groundswell run'"
    try:
        outcome.told = tell(gate.store, gate.workspace)
    except SettingsError as error:
        outcome.triage = f"nobody was told of grave documents yet; they are in the queue. {error}"


def _load(desk: Desk, loader: Loader, outcome: Outcome, advance: Callable[[int], None], gate: Gate | None) -> None:
    plan, store = desk.plan, desk.store
    with store.transaction():
        store.runs.begin_file(
            plan.key, name=plan.source.name, mapping=plan.mapping, options=dict(plan.options), now=plan.now
        )
    account = store.runs.file(plan.key)
    done = account["next_line"] if account else 0
    for chunk in chunks(plan.source, size=loader.chunk_rows):
        if chunk.next_line <= done:
            loader.replay(loader.parse(chunk).items)
        else:
            with store.transaction():
                _load_chunk(desk, loader, chunk, outcome)
                outcome.queued += gate.look() if gate is not None else 0
        advance(len(chunk))
    with store.transaction():
        outcome.notes += loader.finish()
        store.runs.finish_file(plan.key)


def _load_chunk(desk: Desk, loader: Loader, chunk: Chunk, outcome: Outcome) -> None:
    parsed = loader.parse(chunk)
    written = loader.write(parsed.items) if len(parsed.items) else Written()
    refused = sorted([*chunk.refused, *parsed.refused, *written.refused], key=_line)
    counts = {
        "rows_in": len(chunk),
        "rows_new": written.new,
        "rows_same": written.same,
        "rows_quarantined": len(refused),
    }
    rows = [(refusal.line, refusal.reason, refusal.detail) for refusal in refused]
    desk.store.runs.quarantine(desk.plan.key, rows, now=desk.plan.now)
    desk.store.runs.advance_file(desk.plan.key, counts, next_line=chunk.next_line)
    outcome.add(counts, refused)


def _rehearsed(workspace: Workspace, store: Store, plan: Plan, outcome: Outcome) -> Outcome:
    """What would be read and refused, storing nothing; ids that conflict are not looked for."""
    identity = Identity(workspace.hash_key())
    desk = Desk(plan, store, identity, workspace.decisions, taxonomy=_taxonomy(workspace, plan))
    loader = LOADERS[plan.input](desk)
    for chunk in chunks(plan.source, size=loader.chunk_rows):
        parsed = loader.parse(chunk)
        refused = sorted([*chunk.refused, *parsed.refused], key=_line)
        counts = {"rows_in": len(chunk), "rows_new": len(parsed.items), "rows_quarantined": len(refused)}
        outcome.add(counts, refused)
    return outcome


def _taxonomy(workspace: Workspace, plan: Plan) -> Taxonomy | None:
    """What labels are checked against."""
    return load_taxonomy(workspace.settings.taxonomy_file) if plan.input == "labels" else None


def _pipeline(plan: Plan) -> "Language | None":
    """The name finder, where there is text to redact."""
    return _name_finder() if {"text", "excerpt"} & set(plan.columns.fields) else None


@cache
def _name_finder() -> "Language | None":
    from nlp.names import load_pipeline

    return load_pipeline()


def _line(refusal: Refusal) -> int:
    return refusal.line
