"""The step `themes`: placing every day, a fit when due, states, roll-ups, and what a kill leaves behind."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobs import theming
from jobs.store import Store
from jobs.workspace import Workspace, create_workspace
from topics.standing import Prototypes, placed

VERSION = "e1"
SUBJECTS = {
    "caps": "my monthly data cap was reached far too early",
    "refund": "the refund for the wrong invoice never came",
    "login": "password reset mail does not let me log in",
    "crash": "the mobile app crashes while opening a photo",
}
PLACE = {name: number for number, name in enumerate([*SUBJECTS, "spare"])}


def vectors_of(subjects: list[str], seed: int) -> np.ndarray:
    """Unit vectors near an axis each."""
    noise = 0.04 * np.random.default_rng(seed).normal(size=(len(subjects), 384))
    noise[np.arange(len(subjects)), [PLACE[one] for one in subjects]] += 1.0
    return (noise / np.linalg.norm(noise, axis=1, keepdims=True)).astype(np.float32)


def arrive(store: Store, day: str, counts: dict[str, int], *, reporter: str | None = None) -> None:
    """Documents of a day, so many of each subject, each by a customer of its own unless a reporter is named."""
    known = store.db.table("document").count
    subjects = [subject for subject, count in counts.items() for _ in range(count)]
    ids = [f"d{known + place:05d}" for place in range(len(subjects))]
    rows = [
        {
            "document_id": one,
            "stream": "feedback",
            "source": "desk",
            "text": SUBJECTS.get(subject, "something else entirely") + f" {one}",
            "claim": SUBJECTS.get(subject, "something else entirely"),
            "received_at": f"{day}T12:00:00Z",
            "occurred_at": f"{day}T10:00:00Z",
            "occurred_from": "reported",
            "ingested_at": f"{day}T13:00:00Z",
            "reporter": reporter or f"r-{one}",
            "reporter_known": 1,
            "content_hash": one,
            "fingerprint": one,
            "template": one,
            "file_hash": "f",
            "redactor_version": "1",
        }
        for one, subject in zip(ids, subjects, strict=True)
    ]
    with store.transaction():
        store.db.table("document").insert_all(rows)
        store.understanding.write_vectors(ids, vectors_of(subjects, known), embedder_version=VERSION)


def run(workspace: Workspace, day: str, version: str = VERSION, births: Callable[[], int] = lambda: 0) -> int:
    with workspace.open_store() as store:
        as_of = f"{day}T23:00:00Z"
        return theming.run(store, workspace.settings, as_of=as_of, embedder_version=version, births=births)


def living(store: Store) -> set[str]:
    return set(store.themes.standing("feedback")["theme_id"])


def themes(store: Store) -> dict[str, str | None]:
    held = store.themes.assignments("feedback").astype(object)
    return {
        one: theme if isinstance(theme, str) else None
        for one, theme in zip(held["document_id"], held["theme_id"], strict=True)
    }


def home(store: Store, numbers: range) -> str:
    """The theme that most of these documents are in; a tenth of all documents is in none."""
    found = themes(store)
    held = [theme for number in numbers if (theme := found[f"d{number:05d}"]) is not None]
    return max(set(held), key=held.count)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three subjects of forty documents each, fitted on the first of March."""
    made, _ = create_workspace(tmp_path_factory.mktemp("fitted") / "desk")
    with made.open_store() as store:
        arrive(store, "2026-03-01", {"caps": 40, "refund": 40, "login": 40})
    run(made, "2026-03-01")
    return made.path


@pytest.fixture
def desk(fitted: Path, tmp_path: Path) -> Workspace:
    """A copy of `fitted`."""
    return Workspace(Path(shutil.copytree(fitted, tmp_path / "desk")))


def test_a_small_stream_has_no_themes(tmp_path: Path) -> None:
    made, _ = create_workspace(tmp_path / "small")
    with made.open_store() as store:
        arrive(store, "2026-03-01", {"caps": theming.FEWEST - 1})
    assert run(made, "2026-03-01") == 0


def test_the_first_fit_bears_the_subjects_and_says_what_coverage_costs(desk: Workspace) -> None:
    with desk.open_store() as store:
        fit = store.themes.latest_fit("feedback")
        assert fit is not None and fit["parameters"]["why"] == "first" and fit["coverage"] >= 0.89
        assert [row["coverage"] for row in fit["parameters"]["cost"]] == [0.5, 0.7, 0.8, 0.9, 1.0]
        rows = store.themes.standing("feedback")
        assert len(rows) == 3 and set(rows["state"]) == {"active"} and set(rows["last_seen"]) == {"2026-03-01"}
        assert all({"tightness", "separation", "coherence", "name_inside"} <= set(one) for one in rows["quality"])


def test_every_document_is_where_the_stored_prototypes_place_it(desk: Workspace) -> None:
    with desk.open_store() as store:
        rows = store.themes.prototypes("feedback")
        fit = store.themes.latest_fit("feedback")
        assert fit is not None
        model = Prototypes(tuple(rows["theme_id"]), np.stack(rows["centroid"].tolist()), fit["threshold"])
        ids, vectors = store.understanding.vectors()
        assert dict(zip(ids, placed(vectors, model)[0], strict=True)) == themes(store)


