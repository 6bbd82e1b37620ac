"""The check before a report leaves: every number of the finished text is a cell of the ledger object."""

import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from jobs.report_cells import Cells, Figure, Name, Part

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
FIXED = {
    "95": "the level of every interval, in percent",
    "10,000": "requests, of which rates are so many",
}
"""Numbers that words may hold: they say what a figure is, not how much."""
UNREAD = ("style", "script", "svg")


class NumberNotInLedger(ValueError):
    """A text that says a number, or names something, that the ledger object does not hold."""


def check(text: str, said: Sequence[Part], cells: Cells) -> None:
    """Refuse a finished text in which any number is not what the ledger object says at that place.

    `said`: what was written into the text, in its order. Each figure must be the value of its cell, each name one of
    the object's, plain words hold no numbers but `FIXED`; and the numbers of the text must be those of `said`, one
    by one, so that neither a template nor a filter can add one. Raises NumberNotInLedger.
    """
    for part in said:
        _known(part, cells)
    wanted = [number for part in said for number in NUMBER.findall(written(part))]
    got = NUMBER.findall(text)
    if got != wanted:
        place = next((at for at, pair in enumerate(zip(got, wanted, strict=False)) if pair[0] != pair[1]), None)
        at = min(len(got), len(wanted)) if place is None else place
        raise NumberNotInLedger(
            f"expected the numbers of the ledger object, got {got[at : at + 3]} where {wanted[at : at + 3]} belong; "
            "write numbers as figures of a cell, never into a template"
        )


def check_chart(spec: Any, cells: Cells) -> None:
    """Refuse a chart that draws a number which the ledger object does not hold. Raises NumberNotInLedger."""
    known = {value for value in cells.values.values() if value is not None}
    for row in drawn(spec):
        strange = [value for value in row.values() if isinstance(value, int | float) and not isinstance(value, bool)]
        for value in strange:
            if value not in known:
                raise NumberNotInLedger(f"expected the chart to draw cells of the ledger object, got {value}")


def drawn(spec: Any) -> list[Mapping[str, Any]]:
    """The rows of data inside a Vega-Lite specification."""
    if isinstance(spec, list):
        return [row for part in spec for row in drawn(part)]
    if not isinstance(spec, dict):
        return []
    lists = [*spec.get("datasets", {}).values(), *([spec["values"]] if "values" in spec else [])]
    own = [row for rows in lists if isinstance(rows, list) for row in rows if isinstance(row, dict)]
    return [*own, *(row for name, part in spec.items() if name not in ("datasets", "values") for row in drawn(part))]


def written(part: Part) -> str:
    """A part as it stands in a text, before any escaping."""
    return part if isinstance(part, str) else part.text


def _known(part: Part, cells: Cells) -> None:
    if isinstance(part, Figure):
        if cells.value(part.cell) != part.value:
            raise NumberNotInLedger(
                f"expected {part.cell} to be {cells.value(part.cell)}, got {part.value}; take figures from the cells"
            )
    elif isinstance(part, Name):
        if part.text not in cells.names:
            raise NumberNotInLedger(f"expected a name of the ledger object, got {part.text!r:.60}")
    else:
        strange = set(NUMBER.findall(part)) - set(FIXED)
        if strange:
            raise NumberNotInLedger(f"expected words without numbers, got {sorted(strange)}; make it a figure")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNREAD:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words.append(data)


def page_text(html: str) -> str:
    """The words of a page as a reader sees them; images and styles have none."""
    parser = _Words()
    parser.feed(html)
    return " ".join(parser.words)
