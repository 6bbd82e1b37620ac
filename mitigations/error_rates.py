"""Precision, recall and both error rates of a mitigation by slice, from truths drawn with known probabilities."""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.cells import ALL, NONE
from mitigations.judged import ACTED, SIDES, Flags, Judged, judged
from mitigations.melding import TINY, Melded, Side, figures
from mitigations.rates import share_interval, weighted_rates

Floats = npt.NDArray[np.float64]

FIGURES = ("prevalence", "precision", "recall", "fpr", "fnr")
OF_ALL = ("over_block", "under_block")
"""Wrong decisions of either kind as shares of all decisions: both errors with one denominator."""
CANNOT_TELL = "cannot tell"
LEAST_AUDITED = {**dict.fromkeys(FIGURES, (0, 1)), "precision": (1,), "over_block": (1,), "under_block": (0,)}
"""The sides (0 allowed, 1 acted) that must be judged before a figure can be told."""


def error_rates(log: pd.DataFrame | Judged, *, by: Sequence[str] = (), acted: Collection[str] = ACTED) -> pd.DataFrame:
    """Figures over all decisions and for every value of each attribute in `by`.

    `log` as `mitigations.judged.judged` reads it. Returns slice ("all", "plan=edu"), decisions, acted, judged,
    judged_acted, judged_allowed, each of FIGURES and OF_ALL with _low and _high (95 %, NaN where it cannot be told),
    and declared: what the row rests on, or why it cannot tell. Positive is harmful; fpr is the share of benign
    decisions that were acted on, fnr that of harmful ones that were not; OF_ALL are shares of all decisions.
    """
    known = log if isinstance(log, Judged) else judged(log, acted=acted)
    tables = [rates_of(known, np.zeros(len(known.rows), np.int64), [ALL])]
    for name in by:
        cell, values = cells_of(known.rows[name])
        tables.append(rates_of(known, cell, [f"{name}={value}" for value in values]))
    return pd.concat(tables, ignore_index=True)


def cells_of(column: "pd.Series[str]") -> tuple[npt.NDArray[np.int64], list[str]]:
    """The number of each row's value, and the values in order; NONE is a value of its own."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        typed = column.cat.remove_unused_categories()
        if typed.notna().all():
            return np.asarray(typed.cat.codes, dtype=np.int64), [str(value) for value in typed.cat.categories]
    code, values = pd.factorize(column.astype(object).where(column.notna(), NONE), sort=True)
    return code.astype(np.int64), [str(value) for value in values]


def side_of(known: Judged, side: int, cell: npt.NDArray[np.int64], cells: int) -> tuple[Side, npt.NDArray[np.int64]]:
    """The allowed (0) or acted (1) decisions of every cell as one stratum, and how many of them were judged."""
    own = known.acted == bool(side)
    total = np.bincount(cell[own], weights=known.size[own], minlength=cells).astype(np.float64)
    taken = own & known.used
    rates = weighted_rates(known.harmful[taken], known.inclusion[taken], cell[taken], cells)
    tried = np.nan_to_num(rates.effective)
    hits = np.clip(np.nan_to_num(rates.estimate) * tried, 0.0, tried)
    return Side(total[:, None], hits[:, None], tried[:, None]), rates.audited


def counted(known: Judged, cell: npt.NDArray[np.int64], cells: int, acts: Flags | None = None) -> Floats:
    """How many equally weighted decisions would tell the share acted on as well: a cell's rows, where each stands for
    itself. Else the variance of the log odds is that of either side's effective number (Kish 1965), so that many
    blocks counted one by one are not worth as little as the few audits that stand for what was allowed.

    `acts`: decisions that are acted on at another threshold; else those that were."""
    if (known.size == 1.0).all():
        return np.bincount(cell, minlength=cells).astype(np.float64)
    yes = known.acted if acts is None else acts
    size, effective = np.zeros((2, cells)), np.zeros((2, cells))
    for side in (0, 1):
        own = yes == bool(side)
        size[side] = np.bincount(cell[own], weights=known.size[own], minlength=cells)
        squares = np.bincount(cell[own], weights=known.size[own] ** 2, minlength=cells)
        effective[side] = size[side] ** 2 / np.maximum(squares, TINY)
    share = size[1] / np.maximum(size.sum(0), TINY)
    variance = (1.0 / np.maximum(effective, TINY)).sum(0)
    found: Floats = 1.0 / np.maximum(share * (1 - share) * variance, TINY)
    return np.where((size > 0).all(0), found, effective.sum(0))


def _counted(allowed: Side, acted: Side) -> dict[str, Melded]:
    """The figures where every decision was judged: shares of counts, with exact intervals."""
    n, m = allowed.total[:, 0], acted.total[:, 0]
    missed, caught = allowed.hits[:, 0], acted.hits[:, 0]
    parts = {
        "prevalence": (missed + caught, n + m),
        "precision": (caught, m),
        "recall": (caught, missed + caught),
        "fpr": (m - caught, n + m - missed - caught),
        "fnr": (missed, missed + caught),
        "over_block": (m - caught, n + m),
        "under_block": (missed, n + m),
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        return {name: Melded(hits / tried, *share_interval(hits, tried)) for name, (hits, tried) in parts.items()}


def rates_of(known: Judged, cell: npt.NDArray[np.int64], names: list[str]) -> pd.DataFrame:
    """The rows of `error_rates` for cells by number."""
    (allowed, seen_allowed), (acted, seen_acted) = (side_of(known, side, cell, len(names)) for side in (0, 1))
    audited = (seen_allowed, seen_acted)
    made = [np.bincount(cell[known.acted == bool(side)], minlength=len(names)) for side in (0, 1)]
    known_sides = [(made[side] == 0) | (audited[side] > 0) for side in (0, 1)]
    found: dict[str, object] = {
        "slice": names,
        "decisions": np.rint(allowed.total[:, 0] + acted.total[:, 0]).astype(np.int64),
        "acted": np.rint(acted.total[:, 0]).astype(np.int64),
        "judged": seen_allowed + seen_acted,
        "judged_acted": seen_acted,
        "judged_allowed": seen_allowed,
    }
    everything = known.basis[0] != "random" and known.basis[1] != "random" and known.known(0) and known.known(1)
    told_by = _counted(allowed, acted) if everything else figures(allowed, acted, counted(known, cell, len(names)))
    for name, figure in told_by.items():
        told = np.logical_and.reduce([known_sides[side] for side in LEAST_AUDITED[name]])
        for tail in ("estimate", "low", "high"):
            column = name if tail == "estimate" else f"{name}_{tail}"
            found[column] = np.where(told, getattr(figure, tail), np.nan)
    found["declared"] = [_declared(known, [bool(side[row]) for side in known_sides]) for row in range(len(names))]
    return pd.DataFrame(found)


def _declared(known: Judged, told: Sequence[bool]) -> str:
    """What a row rests on, in words."""
    missing = [SIDES[side] for side in (1, 0) if not told[side]]
    if missing:
        lost = (
            "any figure" if len(missing) == 2 else f"{'precision, ' * ('acted' in missing)}recall, fpr, fnr, prevalence"
        )
        return f"{CANNOT_TELL} {lost}: no random audit of {' or '.join(missing)} decisions here"
    words = {"random": "random audits", "census": "all judged", "none": "none made"}
    return f"acted: {words[known.basis[1]]}; allowed: {words[known.basis[0]]}"
