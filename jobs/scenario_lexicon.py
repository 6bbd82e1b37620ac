"""Values of the slots every phrase bank may use: numbers, names, the shared lexicon."""

from collections.abc import Callable

from jobs.scenario_banks import Phrases
from jobs.scenario_dice import Dice
from jobs.scenario_parts import version
from jobs.scenario_personal import person

NUMBERS: dict[str, Callable[[Dice], str]] = {
    "n": lambda dice: str(2 + dice.below(8)),
    "n_big": lambda dice: str(11 + dice.below(470)),
    "minutes": lambda dice: str(5 * (1 + dice.below(12))),
    "hours": lambda dice: str(2 + dice.below(12)),
    "percent": lambda dice: str(3 + dice.below(90)),
    "money": lambda dice: f"{dice.pick('$€£')}{5 + dice.below(395)}{dice.pick(('', '.00', '.99'))}",
    "version": version,
    "page": lambda dice: str(2 + dice.below(300)),
    "person": person,
}


class Lexicon:
    """Fills slots from numbers and the shared lexicon."""

    def __init__(self, phrases: Phrases, dice: Dice) -> None:
        self._phrases, self._dice = phrases, dice

    def word(self, name: str) -> str:
        """A value for a slot; KeyError where no bank has the name."""
        if name in NUMBERS:
            return NUMBERS[name](self._dice)
        return self._dice.pick(self._phrases[name]).render(self._dice, self.word)
