"""Conversations of the demo world: blocked requests put again in disguise, and people who ask something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.scenario_added import Adder, Planting
from jobs.scenario_customers import Customer
from jobs.scenario_decisions import Decision
from jobs.scenario_disguise import LANGUAGES, TECHNIQUES, Turn, load_misuse

EACH, RISING_EACH, FEWEST = 17, 60, 3
"""Conversations of a technique and mitigation, and of the one whose success rises."""
RISING = ("fraud-guard", "homoglyph")
SUCCESS, SUCCESS_AT_FIRST, SUCCESS_AT_LAST = 0.25, 0.08, 0.75
MOST_TRIES = 4
AUDIT = 0.25
REPEATERS, REPEATED = 24, 0.6
"""People who evade again and again, and their share of the conversations."""
HONEST = 60


@dataclass(frozen=True, slots=True)
class Attempt:
    """One conversation to be: who tries what, when."""

    mitigation: str
    technique: str
    customer: Customer
    index: int


def evasion_of(mitigation: str, adder: Adder) -> Planting:
    """Requests blocked for cause and put again in disguise until one gets through or the person gives up."""
    repeaters = [adder.customer(0, "assistant") for _ in range(adder.several(REPEATERS, least=3))]
    told: list[dict[str, Any]] = []
    decisions: list[Decision] = []
    for technique in TECHNIQUES:
        planned = RISING_EACH if (mitigation, technique) == RISING else EACH
        for _ in range(adder.several(planned, least=FEWEST)):
            index = adder.day()
            again = adder.dice.chance(REPEATED)
            customer = adder.dice.pick(repeaters) if again else adder.customer(index, "assistant")
            turns = _episode(adder, Attempt(mitigation, technique, customer, index))
            told.append(_told(technique, turns))
            decisions += turns
    rising = RISING[1] if mitigation == RISING[0] else None
    facts = {"techniques": list(TECHNIQUES), "success": SUCCESS, "rising_technique": rising}
    if rising:
        facts |= {"rising_from": SUCCESS_AT_FIRST, "rising_to": SUCCESS_AT_LAST}
    note = "the first request of a conversation is blocked, each further one is a try; an allowed try is a success"
    place = (0, adder.calendar.days - 1)
    name = f"evasion-{mitigation}"
    return Planting(name, "evasion", mitigation, *place, note, decisions, facts | {"conversations": told})


def evasion_fraud(adder: Adder) -> Planting:
    """Evasion of the fraud filter; one technique works ever better."""
    return evasion_of("fraud-guard", adder)


def evasion_cyber(adder: Adder) -> Planting:
    """Evasion of the cyber classifier."""
    return evasion_of("cyber-guard", adder)


def honest(adder: Adder) -> Planting:
    """People blocked by mistake who go on to something else: conversations that are no evasion."""
    decisions: list[Decision] = []
    for number in range(adder.several(HONEST, least=4)):
        mitigation = ("fraud-guard", "cyber-guard")[number % 2]
        index = adder.day()
        first = _first(adder, mitigation, adder.customer(index, "assistant"), index, benign=True)
        first.excerpt = adder.prompt(first)
        usual = adder.say(adder.dice.pick(load_misuse().usual))
        then = adder.later(first, action="allow", excerpt=usual)
        decisions += [adder.add(one, audit=AUDIT) for one in (first, then)]
    note = "a benign request is blocked and the person asks for something else, which is allowed: no evasion"
    return Planting("conversations-honest", "honest_retry", "", 0, adder.calendar.days - 1, note, decisions)


def _episode(adder: Adder, attempt: Attempt) -> list[Decision]:
    ask = adder.dice.pick(load_misuse().asks[attempt.mitigation])
    said = adder.say(adder.dice.pick(ask.wordings))
    first = _first(adder, attempt.mitigation, attempt.customer, attempt.index, benign=False)
    first.excerpt = said
    turns = [adder.add(first, audit=AUDIT)]
    for step in range(1 + adder.dice.below(MOST_TRIES)):
        through = adder.dice.chance(success(adder, attempt))
        text = TECHNIQUES[attempt.technique](Turn(adder, ask, said, step))
        language = LANGUAGES[step % len(LANGUAGES)] if attempt.technique == "language_switch" else ""
        action = "allow" if through else "block"
        one = adder.later(turns[-1], action=action, near=through, excerpt=text, language=language)
        turns.append(adder.add(one, audit=AUDIT))
        if through:
            break
    return turns


def _first(adder: Adder, mitigation: str, customer: Customer, index: int, *, benign: bool) -> Decision:
    return Decision(
        decided_at=adder.moment(index),
        mitigation=mitigation,
        action="block",
        customer=customer,
        product="assistant",
        benign=benign,
        conversation_id=f"conv_{adder.dice.hexadecimal(12)}",
    )


def success(adder: Adder, attempt: Attempt) -> float:
    """The chance that one try gets through."""
    if (attempt.mitigation, attempt.technique) != RISING:
        return SUCCESS
    first, last = adder.calendar.at(60), adder.calendar.days - 1
    risen = min(max((attempt.index - first) / (last - first), 0.0), 1.0)
    return SUCCESS_AT_FIRST + (SUCCESS_AT_LAST - SUCCESS_AT_FIRST) * risen


def _told(technique: str, turns: Sequence[Decision]) -> dict[str, Any]:
    return {
        "conversation_id": turns[0].conversation_id,
        "customer_id": turns[0].customer.id,
        "technique": technique,
        "day": turns[0].decided_at.date().isoformat(),
        "tries": len(turns) - 1,
        "success": turns[-1].action == "allow",
    }
