"""What people do with an alert, for the command line, the API and the dashboard alike: one row of the table each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from jobs.escapes import one_line
from jobs.store import Store

Row = dict[str, Any]
Given = Mapping[str, str | None]

MOST_DAYS = 28
"""The longest snooze: what is put off for longer should be closed, or silenced in the open."""
LONGEST = 500
"""Characters of a note, a ticket, an action."""


class CannotAct(ValueError):
    """What was asked does not fit the alert, or lacks something."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the act takes place. `today`: the UTC day of the person's clock."""

    store: Store
    alert: Row
    today: date


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done: the event it leaves, the field it needs, and how its detail is made."""

    event: str
    needs: str | None
    detail: Callable[[Desk, str], Row]


def act(desk: Desk, word: str, given: Given, *, actor: str, at: str) -> Row:
    """Do it and keep who, when and why. Returns the event: action, detail, and `again` if it stood so already.

    `given`: what the act needs, by field, and a `note`. Raises `CannotAct`.
    """
    chosen = ACTS.get(word)
    if chosen is None:
        raise CannotAct(f"expected an act among {', '.join(ACTS)}, got {word!r}; correct it")
    value = one_line(given.get(chosen.needs or "") or "", most=LONGEST)
    if chosen.needs and not value:
        raise CannotAct(f"expected {chosen.needs} to {word} an alert, got none; say it")
    detail = chosen.detail(desk, value)
    note = one_line(given.get("note") or "", most=LONGEST)
    if note:
        detail["note"] = note
    again = word == "ack" and desk.alert["acknowledged_at"] is not None
    if not again:
        with desk.store.transaction():
            if word == "assign":
                desk.store.findings.assign(desk.alert["alert_id"], owner=value)
            desk.store.findings.add_alert_event(
                desk.alert["alert_id"], at=at, actor=actor, action=chosen.event, detail=detail
            )
    return {"action": chosen.event, "detail": detail, "again": again}


def _plain(desk: Desk, value: str) -> Row:
    return {}


def _owner(desk: Desk, value: str) -> Row:
    known = [row["owner_id"] for row in desk.store.reference.owners()]
    if value not in known:
        raise CannotAct(f"expected an owner of owners.yaml ({', '.join(known) or 'none'}), got {value!r}; correct it")
    if value == desk.alert["owner"]:
        raise CannotAct(f"expected another owner than it has, got {value!r}; nothing is changed")
    return {"from": desk.alert["owner"], "to": value}


def _ticket(desk: Desk, value: str) -> Row:
    scheme, mark, _ = value.partition("://")
    if " " in value or (mark and scheme not in ("http", "https")):
        raise CannotAct(f"expected a ticket's number or http address in one word, got {value!r}; correct it")
    return {"ticket": value}


def _until(desk: Desk, value: str) -> Row:
    last = desk.today + timedelta(days=MOST_DAYS)
    try:
        until = date.fromisoformat(value)
    except ValueError:
        until = desk.today
    if not desk.today < until <= last:
        raise CannotAct(f"expected a day after today and by {last}, got {value!r}; close it or silence it for longer")
    return {"until": until.isoformat()}


def _closing(desk: Desk, value: str) -> Row:
    """`state` beside what was done: an alert that comes back worse than it was closed is open again.

    `on`: the day by the findings' clock, from which the four weeks to the check of the effect are counted.
    """
    return {"did": value, "state": desk.alert["state"], "on": desk.today.isoformat()}


def _settling(desk: Desk, value: str) -> Row:
    """`on`: the day by the findings' clock from which slow moves of the series are measured anew."""
    return {"on": desk.today.isoformat()}


ACTS: dict[str, Act] = {
    "ack": Act("acknowledged", None, _plain),
    "assign": Act("assigned", "owner", _owner),
    "ticket": Act("ticketed", "ticket", _ticket),
    "snooze": Act("snoozed", "until", _until),
    "wake": Act("woken", None, _plain),
    "useful": Act("useful", None, _plain),
    "not-useful": Act("not_useful", None, _plain),
    "close": Act("closed", "action", _closing),
    "reopen": Act("reopened", None, _plain),
    "settle": Act("settled", None, _settling),
}
"""What is said on the command line and in addresses -> what is kept."""
