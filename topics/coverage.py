"""Feeds that start, stop or pause: changes of what we see, not of what happened."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from topics.feeds import Counts, Feed, feeds
from topics.volume import series_names

COVERAGE_COLUMNS = (
    "stream",
    "dimension",
    "value",
    "kind",
    "day_low",
    "day_high",
    "before",
    "after",
    "evidence",
)
NATS = 15.0
"""A run of empty days must be this improbable at the usual volume: about one in three million."""
SCATTER = 0.2
ALMOST_NONE = 0.03
STEADY_DAYS = 14
EXPLAINS = 0.5
WINDOW = 14
MASKING_SHARE = 0.25


def coverage(documents: pd.DataFrame) -> pd.DataFrame:
    """Starts, stops and gaps of each stream and of each value of source, product, locale.

    `documents`: stream, received_day (a feed is judged by what arrives; `day` where there is none), kept, and
    those of `topics.feeds.DIMENSIONS` there are. Returns COVERAGE_COLUMNS sorted by
    day_low: a `start` or `stop` lies on a day between day_low and day_high; a `gap` covers day_low..day_high
    (both inclusive); `before` and `after` are documents a day on either side (for a gap: usual, and within).
    `evidence` says what was seen. The whole stream is dimension `stream`; gaps it has are not repeated below.
    """
    return coverage_of(feeds(documents))


def coverage_of(known: Mapping[str, Feed]) -> pd.DataFrame:
    """As `coverage`, from what arrived of each stream."""
    rows = [row for stream in sorted(known) for row in _stream(stream, known[stream])]
    table = pd.DataFrame(rows, columns=list(COVERAGE_COLUMNS))
    for column in ("day_low", "day_high"):
        table[column] = pd.to_datetime(table[column]).astype("datetime64[ns]")
    return table.sort_values(["day_low", "stream", "dimension", "value"], kind="stable", ignore_index=True)


def masks(found: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Days on which a stream says nothing (day, series = its name): gaps of a quarter of it or more."""
    usual = documents[documents["kept"]].groupby("stream").size() / documents.groupby("stream")["day"].nunique()
    return masks_of(found, usual)


def masks_of(found: pd.DataFrame, usual: "pd.Series[float]") -> pd.DataFrame:
    """As `masks`; `usual`: kept documents a day by stream."""
    gaps = found[found["kind"] == "gap"]
    share = gaps["before"] / gaps["stream"].map(usual)
    gaps = gaps[(gaps["dimension"] == "stream") | (share >= MASKING_SHARE)]
    rows = [
        {"day": day, "series": gap["stream"]}
        for _, gap in gaps.iterrows()
        for day in pd.date_range(gap["day_low"], gap["day_high"], freq="D")
    ]
    table = pd.DataFrame(rows, columns=["day", "series"]).drop_duplicates(ignore_index=True)
    return table.assign(day=pd.to_datetime(table["day"]).astype("datetime64[ns]"))


