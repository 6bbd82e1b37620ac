"""What people did to themes outlives every fit: more documents, other vectors, a fit that would undo it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from jobs.curation import By, make, standing, undo
from jobs.settings import Settings
from jobs.store import Store
from jobs.theme_fit import Occasion, fit_themes
from jobs.theme_placing import corpus_of, place
from jobs.workspace import Workspace

BY = By("Ada", "they are one subject", datetime(2026, 4, 1, 12, tzinfo=UTC))
CUT, END = "2026-03-10T00:00:00Z", "2026-03-30T00:00:00Z"


@pytest.fixture
def store(vectored: Workspace) -> Iterator[Store]:
    """Themes fitted on the documents before CUT; the later ones have no vectors yet."""
    with vectored.open_store() as opened:
        opened.db.execute(
            "CREATE TABLE later AS SELECT v.* FROM vector v JOIN document USING (document_id) WHERE received_at >= ?",
            (CUT,),
        )
        for table in ("vector", "assignment"):
            opened.db.execute(f"DELETE FROM {table} WHERE document_id IN (SELECT document_id FROM later)")
        opened.db.execute("UPDATE theme_fit SET fitted_as_of = '2026-01-01T00:00:00Z', embedder_version = 'e1'")
        fit(opened, CUT)
        yield opened


def fit(store: Store, as_of: str, version: str = "e1") -> None:
    fit_themes(store, Settings(name="test"), corpus_of(store, "feedback"), Occasion(as_of, version, "growth"))


def more(store: Store) -> None:
    """The later documents arrive, and themes are fitted anew."""
    store.db.execute("INSERT INTO vector SELECT * FROM later")
    fit(store, END)


def today(store: Store) -> None:
    """A run without a fit."""
    held = store.themes.latest_fit("feedback")
    assert held is not None
    place(store, corpus_of(store, "feedback"), held)


def where(store: Store) -> dict[str, str | None]:
    """The theme of every document of feedback."""
    held = store.themes.assignments("feedback")
    return dict(zip(held["document_id"], held["theme_id"], strict=True))


def themes(store: Store) -> dict[str, dict[str, object]]:
    return {str(row["theme_id"]): row for row in store.curation.themes("feedback").to_dict("records")}


@pytest.mark.slow
def test_edits_hold_after_a_fit_with_more_documents_and_are_taken_back_after_it(store: Store) -> None:
    before = where(store)
    own = {theme: {one for one, held in before.items() if held == theme} for theme in set(before.values())}
    moved, out = sorted(own["T0005"])[:2]
    parts = make(store, "split", "T0001", {"into": 2}, by=BY)["detail"]["into"]
    for action, theme, given in (
        ("merge", "T0004", {"into": "T0002"}),
        ("rename", "T0002", {"name": "Money and history"}),
        ("mute", "T0003", {}),
        ("pin", "T0005", {}),
        ("move", "T0003", {"document_id": moved, "to": "T0003"}),
        ("move", "T0005", {"document_id": out, "to": None}),
        ("must_not_merge", "T0003", {"other": "T0005"}),
    ):
        make(store, action, theme, given, by=BY)
    today(store)
    for check in (where(store), (more(store), where(store))[1]):
        # A tenth of the documents are in no theme: below the threshold.
        assert {check[one] for one in own["T0002"] | own["T0004"]} - {None} == {"T0002"}
        assert {check[one] for one in own["T0001"]} - {None} == set(parts)
        assert check[moved] == "T0003" and check[out] is None
    held = themes(store)
    assert (held["T0002"]["name"], held["T0002"]["named_by"]) == ("Money and history", "Ada")
    assert (held["T0004"]["state"], held["T0004"]["merged_into"]) == ("merged", "T0002")
    assert (held["T0001"]["level"], held[parts[0]]["parent_id"]) == (1, "T0001")
    assert held["T0003"]["muted"] and held["T0005"]["pinned"] and not standing(store, "feedback").void
    later = {one for one in where(store) if one not in before}
    assert len(later) > 200 and set(parts) <= {where(store)[one] for one in later}
    for edit in store.curation.edits():
        undo(store, edit.edit_id, by=BY)
    today(store)
    after = where(store)
    for theme in ("T0001", "T0002", "T0004", "T0005"):
        assert {after[one] for one in own[theme]} - {None} == {theme}
    assert themes(store)["T0004"]["state"] == "active" and not store.curation.muted()


@pytest.mark.slow
def test_a_fit_that_would_split_a_pinned_theme_leaves_it_whole(store: Store) -> None:
    make(store, "pin", "T0001", {}, by=BY)
    own = {one for one, theme in where(store).items() if theme == "T0001"}
    more(store)
    assert {where(store)[one] for one in own} - {None} == {"T0001"}


def test_edits_hold_when_the_vectors_are_of_another_version(store: Store) -> None:
    make(store, "merge", "T0004", {"into": "T0002"}, by=BY)
    parts = make(store, "split", "T0001", {"into": 2}, by=BY)["detail"]["into"]
    today(store)
    before = where(store)
    ids, vectors = store.understanding.vectors()
    store.understanding.write_vectors(ids, np.roll(vectors, 40, axis=1), embedder_version="e2")
    fit(store, END, "e2")
    after = where(store)
    settled = [one for one, theme in before.items() if theme in ("T0002", "T0003", "T0005", *parts)]
    assert len(settled) > 400 and np.mean([after[one] in (before[one], None) for one in settled]) > 0.97
    assert themes(store)["T0004"]["state"] == "merged" and not standing(store, "feedback").void
