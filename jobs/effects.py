"""The step of a run after detection: what releases did, and what came of actions on alerts."""

from jobs import effect_checks, effect_releases
from jobs.store import Store


def run(store: Store, *, as_of: str) -> int:
    """Judge every release anew, and check each closed alert that is due. Returns the rows written."""
    return effect_releases.run(store, as_of=as_of) + effect_checks.run(store, as_of=as_of)


def due(store: Store, *, as_of: str) -> bool:
    """Whether an action is to be checked: what people do is no input of a run."""
    return bool(effect_checks.due(store, as_of=as_of))
