"""Accounts of the demo world that behave unlike before: blocked shares that jump, and groups that share templates."""

from datetime import date, timedelta
from typing import Any

from jobs.scenario_added import Adder, Planting
from jobs.scenario_customers import Customer
from jobs.scenario_decisions import Decision
from jobs.scenario_disguise import load_misuse

JUMPS = (("chem-guard", 158), ("cyber-guard", 161), ("bio-guard", 166), ("chem-guard", 169), ("cyber-guard", 173))
"""A mitigation and the planned day an account jumps: long after its last release, so that none is bent."""
JUMP_DAYS = 4
HISTORY_DAYS = 84
DECISIONS_A_DAY, USUALLY_BLOCKED = 2.0, 0.06
BLOCKS_A_JUMP_DAY, ALLOWS_A_JUMP_DAY = 9, 3
AUDIT = 0.1
LINKED = (("fraud-guard", "letters", 100, 6), ("cyber-guard", "logins", 140, 5))
"""Mitigation, template, planned first day and accounts of each group."""
LINKED_DAYS, LINKED_DECISIONS, LINKED_BLOCKED = 14, 12, 0.5
NEW_FROM = 90_000
"""Numbers of the accounts that are new with their group."""


def jumps(adder: Adder) -> Planting:
    """Five accounts with a steady past, of which suddenly most requests are blocked for some days."""
    settled = adder.calendar.day(adder.calendar.at(60))
    steady = [
        one for one in adder.crowd.customers if one.since <= settled and one.weight < 1 and "assistant" in one.products
    ]
    chosen = adder.dice.sample(steady, len(JUMPS))
    decisions: list[Decision] = []
    told = []
    for customer, (mitigation, planned) in zip(chosen, JUMPS, strict=False):
        first = min(adder.calendar.at(planned), adder.calendar.days - JUMP_DAYS)
        decisions += _history(adder, customer, mitigation, first) + _burst(adder, customer, mitigation, first)
        told.append(_account(adder, customer, mitigation, first))
    days = [adder.calendar.index(date.fromisoformat(one["first_day"])) for one in told]
    note = "accounts of which about one request in seventeen was blocked, then three in four for four days"
    facts = {"accounts": told, "usual_share": USUALLY_BLOCKED, "jump_days": JUMP_DAYS}
    return Planting("accounts-jump", "account_jump", "", min(days), max(days) + JUMP_DAYS - 1, note, decisions, facts)


def linked_of(adder: Adder, place: int) -> Planting:
    """New accounts of one hand: they join on one day and fill in one template."""
    mitigation, template, planned, size = LINKED[place]
    days = min(LINKED_DAYS, adder.calendar.days - 2)
    first = min(adder.calendar.at(planned), adder.calendar.days - days - 1)
    accounts = [_new(adder, NEW_FROM + 100 * place + number, first) for number in range(size)]
    decisions = []
    for customer in accounts:
        for _ in range(LINKED_DECISIONS):
            blocked = adder.dice.chance(LINKED_BLOCKED)
            one = _decision(adder, customer, mitigation, first + adder.dice.below(days), blocked=blocked)
            one.benign, one.near = False, not blocked
            one.excerpt = adder.say(adder.dice.pick(load_misuse().linked[template]))
            decisions.append(adder.add(one, audit=AUDIT))
    note = "accounts that joined together and write requests of one template"
    facts = {"customer_ids": [customer.id for customer in accounts]}
    name = f"linked-{template}"
    return Planting(name, "linked_accounts", mitigation, first, first + days - 1, note, decisions, facts)


def linked_letters(adder: Adder) -> Planting:
    """The first group."""
    return linked_of(adder, 0)


def linked_logins(adder: Adder) -> Planting:
    """The second group."""
    return linked_of(adder, 1)


def _history(adder: Adder, customer: Customer, mitigation: str, first: int) -> list[Decision]:
    """The steady past and what comes after the jump."""
    daily = DECISIONS_A_DAY * min(max(adder.scale, 0.25), 1.0)
    found = []
    for index in range(max(first - HISTORY_DAYS, 0), adder.calendar.days):
        if first <= index < first + JUMP_DAYS:
            continue
        for _ in range(int(adder.dice.generator.poisson(daily))):
            blocked = adder.dice.chance(USUALLY_BLOCKED)
            one = _decision(adder, customer, mitigation, index, blocked=blocked)
            one.benign = not blocked or adder.dice.chance(0.4)
            found.append(adder.add(one, audit=AUDIT if blocked else 0.0))
    return found


def _burst(adder: Adder, customer: Customer, mitigation: str, first: int) -> list[Decision]:
    found = []
    for index in range(first, first + JUMP_DAYS):
        for number in range(BLOCKS_A_JUMP_DAY + ALLOWS_A_JUMP_DAY):
            one = _decision(adder, customer, mitigation, index, blocked=number < BLOCKS_A_JUMP_DAY)
            one.benign = adder.dice.chance(0.2)
            one.near = one.action == "allow"
            one.excerpt = adder.prompt(one)
            found.append(adder.add(one, audit=AUDIT))
    return found


def _decision(adder: Adder, customer: Customer, mitigation: str, index: int, *, blocked: bool) -> Decision:
    return Decision(
        decided_at=adder.moment(index),
        mitigation=mitigation,
        action="block" if blocked else "allow",
        customer=customer,
        product="assistant",
        benign=True,
    )


def _account(adder: Adder, customer: Customer, mitigation: str, first: int) -> dict[str, Any]:
    day = adder.calendar.day(first)
    last = day + timedelta(days=JUMP_DAYS - 1)
    ends = {"first_day": day.isoformat(), "last_day": last.isoformat()}
    return {"customer_id": customer.id, "mitigation": mitigation, **ends}


def _new(adder: Adder, number: int, first: int) -> Customer:
    return Customer(
        id=f"cus_{number:05d}{adder.dice.hexadecimal(3)}",
        plan="free",
        locale="en-US",
        profile="business",
        products=("assistant",),
        since=adder.calendar.day(first),
        verified=False,
        seats=1,
        revenue=0.0,
        reporters=(),
        weight=1.0,
    )