def test_a_run_without_news_changes_no_row(desk: Workspace, snapshot: Callable[[Path], object]) -> None:
    before = snapshot(desk.database)
    run(desk, "2026-03-01")
    assert snapshot(desk.database) == before


def test_new_documents_are_placed_without_a_fit(desk: Workspace) -> None:
    with desk.open_store() as store:
        arrive(store, "2026-03-02", {"caps": 5})
    assert run(desk, "2026-03-02") == 5
    with desk.open_store() as store:
        fit = store.themes.latest_fit("feedback")
        assert fit is not None and fit["fitted_as_of"] == "2026-03-01T23:00:00Z"
        assert home(store, range(120, 125)) == home(store, range(40))


def test_the_share_in_no_theme_is_a_series_of_its_own(desk: Workspace) -> None:
    from jobs import count

    with desk.open_store() as store:
        arrive(store, "2026-03-02", {"spare": 6})
    run(desk, "2026-03-02")
    with desk.open_store() as store:
        count.run(store, desk.settings, as_of="2026-03-02T23:00:00Z")
        sql = "SELECT documents FROM volume WHERE series = 'feedback/unassigned' AND day = '2026-03-02'"
        assert store.db.execute(sql).fetchone()[0] == 6


def test_after_a_week_the_themes_keep_their_ids_names_and_documents(desk: Workspace) -> None:
    with desk.open_store() as store:
        names, before = store.themes.names(), themes(store)
        arrive(store, "2026-03-08", {"caps": 10, "refund": 10, "login": 10, "crash": 12})
    run(desk, "2026-03-08")
    with desk.open_store() as store:
        fit = store.themes.latest_fit("feedback")
        assert fit is not None and fit["parameters"]["why"] == "week"
        after = themes(store)
        assert all(after[one] in (theme, None) for one, theme in before.items() if theme is not None)
        assert sum(after[one] != theme for one, theme in before.items()) <= 0.05 * len(before)
        assert {one: store.themes.names()[one] for one in names} == names
        new = living(store) - set(names)
        assert len(new) == 1 and {home(store, range(150, 162))} == new
        events = store.db.execute("SELECT event, count(*) FROM theme_event GROUP BY event").fetchall()
        assert dict(events) == {"born": 4, "matched": 3}


def test_nobody_buys_a_theme_by_writing_more(desk: Workspace) -> None:
    with desk.open_store() as store:
        before = living(store)
        arrive(store, "2026-03-08", {"crash": 80}, reporter="one and the same")
    run(desk, "2026-03-08")
    with desk.open_store() as store:
        record = store.themes.latest_fit("feedback")
        assert record is not None
        assert record["parameters"]["fitted"] == 120 + desk.settings.theme_cap_per_reporter
        assert before <= living(store)


ELSEWHERE = [
    pytest.param(table, marks=pytest.mark.slow) for table in ("theme_fit", "theme", "theme_event", "assignment")
]


@pytest.mark.parametrize("table", ["theme_prototype", *ELSEWHERE])
def test_a_fit_that_is_killed_leaves_the_day_placed_and_is_taken_up(
    desk: Workspace, tmp_path: Path, table: str, snapshot: Callable[[Path], object]
) -> None:
    with desk.open_store() as store:
        arrive(store, "2026-03-08", {"caps": 10, "crash": 12})
    calm = Workspace(Path(shutil.copytree(desk.path, tmp_path / "calm")))
    run(calm, "2026-03-08")
    connection = sqlite3.connect(desk.database)
    late = "WHEN new.fit_id <> (SELECT fit_id FROM theme_fit ORDER BY fitted_as_of LIMIT 1)"
    when = "WHEN new.theme_id NOT NULL" if table == "theme_prototype" else late
    connection.execute(
        f"CREATE TRIGGER killed BEFORE INSERT ON {table} {when} BEGIN SELECT RAISE(ABORT, 'killed'); END"
    )
    connection.commit()
    with pytest.raises(sqlite3.IntegrityError, match="killed"):
        run(desk, "2026-03-08")
    assert connection.execute("SELECT count(*) FROM assignment").fetchone()[0] == 142
    assert connection.execute("SELECT count(*) FROM theme_fit").fetchone()[0] == 1
    connection.execute("DROP TRIGGER killed")
    connection.commit()
    connection.close()
    run(desk, "2026-03-08")
    assert snapshot(desk.database) == snapshot(calm.database)


def test_a_theme_without_documents_for_four_weeks_is_dormant_and_wakes(desk: Workspace) -> None:
    with desk.open_store() as store:
        login = home(store, range(80, 120))
        arrive(store, "2026-04-02", {"caps": 5, "refund": 5})
    run(desk, "2026-04-02")
    with desk.open_store() as store:
        states = dict(zip(*store.themes.standing("feedback")[["theme_id", "state"]].to_numpy().T, strict=True))
        assert states[login] == "dormant" and sorted(states.values()) == ["active", "active", "dormant"]
        arrive(store, "2026-04-03", {"login": 3})
    run(desk, "2026-04-03")
    with desk.open_store() as store:
        row = store.themes.standing("feedback").set_index("theme_id").loc[login]
        assert row["state"] == "active" and row["last_seen"] == "2026-04-03"