def mark(changes: pd.DataFrame, documents: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """`changes` with `coverage`: "product=X start" where that explains half or more of the change, else None.

    A change is compared with the fortnights before and after it; marked ones are not complaint waves and
    are not paged.
    """
    if found.empty or changes.empty:
        return changes.assign(coverage=None).astype({"coverage": object})
    member = series_names(documents)
    rows = {str(name): own for name, own in member.groupby("series", sort=False)["document_id"]}
    indexed = documents.set_index("document_id", drop=False)
    return marked(changes, found, lambda series: indexed.loc[rows[series]])


def marked(changes: pd.DataFrame, found: pd.DataFrame, own: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """As `mark`; `own` gives the documents of a series, and is asked only where days agree with a feed event's."""
    told = changes.assign(coverage=None).astype({"coverage": object})
    for position, change in changes.iterrows() if len(found) else ():
        near = found[_touches(change, found)]
        if near.empty:
            continue
        kept = own(str(change["series"]))
        kept = kept[kept["kept"]]
        names = [name for name in (_explaining(change, kept, event) for _, event in near.iterrows()) if name]
        if names:
            told.at[position, "coverage"] = names[0]
    return told


def _touches(change: "pd.Series[Any]", found: pd.DataFrame) -> "pd.Series[bool]":
    slack = pd.Timedelta(days=2)
    low, high = change["day_low"] - slack, change["day_high"] + slack
    same = found["stream"] == str(change["series"]).partition("/")[0]
    opens = (found["day_low"] <= high) & (found["day_high"] >= low)
    closes = (found["kind"] == "gap") & ((found["day_high"] + slack / 2).between(low, high))
    touching: pd.Series[bool] = same & (opens | closes)
    return touching


def _explaining(change: "pd.Series[Any]", own: pd.DataFrame, event: "pd.Series[Any]") -> str | None:
    """Name of the coverage event if its documents make up half of the change, else None."""
    if event["dimension"] == "stream":
        return f"{event['stream']} {event['kind']}"
    day, reach = change["day"], pd.Timedelta(days=WINDOW)
    last = own["day"].max() + pd.Timedelta(days=1)
    before = own[(own["day"] >= day - reach) & (own["day"] < day)]
    after = own[(own["day"] >= day) & (own["day"] < min(day + reach, last))]
    days_before = max(min((day - own["day"].min()).days, WINDOW), 1)
    days_after = max(min((last - day).days, WINDOW), 1)
    column, value = str(event["dimension"]), event["value"]
    whole = len(after) / days_after - len(before) / days_before
    part = (after[column] == value).sum() / days_after - (before[column] == value).sum() / days_before
    explains = whole * part > 0 and part / whole >= EXPLAINS
    return f"{column}={value} {event['kind']}" if explains else None


def _stream(stream: str, feed: Feed) -> Iterator[dict[str, object]]:
    absent = np.zeros(len(feed.days), dtype=bool)
    for low, high, usual in _gaps(feed.whole):
        absent[low:high] = True
        span = (feed.days[low], feed.days[high - 1])
        yield _row(stream, ("stream", stream, "gap"), span, (usual, feed.whole[low:high].mean()))
    for (dimension, value), counts in feed.parts.items():
        yield from _value((stream, dimension, value), counts, feed.days, absent)


def _value(
    what: tuple[str, str, str], counts: Counts, days: pd.DatetimeIndex, absent: npt.NDArray[np.bool_]
) -> Iterator[dict[str, object]]:
    stream, dimension, value = what
    start = _start(counts)
    if start is not None:
        yield _row(stream, (dimension, value, "start"), (days[start], days[start]), _around(counts, start))
    stop = _start(counts[::-1])
    if stop is not None:
        day = len(counts) - stop
        yield _row(stream, (dimension, value, "stop"), (days[day], days[day]), _around(counts, day))
    for low, high, usual in _gaps(counts):
        inside = (start is None or low > start) and (stop is None or high <= len(counts) - stop)
        if inside and not absent[low:high].all():
            span = (days[low], days[high - 1])
            yield _row(stream, (dimension, value, "gap"), span, (usual, counts[low:high].mean()))


def _start(counts: Counts) -> int | None:
    """First day of a value that was absent and then, at once, steady; None if there is no such day.

    Absent: at most 3 % of what follows, which is improbable by NATS. The first and last day of the stream
    may be partial and decide nothing.
    """
    sums = np.concatenate([[0.0], np.cumsum(counts)])
    days = np.arange(2, max(len(counts) - 2, 2))
    ends = np.minimum(days + STEADY_DAYS, len(counts) - 1)
    busy = (sums[ends] - sums[days]) / (ends - days)
    likely = (busy >= 1.0) & (sums[days] / days <= ALMOST_NONE * busy) & (counts[days] >= 0.4 * busy)
    for day, usual in zip(days[likely], busy[likely], strict=True):
        after = counts[day : min(day + STEADY_DAYS, len(counts) - 1)]
        improbable = (day - 1) * np.log1p(SCATTER * usual) / SCATTER
        if improbable >= NATS and (after > 0).mean() >= 0.8 and (after >= 0.25 * usual).mean() >= 0.6:
            return int(day)
    return None


def _gaps(counts: Counts) -> Iterator[tuple[int, int, float]]:
    """Runs of two or more all but empty days (start, end, usual count a day) between busier ones."""
    low_days = counts <= ALMOST_NONE * counts.max(initial=0.0)
    if not (low_days[1:] & low_days[:-1]).any():
        return
    usual = _usual(counts)
    empty = counts <= ALMOST_NONE * usual
    edges = np.flatnonzero(np.diff(np.concatenate([[False], empty, [False]]).astype(int)))
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        improbable = (np.log1p(SCATTER * usual[low:high]) / SCATTER).sum()
        inner = low > 1 and high < len(counts) - 1
        if high - low >= 2 and inner and improbable >= NATS:
            yield int(low), int(high), float(usual[low:high].mean())


def _usual(counts: Counts) -> Counts:
    """Median of the same weekday in the four weeks before and after; of what there is at the ends."""
    padded = np.pad(counts, 28, constant_values=np.nan)
    shifts = [7 * week for week in range(-4, 5) if week != 0]
    around = np.stack([padded[28 + shift : 28 + shift + len(counts)] for shift in shifts])
    known = np.isfinite(around).any(axis=0)
    usual = np.full(len(counts), float(np.median(counts)))
    usual[known] = np.nanmedian(around[:, known], axis=0)
    return usual


def _around(counts: Counts, day: int) -> tuple[float, float]:
    return float(counts[max(day - STEADY_DAYS, 0) : day].mean()), float(counts[day : day + STEADY_DAYS].mean())


def _row(
    stream: str,
    what: tuple[str, str, str],
    span: tuple[pd.Timestamp, pd.Timestamp],
    means: tuple[float, float],
) -> dict[str, object]:
    dimension, value, kind = what
    before, after = (round(float(mean), 2) for mean in means)
    words = {"start": "starts on", "stop": "is silent from", "gap": "is silent from"}[kind]
    until = f" to {span[1]:%Y-%m-%d}" if kind == "gap" else ""
    return {
        "stream": stream,
        "dimension": dimension,
        "value": value,
        "kind": kind,
        "day_low": span[0],
        "day_high": span[1],
        "before": before,
        "after": after,
        "evidence": f"{dimension} {value} {words} {span[0]:%Y-%m-%d}{until}: "
        f"{before:g} documents a day, then {after:g}",
    }
