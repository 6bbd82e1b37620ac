"""What the demo hides in its decision log, beside the world: evasion, strange accounts, errors with a cause."""

from typing import Any

from jobs.scenario_accounts import jumps, linked_letters, linked_logins
from jobs.scenario_added import Adder, Hider, Planting, truth
from jobs.scenario_banks import Banks
from jobs.scenario_conversations import evasion_cyber, evasion_fraud, honest
from jobs.scenario_decisions import Decision
from jobs.scenario_errors import bunching, erring_slice, trigger
from jobs.scenario_log import Log

HIDERS: dict[str, Hider] = {
    "evasion-fraud-guard": evasion_fraud,
    "evasion-cyber-guard": evasion_cyber,
    "conversations-honest": honest,
    "bunching-chem": bunching,
    "accounts-jump": jumps,
    "linked-letters": linked_letters,
    "linked-logins": linked_logins,
    "trigger-agent": trigger,
    "slice-cyber": erring_slice,
}


def hide(log: Log, banks: Banks, *, seed: int) -> tuple[list[Decision], list[dict[str, Any]]]:
    """Decisions to be added to a finished log, and the truth of each planting; the log itself is left as it is."""
    adder = Adder(log, banks, seed)
    plantings: list[Planting] = [hider(adder) for hider in HIDERS.values()]
    return [one for planting in plantings for one in planting.decisions], [truth(one, adder) for one in plantings]
