"""What was known at the end of each day: the counts, kinds, delays and feeds of the documents that had arrived."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from topics.conditions import Conditions
from topics.coverage import coverage_of, masks_of
from topics.delay import Delays, completeness_of
from topics.feeds import Feed, feeds
from topics.tallies import Tallies
from topics.volume import ROLL_UP_FLOOR, series_names

Indexes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
DAY = pd.Timedelta(days=1)


class NothingArrived(ValueError):
    """There is no document to replay."""


@dataclass(frozen=True, slots=True)
class Cells:
    """People of each series and day, each once, in the order they were first heard of: day of arrival, cell."""

    arrived: Indexes
    cell: Indexes


@dataclass(frozen=True, slots=True)
class History:
    """All documents with what they count in, in the order of arrival.

    `names`: every series there ever was; `days`: from the first to the last day on which anything happened;
    `row`, `series`, `arrived`: one entry a (document, series) pair, by day of arrival (counted from the first of
    `days`); `places`: the entries of each series, by arrival.
    """

    documents: pd.DataFrame
    names: list[str]
    days: pd.DatetimeIndex
    row: Indexes
    series: Indexes
    arrived: Indexes
    places: dict[str, Indexes]
    reporters: Cells
    customers: Cells
    delays: dict[str, Delays]
    feeds: dict[str, Feed]

    def of_series(self, name: str, day: pd.Timestamp) -> pd.DataFrame:
        """The documents of a series that had arrived by the end of a day, in their first order."""
        places = self.places[name]
        until = np.searchsorted(self.arrived[places], (day - self.days[0]).days, side="right")
        return self.documents.iloc[np.sort(self.row[places[:until]])]


def history(documents: pd.DataFrame) -> History:
    """Order documents by arrival; the columns of `topics.volume.series_table` and of `coverage`, and received_day.

    Raises NothingArrived where there is none.
    """
    if documents.empty:
        raise NothingArrived("expected documents to replay, got none; ingest some and run 'groundswell run' first")
    documents = documents.reset_index(drop=True)
    pairs = series_names(documents.assign(document_id=np.arange(len(documents))))
    codes, names = pd.factorize(pairs["series"].to_numpy(object), sort=True)
    days = pd.date_range(documents["day"].min(), documents["day"].max(), freq="D", unit="ns")
    row = pairs["document_id"].to_numpy(np.int64)
    arrival = ((documents["received_day"] - days[0]) // DAY).to_numpy(np.int64)
    order = np.argsort(arrival[row], kind="stable")
    row, series, arrived = row[order], codes[order].astype(np.int64), arrival[row][order]
    day = ((documents["day"] - days[0]) // DAY).to_numpy(np.int64)
    cell = series * len(days) + day[row]
    kept = documents["kept"].to_numpy(bool)[row]
    by_series = np.argsort(series, kind="stable")
    ends = np.cumsum(np.bincount(series, minlength=len(names)))[:-1]
    places = {str(name): own for name, own in zip(names, np.split(by_series, ends), strict=True)}
    reporters, customers = (
        _cells(cell[kept], pd.factorize(documents[who].to_numpy(object))[0][row[kept]], arrived[kept])
        for who in ("reporter", "customer")
    )
    delays = {str(stream): Delays.of(own) for stream, own in documents.groupby("stream", sort=True)}
    listed = [str(name) for name in names]
    arrivals = feeds(documents)
    return History(documents, listed, days, row, series, arrived, places, reporters, customers, delays, arrivals)


def _cells(cell: Indexes, person: Indexes, arrived: Indexes) -> Cells:
    """Each person of each cell once, when first heard of; unknown ones (-1) are not counted."""
    known = person >= 0
    key = cell[known] * (int(person.max(initial=0)) + 1) + person[known]
    _, first = np.unique(key, return_index=True)
    first.sort()
    return Cells(arrived[known][first], cell[known][first])


class Known:
    """What had arrived by the end of a day; it only moves forward, `copy` keeps where it is."""

    def __init__(self, past: History) -> None:
        self.past = past
        self.day = past.days[0] - DAY
        shape = (len(past.names), len(past.days))
        self.reporters = np.zeros(shape, dtype=np.int64)
        self.customers = np.zeros(shape, dtype=np.int64)
        self.dated = np.zeros(shape, dtype=np.int64)
        self.tallies = Tallies(past.names, past.documents)

    def copy(self) -> "Known":
        """The same, to go another way."""
        other = object.__new__(Known)
        other.__dict__.update(self.__dict__)
        other.reporters, other.customers, other.dated = (
            one.copy() for one in (self.reporters, self.customers, self.dated)
        )
        other.tallies = self.tallies.copy()
        return other

    def advance(self, day: pd.Timestamp) -> Flags:
        """Add what arrived after the day known so far and until the end of `day`; which series anything came of."""
        since, until = (((when - self.past.days[0]) // DAY) for when in (self.day, day))
        for counts, cells in ((self.reporters, self.past.reporters), (self.customers, self.past.customers)):
            np.add.at(counts.reshape(-1), cells.cell[_between(cells.arrived, since, until)], 1)
        fresh = _between(self.past.arrived, since, until)
        row, series = self.past.row[fresh], self.past.series[fresh]
        happened = ((self.past.documents["day"].to_numpy()[row] - self.past.days[0].to_datetime64()) // DAY).astype(int)
        np.add.at(self.dated, (series, happened), 1)
        self.tallies.add(row, series)
        self.day = day
        return np.bincount(series, minlength=len(self.past.names)) > 0

    def among(self, names: Iterable[str]) -> Flags:
        """Which of the series of the history these are."""
        wanted = set(names)
        return np.array([name in wanted for name in self.past.names], dtype=bool)

    @property
    def present(self) -> Flags:
        """Which series there are by now: those with a document; a roll-up of a domain from ROLL_UP_FLOOR on."""
        there = self.tallies.documents > 0
        domains = dict(zip(*self._domains(), strict=True))
        small = [
            name.startswith("feedback/kind=")
            and "&harm_domain=" in name
            and domains.get(name.rpartition("=")[2], 0) < ROLL_UP_FLOOR
            for name in self.past.names
        ]
        found: Flags = there & ~np.array(small, dtype=bool)
        return found

    def _domains(self) -> tuple[list[str], Indexes]:
        """How many documents of feedback there are of each harm domain."""
        labels = self.tallies.attributes["harm_domain"].labels
        if "feedback/total" not in self.past.names:
            return labels, np.zeros(len(labels), dtype=np.int64)
        return labels, self.tallies.counts["harm_domain"][self.past.names.index("feedback/total")]

    def spans(self) -> dict[str, slice]:
        """The days of each stream so far, as places among all days."""
        found = {}
        for code, name in enumerate(self.past.names):
            if name.endswith("/total") and self.dated[code].any():
                dated = np.flatnonzero(self.dated[code])
                found[name.partition("/")[0]] = slice(int(dated[0]), int(dated[-1]) + 1)
        return found

    def volumes(self, names: Flags) -> pd.DataFrame:
        """Volumes of these series as `topics.volume.daily` would have given them: series, day, reporters, customers."""
        parts, spans = [], self.spans()
        for code in np.flatnonzero(names):
            span = spans[self.past.names[code].partition("/")[0]]
            parts.append((code, span, span.stop - span.start))
        frame = {
            "series": np.repeat(
                np.array([self.past.names[code] for code, _, _ in parts], object), [n for *_, n in parts]
            ),
            "day": _joined([self.past.days[span].to_numpy() for _, span, _ in parts], "datetime64[ns]"),
            "reporters": _joined([self.reporters[code, span] for code, span, _ in parts], "int64"),
            "customers": _joined([self.customers[code, span] for code, span, _ in parts], "int64"),
        }
        return pd.DataFrame(frame)

    def coverage(self) -> pd.DataFrame:
        """Feeds that had started, stopped or paused by then."""
        found = {stream: feed.until(self.day) for stream, feed in self.past.feeds.items()}
        return coverage_of({stream: feed for stream, feed in found.items() if feed is not None})

    def conditions(self, given: Conditions, covered: pd.DataFrame, *, as_of: pd.Timestamp) -> Conditions:
        """What the detector would have been told; `given`: exposure of all days and holidays."""
        exposure = given.exposure
        return replace(
            given,
            exposure=None if exposure is None else exposure[exposure["day"] <= self.day],
            masks=masks_of(covered, self._usual()),
            completeness=completeness_of(self.past.delays, as_of=as_of),
            series=self.tallies.table(self.present),
            as_of=as_of,
        )

    def _usual(self) -> "pd.Series[float]":
        """Kept documents a day of each stream, over the days on which anything happened."""
        found = {}
        for stream, feed in self.past.feeds.items():
            cut = feed.until(self.day)
            if cut is not None:
                code = self.past.names.index(f"{stream}/total")
                found[stream] = float(cut.whole.sum()) / max(int((self.dated[code] > 0).sum()), 1)
        return pd.Series(found, dtype=float)


def _between(arrived: Indexes, since: int, until: int) -> slice:
    """The entries that arrived after day `since` and by the end of day `until`."""
    low, high = np.searchsorted(arrived, [since, until], side="right")
    return slice(int(low), int(high))


def _joined(parts: list[npt.NDArray[np.generic]], kind: str) -> npt.NDArray[np.generic]:
    return np.concatenate(parts) if parts else np.array([], dtype=kind)
