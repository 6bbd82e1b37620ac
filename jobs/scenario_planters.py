"""Plants the documents of the demo world: waves, a ramp, a flood, a season, a late desk, grave reports."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from jobs.scenario_calendar import Calendar
from jobs.scenario_dice import Dice
from jobs.scenario_events import Event, Schedule
from jobs.scenario_filings import NEW_PRODUCT, NEW_PRODUCT_SHARE, Clerk, Filing

DESK = "support_desk_jp"
DESK_LOCALE = "ja-JP"
GAP_SOURCE = "in_app"
WAVE_SUBJECTS = ("ob_vulnerability", "ob_vulnerability", "ob_vulnerability", "ob_malware", "ob_pentest")
TRICK_SUBJECTS = ("ub_trick_fraud", "ub_trick_fraud", "ub_trick_fraud", "ub_trick_cyber", "ub_trick_chemical")
GRAVE = {
    "grave_bio": 38,
    "grave_agent_stop": 71,
    "grave_chem": 104,
    "grave_person": 137,
    "grave_agent_copy": 163,
    "grave_bio_series": 177,
}


def ordinary(clerk: Clerk, schedule: Schedule, base: float) -> Iterator[Filing]:
    """Background documents of all days, the new product's own load from its start included."""
    dice, calendar = clerk.dice, clerk.calendar
    for index in range(calendar.days):
        mean = base * calendar.activity(index)
        for _ in range(count(mean, dice)):
            yield clerk.background(index)
        if index >= schedule.start:
            for _ in range(count(NEW_PRODUCT_SHARE * mean, dice)):
                yield clerk.background(index, product=NEW_PRODUCT)


def wave(clerk: Clerk, schedule: Schedule, base: float) -> tuple[Event, list[Filing]]:
    """Over-blocks of verified security researchers from a classifier release to its rollback."""
    calendar = clerk.calendar
    first, last = schedule.wave
    normal = base * clerk.share("over_block", "cyber")
    multiplier = max(4.0, 1 + 36 / (normal * (last - first + 1)))
    filings: list[Filing] = []
    for index in range(first, last + 1):
        for _ in range(count((multiplier - 1) * normal * calendar.activity(index), clerk.dice)):
            subject = clerk.banks.subjects[clerk.dice.pick(WAVE_SUBJECTS)]
            profile = "security_research" if clerk.dice.chance(0.9) else ""
            filings.append(clerk.file(subject, index, profile=profile, event="wave-cyber"))
    event = Event(
        "wave-cyber",
        "over_block_wave",
        first,
        last,
        series="feedback/kind=over_block&harm_domain=cyber",
        kind="over_block",
        harm_domain="cyber",
        mitigation="cyber-guard",
        multiplier=round(multiplier, 2),
        note="verified security researchers blocked on vulnerability analysis until the rollback",
        facts={"release": "cyber-guard-2", "ended_by": "cyber-guard-3"},
    )
    return event, filings


def ramp(clerk: Clerk, schedule: Schedule, base: float) -> tuple[Event, list[Filing]]:
    """A jailbreak technique that spreads: under-blocks rise slowly and stay up."""
    calendar = clerk.calendar
    first, top = schedule.ramp
    normal = base * clerk.share("under_block")
    multiplier = max(5.0, 1 + 2.5 / normal)
    filings: list[Filing] = []
    for index in range(first, calendar.days):
        rise = min((index - first + 1) / (top - first + 1), 1.0)
        for _ in range(count(rise * (multiplier - 1) * normal * calendar.activity(index), clerk.dice)):
            subject = clerk.banks.subjects[clerk.dice.pick(TRICK_SUBJECTS)]
            filings.append(clerk.file(subject, index, event="ramp-jailbreak"))
    event = Event(
        "ramp-jailbreak",
        "under_block_ramp",
        first,
        calendar.days - 1,
        series="feedback/kind=under_block",
        kind="under_block",
        harm_domain="fraud_deception",
        mitigation="fraud-guard",
        multiplier=round(multiplier, 2),
        note="the multiplier is reached at the top of the ramp and stays; anomalies rise with it",
        facts={
            "top_day": calendar.day(top).isoformat(),
            "anomaly_types": ["probing", "bypass_success"],
            "other_harm_domains": ["cyber", "chemical"],
        },
    )
    return event, filings


