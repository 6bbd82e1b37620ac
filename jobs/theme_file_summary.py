"""What a file's themes are told as: one record a theme, facts of the run, lines for a person."""

import textwrap
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from jobs.theme_file_claims import Claims
from jobs.theme_file_fit import FileThemes
from topics.assign import Vectors
from topics.standing import Themes

EXEMPLARS = 5
LONGEST_EXEMPLAR = 400
NEAREST = 200
"""Documents of a theme among which exemplars are looked for."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The documents of a file in their themes: `theme` (n,) ids or None, `similarity` (n,)."""

    claims: Claims
    vectors: Vectors
    theme: Themes
    similarity: Vectors

    def rows(self, theme: str | None) -> np.ndarray:
        """Rows of a theme's documents, nearest to a prototype first, ties by their order in the file."""
        found = np.flatnonzero(self.theme == theme)
        return found[np.argsort(-self.similarity[found], kind="stable")]


def theme_records(themes: FileThemes, placed: Placed) -> list[dict[str, Any]]:
    """Leaves by size, then roll-ups by size; each with id, name, parent, size and what else is known of it."""
    members = {one: placed.rows(one) for one in themes.leaves}
    leaves = [_record(themes, placed, one, rows, level=0) for one, rows in members.items()]
    headings = []
    for parent in sorted(set(themes.parents.values())):
        children = [rows for one, rows in members.items() if themes.parents.get(one) == parent]
        # In turn from each child, so that the exemplars speak for all of them.
        rank = np.concatenate([np.arange(len(rows)) for rows in children])
        headings.append(_record(themes, placed, parent, np.concatenate(children)[np.argsort(rank, kind="stable")], 1))
    return sorted(leaves, key=_by_size) + sorted(headings, key=_by_size)


def _by_size(record: dict[str, Any]) -> tuple[int, str]:
    return -record["size"], record["id"]


def _record(themes: FileThemes, placed: Placed, theme: str, rows: np.ndarray, level: int) -> dict[str, Any]:
    claims = placed.claims
    said = Counter(claims.templates[row] for row in rows)
    writers = [claims.reporters[row] for row in rows]
    known = {writer for writer in writers if writer is not None}
    record: dict[str, Any] = {
        "id": theme,
        "name": themes.names.get(theme),
        "phrases": list(themes.phrases.get(theme, [])),
        "level": level,
        "parent": themes.parents.get(theme),
        "size": len(rows),
        "texts": len(said),
        "similarity": round(float(placed.similarity[rows].mean()), 4) if len(rows) else None,
        "quality": dict(themes.quality.get(theme, {})) or None,
        "exemplars": exemplars(placed, rows),
    }
    if known:
        record["reporters"] = len(known) + sum(writer is None for writer in writers)
        record["largest_share"] = round(Counter(filter(None, writers)).most_common(1)[0][1] / len(rows), 4)
    return record | in_time([claims.days[row] for row in rows])


def exemplars(placed: Placed, rows: np.ndarray) -> list[dict[str, str]]:
    """The nearest documents, each by another reporter and in other words; redacted and cut."""
    claims = placed.claims
    chosen: list[dict[str, str]] = []
    seen: set[str] = set()
    for row in rows[:NEAREST]:
        marks = {f"t{claims.templates[row]}", *([f"r{claims.reporters[row]}"] if claims.reporters[row] else [])}
        if marks & seen:
            continue
        seen |= marks
        text = " ".join(claims.claims[row].split())
        chosen.append({"id": claims.ids[row], "text": textwrap.shorten(text, LONGEST_EXEMPLAR, placeholder=" …")})
        if len(chosen) == EXEMPLARS:
            break
    return chosen


def in_time(days: list[date | None]) -> dict[str, Any]:
    """First and last day and documents by ISO week, without a gap; {} where no day is known.

    >>> in_time([date(2026, 3, 9), None, date(2026, 3, 22)])["weekly"]
    {'2026-W11': 1, '2026-W12': 1}
    """
    known = sorted(day for day in days if day is not None)
    if not known:
        return {}
    counted = Counter(day - timedelta(days=day.weekday()) for day in known)
    week, weekly = min(counted), {}
    while week <= max(counted):
        weekly[f"{week:%G-W%V}"] = counted[week]
        week += timedelta(days=7)
    return {"first_seen": known[0].isoformat(), "last_seen": known[-1].isoformat(), "weekly": weekly}
