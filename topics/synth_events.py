"""Events planted in simulated worlds: what is multiplied or moved, when, and how plain it is to see."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

EVENTS = ("step_1.5", "step_2", "step_4", "drop_0.5", "drop_0.25", "ramp", "burst", "birth", "share_shift")
TRUTH_COLUMNS = ("series", "event", "day", "end", "size", "partner", "gain", "arrived")
EARLIEST, LATEST_BEFORE_END = 60, 35
UNBORN = 0.01
"""Reports a day that one who knows everything allows a theme that does not exist."""
GAIN_DAYS = 28


@dataclass(frozen=True, slots=True)
class Planted:
    """`means`, `nulls` (series, days): with and without events; `rows`: one a series with an event, days as positions.

    To a theme that is born the null is UNBORN reports a day.
    """

    means: Array
    nulls: Array
    rows: list[dict[str, object]]


def plant(rng: np.random.Generator, means: Array, base: Array, *, affected: int) -> Planted:
    """One event in each of `affected` series of `means` (series, days), after day 60, before the last 35 days.

    A share shift takes two of them, neighbours by `base` (series,): what leaves one comes to the other, so
    their total stays what it was.
    """
    after = means.copy()
    rows: list[dict[str, object]] = []
    waiting = list(rng.choice(len(means), affected, replace=False))
    waiting.sort(key=lambda row: float(base[row]))
    while waiting:
        row = int(waiting.pop(0))
        event, day = str(rng.choice(EVENTS)), _day(rng, means.shape[1])
        if event == "share_shift" and waiting:
            rows += _shift(rng, after, (row, int(waiting.pop(0))), day)
        else:
            rows.append(_alone(rng, after, row, event if event != "share_shift" else "step_2", day))
    nulls = means.copy()
    nulls[[int(str(one["row"])) for one in rows if one["event"] == "birth"]] = UNBORN
    return Planted(after, nulls, rows)


def truth_table(planted: Planted, scatter: Array, names: Sequence[str], days: pd.DatetimeIndex) -> pd.DataFrame:
    """TRUTH_COLUMNS, by series: first day, first day after a burst, multiplier, partner of a share shift.

    `arrived`: first day at the new level, later than `day` for a ramp.

    `gain`: expected log-likelihood, in nats, by which the first 28 days tell the event from the null.
    """
    rows = []
    for row in sorted(planted.rows, key=lambda one: int(str(one["row"]))):
        place, day, end = int(str(row["row"])), int(str(row["day"])), row["end"]
        window = slice(day, day + GAIN_DAYS)
        gain = information(planted.means[place, window], planted.nulls[place, window], float(scatter[place]))
        other = row["partner"]
        rows.append(
            {
                "series": names[place],
                "event": row["event"],
                "day": days[day],
                "end": days[int(str(end))] if end is not None and int(str(end)) < len(days) else pd.NaT,
                "size": row["size"],
                "partner": None if other is None else names[int(str(other))],
                "gain": float(gain.sum()),
                "arrived": days[min(int(str(row["arrived"])), len(days) - 1)],
            }
        )
    return pd.DataFrame(rows, columns=list(TRUTH_COLUMNS))


def information(mean: Array, null: Array, dispersion: float) -> Array:
    """Expected log-likelihood ratio of each day, in nats: negative binomials of one dispersion, two means."""
    size = 1.0 / max(dispersion, 1e-6)
    true, other = np.maximum(mean, 1e-12), np.maximum(null, 1e-12)
    told: Array = true * np.log(true / other) - (true + size) * np.log((size + true) / (size + other))
    return np.where((mean > 0) | (null > 0), told, 0.0)


def _day(rng: np.random.Generator, days: int) -> int:
    return int(rng.integers(EARLIEST, max(days - LATEST_BEFORE_END, EARLIEST + 1)))


def _alone(rng: np.random.Generator, means: Array, row: int, event: str, day: int) -> dict[str, object]:
    """Change one row of `means` in place; what was done."""
    name, _, size = event.partition("_")
    end, arrived, own = None, day, means[row]
    if name == "ramp":
        length, final = int(rng.integers(14, 43)), float(rng.choice([2.0, 3.0]))
        rise = np.exp(np.linspace(0.0, np.log(final), length))[: len(own) - day]
        own[day : day + len(rise)] *= rise
        own[day + len(rise) :] *= final
        arrived = day + length - 1
    elif name == "burst":
        length, final = int(rng.integers(3, 15)), float(rng.choice([3.0, 6.0]))
        end = day + length
        own[day:end] *= final
    elif name == "birth":
        final = float("inf")
        own[:day] = 0.0
    else:
        final = float(size)
        own[day:] *= final
    return {"row": row, "event": event, "day": day, "end": end, "size": final, "partner": None, "arrived": arrived}


def _shift(rng: np.random.Generator, means: Array, pair: tuple[int, int], day: int) -> list[dict[str, object]]:
    """Move a share of one row to the other in place; what was done to both."""
    giver, taker = pair if rng.random() < 0.5 else pair[::-1]
    share = float(rng.choice([0.4, 0.6]))
    moved = share * means[giver, day:]
    grown = float((means[taker, day:] + moved).sum() / max(float(means[taker, day:].sum()), 1e-9))
    means[taker, day:] += moved
    means[giver, day:] -= moved
    both = ((giver, 1.0 - share, taker), (taker, grown, giver))
    return [
        {"row": row, "event": "share_shift", "day": day, "end": None, "size": size, "partner": partner, "arrived": day}
        for row, size, partner in both
    ]
