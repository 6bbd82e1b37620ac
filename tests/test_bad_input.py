"""Bad input ends in a clear message or a counted quarantine, and never shows a complaint's text."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner, Result

from jobs.cli import cli
from jobs.ingest import Outcome, ingest
from jobs.ingest_plan import Request
from jobs.reading_bytes import InputError
from jobs.workspace import Workspace, create_workspace

pytestmark = pytest.mark.usefixtures("no_models")

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HEADER = "id,text,received_at\n"
GOOD = "".join(f"{n},complaint number {n},2026-06-0{n}\n" for n in range(1, 6))
Take = Callable[[bytes], Outcome]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "workspace")[0]


@pytest.fixture
def take(workspace: Workspace, tmp_path: Path) -> Callable[..., Outcome]:
    def taken(data: bytes, name: str = "in.csv") -> Outcome:
        (tmp_path / name).write_bytes(data)
        with workspace.open_store() as store:
            return ingest(workspace, store, Request(tmp_path / name), now=NOW)

    return taken


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "got an empty file"),
        (b"\n \n\n", "got an empty file"),
        (HEADER.encode(), "got only a header"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "got an image"),
        (b"PK\x03\x04" + b"\x00" * 60, "a zip or Excel file; save the sheet as CSV"),
        (bytes(range(32)) * 50, "got binary data"),
        ((HEADER + GOOD).encode("utf-16-le"), "--encoding utf-16-le"),
        ((HEADER + "9,caf\u00e9 de Lyon,2026-06-01\n").encode("latin-1"), "got byte 0xe9 at offset 25"),
        (gzip.compress((HEADER + GOOD * 99).encode())[:-30], "expected a whole gzip file"),
        (zstandard.compress((HEADER + GOOD * 99).encode())[:-30], "expected a whole zstd file"),
        (b"PAR1 and then nothing", "expected a Parquet file"),
        (b"[\n {\"text\": 1}]", "expected one JSON object a line"),
        (b"one,two\n1,2\n", "expected a column for text"),
        (("my account was blocked " * 9 + ",2026-06-01\n" + GOOD).encode(), "add a header line"),
    ],
    ids=[
        "empty", "blank", "header only", "image", "zip", "binary", "utf-16 without mark", "latin-1",
        "gzip cut off", "zstd cut off", "parquet cut off", "json list", "unknown columns", "no header",
    ],
)  # fmt: skip
def test_file_is_refused_as_a_whole_with_a_clear_message(
    take: Take, workspace: Workspace, data: bytes, told: str
) -> None:
    with pytest.raises(ValueError, match="expected") as error:
        take(data)
    assert told in str(error.value)
    assert not any(word in str(error.value) for word in ("Lyon", "my account"))
    with workspace.open_store() as store:
        assert store.documents.count() == 0 and store.runs.files() == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("9,just two", "ragged_row"),
        ("9,a,2026-06-01,more,and more", "ragged_row"),
        ("9,,2026-06-01", "empty_text"),
        ("9,NaN,2026-06-01", "empty_text"),
        ("9,\u200b\u200d \u2060,2026-06-01", "empty_text"),
        ("9,secret words,", "no_date"),
        ("9,secret words,NaN", "no_date"),
        ("9,secret words,soon", "bad_date"),
        ("9,secret words,1900-01-01", "implausible_date"),
        ("9,secret words,2100-01-01", "implausible_date"),
        ("1,secret words,2026-06-01", "id_conflict"),
        ("9," + "secret words " * 800_000 + ",2026-06-01", "too_long"),
    ],
    ids=lambda value: value[:24],
)
def test_row_is_quarantined_with_its_line_and_reason_and_not_its_text(
    take: Take, workspace: Workspace, row: str, reason: str
) -> None:
    outcome = take((HEADER + GOOD + row + "\n6,the last one,2026-06-06\n").encode())
    assert (outcome.rows_new, outcome.rows_quarantined) == (6, 1)
    assert outcome.reasons == {reason: 1}
    assert [(refusal.line, "secret" in refusal.detail) for refusal in outcome.examples] == [(7, False)]
    assert b"secret words" not in workspace.database.read_bytes()


def test_line_that_is_no_json_is_quarantined(take: Callable[..., Outcome]) -> None:
    lines = [json.dumps({"text": "fine", "received_at": "2026-06-01"}), "{broken", "7", "[" * 100_000]
    lines += [json.dumps({"text": ["a", "list"], "received_at": "2026-06-01"})]
    outcome = take("\n".join(lines).encode(), "in.jsonl")
    assert outcome.rows_new == 1
    assert outcome.reasons == {"bad_json": 3, "not_text": 1}


def test_quote_that_is_never_closed_costs_one_row(take: Take) -> None:
    outcome = take((HEADER + GOOD + '9,"never closed,2026-06-01\n' + GOOD).encode())
    assert (outcome.rows_new, outcome.reasons) == (5, {"ragged_row": 1})


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f621\U0001f621 why",
        "\u0644\u0645\u0627\u0630\u0627 \u062a\u0645 \u062d\u0638\u0631\u064a \u202eabc",
        "in\u200bvisi\u200dble",
        "nul\x00 and bell\x07",
        "\u6211\u88ab\u5c01\u4e86",
        "=HYPERLINK(1)",
        "<script>alert(1)</script>",
    ],
)
def test_odd_text_is_text(take: Take, workspace: Workspace, text: str) -> None:
    assert take((HEADER + f"1,{text},2026-06-01\n").encode()).rows_new == 1
    with workspace.open_store() as store:
        stored = store.db.table("document").get("in:1")["text"]
    assert "\x00" not in stored and "\x07" not in stored
    assert stored[:2] == text[:2]


def test_lone_surrogate_in_json_is_replaced(take: Callable[..., Outcome], workspace: Workspace) -> None:
    take(b'{"id": "1", "text": "half \\ud83d of it", "received_at": "2026-06-01"}\n', "in.jsonl")
    with workspace.open_store() as store:
        assert store.db.table("document").get("in:1")["text"] == "half \ufffd of it"


def test_unknown_columns_are_told(take: Take) -> None:
    outcome = take(b"id,text,received_at,shoe size\n1,words,2026-06-01,42\n")
    assert "columns not used: shoe size" in outcome.notes


def test_broken_quote_over_the_limit_is_told_with_its_line(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.reading_formats.MAX_LINE", 10_000)
    with pytest.raises(InputError, match="from line 7 on; look for a quote that is never closed"):
        take((HEADER + GOOD + '9,"' + "secret words " * 2000).encode())


def call(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(workspace.path), *arguments])


def test_command_line_tells_what_was_read_and_refused(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(HEADER + GOOD + "9,,2026-06-01\n", encoding="utf-8")
    result = call(workspace, "ingest", str(path), "--map", "text=text", "--source", "web", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["new"], told["quarantined"], told["reasons"]) == (5, 1, {"empty_text": 1})
    again = call(workspace, "ingest", str(path), "--map", "text=text", "--source", "web")
    assert "nothing to do: this file was ingested before" in again.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--decisions", "--labels"],
        ["--decisions", "--stream", "feedback"],
        ["--map", "text"],
        ["--stream", "letters"],
        ["no such file"],
    ],
)
def test_misuse_ends_with_exit_code_2(workspace: Workspace, tmp_path: Path, arguments: list[str]) -> None:
    path = tmp_path / "in.csv"
    path.write_text(HEADER + GOOD, encoding="utf-8")
    assert call(workspace, "ingest", str(path), *arguments).exit_code == 2


def test_doctor_finds_what_is_wrong(workspace: Workspace) -> None:
    assert call(workspace, "doctor").exit_code == 0
    (workspace.path / "owners.yaml").write_text("owners: 7\n", encoding="utf-8")
    (workspace.path / "key").unlink()
    result = call(workspace, "doctor", "--json")
    assert result.exit_code == 1
    assert {row["check"] for row in json.loads(result.stdout) if row["state"] == "wrong"} == {
        "reference files",
        "hash key",
    }
