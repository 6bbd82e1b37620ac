"""`groundswell diagnose --decisions FILE`: columns guessed, bad rows refused alone, the page and its numbers one."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from jobs.cli_diagnose import diagnose
from jobs.log_file import Asked, read_log
from jobs.log_file_columns import NoDecisions


def rows(count: int = 4_000) -> list[dict[str, Any]]:
    """Decisions of two plans; benign ones of edu are blocked four times as often; a tenth of all is audited."""
    dice = np.random.default_rng(7)
    found = []
    for number in range(count):
        harmful, edu = dice.random() < 0.1, dice.random() < 0.15
        blocked = dice.random() < (0.8 if harmful else 0.4 if edu else 0.1)
        chance = 0.6 if blocked else 0.3
        drawn = dice.random() < chance
        found.append(
            {
                "created_at": f"2026-0{1 + number % 2}-05T10:00:00Z",
                "outcome": "refused" if blocked else "allowed",
                "score": round(float(dice.beta(5, 2) if blocked else dice.beta(2, 5)), 3),
                "label": ("harmful" if harmful else "benign") if drawn else "",
                "label_source": "audit" if drawn else "",
                "inclusion_prob": chance if drawn else "",
                "plan": "edu" if edu else "pro",
                "customer_id": f"c{number % 700}",
                "prompt": f"secret words {number}",
            }
        )
    return found


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(diagnose, list(arguments))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("log") / "log.csv", rows())


def test_columns_are_guessed_and_customers_and_texts_left_unread(file: Path) -> None:
    log = read_log(Asked(file))
    assert log.columns["truth"] == "label"
    assert log.columns["action"] == "outcome"
    assert log.segments == ("plan", "month")
    assert not {"customer", "prompt", "excerpt"} & set(log.frame.columns)
    assert len(log.frame) == 4_000


def test_page_and_numbers_beside_it_say_the_same(file: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    told = run("--decisions", str(file), "-o", str(page), "--costs", "1,5", "--json")
    assert told.exit_code == 0, told.output
    record = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert record == json.loads(told.stdout)
    html = page.read_text(encoding="utf-8")
    row = record["rates"][0]
    assert f"{100 * row['fpr']:.3g} % ({100 * row['fpr_low']:.3g} to {100 * row['fpr_high']:.3g})" in html
    assert row["fpr_low"] < 0.145 < row["fpr_high"]
    assert [one["slice"] for one in record["slices"][0]["found"]] == ["plan=edu"]
    assert record["slices"][0]["found"][0]["ratio_low"] < 4 < record["slices"][0]["found"][0]["ratio_high"]
    assert record["reliability"]["table"]
    assert record["thresholds"]["cheapest"]["judged"] > 500
    assert html.count("<svg") == 6
    assert "secret words" not in html


def test_bad_rows_are_refused_alone_with_their_reasons(tmp_path: Path) -> None:
    records = rows(30)
    records[1]["outcome"] = "perhaps"
    records[2] |= {"label": "benign", "inclusion_prob": 3}
    records[3]["label"] = "who knows"
    records[4]["score"] = "high"
    file = write(tmp_path / "log.csv", records)
    log = read_log(Asked(file))
    assert log.reasons() == {"bad_action": 1, "bad_probability": 1, "bad_score": 1, "bad_truth": 1}
    assert len(log.frame) == 26
    told = run("--decisions", str(file))
    assert told.exit_code == 0, told.output
    assert "quarantined: 4 rows" in told.stderr
    listed = (tmp_path / "log.csv.quarantine.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["line"] for line in listed.splitlines()] == [3, 4, 5, 6]


def test_words_of_the_file_are_escaped(tmp_path: Path) -> None:
    records = rows(60)
    for record in records[::2]:
        record["plan"] = "<script>alert(1)</script>\x1b[2J"
    page = tmp_path / "report.html"
    told = run("--decisions", str(write(tmp_path / "<b>.csv", records)), "--segment", "plan", "-o", str(page))
    assert told.exit_code == 0, told.output
    html = page.read_text(encoding="utf-8")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<b>" not in html
    assert "\x1b" not in html + told.output


def test_scores_and_thresholds_stand_for_an_action(tmp_path: Path) -> None:
    records = [{"p": score, "cut": 0.5, "truth": "benign"} for score in (0.2, 0.5, 0.9)]
    log = read_log(Asked(write(tmp_path / "log.csv", records), {"score": ("p",), "threshold": ("cut",)}))
    assert list(log.frame["action"]) == ["allow", "block", "block"]


def test_file_whose_yes_is_another_action_says_which_option_settles_it(tmp_path: Path) -> None:
    flags = [{**row, "outcome": "flagged" if row["outcome"] == "refused" else "allowed"} for row in rows(300)]
    file = write(tmp_path / "flags.csv", flags)
    count = sum(row["outcome"] == "flagged" for row in flags)
    hint = f"no decision was block, but {count:,} flag: if that is the mitigation's yes, say --acted flag"
    assert hint in run("--decisions", str(file)).stdout
    assert "no decision was" not in run("--decisions", str(file), "--acted", "flag").stdout


def test_file_without_truth_cannot_tell(tmp_path: Path) -> None:
    told = run("--decisions", str(write(tmp_path / "log.csv", [{"action": "block"}, {"action": "allow"}])))
    assert told.exit_code == 0, told.output
    assert "share of benign decisions that were acted on: cannot tell" in told.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--map", "truth=nope"), "expected a column"),
        (("--map", "colour=plan"), "expected --map FIELD=COLUMN"),
        (("--segment", "nope"), "expected a column"),
        (("--acted", "explode"), "expected some of allow"),
        (("--costs", "1"), "expected two costs"),
        (("-o", "report.pdf"), "ending in .html or .json"),
    ],
)
def test_wrong_options_are_told(file: Path, arguments: tuple[str, ...], said: str) -> None:
    told = run("--decisions", str(file), *arguments)
    assert told.exit_code != 0
    assert said in " ".join(told.output.split())


def test_file_without_actions_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoDecisions, match="name it with --map action=COLUMN"):
        read_log(Asked(write(tmp_path / "log.csv", [{"colour": "red"}, {"colour": "blue"}])))


def test_input_is_never_written_over(tmp_path: Path) -> None:
    file = write(tmp_path / "log.json.csv", rows(20))
    target = file.with_suffix(".json")
    file.rename(target)
    told = run("--decisions", str(target), "-o", str(target.with_suffix(".html")))
    assert told.exit_code != 0
    assert target.read_text(encoding="utf-8").startswith("created_at")


def test_chance_of_nought_says_that_nothing_was_drawn(file: Path, tmp_path: Path) -> None:
    zeros = [{**row, "inclusion_prob": row["inclusion_prob"] or 0} for row in rows()]
    log, again = read_log(Asked(file)), read_log(Asked(write(tmp_path / "log.csv", zeros)))
    assert again.frame.equals(log.frame) and not again.refused
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in zeros))
    assert (
        read_log(Asked(tmp_path / "log.jsonl"))
        .frame["inclusion_probability"]
        .equals(log.frame["inclusion_probability"])
    )


def test_actions_that_are_numbers_are_refused_with_what_to_do(tmp_path: Path) -> None:
    numbers = [{**row, "outcome": number % 2} for number, row in enumerate(rows(20))]
    told = run("--decisions", str(write(tmp_path / "log.csv", numbers)))
    assert told.exit_code == 1 and "got 0; write the words" in told.output


def test_a_log_is_never_written_over(tmp_path: Path) -> None:
    file = write(tmp_path / "log.csv", rows(30))
    before = file.read_bytes()
    assert run("--decisions", str(file), "--quarantine", str(file)).exit_code == 1
    assert file.read_bytes() == before