def born(store: Store, subject: str, theme: str = "T0900") -> None:
    """What novelty writes: an emerging theme with a prototype."""
    fit = store.themes.latest_fit("feedback")
    assert fit is not None
    vector = np.eye(384, dtype=np.float32)[PLACE[subject]]
    row = {"theme_id": theme, "stream": "feedback", "name": "Crash", "phrases": [], "state": "emerging"}
    rest = {"centroid": vector, "fit_id": fit["fit_id"], "born_on": "2026-03-02", "exemplars": []}
    columns = ["theme_id", "number", "centroid", "origin", "edit_id", "documents"]
    with store.transaction():
        store.themes.write_themes([row | rest])
        store.themes.add_prototypes(pd.DataFrame([(theme, 0, vector, "novelty", None, 6)], columns=columns))


def test_a_birth_of_the_day_takes_its_documents_at_once_and_is_confirmed_by_the_next_fit(desk: Workspace) -> None:
    with desk.open_store() as store:
        arrive(store, "2026-03-02", {"crash": 12})

    def births() -> int:
        with desk.open_store() as other:
            born(other, "crash")
        return 1

    run(desk, "2026-03-02", births=births)
    with desk.open_store() as store:
        taken = list(themes(store).values()).count("T0900")
        assert 9 <= taken <= 12
        assert store.themes.standing("feedback").set_index("theme_id")["state"]["T0900"] == "emerging"
        arrive(store, "2026-03-08", {"crash": 5, "caps": 5})
    run(desk, "2026-03-08")
    with desk.open_store() as store:
        row = store.themes.standing("feedback").set_index("theme_id").loc["T0900"]
        assert row["state"] == "active" and row["name"] == "Crash"
        assert list(themes(store).values()).count("T0900") > taken


def test_a_birth_that_nobody_writes_to_ends_after_four_weeks(desk: Workspace) -> None:
    with desk.open_store() as store:
        born(store, "spare")
        arrive(store, "2026-03-02", {"spare": 3})
    run(desk, "2026-03-02")
    with desk.open_store() as store:
        arrive(store, "2026-04-02", {"caps": 5})
    run(desk, "2026-04-02")
    with desk.open_store() as store:
        assert "T0900" not in living(store) and "T0900" not in set(store.themes.prototypes("feedback")["theme_id"])
        event = store.db.execute("SELECT event, author FROM theme_event WHERE theme_id = 'T0900'").fetchall()
        assert ("gone", "run") in event


def test_vectors_of_another_version_take_the_themes_along(desk: Workspace) -> None:
    with desk.open_store() as store:
        before, names = themes(store), store.themes.names()
        ids, vectors = store.understanding.vectors()
        store.understanding.write_vectors(ids, np.roll(vectors, 100, axis=1), embedder_version="e2")
    run(desk, "2026-03-01", version="e2")
    with desk.open_store() as store:
        fit = store.themes.latest_fit("feedback")
        assert fit is not None and fit["parameters"]["why"] == "vectors" and fit["embedder_version"] == "e2"
        assert themes(store) == before and store.themes.names() == names


def test_a_workspace_from_before_prototypes_goes_on(desk: Workspace) -> None:
    with desk.open_store() as store:
        before = themes(store)
        store.db.execute("DELETE FROM theme_prototype")
        arrive(store, "2026-03-02", {"refund": 4})
    assert run(desk, "2026-03-02") >= 4
    with desk.open_store() as store:
        after = themes(store)
        assert {one: after[one] for one in before} == before


@pytest.mark.slow
def test_many_themes_stand_under_roll_ups_that_keep_their_ids(tmp_path: Path) -> None:
    made, _ = create_workspace(tmp_path / "wide")
    rng = np.random.default_rng(5)
    areas, parts = rng.normal(size=(3, 384)), rng.normal(size=(9, 384))
    with made.open_store() as store:
        arrive(store, "2026-03-01", {"caps": 360})
        centres = np.repeat(areas, 3, axis=0) + 0.8 * parts
        rows = np.repeat(centres, 40, axis=0) + 0.5 * rng.normal(size=(360, 384))
        rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        store.understanding.write_vectors([f"d{n:05d}" for n in range(360)], rows, embedder_version=VERSION)
    run(made, "2026-03-01")
    with made.open_store() as store:
        rows = store.themes.all("feedback")
        above = set(rows.loc[rows["level"] == 1, "theme_id"])
        parents = dict(zip(rows["theme_id"], rows["parent_id"], strict=True))
        assert len(above) == 3 and {one for one in parents.values() if one} == above
        arrive(store, "2026-03-08", {"crash": 20})
    run(made, "2026-03-08")
    with made.open_store() as store:
        rows = store.themes.all("feedback")
        assert above <= set(rows.loc[(rows["level"] == 1) & (rows["state"] == "active"), "theme_id"])
