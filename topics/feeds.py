"""What arrived of each stream by day, and of each source, product and locale in it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Counts = npt.NDArray[np.float64]

DIMENSIONS = ("source", "product", "locale")


@dataclass(frozen=True, slots=True)
class Feed:
    """Documents of one stream by the day they arrived: `every` (days,); of kept ones alone `whole` (days,) and `parts`
    by (dimension, value), each (days,)."""

    days: pd.DatetimeIndex
    every: Counts
    whole: Counts
    parts: dict[tuple[str, str], Counts]

    def until(self, day: pd.Timestamp) -> "Feed | None":
        """What had arrived by the end of a day, up to the last day on which anything had; None where nothing had."""
        there = np.flatnonzero(self.every[: int(np.searchsorted(self.days.to_numpy(), day.to_datetime64(), "right"))])
        if not there.size:
            return None
        size = int(there[-1]) + 1
        parts = {key: own[:size] for key, own in self.parts.items() if own[:size].any()}
        return Feed(self.days[:size], self.every[:size], self.whole[:size], parts)


def feeds(documents: pd.DataFrame) -> dict[str, Feed]:
    """What arrived of each stream; `documents`: stream, received_day (`day` where there is none), kept, and those of
    DIMENSIONS there are."""
    when = "received_day" if "received_day" in documents else "day"
    return {str(stream): _feed(own, when) for stream, own in documents.groupby("stream", sort=True)}


def _feed(own: pd.DataFrame, when: str) -> Feed:
    days = pd.date_range(own[when].min(), own[when].max(), freq="D", unit="ns")

    def counts(part: pd.DataFrame) -> Counts:
        return part.groupby(when).size().reindex(days, fill_value=0).to_numpy().astype(float)

    kept = own[own["kept"]]
    parts = {
        (dimension, str(value)): counts(part)
        for dimension in DIMENSIONS
        if dimension in own
        for value, part in kept.groupby(dimension, sort=True)
    }
    return Feed(days, counts(own), counts(kept), parts)
