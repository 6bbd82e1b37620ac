"""What a signal looks at and what it finds: one series cut in two at a day."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

Rows = npt.NDArray[np.int64]
MOST_DOCUMENTS = 12
"""Documents that stand as evidence for one finding."""


@dataclass(frozen=True)
class Split:
    """A series before and after a day: start <= before < day <= after < end (midnights UTC).

    `before`, `after`: rows of the corpus (positions), the kept documents of the series.
    """

    series: str
    start: pd.Timestamp
    day: pd.Timestamp
    end: pd.Timestamp
    before: Rows
    after: Rows

    @cached_property
    def both(self) -> Rows:
        """The rows before, then those after."""
        return np.concatenate([self.before, self.after])

    @property
    def stream(self) -> str:
        """The stream of the series."""
        return self.series.partition("/")[0]

    @cached_property
    def cut(self) -> tuple[int, int, int]:
        """Start, day and end as days since 1970."""
        return day_number(self.start), day_number(self.day), day_number(self.end)

    @property
    def days(self) -> int:
        """Length of the second period."""
        return (self.end - self.day).days


@dataclass(frozen=True, slots=True)
class Word:
    """A word of documents that may be shown, and how many accounts used it in each period."""

    word: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Found:
    """One signal of one split: its size with a 95 % interval (None: cannot tell), and the chance of it.

    `strength` is a share in [0, 1], of what the signal's function says; `denominator` the accounts it is a share of.
    `rows`: positions of documents that are evidence, at most MOST_DOCUMENTS. `reads`: one sentence for it, `against`
    what speaks against it. Words come from documents: escape them where they are shown.
    """

    strength: float
    low: float | None
    high: float | None
    denominator: int
    p_value: float
    rows: Rows
    reads: str
    against: str = ""
    words: tuple[Word, ...] = ()
    facts: dict[str, float | int | str | None] = field(default_factory=dict)


def day_number(day: pd.Timestamp) -> int:
    """A midnight as days since 1970.

    >>> day_number(pd.Timestamp("1970-01-03"))
    2
    """
    return int(day.to_datetime64().astype("datetime64[D]").astype(np.int64))


def spoken(words: tuple[Word, ...]) -> str:
    """Words as a sentence quotes them.

    >>> spoken((Word("archivist", 0, 9), Word("torn", 1, 8)))
    '“archivist”, “torn”'
    """
    return ", ".join(f"“{one.word}”" for one in words)
