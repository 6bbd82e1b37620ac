"""Draws of known chance: totals are unbiased, later draws extend earlier ones, nobody soaks up the budget."""

import numpy as np
import pandas as pd
import pytest

from mitigations.sampling import (
    BadBudget,
    Design,
    Floats,
    active_sizes,
    balanced,
    capped,
    codes,
    draw,
    even_sizes,
    permanent_numbers,
)

WORLDS = 4000
ITEMS = 240


@pytest.fixture(scope="module")
def stream() -> pd.DataFrame:
    """Six weeks of documents, more each week, with a calibrated probability of being `true` (0 or 1)."""
    rng = np.random.default_rng(5)
    probability = rng.beta(0.5, 1.2, ITEMS)
    return pd.DataFrame(
        {
            "item_id": [f"d{number:04d}" for number in range(ITEMS)],
            "probability": probability,
            "true": (rng.random(ITEMS) < probability).astype(float),
            "stratum": [f"2026-W{10 + week}" for week in rng.choice(6, ITEMS, p=np.arange(1, 7) / 21)],
            "reporter": rng.choice([*"abcdefghijklmnopqrstuvwxyz"], ITEMS),
            "template": None,
        }
    )


def horvitz_thompson(stream: pd.DataFrame, numbers: Floats, sizes: list[Floats], budgets: list[int]) -> Floats:
    """Totals of true ones by week, from draws one after the other, each with its own sizes."""
    earlier = np.zeros(len(stream))
    for size, budget in zip(sizes, budgets, strict=True):
        found = draw(numbers, size, budget, earlier=earlier)
        assert len(found.chosen) == budget
        taken = earlier > 0
        taken[found.chosen] = True
        earlier = np.where(taken, found.inclusion, 0.0)
    weight = np.divide(1.0, earlier, out=np.zeros_like(earlier), where=earlier > 0)
    return np.bincount(codes(stream["stratum"]), weights=weight * stream["true"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("budgets", "changing"), [([40], False), ([20, 20], False), ([15, 10, 15], False), ([25, 25], True)]
)
def test_totals_are_unbiased_over_single_and_extended_draws(
    stream: pd.DataFrame, budgets: list[int], changing: bool
) -> None:
    rng = np.random.default_rng(11)
    sizes = [active_sizes(stream, Design()) for _ in budgets]
    if changing:
        sizes[1] = active_sizes(stream.assign(probability=stream["probability"] ** 1.5), Design())
    worlds = np.array(
        [horvitz_thompson(stream, rng.random(ITEMS), sizes, budgets) for _ in range(WORLDS)], dtype=np.float64
    )
    truth = np.bincount(codes(stream["stratum"]), weights=stream["true"])
    error = (worlds.mean(0) - truth) / (worlds.std(0) / np.sqrt(WORLDS))
    assert np.abs(error).max() < 3.5, error
    assert abs(worlds.sum(1).mean() / truth.sum() - 1) < 0.01


def test_every_item_is_drawn_as_often_as_its_probability_says(stream: pd.DataFrame) -> None:
    rng = np.random.default_rng(3)
    sizes = active_sizes(stream, Design())
    counted, said = np.zeros(ITEMS), np.zeros(ITEMS)
    for _ in range(WORLDS):
        found = draw(rng.random(ITEMS), sizes, 60)
        counted[found.chosen] += 1
        said += found.inclusion
    assert np.abs(counted - said).max() / WORLDS < 0.04
    assert abs(said.sum() / WORLDS - 60) < 1.5


def test_the_same_state_gives_the_same_draw_and_more_extends_it(stream: pd.DataFrame) -> None:
    numbers = permanent_numbers(stream["item_id"], seed=7)
    sizes = active_sizes(stream, Design())
    first = draw(numbers, sizes, 30)
    again = draw(permanent_numbers(stream["item_id"], seed=7), sizes, 30)
    assert first.chosen.tolist() == again.chosen.tolist()
    taken = np.zeros(ITEMS)
    taken[first.chosen] = first.inclusion[first.chosen]
    second = draw(numbers, sizes, 20, earlier=taken)
    at_once = draw(numbers, sizes, 50)
    assert {*first.chosen.tolist(), *second.chosen.tolist()} == {*at_once.chosen.tolist()}
    assert np.allclose(second.inclusion, at_once.inclusion)
    assert (second.inclusion >= taken).all()


def test_another_seed_is_another_draw_and_numbers_are_even() -> None:
    ids = pd.Series([f"x{number}" for number in range(20_000)])
    one, other = permanent_numbers(ids, seed=1), permanent_numbers(ids, seed=2)
    assert ((one > 0) & (one < 1)).all()
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert np.abs(np.histogram(one, bins=20, range=(0, 1))[0] / 1000 - 1).max() < 0.12


def test_a_part_of_a_draw_is_a_draw(stream: pd.DataFrame) -> None:
    numbers, sizes = permanent_numbers(stream["item_id"], seed=7), active_sizes(stream, Design())
    assert draw(numbers, sizes, 12).chosen.tolist() == draw(numbers, sizes, 40).chosen.tolist()[:12]


def test_doubtful_items_are_drawn_more_often_and_none_never(stream: pd.DataFrame) -> None:
    sizes = active_sizes(stream.assign(reporter=None, stratum="w"), Design(floor=0.3))
    doubt = stream["probability"] * (1 - stream["probability"])
    assert sizes[doubt > 0.2].mean() > 1.5 * sizes[doubt < 0.05].mean()
    assert sizes.min() > 0.3 / ITEMS * 0.99 and sizes.sum() == pytest.approx(1)


def test_a_borderline_flood_gets_no_more_than_its_cap() -> None:
    rng = np.random.default_rng(2)
    honest = pd.DataFrame({"probability": rng.beta(0.3, 2, 900), "reporter": None, "template": None})
    flood = pd.DataFrame({"probability": 0.5, "reporter": "tool", "template": [f"t{n % 40}" for n in range(600)]})
    puppets = pd.DataFrame({"probability": 0.5, "reporter": [f"p{n}" for n in range(300)], "template": "one"})
    items = pd.concat([honest, flood, puppets], ignore_index=True).assign(stratum="2026-W10")
    sizes = active_sizes(items, Design(cap=0.05))
    found = draw(permanent_numbers(pd.Series(items.index.astype(str)), seed=4), sizes, 100)
    for share in (sizes, found.inclusion / found.inclusion.sum()):
        assert share[items["reporter"] == "tool"].sum() < 0.0501
        assert share[items["template"] == "one"].sum() < 0.0501
    assert found.inclusion.min() > 0
    free = active_sizes(items, Design(cap=1.0))
    assert free[900:].sum() > 0.5


def test_few_groups_are_allowed_twice_their_fair_share() -> None:
    groups = np.array([0] * 90 + [1] * 5 + [2] * 5)
    shares = np.bincount(groups, weights=capped(np.ones(100), [groups], most=0.05))
    assert shares.max() < 2 / 3 + 1e-9 and shares.min() > 0.15


def test_strata_get_two_thirds_powers_of_their_weight() -> None:
    stratum = np.array([0] * 800 + [1] * 100)
    shares = np.bincount(stratum, weights=balanced(np.ones(900), stratum))
    assert shares[0] / shares[1] == pytest.approx(4)
    assert even_sizes(pd.Series(["a", "a", "b"]))[0] == even_sizes(pd.Series(["a", "a", "b"]))[1]


def test_a_budget_beyond_the_population_takes_everything() -> None:
    found = draw(np.array([0.4, 0.2]), np.array([0.5, 0.5]), 10)
    assert sorted(found.chosen.tolist()) == [0, 1] and found.inclusion.tolist() == [1.0, 1.0]
    assert not len(draw(np.zeros(0), np.zeros(0), 10).chosen)
    with pytest.raises(BadBudget, match="expected a number of items of 0 or more, got -1"):
        draw(np.array([0.4]), np.array([1.0]), -1)
