"""Subjects that are new: density against the weeks before, distinct voices, apart from what stands."""

import numpy as np
import pandas as pd
import pytest

from topics.novelty import Ground, loose_level, newborn, newborns
from topics.novelty_copies import wordings
from topics.novelty_scan import Bar, Crowd, grown, places

D = 48


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def subject(number):
    """The direction of a subject: the same number, the same direction."""
    return unit(np.random.default_rng(1000 + number).normal(size=D))


def around(centre, count, *, spread=0.5, seed=0):
    noise = np.random.default_rng(seed).normal(size=(count, D)) / np.sqrt(D)
    return unit(centre + spread * 2 * noise)


class World:
    """Weeks of documents that fit no theme, thirty subjects alike on every day, and what a test puts in."""

    def __init__(self):
        rng = np.random.default_rng(7)
        self.rows, self.vectors = [], []
        for number in range(30):
            self.add(around(subject(number), 30, spread=0.9, seed=number), ages=rng.uniform(0, 35, 30))

    def add(self, vectors, *, ages, reporters=None, templates=None, domain="none"):
        for place, (vector, age) in enumerate(zip(vectors, ages, strict=True)):
            name = f"d{len(self.rows):04d}"
            reporter = reporters[place] if reporters else name
            template = templates[place] if templates else name
            self.rows.append((name, reporter, template, float(age), domain, 0.3))
            self.vectors.append(vector)
        return list(range(len(self.rows) - len(vectors), len(self.rows)))

    @property
    def pool(self):
        names = ["document_id", "reporter", "template", "age", "harm_domain", "similarity"]
        return pd.DataFrame(self.rows, columns=names).astype({"reporter": object})

    def births(self, *, standing=(), closed=(), threshold=0.0, **others):
        ground = Ground(_stacked(standing), _stacked(closed), threshold)
        return newborns(self.pool, np.stack(self.vectors), ground, **others)


def _stacked(rows):
    return np.stack(rows) if len(rows) else np.zeros((0, D), dtype=np.float32)


@pytest.fixture
def world():
    return World()


def recent(count):
    return np.linspace(0, 2.5, count)


def test_weeks_in_which_nothing_is_new_bear_nothing(world):
    assert world.births() == []


def test_a_subject_of_the_last_three_days_is_born_with_its_documents(world):
    new = world.add(around(subject(99), 12), ages=recent(12))
    (one,) = world.births(standing=[subject(number) for number in range(30)])
    assert set(one.rows.tolist()) <= set(new) and len(one.rows) >= 9
    assert float(one.centroid @ subject(99)) > 0.9
    assert one.domain is None and one.evidence["before"] <= 1 and one.evidence["false_births"] < 0.01
    assert one.evidence["reporters"] == one.evidence["documents"] == len(one.rows)


def test_what_was_as_dense_before_is_no_news(world):
    world.add(around(subject(99), 60, seed=1), ages=np.linspace(3, 34, 60))
    world.add(around(subject(99), 8, seed=2), ages=recent(8))
    assert world.births() == []


def test_copies_of_one_reporter_cannot_buy_a_birth(world):
    world.add(around(subject(99), 40), ages=recent(40), reporters=["bot"] * 40)
    assert world.births() == []


def test_one_template_of_unknown_reporters_cannot_buy_a_birth(world):
    world.add(around(subject(99), 40), ages=recent(40), reporters=[None] * 40, templates=["form"] * 40)
    assert world.births() == []


def test_a_flood_does_not_hide_the_honest_beside_it(world):
    world.add(around(subject(99), 150, spread=0.1), ages=recent(150), reporters=["bot"] * 150)
    honest = world.add(around(subject(99), 14, seed=3), ages=recent(14))
    (one,) = world.births()
    assert len(set(one.rows.tolist()) & set(honest)) >= 9


def test_what_stands_is_not_born_again(world):
    world.add(around(subject(99), 20), ages=recent(20))
    assert world.births(standing=[subject(99)]) == []


def test_what_ended_lately_is_not_born_again(world):
    world.add(around(subject(99), 20), ages=recent(20))
    assert world.births(closed=[subject(99)]) == []


def test_what_could_not_hold_its_documents_is_no_theme(world):
    world.add(around(subject(99), 12), ages=recent(12))
    assert world.births(threshold=0.95) == []


def test_two_new_subjects_are_two_births(world):
    first = world.add(around(subject(98), 15), ages=recent(15))
    second = world.add(around(subject(99), 15, seed=4), ages=recent(15))
    found = [set(one.rows.tolist()) for one in world.births()]
    assert len(found) == 2
    assert any(rows <= set(first) for rows in found) and any(rows <= set(second) for rows in found)


