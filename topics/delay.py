"""How late reports arrive, and so how complete the recent days are."""

import numpy as np
import numpy.typing as npt
import pandas as pd

LONGEST_DELAY = 60
"""Days; what arrives later than this is not waited for."""
LEAST_PAIRS = 30
COMPLETE = 0.995


def completeness(documents: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Share of the documents of each recent day that has arrived: stream, day, completeness in (0, 1].

    `documents`: stream, day (when it happened), received_day. Only days that are less than 99.5 % complete
    are listed; a stream with fewer than 30 documents, or all received on their day, has none.
    """
    today = as_of.normalize()
    rows = []
    for stream, own in documents.groupby("stream", sort=True):
        arrived = delay_distribution(own, as_of=as_of)
        for age, share in enumerate(arrived):
            if share < COMPLETE:
                rows.append({"stream": stream, "day": today - pd.Timedelta(days=age), "completeness": float(share)})
    table = pd.DataFrame(rows, columns=["stream", "day", "completeness"])
    table["day"] = pd.to_datetime(table["day"]).astype("datetime64[ns]")
    return table.sort_values(["stream", "day"], ignore_index=True)


def delay_distribution(documents: pd.DataFrame, *, as_of: pd.Timestamp) -> npt.NDArray[np.float64]:
    """Share that has arrived within 0, 1, ... LONGEST_DELAY days, of what arrives within the longest.

    Only what had time to arrive late is compared with what did (right truncation: reverse-time hazards,
    Kalbfleisch and Lawless 1989, JASA). All ones with too few documents.
    """
    delay = (documents["received_day"] - documents["day"]).dt.days
    age = (as_of.normalize() - documents["day"]).dt.days
    usable = delay.between(0, LONGEST_DELAY) & (delay <= age)
    delays, ages = delay[usable].to_numpy(np.int64), age[usable].to_numpy(np.int64)
    share = np.ones(LONGEST_DELAY + 1)
    if len(delays) < LEAST_PAIRS:
        return share
    for late in range(LONGEST_DELAY, 0, -1):
        settled = ages >= late
        by_then = int((settled & (delays <= late)).sum())
        then = int((settled & (delays == late)).sum())
        share[late - 1] = share[late] * (1.0 - (then / by_then if by_then else 0.0))
    return share
