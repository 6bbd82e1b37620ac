"""What the rest of the stream did on the days of a change: reporters by source and kind."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from topics.periods import Periods

COLUMNS = ("stream", "source", "kind", "mitigation", "day", "reporters")


def alongside(documents: pd.DataFrame) -> pd.DataFrame:
    """Distinct reporters of kept documents; COLUMNS.

    `kind` of a usage anomaly is its anomaly_type. Only usage anomalies are told apart by mitigation ("": none).
    """
    kept = documents[documents["kept"]]
    kind = kept["kind"].where(kept["stream"] == "feedback", kept["anomaly_type"]).fillna("none")
    mitigation = kept["mitigation"].where(kept["stream"] == "usage_anomaly").fillna("")
    keys = list(COLUMNS[:-1])
    rows = kept.assign(kind=kind, mitigation=mitigation)[[*keys, "reporter"]].drop_duplicates()
    return rows.groupby(keys, sort=True).size().rename("reporters").reset_index()


def usual(documents: pd.DataFrame, attributes: Sequence[str]) -> pd.DataFrame:
    """Share of each value among the kept documents of a stream that name the attribute: stream, attribute, value,
    share."""
    kept = documents[documents["kept"]]
    rows = []
    for name in (name for name in attributes if name in kept):
        shares = kept.groupby("stream")[name].value_counts(normalize=True)
        rows.append(shares.rename("share").rename_axis(["stream", "value"]).reset_index().assign(attribute=name))
    return pd.concat(rows, ignore_index=True)[["stream", "attribute", "value", "share"]]


@dataclass(frozen=True, slots=True)
class Moved:
    """How some of the stream moved: reporters a day before and after, their ratio, its p-value for a rise.

    `unlike`: total variation between the kinds before and those of what was added or went, 0 to 1.
    """

    before: float
    after: float
    ratio: float
    p_value: float
    unlike: float


def moved(rows: pd.DataFrame, periods: Periods) -> Moved:
    """Compare the days of a change's two periods; `rows`: kind, day, reporters."""
    old = rows[(rows["day"] >= periods.start) & (rows["day"] < periods.low)].groupby("kind")["reporters"].sum()
    new = rows[(rows["day"] >= periods.day) & (rows["day"] < periods.end)].groupby("kind")["reporters"].sum()
    before, after = float(old.sum()) / periods.days_before, float(new.sum()) / periods.days_after
    # Half a reporter on each side keeps the ratio of few finite.
    ratio = (after + 0.5 / periods.days_after) / (before + 0.5 / periods.days_before)
    kinds = old.index.union(new.index)
    a = old.reindex(kinds, fill_value=0).to_numpy(float) / periods.days_before
    b = new.reindex(kinds, fill_value=0).to_numpy(float) / periods.days_after
    likely = chance_of_more(old.sum(), new.sum(), periods.days_before, periods.days_after)
    return Moved(before, after, float(ratio), likely, _unlike(a, b))


def chance_of_more(old: float, new: float, days_old: int, days_new: int) -> float:
    """p-value of so many or more on the new days, given the total, were nothing changed (conditional binomial test)."""
    from scipy.stats import binom

    return float(binom.sf(new - 1, old + new, days_new / (days_new + days_old)))


def _unlike(
    before: "np.ndarray[tuple[int], np.dtype[np.float64]]", after: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> float:
    way = 1.0 if after.sum() >= before.sum() else -1.0
    added = np.maximum(way * (after - before), 0.0)
    if added.sum() == 0 or before.sum() == 0:
        return 1.0
    return float(0.5 * np.abs(added / added.sum() - before / before.sum()).sum())
