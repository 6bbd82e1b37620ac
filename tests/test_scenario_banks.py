"""The demo's phrase banks and their template language."""

import numpy as np
import pytest

from jobs.scenario_banks import load_banks
from jobs.scenario_dice import Dice
from jobs.scenario_grammar import parse
from jobs.scenario_lexicon import NUMBERS


def test_every_subject_has_many_phrasings() -> None:
    subjects = [one for one in load_banks().subjects.values() if one.weight > 0]
    rich = [one for one in subjects if len(one.phrases["claim"]) + len(one.phrases["terse"]) >= 10]
    assert len(rich) >= 60
    assert len(rich) == len(subjects)


@pytest.mark.parametrize("subject", sorted(load_banks().subjects))
def test_every_slot_of_a_subject_is_known(subject: str) -> None:
    banks = load_banks()
    entry = banks.subjects[subject]
    known = {*entry.slots, *banks.lexicon, *NUMBERS, "product"}
    used: set[str] = set()
    dice = Dice(np.random.default_rng(0))
    for phrases in (entry.phrases, entry.slots, entry.translations):
        for template in (one for some in phrases.values() for one in some):
            for _ in range(8):
                template.render(dice, lambda name: used.add(name) or "word")  # type: ignore[func-returns-value]
    assert used <= known


@pytest.mark.parametrize(
    ("phrase", "possible"),
    [
        ("plain", {"plain"}),
        ("[a|b] c", {"a c", "b c"}),
        ("x[y|]", {"xy", "x"}),
        ("[a [b|c]|d]", {"a b", "a c", "d"}),
        ("[no choice] {slot}", {"[no choice] S"}),
        ("one\\ntwo", {"one\ntwo"}),
    ],
)
def test_template_renders_all_its_choices_and_nothing_else(phrase: str, possible: set[str]) -> None:
    dice = Dice(np.random.default_rng(1))
    template = parse(phrase)
    assert {template.render(dice, lambda name: name[0].upper()) for _ in range(60)} == possible
