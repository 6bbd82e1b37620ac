"""What the quality figures of a theme mean, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure: what is measured, its value as a person reads it, what it means."""

    measure: str
    value: str
    meaning: str


def readings(quality: Mapping[str, Any]) -> list[Reading]:
    """The figures that are known, the check of the name first.

    >>> [one.value for one in readings({"name_inside": 0.71, "name_outside": 0.04, "tightness": None})]
    ['71% inside, 4% elsewhere']
    """
    found = [_name(quality)] if quality.get("name_inside") is not None else []
    return found + [
        Reading(measure, f"{quality[measure]:.2f}", meaning)
        for measure, meaning in MEANINGS.items()
        if quality.get(measure) is not None
    ]


def name_check(quality: Mapping[str, Any]) -> str | None:
    """The check of the name in one line, None where it was not made.

    >>> name_check({"name_inside": 0.71, "name_outside": 0.04})
    "name's words in 71% of its documents, 4% elsewhere"
    """
    if quality.get("name_inside") is None:
        return None
    inside, outside = quality["name_inside"], quality.get("name_outside") or 0.0
    return f"name's words in {inside:.0%} of its documents, {outside:.0%} elsewhere"


MEANINGS = {
    "tightness": "mean cosine of its documents to their common direction: 1 all say the same, 0 they share nothing",
    "separation": "by how much its documents are nearer to it than to the next theme; near 0 the two are hard to tell",
    "coherence": "whether its telling words occur together (NPMI): 1 always, 0 as chance has it, -1 never",
}


def _name(quality: Mapping[str, Any]) -> Reading:
    inside, outside = quality["name_inside"], quality.get("name_outside") or 0.0
    value = f"{inside:.0%} inside, {outside:.0%} elsewhere"
    return Reading("name", value, "share of documents that hold a word of its name, mean over the words")
