"""How often a label is wrong: from items that two people answered, and from items whose answer is known."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FEWEST_PAIRS = 20
MOST_NOISE = 0.4
"""Above this a label tells hardly anything, and dividing by what is left would tell less."""


@dataclass(frozen=True, slots=True)
class LabelNoise:
    """Chance that one answer is wrong, the same for true and false ones.

    `answers`: checked answers it is worth: its variance is that of a Poisson count of wrong ones among so many.
    `checks`: items answered twice, or with a known answer, that it was found from. `sides`: the same of the items the
    classifier said no to, and of those it said yes to, where either could be told.
    """

    rate: float
    answers: float
    checks: int
    sides: "tuple[LabelNoise, LabelNoise] | None" = None


def label_noise(
    first: npt.ArrayLike = (),
    second: npt.ArrayLike = (),
    answered: npt.ArrayLike = (),
    known: npt.ArrayLike = (),
    *,
    said_yes: npt.ArrayLike | None = None,
) -> LabelNoise | None:
    """Noise from pairs of independent answers to one item, and from answers to items whose truth is known.

    Two answers differ with probability 2e(1 - e) (Dawid & Skene 1979, Applied Statistics, for two equal
    labellers). None where there is neither. `said_yes`: what the classifier said of the pairs; with `FEWEST_PAIRS` of
    either the two sides are told apart: people differ over what looks like the kind, seldom over the rest.

    >>> noise = label_noise([1] * 90 + [0] * 10, [1] * 100)
    >>> round(noise.rate, 3), noise.checks
    (0.053, 100)
    """
    one, other = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    said, true = np.asarray(answered, dtype=bool), np.asarray(known, dtype=bool)
    pairs, golden = len(one), len(said)
    if not pairs + golden:
        return None
    differ = min((one != other).mean(), 0.5) if pairs else 0.0
    apart = (1 - np.sqrt(1 - 2 * differ)) / 2
    # The variance of the root, by the delta method; each pair is worth two answers where errors are few.
    worth = 2 * pairs * (1 - 2 * apart) ** 2 / ((1 - apart) * (1 - differ)) if pairs else 0.0
    answers = max(worth, 1.0) + golden if pairs else float(golden)
    rate = min((worth * apart + (said != true).sum()) / answers, MOST_NOISE)
    sides = None if said_yes is None else _sides(one, other, np.asarray(said_yes, dtype=bool))
    return LabelNoise(float(rate), float(answers), pairs + golden, sides)


def _sides(
    first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_], yes: npt.NDArray[np.bool_]
) -> tuple[LabelNoise, LabelNoise] | None:
    if min(int(yes.sum()), int((~yes).sum())) < FEWEST_PAIRS:
        return None
    no, yes_noise = (label_noise(first[side], second[side]) for side in (~yes, yes))
    return None if no is None or yes_noise is None else (no, yes_noise)
