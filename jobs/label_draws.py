"""Drawing what to label or audit: reads who may be drawn, draws with known chances, writes the draw."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from jobs.decision_log import DecisionLog
from jobs.ingest_decisions import decision_rows
from jobs.store import Store
from jobs.store_rows import null
from jobs.workspace import Workspace
from mitigations.cells import WEEK, week_name, week_start
from mitigations.sampling import Design, Draw, active_sizes, draw, even_sizes, permanent_numbers

Row = dict[str, Any]

DOCUMENTS, DECISIONS, TRUTH = "documents", "decisions", "truth"
HEADLINES = ("over_block", "under_block")
"""The kinds whose weekly counts are estimated: a document is worth a label as far as it may be one of them."""
MISSED = 0.1
"""Of what the classifier gives to other kinds wrongly, the share that is taken to belong to those."""
RANDOM = 0.09
"""Variance p (1 - p) below which an item is drawn as a check, not for its doubt: p below 0.1 or above 0.9."""


class NothingToDraw(ValueError):
    """Nothing is left that could be drawn."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted: so many items in the queue, of the newest weeks.

    `gold`: planted ones beside, `double`: those that two people shall answer, as shares of what is drawn. Decisions
    are asked for their truth, those of each `action` apart.
    """

    of: str = DOCUMENTS
    field: str = "kind"
    items: int = 50
    weeks: int = 8
    gold: float = 0.05
    double: float = 0.1
    action: str | None = None

    def __post_init__(self) -> None:
        if self.of == DECISIONS:
            object.__setattr__(self, "field", TRUTH)
            object.__setattr__(self, "action", self.action or "block")


def next_draw(store: Store, workspace: Workspace, ask: Ask, *, actor: str, at: str) -> Row:
    """Fill the queue up to so many items that wait for this person's answer, second opinions among them: drawn,
    waiting, draw_id (None: nothing was drawn) and population.

    Raises `NothingToDraw` where nothing waits and nothing is left.
    """
    with store.transaction():
        number = store.labels.begin() + 1
        waiting = store.labels.waiting(ask.of, ask.field, labeller=actor, action=ask.action)
        if waiting >= ask.items:
            return {"drawn": 0, "waiting": waiting, "draw_id": None, "population": None}
        items = population(store, workspace, ask)
        found = _drawn(workspace, items, ask, budget=ask.items - waiting)
        if not len(found.chosen) and not waiting:
            raise NothingToDraw(nothing(ask))
        draw_id = f"L{number:04d}"
        if len(found.chosen):
            _write(store, workspace, ask, items, found, {"draw_id": draw_id, "actor": actor, "drawn_at": at})
    drawn = len(found.chosen)
    return {
        "drawn": drawn,
        "waiting": waiting + drawn,
        "draw_id": draw_id if drawn else None,
        "population": len(items),
    }


def nothing(ask: Ask) -> str:
    """Why there is nothing to draw, and what to do."""
    if ask.of == DECISIONS:
        return f"expected {ask.action} decisions of the last {ask.weeks} weeks, got none; ingest a log with --decisions"
    return (
        f"expected classified feedback of the last {ask.weeks} weeks without labels of {ask.field!r}, got none; "
        "ask for more --weeks, or run 'groundswell run' first"
    )


def population(store: Store, workspace: Workspace, ask: Ask) -> pd.DataFrame:
    """What may be drawn: item_id, stratum, reporter, template, said, said_probability, probability, earlier, size
    (sums to 1)."""
    latest = store.labels.latest_day(ask.of)
    if latest is None:
        raise NothingToDraw(nothing(ask))
    monday = pd.Timestamp(latest) - pd.Timedelta(days=pd.Timestamp(latest).dayofweek)
    since = monday - (ask.weeks - 1) * WEEK
    if ask.of == DECISIONS:
        found = _decisions(store, workspace, ask, since)
        return found.assign(size=even_sizes(found["stratum"]))
    found = store.labels.population(ask.field, since=since.strftime("%Y-%m-%d"))
    found["stratum"] = _weeks(pd.to_datetime(found["day"]))
    found["probability"] = chance(found, ask.field)
    return found.assign(size=active_sizes(found, design()))


def design() -> Design:
    """How documents are drawn."""
    return Design()


def chance(items: pd.DataFrame, field: str) -> "pd.Series[float]":
    """Chance of each item to be what is counted: of a kind, to be a headline kind; else that the answer is right."""
    sure = items["said_probability"].fillna(0.5)
    if field != "kind":
        return sure
    return sure.where(items["said"].isin(HEADLINES), (1 - sure) * MISSED)


def _weeks(days: "pd.Series[pd.Timestamp]") -> "pd.Series[str]":
    return week_start(days).map(week_name).astype(object)


def _decisions(store: Store, workspace: Workspace, ask: Ask, since: pd.Timestamp) -> pd.DataFrame:
    log, frames = DecisionLog(workspace.decisions), []
    for partition in log.partitions():
        if partition.month >= since.strftime("%Y-%m"):
            rows = log.read(partition, ["decision_id", "decided_at", "action"])
            frames.append(rows.assign(mitigation=partition.mitigation))
    if not frames:
        raise NothingToDraw(nothing(ask))
    rows = pd.concat(frames, ignore_index=True).drop_duplicates("decision_id").sort_values("decision_id")
    days = rows["decided_at"].dt.tz_localize(None).dt.normalize()
    rows = rows.assign(stratum=_weeks(days) + " " + rows["mitigation"])
    wanted = (
        (days >= since) & (rows["action"] == ask.action) & ~rows["decision_id"].isin(store.labels.audited_elsewhere())
    )
    earlier = store.labels.drawn_decisions().set_index("item_id")["earlier"]
    found = rows[wanted].rename(columns={"decision_id": "item_id", "action": "said"}).reset_index(drop=True)
    found["earlier"] = earlier.reindex(found["item_id"]).fillna(0.0).to_numpy()
    found[["said_probability", "probability"]] = np.nan
    return pd.DataFrame(found)


def _drawn(workspace: Workspace, items: pd.DataFrame, ask: Ask, *, budget: int) -> Draw:
    numbers = permanent_numbers(items["item_id"], seed=seed(workspace, ask.of))
    return draw(numbers, items["size"].to_numpy(), budget, earlier=items["earlier"].to_numpy())


def seed(workspace: Workspace, purpose: str) -> int:
    """The workspace's own seed for a purpose (63 bits): nobody outside can tell which ids will be drawn."""
    digest = hashlib.blake2b(purpose.encode(), key=workspace.hash_key()[:64], digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def _write(
    store: Store, workspace: Workspace, ask: Ask, items: pd.DataFrame, found: Draw, account: dict[str, str]
) -> None:
    """Store the draw, and what is new of earlier draws' chances."""
    drawn = items.iloc[found.chosen].assign(inclusion=found.inclusion[found.chosen])
    rows = _with_gold(store, ask, _rows(workspace, drawn, ask))
    raised = np.flatnonzero((items["earlier"].to_numpy() > 0) & (found.inclusion > items["earlier"].to_numpy()))
    carried = items.iloc[raised].assign(inclusion=found.inclusion[raised])
    rows = _with_carried(rows, [{**row, "position": None} for row in _rows(workspace, carried, ask)])
    told = {**asdict(ask), "threshold": None if np.isinf(found.threshold) else found.threshold}
    told |= {"population": len(items), **(asdict(design()) if ask.of == DOCUMENTS else {})}
    if ask.of == DECISIONS:
        whole = DecisionLog(workspace.decisions).find(decisions=drawn["item_id"], requests=[])
        store.reference.add_decisions(decision_rows(whole))
    row = {**account, "of": ask.of, "field": ask.field, "design": told}
    store.labels.write_draw({**row, "seed": seed(workspace, ask.of), "items": len(found.chosen)}, rows)
    if ask.of == DECISIONS:
        store.labels.settle_audits()


def _with_carried(rows: list[Row], carried: list[Row]) -> list[Row]:
    """The rows with those whose chance rose; one that is planted now has it in its row."""
    risen = {row["item_id"]: row for row in carried}
    kept = []
    for row in rows:
        before = risen.pop(row["item_id"], None)
        kept.append(row if before is None else {**row, "inclusion_probability": before["inclusion_probability"]})
    return [*kept, *risen.values()]


def _rows(workspace: Workspace, items: pd.DataFrame, ask: Ask) -> list[Row]:
    """Rows of `label_item`, in the order of the draw."""
    twice = permanent_numbers(items["item_id"], seed=seed(workspace, "double")) < ask.double
    return [
        {
            "item_id": row["item_id"],
            "position": place,
            "stratum": row["stratum"],
            "inclusion_probability": row["inclusion"],
            "opinions": 2 if two else 1,
            "said": null(row["said"]),
            "said_probability": null(row["said_probability"]),
            "why": why(row, ask),
            "gold_value": None,
        }
        for place, (row, two) in enumerate(zip(items.to_dict("records"), twice, strict=True), 1)
    ]


def why(row: Mapping[Any, Any], ask: Ask) -> str:
    """Why this item is asked for, in words that do not give the classifier's answer away."""
    if ask.of == DECISIONS:
        return f"random audit of {row['said']} decisions, {row['stratum']}"
    p = row["probability"]
    if p * (1 - p) < RANDOM:
        return f"random check, {row['stratum']}"
    what = "whether over- or under-block" if ask.field == "kind" else f"of the {ask.field.replace('_', ' ')}"
    return f"classifier unsure {what}, {row['stratum']}"


def _with_gold(store: Store, ask: Ask, rows: list[Row]) -> list[Row]:
    """The rows with settled items planted among them that look like the rest."""
    wanted = round(ask.gold * len(rows))
    drawn = {row["item_id"] for row in rows}
    planted = [row for row in store.labels.gold(ask.of, ask.field, action=ask.action) if row["item_id"] not in drawn][
        :wanted
    ]
    mixed = list(rows)
    numbers = permanent_numbers(pd.Series([row["item_id"] for row in planted], dtype=object), seed=len(rows))
    for row, number in zip(planted, numbers, strict=True):
        gold = {name: row[name] for name in ("item_id", "stratum", "said", "said_probability", "why")}
        model = rows[int(number * len(rows))]
        looks = {name: value if value is not None else model[name] for name, value in gold.items()}
        looks |= {"inclusion_probability": None, "opinions": 1, "gold_value": row["value"]}
        mixed.insert(int(number * (len(mixed) + 1)), looks)
    return [{**row, "position": place} for place, row in enumerate(mixed, 1)]
