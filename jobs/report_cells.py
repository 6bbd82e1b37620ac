"""The numbers a report may say: cells read from the ledger or derived from them, each with its reference."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.escapes import one_line

Number = float | int | None


class UnknownCell(KeyError):
    """A number that is asked for by a reference which the ledger object does not have."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a sentence: the cell it is, its value, and the style it is written in (`STYLES`)."""

    cell: str
    value: Number
    style: str

    @property
    def text(self) -> str:
        """As it is written; "cannot tell" where there is none."""
        return "cannot tell" if self.value is None else STYLES[self.style](self.value)


@dataclass(frozen=True, slots=True)
class Name:
    """Text that comes from the data: a slice, a version, a day, an owner. It may hold anything."""

    text: str


Part = str | Figure | Name
Said = tuple[Part, ...]


@dataclass(slots=True)
class Cells:
    """The ledger object of a report: every number by its reference, and every text of the data that it names.

    A reference reads `week/slice/column`; a number that was derived has its formula in `formulas`.
    """

    values: dict[str, Number] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def read(self, place: str, row: Mapping[str, Any], columns: Iterable[str]) -> None:
        """Take these columns of a row of the store in, as `place/column`."""
        self.values |= {f"{place}/{column}": row[column] for column in columns}

    def derive(self, cell: str, value: Number, formula: str) -> None:
        """Take a number in that is computed from others; `formula` says how, by their references."""
        self.values[cell] = value
        self.formulas[cell] = formula

    def value(self, cell: str) -> Number:
        """The number of this reference. Raises UnknownCell."""
        if cell not in self.values:
            raise UnknownCell(f"expected a cell of the ledger object, got {cell!r}; read or derive it first")
        return self.values[cell]

    def figure(self, cell: str, style: str) -> Figure:
        """The number of this reference, to be written in this style. Raises UnknownCell."""
        return Figure(cell, self.value(cell), style)

    def name(self, text: object, *, most: int = 60) -> Name:
        """Text of the data on one line, cut after `most` characters."""
        known = Name(one_line(str(text), most=most))
        self.names.add(known.text)
        return known


def whole(value: float) -> str:
    """A count.

    >>> whole(195432.0)
    '195,432'
    """
    return f"{value:,.0f}"


def tally(value: float) -> str:
    """An estimated count: whole from ten on, below with one decimal.

    >>> tally(121.7), tally(2.14), tally(8.0)
    ('122', '2.1', '8')
    """
    return whole(value) if abs(value) >= 9.95 else f"{value:.1f}".removesuffix(".0")


def rate(value: float) -> str:
    """A rate: two significant digits, whole from ten on, nought below a thousandth.

    >>> rate(7.654), rate(10.34), rate(0.0456), rate(2e-23)
    ('7.7', '10', '0.046', '0')
    """
    return whole(value) if abs(value) >= 9.95 else f"{value:.2g}" if abs(value) >= 1e-3 else "0"


def percent(value: float) -> str:
    """A share.

    >>> percent(0.717), percent(0.004)
    ('72 %', '0.4 %')
    """
    return f"{100 * value:.{int(0 < value < 0.01)}f} %"


def times(value: float) -> str:
    """A ratio.

    >>> times(1.156), times(12.3)
    ('1.16', '12')
    """
    return f"{value:.2f}" if value < 9.995 else whole(value)


def distance(value: float) -> str:
    """A difference of rates without its sign, which stands in words.

    >>> distance(-0.654)
    '0.65'
    """
    return rate(abs(value))


def portion(value: float) -> str:
    """A share that may be tiny: two significant digits, nought below a thousandth of a percent.

    >>> portion(0.726), portion(0.000413), portion(1.0)
    ('73 %', '0.041 %', '100 %')
    """
    return f"{rate(100 * value)} %"


STYLES: dict[str, Callable[[float], str]] = {
    "whole": whole,
    "tally": tally,
    "rate": rate,
    "percent": percent,
    "portion": portion,
    "times": times,
    "distance": distance,
}
