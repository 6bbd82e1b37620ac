"""Which documents are of which series, and where each series is cut."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from topics.signals_corpus import Corpus
from topics.signals_records import Rows, Split, day_number
from topics.volume import ROLLED_UP_KINDS

AFTER_DAYS = 28
BEFORE_DAYS = 56
LEAST_BEFORE_DAYS = 14
DAY = pd.Timedelta(days=1)


def members(corpus: Corpus) -> dict[str, Rows]:
    """Kept documents by series: themes and their roll-ups, over- and under-blocks with their domains, mitigations;
    of usage anomalies themes, mitigations and types. Keys as in `volume.daily`; `feedback/mitigation=` is none there.
    """
    documents = corpus.documents
    found: dict[str, Rows] = {}
    for stream, columns in _COLUMNS.items():
        own = documents[(documents["stream"] == stream) & corpus.kept]
        for column, word in columns:
            found |= {f"{stream}/{word}={name}": rows for name, rows in _grouped(own, column)}
    own = documents[(documents["stream"] == "feedback") & corpus.kept & documents["kind"].isin(ROLLED_UP_KINDS)]
    found |= {f"feedback/kind={kind}": rows for kind, rows in _grouped(own, "kind")}
    own = own[own["harm_domain"].notna() & (own["harm_domain"] != "none")]
    pair = own["kind"].astype(str) + "&harm_domain=" + own["harm_domain"].astype(str)
    return found | {f"feedback/kind={name}": rows for name, rows in _grouped(own.assign(pair=pair), "pair")}


def split_at(corpus: Corpus, series: str, rows: Rows, day: pd.Timestamp, end: pd.Timestamp) -> Split | None:
    """The series before and after a day, 28 days at most after and 56 before; None with hardly any days before."""
    end = min(end, day + AFTER_DAYS * DAY)
    start = day - BEFORE_DAYS * DAY
    if len(corpus.days) == 0 or day_number(day) - max(int(corpus.days.min()), day_number(start)) < LEAST_BEFORE_DAYS:
        return None
    days = corpus.days[rows]
    before = rows[(days >= day_number(start)) & (days < day_number(day))]
    return Split(series, start, day, end, before, rows[(days >= day_number(day)) & (days < day_number(end))])


def standing(corpus: Corpus, series: Mapping[str, Rows], *, as_of: pd.Timestamp) -> list[Split]:
    """Every series cut 28 days before the end of the day of `as_of`."""
    end = as_of.normalize() + DAY
    found = (split_at(corpus, name, series[name], end - AFTER_DAYS * DAY, end) for name in sorted(series))
    return [one for one in found if one is not None]


def at_changes(
    corpus: Corpus, series: Mapping[str, Rows], changes: pd.DataFrame, *, as_of: pd.Timestamp
) -> list[Split]:
    """The series of changes cut at their days; `changes`: series, day, end (NaT: it goes on). Each cut once."""
    last = as_of.normalize() + DAY
    found: dict[tuple[str, pd.Timestamp], Split] = {}
    for name, day, end in zip(changes["series"], changes["day"], changes["end"], strict=True):
        if name in series:
            one = split_at(corpus, name, series[name], day, last if pd.isna(end) else min(end, last))
            if one is not None:
                found[(name, day)] = one
    return [found[key] for key in sorted(found)]


_COLUMNS = {
    "feedback": (("theme_id", "theme"), ("parent_id", "theme"), ("mitigation", "mitigation")),
    "usage_anomaly": (
        ("theme_id", "theme"),
        ("parent_id", "theme"),
        ("mitigation", "mitigation"),
        ("anomaly_type", "anomaly_type"),
    ),
}


def _grouped(own: pd.DataFrame, column: str) -> list[tuple[str, Rows]]:
    """Rows (positions) by value of a column, by value."""
    groups = own.groupby(column, sort=True).indices
    index = own.index.to_numpy(np.int64)
    return [(str(name), index[places]) for name, places in groups.items()]
