"""What speaks against calling a change of level the effect of what was done, in plain words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from mitigations.effects_found import Around, Effect

SIGNIFICANT = 0.05
LEANING = 0.25
"""The series by itself must lean the same way at this p-value or below."""
CONTROL_SHARE = 0.5
"""A control that moved by itself, the same way and by so much of it, speaks against an effect."""
TREND_SIGNIFICANT = 0.02
TREND_SHARE = 0.5
"""A trend before speaks against an effect if it alone would make so much of it."""
TREND_RATIO = 1.15
"""A trend before that would make a ratio of this speaks against "no effect"."""
SUDDEN = 3.0
CONTRADICTS = 0.01
"""The way of looking that is not quoted speaks against "no effect" at this p-value or below."""
LARGEST_UNSEEN = 1.5
"""Where a smaller rise than this could not have been seen, "no detectable effect" would mislead."""


def against_it(found: Effect, around: Around) -> Iterator[str]:
    """Sentence parts; none where the conclusion that the numbers suggest may stand."""
    yield from around.beside
    yield from _trend(found)
    yield from _rival(found)
    yield from _placebo(found)
    yield from _compared(found)
    yield from _too_little(found)


def among_kin(found: Mapping[str, Effect], titles: Mapping[str, str]) -> dict[str, Effect]:
    """The same, where no measure stands that went the way in which another of them had been going before.

    One that clearly went in a step on the day itself stands all the same.
    `found`: effects of one release on measures that what people meet moves together, by name.
    """
    before = {name: one for name, one in found.items() if one.estimate and (one.rival or any(_trend(one)))}
    judged = dict(found)
    for name, one in found.items():
        rivals = [other for other in before if other != name and _same_way(one, before[other])]
        if one.moved in ("up", "down") and rivals and (one.sudden is None or one.sudden < SUDDEN):
            told = f"{titles[rivals[0]]} of the same mitigation were changing on other days"
            judged[name] = replace(one, moved="unknown", reasons=(told,))
    return judged


def _same_way(one: Effect, other: Effect) -> bool:
    assert other.estimate is not None
    return one.estimate is not None and (one.estimate.ratio - 1) * (other.estimate.ratio - 1) > 0


def _trend(found: Effect) -> Iterator[str]:
    before = found.trend
    if before is None or found.estimate is None or before.p_value >= TREND_SIGNIFICANT:
        return
    log = float(np.log(found.estimate.ratio))
    if found.moved == "no":
        matters = abs(before.implied) >= np.log(TREND_RATIO)
    else:
        matters = before.implied * log > 0 and abs(before.implied) >= TREND_SHARE * abs(log)
    if matters:
        way = "rising" if before.ratio > 1 else "falling"
        versus = " against what it is compared with" if found.against else ""
        yield f"it was {way} before{versus} (×{before.ratio:.2f} in 28 days)"


def _rival(found: Effect) -> Iterator[str]:
    if found.rival is not None:
        days = abs(found.rival.day)
        where = "before" if found.rival.day < 0 else "after"
        what = "a gradual change that began" if found.rival.gradual else "a change"
        yield f"{what} {days} days {where} explains the counts better"


def _placebo(found: Effect) -> Iterator[str]:
    if found.moved == "no" and found.placebo is not None and found.by_model < SIGNIFICANT:
        yield f"days on which nothing was done show changes as large ({found.placebo.dates} were tried)"


def _compared(found: Effect) -> Iterator[str]:
    """The series by itself and beside its control must lean the same way, and the control must not have moved too."""
    series, against, control, quoted = found.series, found.against, found.control, found.estimate
    if series is None or against is None or control is None or quoted is None:
        return
    other = series if found.compared else against
    alike = control.p_value < SIGNIFICANT and (control.ratio - 1) * (series.ratio - 1) > 0
    if found.moved == "no":
        if alike and series.p_value < SIGNIFICANT:
            yield f"what should not be affected moved too (×{control.ratio:.2f})"
        elif other.p_value < CONTRADICTS:
            yield f"by itself it went ×{series.ratio:.2f}, against what it is compared with ×{against.ratio:.2f}"
        return
    if alike and abs(np.log(control.ratio)) >= CONTROL_SHARE * abs(np.log(series.ratio)):
        yield f"what should not be affected moved too (×{control.ratio:.2f})"
    elif other.p_value >= LEANING or (other.ratio - 1) * (quoted.ratio - 1) <= 0:
        beside = (
            "what it is compared with moved, it hardly did" if found.compared else "the comparison does not show it"
        )
        yield beside


def _too_little(found: Effect) -> Iterator[str]:
    if found.moved == "no" and found.smallest is not None and found.smallest > LARGEST_UNSEEN:
        yield f"only a change by a factor of {found.smallest:.1f} or more would have been seen"
