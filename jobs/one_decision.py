"""All that is known of one decision: facts, who judged it, what was asked around it, documents that speak of it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from jobs.dates import stamp
from jobs.decision_log import DecisionLog, Partition
from jobs.store import Store
from jobs.store_rows import decoded, null
from jobs.workspace import Workspace
from mitigations.episodes import CONVERSATION_WINDOW

Row = dict[str, Any]

MOST_TURNS = 50
MOST_DOCUMENTS = 50
FOLLOWED = ("customer", "conversation_id")
TURN = "decision_id decided_at action score threshold version".split()


def one_decision(store: Store, workspace: Workspace, decision_id: str, *, grave: Sequence[str]) -> Row | None:
    """One decision, None where neither SQLite nor the log has it.

    The columns of the table `decision`, with the truth that figures count (an audit's or a labeller's, else that of a
    closed appeal), and `withheld`: the excerpt is shown on reveal only, since what the mitigation looks for is one of
    the harm domains `grave` or not known; `appeals`; `around`: see there; `documents`: rows as a search lists them.
    """
    log, search = DecisionLog(workspace.decisions), store.search
    row = search.decisions.decision(decision_id) or logged(log, decision_id)
    if row is None:
        return None
    domain = store.root_cause.harm_domain(row["mitigation"])
    speaking = search.decisions.speaking(decision_id, row["request_id"], most=MOST_DOCUMENTS)
    return {
        **row,
        **_truth(store, row),
        "withheld": row["excerpt"] is not None and (domain is None or domain in grave),
        "appeals": search.decisions.appeals(decision_id, row["request_id"]),
        "around": around(log, row),
        "documents": search.documents.some(speaking),
    }


def logged(log: DecisionLog, decision_id: str) -> Row | None:
    """The log's row of a decision, segments as a dict; the newest months are looked through first."""
    found = log.one(decision_id)
    rows = [{str(name): _told(name, value) for name, value in row.items()} for row in found.to_dict("records")]
    return rows[0] if rows else None


def around(log: DecisionLog, row: Row) -> list[Row]:
    """TURN of what its customer or its conversation asked of the mitigation within CONVERSATION_WINDOW before or after
    it, by time, itself among them, and `together`: in its conversation. None where the log names neither."""
    own = {name: row[name] for name in FOLLOWED if row[name] is not None}
    if not own:
        return []
    moment = pd.Timestamp(row["decided_at"])
    first, last = moment - CONVERSATION_WINDOW, moment + CONVERSATION_WINDOW
    partitions = [Partition(row["mitigation"], month) for month in sorted({f"{day:%Y-%m}" for day in (first, last)})]
    found = pd.concat([log.naming(partition, [*TURN, *FOLLOWED], own) for partition in partitions])
    near = found[found["decided_at"].between(first, last)].drop_duplicates("decision_id")
    turns = near.assign(together=near["conversation_id"].eq(row["conversation_id"]))
    rows = turns.sort_values(["decided_at", "decision_id"])[[*TURN, "together"]].to_dict("records")
    return [{str(name): _told(name, value) for name, value in turn.items()} for turn in rows[:MOST_TURNS]]


def _truth(store: Store, row: Row) -> Row:
    if row["truth"] is not None:
        return {}
    said = store.diagnosis.truths(row["mitigation"]).set_index("decision_id")[["truth", "truth_source"]]
    own = said[said.index == row["decision_id"]].to_dict("records")
    return {str(name): value for name, value in own[0].items()} if own else {}


def _told(name: Any, value: Any) -> Any:
    return stamp(value) if isinstance(value, pd.Timestamp) else decoded(str(name), null(value))
