"""Places where a mitigation errs more (themes, triggers, slices), and what could be changed there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mitigations.errors import Theme
from mitigations.errors_excerpts import Corpus, Flags
from mitigations.judged import Judged
from mitigations.recommend_effects import (
    UNTOLD,
    Effect,
    Part,
    customers_of,
    ids_of,
    moved,
    pays,
    recommendation,
    rests_on,
)
from mitigations.slices import within
from mitigations.thresholds import Costs
from mitigations.triggers import Trigger

Record = dict[str, Any]

SAME = 0.6
"""A place of whose judged errors another one holds so many is the same cause, told once."""
HIGH, MEDIUM = 30, 15
"""Judged wrong decisions from which on a find is sure, and fairly sure."""
RELEASED = "version"
"""A slice of one version is told by the effect of its release; nothing in it can be taught or let through."""
RISKS = {
    True: "at worst all that is rightly stopped there would be let through",
    False: "how many benign decisions it would stop cannot be told",
}
NOUNS = {"theme": "the subject “{}”", "mark": "the mark “{}”", "word": "the word {}", "slice": "the slice {}"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where errors of a `kind` are more frequent: its `sort` (of NOUNS), `name`, decisions, and what was found there
    (`record`: judged, wrong, rate and rest with ends, q_value)."""

    sort: str
    name: str
    kind: str
    part: Part
    record: Mapping[str, Any]

    @property
    def where(self) -> str:
        """The place in a few words."""
        return f"{self.sort}: {self.name}"

    @property
    def noun(self) -> str:
        """The place as a sentence names it."""
        return NOUNS[self.sort].format(self.name)


def places(
    corpus: Corpus, triggers: Sequence[Trigger], themes: Sequence[Theme], slices: Sequence[Mapping[str, Any]]
) -> list[Place]:
    """Every place, each cause once: triggers first, then slices, then themes that neither explains.

    `slices`: records as `mitigations.slices.err_more` makes them, each with its kind.
    """
    known = corpus.known
    found = []
    for one in triggers:
        part = Part(corpus.marked(one.marks), False, one.found.confidence)
        found.append(Place(one.record["sort"], one.record["trigger"], one.record["kind"], part, one.record))
    for row in slices:
        if RELEASED in row["attributes"]:
            continue
        confidence = 1.0 - 0.05 * min(1.0, len(slices) / max(int(row.get("tested", 1)), 1))
        part = Part(within(known.rows, row["attributes"]), True, confidence)
        found.append(Place("slice", row["slice"], row["kind"], part, row))
    for theme in themes:
        part = Part(corpus.marked(theme.marks), False, theme.found.confidence)
        found.append(Place("theme", theme.record["name"], theme.record["kind"], part, theme.record))
    alone: list[Place] = []
    for place in found:
        if not any(_same(known, place, other) for other in alone):
            alone.append(place)
    return alone


def _same(known: Judged, place: Place, other: Place) -> bool:
    """Whether another place holds most of the judged errors of this one."""
    if place.kind != other.kind:
        return False
    wrong = _wrong(known, place) & place.part.marked
    return bool((wrong & other.part.marked).sum() >= SAME * max(int(wrong.sum()), 1))


def _wrong(known: Judged, place: Place) -> Flags:
    """Judged errors of a place's kind, everywhere."""
    over = place.kind == "over_block"
    wrong: Flags = known.used & (known.acted == over) & (known.harmful != over)
    return wrong


def at_place(known: Judged, place: Place, costs: Costs) -> list[Record]:
    """What to change there: a rule where it pays even at worst, else more like it to learn from."""
    # To let a whole slice through, or to stop it, is no rule: its threshold is the means.
    rule = None if place.sort == "slice" else _rule(known, place, costs)
    return [rule] if rule is not None else [_training(known, place)]


