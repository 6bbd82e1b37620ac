"""How far people who label agree: with each other (Cohen's kappa) and with answers that are settled."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.evaluate import wilson


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two people over the same items: share of equal answers and kappa with its 95 % interval; NaN for no items."""

    items: int
    agreement: float
    kappa: float
    low: float
    high: float


def cohen(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Agreement beyond chance, (observed - expected) / (1 - expected) (Cohen 1960, Educ. Psychol. Meas.).

    The interval is Wilson's of the observed share, the expected one taken as it is: unlike the usual standard error it
    does not vanish where few items agree in full. One label alone over all items tells nothing of chance: NaN.

    >>> found = cohen(["a", "a", "b", "b"], ["a", "a", "b", "a"])
    >>> found.agreement, round(found.kappa, 3)
    (0.75, 0.5)
    """
    if not first:
        return Agreement(0, np.nan, np.nan, np.nan, np.nan)
    equal = [one == other for one, other in zip(first, second, strict=True)]
    said = [(np.asarray(answers) == label).mean() for label in {*first, *second} for answers in (first, second)]
    expected = float(np.dot(said[::2], said[1::2]))
    shares = (sum(equal) / len(equal), *wilson(sum(equal), len(equal)))
    if expected > 1 - 1e-12:
        return Agreement(len(equal), shares[0], np.nan, np.nan, np.nan)
    kappa, low, high = ((share - expected) / (1 - expected) for share in shares)
    return Agreement(len(equal), shares[0], kappa, low, high)


def accuracy(right: int, answers: int) -> tuple[float, float, float]:
    """Share of right answers with its 95 % interval (Wilson 1927); NaN for none.

    >>> [round(share, 2) for share in accuracy(9, 10)]
    [0.9, 0.6, 0.98]
    """
    return (right / answers, *wilson(right, answers)) if answers else (np.nan, np.nan, np.nan)
