"""Which groups of judged decisions err more than the rest: one test and one account of false finds for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mitigations.errors_excerpts import Excerpts, Flags, Floats
from mitigations.judged import Judged
from mitigations.melding import SEED, TINY, confidence_draws
from mitigations.rates import weighted_rates
from mitigations.slice_tests import more_wrong, parts, ratio

FEWEST_ROWS = 12
"""Judged decisions that a group needs to be tested; chosen by its size, never by its errors."""
FEWEST_WRONG = 5
FEWEST_CUSTOMERS = 3
"""Customers whose wrong decisions a group needs: what one customer alone meets is no cause."""


@dataclass(frozen=True, slots=True)
class Found:
    """A group that errs more: its number among those tested, `inside` (n,) its decisions, and how sure it is.

    `confidence`: of intervals around what was chosen among many (Benjamini & Yekutieli 2005, JASA), so that 95 % of
    the intervals of kept groups cover.
    """

    number: int
    inside: Flags
    p_value: float
    q_value: float
    confidence: float


def kept(
    cases: Excerpts, groups: Sequence[Flags], *, level: float, covered: Flags | None = None, tests: int | None = None
) -> list[Found]:
    """Groups that are a larger part of the wrong decisions than of the right ones, the surest first.

    Each is tested by Fisher's exact test on effective counts (`mitigations.slice_tests`), so that the test depends
    neither on how many of either were drawn nor on their probabilities. The k-th is kept at p <= level * k / tests
    (Benjamini & Hochberg 1995), k over kept ones alone, and must pass anew on the decisions that no kept one and not
    `covered` (n,) holds. `tests`: how many were tried, where `groups` are some of them.
    """
    if not len(groups) or not cases.wrong.any() or cases.wrong.all():
        return []
    most = tests or len(groups)
    free = np.ones(len(cases.rows), bool) if covered is None else ~covered
    p_values = np.array([_p(cases, inside, np.ones_like(free)) for inside in groups])
    found: list[tuple[int, float]] = []
    for number in np.argsort(p_values, kind="stable"):
        bound = level * (len(found) + 1) / most
        if p_values[number] > bound:
            break
        inside = groups[number]
        p = max(float(p_values[number]), _p(cases, inside, free)) if not free.all() else float(p_values[number])
        if p <= bound and _enough(cases, inside & free):
            found.append((int(number), p))
            free = free & ~inside
    sure = 1.0 - 0.05 * max(len(found), 1) / most
    return [
        Found(number, groups[number], p, min(p * most / place, 1.0), sure)
        for place, (number, p) in enumerate(found, start=1)
    ]


def _p(cases: Excerpts, inside: Flags, among: Flags) -> float:
    """One-sided p of a group among some of the decisions."""
    if not (inside & among).any() or not (~inside & among).any():
        return 1.0
    cell = inside[among].astype(np.int64)
    return float(more_wrong(parts(cell, 2, cases.wrong[among], cases.weight[among]))[1])


def _enough(cases: Excerpts, inside: Flags) -> bool:
    wrong = inside & cases.wrong
    return int(wrong.sum()) >= FEWEST_WRONG and cases.customers(wrong) >= FEWEST_CUSTOMERS


def rates_in(cases: Excerpts, inside: Flags) -> dict[str, float]:
    """Error rate of a group and of the rest under the sampling design, each with 95 % ends, and their ratio.

    rate, rate_low, rate_high, rest, rest_low, rest_high, ratio, ratio_low, ratio_high. Decisions without an excerpt
    are in neither.
    """
    table = [_melded(cases, inside), _melded(cases, ~inside)] if cases.known.both_sides else _shares(cases, inside)
    tails = ("", "_low", "_high")
    found = {f"rate{tail}": end for tail, end in zip(tails, table[0], strict=True)}
    found |= {f"rest{tail}": end for tail, end in zip(tails, table[1], strict=True)}
    times = found["rate"] / found["rest"] if found["rest"] > 0 else float("inf")
    first = parts((~inside).astype(np.int64), 2, cases.wrong, cases.weight)
    with np.errstate(invalid="ignore"):
        # A rest without an error: how many times as often has no end.
        return found | ratio(first, times)


def _shares(cases: Excerpts, inside: Flags) -> list[tuple[float, float, float]]:
    """Where one side was judged: share of wrong ones in the group and in the rest."""
    cell = (~inside).astype(np.int64)
    rates = weighted_rates(cases.wrong, 1.0 / cases.weight, cell, 2)
    ends = np.column_stack([rates.estimate, rates.low, rates.high])
    return [(float(row[0]), float(row[1]), float(row[2])) for row in ends]


def _melded(cases: Excerpts, inside: Flags) -> tuple[float, float, float]:
    """Wrong ones over wrong and right ones, each estimated from the audits of its side, their intervals melded
    (Fay, Proschan & Brittain 2015)."""
    dice = np.random.default_rng(SEED)
    estimates, lows, highs = [], [], []
    for side in (cases.wrong, ~cases.wrong):
        marked = np.zeros(len(cases.known.rows), bool)
        marked[cases.rows[inside & side]] = True
        acted = cases.known.acted[cases.rows[side]][0] if side.any() else False
        share, tried, total = share_of(cases.known, marked, acted=bool(acted))
        low, high = confidence_draws(np.array([share * tried]), np.array([tried]), dice)
        estimates.append(share * total)
        lows.append(low[:, 0] * total)
        highs.append(high[:, 0] * total)
    rate = estimates[0] / max(estimates[0] + estimates[1], TINY)
    low, high = _part(lows[0], highs[1]), _part(highs[0], lows[1])
    return rate, min(float(np.quantile(low, 0.025)), rate), max(float(np.quantile(high, 0.975)), rate)


def _part(one: Floats, other: Floats) -> Floats:
    found: Floats = one / np.maximum(one + other, TINY)
    return found


def share_of(known: Judged, marked: Flags, *, acted: bool) -> tuple[float, float, float]:
    """Share of the decisions of a side that are `marked` (of all rows; read where judged), the effective number of
    audits it rests on, and how many decisions the side has."""
    own = known.acted == acted
    taken = own & known.used
    if not taken.any():
        return 0.0, 0.0, float(known.size[own].sum())
    cell = np.zeros(int(taken.sum()), np.int64)
    rates = weighted_rates(marked[taken], known.inclusion[taken], cell, 1)
    return float(rates.estimate[0]), float(rates.effective[0]), float(known.size[own].sum())
