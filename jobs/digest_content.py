"""What a digest says, as one object: kept in the store, and all that its texts are rendered from."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from jobs.digest_facts import (
    LOUD,
    Row,
    View,
    alert_facts,
    curation_facts,
    data_facts,
    figure,
    put_off,
    triage_facts,
    weekly_facts,
)
from jobs.digest_since import ended, since_facts, tallies
from jobs.escapes import one_line
from jobs.silences import silence_facts

CADENCE_DAYS = {"daily": 1, "weekly": 7, "monthly": 28}
HAZARDS = ("critical", "elevated", "low")
MOST_BLOCKS = 12
"""Alerts shown in full; the others are listed in a line each."""
MOST_LISTED = 10
MORE = ("more_others", "more_quiet", "more_effects", "more_signals")
RECENT_DAYS = 28
"""An alert that is over is still listed if it began this many days ago or less."""


def digest_content(
    view: View, owner: Mapping[str, Any], *, previous: Mapping[str, Any] | None, quiet: Sequence[Mapping[str, Any]]
) -> Row:
    """What `owner` (owner_id, name, cadence) is told as of the view's moment.

    `previous`: the content of the digest before. An alert in a state that was told there is listed, not
    told again. `quiet`: series without a change (series, title, smallest_ratio), the first to
    be shown first.
    """
    every = [alert for alert in view.alerts if alert["owner"] == owner["owner_id"]]
    mine = [alert for alert in every if not put_off(alert, as_of=view.as_of)]
    period = _period(view, owner, previous)
    loud = sorted((one for one in mine if _is_news(one, previous) or _woken(one, period)), key=_urgency)
    blocks = [alert_facts(view, alert) for alert in loud[:MOST_BLOCKS]]
    shown = {alert["alert_id"] for alert in blocks}
    over = ended(every, previous)
    shown |= {row["alert_id"] for row in over}
    rest = sorted((alert for alert in mine if alert["alert_id"] not in shown and _lives(alert, view)), key=_urgency)
    content = _envelope(view, owner, period)
    content["previous"] = previous["period"]["to"] if previous else None
    content["counts"] = _counts([alert for alert in mine if _lives(alert, view)])
    content["news"] = _counts(loud)
    content["told_before"] = _counts([alert for alert in rest if alert not in loud])
    content["alerts"] = blocks
    content["others"] = [_short(alert) for alert in rest[:MOST_LISTED]]
    content["more_others"] = max(len(rest) - MOST_LISTED, 0)
    content["nothing"] = not blocks and not rest and not over
    content["quiet"] = [_calm(row) for row in quiet[:MOST_LISTED]]
    content["more_quiet"] = max(len(quiet) - MOST_LISTED, 0)
    domains = sorted({row["harm_domain"] for row in view.mitigations if row["owner"] == owner["owner_id"]})
    content["weekly"] = weekly_facts(view, domains)
    content["data"] = data_facts(view, since=period["from"])
    content["silences"] = silence_facts(view)
    content["snoozed"] = [_snoozed(alert) for alert in every if alert not in mine and alert["closed_at"] is None]
    content["ended"] = over
    content["curation"] = curation_facts(view, most=MOST_LISTED)
    content["triage"] = triage_facts(view, str(owner["owner_id"]))
    content |= since_facts(view, str(owner["owner_id"]), previous, most=MOST_LISTED)
    content["tallies"] = tallies(content)
    return clean(content)


def alert_content(view: View, alert: Row, owner: Mapping[str, Any]) -> Row:
    """One alert in the shape of a digest, for the message that tells of it alone."""
    day = view.today.isoformat()
    content = _envelope(view, owner, {"from": alert["day"], "to": day, "days": (view.today - _day(alert)).days})
    lists = ("others", "quiet", "silences", "snoozed", "ended", "effects", "signals")
    empty: Row = {name: [] for name in lists} | dict.fromkeys(MORE, 0)
    told = {
        **content,
        **empty,
        "scope": "alert",
        "counts": _counts([alert]),
        "news": _counts([alert]),
        "told_before": {},
        "alerts": [alert_facts(view, alert)],
        "nothing": False,
        "weekly": {"slice": "all", "last_full_week": None, "parts": [], "over_block": [], "under_block": []},
        "data": {"coverage": [], "incomplete_days": []},
        "previous": None,
    }
    told["tallies"] = tallies(told)
    return clean(told)


def completed(content: Mapping[str, Any]) -> Row:
    """A stored content with what an earlier version did not write."""
    lists: Row = {name: [] for name in ("ended", "effects", "signals")} | dict.fromkeys(MORE, 0)
    found: Row = {**lists, "previous": None, **content}
    found["alerts"] = [{"links": [], **alert} for alert in found["alerts"]]
    found["silences"] = [{"holds_back": 0, **row} for row in found["silences"]]
    return {"tallies": tallies(found), **found}


def clean(content: Mapping[str, Any]) -> Row:
    """The same object with every text on one line and without what drives terminals, programs or readers."""
    return {name: _cleaned(part) for name, part in content.items()}


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return clean(value)
    if isinstance(value, list | tuple):
        return [_cleaned(part) for part in value]
    return one_line(value) if isinstance(value, str) else value


def _woken(alert: Row, period: Row) -> bool:
    """Whether a snooze ran out in this period: the alert is told again if it still lives."""
    until = alert.get("snoozed_until")
    return until is not None and period["from"] < until <= period["to"] and alert["state"] != "resolved"


def _snoozed(alert: Row) -> Row:
    """An alert that somebody put off, in the line it gets."""
    title = one_line(str(alert["title"]), most=120)
    return {"title": title, "until": alert["snoozed_until"], "by": one_line(str(alert["snoozed_by"]), most=80)}


def _envelope(view: View, owner: Mapping[str, Any], period: Row) -> Row:
    return {
        "scope": "digest",
        "owner": owner["owner_id"],
        "owner_name": one_line(str(owner["name"]), most=80),
        "installation": one_line(view.settings.name, most=80),
        "period": period,
        "as_of": view.as_of,
    }


def _period(view: View, owner: Mapping[str, Any], previous: Mapping[str, Any] | None) -> Row:
    usual = view.today - timedelta(days=CADENCE_DAYS.get(owner["cadence"], 7))
    start = date.fromisoformat(previous["period"]["to"]) if previous else usual
    return {"from": start.isoformat(), "to": view.today.isoformat(), "days": (view.today - start).days}


def _is_news(alert: Row, previous: Mapping[str, Any] | None) -> bool:
    """Whether it was not told before: not in this state, or, where it merely lasts, not at all."""
    before = [*previous["alerts"], *previous["others"]] if previous else []
    if alert["state"] in LOUD:
        return (alert["alert_id"], alert["state"]) not in {(row["alert_id"], row["state"]) for row in before}
    return alert["state"] == "ongoing" and alert["alert_id"] not in {row["alert_id"] for row in before}


def _lives(alert: Row, view: View) -> bool:
    return alert["state"] != "resolved" or _day(alert) >= view.today - timedelta(days=RECENT_DAYS)


def _urgency(alert: Row) -> tuple[int, bool, bool, int, str]:
    """Gravest first, what is new before what lasts, rises before falls, newest first."""
    return (
        HAZARDS.index(alert["hazard"]),
        alert["state"] not in LOUD,
        alert["direction"] != "up",
        -_day(alert).toordinal(),
        alert["alert_id"],
    )


def _day(alert: Row) -> date:
    return date.fromisoformat(alert["day"])


def _counts(alerts: Sequence[Row]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for alert in alerts:
        counts[alert["state"]] = counts.get(alert["state"], 0) + 1
        if alert["hazard"] == "critical" and alert["state"] != "resolved":
            counts["critical"] = counts.get("critical", 0) + 1
    return counts


def _short(alert: Row) -> Row:
    names = ("alert_id", "state", "direction", "hazard", "day")
    return {**{name: alert[name] for name in names}, "title": one_line(str(alert["title"]), most=120)}


def _calm(row: Mapping[str, Any]) -> Row:
    title = one_line(str(row["title"]), most=120)
    return {"series": row["series"], "title": title, "smallest_ratio": figure(row["smallest_ratio"])}
