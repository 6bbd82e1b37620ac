"""`themes --file` through the command line: what comes out, what is refused, who cannot buy a theme, saved models."""

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from click.testing import CliRunner, Result

from jobs.cli import cli
from jobs.theme_file_fit import FileThemes
from jobs.theme_file_model import load, save
from nlp.student import Student
from topics.standing import Prototypes

SUBJECTS = {
    "card": (
        "My new card has not arrived",
        "The card I ordered never came",
        "Still waiting for my bank card to arrive",
    ),
    "invoice": (
        "I was charged twice on my invoice",
        "The invoice shows a double charge",
        "Billed two times this month",
    ),
    "login": (
        "I cannot log in to my account",
        "The login page rejects my password",
        "Password reset does not let me in",
    ),
    "crash": ("The app crashes when I open it", "App closes itself at start", "The app crashed again this morning"),
}
ENDINGS = (
    "", " and nobody answers", " since last week", " please help", ", again", " on my phone", " and I am tired of it",
    " after the update", " for the third time", " although I paid", " in the evening", " what can I do",
)  # fmt: skip
COLUMNS = ("id", "title", "body", "created_at", "author")

Row = dict[str, Any]


def filed() -> list[Row]:
    """144 complaints on four subjects over three weeks, each by a person of their own."""
    found = []
    for ending in ENDINGS:
        for sentences in SUBJECTS.values():
            for sentence in sentences:
                number = len(found)
                day = f"2026-03-{2 + number * 21 // 144:02d}"
                row = (f"d{number}", "Complaint", f"{sentence}{ending}.", f"{day}T10:00:00Z", f"person {number}")
                found.append(dict(zip(COLUMNS, row, strict=True)))
    return found


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No workspace is found by accident."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GROUNDSWELL_WORKSPACE", raising=False)


@pytest.fixture
def complaints(tmp_path: Path) -> Path:
    """The complaints as CSV."""
    return written(tmp_path / "complaints.csv", filed())


