"""People's edits over what fits say: replayed in order, taken back without a trace, kept by every later fit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.curated import CURATED_COLUMNS, curated
from topics.curation import Edit, digest, heirs, replayed
from topics.division import NoParts, divided, divided_by
from topics.moves import overridden
from topics.standing import Prototypes
from topics.strands import PROTOTYPE_COLUMNS, in_force, placing, rebuilt, refreshed

AXES = np.eye(8, dtype=np.float32)
THEMES = ["T0001", "T0002", "T0003", "T0004", "T0005"]


def rows(*extra, themes=THEMES):
    """One prototype a theme, and those of splits: (theme_id, edit_id)."""
    keys = sorted([*((theme, None) for theme in themes), *extra], key=lambda key: (key[0], key[1] or ""))
    table = pd.DataFrame(keys, columns=["theme_id", "edit_id"]).astype(object)
    table["number"] = table.groupby("theme_id").cumcount()
    table["centroid"] = [AXES[row % len(AXES)] for row in range(len(table))]
    return table.assign(origin="fit", documents=1)[PROTOTYPE_COLUMNS]


def listed(themes=THEMES):
    table = pd.DataFrame({"theme_id": themes, "name": [f"Subject {one}" for one in themes]}).astype(object)
    return table.assign(
        named_by="fit", pinned=0, muted=0, state="active", merged_into=None, parent_id=None, level=0
    ).astype({"merged_into": object, "parent_id": object})[CURATED_COLUMNS]


def edit(number, action, theme, **detail):
    return Edit(f"E{number:04d}", action, theme, detail, author="Ada")


def split(number, theme, *parts):
    return edit(number, "split", theme, into=list(parts), anchors=[["d1"]] * len(parts))


def test_without_edits_every_theme_is_its_own():
    kept = replayed(rows(), [])
    assert kept.owner == {one: one for one in THEMES}
    assert not kept.kept and not kept.apart and not kept.void
    pd.testing.assert_frame_equal(curated(listed(), kept, []), listed())


def test_what_is_merged_away_is_placed_under_its_target_and_follows_it():
    kept = replayed(rows(), [edit(1, "merge", "T0002", into="T0001"), edit(2, "merge", "T0001", into="T0003")])
    owners, vectors = placing(rows(), kept)
    assert owners == ("T0003", "T0003", "T0003", "T0004", "T0005") and vectors.shape == (5, 8)
    assert kept.merged == {"T0001": "T0003", "T0002": "T0001"} and heirs(kept, "T0002", {}) == ("T0003",)
    assert kept.kept == {"T0001", "T0002", "T0003"}
    table = curated(listed(), kept, []).set_index("theme_id")
    assert table.loc["T0002", ["state", "merged_into"]].tolist() == ["merged", "T0001"]


def test_a_merge_taken_back_frees_its_theme_though_its_target_was_merged_since():
    kept = replayed(rows(), [edit(2, "merge", "T0001", into="T0003")])
    assert kept.owner["T0002"] == "T0002" and kept.owner["T0001"] == "T0003"


def test_a_split_puts_the_whole_to_sleep_and_its_parts_in_its_place():
    table = rows(("T0006", "E0001"), ("T0007", "E0001"))
    kept = replayed(table, [split(1, "T0005", "T0006", "T0007")])
    assert in_force(table, kept).tolist() == [True] * 4 + [False, True, True]
    assert kept.parents == {"T0006": "T0005", "T0007": "T0005"}
    assert frozenset(("T0006", "T0007")) in kept.apart and {"T0006", "T0007"} <= kept.kept
    marks = curated(listed([*THEMES, "T0006", "T0007"]), kept, []).set_index("theme_id")
    assert marks.loc["T0005", ["state", "level"]].tolist() == ["active", 1]
    assert marks.loc["T0006", "parent_id"] == "T0005"


def test_a_part_that_keeps_the_id_stands_where_the_whole_stood():
    table = rows(("T0005", "E0001"), ("T0006", "E0001"))
    kept = replayed(table, [split(1, "T0005", "T0005", "T0006")])
    assert in_force(table, kept).tolist() == [True] * 4 + [False, True, True]
    assert not kept.parents
    marks = curated(listed([*THEMES, "T0006"]), kept, []).set_index("theme_id")
    assert marks.loc["T0005", ["state", "level"]].tolist() == ["active", 0]


def test_a_split_taken_back_wakes_the_whole_and_ends_the_parts():
    table = rows(("T0006", "E0001"), ("T0007", "E0001"))
    ever = [split(1, "T0005", "T0006", "T0007")]
    before = listed([*THEMES, "T0006", "T0007"])
    after = curated(curated(before, replayed(table, ever), ever), replayed(table, []), ever).set_index("theme_id")
    assert after.loc["T0005", ["state", "level", "parent_id"]].tolist() == ["active", 0, None]
    assert after.loc["T0006", ["state", "merged_into", "parent_id"]].tolist() == ["merged", "T0005", None]
    assert refreshed(table, replayed(table, []))["theme_id"].tolist() == THEMES


def test_what_rests_on_a_split_that_was_taken_back_is_void_and_says_so():
    table = rows(("T0006", "E0001"), ("T0007", "E0001"))
    rest = [edit(2, "merge", "T0001", into="T0006"), edit(3, "move", "T0006", document_id="d1", to="T0006")]
    standing = replayed(table, [split(1, "T0005", "T0006", "T0007"), *rest])
    assert standing.owner["T0001"] == "T0006" and standing.moves == {"d1": ("T0006",)} and not standing.void
    kept = replayed(table, rest)
    assert set(kept.void) == {"E0002", "E0003"} and "T0006" in kept.void["E0002"]
    assert kept.owner["T0001"] == "T0001" and not kept.moves


def test_parts_of_parts_belong_to_the_first_whole():
    table = rows(("T0006", "E0001"), ("T0007", "E0001"), ("T0008", "E0002"), ("T0009", "E0002"))
    kept = replayed(table, [split(1, "T0005", "T0006", "T0007"), split(2, "T0006", "T0008", "T0009")])
    assert kept.parents["T0008"] == "T0005" and heirs(kept, "T0006", {}) == ("T0008", "T0009")
    marks = curated(listed([*THEMES, "T0006", "T0007", "T0008", "T0009"]), kept, []).set_index("theme_id")
    assert marks.loc["T0006", ["state", "level"]].tolist() == ["retired", 0]


def test_of_two_moves_of_one_document_the_last_counts_and_follows_a_merge():
    moves = [
        edit(1, "move", "T0001", document_id="d1", to="T0001"),
        edit(2, "move", "T0002", document_id="d1", to="T0002"),
    ]
    merged = edit(3, "merge", "T0002", into="T0003")
    assert replayed(rows(), moves).moves == {"d1": ("T0002",)}
    assert replayed(rows(), [*moves, merged]).moves == {"d1": ("T0003",)}
    assert replayed(rows(), moves[:1]).moves == {"d1": ("T0001",)}


def test_moves_and_bans_follow_what_a_fit_made_of_their_themes():
    made = [edit(1, "move", "T0008", document_id="d1", to="T0008"), edit(2, "must_not_merge", "T0008", other="T0001")]
    descent = {"T0008": ["T0007", "T0003"], "T0007": ["T0002"]}
    kept = replayed(rows(), made, descent)
    assert kept.moves == {"d1": ("T0002", "T0003")} and not kept.void
    assert set(kept.banned) == {frozenset(("T0001", "T0002")), frozenset(("T0001", "T0003"))}
    model = Prototypes(("T0002", "T0003"), AXES[:2], 0.5)
    placed = overridden(["d1", "d2"], np.array([None, "T0004"], dtype=object), AXES[[1, 3]], model, kept.moves)
    assert placed.tolist() == ["T0003", "T0004"]
    assert set(replayed(rows(), made, {"T0008": ["T0001"]}).void) == {"E0002"}, "the two became one"
    assert set(replayed(rows(), made).void) == {"E0001", "E0002"}


def test_themes_that_must_not_merge_are_kept_apart_with_all_that_was_merged_into_them():
    kept = replayed(
        rows(), [edit(1, "merge", "T0002", into="T0001"), edit(2, "must_not_merge", "T0001", other="T0003")]
    )
    assert kept.apart == {frozenset(("T0001", "T0003")), frozenset(("T0002", "T0003"))}


def test_a_name_taken_back_is_the_name_that_fits_gave():
    ever = [
        edit(1, "rename", "T0001", name="Access", before="Subject T0001"),
        edit(2, "rename", "T0001", name="Verified access", before="Subject T0001"),
    ]
    named = curated(listed(), replayed(rows(), ever), ever)
    assert named.loc[0, ["name", "named_by"]].tolist() == ["Verified access", "Ada"]
    assert curated(named, replayed(rows(), ever[:1]), ever).loc[0, "name"] == "Access"
    assert curated(named, replayed(rows(), []), ever).loc[0, ["name", "named_by"]].tolist() == ["Subject T0001", "fit"]


def test_prototypes_reach_another_space_through_the_documents_of_their_owners():
    table = rows(("T0006", "E0001"), ("T0007", "E0001"))
    kept = replayed(table, [split(1, "T0005", "T0006", "T0007"), edit(2, "merge", "T0002", into="T0001")])
    documents = pd.DataFrame({"document_id": list("abcd"), "theme_id": ["T0001", "T0006", "T0007", "T0003"]})
    vectors = np.eye(4, dtype=np.float32)
    moved = rebuilt(table, kept, documents, vectors).set_index(["theme_id"])
    assert moved.loc["T0001", "centroid"].tolist() == moved.loc["T0002", "centroid"].tolist() == [1, 0, 0, 0]
    assert np.allclose(moved.loc["T0005", "centroid"], [0, 0.5**0.5, 0.5**0.5, 0]), "a sleeping one: its parts"
    assert "T0004" not in moved.index, "no document to find it by"


def test_the_digest_tells_edits_in_force_apart():
    assert digest([edit(1, "pin", "T0001")]) != digest([edit(2, "pin", "T0001")]) != digest([])


def test_two_subjects_in_one_theme_fall_apart_and_nothing_falls_into_too_many():
    rng = np.random.default_rng(0)
    vectors = np.repeat(AXES[:2], [30, 10], axis=0) + 0.1 * rng.normal(size=(40, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = divided(vectors, 2)
    assert [len(part.rows) for part in found] == [30, 10]
    named = divided_by(vectors, [[35], [3]])
    assert [len(part.rows) for part in named] == [10, 30] and 35 in named[0].rows
    with pytest.raises(NoParts, match="different documents"):
        divided(np.repeat(AXES[:1], 9, axis=0), 2)
    with pytest.raises(NoParts, match="two sets"):
        divided_by(vectors, [[1], []])


PARTED = rows(("T0011", "E0007"), ("T0012", "E0007"), ("T0013", "E0008"), ("T0004", "E0008"))
NAMED = st.sampled_from(THEMES)
CHANGES = st.one_of(
    st.tuples(st.just("merge"), NAMED, NAMED.map(lambda one: {"into": one})),
    st.tuples(st.just("must_not_merge"), NAMED, NAMED.map(lambda one: {"other": one})),
    st.tuples(st.sampled_from(["pin", "unpin", "mute", "unmute"]), NAMED, st.just({})),
    st.tuples(st.just("move"), NAMED, NAMED.map(lambda one: {"document_id": "d", "to": one})),
    NAMED.map(lambda one: ("rename", one, {"name": "Other", "before": f"Subject {one}"})),
)
SPLITS = [split(7, "T0005", "T0011", "T0012"), split(8, "T0004", "T0004", "T0013")]


@st.composite
def histories(draw):
    """Edits in any order with the two splits somewhere among them."""
    made = [Edit(f"E{100 + n}", *one, author="Ada") for n, one in enumerate(draw(st.lists(CHANGES, max_size=8)))]
    for one in SPLITS:
        made.insert(draw(st.integers(0, len(made))), one)
    return made


def every_theme():
    return listed([*THEMES, "T0011", "T0012", "T0013"])


@given(histories())
@settings(max_examples=100)
def test_any_history_leaves_every_prototype_with_at_most_one_living_owner(made):
    kept = replayed(PARTED, made)
    owners, vectors = placing(PARTED, kept)
    assert len(owners) == len(vectors) and set(owners) == kept.alive()
    assert all(kept.owner[theme] == theme for theme in kept.alive())
    assert not set(kept.merged) & kept.alive() or all(theme not in kept.alive() for theme in kept.merged)
    assert {one for places in kept.moves.values() for one in places} <= kept.alive()
    assert replayed(PARTED, made) == kept


@pytest.mark.slow
@given(histories())
@settings(max_examples=100)
def test_doing_the_edits_again_changes_nothing(made):
    kept = replayed(PARTED, made)
    once = curated(every_theme(), kept, made)
    pd.testing.assert_frame_equal(curated(once, kept, made), once)
    again = refreshed(PARTED, kept)
    pd.testing.assert_frame_equal(refreshed(again, replayed(again, made)), again)


@pytest.mark.slow
@given(histories(), st.integers(0, 9))
@settings(max_examples=100)
def test_an_edit_taken_back_is_as_though_it_had_never_been_made(made, number):
    without = [one for place, one in enumerate(made) if place != number]
    before = curated(every_theme(), replayed(PARTED, without), without)
    with_it = curated(before, replayed(PARTED, made), made)
    after = curated(with_it, replayed(PARTED, without), made)
    living = replayed(PARTED, without).alive()
    pd.testing.assert_frame_equal(
        after[after["theme_id"].isin(living)].reset_index(drop=True),
        before[before["theme_id"].isin(living)].reset_index(drop=True),
    )


@given(st.permutations([
    edit(1, "merge", "T0002", into="T0001"),
    edit(2, "rename", "T0001", name="Access", before="Subject T0001"),
    edit(3, "mute", "T0003"),
    edit(4, "pin", "T0004"),
    edit(5, "move", "T0003", document_id="d", to="T0003"),
    edit(6, "must_not_merge", "T0003", other="T0004"),
    split(7, "T0005", "T0011", "T0012"),
]))  # fmt: skip
@settings(max_examples=50)
def test_edits_of_different_things_may_come_in_any_order(made):
    table = rows(("T0011", "E0007"), ("T0012", "E0007"))
    assert replayed(table, made) == replayed(table, sorted(made, key=lambda one: one.edit_id))
