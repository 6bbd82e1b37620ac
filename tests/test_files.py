"""`classify` and `redact` over files, through the command line: formats, bad rows, order, offsets, interruptions."""

import csv
import gc
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from click.testing import CliRunner, Result

from jobs.cli import cli
from jobs.file_documents import ROWS, Batch, Wanted, open_documents
from jobs.file_run import passed, whole
from jobs.file_work import Done, Tally
from jobs.models import promote
from jobs.workspace import Workspace, create_workspace
from nlp.hashing import Hashing
from nlp.seed import seed_corpus
from nlp.taxonomy import load_taxonomy
from nlp.training import train

TEXTS = [
    "My chemistry homework was refused again, write to ada@lovelace.example please.",
    "Charged twice! Call me: +1 415 555 0133. Request ID: req_011CbQm4uTzXwL8sKe7YpRv2",
    "### Bug description\nThe agent deleted my branch.\n### Environment\n- OS: Windows 11",
    "Ошибка: мой запрос отклонён, пишите на ada@lovelace.example",
]
FIELDS = ("kind", "harm_domain", "use_case", "severity")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a small classifier of its own promoted, and the embedder of the tests."""
    made, _ = create_workspace(tmp_path_factory.mktemp("files") / "workspace")
    with (made.path / "groundswell.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\nembedder: hashing\n")
    examples = seed_corpus().iloc[::23].reset_index(drop=True)
    vectors = Hashing().embed(examples["claim"].tolist())
    train(examples, (vectors,), taxonomy=load_taxonomy()).save(made.models / "classifier-small")
    promote(made, now=datetime(2026, 3, 1, tzinfo=UTC), classifier="classifier-small")
    return made


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No workspace is found by accident."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GROUNDSWELL_WORKSPACE", raising=False)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def as_csv(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "body"], *([f"d{n}", text] for n, text in enumerate(TEXTS))])
    return path


def as_jsonl(path: Path) -> Path:
    lines = (json.dumps({"id": f"d{n}", "message": text}) for n, text in enumerate(TEXTS))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def as_parquet(path: Path) -> Path:
    pq.write_table(pa.table({"id": [f"d{n}" for n in range(len(TEXTS))], "text": TEXTS}), path)
    return path


def as_gzip(path: Path) -> Path:
    path.write_bytes(gzip.compress(as_csv(path.with_name("plain.csv")).read_bytes()))
    return path


def as_zstd(path: Path) -> Path:
    path.write_bytes(zstandard.compress(as_jsonl(path.with_name("plain.jsonl")).read_bytes()))
    return path


MAKERS = {"a.csv": as_csv, "a.jsonl": as_jsonl, "a.parquet": as_parquet, "a.csv.gz": as_gzip, "a.jsonl.zst": as_zstd}


@pytest.mark.parametrize("name", MAKERS)
def test_every_format_is_redacted_to_the_same_lines(name: str, tmp_path: Path) -> None:
    make: Callable[[Path], Path] = MAKERS[name]
    assert run("redact", make(tmp_path / name), "-o", tmp_path / "out.jsonl").exit_code == 0
    found = rows(tmp_path / "out.jsonl")
    assert [row["id"] for row in found] == ["d0", "d1", "d2", "d3"]
    assert [row["text"] for row in found] == [
        TEXTS[0].replace("ada@lovelace.example", "<EMAIL_1>"),
        TEXTS[1].replace("+1 415 555 0133", "<PHONE_1>"),
        TEXTS[2],
        TEXTS[3].replace("ada@lovelace.example", "<EMAIL_1>"),
    ]


def test_spans_count_in_the_original_to_the_character(tmp_path: Path) -> None:
    strange = "\u200b  my mail:\x00 a\u200bda@lovelace.example \U0001f525 and bob@lovelace.example \t"
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": strange}), "utf-8")
    run("redact", path, "-o", tmp_path / "out.jsonl")
    [row] = rows(tmp_path / "out.jsonl")
    rebuilt, at = "", 0
    for number, span in enumerate(row["spans"], 1):
        rebuilt += f"{strange[at : span['start']]}<EMAIL_{number}>"
        at = span["end"]
    assert [span["entity"] for span in row["spans"]] == ["EMAIL", "EMAIL"]
    assert rebuilt + strange[at:] == row["text"]


def test_redacting_the_redacted_changes_nothing(tmp_path: Path) -> None:
    run("redact", as_csv(tmp_path / "a.csv"), "-o", tmp_path / "once.jsonl")
    run("redact", tmp_path / "once.jsonl", "-o", tmp_path / "twice.jsonl")
    once, twice = rows(tmp_path / "once.jsonl"), rows(tmp_path / "twice.jsonl")
    assert [row["text"] for row in once] == [row["text"] for row in twice]
    assert not any(row["spans"] for row in twice)


def test_every_document_is_classified_in_order(workspace: Workspace, tmp_path: Path) -> None:
    done = run("-w", workspace.path, "classify", as_csv(tmp_path / "a.csv"), "-o", tmp_path / "out.jsonl", "--json")
    assert done.exit_code == 0
    found = rows(tmp_path / "out.jsonl")
    assert [row["id"] for row in found] == ["d0", "d1", "d2", "d3"]
    expected = ["id", "claim", *FIELDS, "facets", "entities", "language", "hazard", "boilerplate", "abstained"]
    taxonomy = load_taxonomy()
    for row in found:
        assert list(row) == expected
        assert all(set(row[name]) == {"label", "probability"} for name in FIELDS)
        assert all(0 <= row[name]["probability"] <= 1 for name in FIELDS)
        assert row["severity"]["label"] in range(4) and row["kind"]["label"] in taxonomy.ids("kind")
        assert row["hazard"] == taxonomy.hazard(row["kind"]["label"], row["harm_domain"]["label"])
    assert found[1]["entities"] == {"request_id": ["req_011CbQm4uTzXwL8sKe7YpRv2"]}
    assert found[2]["claim"] == "The agent deleted my branch."
    assert found[3]["language"] == "ru"
    told = json.loads(done.stdout)
    assert told["documents"] == 4 and told["quarantined"] == 0
    assert sum(told["kinds"].values()) == 4 and set(told["abstained"]) == set(FIELDS)
    assert told["versions"]["embedder"] == "hashing-1"


def test_boilerplate_counts_in_the_redacted_text(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "I am ada@lovelace.example.\nRequest ID: req_011CbQm4uTzXwL8sKe7Y"}), "utf-8")
    run("-w", workspace.path, "classify", path, "-o", tmp_path / "out.jsonl", "--with-text")
    [row] = rows(tmp_path / "out.jsonl")
    [part] = row["boilerplate"]
    assert row["text"][part["start"] : part["end"]] == "Request ID: req_011CbQm4uTzXwL8sKe7Y"
    assert "ada@" not in row["text"] and part["part"] == "id_line"


def test_bad_rows_are_listed_with_line_and_reason_and_never_their_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"text": "good words"}\nsecret words\n{"text": "  "}\n{"text": ["x"]}\n{"text": "more"}\n', "utf-8"
    )
    done = run("redact", path, "-o", tmp_path / "out.jsonl", "--json")
    assert done.exit_code == 0
    assert [row["id"] for row in rows(tmp_path / "out.jsonl")] == ["line-1", "line-5"]
    listed = rows(tmp_path / "a.jsonl.quarantine.jsonl")
    assert [(row["line"], row["reason"]) for row in listed] == [(2, "bad_json"), (3, "empty_text"), (4, "not_text")]
    assert "secret" not in (tmp_path / "a.jsonl.quarantine.jsonl").read_text("utf-8")
    assert json.loads(done.stdout)["reasons"] == {"bad_json": 1, "empty_text": 1, "not_text": 1}


def test_a_quarantine_list_goes_where_it_is_asked_for_and_a_stale_one_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "good words"}\nbroken\n', "utf-8")
    run("redact", path, "-o", tmp_path / "out.jsonl")
    run("redact", path, "-o", tmp_path / "out.jsonl", "--quarantine", tmp_path / "bad.jsonl")
    assert (tmp_path / "bad.jsonl").read_bytes() == (tmp_path / "a.jsonl.quarantine.jsonl").read_bytes()
    path.write_text('{"text": "good words"}\n', "utf-8")
    run("redact", path, "-o", tmp_path / "out.jsonl")
    assert not (tmp_path / "a.jsonl.quarantine.jsonl").exists()


def test_a_row_without_an_id_is_named_by_its_line_also_in_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a", None, ""], "text": ["one word", "two words", "three words"]}), tmp_path / "p")
    run("redact", tmp_path / "p", "-o", tmp_path / "out.jsonl")
    assert [row["id"] for row in rows(tmp_path / "out.jsonl")] == ["a", "line-2", "line-3"]


def test_a_guessed_id_that_may_be_an_address_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\nada@lovelace.example,some words\nb,other words\n", "utf-8")
    run("redact", path, "-o", tmp_path / "out.jsonl")
    assert [row["id"] for row in rows(tmp_path / "out.jsonl")] == ["line-2", "b"]
    run("redact", path, "-o", tmp_path / "out.jsonl", "--id", "id")
    assert rows(tmp_path / "out.jsonl")[0]["id"] == "ada@lovelace.example"


def test_title_and_body_make_one_text_and_columns_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("key,title,body,extra\n1,Refused,My words,more\n2,Refused,Refused again,less\n", "utf-8")

    def texts(*options: str) -> list[str]:
        assert run("redact", path, "-o", tmp_path / "out.jsonl", *options).exit_code == 0
        return [row["text"] for row in rows(tmp_path / "out.jsonl")]

    assert texts() == ["Refused\n\nMy words", "Refused again"]
    assert texts("--text", "extra") == texts("--map", "text=extra") == ["more", "less"]
    assert texts("--text", "extra", "--text", "body") == ["more\n\nMy words", "less\n\nRefused again"]
    assert texts("--limit", "1") == ["Refused\n\nMy words"]


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("size,color\n1,2\n", (), "found none among: size, color; name it with --map text=COLUMN"),
        ("a,text\n1,some words\n", ("--text", "body"), "expected a column (a, text), got 'body'"),
        ("", (), "got an empty file"),
        ("\x1b[2Jevil,b\n" + "1,2\n" * 20, (), "found none among: [2Jevil, b"),
    ],
)
def test_what_cannot_be_read_fails_with_what_to_do(
    content: str, options: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, "utf-8")
    done = run("redact", path, "-o", tmp_path / "out.jsonl", *options)
    assert done.exit_code == 1 and said in done.stderr and "\x1b" not in done.output
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(
    "options",
    [("--map", "source=a"), ("--map", "text=a", "--text", "a"), ("--map", "id=a,b"), ("--jobs", "0"), ("--limit", "x")],
)
def test_misuse_ends_with_two(options: tuple[str, ...], tmp_path: Path) -> None:
    assert run("redact", as_csv(tmp_path / "a.csv"), *options).exit_code == 2


def test_an_input_is_never_written_over(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "a.csv")
    before = path.read_bytes()
    for options in (("-o", path), ("-o", tmp_path / "b", "--quarantine", path)):
        assert run("redact", path, *options).exit_code == 1
    assert path.read_bytes() == before


def test_a_stale_list_that_cannot_be_removed_costs_nothing(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "a.csv")
    Path(f"{path}.quarantine.jsonl").mkdir()  # as on a disk that is only read: no unlink succeeds
    assert run("redact", path, "-o", tmp_path / "out.jsonl").exit_code == 0


def test_a_folder_that_is_not_there_is_said_before_the_work(tmp_path: Path) -> None:
    for option in ("-o", "--quarantine"):
        done = run("redact", as_csv(tmp_path / "a.csv"), option, tmp_path / "absent" / "x")
        assert done.exit_code == 2 and "expected a folder that exists" in done.output


def test_output_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    path, out = as_gzip(tmp_path / "a.csv.gz"), tmp_path / "out.jsonl"
    out.write_text("before", "utf-8")
    path.write_bytes(path.read_bytes()[:-12])
    assert run("redact", path, "-o", out).exit_code == 1
    with pytest.raises(RuntimeError), whole(out) as stream:
        stream.write(b"half")
        raise RuntimeError
    assert out.read_text("utf-8") == "before"
    assert sorted(os.listdir(tmp_path)) == ["a.csv.gz", "out.jsonl", "plain.csv"]


def test_standard_output_drives_no_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "x\x1b[2J", "text": "clear \x1b[2J \x9b2J \u202e\x7f this"}), "utf-8")
    done = run("redact", path)
    assert done.exit_code == 0
    assert not any(sign in done.stdout for sign in "\x1b\x9b\u202e\x7f")
    assert json.loads(done.stdout)["text"] == "clear \x1b[2J \x9b2J \u202e\x7f this"


def test_lone_surrogates_are_written_as_json_has_them(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "broken \\ud800 words"}\n', "utf-8")
    run("redact", path, "-o", tmp_path / "out.jsonl")
    assert rows(tmp_path / "out.jsonl")[0]["text"] == "broken \ud800 words"


@pytest.mark.slow
def test_two_processes_write_the_same_bytes_as_one(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    documents = [{"text": f"{TEXTS[number % 4]} number {number}"} for number in range(4 * ROWS + 1)]
    path.write_text("\n".join(map(json.dumps, documents)) + "\nbroken\n", "utf-8")
    command = [sys.executable, "-c", "from jobs.cli import main; main()", "-w", str(workspace.path)]
    made = []
    for jobs in ("1", "2"):
        out = tmp_path / f"out{jobs}.jsonl"
        words = [*command, "classify", str(path), "-o", str(out), "--jobs", jobs]
        subprocess.run(words, check=True, capture_output=True, cwd=Path(__file__).parent.parent)
        made.append(out.read_bytes())
    assert made[0] == made[1]
    assert made[0].count(b"\n") == 4 * ROWS + 1


def test_what_the_processes_share_is_not_written_to_by_collecting_garbage() -> None:
    batches = [Batch([str(number)], ["words"]) for number in range(6)]
    told = [done.content for _, done in passed(batches, frozen, jobs=2)]
    assert len(told) == 6 and all(int(count) > 10_000 for count in told)
    assert gc.get_freeze_count() == 0, "and this process collects again"


def frozen(batch: Batch) -> Done:
    """How many objects the garbage collector of this process leaves alone."""
    return Done(str(gc.get_freeze_count()).encode(), Tally(len(batch.ids)))


def test_a_file_is_read_no_further_than_the_work_has_come(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("".join(f'{{"text": "words {number}"}}\n' for number in range(40 * ROWS)), "utf-8")
    read = 0

    def counted() -> Any:
        nonlocal read
        for batch in open_documents(Wanted(path)).batches():
            read += 1
            yield batch

    def work(batch: Batch) -> Done:
        return Done(b"", Tally(len(batch.ids)))

    for done, _ in enumerate(passed(counted(), work, jobs=1), 1):
        assert read <= done + 5
    assert read == 40


def test_what_fails_in_a_process_fails_the_command(tmp_path: Path) -> None:
    batches = [Batch([str(number)], ["x"]) for number in range(12)]

    def work(batch: Batch) -> Done:
        if batch.ids == ["7"]:
            raise ValueError("expected better, got this; mend it")
        return Done(batch.ids[0].encode(), Tally(1))

    seen = []
    with pytest.raises(ValueError, match="mend it"):
        for _, done in passed(batches, work, jobs=2):
            seen.append(done.content)
    assert seen == [b"0", b"1", b"2", b"3", b"4", b"5", b"6"]


def test_no_workspace_is_needed(tmp_path: Path) -> None:
    done = run("classify", as_csv(tmp_path / "a.csv"), "--json")
    assert done.exit_code == 0
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["d0", "d1", "d2", "d3"]
    assert json.loads(done.stderr[done.stderr.index("{") :])["versions"]["embedder"].startswith("minilm-")


def test_a_named_workspace_that_is_none_is_misuse(tmp_path: Path) -> None:
    assert run("-w", tmp_path, "classify", as_csv(tmp_path / "a.csv")).exit_code == 2
