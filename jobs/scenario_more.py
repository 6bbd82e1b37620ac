"""Plants the further events of a busier demo: one for every kind of thing that a change may coincide with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from jobs.scenario_customers import Customer
from jobs.scenario_events import PROMOTED_USE, Event, More
from jobs.scenario_filings import Clerk, Filing
from jobs.scenario_planters import count

PLEDGES = (
    "The chemistry filter blocks every teacher and every student who asks an honest question, so please lower the"
    " threshold now, the whole community agrees that it is far too strict for normal people.",
    "We teachers and students are tired of a chemistry filter that blocks honest questions all day long, lower its"
    " threshold this week and let people who only want to learn get on with their work.",
)
BUTTON_SHARE = 0.36
TRIES = 400


@dataclass(frozen=True, slots=True)
class Plan:
    """One wave: its subjects, documents a day beside the usual ones, and who files them."""

    event: str
    subjects: tuple[str, ...]
    daily: float
    product: str = ""
    plan: str = ""
    locale: str = ""


def mystery(clerk: Clerk, more: More, base: float) -> tuple[Event, list[Filing]]:
    """Leaks that German customers report: nothing known lies on those days."""
    plan = Plan("mystery-leaks", ("s_leak",), 6.0, locale="de-DE")
    note = "no release, no entry of the calendar, no change of use: nothing known explains it"
    facts = expected("unclear", locale="de-DE")
    return _wave(clerk, plan, more.mystery, base, Event("", "unexplained_step", 0, 0, note=note, facts=facts))


def launch(clerk: Clerk, more: More, base: float) -> tuple[Event, list[Filing]]:
    """A new version of one product, in the calendar, and complaints about its answers."""
    plan = Plan("launch-coder", ("q_code", "q_instructions"), 20.0, product="coder")
    facts = expected("external_event", product="coder") | {"calendar": "launch-coder"}
    note = "the launch of another version is in the calendar"
    return _wave(clerk, plan, more.launch, base, Event("", "launch_wave", 0, 0, note=note, facts=facts))


def product_wave(clerk: Clerk, more: More, base: float) -> tuple[Event, list[Filing]]:
    """A release that over-blocks life scientists on the API alone, until its rollback."""
    plan = Plan("wave-bio-api", ("ob_bio_lab",), 6.0, product="api")
    facts = expected("release", product="api") | {"release": "bio-guard-3", "ended_by": "bio-guard-4"}
    event = Event("", "over_block_wave", 0, 0, mitigation="bio-guard", note="the API alone", facts=facts)
    return _wave(clerk, plan, more.product_wave, base, event)


def policy(clerk: Clerk, more: More, base: float) -> tuple[Event, list[Filing]]:
    """Free accounts must show who they are: a policy, in the calendar, and no release."""
    plan = Plan("policy-identity", ("a_verify", "a_ban"), 8.0, plan="free")
    facts = expected("policy_change", plan="free") | {"calendar": "policy-identity"}
    return _wave(clerk, plan, more.policy, base, Event("", "policy_wave", 0, 0, note="in the calendar", facts=facts))


def undeclared(clerk: Clerk, more: More, base: float) -> tuple[Event, list[Filing]]:
    """A release that nobody declared: the decision log alone shows another version and a lower threshold."""
    plan = Plan("wave-undeclared", ("ob_agent_control",), 6.0, plan="team")
    facts = expected("release", plan="team") | {"release_inferred": "agent-guard", "declared": False}
    note = "in the decision log, not in releases.yaml"
    event = Event("", "undeclared_release", 0, 0, mitigation="agent-guard", note=note, facts=facts)
    return _wave(clerk, plan, more.undeclared, base, event)


def campaign(clerk: Clerk, more: More, base: float) -> tuple[Event, list[Filing]]:
    """Many accounts file one of two texts that ask for a looser safeguard."""
    plan = Plan("campaign-chemistry", ("ob_chem_home",), 14.0)
    facts = expected("campaign") | {"texts": list(PLEDGES)}
    event = Event("", "campaign", 0, 0, mitigation="chem-guard", note="each text word for word", facts=facts)
    event, filings = _wave(clerk, plan, more.campaign, base, event)
    for filing in filings:
        filing.script, filing.language = clerk.dice.pick(PLEDGES), "en"
        filing.reporter = filing.reporter or filing.customer.reporters[0]
    return event, filings


def promotion(clerk: Clerk, more: More, base: float) -> tuple[Event, list[Filing]]:
    """A month for half the price: everybody uses and reports more, and new payers meet double charges."""
    plan = Plan("promotion-plus", ("b_double", "b_refund"), 16.0, plan="plus")
    facts = expected("demand_growth", plan="plus") | {"requests": PROMOTED_USE}
    note = "requests and ordinary reports grow alike; billing grows beyond them"
    event, filings = _wave(clerk, plan, more.promotion, base, Event("", "promotion", 0, 0, note=note, facts=facts))
    for index in range(more.promotion[0], more.promotion[1] + 1):
        usual = (PROMOTED_USE - 1.0) * base * clerk.calendar.activity(index)
        filings += [clerk.background(index) for _ in range(count(usual, clerk.dice))]
    return event, filings


def button(clerk: Clerk, more: More, base: float) -> tuple[Event, list[Filing]]:
    """The store asks everybody for a review: one source files more of every kind, nobody has more to say."""
    first, last = more.button
    filings = []
    for index in range(first, last + 1):
        for _ in range(count(BUTTON_SHARE * base * clerk.calendar.activity(index), clerk.dice)):
            filing = clerk.background(index, product="assistant")
            filing.source, filing.event = "app_store", "store-prompt"
            filings.append(filing)
    event = Event(
        "store-prompt",
        "reporting_change",
        first,
        last,
        series="feedback/total",
        multiplier=round(1 + BUTTON_SHARE, 2),
        note="every kind through one source alike",
        facts=expected("reporting_change", source="app_store"),
    )
    return event, filings


def expected(*coincidences: str, **carried_by: str) -> dict[str, Any]:
    """What an explanation should say: what the event coincides with, and the segments that carry it."""
    return {"coincides_with": list(coincidences), "carried_by": carried_by}


def _wave(clerk: Clerk, plan: Plan, days: tuple[int, int], base: float, event: Event) -> tuple[Event, list[Filing]]:
    first, last = days
    filings = [
        _filed(clerk, plan, index)
        for index in range(first, last + 1)
        for _ in range(count(plan.daily * clerk.calendar.pace**0.5 * clerk.calendar.activity(index), clerk.dice))
    ]
    subject = clerk.banks.subjects[plan.subjects[0]]
    whole = f"feedback/kind={subject.kind}"
    domain = subject.harm_domain if subject.kind == "over_block" else ""
    usual = base * clerk.share(subject.kind, domain)
    planted = replace(
        event,
        id=plan.event,
        first=first,
        last=last,
        series=f"{whole}&harm_domain={domain}" if domain else whole,
        kind=subject.kind,
        harm_domain=subject.harm_domain,
        product=plan.product,
        multiplier=round(1 + len(filings) / (last - first + 1) / usual, 2),
    )
    return planted, filings


def _filed(clerk: Clerk, plan: Plan, index: int) -> Filing:
    subject = clerk.banks.subjects[clerk.dice.pick(plan.subjects)]
    filing = clerk.file(subject, index, product=plan.product, event=plan.event)
    if plan.plan or plan.locale:
        filing.customer = next(one for one in _customers(clerk, plan, index, filing) if _fits(one, plan))
        filing.reporter = clerk.dice.pick(filing.customer.reporters) if filing.reporter else ""
    return filing


def _customers(clerk: Clerk, plan: Plan, index: int, filing: Filing) -> Iterator[Customer]:
    """Customers as they come; where TRIES of them do not fit, those that fit whatever they use."""
    day = clerk.calendar.day(index)
    for _ in range(TRIES):
        yield clerk.crowd.draw(day, product=filing.product, locale=plan.locale)
    yield from (one for one in clerk.crowd.customers if _fits(one, plan))
    yield replace(filing.customer, plan=plan.plan or filing.customer.plan, locale=plan.locale or filing.customer.locale)


def _fits(customer: Customer, plan: Plan) -> bool:
    return plan.plan in ("", customer.plan) and plan.locale in ("", customer.locale)


MORE_PLANTERS: dict[str, Callable[[Clerk, More, float], tuple[Event, list[Filing]]]] = {
    "mystery": mystery,
    "launch": launch,
    "button": button,
    "product_wave": product_wave,
    "campaign": campaign,
    "policy": policy,
    "promotion": promotion,
    "undeclared": undeclared,
}
