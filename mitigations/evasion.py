"""Evasion of a mitigation: tries after a block by week and technique, how often they pass, which ways are new."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mitigations.cells import week_start
from mitigations.episodes import STOPPED, UNTOLD, tries
from mitigations.evasion_texts import Embed
from mitigations.evasion_themes import OTHER, Framed, themes
from mitigations.evasion_trend import slope, trends
from mitigations.rates import share_interval

RECENT = pd.Timedelta(days=28)
MOST_IDS = 20
TECHNIQUE_COLUMNS = (
    "technique", "tries", "successes", "customers", "share", "share_low", "share_high", "first_seen", "last_seen",
    "recent_customers", "before", "recent", "slope", "p_value", "trend", "decision_ids",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evasion:
    """`tries`: as `mitigations.episodes.tries` with `theme`; `weeks`, `techniques`: see `by_week`, `by_technique`.

    `notes`: what a reader must know.
    """

    tries: pd.DataFrame
    stopped: int
    weeks: pd.DataFrame
    techniques: pd.DataFrame
    notes: tuple[str, ...]


def evasion(log: pd.DataFrame, *, embed: Embed | None = None, words_told: bool = True) -> Evasion:
    """Everything about tries after a block; `log` as `mitigations.episodes.tries` takes it.

    `words_told`: whether words of the texts may name new themes.
    """
    found = tries(log, embed=embed)
    found = found.assign(theme=_themes(found, log, words_told))
    stopped = int(log["action"].astype(object).isin(STOPPED).sum())
    last = log["decided_at"].max()
    return Evasion(found, stopped, by_week(found), by_technique(found, last), _notes(log, found, stopped))


def _themes(found: pd.DataFrame, log: pd.DataFrame, words_told: bool) -> "pd.Series[str]":
    """The technique of each try; those in a new frame by the words around."""
    theme = found["technique"].copy()
    rows = np.flatnonzero((theme == OTHER).to_numpy())
    rows = rows[np.argsort(found["decided_at"].to_numpy()[rows], kind="stable")]
    if len(rows) and "excerpt" in log:
        ids = pd.concat([found["decision_id"].iloc[rows], found["origin_id"].iloc[rows]])
        own = log[log["decision_id"].isin(set(ids))]
        text = dict(
            zip(own["decision_id"], own["excerpt"].astype(object).where(own["excerpt"].notna(), ""), strict=True)
        )
        framed = [Framed(text[one["origin_id"]], text[one["decision_id"]], str(one["customer"]))
                  for one in found.iloc[rows].to_dict("records")]  # fmt: skip
        theme.iloc[rows] = themes(framed, words_told=words_told)
    return theme


def share_of(customers: "pd.Series[Any]", passed: "pd.Series[bool]") -> dict[str, float]:
    """Mean over customers of each one's own share that passed, with ends: one customer is one unit.

    Exact interval (Clopper & Pearson 1934) with as many trials as customers: theirs scatter less than yes or no would.
    NaN without a customer.
    """
    own = passed.astype(float).groupby(customers.to_numpy()).mean()
    low, high = share_interval([own.sum()], [len(own)])
    share = float(own.mean()) if len(own) else float("nan")
    return {"share": share, "share_low": float(low[0]), "share_high": float(high[0])}


def episodes(found: pd.DataFrame) -> pd.DataFrame:
    """A row an episode: customer, at (of its first try), tries, passed."""
    grouped = found.groupby("episode", sort=True)
    table: pd.DataFrame = grouped.agg(
        customer=("customer", "first"), at=("decided_at", "min"), tries=("number", "size"), passed=("passed", "any")
    )
    return table.reset_index(drop=True)


def by_week(found: pd.DataFrame) -> pd.DataFrame:
    """Week (ISO, its Monday) -> episodes, tries, customers, passed (episodes), share that passed with ends."""
    own = episodes(found)
    own = own.assign(week=week_start(own["at"].dt.normalize()))
    rows = [
        {"week": week, "episodes": len(part), "tries": int(part["tries"].sum()),
         "customers": part["customer"].nunique(), "passed": int(part["passed"].sum()),
         **share_of(part["customer"], part["passed"])}
        for week, part in own.groupby("week", sort=True)
    ]  # fmt: skip
    names = ["week", "episodes", "tries", "customers", "passed", "share", "share_low", "share_high"]
    return pd.DataFrame(rows, columns=names)


def by_technique(found: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """A row a theme, the commonest first: technique, tries, successes, customers, share with ends, first and last seen.

    `trend` of the share that passes over the whole time: see `mitigations.evasion_trend`. `recent` and `before`: the
    share in the RECENT days up to `last` and before them; `recent_customers`: who used it in those days.
    """
    rows = []
    for theme, part in found.groupby("theme", sort=True):
        recent = part["decided_at"] > last - RECENT
        rows.append(
            {"technique": str(theme), "tries": len(part), "successes": int(part["passed"].sum()),
             "customers": part["customer"].nunique(), **share_of(part["customer"], part["passed"]),
             "first_seen": part["decided_at"].min(), "last_seen": part["decided_at"].max(),
             "recent_customers": part.loc[recent, "customer"].nunique(), **_change(part, recent),
             "decision_ids": part["decision_id"].iloc[-MOST_IDS:].tolist()}
        )  # fmt: skip
    rows.sort(key=lambda row: (-row["tries"], row["technique"]))
    for row, trend in zip(rows, trends(rows), strict=True):
        row["trend"] = trend
    return pd.DataFrame(rows, columns=list(TECHNIQUE_COLUMNS))


def _change(part: pd.DataFrame, recent: "pd.Series[bool]") -> dict[str, Any]:
    own = [share_of(part.loc[side, "customer"], part.loc[side, "passed"])["share"] for side in (~recent, recent)]
    rise, chance = slope(part)
    return {"before": own[0], "recent": own[1], "slope": rise, "p_value": chance}


def _notes(log: pd.DataFrame, found: pd.DataFrame, stopped: int) -> tuple[str, ...]:
    told = []
    nameless = int(log["customer"].isna().sum())
    if nameless:
        told.append(
            f"{nameless:,} of {len(log):,} decisions name no customer and are followed within their conversation only"
        )
    if "conversation_id" not in log or not log["conversation_id"].notna().any():
        told.append(
            "no conversations are named: tries are joined by customer, within an hour, if their texts are alike"
        )
    untold = int((found["technique"] == UNTOLD).sum())
    if untold:
        told.append(
            f"{untold:,} of {len(found):,} tries have no excerpt: whether they passed is counted, their technique "
            "cannot be told"
        )
    if stopped > len(log) / 2:
        told.append(
            f"the log holds {len(log) - stopped:,} requests that passed beside {stopped:,} stopped ones: if those are "
            "a sample, tries that passed are missing, and shares that pass are too low"
        )
    return tuple(told)
