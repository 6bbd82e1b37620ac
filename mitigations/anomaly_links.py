"""How strongly two themes of different streams are tied: a share with its interval, and what chance would make."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nlp.evaluate import wilson

LEAST_SHARED = 3
CHANCE = 0.01
"""Themes are tied by customers if so many shared ones are less likely by chance, over all themes compared."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One way in which a theme is tied to another; `strength` in [0, 1], a share of `of` with its 95 % interval."""

    kind: str
    theme_id: str
    strength: float
    low: float | None
    high: float | None
    shared: int | None
    of: int | None
    by_chance: float | None = None
    value: str | None = None

    def row(self) -> dict[str, Any]:
        """The tie without the theme's name."""
        return {name: value for name, value in asdict(self).items() if name != "theme_id"}


def share(shared: int, of: int) -> tuple[float, float, float, int, int]:
    """A share, its 95 % interval (Wilson 1927), and the two counts.

    >>> share(5, 10)
    (0.5, 0.237, 0.763, 5, 10)
    """
    low, high = wilson(shared, of)
    return round(shared / of, 3), round(low, 3), round(high, 3), shared, of


def by_customer(pairs: Sequence[tuple[str, int, int, int, int]]) -> list[Tie]:
    """Ties by customers: theme, shared customers, own, the other's, and everybody's.

    The strength is the share of the smaller theme's customers who are in the other; told where so many are unlikely
    by chance (hypergeometric, Bonferroni over the themes that share any).

    >>> [tie.theme_id for tie in by_customer([("T1", 8, 10, 12, 1000), ("T2", 3, 10, 300, 1000)])]
    ['T1']
    """
    from scipy.stats import hypergeom

    found = []
    for theme_id, shared, own, other, everybody in pairs:
        chance = float(hypergeom.sf(shared - 1, everybody, own, other)) * len(pairs)
        if shared >= LEAST_SHARED and chance < CHANCE:
            expected = round(own * other / everybody, 2)
            found.append(Tie("customer", theme_id, *share(shared, min(own, other)), expected))
    return found
