"""The command `backtest` over a small workspace: what a run finds, known events, budgets by owner, nothing written."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from jobs import count, detect
from jobs.backtest import Asked, backtest, read_world, replay_of
from jobs.budgets import budget_groups, own_budgets, standing_owner
from jobs.cli import cli
from jobs.ingest_reference import read_reference, sync_reference
from jobs.known_events import read_events
from jobs.settings import SettingsError
from jobs.workspace import Workspace
from topics.replay import as_known
from topics.volume import series_table

EXAMPLE = Path(__file__).parent.parent / "examples" / "events.yaml"
AS_OF = "2026-03-10T20:00:00Z"
FILES = {
    "mitigations.yaml": """
mitigations:
  - {id: cyber-guard, name: Cyber guard, harm_domain: cyber, owner: cyber-team}
  - {id: bio-guard, name: Biology guard, harm_domain: biological, owner: bio-team}
""",
    "owners.yaml": """
owners:
  - {id: cyber-team, name: Cyber safeguards, budget: 0.5}
  - {id: bio-team, name: Biology safeguards}
""",
}
EVENTS = """
- {name: release 4.0, day: 2026-02-23, match: {kind: over_block, harm_domain: cyber}}
- {name: nothing, day: 2026-02-01, match: {kind: billing}}
"""


@pytest.fixture(scope="module")
def searched(delivery_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ten weeks of delivery_world.sql with reference files, counted and searched as a run does it."""
    made = Workspace(Path(shutil.copytree(delivery_world, tmp_path_factory.mktemp("searched") / "workspace")))
    for name, text in FILES.items():
        (made.path / name).write_text(text, encoding="utf-8")
    with made.open_store() as store:
        reference = sync_reference(made, store)
        count.run(store, made.settings, as_of=AS_OF)
        detect.run(store, made.settings, reference.routes, reference.watchlists, as_of=AS_OF)
    return made.path


@pytest.fixture
def found(searched: Path, tmp_path: Path) -> Workspace:
    """A copy of `searched`."""
    return Workspace(Path(shutil.copytree(searched, tmp_path / "workspace")))


def asked(workspace: Workspace, *options: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(workspace.path), "backtest", *options])


