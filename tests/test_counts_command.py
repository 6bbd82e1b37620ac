"""`groundswell counts`: the account in every format and span, and what stands behind a number."""

import io
import json
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from jobs import ledger_job
from jobs.cli import cli
from jobs.settings import Settings
from jobs.store import Store


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world (delivery_world.sql) with its ledger, in which each test only reads."""
    path = tmp_path_factory.mktemp("counts")
    (path / "groundswell.yaml").write_text("", encoding="utf-8")
    Store(path / "groundswell.db").close()
    connection = sqlite3.connect(path / "groundswell.db")
    connection.executescript(Path(__file__).with_name("delivery_world.sql").read_text(encoding="utf-8"))
    connection.close()
    with Store(path / "groundswell.db") as store:
        ledger_job.run(store, Settings(), as_of="2026-03-10T20:00:00Z")
        store.db.execute("UPDATE ledger SET suspected_campaign = 7, drift = 'answers shifted' WHERE week = '2026-W10'")
        for number, unique, reason in ((1, 41, None), (2, 60, "late arrivals")):
            cell = {"week": "2026-W10", "kind": "over_block", "slice": "all", "span": 1, "revision": number}
            store.db.table("ledger_revision").insert(
                {**cell, "as_of": "2026-03-09", "claimed_unique": unique, "reason": reason}
            )
    return path


def asked(world: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(world), "counts", *arguments])


def rows(world: Path, *arguments: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(asked(world, "weekly", "--json", *arguments).output)
    return found


def test_every_number_comes_with_interval_denominator_moment_and_raw_count(world: Path) -> None:
    (row,) = rows(world, "--week", "2026-W10")
    for name in ("claims", "wrongful", "per_10k_requests", "wrongful_per_10k_requests", "block_precision", "change_4w"):
        assert row[f"{name}_low"] is not None and row[f"{name}_high"] is not None
    assert row["as_of"] == "2026-03-10T20:00:00Z" and row["requests"] and row["active_customers"]
    assert row["claimed_raw"] >= row["claimed_unique"]  # type: ignore[operator]
    assert [one["claimed_unique"] for one in row["revisions"]] == [41, 60]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("span", "held"), [("1", {1}), ("4", {4})])
def test_span_is_what_was_asked_for(world: Path, span: str, held: set[int]) -> None:
    assert {row["span"] for row in rows(world, "--by", "plan", "--span", span)} == held


def test_week_of_long_ago_can_be_asked_for(world: Path) -> None:
    first = min(str(row["week"]) for row in rows(world, "--weeks", "100"))
    assert [row["week"] for row in rows(world, "--week", first)] == [first]


def test_parquet_holds_what_json_does(world: Path, tmp_path: Path) -> None:
    done = asked(world, "weekly", "--format", "parquet", "--by", "plan", "-o", str(tmp_path / "w.parquet"))
    assert done.exit_code == 0, done.output
    frame = pd.read_parquet(tmp_path / "w.parquet")
    told = rows(world, "--by", "plan")
    assert frame["claimed_unique"].tolist() == [row["claimed_unique"] for row in told]
    assert list(frame) == list(told[0]) and json.loads(frame["detail"].iloc[0]) == told[0]["detail"]
    piped = asked(world, "weekly", "--format", "parquet")
    assert len(pd.read_parquet(io.BytesIO(piped.stdout_bytes))) == 8


@pytest.mark.parametrize("form", ["csv", "json"])
def test_file_holds_what_would_be_printed(world: Path, tmp_path: Path, form: str) -> None:
    assert asked(world, "weekly", "--format", form, "-o", str(tmp_path / "w")).exit_code == 0
    assert (tmp_path / "w").read_bytes() == asked(world, "weekly", "--format", form).stdout_bytes


def test_table_is_not_written_to_a_file(world: Path, tmp_path: Path) -> None:
    done = asked(world, "weekly", "-o", str(tmp_path / "w"))
    assert done.exit_code == 2 and "csv, json or parquet" in done.output


def test_file_in_a_folder_that_is_not_there_is_refused_before_anything_is_read(world: Path, tmp_path: Path) -> None:
    done = asked(world, "weekly", "--format", "csv", "-o", str(tmp_path / "missing" / "w.csv"))
    assert done.exit_code == 2 and "expected a folder that exists" in done.output


def test_table_names_revision_campaign_drift_and_what_is_to_come(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "170")
    table = asked(world, "weekly", "--weeks", "2", "--by", "plan").output
    assert "2026-W10 was 41, now 60 (late arrivals)" in table
    assert "!7" in table and "suspected campaign" in table
    assert "drift: answers shifted" in table
    assert "→" in table and "once all reports are in" in table
    assert "plan=unattributed" in table and "(none)" not in table


def test_evidence_lists_what_was_counted_and_what_was_audited(world: Path) -> None:
    (row,) = rows(world, "--week", "2026-W10")
    told = json.loads(asked(world, "evidence", "--week", "2026-W10", "--json", "--limit", "500").output)
    counted = [one for one in told["rows"] if one["part"] == "counted"]
    assert len(counted) == told["parts"]["counted"] == row["claimed_unique"]
    assert told["parts"]["audited"] == row["audited"] and told["parts"]["adjudicated"] == row["adjudicated"]
    four = json.loads(asked(world, "evidence", "--week", "2026-W10", "--span", "4", "--json").output)
    assert four["parts"]["counted"] == rows(world, "--week", "2026-W10", "--span", "4")[0]["claimed_unique"]


def test_evidence_of_a_part_is_that_part_alone(world: Path) -> None:
    table = asked(world, "evidence", "--week", "2026-W10", "--part", "audited", "--limit", "3").output
    assert "audited" in table and "more; see --limit" in table
    assert asked(world, "evidence", "--week", "2026-W10", "--part", "hearsay").exit_code == 2


@pytest.mark.parametrize("week", ["2026-W99", "2025-W53", "2026-w10", "2026-10", "W10", "last"])
@pytest.mark.parametrize("command", ["weekly", "evidence", "bridge"])
def test_a_week_that_does_not_exist_is_refused(world: Path, command: str, week: str) -> None:
    result = asked(world, command, "--week", week)
    assert (
        result.exit_code == 2 and f"expected an ISO week that exists, such as 2026-W10, got '{week}'" in result.output
    )


def test_a_slice_without_a_value_is_refused(world: Path) -> None:
    result = asked(world, "evidence", "--week", "2026-W10", "--slice", "plan")
    assert result.exit_code == 2 and "expected a slice such as all or harm_domain=cyber&plan=pro" in result.output
