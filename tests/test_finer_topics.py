"""Finer topics: a part is set apart where it is a subject of its own, and not where one word holds all together."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from topics.finer import refined


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def corpus(*, apart, seed=0):
    """200 rows of one direction and 200 of another; the first 100 lie `apart` from the second 100."""
    rng = np.random.default_rng(seed)
    first, second, own, other = np.eye(64)[:4]
    centres = np.repeat([first + apart * own, first + apart * other, second, second], 100, axis=0)
    return unit(centres + 0.05 * rng.normal(size=(400, 64)))


WHOLE = np.repeat([0, 0, 1, 1], 100)
CUT = np.repeat([0, 1, 2, 2], 100)
PARTS_ONLY = np.repeat([0, 1, -1, -1], 100)


def words(*held):
    """Which row holds which word: each word in a share of the first 200 rows, (400, w)."""
    table = np.zeros((400, len(held)))
    for column, (start, end) in enumerate(held):
        table[start:end, column] = 1
    return csr_matrix(table)


def test_parts_that_point_elsewhere_are_groups_of_their_own():
    found = refined(corpus(apart=0.8), [PARTS_ONLY, WHOLE], size=10)
    assert len(np.unique(found)) == 3
    assert len({found[0], found[150], found[300]}) == 3


def test_parts_that_hardly_differ_stay_together():
    assert refined(corpus(apart=0.1), [PARTS_ONLY, WHOLE], size=10).tolist() == WHOLE.tolist()


def test_without_finer_layers_the_chosen_one_stays():
    assert refined(corpus(apart=0.8), [CUT, WHOLE], size=10).tolist() == CUT.tolist()
    nothing = np.full(400, -1)
    assert refined(corpus(apart=0.8), [nothing], size=10).tolist() == nothing.tolist()


def test_a_word_that_most_of_a_group_holds_keeps_its_parts_together():
    vectors = corpus(apart=0.8)
    shared = refined(vectors, [PARTS_ONLY, WHOLE], size=10, words=words((0, 200)))
    assert shared.tolist() == WHOLE.tolist()
    own = refined(vectors, [PARTS_ONLY, WHOLE], size=10, words=words((0, 95), (100, 195)))
    assert len(np.unique(own)) == 3


def test_a_part_that_does_not_say_the_word_of_its_group_is_set_apart():
    vectors = corpus(apart=0.8)
    found = refined(vectors, [np.repeat([-1, 0, -1, -1], 100), WHOLE], size=10, words=words((0, 120)))
    assert (found[100:200] == 2).all() and (found[:100] == 0).all()


def test_what_is_left_of_a_group_with_too_few_rows_is_no_group():
    vectors = corpus(apart=0.8)
    most = np.where(np.arange(400) < 95, 0, np.where((np.arange(400) >= 100) & (np.arange(400) < 200), 1, -1))
    found = refined(vectors, [most, WHOLE], size=10)
    assert (found[95:100] == -1).all() and len(np.unique(found[found >= 0])) == 3


def test_a_sentence_that_many_send_is_no_subject():
    vectors = corpus(apart=0.8)
    vectors[:100] = vectors[0]
    found = refined(vectors, [np.repeat([0, -1, -1, -1], 100), WHOLE], size=10)
    assert found.tolist() == WHOLE.tolist()


def test_of_two_cuts_through_the_same_rows_only_one_is_made():
    vectors = corpus(apart=0.8)
    half = np.where(np.arange(400) < 50, 0, np.where(np.arange(400) < 100, 1, -1))
    found = refined(vectors, [half, PARTS_ONLY, WHOLE], size=10)
    assert len(np.unique(found[:100])) == 1


@pytest.mark.parametrize("seed", [0, 1])
def test_the_answer_does_not_depend_on_the_order_in_which_groups_are_numbered(seed):
    vectors = corpus(apart=0.8, seed=seed)
    one = refined(vectors, [PARTS_ONLY, WHOLE], size=10)
    other = refined(vectors, [np.where(PARTS_ONLY >= 0, 1 - PARTS_ONLY, -1), 1 - WHOLE], size=10)
    same = [(one[:, None] == one).tolist(), (other[:, None] == other).tolist()]
    assert same[0] == same[1]
