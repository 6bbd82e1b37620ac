"""How late reports arrive, and so how complete the recent days are."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

LONGEST_DELAY = 60
"""Days; what arrives later than this is not waited for."""
LEAST_PAIRS = 30
COMPLETE = 0.995


@dataclass(frozen=True, slots=True)
class Delays:
    """How late the documents of one stream came. `counts` (days + 1, delays + 1): documents of the first n days since
    `first` that came with a delay of so many days, 0 to LONGEST_DELAY."""

    first: pd.Timestamp
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, documents: pd.DataFrame) -> "Delays":
        """From day (when it happened) and received_day of each document."""
        delay = (documents["received_day"] - documents["day"]).dt.days
        usable = delay.between(0, LONGEST_DELAY)
        days, delays = documents["day"][usable], delay[usable].to_numpy(np.int64)
        first = days.min() if len(days) else pd.Timestamp(0)
        place = (days - first).dt.days.to_numpy(np.int64)
        width = LONGEST_DELAY + 1
        size = int(place.max()) + 1 if len(place) else 0
        flat = np.bincount(place * width + delays, minlength=size * width).reshape(size, width)
        return cls(first, np.vstack([np.zeros((1, width), np.int64), np.cumsum(flat, axis=0)]))

    def arrived(self, today: pd.Timestamp) -> npt.NDArray[np.float64]:
        """Share that has arrived within 0, 1, ... LONGEST_DELAY days, of what arrives within the longest, from what
        had been received by the end of `today` (midnight UTC).

        Only what had time to arrive late is compared with what did (right truncation: reverse-time hazards,
        Kalbfleisch and Lawless 1989, JASA). All ones with too few documents.
        """
        delays = np.arange(LONGEST_DELAY + 1)
        settled = np.clip((today - self.first).days + 1 - delays, 0, len(self.counts) - 1)
        share = np.ones(LONGEST_DELAY + 1)
        if int(self.counts[settled, delays].sum()) < LEAST_PAIRS:
            return share
        by_then = np.cumsum(self.counts, axis=1)[settled, delays]
        then = self.counts[settled, delays]
        for late in range(LONGEST_DELAY, 0, -1):
            share[late - 1] = share[late] * (1.0 - (then[late] / by_then[late] if by_then[late] else 0.0))
        return share


def completeness(documents: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Share of the documents of each recent day that has arrived: stream, day, completeness in (0, 1].

    `documents`: stream, day (when it happened), received_day. Only days that are less than 99.5 % complete
    are listed; a stream with fewer than 30 documents, or all received on their day, has none.
    """
    delays = {str(stream): Delays.of(own) for stream, own in documents.groupby("stream", sort=True)}
    return completeness_of(delays, as_of=as_of)


def completeness_of(delays: Mapping[str, Delays], *, as_of: pd.Timestamp) -> pd.DataFrame:
    """As `completeness`, from the delays of each stream; what was received after the day of `as_of` does not count."""
    today = as_of.normalize()
    rows = []
    for stream in sorted(delays):
        for age, share in enumerate(delays[stream].arrived(today)):
            if share < COMPLETE:
                rows.append({"stream": stream, "day": today - pd.Timedelta(days=age), "completeness": float(share)})
    table = pd.DataFrame(rows, columns=["stream", "day", "completeness"])
    table["day"] = pd.to_datetime(table["day"]).astype("datetime64[ns]")
    return table.sort_values(["stream", "day"], ignore_index=True)
