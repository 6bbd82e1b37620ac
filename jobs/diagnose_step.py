"""The step `diagnose` of the run: every mitigation with decisions, diagnosed and kept whole."""

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from jobs.decision_frames import WorkspaceLog, workspace_log
from jobs.decision_log import DecisionLog
from jobs.diagnose import Options, Record, diagnosis
from jobs.diagnose_parts import with_parts
from jobs.enrich import load_models
from jobs.ingest_reference import read_reference
from jobs.store import Store
from jobs.workspace import Workspace

if TYPE_CHECKING:
    from jobs.run import Day


class UnknownSegment(LookupError):
    """A segment that no decision of the mitigation has."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants beside what the run keeps: decisions `since` a day (ISO), `segments` to slice by (): all."""

    options: Options = Options()
    since: str | None = None
    segments: tuple[str, ...] = ()


def run(day: "Day") -> int:
    """Diagnose every mitigation in the decision log; returns how many there are. Twice on one log is once."""
    names = logged(day.workspace)
    for name in names:
        log = replace(workspace_log(day.store, day.workspace, name), as_of=day.as_of)
        record = with_parts(day, log, of_log(log, Options()))
        day.store.diagnosis.write(name, day.as_of, record)
    day.store.diagnosis.keep(names)
    return len(names)


def logged(workspace: Workspace) -> list[str]:
    """Mitigations that the decision log knows, by name."""
    return sorted({partition.mitigation for partition in DecisionLog(workspace.decisions).partitions()})


def of_log(log: WorkspaceLog, options: Options) -> Record:
    """The record of a mitigation in a workspace, without parts: what it speaks of, then what a file's has."""
    days = {"since": None, "first_day": log.first_day, "last_day": log.last_day}
    return {"mitigation": log.mitigation, "as_of": log.as_of, **days, **diagnosis(log, options)}


def of_days(store: Store, workspace: Workspace, mitigation: str, asked: Asked) -> Record:
    """The same with its parts of what somebody asks for, made now and not kept. Raises `UnknownMitigation`,
    `UnknownSegment`."""
    from jobs.run import Day

    log = workspace_log(store, workspace, mitigation, since=asked.since)
    unknown = [name for name in asked.segments if name not in log.segments]
    if unknown:
        known = ", ".join(log.segments) or "none"
        raise UnknownSegment(f"expected a segment of {mitigation} ({known}), got {unknown[0]!r}; correct --segment")
    if asked.segments:
        log = replace(log, segments=asked.segments)
    models = cache(lambda: load_models(store, workspace))
    day = Day(workspace, store, workspace.settings, log.as_of, read_reference(workspace.path), models)
    return with_parts(day, log, {**of_log(log, asked.options), "since": asked.since})
