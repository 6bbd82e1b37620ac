"""Whether complaints fell because something was repaired, or because people gave up on complaining."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from nlp.frames import require

RECENT_WEEKS, BEFORE_WEEKS = 4, 8
LEAST_COMPLAINTS = 20
"""Before, over all those weeks; with fewer a drop cannot be told."""
FELL = 0.9
"""A ratio whose whole interval is below this fell; one whose interval is above it did not."""
MEASURES = {"complaints": "heard", "blocked": "requests", "customers": None, "appeals": "appealable"}
"""What is compared, and per what."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Weeks after to weeks before, per exposure, with a 95 % interval; NaN where it is not known."""

    ratio: float
    low: float
    high: float
    before: float
    after: float

    @property
    def known(self) -> bool:
        """Whether it could be told."""
        return self.ratio == self.ratio


@dataclass(frozen=True, slots=True)
class Trust:
    """`verdict`: no drop, repair, loss of trust, cannot tell; `ratios` by measure."""

    verdict: str
    reason: str
    ratios: dict[str, Ratio]


def trust(weeks: pd.DataFrame) -> Trust:
    """The last RECENT_WEEKS against the BEFORE_WEEKS before them.

    `weeks`: a row a whole week in order: week (datetime64), complaints (distinct reporters a day) and `heard`, the
    requests whose complaints have arrived; blocked and requests; customers (active a day); appeals and `appealable`,
    the blocks whose appeals have arrived; NaN where not known. Complaints that fall while the share of requests
    blocked does not are no repair of what people complain of; if active customers or appeals per block fall as well,
    they speak of a loss of trust. Ratios of Poisson means with the scatter of the weeks (quasi-Poisson: Wedderburn
    1974, Biometrika).
    """
    require(weeks, {"week": "datetime", "complaints": "float"}, what="weeks")
    known = weeks.tail(RECENT_WEEKS + BEFORE_WEEKS)
    ratios = {name: _ratio(known, name, per) for name, per in MEASURES.items()}
    if len(known) < RECENT_WEEKS + BEFORE_WEEKS:
        reason = f"{len(known)} whole weeks are known, {RECENT_WEEKS + BEFORE_WEEKS} are needed"
        return Trust("cannot tell", reason, ratios)
    if known["complaints"].iloc[:BEFORE_WEEKS].sum() < LEAST_COMPLAINTS or not ratios["complaints"].known:
        return Trust("cannot tell", f"fewer than {LEAST_COMPLAINTS} complaints in the eight weeks before", ratios)
    return Trust(*_verdict(ratios), ratios)


def _verdict(ratios: dict[str, Ratio]) -> tuple[str, str]:
    told = f"complaints went to {shown(ratios['complaints'])} per request"
    if not _fell(ratios["complaints"]):
        return "no drop", f"{told}: no drop that chance does not explain"
    if not ratios["blocked"].known:
        return "cannot tell", f"{told}, but how many requests were blocked is not known"
    told += f", blocks to {shown(ratios['blocked'])}"
    left = [name for name in ("customers", "appeals") if ratios[name].known and _fell(ratios[name])]
    if _fell(ratios["blocked"]) and "customers" not in left:
        return "repair", f"{told}: fewer are blocked, and customers stayed"
    if ratios["blocked"].low > ratios["complaints"].high and left:
        names = {"customers": "active customers", "appeals": "appeals per block"}
        also = " and ".join(f"{names[name]} to {shown(ratios[name])}" for name in left)
        return "loss of trust", f"{told}, {also}: as much is blocked, but people leave or no longer object"
    return "cannot tell", f"{told}: neither blocks nor customers and appeals tell why"


def shown(ratio: Ratio) -> str:
    """As people read it.

    >>> shown(Ratio(0.5, 0.41, 0.6, 10.0, 5.0))
    '×0.5 (0.41 to 0.6)'
    """
    return f"×{ratio.ratio:.2g} ({ratio.low:.2g} to {ratio.high:.2g})" if ratio.known else "cannot tell"


def _fell(ratio: Ratio) -> bool:
    return ratio.known and ratio.high < FELL


def _ratio(weeks: pd.DataFrame, name: str, per: str | None) -> Ratio:
    counts = _numbers(weeks, name)
    exposure = np.ones(len(weeks)) if per is None else _numbers(weeks, per)
    usable = ~np.isnan(counts) & (np.nan_to_num(exposure) > 0)
    after = np.arange(len(weeks)) >= len(weeks) - RECENT_WEEKS
    nothing = Ratio(*[float("nan")] * 5)
    if (usable & after).sum() < RECENT_WEEKS - 1 or (usable & ~after).sum() < RECENT_WEEKS:
        return nothing
    sums = [(counts[usable & side].sum(), exposure[usable & side].sum()) for side in (~after, after)]
    if sums[0][0] == 0:
        return nothing
    rates = [count / whole for count, whole in sums]
    expected = np.where(after, rates[1], rates[0]) * exposure
    chi = (counts - expected)[usable] ** 2 / np.maximum(expected[usable], 0.5)
    scatter = max(1.0, float(chi.sum() / max(usable.sum() - 2, 1)))
    error = float(np.sqrt(scatter * (1 / max(sums[0][0], 0.5) + 1 / max(sums[1][0], 0.5))))
    middle = float(np.log(max(sums[1][0], 0.5) / sums[1][1] / rates[0]))
    ends = [float(np.exp(middle + sign * norm.ppf(0.975) * error)) for sign in (-1, 1)]
    return Ratio(float(np.exp(middle)), ends[0], ends[1], float(rates[0]), float(rates[1]))


def _numbers(weeks: pd.DataFrame, name: str) -> Floats:
    column: Any = weeks[name] if name in weeks else pd.Series(np.nan, index=weeks.index)
    return np.asarray(column, dtype=np.float64)
