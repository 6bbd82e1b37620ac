"""Random draws of the demo world: one buffered stream, so a seed fixes every text and every row."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")

BUFFER = 8192


class Dice:
    """Scalar draws from a numpy Generator, fetched in blocks (single draws would dominate the run time)."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator
        self._block: list[float] = []

    def unit(self) -> float:
        """Uniform in [0, 1)."""
        if not self._block:
            self._block = self.generator.random(BUFFER).tolist()
        return self._block.pop()

    def below(self, limit: int) -> int:
        """Uniform integer in [0, limit)."""
        return int(self.unit() * limit)

    def between(self, low: float, high: float) -> float:
        """Uniform in [low, high)."""
        return low + (high - low) * self.unit()

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self.unit() < probability

    def pick(self, options: Sequence[Item]) -> Item:
        """One of the options, all equally likely."""
        return options[int(self.unit() * len(options))]

    def weighted(self, cumulative: Sequence[float]) -> int:
        """Index drawn by cumulative weights (ascending, last one the total)."""
        return min(bisect_right(cumulative, self.unit() * cumulative[-1]), len(cumulative) - 1)

    def sample(self, options: Sequence[Item], size: int) -> list[Item]:
        """Up to `size` different options in random order."""
        rest = list(options)
        return [rest.pop(int(self.unit() * len(rest))) for _ in range(min(size, len(rest)))]

    def hexadecimal(self, digits: int) -> str:
        """Lower-case hexadecimal digits."""
        return "".join("0123456789abcdef"[int(self.unit() * 16)] for _ in range(digits))


def cumulate(weights: Sequence[float]) -> list[float]:
    """Running sums, the argument of `Dice.weighted`."""
    return [float(total) for total in np.cumsum(np.asarray(weights, dtype=float))]
