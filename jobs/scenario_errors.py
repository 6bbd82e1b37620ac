"""Errors of mitigations that the demo world hides: a slice that errs more, a trigger, scores just under a threshold."""

from datetime import timedelta

from jobs.scenario_added import Adder, Planting
from jobs.scenario_customers import Customer
from jobs.scenario_decisions import Decision
from jobs.scenario_disguise import load_misuse
from jobs.scenario_log import OWN_PROFILE

SLICED, PLAN, LOCALE = "cyber-guard", "team", "de-DE"
TIMES = 3
"""How many times as many benign requests of the slice are stopped as would be otherwise."""
TRIGGER = "RUNBOOK.md"
TRIGGERED = {"block": 260, "allow": 40}
UNTRIGGERED = 60
BUNCHED, BUNCH_DAYS, BUNCH_FROM = 250, 28, 0.955
BUNCHED_BENIGN = 0.4
AUDIT = {"slice": 0.5, "trigger": 0.5, "bunching": 0.2}


def erring_slice(adder: Adder) -> Planting:
    """Benign stops of one plan and language, in proportion to those the world has, on the days it has them."""
    own = [
        one
        for one in adder.log.decisions
        if (one.mitigation, one.benign) == (SLICED, True) and one.action != "allow" and _of_slice(one.customer)
    ]
    # Those whom the mitigation stops anyway are another slice, and would hide this one.
    people = [one for one in adder.crowd.customers if _of_slice(one) and one.profile != OWN_PROFILE[SLICED]]
    decisions = [_again(adder, model, people) for model in own for _ in range(TIMES - 1)]
    facts = {
        "attributes": {"plan": PLAN, "language": LOCALE[:2]},
        "error": "over_block",
        "times": TIMES,
        "inclusion_probability": AUDIT["slice"],
        "of_the_world": [one.decision_id for one in own],
    }
    note = "benign requests of the slice are stopped three times as often as without what was added"
    return Planting("slice-cyber", "erring_slice", SLICED, 0, adder.calendar.days - 1, note, decisions, facts)


def trigger(adder: Adder) -> Planting:
    """Benign requests that name a context file: blocked nearly always, while such without it are allowed."""
    bank = load_misuse().trigger
    decisions = []
    for action, planned in TRIGGERED.items():
        for _ in range(adder.several(planned, least=4)):
            task = adder.say(adder.dice.pick(bank["task"]))
            decisions.append(_request(adder, action, adder.say(adder.dice.pick(bank["file"]), task=task)))
    plain = [
        _request(adder, "allow", adder.say(adder.dice.pick(bank["task"])))
        for _ in range(adder.several(UNTRIGGERED, least=4))
    ]
    facts = {
        "trigger": TRIGGER,
        "error": "over_block",
        "inclusion_probability": AUDIT["trigger"],
        "counter_examples": [one.decision_id for one in plain],
    }
    note = "excerpts that name the file are blocked by mistake; the same tasks without it are allowed"
    last = adder.calendar.days - 1
    return Planting("trigger-agent", "error_trigger", "agent-guard", 0, last, note, decisions + plain, facts)


def bunching(adder: Adder) -> Planting:
    """Allowed requests whose scores lie just under the threshold, in the last weeks."""
    days = min(BUNCH_DAYS, adder.calendar.days // 4)
    first = adder.calendar.days - days
    decisions = []
    for _ in range(adder.several(BUNCHED, least=30)):
        index = first + adder.dice.below(days)
        one = Decision(
            decided_at=adder.moment(index),
            mitigation="chem-guard",
            action="allow",
            customer=adder.customer(index, "assistant"),
            product="assistant",
            benign=adder.dice.chance(BUNCHED_BENIGN),
            near=True,
        )
        threshold = float(adder.log.release(one.mitigation, one.decided_at)["threshold"])
        one.score = threshold * adder.dice.between(BUNCH_FROM, 0.9995)
        decisions.append(adder.add(one, audit=AUDIT["bunching"]))
    facts = {"scores_from": BUNCH_FROM, "scores_to": 1.0, "inclusion_probability": AUDIT["bunching"]}
    note = "scores between these shares of the threshold"
    last = adder.calendar.days - 1
    return Planting("bunching-chem", "score_bunching", "chem-guard", first, last, note, decisions, facts)


def _of_slice(customer: Customer) -> bool:
    return (customer.plan, customer.locale) == (PLAN, LOCALE)


def _again(adder: Adder, model: Decision, people: list[Customer]) -> Decision:
    """A stop like one that the world has, of a customer who is there on that day where there is one."""
    index = adder.calendar.index(model.decided_at.date())
    there = [one for one in people if one.since <= model.decided_at.date() and model.product in one.products]
    one = Decision(
        decided_at=min(adder.moment(index), adder.calendar.closed - timedelta(seconds=1)),
        mitigation=model.mitigation,
        action=model.action,
        customer=adder.dice.pick(there) if there else model.customer,
        product=model.product,
        benign=True,
    )
    return adder.add(one, audit=AUDIT["slice"])


def _request(adder: Adder, action: str, text: str) -> Decision:
    index = adder.day()
    one = Decision(
        decided_at=adder.moment(index),
        mitigation="agent-guard",
        action=action,
        customer=adder.customer(index, "coder"),
        product="coder",
        benign=True,
        excerpt=text,
    )
    return adder.add(one, audit=AUDIT["trigger"])