def flood(clerk: Clerk, schedule: Schedule, base: float) -> tuple[Event, list[Filing]]:
    """One reporter's tool files a report for every block, each with its own id."""
    calendar = clerk.calendar
    first, last = schedule.flood
    size = max(40, calendar.documents // 50)
    subject = clerk.banks.subjects["flood_genomics"]
    lead = clerk.file(subject, first, product="api", profile="life_science")
    filings = []
    for number in range(size):
        happened = calendar.moment(first + number * (last - first + 1) // size, clerk.dice)
        filings.append(
            replace(
                lead,
                happened=happened,
                received=happened + timedelta(seconds=5 + clerk.dice.below(90)),
                source="tracker",
                reporter=f"{lead.customer.reporters[0]}_bot",
                language="en",
                event="flood-tool",
                dated=clerk.dice.chance(0.5),
            )
        )
    event = Event(
        "flood-tool",
        "single_reporter_flood",
        first,
        last,
        series="feedback/kind=over_block&harm_domain=biological",
        kind="over_block",
        harm_domain="biological",
        product="api",
        note="raw counts jump, reporters do not",
        facts={"reporter_id": f"{lead.customer.reporters[0]}_bot", "customer_id": lead.customer.id},
    )
    return event, filings


def season(clerk: Clerk, schedule: Schedule, base: float) -> tuple[Event, list[Filing]]:
    """Students at exam time: a hump over two months, no break anywhere."""
    calendar = clerk.calendar
    first, last = schedule.season
    subject = clerk.banks.subjects["r_exam_limits"]
    filings: list[Filing] = []
    for index in range(first, last + 1):
        hump = math.sin(math.pi * (index - first + 0.5) / (last - first + 1)) ** 2
        for _ in range(count(3.6 * calendar.pace * hump, clerk.dice)):
            filings.append(clerk.file(subject, index, profile="education", event="season-exams"))
    normal = base * clerk.share("reliability") * _within(clerk, "r_exam_limits")
    event = Event(
        "season-exams",
        "slow_season",
        first,
        last,
        series="theme of students who meet limits before exams",
        kind="reliability",
        harm_domain="none",
        multiplier=round(1 + 3.6 * calendar.pace / normal, 2),
        note="multiplier of the theme at its peak; a smooth hump, no step",
    )
    return event, filings


def desk(clerk: Clerk, schedule: Schedule, base: float) -> tuple[Event, list[Filing]]:
    """A regional desk that collects reports and files them on Mondays, 7 to 20 days late."""
    calendar, dice = clerk.calendar, clerk.dice
    filings: list[Filing] = []
    for index in range(calendar.days):
        for _ in range(count(0.027 * base * calendar.activity(index), dice)):
            filing = clerk.background(index)
            customer = clerk.crowd.draw(calendar.day(index), product=filing.product, locale=DESK_LOCALE)
            mondays = [late for late in range(7, 21) if calendar.day(index + late).weekday() == 0]
            received = filing.happened + timedelta(days=dice.pick(mondays))
            filing.customer, filing.received = customer, received.replace(hour=1 + dice.below(8))
            filing.source, filing.dated, filing.event = DESK, True, "late-desk"
            filing.reporter = dice.pick(customer.reporters)
            filing.language = "ja" if dice.chance(0.35) else "en"
            filings.append(filing)
    event = Event(
        "late-desk",
        "late_filing",
        0,
        calendar.days - 1,
        note="files on Mondays what occurred 7 to 20 days before; no change by day of occurrence",
        facts={"source": DESK, "delay_days": [7, 20]},
    )
    return event, filings


def outage(clerk: Clerk, schedule: Schedule, base: float) -> tuple[Event, list[Filing]]:
    """One day on which everybody reports the same outage."""
    index = schedule.outage
    normal = base * clerk.share("reliability") * clerk.calendar.activity(index)
    subjects = [clerk.banks.subjects[name] for name in ("r_outage", "r_outage", "r_latency", "r_api_errors")]
    size = count(max(4 * normal, 12.0), clerk.dice)
    filings = [clerk.file(clerk.dice.pick(subjects), index, event="outage") for _ in range(size)]
    event = Event(
        "outage",
        "outage_burst",
        index,
        index,
        series="feedback/kind=reliability",
        kind="reliability",
        harm_domain="none",
        multiplier=round(1 + size / normal, 2),
        note="one day, many reporters; in the calendar",
    )
    return event, filings


def grave(clerk: Clerk, schedule: Schedule, base: float) -> tuple[Event, list[Filing]]:
    """Single reports that must reach a person the same day."""
    filings = []
    for name, planned in GRAVE.items():
        filing = clerk.file(clerk.banks.subjects[name], clerk.calendar.at(planned), event="grave")
        filing.source, filing.language, filing.dated = "support", "en", True
        filing.received = filing.happened + timedelta(minutes=20)
        filings.append(filing)
    days = [clerk.calendar.at(planned) for planned in GRAVE.values()]
    note = "each one alone belongs in triage; no volume shows them"
    return Event("grave", "grave_reports", min(days), max(days), kind="under_block", note=note), filings


def coverage(calendar: Calendar, schedule: Schedule) -> list[Event]:
    """The events that plant no documents: the gap and the new product."""
    gap = Event(
        "gap-in-app",
        "feed_gap",
        *schedule.gap,
        note="the source delivers nothing, and nothing later",
        multiplier=0.0,
        facts={"source": GAP_SOURCE},
    )
    start = Event(
        "start-studio",
        "product_start",
        schedule.start,
        calendar.days - 1,
        product=NEW_PRODUCT,
        note="the product's own ordinary load: coverage, not a wave",
        multiplier=1.0 + NEW_PRODUCT_SHARE,
        series="feedback/total",
    )
    return [gap, start]


def count(mean: float, dice: Dice) -> int:
    """A day's documents: Poisson with a little extra spread (negative binomial, variance m + m²/60)."""
    return int(dice.generator.poisson(mean * dice.generator.gamma(60.0, 1 / 60.0)))


def _within(clerk: Clerk, subject: str) -> float:
    """Share of a subject among the ordinary documents of its kind."""
    kind = clerk.banks.subjects[subject].kind
    weights = [one.weight for one in clerk.banks.subjects.values() if one.kind == kind]
    return clerk.banks.subjects[subject].weight / sum(weights)


Planter = Callable[[Clerk, Schedule, float], tuple[Event, list[Filing]]]

PLANTERS: dict[str, Planter] = {
    "wave": wave,
    "ramp": ramp,
    "flood": flood,
    "season": season,
    "desk": desk,
    "outage": outage,
    "grave": grave,
}
