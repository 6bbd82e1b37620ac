"""Alerts from changes: what needs eyes, under an id that stays, in the state it is in."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from topics.causes import causes
from topics.episodes import EPISODE_DAYS, Change, episode_row, episodes
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
    known = _Standing(standing)
    published = [bool(known.near(*key)) for key in zip(paged["series"], paged["direction"], paged["day"], strict=True)]
    found = causes(paged, published=lambda row: published[row])
    grouped = [_with_standing_subject(group, published) for group in found]
    of_series: dict[str, list[Change]] = {}
    for row in changes.to_dict("records"):
        of_series.setdefault(str(row["series"]), []).append(row)
    rows = [
        episode_row(episode, of_series[str(episode.subjects[0]["series"])], as_of)
        for episode in episodes(paged, grouped)
    ]
    table = _frame(_keep_identity(rows, standing, known))
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


def _with_standing_subject(group: Group, published: Sequence[bool]) -> Group:
    """A group one of whose members was published keeps that member as its subject."""
    for member in group.members:
        if published[member]:
            return Group(member, (member, *(row for row in group.members if row != member)))
    return group


class _Standing:
    """The standing alerts by series and direction."""

    def __init__(self, standing: pd.DataFrame) -> None:
        self._days: dict[tuple[str, str], list[tuple[pd.Timestamp, Any]]] = {}
        columns = (standing["series"], standing["direction"], pd.to_datetime(standing["day"]), standing.index)
        for series, direction, day, index in zip(*columns, strict=True):
            self._days.setdefault((str(series), str(direction)), []).append((day, index))

    def near(self, series: str, direction: str, day: pd.Timestamp) -> list[Any]:
        """Index of those of the same series, direction and onset episode, nearest first."""
        apart = [(abs(own - day), index) for own, index in self._days.get((str(series), str(direction)), ())]
        close = [pair for pair in apart if pair[0] <= pd.Timedelta(days=EPISODE_DAYS)]
        return [index for _, index in sorted(close, key=lambda pair: pair[0])]


def _keep_identity(rows: list[dict[str, Any]], standing: pd.DataFrame, known: _Standing) -> list[dict[Any, Any]]:
    """Take id, fingerprint and `detected_on` from the nearest standing alert, each used once."""
    kept: list[dict[Any, Any]] = []
    used: set[object] = set()
    for row in rows:
        near = [one for one in known.near(row["series"], row["direction"], row["day"]) if one not in used]
        if near:
            used.add(near[0])
            old = standing.loc[near[0]]
            first = min(pd.Timestamp(old["detected_on"]), row["detected_on"])
            row = row | {"alert_id": old["alert_id"], "fingerprint": old["fingerprint"], "detected_on": first}
        kept.append(row)
    return kept


def _frame(rows: list[dict[Any, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(ALERT_COLUMNS))
    for column in ("day", "detected_on"):
        table[column] = pd.to_datetime(table[column]).astype("datetime64[ns]")
    return table