@dataclass(frozen=True, slots=True)
class Outcome:
    """A directory with all that a run over the complaints wrote, and what was printed."""

    path: Path
    told: Row
    result: Result


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run over the complaints with everything that can be asked for."""
    path = tmp_path_factory.mktemp("outcome")
    options = ("--text", "title,body", "--time", "created_at", "-o", path / "out.jsonl", "--summary", path / "s.json")
    done = themes(
        written(path / "a.csv", filed()), *options, "--save", path / "m.npz", "--map", path / "map.png", "--json"
    )
    return Outcome(path, json.loads(done.stdout), done)


def written(path: Path, rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def themes(path: Path, *options: str | Path, code: int = 0) -> Result:
    """Run the command with vectors of the static table, which is the quickest."""
    chosen = [] if {"--model", "--vectors"} & set(map(str, options)) else ["--vectors", "static"]
    arguments = ["themes", "--file", str(path), *chosen, *map(str, options)]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def summary(path: Path, *options: str | Path) -> Row:
    found: Row = json.loads(themes(path, *options, "--json").stdout)
    return found


def lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_document_gets_its_theme_in_the_order_of_the_file(outcome: Outcome) -> None:
    told, found = outcome.told, lines(outcome.path / "out.jsonl")
    assert [row["id"] for row in found] == [f"d{number}" for number in range(144)]
    assert all(list(row) == ["id", "theme", "similarity"] for row in found)
    leaves = {theme["id"]: theme for theme in told["themes"] if theme["level"] == 0}
    assert len(leaves) >= 4
    placed = [row["theme"] for row in found if row["theme"] is not None]
    assert {one: placed.count(one) for one in leaves} == {one: theme["size"] for one, theme in leaves.items()}
    assert told["assigned"] == len(placed) and told["unassigned"] == 144 - len(placed)
    assert told["coverage"] == pytest.approx(len(placed) / 144, abs=1e-4) and told["coverage"] >= 0.85
    assert all(row["similarity"] >= told["threshold"] - 1e-4 for row in found if row["theme"])
    assert json.loads((outcome.path / "s.json").read_text("utf-8")) == told


def test_subjects_are_told_apart_with_names_phrases_and_exemplars(outcome: Outcome) -> None:
    told = outcome.told
    of: dict[str, list[int]] = {}
    for number, row in enumerate(lines(outcome.path / "out.jsonl")):
        of.setdefault(str(row["theme"]), []).append(number // 3 % 4)
    pure = sum(max(map(found.count, set(found))) for theme, found in of.items() if theme != "None")
    assert pure >= 0.9 * told["assigned"]
    for theme in told["themes"]:
        assert theme["name"] and (theme["phrases"] or theme["level"]) and 1 <= len(theme["exemplars"]) <= 5
        assert len({one["text"] for one in theme["exemplars"]}) == len(theme["exemplars"])
        assert theme["reporters"] == theme["size"] and theme["largest_share"] <= 1
    fit = told["fit"]
    assert fit["fitted"] == 144 and [cost["coverage"] for cost in fit["cost_of_coverage"]] == [0.5, 0.7, 0.8, 0.9, 1.0]


def test_sizes_by_week_add_up(outcome: Outcome) -> None:
    told = outcome.told
    assert list(told["weekly"]) == ["2026-W10", "2026-W11", "2026-W12"] and sum(told["weekly"].values()) == 144
    for theme in told["themes"]:
        assert sum(theme["weekly"].values()) == theme["size"]
        assert told["first_day"] <= theme["first_seen"] <= theme["last_seen"] <= told["last_day"]
    leaves = [theme for theme in told["themes"] if theme["level"] == 0]
    for week, count in told["weekly"].items():
        known = sum(theme["weekly"].get(week, 0) for theme in leaves)
        assert known + told["unassigned_weekly"].get(week, 0) == count


def test_the_map_is_a_picture(outcome: Outcome) -> None:
    assert (outcome.path / "map.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_without_days_nothing_is_told_by_week_and_any_format_gives_the_same(outcome: Outcome, tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(filed()), tmp_path / "a.parquet")
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.compress("\n".join(map(json.dumps, filed())).encode()))
    for name in ("a.parquet", "a.jsonl.zst"):
        told = summary(tmp_path / name, "--time", "", "--text", "title,body", "-o", tmp_path / "out.jsonl")
        assert (tmp_path / "out.jsonl").read_bytes() == (outcome.path / "out.jsonl").read_bytes()
        assert "weekly" not in told and not any("weekly" in theme for theme in told["themes"])


@pytest.mark.slow
def test_a_text_file_is_a_document_a_line(tmp_path: Path) -> None:
    path = tmp_path / "titles.txt"
    path.write_text("\n".join(row["body"] for row in filed()) + "\n", "utf-8")
    told = summary(path, "-o", tmp_path / "out.jsonl")
    assert told["documents"] == 144 and lines(tmp_path / "out.jsonl")[0]["id"] == "line-1"


def test_personal_data_is_in_nothing_that_is_written(tmp_path: Path) -> None:
    rows = [{**row, "body": f"{row['body']} Write to ada@lovelace.example or +1 415 555 0133."} for row in filed()]
    path = written(tmp_path / "a.csv", rows)
    done = themes(path, "-o", tmp_path / "o.jsonl", "--summary", tmp_path / "s.json", "--save", tmp_path / "m.npz")
    told = json.loads((tmp_path / "s.json").read_text("utf-8"))
    assert any("<EMAIL_1>" in one["text"] for theme in told["themes"] for one in theme["exemplars"])
    content = done.output.encode() + b"".join((tmp_path / name).read_bytes() for name in ("o.jsonl", "s.json", "m.npz"))
    assert not [secret for secret in (b"ada@", b"555 0133", b"person 1") if secret in content]


@pytest.mark.slow
def test_refused_rows_are_counted_and_listed_without_their_text(tmp_path: Path) -> None:
    rows = filed()
    rows[3]["body"], rows[3]["title"], rows[5]["created_at"] = "  ", "", "soon"
    path = written(tmp_path / "a.csv", rows)
    told = summary(path, "--time", "created_at", "-o", tmp_path / "out.jsonl")
    assert told["reasons"] == {"bad_date": 1, "empty_text": 1} and told["documents"] == 142
    listed = lines(tmp_path / "a.csv.quarantine.jsonl")
    assert [(row["line"], row["reason"]) for row in listed] == [(5, "empty_text"), (7, "bad_date")]
    assert "d5" not in {row["id"] for row in lines(tmp_path / "out.jsonl")}
    guessed = summary(path, "-o", tmp_path / "out.jsonl")
    assert guessed["reasons"] == {"empty_text": 1} and guessed["undated"] == 1


@pytest.mark.slow
def test_doubtful_days_are_an_error_where_named_and_left_out_where_guessed(tmp_path: Path) -> None:
    days = [f"{1 + number % 12:02d}/{1 + number % 11:02d}/2025" for number in range(144)]
    rows = [{**row, "created_at": day} for row, day in zip(filed(), days, strict=True)]
    path = written(tmp_path / "a.csv", rows)
    done = themes(path, "--time", "created_at", "-o", tmp_path / "out.jsonl", code=1)
    assert "expected one reading, got 2" in done.stderr and "--date-format day-first" in done.stderr
    assert not (tmp_path / "out.jsonl").exists()
    guessed = themes(path, "-o", tmp_path / "out.jsonl")
    assert "no days are used" in guessed.stderr and len(lines(tmp_path / "out.jsonl")) == 144


def test_a_column_without_days_is_refused_with_the_option_that_names_another(tmp_path: Path) -> None:
    done = themes(written(tmp_path / "a.csv", filed()[:40]), "--time", "id", code=1)
    assert "another column with --time" in done.stderr and "--map" not in done.stderr


@pytest.mark.parametrize("signed", [True, False])
def test_nobody_buys_a_theme_by_writing_more(signed: bool, tmp_path: Path) -> None:
    copies = [
        {
            **filed()[0],
            "id": f"x{number}",
            "body": "Glorious turnips rule the quiet moon" if not signed else f"Glorious turnips rule moon {number}",
            "author": "one and the same" if signed else "",
        }
        for number in range(80)
    ]
    path = written(tmp_path / "a.csv", [*filed(), *copies])
    told = summary(path)
    assert not [theme["name"] for theme in told["themes"] if "turnip" in theme["name"].lower()]
    assert told["fit"]["fitted"] < 144 + 20


@pytest.mark.slow
def test_a_saved_model_gives_the_same_lines_in_another_process(outcome: Outcome, tmp_path: Path) -> None:
    code = "import sys; from jobs.cli import main; sys.argv[0] = 'groundswell'; main()"
    options = ["--file", outcome.path / "a.csv", "--model", outcome.path / "m.npz", "-o", tmp_path / "out.jsonl"]
    chosen = ["--text", "title,body", "--time", "created_at", "--json"]
    command = [sys.executable, "-c", code, "themes", *map(str, options), *chosen]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (tmp_path / "out.jsonl").read_bytes() == (outcome.path / "out.jsonl").read_bytes()
    again = json.loads(done.stdout)
    assert again["themes"] == outcome.told["themes"] and again["threshold"] == outcome.told["threshold"]


def test_a_saved_model_places_new_documents_without_a_fit(outcome: Outcome, tmp_path: Path) -> None:
    known = lines(outcome.path / "out.jsonl")[0]["theme"]
    new = [{"text": filed()[0]["body"]}, {"text": "Ode to a nightingale"}]
    told = summary(written(tmp_path / "new.csv", new), "--model", outcome.path / "m.npz", "-o", tmp_path / "out.jsonl")
    found = lines(tmp_path / "out.jsonl")
    assert found[0]["theme"] == known is not None and found[1]["theme"] is None
    assert told["assigned"] == 1


def test_a_student_is_kept_beside_its_themes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pieces, pairs = rng.normal(size=(30, 384)).astype(np.float16), rng.normal(size=(2, 384)).astype(np.float16)
    student = Student(pieces, np.array([3, 8]), pairs)
    themes = FileThemes(
        Prototypes(("T0001",), np.eye(1, 384, dtype=np.float32), 0.6), {"T0001": "Cards"}, {"T0001": ["card"]}
    )
    save(tmp_path / "m.npz", themes, student)
    loaded, embedder = load(tmp_path / "m.npz")
    assert (
        isinstance(embedder, Student)
        and embedder.version == student.version
        and np.array_equal(embedder.pieces, pieces)
    )
    assert loaded.names == themes.names and loaded.phrases == themes.phrases
    assert np.array_equal(loaded.prototypes.vectors, themes.prototypes.vectors)


@pytest.mark.slow
def test_a_taught_student_is_saved_with_its_themes(complaints: Path, tmp_path: Path) -> None:
    first = themes(complaints, "--vectors", "student", "-o", tmp_path / "a.jsonl", "--save", tmp_path / "m.npz")
    assert "teaching the embedder on" in first.stderr
    second = themes(complaints, "--model", tmp_path / "m.npz", "-o", tmp_path / "b.jsonl")
    assert "teaching" not in second.stderr
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_what_is_no_model_fails_with_what_to_do(complaints: Path, tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_bytes(b"PK nothing of the sort")
    done = themes(complaints, "--model", tmp_path / "m.npz", "-o", tmp_path / "out.jsonl", code=1)
    assert "expected themes that --save wrote" in done.stderr and not (tmp_path / "out.jsonl").exists()
    assert "--min-size" in themes(complaints, "--model", tmp_path / "m.npz", "--min-size", "5", code=2).stderr


def test_no_file_is_written_over_another(complaints: Path, tmp_path: Path) -> None:
    before = complaints.read_bytes()
    for options in (("-o", complaints), ("-o", tmp_path / "x", "--summary", tmp_path / "x"), ("--map", complaints)):
        assert "to be another file than" in themes(complaints, *options, code=1).stderr
    assert complaints.read_bytes() == before


def test_few_documents_have_no_theme_and_are_no_error(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", [{"text": "one thing"}, {"text": "Thanks, best regards"}])
    done = themes(path, "-o", tmp_path / "out.jsonl", "--summary", tmp_path / "s.json", "--map", tmp_path / "m.png")
    assert [row["theme"] for row in lines(tmp_path / "out.jsonl")] == [None, None]
    assert (
        "no themes: they need 20 different texts" in done.stderr
        and json.loads((tmp_path / "s.json").read_text())["themes"] == []
    )


def test_options_of_files_need_a_file_and_no_subcommand(complaints: Path) -> None:
    for arguments in (["themes", "--summary", "x.json"], ["themes", "--file", str(complaints), "list"]):
        assert CliRunner().invoke(cli, arguments).exit_code == 2


def test_columns_are_joined_in_order_and_may_have_commas_in_their_names(tmp_path: Path) -> None:
    rows = [{"a": "first", "b, c": "second"}, {"a": "third", "b, c": "fourth"}]
    path = written(tmp_path / "a.csv", rows)
    model = summary(path, "--text", "b, c", "--text", "a")
    assert model["columns"][0] == "text <- b, c, a"
    done = themes(path, "--text", "nosuch", code=1)
    assert "expected a column (a, b, c), got 'nosuch'" in done.stderr and "--text" in done.stderr
