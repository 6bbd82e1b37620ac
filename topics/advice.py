"""What an owner can do about a change, and what would turn its reading round."""

import math
from collections.abc import Mapping
from typing import Any

Found = Mapping[str, Any]

STEPS = {
    "release": "Compare random audits of decisions from before and after {day}; complaints alone prove no error.",
    "policy_change": "Ask whoever made the policy whether these reports were expected.",
    "adversarial_shift": "Test the technique named, and audit a random sample of allowed requests of these customers.",
    "campaign": "Change no threshold because of it: audit a random sample of the blocks it speaks of.",
    "flood": "Write to the one reporter; count reporters, not documents.",
    "coverage_change": "Take it for what we see now and did not before, and compare with sources known on both sides.",
    "reporting_change": "Compare with sources that did not change how they ask before you read it as a change of mood.",
    "reporting_delay": "Wait until the days are complete, then read the change again.",
    "outage": "Leave it to whoever mends the outage, and look whether reports end with it.",
    "demand_growth": "Read it per 10,000 requests, and see who the new users are.",
    "our_model_changed": "Read ten documents that the two versions put in different places before you act.",
    "external_event": "Ask whoever planned the event whether these reports were expected.",
    "unclear": "Read ten reports of different customers, and ask what went live on those days and was not declared.",
}
REVERSALS = {
    "release": "equal error rates in audits from before and after {id}, or the same change where it is not in use",
    "policy_change": "the same rise among customers whom the policy does not touch",
    "adversarial_shift": "no more harm than before in audits of allowed requests",
    "campaign": "people beyond those texts who report the same",
    "flood": "other reporters who say the same",
    "coverage_change": "the same rise in sources that were there before",
    "reporting_change": "the same rise in other sources, or in one kind alone",
    "reporting_delay": "a fall that stays once the days are complete",
    "outage": "reports that go on after the outage",
    "demand_growth": "no rise in numbers per 10,000 requests",
    "our_model_changed": "the same change in what the version before read",
    "external_event": "a first day before the event, or the same rise among people whom it does not touch",
    "unclear": "a release, an outage or a policy on those days that was not declared",
}


def to_do(found: Found) -> list[str]:
    """One step for each thing the change coincides with, at most three; volume never argues for loosening."""
    steps: list[str] = []
    for row in found["coincides_with"]:
        step = STEPS[row["type"]].format(day=row["day"], id=row["id"])
        if step not in steps:
            steps.append(step)
    return steps[:3]


def back_at(found: Found) -> float | None:
    """Daily reporters at which the series is nearer to what it was: the geometric mean of both levels, of equal
    weekdays. None where one of them is nothing."""
    before, after = found["before_mean"], found["after_mean"]
    if not before or not after:
        return None
    return float(f"{math.sqrt(before * after):.2g}")


def reverses(found: Found) -> list[str]:
    """What would reverse the reading: of each thing it coincides with, then of the change itself."""
    seen: dict[str, None] = {}
    for row in found["coincides_with"]:
        seen.setdefault(REVERSALS[row["type"]].format(day=row["day"], id=row["id"]))
    lines = list(seen)[:3]
    if found["back_at"] is not None and found["end"] is None:
        side = "fewer" if found["direction"] == "up" else "more"
        lines.append(f"a week of {side} than {found['back_at']:g} reporters a day")
    return lines
