"""Theme ids across fits: matched, born, split, merged, gone."""

import numpy as np
import pandas as pd
import pytest

from topics.model import TopicFit
from topics.themes import EVENT_COLUMNS, THEME_COLUMNS, StandingColumns, reconcile

AXES = np.eye(6, dtype=np.float32)


def fit(sizes, centroids, names=None):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    names = names or [f"Subject {chr(65 + topic)}" for topic in range(len(sizes))]
    return TopicFit(labels, np.asarray(centroids, dtype=np.float32), [[name.lower()] for name in names], names, 0.5)


def standing(*rows):
    return pd.DataFrame(rows, columns=["theme_id", "centroid", "name", "state"]).astype({"centroid": object})


def events_of(events, theme_id):
    return dict(events[events["theme_id"] == theme_id][["event", "detail"]].itertuples(index=False))


def near(axis, other=5, by=0.3):
    vector = AXES[axis] + by * AXES[other]
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def test_the_first_fit_bears_every_theme():
    themes, events = reconcile(standing(), fit([5, 3], AXES[:2]), previous=None, next_number=1)
    assert themes["theme_id"].tolist() == ["T0001", "T0002"]
    assert list(themes.columns) == THEME_COLUMNS and list(events.columns) == EVENT_COLUMNS
    assert events["event"].tolist() == ["born", "born"]


def test_a_theme_keeps_id_and_name_when_its_topic_moves_a_little():
    old = standing(("T0001", AXES[0], "Data cap", "active"), ("T0002", AXES[1], "Refund", "active"))
    new = fit([40, 30], [near(1), near(0)], ["Money back", "Caps"])
    previous = pd.Series(["T0002"] * 35 + ["T0001"] * 5 + ["T0001"] * 30)
    themes, events = reconcile(old, new, previous=previous, next_number=3)
    assert themes["theme_id"].tolist() == ["T0002", "T0001"]
    assert themes["name"].tolist() == ["Refund", "Data cap"]
    detail = events_of(events, "T0002")["matched"]
    assert detail["shared_documents"] == 35 and detail["documents_after"] == 40 and detail["similarity"] > 0.9


def test_a_refit_of_the_same_documents_changes_nothing():
    first = fit([10, 8, 6], AXES[:3])
    themes, _ = reconcile(standing(), first, previous=None, next_number=1)
    again, events = reconcile(
        themes.assign(state="active"), first, previous=themes["theme_id"].iloc[first.labels], next_number=4
    )
    pd.testing.assert_frame_equal(themes, again)
    assert set(events["event"]) == {"matched"}


def test_a_new_subject_is_born_with_the_next_number_and_its_nearest_theme():
    old = standing(("T0007", AXES[0], "Data cap", "active"))
    previous = ["T0007"] * 20 + [None] * 15
    themes, events = reconcile(old, fit([20, 15], AXES[:2]), previous=previous, next_number=12)
    assert themes["theme_id"].tolist() == ["T0007", "T0012"]
    assert events_of(events, "T0012")["born"]["nearest"] == "T0007"


def test_a_child_with_four_fifths_keeps_the_id_of_a_split_theme():
    old = standing(("T0001", AXES[0], "Billing", "active"))
    new = fit([84, 16], [near(0, 1), near(0, 2, 0.9)])
    themes, events = reconcile(old, new, previous=["T0001"] * 100, next_number=2)
    assert themes["theme_id"].tolist() == ["T0001", "T0002"]
    assert events_of(events, "T0001")["split"] == {
        "children": {"T0001": 0.84, "T0002": 0.16},
        "keeps_id": True,
        "documents_before": 100,
    }
    assert events_of(events, "T0002")["born"]["split_from"] == "T0001"


def test_an_even_split_ends_the_theme_and_bears_its_children():
    old = standing(("T0001", AXES[0], "Billing", "active"))
    new = fit([55, 45], [near(0, 1), near(0, 2)])
    themes, events = reconcile(old, new, previous=["T0001"] * 100, next_number=2)
    assert themes["theme_id"].tolist() == ["T0002", "T0003"]
    assert events_of(events, "T0001")["split"]["keeps_id"] is False
    assert "matched" not in events_of(events, "T0001")


def test_of_two_merged_themes_one_goes_on_and_the_other_says_into_which():
    old = standing(("T0001", near(0, 1), "Cap", "active"), ("T0002", near(0, 2), "Overage", "active"))
    previous = ["T0001"] * 60 + ["T0002"] * 40
    themes, events = reconcile(old, fit([100], AXES[:1]), previous=previous, next_number=3)
    assert themes["theme_id"].tolist() == ["T0001"]
    assert events_of(events, "T0002")["merged"]["into"] == "T0001"


def test_a_theme_nobody_writes_about_is_gone():
    old = standing(("T0001", AXES[0], "Cap", "active"), ("T0002", AXES[3], "Old trouble", "active"))
    _, events = reconcile(old, fit([10], AXES[:1]), previous=["T0001"] * 10, next_number=3)
    assert events_of(events, "T0002")["gone"]["documents_before"] == 0


def test_a_dormant_theme_that_stays_away_leaves_no_event_and_may_return():
    old = standing(("T0001", AXES[0], "Cap", "dormant"))
    _, quiet = reconcile(old, fit([10], AXES[1:2]), previous=[None] * 10, next_number=2)
    assert events_of(quiet, "T0001") == {}
    themes, _ = reconcile(old, fit([10], [near(0)]), previous=[None] * 10, next_number=2)
    assert themes["theme_id"].tolist() == ["T0001"]


@pytest.mark.parametrize("state", ["merged", "retired"])
def test_a_closed_theme_is_never_continued(state):
    old = standing(("T0001", AXES[0], "Cap", state))
    themes, events = reconcile(old, fit([10], AXES[:1]), previous=["T0001"] * 10, next_number=2)
    assert themes["theme_id"].tolist() == ["T0002"] and events["event"].tolist() == ["born"]


def test_a_likeness_without_shared_documents_is_not_enough_where_there_were_some():
    old = standing(("T0001", AXES[0], "Cap", "active"))
    previous = ["T0001"] * 10 + [None] * 50
    new = fit([10, 50], [AXES[3], near(0)])
    themes, _ = reconcile(old, new, previous=previous, next_number=2)
    assert "T0001" not in themes["theme_id"].tolist()[1:]


def test_a_born_theme_does_not_take_a_standing_name():
    old = standing(("T0001", AXES[0], "Data cap", "active"))
    new = fit([10, 10], AXES[:2], ["Caps", "Data cap"])
    themes, _ = reconcile(old, new, previous=["T0001"] * 10 + [None] * 10, next_number=2)
    assert themes["name"].tolist() == ["Data cap", "Data cap 2"]


def test_a_fit_without_topics_sends_every_theme_away():
    empty = TopicFit(np.full(4, -1), np.zeros((0, 6), dtype=np.float32), [])
    old = standing(("T0001", AXES[0], "Cap", "active"))
    themes, events = reconcile(old, empty, previous=["T0001"] * 4, next_number=2)
    assert len(themes) == 0 and events["event"].tolist() == ["gone"]


def test_vectors_of_another_space_are_refused():
    old = standing(("T0001", np.ones(3, dtype=np.float32), "Cap", "active"))
    with pytest.raises(StandingColumns, match="6 dimensions"):
        reconcile(old, fit([4], AXES[:1]), previous=None, next_number=2)
    with pytest.raises(StandingColumns, match="centroid"):
        reconcile(pd.DataFrame({"theme_id": ["T0001"]}), fit([4], AXES[:1]), previous=None, next_number=2)