def test_replay_of_the_last_day_finds_what_the_run_found(found: Workspace) -> None:
    with found.open_store() as store:
        world = read_world(store, found.settings, read_reference(found.path))
        stored = pd.DataFrame(store.findings.changes())
    settings = detect.detection(found.settings, world.budgets)
    (table,) = as_known(replay_of(world, Asked(), [settings]), world.documents["received_day"].max())
    ran = stored.sort_values("change_id", ignore_index=True)
    table = table.sort_values("change_id", ignore_index=True)
    assert len(ran) and table["change_id"].tolist() == ran["change_id"].tolist()
    assert table["detected_on"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ran["detected_on"].fillna("").tolist()
    assert table["type"].tolist() == ran["type"].tolist()
    assert table["ratio"].tolist() == pytest.approx(ran["ratio"].tolist())


def test_wave_is_alerted_within_days_and_nothing_is_written(
    found: Workspace, tmp_path: Path, snapshot: Callable[[Path], object]
) -> None:
    (tmp_path / "known.yaml").write_text(EVENTS, encoding="utf-8")
    before = snapshot(found.database)
    days = ("--from", "2026-02-22", "--to", "2026-02-27")
    told = asked(found, *days, "--truth", str(tmp_path / "known.yaml"), "--json")
    assert told.exit_code == 0, told.output
    account = json.loads(told.stdout)
    (budget,) = account["budgets"]
    wave, nothing = budget["of_events"]
    assert account["days"] == 5 and wave["found"] and 0 < wave["delay_days"] <= 5
    assert nothing["alert_id"] is None and budget["recall"] == 0.5
    assert [row["event"] for row in budget["list"]] == ["release 4.0"] and budget["precision"] == 1.0
    assert snapshot(found.database) == before


def test_without_events_it_says_what_it_cannot_know(found: Workspace) -> None:
    told = asked(found, "--from", "2026-02-27", "--to", "2026-03-01")
    assert told.exit_code == 0, told.output
    words = " ".join(told.output.split())
    assert "no known events" in words and "themes, duplicates and watchlists of today" in words
    assert "2 days from 2026-02-27 to before 2026-03-01" in words


@pytest.mark.slow
def test_budgets_of_an_owner_stand_side_by_side(found: Workspace, tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(EVENTS, encoding="utf-8")
    truth = ("--truth", str(tmp_path / "known.yaml"))
    days = ("--from", "2026-02-23", "--to", "2026-02-26")
    told = asked(found, *days, *truth, "--owner", "cyber-team", "--false-alerts-per-week", "1,0.1", "--json")
    assert told.exit_code == 0, told.output
    budgets = json.loads(told.stdout)["budgets"]
    assert [row["budget"] for row in budgets] == [0.1, 1.0]
    assert budgets[0]["alerts"] <= budgets[1]["alerts"]
    assert {row["owner"] for one in budgets for row in one["list"]} <= {"cyber-team"}
    # The other event is about billing: nobody's but the default owner's.
    assert [row["name"] for row in budgets[0]["of_events"]] == ["release 4.0"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--from", "2020-01-01"), 1, "expected days from 2026-01-05 to 2026-03-11"),
        (("--from", "2026-03-01", "--to", "2026-03-01"), 1, "name days between them"),
        (("--from", "yesterday"), 2, "expected"),
        (("--owner", "nobody"), 1, "expected an owner of owners.yaml"),
        (("--false-alerts-per-week", "0.5,none"), 2, "positive numbers such as 0.25,0.5,1"),
        (("--truth", "absent.yaml"), 2, "absent.yaml"),
    ],
)
def test_what_cannot_be_replayed_is_said(workspace: Workspace, options: tuple[str, ...], code: int, words: str) -> None:
    told = asked(workspace, *options)
    said = told.output + (str(told.exception) if told.exception else "")
    assert words in " ".join(said.split())
    assert told.exit_code == (code if code == 2 else 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "expected a list of events"),
        ("- {day: 2026-03-01, match: {kind: over_block}}", "name: expected a value"),
        ("- {name: a, day: soon, match: {kind: over_block}}", "day"),
        ("- {name: a, day: 2026-03-01, match: {}}", "expected at least one of series"),
        ("- {name: a, day: 2026-03-01, end: 2026-03-01, match: {kind: a}}", "expected 'end' after 'day'"),
        ("- {name: a, day: 2026-03-01, match: {colour: red}}", "expected a known key"),
        (
            "- {name: a, day: 2026-03-01, match: {kind: a}}\n- {name: a, day: 2026-03-01, match: {kind: a}}",
            "got 'a' twice",
        ),
        ("{", "expected YAML"),
    ],
)
def test_events_file_that_is_wrong_says_where(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "events.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="events.yaml") as error:
        read_events(path)
    assert words in str(error.value)


def test_example_events_are_read() -> None:
    events = read_events(EXAMPLE)
    assert len(events) == 4 and events[1].direction == "down" and len(events[2].match) == 3


def test_series_stand_under_the_owner_of_what_they_count(found: Workspace) -> None:
    reference = read_reference(found.path)
    with found.open_store() as store:
        mitigations = store.reference.mitigations()
        table = series_table(count.counted(store))
        budgets = own_budgets(store.reference.owners())
    assert budgets == {"cyber-team": 0.5}
    rows = {row["series"]: row for row in table.to_dict("records")}
    theme = rows["feedback/theme=T0001"]
    assert standing_owner(theme, mitigations, reference.routes, default="default") == "cyber-team"
    groups = budget_groups(table, budgets, mitigations, reference.routes, default="default")
    spends = dict(zip(table["series"], groups, strict=True))
    assert spends["feedback/theme=T0001"] == "cyber-team"
    assert spends["feedback/theme=T0003"] is None and spends["feedback/total"] is None


def test_backtest_of_an_owner_takes_part_of_the_common_budget_from_nobody_else(found: Workspace) -> None:
    with found.open_store() as store:
        world = read_world(store, found.settings, read_reference(found.path))
    first, last = pd.Timestamp("2026-03-09"), pd.Timestamp("2026-03-10")
    account = backtest(world, Asked(first, last, "bio-team", (0.2, 0.4)))
    assert [row["budget"] for row in account["budgets"]] == [0.2, 0.4]
    assert account["owner"] == "bio-team" and account["days"] == 2
