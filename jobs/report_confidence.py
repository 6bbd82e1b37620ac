"""How sure a number is, in one word, by a rule that anybody can check."""

from collections.abc import Mapping
from typing import Any

from jobs.telling import tells

WORDS = (("high", 0.25), ("fair", 0.5))
"""A word, and the widest interval it stands for: half the interval's width over the number. Beyond: low."""
CAPS: dict[str, tuple[str, str]] = {
    "uncorrected": ("low", "not corrected for the classifier's mistakes"),
    "mixed": ("low", "the ways of correcting disagree"),
    "drift": ("low", "the labels may no longer fit these weeks"),
    "arriving": ("fair", "reports of the week are still arriving"),
}
"""What is known beside the interval: the best word it allows, and why."""
ORDER = ("high", "fair", "low", "cannot tell")
ARRIVED = 0.9
"""From this share of the expected reports on, a week counts as arrived."""
WIDTHS = {"high": "narrow interval", "fair": "interval of middling width", "low": "wide interval"}


def confidence(interval: tuple[Any, Any, Any], flags: tuple[str, ...] = ()) -> tuple[str, str]:
    """The word and its reason for an estimate with the ends of its 95 % interval; `flags` name `CAPS`.

    >>> confidence((396, 276, 535))
    ('fair', 'interval of middling width')
    >>> confidence((396, 350, 440), ("uncorrected",))
    ('low', "not corrected for the classifier's mistakes")
    >>> confidence((2, 0, 82911))
    ('cannot tell', 'the interval is far wider than the number')
    """
    estimate, low, high = interval
    if estimate is None or low is None or high is None:
        return "cannot tell", "no estimate"
    if not tells(estimate, high):
        return "cannot tell", "the interval is far wider than the number"
    half = (high - low) / 2 / max(estimate, 1e-9)
    word = next((word for word, widest in WORDS if half <= widest), "low")
    found = [(word, WIDTHS[word]), *(CAPS[flag] for flag in flags)]
    return max(found, key=lambda one: ORDER.index(one[0]))


def flags_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What caps the confidence in a row of the ledger."""
    known = {
        "uncorrected": row["method"] == "uncorrected",
        "drift": bool(row["drift"]),
        "arriving": row["completeness"] is not None and row["completeness"] < ARRIVED,
    }
    return tuple(name for name, holds in known.items() if holds)


def sureness(row: Mapping[str, Any], *, feeds: bool) -> tuple[str, str]:
    """How far the data of a week can be trusted, and why; `feeds`: whether one changed within it."""
    found = [CAPS[flag] for flag in flags_of(row)]
    if feeds:
        found.append(("low", "a feed changed within the week"))
    if row["completeness"] is None or row["completeness"] < 1:
        found.append(("fair", "not every report has arrived"))
    return max(found, key=lambda one: ORDER.index(one[0]), default=("high", "nothing stands against these numbers"))
