"""Daily volumes: how many documents, reporters and customers each series had on each UTC day."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from topics.tallies import SERIES_COLUMNS, Tallies

ROLLED_UP_KINDS = ("over_block", "under_block")
ROLL_UP_FLOOR = 20
"""A harm domain gets roll-up series only with this many documents in the stream: fewer say nothing a day."""

VOLUME_COLUMNS = ("series", "day", "documents", "unique_documents", "reporters", "customers")


class UnknownStream(ValueError):
    """A document belongs to no stream we count."""


@dataclass(frozen=True, slots=True)
class Memberships:
    """Which document counts in which series: parallel arrays, one entry per (document, series) pair."""

    row: npt.NDArray[np.int64]
    series: npt.NDArray[np.int64]
    names: list[str]


def daily(documents: pd.DataFrame) -> pd.DataFrame:
    """Volumes by series and day, gap-free between the first and last day of each stream.

    `documents`: document_id, stream, day (datetime64, midnight UTC), reporter, customer (nullable),
    kept (bool), kind, harm_domain, theme_id, mitigation, anomaly_type (nullable where a stream has none);
    optionally parent_id (the roll-up of its theme), muted (bool: its theme is) and watched (list: the ends of the
    keys of its watchlists).
    Returns VOLUME_COLUMNS, sorted by series, then day: `documents` counts all, `unique_documents`
    those not collapsed; `reporters` and `customers` are distinct ones of that day among the kept
    documents, so a flood by one reporter adds one. A document without customer adds none.
    """
    if documents.empty:
        return _empty_volumes()
    member = _memberships(documents)
    codes, days, width = _grid_codes(documents, member)
    size = len(member.names) * width
    kept = documents["kept"].to_numpy(bool)[member.row]
    cells = pd.DataFrame(
        {
            "documents": np.bincount(codes, minlength=size),
            "unique_documents": np.bincount(codes[kept], minlength=size),
            "reporters": _distinct(codes[kept], documents["reporter"], member.row[kept], size),
            "customers": _distinct(codes[kept], documents["customer"], member.row[kept], size),
        }
    )
    cells.insert(0, "series", np.repeat(np.array(member.names, dtype=object), width))
    cells.insert(1, "day", np.tile(days, len(member.names)))
    cells = cells[_within_stream(documents, member, days)]
    return cells.sort_values(["series", "day"], kind="stable", ignore_index=True)


def series_table(documents: pd.DataFrame) -> pd.DataFrame:
    """What each series of `daily(documents)` counts; SERIES_COLUMNS, sorted by series.

    Same `documents`, with `hazard`. `rollup` is the series it is a part of (None for a stream's total):
    a theme's is the one most of its documents are in. `kind` and `harm_domain` of a theme are the most
    frequent ones; `hazard` is the gravest that a quarter of the documents carry. `paged` is False for a roll-up of
    themes, whose themes are what is told, and for a muted theme: they are listed and raise no alert.
    """
    if documents.empty:
        return pd.DataFrame(columns=list(SERIES_COLUMNS))
    member = _memberships(documents)
    tallies = Tallies(member.names, documents)
    tallies.add(member.row, member.series)
    return tallies.table()


def series_names(documents: pd.DataFrame) -> pd.DataFrame:
    """Every (document_id, series) pair: the memberships `daily` counts by, for drill-down."""
    member = _memberships(documents)
    ids = documents["document_id"].to_numpy(object)[member.row]
    names = np.array(member.names, dtype=object)[member.series]
    return pd.DataFrame({"document_id": ids, "series": names})


def _memberships(documents: pd.DataFrame) -> Memberships:
    streams = set(documents["stream"].unique())
    if not streams <= {"feedback", "usage_anomaly"}:
        raise UnknownStream(
            f"expected streams feedback or usage_anomaly, got {sorted(map(str, streams))}; fix column stream"
        )
    labels = [_feedback_labels(documents), _anomaly_labels(documents), _shared_labels(documents)]
    pairs = pd.concat([label for group in labels for label in group])
    codes, names = pd.factorize(pairs.to_numpy(object), sort=True)
    return Memberships(pairs.index.to_numpy(np.int64), codes.astype(np.int64), list(names))


def _feedback_labels(documents: pd.DataFrame) -> list["pd.Series[str]"]:
    """One Series per way of counting: index = row position, value = series key; rows it leaves out absent."""
    frame = documents.reset_index(drop=True)
    frame = frame[frame["stream"] == "feedback"]
    kind = frame["kind"].dropna().astype(str)
    per_domain = frame["harm_domain"].value_counts()
    common = set(per_domain[per_domain >= ROLL_UP_FLOOR].index) - {"none"}
    rolled = frame[frame["kind"].isin(ROLLED_UP_KINDS) & frame["harm_domain"].isin(common)]
    roll_up = rolled["kind"].astype(str) + "&harm_domain=" + rolled["harm_domain"].astype(str)
    theme = frame["theme_id"]
    return [
        pd.Series("feedback/total", index=frame.index, dtype=object),
        "feedback/kind=" + kind,
        "feedback/kind=" + roll_up,
        "feedback/theme=" + theme.dropna().astype(str),
        pd.Series("feedback/unassigned", index=frame.index[theme.isna()], dtype=object),
    ]


def _anomaly_labels(documents: pd.DataFrame) -> list["pd.Series[str]"]:
    frame = documents.reset_index(drop=True)
    frame = frame[frame["stream"] == "usage_anomaly"]
    total = pd.Series("usage_anomaly/total", index=frame.index, dtype=object)
    by = {"anomaly_type": "anomaly_type", "mitigation": "mitigation", "theme_id": "theme"}
    parts = [f"usage_anomaly/{word}=" + frame[column].dropna().astype(str) for column, word in by.items()]
    return [total, *parts]


def _shared_labels(documents: pd.DataFrame) -> list["pd.Series[str]"]:
    """What is counted alike in both streams: roll-ups of themes, and watchlists, of which a document has any number."""
    frame = documents.reset_index(drop=True)
    labels = []
    if "parent_id" in frame:
        parent = frame["parent_id"].dropna().astype(str)
        labels.append(frame["stream"].reindex(parent.index) + "/theme=" + parent)
    if "watched" in frame:
        watched = frame["watched"].explode().dropna().astype(str)
        labels.append(frame["stream"].reindex(watched.index) + "/watch=" + watched)
    return [label.astype(object) for label in labels]


def _grid_codes(documents: pd.DataFrame, member: Memberships) -> tuple[npt.NDArray[np.int64], pd.DatetimeIndex, int]:
    """The cell (series × day) of every membership, the days of the grid, and their number."""
    day = pd.to_datetime(documents["day"])
    days = pd.date_range(day.min(), day.max(), freq="D", unit="ns")
    offset = ((day - days[0]) // pd.Timedelta(days=1)).to_numpy(np.int64)
    return member.series * len(days) + offset[member.row], days, len(days)


def _distinct(
    codes: npt.NDArray[np.int64], who: "pd.Series[str]", rows: npt.NDArray[np.int64], size: int
) -> npt.NDArray[np.int64]:
    """Distinct values of `who` in each cell; missing ones are not counted."""
    person, names = pd.factorize(who.to_numpy(object))
    person = person[rows].astype(np.int64)
    known = person >= 0
    width = max(len(names), 1)
    cells = np.unique(codes[known] * width + person[known]) // width
    return np.bincount(cells, minlength=size).astype(np.int64)


def _within_stream(documents: pd.DataFrame, member: Memberships, days: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
    """False for grid cells before the first or after the last day of the series' own stream."""
    span = documents.groupby("stream")["day"].agg(["min", "max"])
    stream = [name.split("/", 1)[0] for name in member.names]
    first = span["min"].reindex(stream).to_numpy("datetime64[ns]")[:, None]
    last = span["max"].reindex(stream).to_numpy("datetime64[ns]")[:, None]
    day = days.to_numpy()[None, :]
    inside: npt.NDArray[np.bool_] = ((day >= first) & (day <= last)).ravel()
    return inside


def _empty_volumes() -> pd.DataFrame:
    frame = pd.DataFrame(columns=list(VOLUME_COLUMNS))
    frame["day"] = pd.to_datetime(frame["day"])
    return frame.astype({name: "int64" for name in VOLUME_COLUMNS[2:]})
