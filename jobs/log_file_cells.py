"""Cells of a file of decisions, as text: each read by one rule, whatever the file's format and size."""

import math
from collections.abc import Callable

from jobs.dates import layout
from jobs.ingest_cells import number
from jobs.ingest_decisions import ACTIONS, TRUTHS

NOTHING = ("", "nan", "none", "null", "na", "n/a")
"""Words for an empty cell."""
LONGEST_SOURCE = 40


class Bad(ValueError):
    """A cell, or a row of them, that cannot be read: the reason in a word, and what was expected."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def number_in(value: str, name: str) -> float:
    """A finite number, NaN for an empty cell. Raises `Bad`."""
    if value.lower() in NOTHING:
        return math.nan
    found = number(value)
    if found is None:
        raise Bad(f"bad_{name}", f"{name}: expected a number, got {value[:40]!r}")
    return found


def chance_in(found: float) -> None:
    """Raises `Bad` for a probability that is none. Nought says, as an empty cell does, that nothing was drawn."""
    if not (math.isnan(found) or 0 <= found <= 1):
        raise Bad("bad_probability", f"inclusion_probability: expected 0 to 1, got {found:g}")


def action_in(value: str) -> str:
    """Our word for an action. Raises `Bad`."""
    found = ACTIONS.get(value.lower())
    if found is None:
        raise Bad("bad_action", f"action: expected allow, flag, block or downgrade{_number_seen(value)}")
    return found


def action_by(score: float, threshold: float) -> str:
    """The action that a score and a threshold come to. Raises `Bad` where one is missing."""
    if math.isnan(score) or math.isnan(threshold):
        raise Bad("no_action", "expected a score and a threshold, got one or none of them")
    return "block" if score >= threshold else "allow"


def truth_in(value: str) -> str | None:
    """harmful, benign, or None for an empty cell. Raises `Bad`."""
    word = value.lower()
    if word in NOTHING:
        return None
    if word not in TRUTHS:
        raise Bad("bad_truth", f"truth: expected harmful or benign{_number_seen(value)}")
    return TRUTHS[word]


def _number_seen(value: str) -> str:
    """What came, where it is a number or a yes or no, which may mean either way; a text is not quoted."""
    return f", got {value}; write the words" if value.lower() in ("true", "false") or number(value) is not None else ""


def source_in(value: str) -> str | None:
    """appeal, red_team, or what the cell says; None for an empty one."""
    word = value.lower()
    if "appeal" in word:
        return "appeal"
    return "red_team" if "red" in word and "team" in word else word[:LONGEST_SOURCE] or None


_iso = layout("iso").read


def month_in(value: str) -> str | None:
    """The month of an ISO time as it stands there, such as 2026-03; None for anything else."""
    time = _iso(value)
    return None if time is None else f"{time:%Y-%m}"


OTHERS: dict[str, Callable[[str], str | None]] = {"truth": truth_in, "truth_source": source_in}
"""How the words beside the action are read; in this order a row is refused."""
