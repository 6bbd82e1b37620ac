"""Thresholds of their own for segments, only where the truths show that the common one is wrong there."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mitigations.cost_bands import Bands, Costs, Floats, bands, checked, kept
from mitigations.error_rates import cells_of
from mitigations.judged import SIDES, Flags, Judged
from mitigations.rates import share_interval
from mitigations.reliability import cannot
from mitigations.thresholds import candidates, cheapest

LEVEL = 0.05
"""How often advice is given to any segment at all where all should keep the common threshold."""
FEWEST_JUDGED = 30
"""Judged decisions with a score in a segment below which nothing is said of it."""
KEEP = "keep the common one"
COLUMNS = ("common", "low", "high", "advised", "saving", "saving_low", "saving_high", "p_value")
PER = 1_000.0


NOTHING = {name: np.nan for name in COLUMNS}


@dataclass(frozen=True, slots=True)
class Common:
    """The candidates, and which of them costs least over all segments."""

    at: Floats
    place: int
    costs: Costs


def by_segment(known: Judged, column: str, costs: Costs) -> pd.DataFrame:
    """The cheapest threshold of every value of a column beside the common one, a row a value, the largest first.

    The common one costs least over all. A segment has one of its own only where from the common one on so few of its
    decisions are harmful that acting on them does not pay, or before it so many that it does: exact tests of every
    candidate, adjusted for the number of candidates (Bonferroni) and of segments (Holm 1979, Scandinavian J. of
    Statistics). Columns: segment, decisions, judged, then COLUMNS: common; low and high, the range that its own truths
    allow; advised (NaN: none); saving with ends, of the advised against the common one, a thousand of its decisions;
    p_value, adjusted; last verdict. Raises `NotACost`.
    """
    checked(costs)
    code, values = cells_of(known.rows[column])
    why = cannot(known)
    common = None if why else _common(known, costs)
    found = [_row(known, code == place, f"{column}={value}", common) for place, value in enumerate(values)]
    if why:
        found = [row | {"verdict": why} for row in found]
    asked = sorted((row for row in found if not row["verdict"]), key=lambda row: float(row["p_value"]))
    worst = 0.0
    for rank, row in enumerate(asked):
        worst = max(worst, min(row["p_value"] * (len(asked) - rank), 1.0))
        row["p_value"] = worst
        if worst < LEVEL and row["advised"] != row["common"]:
            row["verdict"] = f"{'raise' if row['advised'] > row['common'] else 'lower'} to {row['advised']:.4g}"
        else:
            row.update(verdict=KEEP, advised=np.nan, saving=np.nan, saving_low=np.nan, saving_high=np.nan)
    table = pd.DataFrame(found, columns=["segment", "decisions", "judged", *COLUMNS, "verdict"])
    return table.sort_values("decisions", ascending=False, kind="stable", ignore_index=True)


def _common(known: Judged, costs: Costs) -> Common:
    at = candidates(known)
    return Common(at, int(np.searchsorted(at, cheapest(known, costs, at)["threshold"])), costs)


def _row(known: Judged, own: Flags, name: str, common: Common | None) -> dict[str, Any]:
    """What a segment's own truths say; `p_value` is not yet adjusted for other segments, `verdict` is "" or why not."""
    scores = known.rows["score"].notna().to_numpy(bool) if "score" in known.rows.columns else np.zeros(len(own), bool)
    mine = own & scores
    judged = int((mine & known.used).sum())
    row = {"segment": name, "decisions": round(float(known.size[mine].sum())), "judged": judged, **NOTHING}
    if common is None:
        return row | {"verdict": "cannot tell"}
    row["common"] = float(common.at[common.place])
    for side in (1, 0):
        here = mine & (known.acted == bool(side))
        if here.any() and not (here & known.used).any():
            return row | {"verdict": f"cannot tell: no random audit of {SIDES[side]} decisions here"}
    if judged < FEWEST_JUDGED:
        return row | {"verdict": f"cannot tell: {judged} judged decisions with a score, {FEWEST_JUDGED} needed"}
    found = bands(known, common.at, own)
    first, last = kept(found, common.costs.even)
    ends = {"low": float(common.at[first]), "high": float(common.at[last])}
    return row | ends | _tested(found, common) | {"verdict": ""}


def _tested(found: Bands, common: Common) -> dict[str, float]:
    """The side on which the common threshold is worst, the candidate there that costs least, its saving, and p."""
    even = common.costs.even
    raises = found.too_few(even)[common.place, common.place + 1 :]
    lowers = found.too_many(even)[: common.place, common.place]
    up, down = (float(chances.min(initial=1.0)) for chances in (raises, lowers))
    places = range(common.place + 1, len(common.at)) if up <= down else range(common.place)
    place = max(places, key=lambda other: _saving(found, other, common)[0], default=common.place)
    saving, low, high = _saving(found, place, common)
    tests = len(raises) + len(lowers)
    return {
        "advised": float(common.at[place]),
        "saving": saving,
        "saving_low": low,
        "saving_high": high,
        "p_value": min(min(up, down) * tests, 1.0),
    }


def _saving(found: Bands, place: int, common: Common) -> tuple[float, float, float]:
    """What another candidate saves against the common threshold, a thousand decisions, with exact ends."""
    low, high = min(place, common.place), max(place, common.place)
    tried, hits = found.tried[low, high], found.hits[low, high]
    if low == high or tried <= 0:
        return 0.0, 0.0, 0.0
    ends = share_interval([hits], [tried])
    shares = np.array([hits / tried, ends[0][0], ends[1][0]])
    each = (common.costs.over_block + common.costs.under_block) * (common.costs.even - shares)
    every = max(float(found.total[0, -1]), 1.0)
    saved = each * found.total[low, high] * PER / every * (1.0 if place > common.place else -1.0)
    return float(saved[0]), float(saved.min()), float(saved.max())
