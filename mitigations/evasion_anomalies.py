"""Anomalies of evasion: after a block a customer writes what they and others do not write without one.

Every day is judged by the days before it alone. Two tests a customer and mitigation: texts after a block that show a
technique, beside texts that no block came before, which make the level as well; and tries a stopped request, beside
those of all stopped customers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mitigations.accounts_tails import Array
from mitigations.anomalies import Options
from mitigations.anomalies_level import Tail
from mitigations.episodes import UNTOLD, tries
from mitigations.evasion_controls import MARKED, controls, placed
from mitigations.evasion_events import AGAIN, Found, events
from mitigations.evasion_usual import Again, Marked, Places

WARM_DAYS = 28
"""Days of the log before the first anomaly of evasion: they make what is usual."""
QUIET_DAYS = 28
"""After an anomaly the same customer has no other with the same mitigation for so long."""
EPISODE_DAYS = 10
"""So long after an anomaly the tries of the same customer do not make the level: they are of the same evasion."""
MARKED_PART, AGAIN_PART = 0.8, 0.2
"""Of the false anomalies that are allowed: those of texts after a block, and of tries, which tell less."""
KEY = ["customer", "mitigation"]


def evasion_anomalies(decisions: pd.DataFrame, options: Options = Options()) -> pd.DataFrame:  # noqa: B008
    """Customers' days of evasion that stand out: `mitigations.anomalies.COLUMNS`, by day and customer.

    `decisions`: decision_id, decided_at (datetime64, naive UTC, complete days), customer (null: left out), mitigation,
    action, and where there are conversation_id and excerpt. What is found on a day does not depend on later days.
    """
    rows = placed(decisions)
    names = rows["mitigation"].astype(object)
    parts = [tries(part).assign(mitigation=name) for name, part in rows.groupby(names, sort=True)]
    # What nobody can read is a request like any other: the account's volume judges it.
    parts = [part[part["technique"] != UNTOLD] for part in parts]
    if not any(map(len, parts)):
        return events([], pd.DataFrame(), rows)
    tried = pd.concat(parts, ignore_index=True)
    tried["day"] = tried["decided_at"].to_numpy().astype("datetime64[D]")
    counts = _Counts(rows, tried)
    state = _State(counts)
    found = [one for place in range(counts.days) for one in state.judge(place, options)]
    return events(found, tried, rows)


class _Counts:
    """Rows of each kind by day, with the place of their customer and mitigation among `pairs`."""

    def __init__(self, rows: pd.DataFrame, tried: pd.DataFrame) -> None:
        # A stopped try belongs to the request that was stopped first.
        told = rows["excerpt"].notna()
        stops = rows[rows["stopped"] & told & ~rows["decision_id"].isin(set(tried["decision_id"]))]
        after = rows[rows["after"] & told]
        tables = {"control": controls(rows), "tried": tried, "after": after, "stops": stops}
        keys = pd.concat([table[KEY].astype(object) for table in tables.values()]).drop_duplicates()
        self.pairs = pd.MultiIndex.from_frame(keys.sort_values(KEY))
        self.group = pd.factorize(self.pairs.get_level_values("mitigation"))[0]
        self.first = rows["day"].min()
        self.days = int((rows["day"].max() - self.first) / pd.Timedelta(days=1)) + 1
        self._cells = {name: self._placed(table) for name, table in tables.items()}

    def _placed(self, table: pd.DataFrame) -> tuple[Places, Places, Places]:
        """Day, pair and technique (its column, -1: none) of each row, by day."""
        day = ((table["day"] - self.first) / pd.Timedelta(days=1)).to_numpy().astype(np.int64)
        pair = self.pairs.get_indexer(pd.MultiIndex.from_frame(table[KEY].astype(object)))
        technique = np.full(len(table), -1)
        if "technique" in table:
            technique = pd.Index(MARKED).get_indexer(pd.Index(table["technique"]))
        order = np.argsort(day, kind="stable")
        return day[order], pair[order], technique[order]

    def of(self, name: str, place: int) -> tuple[Places, Places]:
        """Pairs and techniques of the rows of a kind and day."""
        day, pair, technique = self._cells[name]
        rows = slice(*np.searchsorted(day, [place, place + 1]))
        return pair[rows], technique[rows]


@dataclass(slots=True)
class _Seen:
    """Pairs of one day: `marked` (technique x pair), `tries`, and `of` so many texts or stopped requests."""

    pair: Places
    marked: Array
    tries: Array
    of: Array

    @classmethod
    def count(cls, hits: tuple[Places, Places], of: Places) -> "_Seen":
        """`hits`: pairs and techniques of tries or texts; `of`: the pair of each text or stopped request."""
        pair = np.unique(np.concatenate([hits[0], of]))
        at = np.searchsorted(pair, hits[0])
        marked = np.zeros((len(MARKED), len(pair)))
        shown = hits[1] >= 0
        np.add.at(marked, (hits[1][shown], at[shown]), 1.0)
        tried = np.bincount(at, minlength=len(pair)).astype(float)
        every = np.bincount(np.searchsorted(pair, of), minlength=len(pair)).astype(float)
        return cls(pair, marked, tried, np.maximum(every, np.maximum(marked.sum(axis=0), 1.0)))


class _State:
    """What is carried from day to day."""

    def __init__(self, counts: _Counts) -> None:
        self.counts = counts
        groups = int(counts.group.max()) + 1
        self.marked = Marked(counts.group, groups, len(MARKED))
        self.again = Again(counts.group, groups)
        self.tails = (Tail(), Tail())
        self.told = np.full(len(counts.pairs), -10_000)

    def judge(self, place: int, options: Options) -> Iterator[Found]:
        """What stands out on a day, which then becomes part of the past."""
        since = place - self.told
        found = [*self._marked(place), *self._again(place)]
        for one in sorted(found, key=lambda one: (one.expected, one.pair)):
            loud = one.expected <= options.daily_budget and place >= WARM_DAYS
            if loud and since[one.pair] > QUIET_DAYS and self.told[one.pair] < place:
                self.told[one.pair] = place
                yield one._replace(budget=options.daily_budget)

    def _marked(self, place: int) -> Iterator[Found]:
        known = _Seen.count(control := self.counts.of("control", place), control[0])
        asked = _Seen.count(self.counts.of("tried", place), self.counts.of("after", place)[0])
        usual = self.marked.judge(known.pair, known.marked, known.of)
        marks = self.marked.judge(asked.pair, asked.marked, asked.of)
        expected = self.tails[0].expected(marks.surprise, len(asked.pair)) / MARKED_PART
        self.tails[0].add(usual.surprise)
        self.marked.add(known.pair, known.marked, known.of)
        for at in np.flatnonzero(marks.surprise > 0):
            best = int(marks.technique[at])
            customer, mitigation = self.counts.pairs[asked.pair[at]]
            yield Found(
                self.counts.first + pd.Timedelta(days=place), int(asked.pair[at]), customer, mitigation, MARKED[best],
                float(expected[at]), int(asked.marked[best, at]), int(asked.of[at]), float(marks.share[at]),
                float(marks.precision[at]),
            )  # fmt: skip

    def _again(self, place: int) -> Iterator[Found]:
        asked = _Seen.count(self.counts.of("tried", place), self.counts.of("stops", place)[0])
        surprise, mean, size = self.again.judge(asked.pair, asked.tries, asked.of)
        expected = self.tails[1].expected(surprise, len(asked.pair)) / AGAIN_PART
        since = place - self.told[asked.pair]
        self.tails[1].add(surprise[since > EPISODE_DAYS])
        for at in np.flatnonzero(asked.tries > mean):
            customer, mitigation = self.counts.pairs[asked.pair[at]]
            yield Found(
                self.counts.first + pd.Timedelta(days=place), int(asked.pair[at]), customer, mitigation, AGAIN,
                float(expected[at]), int(asked.tries[at]), None, float(mean[at]), float(size[at]),
            )  # fmt: skip
