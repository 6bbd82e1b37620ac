"""What people did afterwards in the demo world: appeals against decisions and labels of documents."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from jobs.dates import stamp
from jobs.scenario_calendar import Calendar
from jobs.scenario_decisions import Decision
from jobs.scenario_dice import Dice
from jobs.scenario_filings import Clerk, Filing
from jobs.scenario_reference import MITIGATIONS
from jobs.scenario_text import Composer

APPEAL_AFTER_REPORT = 0.22
APPEAL_ALONE = 0.006
OPEN_SHARE = 0.06
OVERTURNED = {True: 0.85, False: 0.06}
LABELS = 300
LABEL_NOISE = 0.03
LABELLERS = ("analyst-1", "analyst-2", "analyst-3")
DOMAIN = {entry["id"]: entry["harm_domain"] for entry in MITIGATIONS}


def make_appeals(
    decisions: Sequence[Decision], calendar: Calendar, clerk: Clerk, composer: Composer
) -> list[dict[str, Any]]:
    """Appeals against stops; closing one records a truth on a decision that no audit has judged."""
    dice = clerk.dice
    rows = []
    for decision in decisions:
        if decision.action == "allow":
            continue
        if not dice.chance(APPEAL_AFTER_REPORT if decision.filing else APPEAL_ALONE):
            continue
        filed = decision.decided_at + timedelta(hours=1 + 90 * dice.unit() ** 2)
        if filed < calendar.closed:
            rows.append(_appeal(decision, filed, calendar, composer, clerk))
    return sorted(rows, key=_filed)


def _appeal(
    decision: Decision, filed: datetime, calendar: Calendar, composer: Composer, clerk: Clerk
) -> dict[str, Any]:
    dice = clerk.dice
    closed = filed + timedelta(hours=10 + 300 * dice.unit())
    outcome = "overturned" if dice.chance(OVERTURNED[decision.benign]) else "upheld"
    if closed >= calendar.closed or dice.chance(OPEN_SHARE):
        outcome = "open"
    elif not decision.truth:
        decision.truth = "benign" if outcome == "overturned" else "harmful"
        decision.truth_source = "appeal"
    by_request = dice.chance(0.25)
    return {
        "filed_at": stamp(filed),
        "decision_id": "" if by_request else decision.decision_id,
        "request_id": decision.request_id,
        "customer_id": decision.customer.id,
        "outcome": outcome,
        "closed_at": "" if outcome == "open" else stamp(closed),
        "text": composer.compose(decision.filing or _occasion(decision, clerk), personal=False),
    }


def _occasion(decision: Decision, clerk: Clerk) -> Filing:
    """A document that was never filed, to write the appeal's text from."""
    domain = DOMAIN[decision.mitigation]
    fitting = [
        one
        for one in clerk.banks.subjects.values()
        if (one.kind, one.harm_domain) == ("over_block", domain) and one.weight > 0
    ]
    index = clerk.calendar.index(decision.decided_at.date())
    filing = clerk.file(clerk.dice.pick(fitting), max(index, 0), product=decision.product)
    filing.customer, filing.source, filing.request_id = decision.customer, "support", decision.request_id
    return filing


def make_labels(
    filings: Sequence[Filing], calendar: Calendar, kinds: Sequence[str], dice: Dice
) -> list[dict[str, Any]]:
    """A simple random sample of received documents, labelled by people who err now and then."""
    size = min(LABELS, len(filings) // 3)
    chosen = sorted(dice.generator.choice(len(filings), size=size, replace=False).tolist())
    rows = []
    for at in chosen:
        filing = filings[at]
        wrong = dice.chance(LABEL_NOISE)
        when = min(filing.received + timedelta(days=1 + dice.below(9)), calendar.closed - timedelta(hours=1))
        rows.append(
            {
                "document_id": filing.id,
                "field": "kind",
                "value": dice.pick(kinds) if wrong else filing.subject.kind,
                "labeller": dice.pick(LABELLERS),
                "labelled_at": stamp(when),
                "inclusion_probability": round(size / len(filings), 6),
            }
        )
    return rows


def _filed(row: dict[str, Any]) -> tuple[str, str]:
    return row["filed_at"], row["request_id"]
