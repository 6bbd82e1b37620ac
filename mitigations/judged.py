"""Which truths of a decision log may stand for the others: drawn at random, or every decision of a side judged."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.decisions import NOT_RANDOM
from mitigations.rates import checked
from nlp.frames import require

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ACTED = frozenset({"block"})
"""Actions that count as the mitigation's yes, unless told otherwise."""
SIDES = ("allowed", "acted")
FAR_WEIGHTS = 0.1
"""Weights that stand for so much more or less than the decisions of their side, beyond chance, are told."""
FAR_ERRORS = 4.0
THINNED = 2.0
"""Weights that stand for so many times the decisions of their side: the log holds only a part of that side."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The decisions of a log's traffic (red team left out), arrays beside `rows`.

    `acted`: the mitigation said yes. `used`: the truth counts, drawn with `inclusion` (1 in a census, NaN where it is
    not used), and says `harmful`. `size`: how many decisions a row stands for in counts; of a side of which the log
    holds only a part, the drawn ones stand for all. `basis`: what the truths of allowed and of acted decisions are:
    random, census, or none. `notes`: what was left out, and why.
    """

    rows: pd.DataFrame
    acted: Flags
    used: Flags
    inclusion: Floats
    harmful: Flags
    size: Floats
    basis: tuple[str, str]
    notes: tuple[str, ...]

    def known(self, side: int) -> bool:
        """Whether anything is known of allowed (0) or acted (1) decisions, or there are none to know of."""
        return self.basis[side] != "none" or not (self.acted == bool(side)).any()

    @property
    def both_sides(self) -> bool:
        """Whether acted and allowed decisions were both judged."""
        return "none" not in self.basis


def judged(log: pd.DataFrame, *, acted: Collection[str] = ACTED) -> Judged:
    """What the truths of a log tell.

    `log`: action, and where there are any truth (harmful, benign, None), truth_source, inclusion_probability. A truth
    with a probability counts as drawn, unless an appeal or the red team is its source. Truths without one count only
    where every decision of that side (acted or allowed) has one; then they are a census of the side. Raises
    `MissingColumns`, `InclusionOutOfRange`.
    """
    require(log, {"action": "str"}, what="log")
    red = (_column(log, "truth_source") == "red_team").to_numpy(bool)
    rows = log[~red].reset_index(drop=True)
    did = rows["action"].isin(list(acted)).to_numpy(bool)
    truth, source = _column(rows, "truth"), _column(rows, "truth_source")
    told = truth.notna().to_numpy(bool)
    stated = pd.to_numeric(_column(rows, "inclusion_probability")).to_numpy(np.float64)
    drawn = told & ~np.isnan(stated) & ~source.isin(NOT_RANDOM).to_numpy(bool)
    checked(stated[drawn])
    used, chance, size = np.zeros(len(rows), bool), np.full(len(rows), np.nan), np.ones(len(rows))
    basis = []
    for side in (False, True):
        own = did == side
        kind, taken = _basis(own, told, drawn, stated)
        basis.append(kind)
        used |= taken
        chance[taken] = 1.0 if kind == "census" else stated[taken]
        if kind == "random" and (told[own].all() or _thinned(own, taken, stated)):
            # The log holds the sample alone, or beside it a few of many: its weights say how many decisions there were.
            size[own] = np.where(taken[own], 1.0 / np.where(taken, chance, 1.0)[own], 0.0)
    found = Judged(rows, did, used, chance, (truth == "harmful").to_numpy(bool), size, (basis[0], basis[1]), ())
    notes = [f"{int(red.sum()):,} red team decisions are no traffic and in no figure"] if red.any() else []
    notes += [note for side in (1, 0) for note in _notes(found, side, told, source)]
    return Judged(rows, did, used, chance, found.harmful, size, found.basis, tuple(notes))


def part_of(known: Judged, own: Flags) -> Judged:
    """The same of some of its rows; a side of which none of them was judged has no basis there. Without notes."""
    basis = [known.basis[side] if (own & known.used & (known.acted == bool(side))).any() else "none" for side in (0, 1)]
    return Judged(
        known.rows[own].reset_index(drop=True),
        known.acted[own],
        known.used[own],
        known.inclusion[own],
        known.harmful[own],
        known.size[own],
        (basis[0], basis[1]),
        (),
    )


def _basis(own: Flags, told: Flags, drawn: Flags, stated: Floats) -> tuple[str, Flags]:
    """What the truths of a side are, and those of its rows whose truth counts."""
    sample = own & drawn
    whole = bool(own.any() and told[own].all())
    if whole and not (stated[sample] < 1).any():
        return "census", own
    return ("random", sample) if sample.any() else ("none", np.zeros(len(own), bool))


def _thinned(own: Flags, taken: Flags, stated: Floats) -> bool:
    """Whether the audits stand, beyond chance, for far more decisions of a side than are in the log."""
    apart, chance = _apart(own, taken, stated)
    return apart > max((THINNED - 1.0) * float(own.sum()), FAR_ERRORS * chance)


def _apart(own: Flags, taken: Flags, inclusion: Floats) -> tuple[float, float]:
    """How many more decisions the weights stand for than there are, and the standard error of that."""
    weight = 1.0 / inclusion[taken]
    return float(weight.sum() - own.sum()), float(np.sqrt(((1.0 - inclusion[taken]) * weight**2).sum()))


def _notes(found: Judged, side: int, told: Flags, source: "pd.Series[str]") -> list[str]:
    """What a reader must know of the truths of a side."""
    own, name = found.acted == bool(side), SIDES[side]
    if not own.any():
        return [f"no {name} decisions"]
    left = own & told & ~found.used
    appeals = int((left & (source == "appeal").to_numpy(bool)).sum())
    other = int(left.sum()) - appeals
    notes = []
    if found.basis[side] == "census":
        notes.append(f"every one of {int(own.sum()):,} {name} decisions was judged: the figures speak of such as these")
    if found.basis[side] == "none":
        notes.append(f"cannot tell of {name} decisions: of {int(own.sum()):,} none was drawn at random and judged")
    if appeals:
        notes.append(f"{appeals:,} appeals of {name} decisions are left out: who appeals is no random sample")
    if other:
        notes.append(
            f"{other:,} judged {name} decisions without an inclusion probability are left out: what was looked at by "
            "choice differs from the rest (verification bias)"
        )
    return notes + _weights(found, side)


def _weights(found: Judged, side: int) -> list[str]:
    """Whether the weights of a sample stand for as many decisions as there are."""
    own = found.acted == bool(side)
    taken = own & found.used
    if found.basis[side] != "random" or taken.sum() == own.sum():
        return []
    count = float(own.sum())
    apart, chance = _apart(own, taken, found.inclusion)
    if (found.size[own] != 1.0).any():
        return [
            f"the log holds {count:,.0f} {SIDES[side]} decisions of some {count + apart:,.0f}: the audits' "
            "probabilities say how many there were"
        ]
    if abs(apart) <= max(FAR_WEIGHTS * count, FAR_ERRORS * chance):
        return []
    return [
        f"the audits of {SIDES[side]} decisions stand for {count + apart:,.0f} by their probabilities, but there are "
        f"{count:,.0f}: some could not be drawn, or the probabilities are wrong"
    ]


def _column(frame: pd.DataFrame, name: str) -> "pd.Series[str]":
    if name in frame.columns:
        return frame[name]
    return pd.Series(np.full(len(frame), np.nan), index=frame.index, dtype=object)
