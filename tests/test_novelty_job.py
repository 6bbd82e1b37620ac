"""Births in a workspace: written once with their evidence, read by the teacher within bounds, edits respected."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from jobs import novelty, novelty_pool
from jobs.enrich import Models
from jobs.novelty_pool import Reader, pool_of
from jobs.settings import Settings
from jobs.store import Store
from jobs.theme_placing import corpus_of, place
from jobs.workspace import create_workspace
from nlp.hashing import Hashing
from nlp.student import Student
from nlp.taxonomy import load_taxonomy
from topics.strands import PROTOTYPE_COLUMNS

AS_OF = "2026-04-30T12:00:00Z"
SERVING = Hashing()
NEW = "agent deletes backup sabotage shutdown evades".split()
FIT = {
    "fit_id": "F1",
    "stream": "feedback",
    "fitted_as_of": "2026-04-20T00:00:00Z",
    "documents": 400,
    "embedder_version": SERVING.version,
    "threshold": 0.75,
    "coverage": 0.1,
    "parameters": {},
}


def claim(words, rng):
    return " ".join([*rng.choice(words, 5, replace=False), f"w{rng.integers(400)}"])


def document(number, said, age, *, reporter, stream):
    arrived = (datetime.fromisoformat(AS_OF) - timedelta(days=float(age))).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "document_id": f"s:{number:04d}",
        "stream": stream,
        "source": "s",
        "text": said,
        "claim": said,
        "received_at": arrived,
        "occurred_at": arrived,
        "occurred_from": "received",
        "ingested_at": AS_OF,
        "reporter": reporter or f"r{number}",
        "reporter_known": 1,
        "content_hash": "h",
        "fingerprint": "f",
        "template": f"t{number}",
        "file_hash": "f",
        "redactor_version": "1",
    }


class World:
    """Five weeks of feedback on twenty old subjects that no theme covers well."""

    def __init__(self, store: Store) -> None:
        self.store, self.rng, self.count = store, np.random.default_rng(5), 0
        store.themes.write_fit(FIT)
        subjects = [[f"subject{number}word{place}" for place in range(6)] for number in range(20)]
        self.write([claim(words, self.rng) for words in subjects * 20], self.rng.uniform(0, 34, 400))

    def add(self, words, *, ages, **others):
        """Documents with claims of these words, so many days old."""
        return self.write([claim(words, self.rng) for _ in ages], ages, **others)

    def write(self, claims, ages, *, reporter=None, domain="none", stream="feedback"):
        """Documents with their vectors and places; each by a reporter of its own unless one is given."""
        first, self.count = self.count, self.count + len(claims)
        rows = [
            document(first + place, said, age, reporter=reporter, stream=stream)
            for place, (said, age) in enumerate(zip(claims, ages, strict=True))
        ]
        ids = [row["document_id"] for row in rows]
        said = {"language": "en", "harm_domain": domain, "harm_domain_probability": 1.0, "hazard": "low"}
        said |= {"classifier_version": "c", "taxonomy_version": "1"}
        with self.store.transaction():
            self.store.db.table("document").insert_all(rows)
            self.store.understanding.write_classifications([{"document_id": one, **said} for one in ids])
            self.store.understanding.write_vectors(ids, SERVING.embed(claims), embedder_version=SERVING.version)
            place(self.store, corpus_of(self.store, stream), FIT)
        return ids

    def run(self, *, embedder=SERVING, teacher=None, as_of=AS_OF):
        models = Models(embedder, None, load_taxonomy())
        return novelty.run(self.store, Settings(), models, as_of=as_of, teacher=teacher)

    def themes(self):
        return self.store.themes.all("feedback")

    def members(self, theme_id):
        placed = self.store.themes.assignments("feedback")
        return set(placed.loc[placed["theme_id"] == theme_id, "document_id"])


@pytest.fixture
def world(tmp_path, monkeypatch) -> Iterator[World]:
    monkeypatch.setattr(novelty, "load_parser", lambda: None)
    workspace, _ = create_workspace(tmp_path / "workspace")
    with workspace.open_store() as store:
        yield World(store)


def test_a_quiet_day_bears_nothing(world):
    assert world.run() == 0
    assert world.themes().empty


def test_a_new_subject_is_an_emerging_theme_with_its_documents_and_evidence(world):
    new = world.add(NEW, ages=np.linspace(0, 2.5, 12))
    assert world.run() == 1
    (theme,) = world.themes().to_dict("records")
    assert theme["theme_id"] == "T0001" and theme["state"] == "emerging" and theme["born_on"] == "2026-04-30"
    assert len(world.members("T0001") & set(new)) >= 9 and world.members("T0001") <= set(new)
    assert set(theme["name"].lower().replace(",", "").split()) & set(NEW)
    (row,) = world.store.themes.prototypes("feedback").to_dict("records")
    assert row["origin"] == "novelty" and row["edit_id"] is None and row["documents"] >= 9
    detail = evidence(world.store)
    assert {"documents", "reporters", "density", "nearest", "similarity", "false_births", "exemplars"} <= set(detail)
    assert detail["reporters"] >= 9 and detail["false_births"] <= 0.02 and set(detail["exemplars"]) <= set(new)


def evidence(store):
    from jobs.store_rows import records

    (event,) = records(store.db, "SELECT * FROM theme_event WHERE author = 'novelty'")
    assert event["event"] == "born" and event["happened_as_of"] == AS_OF
    return event["detail"]


def test_a_second_run_of_the_same_moment_changes_nothing(world, snapshot, tmp_path):
    world.add(NEW, ages=np.linspace(0, 2.5, 12))
    world.run()
    database = tmp_path / "workspace" / "groundswell.db"
    once = snapshot(database)
    assert world.run() == 0
    assert snapshot(database) == once


def test_the_days_after_do_not_bear_it_again(world):
    world.add(NEW, ages=np.linspace(0, 2.5, 12))
    world.run()
    world.add(NEW, ages=-np.linspace(0, 1.9, 10))
    assert world.run(as_of="2026-05-02T12:00:00Z") == 0
    assert len(world.members("T0001")) >= 17


def test_one_reporter_cannot_buy_a_theme(world):
    world.add(NEW, ages=np.linspace(0, 2.5, 40), reporter="bot")
    assert world.run() == 0


@pytest.mark.parametrize("state", ["retired", "merged"])
def test_what_ended_lately_is_not_born_under_another_id(world, state):
    new = world.add(NEW, ages=np.linspace(0, 2.5, 12))
    end(world, new, state=state, at="2026-04-25T00:00:00Z")
    assert world.run() == 0


def test_what_ended_long_ago_may_be_born_again(world):
    new = world.add(NEW, ages=np.linspace(0, 2.5, 12))
    end(world, new, state="retired", at="2026-01-25T00:00:00Z")
    assert world.run() == 1
    assert world.themes()["theme_id"].tolist() == ["T0001", "T0002"]


def end(world, ids, *, state, at):
    """A theme of these documents that ended."""
    standing(world, ids, state=state, prototype=False)
    event = {"theme_id": "T0001", "fit_id": "F1", "event": "gone", "happened_as_of": at, "author": "fit", "detail": {}}
    world.store.themes.add_events([event])


def standing(world, ids, *, state="active", prototype=True):
    _, vectors = world.store.understanding.vectors(ids)
    centroid = vectors.mean(axis=0) / np.linalg.norm(vectors.mean(axis=0))
    row = {"theme_id": "T0001", "stream": "feedback", "name": "Old", "phrases": [], "state": state}
    row |= {"centroid": centroid, "fit_id": "F1", "born_on": "2026-01-01", "exemplars": []}
    world.store.themes.write_themes([row])
    if prototype:
        rows = pd.DataFrame([("T0001", 0, centroid, "fit", None, 9)], columns=PROTOTYPE_COLUMNS)
        world.store.themes.add_prototypes(rows)


def test_a_muted_theme_is_not_born_again_beside_itself(world):
    new = world.add(NEW, ages=np.linspace(0, 2.5, 12))
    standing(world, new)
    world.store.db.execute("UPDATE theme SET muted = 1")
    assert world.run() == 0


def test_a_document_that_a_person_moved_stays_where_it_is(world):
    new = world.add(NEW, ages=np.linspace(0, 2.5, 12))
    standing(world, world.add([f"subject0word{place}" for place in range(6)], ages=[20.0]))
    edit = {"edit_id": "E0001", "action": "move", "theme_id": "T0001", "author": "Ann", "reason": "r"}
    world.store.curation.add({**edit, "detail": {"document_id": new[0], "to": "T0001"}, "made_at": AS_OF})
    place(world.store, corpus_of(world.store, "feedback"), FIT)
    assert world.run() == 1
    assert new[0] in world.members("T0001") and len(world.members("T0002")) >= 8


def test_usage_anomalies_have_births_of_their_own(world):
    world.store.themes.write_fit({**FIT, "fit_id": "F2", "stream": "usage_anomaly"})
    rng = np.random.default_rng(1)
    world.add([f"probe{place}" for place in range(30)], ages=rng.uniform(0, 34, 150), stream="usage_anomaly")
    world.add(NEW, ages=np.linspace(0, 2.5, 12), stream="usage_anomaly")
    assert world.run() == 1
    assert world.store.themes.all("usage_anomaly")["state"].tolist() == ["emerging"]


def test_a_fit_of_other_vectors_is_left_alone(world):
    world.add(NEW, ages=np.linspace(0, 2.5, 12))
    world.store.themes.write_fit({**FIT, "embedder_version": "another"})
    assert world.run() == 0


@pytest.fixture(scope="module")
def student() -> Student:
    """A student that knows nothing: what it says does not matter, the teacher is asked."""
    return Student(np.ones((30_522, 384), np.float16), np.zeros(0, np.int64), np.zeros((0, 384), np.float16))


def test_where_a_student_serves_the_teacher_reads_what_fits_badly_and_once(world, student):
    world.store.themes.write_fit({**FIT, "embedder_version": student.version})
    world.add(NEW, ages=np.linspace(0, 2.5, 12))
    asked: list[str] = []

    def teacher(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return SERVING.embed(texts)

    assert world.run(embedder=student, teacher=teacher) == 1
    first = len(asked)
    assert 0 < first <= 412
    world.run(embedder=student, teacher=teacher)
    assert len(asked) == first


def test_the_teacher_reads_no_more_than_its_share_in_a_run(world, monkeypatch):
    monkeypatch.setattr(novelty_pool, "EMBEDDED", 150)
    read = Reader("teacher", SERVING.embed)
    pool, vectors = pool_of(world.store, "feedback", read, as_of=AS_OF)
    assert len(vectors) == len(pool) <= 150
    again, _ = pool_of(world.store, "feedback", read, as_of=AS_OF)
    assert again["document_id"].tolist() == pool["document_id"].tolist()
    later, _ = pool_of(world.store, "feedback", read, as_of="2026-04-30T13:00:00Z")
    assert len(later) > len(pool)


def test_small_domains_are_looked_at_whole_where_large_ones_are_sampled(world, monkeypatch):
    monkeypatch.setattr(novelty_pool, "MOST_RECENT", 40)
    few = world.add(NEW, ages=np.linspace(0, 6, 10), domain="biological")
    pool, _ = pool_of(world.store, "feedback", Reader(SERVING.version, None), as_of=AS_OF)
    recent = pool[pool["age"] < 7]
    assert set(few) <= set(recent["document_id"]) and len(recent) <= 50


def test_vectors_that_nothing_looks_at_any_more_are_dropped(world):
    read = Reader("teacher", SERVING.embed)
    pool_of(world.store, "feedback", read, as_of=AS_OF)
    world.run(as_of="2026-07-30T12:00:00Z")
    assert world.store.novelty.vectors("teacher") == {}


def test_domains_weigh_by_their_gravest_hazard():
    weights = novelty.domain_weights(load_taxonomy())
    assert weights["biological"] > weights["none"] > 0
