"""Alerts from changes: what needs eyes, under an id that stays, in the state it is in."""

from typing import Any

import pandas as pd

from topics.causes import causes
from topics.episodes import EPISODE_DAYS, episode_row, episodes
from topics.grouping import Group

ALERT_COLUMNS = (
    "alert_id", "fingerprint", "series", "direction", "state", "day", "detected_on", "hazard", "title",
    "change_id", "members",
)  # fmt: skip
STANDING_COLUMNS = ("alert_id", "fingerprint", "series", "direction", "state", "day", "detected_on")


def alerts(changes: pd.DataFrame, standing: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Alerts to write; ALERT_COLUMNS, sorted by detected_on, series, direction.

    `changes`: as `topics.change.changes`, optionally with `coverage` (text where a source, product or
    locale that started or stopped explains the change: not paged), and with what `topics.causes` asks of
    watchlists. Only monitored changes that were detected by `as_of` count. `standing`: STANDING_COLUMNS of the
    alerts already written; their ids, fingerprints and `detected_on` are kept for the same series, direction
    and onset episode.

    States: `new` in the first week, then `ongoing`; `escalating` when the same series moved further the
    same way; `resolved` when it went back; `regressed` when it then moved again within four weeks. A
    standing alert that no change bears out any more is resolved. A function of its arguments alone: the
    same changes and `as_of` give the same rows, whether or not they were written before.
    """
    paged = _paged(changes, as_of)
    found = causes(paged, published=lambda row: bool(_standing_near(standing, paged.iloc[row]).size))
    grouped = [_with_standing_subject(paged, group, standing) for group in found]
    rows = [episode_row(episode, changes, as_of) for episode in episodes(paged, grouped)]
    table = _frame(_keep_identity(rows, standing))
    gone = standing[~standing["alert_id"].isin(table["alert_id"])].reindex(columns=list(ALERT_COLUMNS))
    if not gone.empty:
        gone = gone.assign(state="resolved")
        table = _frame([dict(row) for part in (table, gone) for row in part.to_dict("records")])
    return table.sort_values(["detected_on", "series", "direction"], kind="stable", ignore_index=True)


def _paged(changes: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    wanted = changes["monitored"].astype(bool) & (changes["detected_on"] <= as_of)
    if "coverage" in changes:
        wanted &= changes["coverage"].isna()
    return changes[wanted].sort_values(["day", "series", "direction"], kind="stable", ignore_index=True)


def _with_standing_subject(changes: pd.DataFrame, group: Group, standing: pd.DataFrame) -> Group:
    """A group one of whose members was published keeps that member as its subject."""
    for member in group.members:
        if _standing_near(standing, changes.iloc[member]).size:
            return Group(member, (member, *(row for row in group.members if row != member)))
    return group


def _standing_near(standing: pd.DataFrame, change: "pd.Series[Any]") -> "pd.Series[Any]":
    """Index of the standing alerts of the same series, direction and onset episode, nearest first."""
    same = standing[(standing["series"] == change["series"]) & (standing["direction"] == change["direction"])]
    apart = (pd.to_datetime(same["day"]) - change["day"]).abs()
    near: pd.Series[Any] = apart[apart <= pd.Timedelta(days=EPISODE_DAYS)]
    return near.sort_values(kind="stable")


def _keep_identity(rows: list[dict[str, Any]], standing: pd.DataFrame) -> list[dict[Any, Any]]:
    """Take id, fingerprint and `detected_on` from the nearest standing alert, each used once."""
    kept: list[dict[Any, Any]] = []
    used: set[object] = set()
    for row in rows:
        near = [index for index in _standing_near(standing, pd.Series(row)).index if index not in used]
        if near:
            used.add(near[0])
            known = standing.loc[near[0]]
            first = min(pd.Timestamp(known["detected_on"]), row["detected_on"])
            row = row | {
                "alert_id": known["alert_id"],
                "fingerprint": known["fingerprint"],
                "detected_on": first,
            }
        kept.append(row)
    return kept


def _frame(rows: list[dict[Any, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(ALERT_COLUMNS))
    for column in ("day", "detected_on"):
        table[column] = pd.to_datetime(table[column]).astype("datetime64[ns]")
    return table
