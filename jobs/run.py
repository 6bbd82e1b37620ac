"""The daily run: every step in order, each skipped when its input has not changed since it was last done."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from jobs import (
    agreement,
    anomalies,
    count,
    detect,
    diagnose_step,
    digest,
    effects,
    enrich,
    ledger_job,
    notify,
    novelty,
    releases,
    templates_job,
    theming,
    triage,
    watching,
)
from jobs.ingest_reference import ReferenceFiles, sync_reference
from jobs.join import join_decisions
from jobs.models import serving_fingerprint
from jobs.progress import say
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_keys import timestamp
from jobs.store_rows import encoded
from jobs.triage_models import watch_of
from jobs.workspace import Workspace
from nlp.taxonomy import load_taxonomy

VERSION = 4
"""Raised when a step computes something else from the same input, so that every workspace is redone once."""


class NothingToDo(ValueError):
    """A run over a workspace without documents."""


@dataclass(frozen=True, slots=True)
class Day:
    """What every step of one run is given. `as_of` is ISO 8601 UTC: the moment the findings speak of."""

    workspace: Workspace
    store: Store
    settings: Settings
    as_of: str
    reference: ReferenceFiles
    models: Callable[[], enrich.Models]


@dataclass(frozen=True, slots=True)
class Step:
    """One job of the run: its name in the account of runs, and what it does; it returns the rows it wrote.

    `due`: whether it has something to do even where nothing that it reads is new.
    """

    name: str
    run: Callable[[Day], int]
    due: Callable[[Day], bool] = lambda day: False


def _anomalies(day: Day) -> int:
    return anomalies.run(day.store, day.workspace, as_of=day.as_of).new


def _join(day: Day) -> int:
    return join_decisions(day.store, day.workspace.decisions)


def _templates(day: Day) -> int:
    if _templates_due(day):
        # Before a claim changes: a run that is killed here is taken up by the next one.
        day.store.runs.forget([step.name for step in STEPS if step.name not in ("anomalies", "join", "templates")])
    return templates_job.run(day.store, day.workspace)


def _templates_due(day: Day) -> bool:
    return templates_job.due(day.store, day.workspace)


def _enrich(day: Day) -> int:
    models = day.models()
    enriched = enrich.run(day.store, models)
    agreement.run(day.store, models.embedder, as_of=day.as_of)
    triage.run(day.store, watch_of(models.classifier))
    triage.tell(day.store, day.workspace)
    return enriched


def _themes(day: Day) -> int:
    models = day.models()
    return theming.run(
        day.store,
        day.settings,
        as_of=day.as_of,
        embedder_version=models.embedder.version,
        births=lambda: novelty.run(day.store, day.settings, models, as_of=day.as_of),
    )


def _watch(day: Day) -> int:
    return watching.run(
        day.store, day.reference.watchlists, embed=lambda texts: day.models().embedder.embed(texts), as_of=day.as_of
    )


def _count(day: Day) -> int:
    return count.run(day.store, day.settings, as_of=day.as_of)


def _ledger(day: Day) -> int:
    return ledger_job.run(day.store, day.settings, as_of=day.as_of)


def _releases(day: Day) -> int:
    return releases.run(day.store, as_of=day.as_of)


def _detect(day: Day) -> int:
    reference = day.reference
    return detect.run(day.store, day.settings, reference.routes, reference.watchlists, as_of=day.as_of)


def _effects(day: Day) -> int:
    return effects.run(day.store, as_of=day.as_of)


def _unchecked(day: Day) -> bool:
    return effects.due(day.store, as_of=day.as_of)


def _diagnose(day: Day) -> int:
    return diagnose_step.run(day)


def _undelivered(day: Day) -> bool:
    waiting = day.store.delivery.notifications(states=("pending", "claimed", "failed"))
    return bool(waiting) or day.store.triage.left_untold()


def _notify(day: Day) -> int:
    told = triage.tell(day.store, day.workspace)
    return told + notify.run(day.store, day.settings, day.workspace, as_of=day.as_of)


def _digest(day: Day) -> int:
    quiet = day.store.findings.quiet()
    return digest.run(day.store, day.settings, day.workspace, as_of=day.as_of, quiet=quiet)


STEPS = (
    Step("anomalies", _anomalies),
    Step("join", _join),
    Step("templates", _templates, due=_templates_due),
    Step("enrich", _enrich),
    Step("themes", _themes),
    Step("watch", _watch),
    Step("count", _count),
    Step("ledger", _ledger),
    Step("releases", _releases),
    Step("detect", _detect),
    Step("effects", _effects, due=_unchecked),
    Step("diagnose", _diagnose),
    Step("notify", _notify, due=_undelivered),
    Step("digest", _digest),
)


def run(workspace: Workspace, *, now: datetime) -> list[dict[str, object]]:
    """Do every step whose input changed; one row a step: job, state (done or skipped), rows, seconds."""
    settings = workspace.settings
    with workspace.open_store() as store:
        reference = sync_reference(workspace, store)
        as_of = moment(store, settings, now)
        loaded: list[enrich.Models] = []

        def models() -> enrich.Models:
            if not loaded:
                loaded.append(enrich.load_models(store, workspace))
            return loaded[0]

        day = Day(workspace, store, settings, as_of, reference, models)
        # What is derived is input of all the others: it is there before their fingerprint is taken.
        derived = _do(STEPS[0], day, anomalies.fingerprint(store, workspace, as_of), later=())
        inputs = fingerprint(store, workspace, as_of, reference)
        others = [_do(step, day, inputs, later=STEPS[place:]) for place, step in enumerate(STEPS[1:], 2)]
        return [derived, *others]


def moment(store: Store, settings: Settings, now: datetime) -> str:
    """What "today" is: the last arrival (clock `data`) or the clock on the wall; ISO 8601 UTC.

    Raises NothingToDo where there is no document.
    """
    latest = store.documents.latest_received()
    if latest is None:
        raise NothingToDo("expected documents to run on, got none; ingest some with 'groundswell ingest FILE'")
    if settings.clock == "wall":
        return timestamp(now)
    return latest


def fingerprint(store: Store, workspace: Workspace, as_of: str, reference: ReferenceFiles) -> str:
    """Equal for equal documents, references, models, settings and day: then there is nothing to do."""
    kept = (reference.routes, reference.watchlists)
    settings = workspace.settings
    taxonomy = load_taxonomy(settings.taxonomy_file)
    rules = (taxonomy.grave_patterns, taxonomy.triage, taxonomy.triage_weights)
    models = [serving_fingerprint(workspace, taxonomy), repr(rules)]
    files = [[entry.model_dump(mode="json") for entry in entries] for entries in kept]
    parts = [VERSION, store.documents.input_hash(), store.reference.input_hash(), as_of, models, files]
    text = encoded([*parts, settings.model_dump(mode="json")])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _do(step: Step, day: Day, inputs: str, *, later: Sequence[Step]) -> dict[str, object]:
    state = day.store.runs.state(step.name)
    known = state is not None and state["input_hash"] == inputs
    if known and not step.due(day):
        return {"job": step.name, "state": "skipped", "rows": 0, "seconds": 0.0}
    say(f"{step.name} …")
    if not known:
        # What comes after builds on this step's rows, even where it has seen these inputs before: a setting that
        # was changed and, after a run that was cut short, changed back.
        day.store.runs.forget([one.name for one in later])
    with day.store.runs.running(step.name, now=datetime.now(UTC), as_of=day.as_of) as account:
        account.rows_out = step.run(day)
        day.store.runs.set_state(step.name, inputs, account.run_id, day.as_of)
    return {"job": step.name, "state": "done", "rows": account.rows_out, "seconds": account.seconds}
