"""Watchlists in a real workspace: set on the first day, matched, counted, told to their owner; and nothing else."""

import csv
import json
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from jobs import count, watching
from jobs.cli import cli
from jobs.ingest_reference import read_reference
from jobs.run import run
from jobs.settings import SettingsError
from jobs.store import Store
from jobs.workspace import Workspace, create_workspace

NOW = datetime(2026, 7, 1, tzinfo=UTC)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = 50
WATCHLISTS = """\
# what the safety team watches
watchlists:
  - id: sabotage
    name: Sabotage by agents
    words: ["sabotag*"]
    examples: [The agent broke my project on purpose and hid what it had done.]
    similarity: 0.75
    owner: safety
    hazard: elevated
"""
OWNERS = """\
owners:
  - {id: default, name: Everyone, channels: [{type: file, path: digests}]}
  - {id: safety, name: Safety team, channels: [{type: file, path: digests/safety}]}
"""
THINGS = "invoice export login search mobile upload calendar printer charts settings password report".split()
TROUBLES = (
    "the {0} page is slow since the update and the {1} never loads for {2}",
    "i was charged twice for {1}, please refund what you took for the {0} of {2}",
    "your {0} crashes on start, then the {1} shows an error to {2}",
    "could you add a dark theme to the {0}? the {1} of {2} hurts my eyes",
    "support answered after nine days about {1} and still does not know why {0} fails for {2}",
)
SABOTAGE = (
    (44, "It sabotaged the release branch while nobody was looking, and said all tests were green.", "coder"),
    (45, "Plain s\u0430bot\u0430ge: our deployment scripts were rewritten so that they fail at night.", "coder"),
    (47, "The agent broke my project on purpose and hid what it had done.", "chat"),
)


def feedback() -> list[dict[str, str]]:
    """Fifty days of small troubles by ever new reporters, and on three of them a sabotage."""
    dice, rows = random.Random(5), []
    for day in range(DAYS):
        for number in range(4):
            words = dice.sample(THINGS, 2) + [f"{dice.choice(THINGS)} users in team {dice.randrange(999)}"]
            text = dice.choice(TROUBLES).format(*words)
            rows.append(_row(day, number, text, dice.choice(["chat", "coder"])))
    rows += [_row(day, 8, text, product) for day, text, product in SABOTAGE]
    return sorted(rows, key=lambda row: row["received_at"])


def _row(day: int, number: int, text: str, product: str) -> dict[str, str]:
    moment = FIRST + timedelta(days=day, minutes=37 * number)
    who = f"{day}-{number}"
    return {
        "id": who, "text": text, "received_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "reporter_id": f"r{who}",
        "customer_id": f"c{who}", "product": product,
    }  # fmt: skip


def call(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(path), *arguments])


