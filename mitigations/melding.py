"""Rates that join two samples, the acted on and the allowed, with intervals that hold where one has few finds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

DRAWS = 2_000
SEED = 20_260_301
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a decision in every cell, by stratum: arrays (cells, strata).

    `total` decisions, of which `tried` equally weighted ones were judged and `hits` (fractional) were harmful.
    """

    total: Floats
    hits: Floats
    tried: Floats

    def harmful(self) -> Floats:
        """Harmful decisions in each cell; strata without a judged one like the others; NaN where none has one."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = self.hits / self.tried
            seen = np.where(self.tried > 0, self.total, 0.0)
            mean = (seen * np.nan_to_num(share)).sum(1) / seen.sum(1)
        share = np.where(self.tried > 0, share, mean[:, None])
        found: Floats = np.where(self.total > 0, share * self.total, 0.0).sum(1)
        return found

    def ends(self, dice: np.random.Generator) -> tuple[Floats, Floats]:
        """Draws (DRAWS, cells) from the lower and the upper confidence distribution of the share of harmful ones."""
        with np.errstate(divide="ignore", invalid="ignore"):
            part = self.total / self.total.sum(1, keepdims=True)
        part = np.where(np.isnan(part), 1.0 / self.total.shape[1], part)
        low, high = confidence_draws(self.hits, self.tried, dice)
        return (low * part).sum(2), (high * part).sum(2)


def confidence_draws(hits: Floats, tried: Floats, dice: np.random.Generator) -> tuple[Floats, Floats]:
    """Draws (DRAWS, ...) whose quantiles are the exact lower and upper limits of each share; 0 and 1 without trials."""
    missed = np.maximum(tried - hits, 0.0)
    some, rest = hits > TINY, missed > TINY
    shape = (DRAWS, *hits.shape)
    low = np.where(some, dice.beta(np.where(some, hits, 1.0), missed + 1, shape), 0.0)
    high = np.where(rest, dice.beta(hits + 1, np.where(rest, missed, 1.0), shape), 1.0)
    return low, high


@dataclass(frozen=True, slots=True)
class Melded:
    """A figure in every cell; NaN where it cannot be told."""

    estimate: Floats
    low: Floats
    high: Floats


def figures(
    allowed: Side, acted: Side, counted: Floats, *, costs: tuple[float, float] | None = None, confidence: float = 0.95
) -> dict[str, Melded]:
    """Prevalence, precision, recall, fpr and fnr in every cell, which holds `counted` equally weighted decisions; and
    of all its decisions the share that is benign and acted on (over_block), and harmful and allowed (under_block);
    where an over- and an under-block have `costs`, the mean cost of a decision.

    Each is monotone in three shares: decisions acted on, harmful ones on either side. Its low end is a quantile over
    draws from those ends of the shares' exact intervals that make it small, its high end over the others (Fay, Proschan
    & Brittain 2015, Biometrics: melding), so that a side without a single find still says how many there might be. The
    interval speaks of decisions such as these, not of these alone.
    """
    dice = np.random.default_rng(SEED)
    n, m = allowed.total.sum(1), acted.total.sum(1)
    missed, caught = allowed.harmful(), acted.harmful()
    acts = confidence_draws(np.nan_to_num(m / np.maximum(n + m, TINY)) * counted, counted, dice)
    bad_allowed, bad_acted = allowed.ends(dice), acted.ends(dice)
    tail = (1 - confidence) / 2

    def melded(estimate: Floats, low: Floats, high: Floats) -> Melded:
        ends = (
            np.quantile(np.nan_to_num(low), tail, axis=0),
            np.quantile(np.nan_to_num(high, nan=1.0), 1 - tail, axis=0),
        )
        told = ~np.isnan(estimate)
        bottom, top = np.minimum(ends[0], estimate), np.maximum(ends[1], estimate)
        return Melded(estimate, np.where(told, bottom, np.nan), np.where(told, top, np.nan))

    good_acted = (1 - bad_acted[1], 1 - bad_acted[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        fnr = [_part((1 - acts[1 - end]) * bad_allowed[end], acts[1 - end] * bad_acted[1 - end]) for end in (0, 1)]
        fpr = [_part(acts[end] * good_acted[end], (1 - acts[end]) * (1 - bad_allowed[end])) for end in (0, 1)]
        over, under = (m - caught) / (n + m), missed / (n + m)
        found = {
            "prevalence": melded(
                (missed + caught) / (n + m), *(_mixed(acts, bad_allowed, bad_acted, end) for end in (0, 1))
            ),
            "precision": melded(caught / m, *bad_acted),
            "recall": melded(1 - _part(missed, caught), 1 - fnr[1], 1 - fnr[0]),
            "fpr": melded(_part(m - caught, n - missed), *fpr),
            "fnr": melded(_part(missed, caught), *fnr),
            "over_block": melded(over, *(acts[end] * good_acted[end] for end in (0, 1))),
            "under_block": melded(under, *((1 - acts[1 - end]) * bad_allowed[end] for end in (0, 1))),
        }
        if costs is not None:
            lost = [(costs[1] * bad_allowed[end], costs[0] * good_acted[end]) for end in (0, 1)]
            ends = [_mixed(acts, (lost[0][0], lost[1][0]), (lost[0][1], lost[1][1]), end) for end in (0, 1)]
            found["cost"] = melded(costs[0] * over + costs[1] * under, *ends)
        return found


def _mixed(
    acts: tuple[Floats, Floats], allowed: tuple[Floats, Floats], acted: tuple[Floats, Floats], end: int
) -> Floats:
    """The least (end 0) or the most (1) of what is in both sides: acting moves it towards that in the acted."""
    rising = acted[end] > allowed[end]
    share = np.where(rising, acts[end], acts[1 - end])
    found: Floats = share * acted[end] + (1 - share) * allowed[end]
    return found


def _part(one: Floats, other: Floats) -> Floats:
    return np.asarray(one / (one + other), dtype=np.float64)