def test_a_small_domain_is_judged_by_itself(world):
    """Beside many reports of billing that look alike, five of biology are news within biology only."""
    near = unit(subject(99) + 0.9 * subject(98))
    world.add(around(subject(98), 150, seed=5), ages=np.linspace(0, 34, 150), domain="none")
    world.add(around(subject(50), 12, spread=0.9, seed=6), ages=np.linspace(7.5, 34, 12), domain="biological")
    small = world.add(around(near, 5, spread=0.35, seed=7), ages=recent(5), domain="biological")
    weights = {"biological": 4.0}
    found = world.births(weights=weights)
    assert [one.domain for one in found] == ["biological"]
    assert set(found[0].rows.tolist()) == set(small)


def test_a_neighbour_of_before_the_window_is_no_member(world):
    """A sibling had two documents a day all along; today's news keeps today's documents only."""
    old = world.add(around(unit(subject(99) + 0.3 * subject(98)), 70, seed=8), ages=np.linspace(1.1, 34, 70))
    new = world.add(around(subject(99), 14, spread=0.4), ages=np.linspace(0, 0.9, 14))
    (one,) = world.births()
    assert one.evidence["window_days"] == 1
    assert set(one.rows.tolist()) <= set(new) and not set(one.rows.tolist()) & set(old)


def test_few_documents_are_as_dense_as_many_of_their_kind(world):
    """Density is of the subject: a handful does not look thinner than it will be."""
    many = around(subject(99), 2000)
    new = world.add(many[:8], ages=recent(8))
    (one,) = world.births(threshold=0.69)
    assert set(one.rows.tolist()) <= set(new)
    assert one.evidence["density"] == pytest.approx(float((many @ unit(many.mean(axis=0))).mean()), abs=0.03)


def test_a_silent_day_of_a_small_domain_is_no_news_of_its_one_subject(world):
    """Seven of the domain's eight documents of today are of the subject that has two a day; the others are silent."""
    world.add(around(subject(60), 62, seed=9), ages=np.linspace(1.1, 34, 62), domain="fraud")
    world.add(unit(np.random.default_rng(10).normal(size=(150, D))), ages=np.linspace(1.1, 34, 150), domain="fraud")
    world.add(around(subject(60), 7, seed=11), ages=np.linspace(0, 0.9, 7), domain="fraud")
    assert world.births(weights={"fraud": 4.0}) == []


def test_the_same_pool_bears_the_same_whatever_its_order(world):
    new = world.add(around(subject(99), 12), ages=recent(12))
    pool, vectors = world.pool, np.stack(world.vectors)
    order = np.random.default_rng(0).permutation(len(pool))
    one = newborn(pool, vectors, Ground(_stacked([])))
    other = newborn(pool.iloc[order].reset_index(drop=True), vectors[order], Ground(_stacked([])))
    assert one is not None and other is not None
    assert set(one.rows.tolist()) == set(order[other.rows].tolist()) <= set(new)


def test_an_empty_pool_bears_nothing():
    empty = World().pool.iloc[:0]
    assert newborns(empty, np.zeros((0, D), dtype=np.float32), Ground(_stacked([]))) == []


def test_the_loose_level_leaves_its_share_below():
    assert (np.arange(100) < loose_level(np.arange(100.0), share=0.35)).sum() == 35
    assert loose_level([]) == 0.0


def test_growth_of_a_window_counts_recent_for_each_before():
    assert grown(np.array([0.5, 2.0, 5.0, 9.0, 20.0]), 3) == pytest.approx(2 / 3)


def test_a_place_is_no_larger_than_its_news():
    rng = np.random.default_rng(3)
    vectors = np.vstack([around(subject(0), 6, spread=0.2), unit(rng.normal(size=(300, D)))])
    age = np.concatenate([np.full(6, 0.5), rng.uniform(3, 30, 300)])
    codes = np.arange(306)
    best = places(Crowd(vectors, age, codes, codes), Bar())[0]
    assert set(best.rows.tolist()) == set(range(6)) and best.before == 0 and best.voices == 6


def test_false_births_of_quiet_worlds_stay_within_the_budget():
    """Uniform times: nothing is ever new."""
    born = 0
    for seed in range(4):
        world = World()
        ages = np.random.default_rng(seed).permutation([row[3] for row in world.rows])
        world.rows = [(*row[:3], float(age), *row[4:]) for row, age in zip(world.rows, ages, strict=True)]
        born += len(world.births())
    assert born == 0


LONG = "the filter blocked my perfectly ordinary request about gardening soil chemistry for the school project"


def test_claims_with_nearly_the_same_words_are_one_wording():
    varied = [LONG, LONG.replace("gardening", "farming"), LONG + " yesterday", "something else " * 8]
    assert wordings(varied).tolist() == [0, 0, 0, 3]


def test_short_claims_are_one_wording_only_if_equal():
    assert wordings(["refund me now", "refund me", "refund me now"]).tolist() == [0, 1, 0]
