"""The decisions behind a derived anomaly, read from the log again: facts, never excerpts."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from jobs.dates import stamp
from jobs.decision_log import DecisionLog
from jobs.store_rows import null
from jobs.workspace import Workspace

SHOWN = "decision_id decided_at action score threshold version language use_case request_id customer".split()


def decisions_behind(workspace: Workspace, anomaly: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of the decisions that the anomaly names those the log still has, by time: SHOWN and mitigation.

    Only the months of its window are read. `anomaly`: as `store.anomalies.anomaly` gives it.
    """
    wanted = set(anomaly["decision_ids"])
    if not wanted:
        return []
    log = DecisionLog(workspace.decisions)
    first = str(anomaly["first_day"] or "")[:7]
    tables = []
    for partition in log.partitions():
        if anomaly["mitigation"] in (None, partition.mitigation) and first <= partition.month <= anomaly["day"][:7]:
            rows = log.read(partition, SHOWN)
            tables.append(rows[rows["decision_id"].isin(wanted)].assign(mitigation=partition.mitigation))
    if not tables:
        return []
    found = pd.concat(tables).drop_duplicates("decision_id").sort_values(["decided_at", "decision_id"])
    return [{str(name): _told(value) for name, value in row.items()} for row in found.to_dict("records")]


def _told(value: Any) -> Any:
    return stamp(value) if isinstance(value, pd.Timestamp) else null(value)
