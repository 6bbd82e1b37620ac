"""Roll-ups of themes, and which continues which."""

import numpy as np
import pytest

from topics.hierarchy import MOST_GROUPS, carried, grouped


def leaves(families, each, *, spread=0.5, seed=0):
    """Unit centroids: `each` round every one of `families` directions, all leaning one common way."""
    rng = np.random.default_rng(seed)
    common = 2 * rng.normal(size=384)
    centres = rng.normal(size=(families, 384))
    rows = common + np.repeat(centres, each, axis=0) + spread * rng.normal(size=(families * each, 384))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_leaves_of_a_family_are_under_one_heading_whatever_all_share():
    found = grouped(leaves(4, 3), [10] * 12)
    assert len(set(found)) == 4 and all(len(set(found[start : start + 3])) == 1 for start in range(0, 12, 3))


def test_a_leaf_unlike_all_others_stands_alone():
    found = grouped(np.vstack([leaves(3, 3), leaves(1, 1, seed=7)]), [10] * 10)
    assert found[-1] == -1 and (found[:-1] >= 0).all()


def test_groups_are_numbered_by_their_documents():
    assert grouped(leaves(3, 2), [1, 1, 5, 5, 9, 9]).tolist() == [2, 2, 1, 1, 0, 0]


@pytest.mark.parametrize("k", [0, 1, 5])
def test_few_leaves_need_no_headings(k):
    assert grouped(leaves(1, 8)[:k], [3] * k).tolist() == [-1] * k


def test_there_are_never_more_headings_than_one_reads():
    assert len(set(grouped(leaves(40, 3), [5] * 120)) - {-1}) <= MOST_GROUPS


def test_identical_centroids_are_one_group():
    assert set(grouped(np.tile(leaves(1, 1), (8, 1)), [1] * 8)) <= {-1, 0}


def test_leaves_that_were_together_stay_so_where_the_vectors_hardly_say():
    table = leaves(4, 3, spread=2.0)
    loose = grouped(table, [10] * 12)
    held = grouped(table, [10] * 12, before=np.repeat(np.arange(4), 3).tolist())
    same = np.repeat(np.arange(4), 3)
    together = same[:, None] == same[None, :]

    def share(found):
        return float(((found[:, None] == found[None, :]) & (found >= 0)[:, None])[together].mean())

    assert share(held) >= share(loose)


def test_a_roll_up_is_carried_by_its_leaves():
    before = {"T0020": {"T0001", "T0002", "T0003"}, "T0021": {"T0004", "T0005"}}
    assert carried([{"T0004", "T0005", "T0009"}, {"T0001", "T0002"}], before, {}) == ["T0021", "T0020"]


def test_of_two_halves_the_larger_carries_the_roll_up():
    before = {"T0020": {"T0001", "T0002", "T0003", "T0004"}}
    sizes = {"T0001": 5, "T0002": 5, "T0003": 50, "T0004": 50}
    assert carried([{"T0001", "T0002"}, {"T0003", "T0004"}], before, sizes) == [None, "T0020"]


def test_a_group_of_other_leaves_is_new():
    assert carried([{"T0007", "T0008"}], {"T0020": {"T0001", "T0002"}}, {}) == [None]
    assert carried([], {"T0020": {"T0001"}}, {}) == [] and carried([{"T0001"}], {}, {}) == [None]