def listed(path: Path, *arguments: str) -> Any:
    result = call(path, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose watchlist was set before the first document came, ingested and run."""
    path = tmp_path_factory.mktemp("watch") / "workspace"
    create_workspace(path)
    (path / "watchlists.yaml").write_text(WATCHLISTS, encoding="utf-8")
    (path / "owners.yaml").write_text(OWNERS, encoding="utf-8")
    with (path / "groundswell.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\nembedder: static\n")
    with (path / "feedback.csv").open("w", encoding="utf-8", newline="") as file:
        rows = feedback()
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert call(path, "ingest", str(path / "feedback.csv"), "--source", "desk").exit_code == 0
    run(Workspace(path), now=NOW)
    return path


@pytest.fixture
def world(ran: Path, tmp_path: Path) -> Path:
    """A copy of `ran`."""
    return Path(shutil.copytree(ran, tmp_path / "workspace"))


def matched(store: Store) -> set[str]:
    return {name.rpartition(":")[2] for name in store.watch.matches()["document_id"]}


def test_the_three_documents_match_by_word_disguise_and_example_and_no_other_does(ran: Path) -> None:
    shown = listed(ran, "watchlists", "show", "sabotage")
    why = {row["document_id"].rpartition(":")[2]: row["why"] for row in shown["matches"]}
    assert set(why) == {"44-8", "45-8", "47-8"}
    assert why["44-8"]["words"] == why["45-8"]["words"] == ["sabotag*"]
    assert why["47-8"]["words"] == [] and why["47-8"]["similarity"] == pytest.approx(1.0, abs=0.01)
    assert why["47-8"]["example"].startswith("The agent broke")
    assert (shown["documents"], shown["reporters"], shown["last_seen"], shown["total"]) == (3, 3, "2026-04-18", 3)


def test_the_watchlist_is_a_series_with_its_name_and_an_alert_reaches_its_owner(ran: Path) -> None:
    with Workspace(ran).open_store() as store:
        volumes = store.findings.volumes()
        own = volumes[volumes["series"] == "feedback/watch=sabotage"]
        assert store.findings.titles()["feedback/watch=sabotage"] == "Sabotage by agents"
        sent = [row for row in store.delivery.notifications() if row["alert_id"]]
    assert len(own) == DAYS and own["reporters"].sum() == 3
    alerts = [row for row in listed(ran, "alerts", "--state", "all") if "/watch=" in row["series"]]
    assert [(row["type"], row["owner"], row["day"]) for row in alerts] == [("first_seen", "safety", "2026-04-15")]
    assert alerts[0]["title"] == "First seen: Sabotage by agents" and alerts[0]["hazard"] == "elevated"
    assert {row["owner"] for row in sent if row["alert_id"] == alerts[0]["alert_id"]} == {"safety"}
    shown = listed(ran, "alerts", "show", alerts[0]["alert_id"])
    reads = shown["changes"][0]["explanation"]["reads"]
    assert reads[0].startswith("Sabotage by agents was first seen on 2026-04-15, after none in the 44 days before")
    assert "3 documents by 3 reporters" in reads[0]
    digest = next((ran / "digests" / "safety").glob("*.md")).read_text(encoding="utf-8")
    assert "Sabotage by agents" in digest


def test_second_run_changes_no_row(ran: Path, snapshot: Callable[[Path], dict[str, list[tuple[object, ...]]]]) -> None:
    before = snapshot(ran / "groundswell.db")
    assert {row["state"] for row in run(Workspace(ran), now=NOW)} == {"skipped"}
    assert snapshot(ran / "groundswell.db") == before


def looks(world: Path, entries: Any = None) -> int:
    """Documents that the step looks at, and marks that it changes, for what the file says now."""
    workspace = Workspace(world)
    with workspace.open_store() as store:
        given = read_reference(world).watchlists if entries is None else entries
        return watching.run(store, given, embed=_embed(workspace, store), as_of="2026-05-01T00:00:00Z")


def _embed(workspace: Workspace, store: Store) -> watching.Embed:
    from jobs.embedder import workspace_embedder

    return workspace_embedder(store, workspace.settings, workspace.models).embed


def test_only_what_changed_is_looked_at_again_and_another_query_looks_at_everything(world: Path) -> None:
    assert looks(world) == 0
    with Workspace(world).open_store() as store:
        store.db.execute("UPDATE document SET claim = 'an act of sabotage' WHERE document_id LIKE '%3-1'")
        changed = store.db.execute("SELECT count(*) FROM document WHERE document_id LIKE '%3-1'").fetchone()[0]
        everything = store.documents.count()
    assert changed <= looks(world) <= 2 * changed
    with Workspace(world).open_store() as store:
        assert len(matched(store)) == 3 + changed
    path = world / "watchlists.yaml"
    path.write_text(WATCHLISTS.replace('"sabotag*"', "invoice"), encoding="utf-8")
    assert looks(world) >= everything
    with Workspace(world).open_store() as store:
        assert "44-8" not in matched(store) and len(matched(store)) > 20


def test_what_has_no_theme_or_a_young_one_is_new_and_a_series_of_its_own(world: Path) -> None:
    with Workspace(world).open_store() as store:
        ids = {name: f"desk:{name}" for name in ("44-8", "45-8", "47-8")}
        theme, fitted = store.db.execute("SELECT theme_id, min(born_on) FROM theme").fetchone()
        placed = "UPDATE assignment SET theme_id = ? WHERE document_id = ?"
        store.db.execute(placed, (None, ids["44-8"]))
        store.db.execute(placed, (theme, ids["45-8"]))
        store.db.execute(placed, (theme, ids["47-8"]))
    assert 0 <= looks(world) <= 3
    with Workspace(world).open_store() as store:
        assert new_ones(store) == {"44-8"}
        count.run(store, Workspace(world).settings, as_of="2026-04-20T10:00:00Z")
        counted = store.findings.volumes().groupby("series")["documents"].sum()
        assert counted["feedback/watch=sabotage"] == 3 and counted["feedback/watch=sabotage&novel=yes"] == 1
        assert store.findings.titles()["feedback/watch=sabotage&novel=yes"] == "Sabotage by agents, new subjects"
        # A theme born on 17 April, weeks after the first fit.
        store.db.execute("UPDATE theme_fit SET fitted_as_of = '2026-03-10T00:00:00Z'")
        store.db.execute("UPDATE theme SET born_on = '2026-04-17' WHERE theme_id = ?", (theme,))
    assert fitted >= "2026-04-20" and looks(world) == 2
    with Workspace(world).open_store() as store:
        assert new_ones(store) == {"44-8", "45-8", "47-8"}


def new_ones(store: Store) -> set[str]:
    matches = store.watch.matches()
    return {name.rpartition(":")[2] for name in matches.loc[matches["novel"], "document_id"]}


def test_a_step_that_was_cut_short_goes_on_where_it_stopped(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace(world).open_store() as store:
        store.watch.forget()
        everything = store.documents.count()
        written, write = [], type(store.watch).write

        def dying(self: Any, rows: Any, matches: Any) -> None:
            if len(written) == 2:
                raise KeyboardInterrupt
            written.append(len(rows))
            write(self, rows, matches)

        monkeypatch.setattr(watching, "CHUNK", 50)
        monkeypatch.setattr(type(store.watch), "write", dying)
        with pytest.raises(KeyboardInterrupt):
            looks(world)
        monkeypatch.undo()
    assert looks(world) - everything in range(-sum(written), -sum(written) + 4)
    with Workspace(world).open_store() as store:
        assert matched(store) == {"44-8", "45-8", "47-8"}


@pytest.mark.slow
def test_without_watchlists_nothing_is_left_and_other_findings_are_the_same(world: Path) -> None:
    before = {row["change_id"] for row in listed(world, "changes") if "/watch=" not in row["series"]}
    told = {row["alert_id"] for row in listed(world, "alerts", "--state", "all") if "/watch=" not in row["series"]}
    (world / "watchlists.yaml").write_text("watchlists: []\n", encoding="utf-8")
    run(Workspace(world), now=NOW)
    assert {row["change_id"] for row in listed(world, "changes")} == before
    after = listed(world, "alerts", "--state", "all")
    assert {row["alert_id"] for row in after if "/watch=" not in row["series"]} == told
    assert [row["state"] for row in after if "/watch=" in row["series"]] == ["resolved"]
    with Workspace(world).open_store() as store:
        assert store.watch.matches().empty
        assert not [name for name in store.findings.titles() if "/watch=" in name]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("kinds: [sabotage]", r"sabotage: kinds: expected one of over_block, under_block, .*, got 'sabotage'"),
        ("harm_domain: ciber", r"harm_domain: expected one of biological, .*, got 'ciber'"),
        ("segments: {plann: pro}", r"segments: expected one of product, got 'plann'"),
        ("owner: nobody", r"owner: expected an id of owners.yaml \(default, safety\), got 'nobody'"),
        ("flor: 2", r"flor: expected a known key"),
        ("similarity: 2", r"similarity: expected .*less than 1"),
        ("id: a&b", r"id: expected .*pattern"),
    ],
)
def test_watchlist_with_a_mistake_is_refused_with_what_was_expected(world: Path, line: str, expected: str) -> None:
    key = line.partition(":")[0]
    kept = [row for row in WATCHLISTS.splitlines() if not row.strip().removeprefix("- ").startswith(f"{key}:")]
    text = "\n".join([*kept, f"    {line}"]) if key != "id" else WATCHLISTS.replace("id: sabotage", line)
    (world / "watchlists.yaml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=expected):
        run(Workspace(world), now=NOW)


def test_documents_are_found_by_watchlist(ran: Path) -> None:
    rows = listed(ran, "documents", "--watch", "sabotage")
    assert {row["document_id"].rpartition(":")[2] for row in rows} == {"44-8", "45-8", "47-8"}


def test_trying_a_watchlist_says_what_it_would_have_told_and_writes_nothing(
    world: Path, snapshot: Callable[[Path], dict[str, list[tuple[object, ...]]]], tmp_path: Path
) -> None:
    before = snapshot(world / "groundswell.db")
    file = tmp_path / "try.yaml"
    file.write_text(
        "id: t\nname: Trial\nexamples: [The agent broke my project on purpose and hid it.]\n", encoding="utf-8"
    )
    (one,) = listed(world, "watchlists", "test", str(file))
    assert one["at_similarity"]["0.4"] >= one["at_similarity"]["0.75"]
    (known,) = listed(world, "watchlists", "test", "sabotage")
    assert (known["documents"], known["reporters"], known["alerts_raised"]) == (3, 3, 1)
    assert known["alerts"][0]["type"] == "first_seen" and len(known["examples"]) == 3
    assert sum(row["documents"] for row in known["weeks"]) == 3
    assert snapshot(world / "groundswell.db") == before
    assert "First seen: Sabotage by agents" in call(world, "watchlists", "test", "sabotage").output
    wrong = call(world, "watchlists", "test", "nope")
    assert wrong.exit_code == 2 and "sabotage" in wrong.output


def test_adding_and_removing_keep_every_other_line(world: Path) -> None:
    added = call(
        world, "watchlists", "add", "billing", "--name", "Double charges", "--word", "charged twice",
        "--kind", "billing", "--segment", "product=chat", "--floor", "2", "--owner", "safety",
    )  # fmt: skip
    assert added.exit_code == 0, added.output
    text = (world / "watchlists.yaml").read_text(encoding="utf-8")
    assert text.startswith(WATCHLISTS) and "words: [charged twice]" in text
    assert "not run yet: billing" in call(world, "watchlists").output
    assert [entry.id for entry in read_reference(world).watchlists] == ["sabotage", "billing"]
    twice = call(world, "watchlists", "add", "billing", "--name", "x", "--word", "y")
    assert twice.exit_code != 0 and "not taken" in str(twice.exception)
    assert call(world, "watchlists", "remove", "sabotage").exit_code == 0
    left = (world / "watchlists.yaml").read_text(encoding="utf-8")
    assert left.startswith("# what the safety team watches\nwatchlists:\n  - id: billing\n")
    assert call(world, "watchlists", "remove", "billing").exit_code == 0
    assert read_reference(world).watchlists == []


def test_wrong_watchlist_is_not_written(world: Path) -> None:
    before = (world / "watchlists.yaml").read_bytes()
    for options in (("--word", "x", "--kind", "nonsense"), ("--floor", "2"), ("--word", "x", "--segment", "plann=pro")):
        assert call(world, "watchlists", "add", "w2", "--name", "W", *options).exit_code != 0
    assert (world / "watchlists.yaml").read_bytes() == before
