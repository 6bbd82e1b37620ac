"""Real-valued series with planted changes, of the sorts that people annotate: what our rule was chosen on."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]
Dice = np.random.Generator
Series = tuple[Floats, Steps]
LENGTHS = (50, 500)


def simulated(seed: int, *, each: int) -> dict[str, tuple[Floats, list[int]]]:
    """`each` series of every kind: name -> (values, first steps of new regimes)."""
    dice = np.random.default_rng(seed)
    told = {}
    for kind, make in KINDS.items():
        for number in range(each):
            values, steps = make(dice, int(np.exp(dice.uniform(*np.log(LENGTHS)))))
            told[f"{kind} {number}"] = (values, [int(step) for step in steps])
    return told


def linked(dice: Dice, n: int, link: float, spread: float) -> Floats:
    """First-order autoregression of the given spread."""
    noise = dice.normal(0, spread * np.sqrt(1 - link**2), n)
    values = np.zeros(n)
    values[0] = dice.normal(0, spread)
    for step in range(1, n):
        values[step] = link * values[step - 1] + noise[step]
    return values


def places(dice: Dice, n: int, number: int, least: int) -> Steps:
    """At most `number` steps, `least` apart from each other and from both ends."""
    for _ in range(200):
        steps = np.sort(dice.integers(least, n - least, number))
        if number < 2 or np.diff(steps).min() >= least:
            return steps
    return steps[:1]


def shifted(dice: Dice, values: Floats, steps: Steps, sizes: tuple[float, float]) -> Series:
    """The values with a step up or down at each place."""
    for step in steps:
        values[step:] += dice.choice([-1, 1]) * dice.uniform(*sizes)
    return values, steps


def levels(dice: Dice, n: int, link: float, most: int = 6) -> Series:
    """Up to `most` steps of 1.5 to 5 standard deviations."""
    steps = places(dice, n, int(dice.integers(0, most + 1)), max(8, n // 25))
    return shifted(dice, linked(dice, n, link, 1.0), steps, (1.5, 5.0))


def lines(dice: Dice, n: int) -> Series:
    """A slope that changes up to three times."""
    steps = places(dice, n, int(dice.integers(0, 4)), max(8, n // 8))
    slope = np.full(n, dice.normal(0, 1))
    for step in steps:
        slope[step:] = slope[step - 1] + dice.choice([-1, 1]) * dice.uniform(1, 3)
    return np.cumsum(slope) / n * 20 + linked(dice, n, dice.uniform(0.2, 0.9), dice.uniform(0.1, 0.8)), steps


def growth(dice: Dice, n: int) -> Series:
    """Smooth growth, which never changes."""
    rise = np.exp(dice.uniform(0.5, 3) * np.linspace(0, 1, n))
    noise = linked(dice, n, dice.uniform(0.3, 0.95), dice.uniform(0.02, 0.6))
    return rise / rise.std() * 5 + noise, np.zeros(0, dtype=np.int64)


def seasons(dice: Dice, n: int) -> Series:
    """A season on a slope, with up to two steps."""
    when = np.arange(n)
    wave = dice.uniform(1, 2) * np.sin(2 * np.pi * when / dice.choice([7, 12]))
    slope = dice.uniform(0, 3) * when / n * dice.choice([-1, 1])
    steps = places(dice, n, int(dice.integers(0, 3)), max(10, n // 10))
    return shifted(dice, wave + slope + linked(dice, n, 0.3, 0.5), steps, (1.5, 4.0))


def walks(dice: Dice, n: int) -> Series:
    """A random walk with up to two jumps."""
    steps = places(dice, n, int(dice.integers(0, 3)), max(8, n // 10))
    return shifted(dice, np.cumsum(dice.normal(0, 1, n)), steps, (6.0, 15.0))


def once(dice: Dice, n: int) -> Series:
    """One small step or none."""
    number = int(dice.random() >= 0.3)
    return shifted(dice, linked(dice, n, dice.uniform(0, 0.3), 1.0), places(dice, n, number, n // 6), (1.0, 3.0))


def spikes(dice: Dice, n: int) -> Series:
    """Steps among single odd values."""
    values, steps = levels(dice, n, dice.uniform(0, 0.5), 3)
    odd = dice.choice(n, max(1, n // 60), replace=False)
    values[odd] += dice.choice([-1, 1], len(odd)) * dice.uniform(5, 12, len(odd))
    return values, steps


def sloping(dice: Dice, n: int) -> Series:
    """One step on a slope."""
    slope = dice.uniform(-6, 6) * np.arange(n) / n
    steps = places(dice, n, 1, n // 5)
    return shifted(dice, slope + linked(dice, n, dice.uniform(0.3, 0.9), 1.0), steps, (3.0, 10.0))


KINDS: dict[str, Callable[[Dice, int], Series]] = {
    "levels": lambda dice, n: levels(dice, n, 0.0),
    "linked levels": lambda dice, n: levels(dice, n, dice.uniform(0.3, 0.8)),
    "lines": lines,
    "growth": growth,
    "seasons": seasons,
    "walks": walks,
    "once": once,
    "spikes": spikes,
    "sloping": sloping,
}
