"""The themes of a file for a person: lines about the run, and a table."""

from collections.abc import Iterator
from typing import Any

from jobs.file_report import percent
from jobs.spark import spark, terminal_marks
from jobs.theming import FEWEST

MOST_WEEKS = 16


def account(told: dict[str, Any]) -> Iterator[str]:
    """The run in a few lines: what was read, what found a theme, how sure the threshold is."""
    yield f"{told['documents']:,} documents in {told['seconds']:,.1f} s, vectors by {told['versions']['embedder']}"
    if told["quarantined"]:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in told["reasons"].items())
        yield f"quarantined: {told['quarantined']:,} rows ({reasons}), listed in {told['quarantine']}"
    if told["without_claim"]:
        yield f"without words of their own, so in no theme: {told['without_claim']:,}"
    if told["undated"]:
        yield f"without a day that can be read: {told['undated']:,}"
    leaves = sum(theme["level"] == 0 for theme in told["themes"])
    yield (
        f"{leaves:,} themes hold {told['assigned']:,} documents ({percent(told['coverage'])}), at a similarity of "
        f"{told['threshold']:.2f} or more; {told['unassigned']:,} are in none"
    )
    if not leaves:
        yield f"no themes: they need {FEWEST} different texts with words, some of which say the same"


def table(told: dict[str, Any], *, most: int) -> list[dict[str, Any]]:
    """Leaves by size: id, documents, reporters and weekly sizes where known, name."""
    leaves = [theme for theme in told["themes"] if theme["level"] == 0][:most]
    weeks = list(told.get("weekly", {}))
    return [_row(theme, weeks, signed=told["reporters"] is not None) for theme in leaves]


def _row(theme: dict[str, Any], weeks: list[str], *, signed: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"id": theme["id"], "documents": theme["size"]}
    if signed:
        row["reporters"] = theme.get("reporters", 0)
    if len(weeks) > 1:
        weekly = theme.get("weekly", {})
        row["by_week"] = spark([weekly.get(week, 0) for week in weeks][-MOST_WEEKS:], marks=terminal_marks())
    return row | {"theme": theme["name"]}
