"""An estimate against the mean of earlier ones, where all that is known of each is its interval."""

from collections.abc import Sequence
from math import sqrt

Interval = tuple[float, float, float]
"""Estimate, low and high end of its 95 % interval."""


def mean_of(parts: Sequence[Interval]) -> Interval:
    """The mean of independent estimates with its interval, by recovering their variances from theirs.

    MOVER (Zou & Donner, 2008, Statistics in Medicine): each end of the mean's interval is as far from it as the
    root of the summed squares of the parts' own distances, over their number.

    >>> mean_of([(4.0, 1.0, 9.0), (8.0, 4.0, 20.0)])
    (6.0, 3.5, 12.5)
    """
    number = len(parts)
    mean = sum(estimate for estimate, _, _ in parts) / number
    below = sqrt(sum((estimate - low) ** 2 for estimate, low, _ in parts)) / number
    above = sqrt(sum((high - estimate) ** 2 for estimate, _, high in parts)) / number
    return mean, mean - below, mean + above


def difference(now: Interval, before: Interval) -> Interval:
    """How much higher `now` is than `before`, with interval, if they are independent (MOVER, as above).

    >>> difference((10.0, 7.0, 14.0), (6.0, 3.0, 10.0))
    (4.0, -1.0, 9.0)
    """
    change = now[0] - before[0]
    below = sqrt((now[0] - now[1]) ** 2 + (before[2] - before[0]) ** 2)
    above = sqrt((now[2] - now[0]) ** 2 + (before[0] - before[1]) ** 2)
    return change, change - below, change + above
