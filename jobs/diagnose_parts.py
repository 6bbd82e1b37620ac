"""What other rooms add to a workspace's diagnosis: a table of parts, each a key of the record."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jobs import evasion, root_cause

if TYPE_CHECKING:
    from jobs.decision_frames import WorkspaceLog
    from jobs.run import Day

Record = dict[str, Any]
Part = Callable[["Day", "WorkspaceLog", Record], Record]
"""Of the run's day, the mitigation's decisions and the record so far: what belongs under the part's name."""

PARTS: dict[str, Part] = {
    "root_cause": root_cause.part,
    "evasion": evasion.part,
}


def with_parts(day: "Day", log: "WorkspaceLog", record: Record) -> Record:
    """The record with every part under its name, in the order of the table: a later part sees the earlier ones."""
    for name, part in PARTS.items():
        record = {**record, name: part(day, log, record)}
    return record
