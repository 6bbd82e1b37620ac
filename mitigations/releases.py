"""Inferred releases beside the declared ones, and what the decision log shows of them in words."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from mitigations.inferred import TOGETHER_DAYS, WHOLE, Inferred

SAME_VERSION_DAYS = 14
"""A declared release of the same version is the same one up to so many days away; of another, up to TOGETHER_DAYS."""


def matched(found: Sequence[Inferred], declared: Iterable[dict[str, Any]]) -> list[str | None]:
    """For each inferred release the id of the declared one that it is, or None; no declared one is taken twice.

    `declared`: release_id, mitigation, released_on (ISO day), version. Nearest first: within two days of the roll-out,
    else of the same version within a fortnight.
    """
    pairs = []
    for place, one in enumerate(found):
        last = one.whole_on or one.half_on or one.day
        for row in declared:
            if row["mitigation"] != one.mitigation:
                continue
            day = date.fromisoformat(row["released_on"])
            away = 0 if one.day <= day <= last else min(abs((day - one.day).days), abs((day - last).days))
            same = row["version"] is not None and str(row["version"]) == one.version
            if away <= TOGETHER_DAYS or (same and away <= SAME_VERSION_DAYS):
                pairs.append((away > TOGETHER_DAYS, not same, away, row["release_id"], place))
    taken: dict[int, str] = {}
    for *_, name, place in sorted(pairs):
        if place not in taken and name not in taken.values():
            taken[place] = name
    return [taken.get(place) for place in range(len(found))]


def evidence(one: Inferred) -> str:
    """What the log shows, in one plain sentence part."""
    told = []
    if "version" in one.type:
        told.append(f"version {one.version} in place of {one.version_before}")
    if "threshold" in one.type:
        told.append(f"threshold {_numbers(one.thresholds)} in place of {_numbers(one.thresholds_before)}")
    line = ("back to " if one.rollback else "") + " and ".join(told) + f" from {one.day}"
    if not one.staged:
        line += ", on all requests" if one.largest > WHOLE else f", on {one.largest:.0%} of the requests"
    else:
        line += f", staged: {_stages(one)}"
    return line + (f"; gone by {one.until}" if one.until else "")


def _stages(one: Inferred) -> str:
    steps = [f"half of the requests from {one.half_on}"] if one.half_on and one.half_on > one.day else []
    if one.whole_on:
        return ", ".join([*steps, f"all but a few from {one.whole_on}"])
    return ", ".join(
        [*steps, f"{one.share:.0%} of the requests so far" if not one.until else f"at most {one.largest:.0%}"]
    )


def _numbers(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in values) or "none"
