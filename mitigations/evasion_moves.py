"""Displacement: who was stopped here goes on in another mitigation, product or language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact, norm

from mitigations.rates import share_interval
from nlp.frames import require

PERIOD = pd.Timedelta(days=28)
FEWEST_STOPPED, LEAST_MOVED = 10, 3
"""Customers stopped here before, and of them who went elsewhere, for a move to be looked for and told."""
MOST_PLACES = 4
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Move:
    """Around one cut: customers `stopped` here before, of whom `moved` were stopped here no more and turned up in a
    place they were not in before; `usual` is the share of other customers who took up a new place. `fall`: stopped
    customers here after to before. `p_value`: the larger of that of the fall and of the move, times the moves tried."""

    dimension: str
    place: str
    to: str
    cut: str
    stopped: int
    moved: int
    share: float
    share_low: float
    share_high: float
    usual: float
    others: int
    fall: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Displacement:
    """`verdict`: displaced, none seen, cannot tell; the likeliest `move` where any could be looked for."""

    verdict: str
    reason: str
    move: Move | None = None
    tried: int = 0


def displacement(
    requests: pd.DataFrame, *, here: Mapping[str, Sequence[str]], cuts: Sequence[pd.Timestamp]
) -> Displacement:
    """Whether blocks fall in a place while those who were stopped there turn up elsewhere.

    `requests`: customer, at (datetime64), stopped (bool), and a column for each dimension in `here` (dimension -> the
    places that are looked at, such as language -> [en, de]). A place's stopped customers of the PERIOD before a cut are
    followed for as long after it. Fall: the numbers of stopped customers, Poisson. Move: their share against that of
    the customers who were not stopped there (Fisher's exact test); both must hold (Berger 1982), and all places and
    cuts tried are allowed for (Bonferroni).
    """
    require(requests, {"customer": "str", "at": "datetime", "stopped": "bool"}, what="requests")
    named = requests[requests["customer"].notna()]
    moves = [
        move
        for dimension, places in here.items()
        for place in places[:MOST_PLACES]
        for cut in cuts
        if (move := _move(named[named[dimension].notna()], dimension, place, cut)) is not None
    ]
    if not moves:
        return Displacement("cannot tell", f"fewer than {FEWEST_STOPPED} stopped customers to follow, or nowhere to go")
    best = min(moves, key=lambda one: (one.p_value, -one.share, one.dimension, one.place, one.cut))
    chance = min(1.0, best.p_value * len(moves))
    told = Move(**{**{name: getattr(best, name) for name in Move.__slots__}, "p_value": chance})
    if chance > LEVEL or best.moved < LEAST_MOVED:
        return Displacement("none seen", f"{len(moves)} places and days looked at, none stands out", told, len(moves))
    reason = (
        f"stopped customers of {best.dimension} {best.place} fell to ×{best.fall:.2g} from {best.cut} on; {best.moved} "
        f"of {best.stopped} went elsewhere, mostly {best.to}; of others {best.usual:.0%} took up a new place"
    )
    return Displacement("displaced", reason, told, len(moves))


def _move(requests: pd.DataFrame, dimension: str, place: str, cut: pd.Timestamp) -> Move | None:
    values = requests[dimension].astype(str)
    before = ((requests["at"] >= cut - PERIOD) & (requests["at"] < cut)).to_numpy()
    after = ((requests["at"] >= cut) & (requests["at"] < cut + PERIOD)).to_numpy()
    own = ((values == place) & requests["stopped"]).to_numpy()
    stopped, still = (set(requests.loc[own & side, "customer"]) for side in (before, after))
    others = set(requests.loc[before, "customer"]) - stopped
    if len(stopped) < FEWEST_STOPPED or not others:
        return None
    # A new place is one that the customer was not in before; leaving a place without another is no move.
    old = set(zip(requests.loc[before, "customer"], values[before], strict=True))
    fresh = requests.loc[after & (values != place).to_numpy(), ["customer"]].assign(to=values[after])
    fresh = fresh[[pair not in old for pair in zip(fresh["customer"], fresh["to"], strict=True)]]
    movers, usual = stopped & set(fresh["customer"]) - still, others & set(fresh["customer"])
    low, high = share_interval([len(movers)], [len(stopped)])
    rest = np.array([[len(movers), len(stopped) - len(movers)], [len(usual), len(others) - len(usual)]])
    to = fresh.loc[fresh["customer"].isin(movers), "to"].mode()
    return Move(
        dimension, place, str(to.iloc[0]) if len(to) else "", cut.strftime("%Y-%m-%d"), len(stopped), len(movers),
        len(movers) / len(stopped), float(low[0]), float(high[0]), len(usual) / len(others), len(others),
        (len(still) + 0.5) / (len(stopped) + 0.5),
        max(_fallen(len(stopped), len(still)), float(fisher_exact(rest, alternative="greater").pvalue)),
    )  # fmt: skip


def _fallen(before: int, after: int) -> float:
    """Chance of such a fall between two equally long periods, one-sided; numbers of customers as Poisson."""
    return float(norm.cdf((after - before) / np.sqrt(max(after + before, 1))))
