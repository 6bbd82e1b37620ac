"""Pieces of Markdown that reports and model cards are made of."""

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]


def section(title: str, body: str) -> str:
    """A heading and its body; nothing where there is no body."""
    return f"## {title}\n\n{body}" if body else ""


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A Markdown table; nothing where there is no row."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(escaped(value) for value in line) + " |" for line in lines)


def escaped(value: Any) -> str:
    """A cell of a table."""
    return str(value).replace("|", "\\|").replace("\n", " ")


def spread(value: Row | None) -> str:
    """A value with its interval.

    >>> spread({"value": 0.5, "low": 0.4, "high": 0.6})
    '0.50 (0.40 to 0.60)'
    """
    if value is None or value["value"] is None:
        return "-"
    return f"{value['value']:.2f} ({value['low']:.2f} to {value['high']:.2f})"
