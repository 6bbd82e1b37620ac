"""What happened since the digest before: alerts that ended, effects that were checked, signals; and tallies of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.digest_facts import Row, View, figure
from jobs.digest_lines import number
from jobs.escapes import one_line

STATES = ("new", "escalating", "regressed", "ongoing", "resolved")
LONGEST = 600
"""Characters of a sentence about an effect or a signal."""


def ended(every: Sequence[Row], previous: Mapping[str, Any] | None) -> list[Row]:
    """Alerts that the digest before told as open and that are over by now, or that somebody closed since.

    `every`: the owner's alerts as they are now, those that people put off included.
    """
    now = {alert["alert_id"]: alert for alert in every}
    before = [*previous["alerts"], *previous["others"]] if previous else []
    found = []
    for told in before:
        alert = now.get(told["alert_id"])
        if told["state"] == "resolved" or alert is None:
            continue
        if alert.get("closed_at") is not None:
            found.append(_ending(alert, by=alert.get("closed_by"), did=alert.get("closed_with")))
        elif alert["state"] == "resolved":
            found.append(_ending(alert, by=None, did=None))
    return found


def since_facts(view: View, owner: str, previous: Mapping[str, Any] | None, *, most: int) -> Row:
    """Effects of what people did that were checked since the digest before, and signals that it did not tell.

    `most`: of each, so many are told and the others counted.
    """
    rows = {
        "effects": view.store.effects.told(owner, since=previous["as_of"] if previous else None, until=view.as_of),
        "signals": _fresh(view.store.signals.told(owner=owner), previous),
    }
    found: Row = {}
    for name, every in rows.items():
        words = {"effects": _effect, "signals": _signal}[name]
        found |= {name: [words(row) for row in every[:most]], f"more_{name}": max(len(every) - most, 0)}
    return found


def _fresh(signals: Sequence[Row], previous: Mapping[str, Any] | None) -> list[Row]:
    before = {(row["series"], row["signal"]) for row in (previous or {}).get("signals", [])}
    return [row for row in signals if (row["series"], row["signal"]) not in before]


def _effect(row: Row) -> Row:
    """What closing an alert came to, with the figures its sentence is made of."""
    names = ("alert_id", "closed_on", "onset", "checked_as_of", "verdict")
    numbers = {name: figure(row[name]) for name in ("ratio", "ratio_low", "ratio_high")}
    return {**{name: row[name] for name in names}, **numbers, "sentence": one_line(row["sentence"], most=LONGEST)}


def _signal(row: Row) -> Row:
    """A signal beside volume, with what speaks against it."""
    q_value = figure(row["q_value"])
    said = f"{one_line(str(row['title']), most=120)}, {row['signal'].replace('_', ' ')}: {row['reads']}"
    chance = one_line(f"Such a thing by chance: q = {number(q_value)}; against it: {row['against']}.")
    told = {"series": row["series"], "signal": row["signal"], "day": row["day"], "q_value": q_value}
    return {**told, "sentence": f"{one_line(said, most=LONGEST).rstrip('.')}. {chance}"}


def tallies(content: Mapping[str, Any]) -> Row:
    """How many there are of what the content lists: a sentence that counts takes its number from here."""
    news, before = content["news"], content["told_before"]
    closed = [row for row in content["ended"] if row["by"] is not None]
    return {
        "news": sum(news.get(state, 0) for state in STATES),
        "still_open": sum(before.get(state, 0) for state in STATES if state != "resolved"),
        "over": len(content["ended"]) - len(closed) if content["previous"] else before.get("resolved", 0),
        "closed": len(closed),
        "put_off": len(content["snoozed"]),
        "effects": len(content["effects"]) + content["more_effects"],
        "silences": len(content["silences"]),
        "coverage": len(content["data"]["coverage"]),
        "incomplete_days": len(content["data"]["incomplete_days"]),
    }


def _ending(alert: Row, *, by: Any, did: Any) -> Row:
    """How an alert ended: `by` and `did` are None where it went back by itself."""
    return {
        "alert_id": alert["alert_id"],
        "title": one_line(str(alert["title"]), most=120),
        "day": alert["day"],
        "by": None if by is None else one_line(str(by), most=80),
        "did": None if did is None else one_line(str(did), most=200),
    }
