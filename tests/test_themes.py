"""Theme ids across fits: a refit proposes, the standing themes are the anchor."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.acceptance import BIRTH_GAIN, Refit, news
from topics.standing import Prototypes, placed
from topics.themes import EVENT_COLUMNS, Bound, StandingColumns, reconcile

DIMENSIONS = 40


def axis(*parts):
    """A direction: pairs of axis and weight."""
    vector = np.zeros(DIMENSIONS)
    for number, weight in parts:
        vector[number] = weight
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def around(centres, sizes, seed=0):
    """Documents near each centre, with the number of the centre."""
    rng = np.random.default_rng(seed)
    rows = np.repeat(np.stack(centres), sizes, axis=0) + 0.05 * rng.normal(size=(sum(sizes), DIMENSIONS))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), np.repeat(range(len(sizes)), sizes)


def means(vectors, found):
    rows = [vectors[found == topic].mean(axis=0) for topic in range(int(found.max()) + 1)]
    return np.stack([row / np.linalg.norm(row) for row in rows]).astype(np.float32)


def refit(vectors, found, settled=True, centroids=None):
    known = np.full(len(vectors), settled) if isinstance(settled, bool) else settled
    return Refit(vectors, known, found, means(vectors, found) if centroids is None else np.stack(centroids))


def standing(*rows, threshold=0.6):
    return Prototypes(tuple(theme for theme, _ in rows), np.stack([row for _, row in rows]), threshold)


def nothing():
    return Prototypes((), np.zeros((0, DIMENSIONS), dtype=np.float32), 0.6)


def events(result, theme):
    table = result.events[result.events["theme_id"] == theme]
    return dict(zip(table["event"], table["detail"], strict=True))


A, B, C, D = (axis((number, 1.0)) for number in range(4))
NEAR_A = axis((0, 1.0), (5, 0.6))
"""0.86 from A: another subject next door."""


def test_the_first_fit_bears_every_topic():
    vectors, found = around([A, B], [30, 20])
    result = reconcile(nothing(), refit(vectors, found, settled=False), next_number=1)
    assert result.prototypes.theme == ("T0001", "T0002") and result.source.tolist() == [-1, -1]
    assert list(result.events.columns) == EVENT_COLUMNS and result.events["event"].tolist() == ["born", "born"]


def test_fitting_the_same_documents_again_changes_no_document():
    vectors, found = around([A, B, C], [30, 20, 25])
    first = reconcile(nothing(), refit(vectors, found), next_number=1)
    again = reconcile(first.prototypes, refit(vectors, found), next_number=4)
    assert again.prototypes.theme == first.prototypes.theme
    assert set(again.events["event"]) == {"matched"}
    assert (placed(vectors, first.prototypes)[0] == placed(vectors, again.prototypes)[0]).all()


def test_a_topic_that_cuts_across_well_held_themes_is_refused():
    vectors, found = around([A, NEAR_A], [40, 40])
    model = standing(("T0001", A), ("T0002", NEAR_A))
    sliced = np.concatenate([np.zeros(25), np.ones(30), np.full(25, 2)]).astype(int)
    result = reconcile(model, refit(vectors, sliced), next_number=3)
    assert result.prototypes.theme == ("T0001", "T0002")
    assert "born" not in set(result.events["event"])


def test_a_new_subject_is_born_with_the_next_number_and_its_evidence():
    vectors, found = around([A, B, C], [30, 30, 15])
    settled = found < 2
    result = reconcile(standing(("T0007", A), ("T0008", B)), refit(vectors, found, settled), next_number=12)
    assert result.prototypes.theme == ("T0007", "T0008", "T0012")
    born = events(result, "T0012")["born"]
    assert born["documents_after"] == 15 and born["unheld"] == 15 and born["gain"] > BIRTH_GAIN
    assert {"nearest", "similarity"} <= set(born) and "split_from" not in born


def test_a_new_subject_that_a_theme_had_swallowed_is_born_and_the_theme_keeps_its_id():
    vectors, found = around([A, NEAR_A], [40, 60])
    result = reconcile(standing(("T0001", A)), refit(vectors, found, found == 0), next_number=2)
    assert result.prototypes.theme == ("T0001", "T0002")
    assert "split" not in events(result, "T0001")


def test_too_few_documents_bear_no_theme():
    vectors, found = around([A, C], [60, 4])
    assert not news(refit(vectors, found, settled=False), standing(("T0001", A)))


@pytest.mark.parametrize(
    ("sizes", "kept", "ids"),
    [
        ([50, 50], (), {"T0005", "T0006"}),
        ([90, 10], (), {"T0001", "T0005"}),
        ([50, 50], ("T0001",), {"T0001", "T0005"}),
    ],
    ids=["even: the theme ends", "uneven: the larger part keeps the id", "pinned: the larger part keeps the id"],
)
def test_a_theme_of_two_subjects_is_split(sizes, kept, ids):
    mixed = axis((0, sizes[0]), (1, sizes[1]))
    vectors, found = around([A, B], sizes)
    model = standing(("T0001", mixed), threshold=0.05)
    result = reconcile(model, refit(vectors, found), next_number=5, bound=Bound(frozenset(kept)))
    assert set(result.prototypes.theme) == ids
    split = events(result, "T0001")["split"]
    assert split["keeps_id"] is ("T0001" in ids) and split["documents_before"] == 100
    assert sum(split["children"].values()) == pytest.approx(1.0)
    assert {events(result, one)["born"]["split_from"] for one in ids - {"T0001"}} == {"T0001"}


def test_documents_that_came_since_do_not_end_the_theme_they_were_put_in():
    """The share that keeps the id is counted over what the last fit had settled."""
    vectors, found = around([A, NEAR_A], [30, 90])
    result = reconcile(standing(("T0001", A)), refit(vectors, found, found == 0), next_number=2)
    assert "T0001" in result.prototypes.theme


def twins():
    close = axis((0, 1.0), (5, 0.2))
    vectors, _ = around([A, close], [60, 30])
    return vectors, np.zeros(90, dtype=int), standing(("T0001", A), ("T0002", close))


def test_two_themes_that_are_hardly_apart_and_joined_by_the_fit_merge_and_no_document_moves():
    vectors, found, model = twins()
    result = reconcile(model, refit(vectors, found), next_number=3)
    assert set(result.prototypes.theme) == {"T0001"} and len(result.prototypes.vectors) == 2
    assert events(result, "T0002")["merged"]["into"] == "T0001"
    assert set(placed(vectors, result.prototypes)[0]) == {"T0001"}


@pytest.mark.parametrize(
    "bound",
    [Bound(frozenset(["T0002"])), Bound(apart=frozenset([frozenset(["T0001", "T0002"])]))],
    ids=["kept", "must not merge"],
)
def test_what_people_keep_or_keep_apart_does_not_merge(bound):
    vectors, found, model = twins()
    assert set(reconcile(model, refit(vectors, found), next_number=3, bound=bound).prototypes.theme) == {
        "T0001",
        "T0002",
    }


def test_themes_apart_do_not_merge_though_the_fit_joins_them():
    vectors, _ = around([A, NEAR_A], [60, 30])
    model = standing(("T0001", A), ("T0002", NEAR_A))
    result = reconcile(model, refit(vectors, np.zeros(90, dtype=int)), next_number=3)
    assert set(result.prototypes.theme) == {"T0001", "T0002"}


def test_a_theme_that_no_document_is_nearest_to_is_gone_unless_it_is_kept():
    vectors, found = around([A, B], [30, 30])
    model = standing(("T0001", A), ("T0002", B), ("T0003", D))
    result = reconcile(model, refit(vectors, found), next_number=4)
    assert set(result.prototypes.theme) == {"T0001", "T0002"} and "gone" in events(result, "T0003")
    kept = reconcile(model, refit(vectors, found), next_number=4, bound=Bound(frozenset(["T0003"])))
    assert set(kept.prototypes.theme) == {"T0001", "T0002", "T0003"}


def test_a_theme_the_fit_does_not_find_stays_where_it_is():
    vectors, found = around([A, B], [30, 30])
    only = refit(vectors, np.where(found == 0, 0, -1), centroids=[A])
    result = reconcile(standing(("T0001", A), ("T0002", B)), only, next_number=3)
    assert result.prototypes.theme == ("T0001", "T0002")
    assert np.array_equal(result.prototypes.vectors[1], B)


def test_a_prototype_follows_its_subject_slowly():
    drifted = axis((0, 1.0), (5, 0.3))
    vectors, found = around([drifted], [50])
    result = reconcile(standing(("T0001", A)), refit(vectors, found), next_number=2)
    now = result.prototypes.vectors[0]
    assert A @ drifted < now @ drifted < 0.99 and now @ A > 0.99


def test_a_theme_of_two_prototypes_stays_one_theme():
    vectors, found = around([A, B, C], [30, 30, 30])
    model = standing(("T0001", A), ("T0001", B), ("T0002", C))
    result = reconcile(model, refit(vectors, found), next_number=3)
    assert result.prototypes.theme == ("T0001", "T0001", "T0002")
    assert result.events["event"].tolist() == ["matched", "matched"]


def test_a_fit_without_topics_ends_nothing():
    vectors, found = around([A], [30])
    none = Refit(vectors, np.ones(30, dtype=bool), np.full(30, -1), np.zeros((0, DIMENSIONS), dtype=np.float32))
    result = reconcile(standing(("T0001", A)), none, next_number=2)
    assert result.prototypes.theme == ("T0001",) and result.events["event"].tolist() == ["matched"]


def test_vectors_of_another_space_are_refused():
    vectors, found = around([A], [30])
    model = Prototypes(("T0001",), np.eye(1, 3, dtype=np.float32), 0.6)
    with pytest.raises(StandingColumns, match="40 dimensions, got 3"):
        reconcile(model, refit(vectors, found), next_number=2)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), drop=st.integers(0, 30))
def test_ids_are_unique_and_every_live_theme_leaves_one_event(seed, drop):
    rng = np.random.default_rng(seed)
    centres = [axis(*((int(n), float(w)) for n, w in zip(rng.choice(8, 3, False), rng.random(3) + 0.1, strict=True)))
               for _ in range(6)]  # fmt: skip
    vectors, found = around(centres, [30] * 6, seed)
    first = reconcile(nothing(), refit(vectors, found), next_number=1).prototypes
    kept = rng.permutation(180)[drop:]
    found = rng.integers(0, 5, 180)
    result = reconcile(first, refit(vectors[kept], found[kept]), next_number=50)
    ended = result.events[result.events["event"] != "born"]["theme_id"]
    assert sorted(ended) == sorted(set(first.theme))
    born = result.events[result.events["event"] == "born"]["theme_id"].tolist()
    assert len(born) == len(set(born)) and all(int(one[1:]) >= 50 for one in born)
    assert set(result.prototypes.theme) <= set(first.theme) | set(born)