def _rule(known: Judged, place: Place, costs: Costs) -> Record | None:
    """Let a place through (over-blocks), or act on it (under-blocks); None where that might cost more than it saves."""
    over = place.kind == "over_block"
    benign, harm = (moved(known, place.part, acted=over, harmful=bad) for bad in (False, True))
    effects = (-benign, harm) if over else (benign, -harm)
    if np.isnan([effects[0].estimate, effects[1].estimate]).any() or not pays(*effects, costs):
        return None
    does = f"Do not act on {place.noun} alone" if over else f"Act on {place.noun}, or ask a second check for it"
    touched = place.part.marked & (known.acted == over)
    return recommendation(
        change="rule",
        text=f"{does}: {said(place)}. Of the decisions that would change, {_judged(known, touched)}.",
        where=place.where,
        over_block=effects[0],
        under_block=effects[1],
        customers=customers_of(known, touched),
        cost="low: one rule before the model",
        confidence=confidence(place.record),
        rests_on=rests_on(known, int((touched & known.used).sum()), (over,)),
        evidence=ids_of(known, _wrong(known, place) & place.part.marked),
        loosens=over,
    )


def _training(known: Judged, place: Place) -> Record:
    """Teach the model with judged decisions of the place: at best it errs there as elsewhere."""
    over = place.kind == "over_block"
    wrong = moved(known, place.part, acted=over, harmful=not over)
    best = _to_the_rest(wrong, place.record)
    # What is learnt may go too far: at worst all that is rightly stopped there is let through. Of benign decisions that
    # are rightly allowed nothing but all of them bounds it, which says nothing.
    risk = Effect(0.0, 0.0, moved(known, place.part, acted=True, harmful=True).high) if over else UNTOLD
    touched = place.part.marked & (known.acted == over)
    word = "benign" if over else "harmful"
    return recommendation(
        change="training_data",
        text=f"Add judged {word} decisions of {place.noun} to the training data: {said(place)}. "
        f"The effect is that of erring there as often as elsewhere; {RISKS[over]}, so measure both before release.",
        where=place.where,
        over_block=best if over else risk,
        under_block=risk if over else best,
        customers=customers_of(known, touched),
        cost="medium: label, train and test a version",
        confidence=confidence(place.record),
        rests_on=rests_on(known, int(place.record["judged"]) + int(place.record["judged_rest"])),
        evidence=ids_of(known, _wrong(known, place) & place.part.marked),
        loosens=False,
    )


def _to_the_rest(wrong: Effect, record: Mapping[str, Any]) -> Effect:
    """Fewer errors of a place whose rate falls to that of the rest; its ends from those of count and of both rates."""

    def less(rest: float, rate: float) -> float:
        return max(0.0, 1.0 - rest / rate) if rate > 0 else 0.0

    return Effect(
        -wrong.estimate * less(record["rest"], record["rate"]),
        -wrong.high * less(record["rest_low"], record["rate_high"]),
        -wrong.low * less(record["rest_high"], record["rate_low"]),
    )


def said(place: Place) -> str:
    """The finding in numbers."""
    row = place.record
    verb = "wrongly acted on" if place.kind == "over_block" else "let through"
    return f"{row['wrong']:,} of {row['judged']:,} judged there were {verb}, {shares(row)}"


def shares(row: Mapping[str, Any]) -> str:
    """Both rates with their ends.

    >>> shares({"rate": .2, "rate_low": .1, "rate_high": .3, "rest": .02, "rest_low": .01, "rest_high": .03})
    '20 % (10 to 30) against 2 % (1 to 3) in the rest'
    """
    rate, rest = ([f"{100 * row[f'{name}{end}']:.3g}" for end in ("", "_low", "_high")] for name in ("rate", "rest"))
    return f"{rate[0]} % ({rate[1]} to {rate[2]}) against {rest[0]} % ({rest[1]} to {rest[2]}) in the rest"


def confidence(row: Mapping[str, Any]) -> str:
    """How sure a place is: by its judged errors, and whether it was close."""
    if int(row["wrong"]) >= HIGH and float(row["q_value"]) <= 0.01:
        return "high"
    return "medium" if int(row["wrong"]) >= MEDIUM else "low"


def _judged(known: Judged, touched: Flags) -> str:
    judged = touched & known.used
    harmful = int((judged & known.harmful).sum())
    return f"{int(judged.sum()):,} were judged, {harmful:,} of them harmful"
