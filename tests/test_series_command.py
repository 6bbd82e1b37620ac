"""`groundswell changes --series FILE`: any series, without a workspace."""

import gzip
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from jobs.cli import cli
from jobs.series_cells import MOST, days
from jobs.series_file import Asked, read_series
from topics.given_series import COLUMNS

DAYS = np.datetime64("2026-01-01") + np.arange(120)


def asked(*words: str) -> Result:
    return CliRunner().invoke(cli, ["changes", "--series", *words])


def rows(*words: str) -> list[dict[str, object]]:
    result = asked(*words)
    assert result.exit_code == 0, result.output
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


def counts(folder: Path, *, days: object = None, at: int = 70, name: str = "s.csv") -> Path:
    """Ten series; the first rises threefold at a step."""
    rng = np.random.default_rng(3)
    lines = ["series,day,count"]
    for number in range(10):
        level = np.where((np.arange(120) >= at) & (number == 0), 24.0, 8.0)
        labels = DAYS if days is None else days
        lines += [f"s{number},{day},{count}" for day, count in zip(labels, rng.poisson(level), strict=True)]
    file = folder / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_rise_of_one_series_is_found_dated_and_sized(tmp_path: Path) -> None:
    (found,) = rows(str(counts(tmp_path)))
    assert tuple(found) == COLUMNS
    assert found["series"] == "s0" and found["day"] == str(DAYS[70]) and found["direction"] == "up"
    assert found["ratio_low"] < 3 < found["ratio_high"]  # type: ignore[operator]
    assert found["q_value"] < 0.01 and found["detected_on"] is None  # type: ignore[operator]


def test_replay_says_when_it_would_have_been_reported(tmp_path: Path) -> None:
    found = [row for row in rows(str(counts(tmp_path)), "--online") if row["series"] == "s0"]
    assert str(DAYS[70]) <= str(found[0]["detected_on"]) <= str(DAYS[76])


def test_weeks_and_plain_steps_are_named_as_they_came(tmp_path: Path) -> None:
    weeks = counts(tmp_path, days=[str(np.datetime64("2020-01-06") + 7 * week) for week in range(120)])
    assert rows(str(weeks))[0]["day"] == str(np.datetime64("2020-01-06") + 7 * 70)
    assert rows(str(counts(tmp_path, days=range(5, 125))))[0]["day"] == 75


def test_missing_day_says_nothing(tmp_path: Path) -> None:
    file = counts(tmp_path)
    kept = [line for line in file.read_text().splitlines() if "2026-02-1" not in line]
    file.write_text("\n".join(kept) + "\n")
    assert [row["series"] for row in rows(str(file))] == ["s0"]


def test_exposure_that_doubled_explains_a_count_that_doubled(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    exposure = np.where(np.arange(120) < 60, 1000, 3000)
    lines = [
        f"{day},{count},{shown}" for day, count, shown in zip(DAYS, rng.poisson(exposure / 100), exposure, strict=True)
    ]
    file = tmp_path / "e.csv"
    file.write_text("day,count,exposure\n" + "\n".join(lines) + "\n")
    assert rows(str(file)) == []
    file.write_text("day,count\n" + "\n".join(line.rpartition(",")[0] for line in lines) + "\n")
    assert [row["day"] for row in rows(str(file))] == [str(DAYS[60])]


def test_real_values_have_no_ratio(tmp_path: Path) -> None:
    values = np.repeat([0.0, 5.0], 60) + np.random.default_rng(0).normal(0, 1, 120)
    file = tmp_path / "v.csv.gz"
    text = "index,value\n" + "\n".join(f"{at},{value}" for at, value in enumerate(values)) + "\n"
    file.write_bytes(gzip.compress(text.encode()))
    (found,) = rows(str(file))
    assert found["day"] == 60 and found["ratio"] is None and found["series"] == "v.csv.gz"


def test_bad_rows_are_listed_with_their_reason_and_lose_nothing_else(tmp_path: Path) -> None:
    file = counts(tmp_path)
    extra = ["s0,2026-01-01,9", "s0,soon,1", "s0,2026-05-30,-2", "s0,2026-05-30,1.5", "s0,17,3", "s0,2026-05-30,many"]
    file.write_text(file.read_text() + "\n".join(extra) + "\n")
    result = asked(str(file))
    assert [row["series"] for row in json.loads(result.stdout)] == ["s0"]
    listed = [json.loads(line) for line in Path(f"{file}.quarantine.jsonl").read_text().splitlines()]
    assert [row["line"] for row in listed] == [1202, 1203, 1204, 1205, 1206, 1207]
    reasons = ["duplicate_day", "bad_day", "bad_count", "bad_count", "bad_day", "bad_count"]
    assert [row["reason"] for row in listed] == reasons
    assert "quarantined: 6 rows" in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("series,count\na,1\n", "series, day and either count or value"),
        ("day,count,value\n1,1,1\n", "got both (count and value)"),
        ("day,count\nsoon,1\n", "the first one, line 2: expected a day such as 2026-03-01"),
        ("day,count\n1,0.5\n", "real numbers need --map value=COLUMN"),
        ("", "got an empty file; give one that has rows"),
        ("day,count\n0001-01-01,1\n9000-01-01,1\n", "at most 1,000,000 steps"),
    ],
)
def test_file_that_holds_no_series_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(text)
    result = asked(str(file))
    assert result.exit_code == 1 and said in result.output


def test_columns_can_be_named(tmp_path: Path) -> None:
    file = counts(tmp_path)
    file.write_text(file.read_text().replace("series,day,count", "what,wann,viel"))
    named = [word for pair in ("series=what", "day=wann", "count=viel") for word in ("--map", pair)]
    assert [row["series"] for row in rows(str(file), *named)] == ["s0"]


def test_options_of_a_file_and_of_a_workspace_do_not_mix(tmp_path: Path) -> None:
    assert asked(str(counts(tmp_path)), "--direction", "up").exit_code == 2
    result = CliRunner().invoke(cli, ["changes", "--online"])
    assert result.exit_code == 2 and "expected --series FILE" in result.output


def test_a_larger_budget_reports_no_later(tmp_path: Path) -> None:
    file = counts(tmp_path)
    days = [
        next(
            row["detected_on"]
            for row in rows(str(file), "--online", "--false-alerts-per-week", budget)
            if row["series"] == "s0"
        )
        for budget in ("0.01", "5")
    ]
    assert str(days[1]) <= str(days[0])


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("20260301", date(2026, 3, 1)),
        ("2026-03", date(2026, 3, 1)),
        ("2026-W10", date(2026, 3, 2)),
        ("2026W10", date(2026, 3, 2)),
        ("7.0", 7),
        ("-3", -3),
        ("7.5", None),
        ("2026-02-30", None),
        ("20261301", None),
        ("1767225600", None),
    ],
)
def test_a_day_is_read_in_every_form_of_iso_8601_and_an_index_as_pandas_writes_it(cell: str, read: object) -> None:
    assert days("iso")(cell) == read


def test_date_format_goes_before_an_index() -> None:
    assert days("%d%m%y")("010326") == date(2026, 3, 1) and days("day-first")("01/03/2026") == date(2026, 3, 1)


def test_exposure_that_is_nowhere_known_is_none_and_steps_without_one_are_told(tmp_path: Path) -> None:
    file = counts(tmp_path)
    plain = rows(str(file))
    lines = file.read_text().splitlines()
    file.write_text("\n".join([f"{lines[0]},exposure", *(f"{line},n/a" for line in lines[1:])]))
    assert rows(str(file)) == plain
    shown = [f"{line},{0 if at % 10 == 0 else 500}" for at, line in enumerate(lines[1:])]
    file.write_text("\n".join([f"{lines[0]},exposure", *shown]))
    result = asked(str(file))
    assert "left out: 120 rows without exposure, or with exposure 0" in result.stderr
    assert [row["series"] for row in json.loads(result.stdout)] == ["s0"]


def test_a_count_beyond_all_counts_is_refused_alone(tmp_path: Path) -> None:
    file = counts(tmp_path)
    plain = rows(str(file))
    file.write_text(file.read_text() + f"s1,2026-05-01,{MOST + 1}\ns1,2026-05-02,1e300\n")
    assert rows(str(file)) == plain
    assert "expected a count of at most" in Path(f"{file}.quarantine.jsonl").read_text()


def test_the_column_that_is_named_is_taken_where_both_are_there(tmp_path: Path) -> None:
    file = counts(tmp_path)
    plain = rows(str(file))
    text = file.read_text().replace("\n", ",0.5\n").replace("count,0.5", "count,value")
    file.write_text("é" + text[1:], encoding="cp1252")
    assert "name the file's encoding" in asked(str(file)).output
    named = [word for pair in ("series=éeries", "count=count") for word in ("--map", pair)]
    assert rows(str(file), "--encoding", "cp1252", *named) == plain


def test_counts_of_months_are_taken_one_after_the_other(tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_text("day,count\n" + "".join(f"2025-{month:02},5\n" for month in range(1, 13)))
    given = read_series(Asked(file)).given
    assert given.unit == "step" and given.labels[:2] == ["2025-01-01", "2025-02-01"] and len(given.labels) == 12


def test_input_is_never_written_over_and_a_stale_list_of_refused_rows_goes(tmp_path: Path) -> None:
    file, beside = counts(tmp_path), tmp_path / "s.csv.quarantine.jsonl"
    good = file.read_text()
    file.write_text(good + "s0,soon,1\n")
    assert asked(str(file), "--quarantine", str(file)).exit_code == 1
    assert file.read_text() == good + "s0,soon,1\n" and not beside.exists()
    (tmp_path / f".{beside.name}.part").mkdir()
    assert "name another place with --quarantine" in asked(str(file)).output
    (tmp_path / f".{beside.name}.part").rmdir()
    rows(str(file))
    assert beside.exists()
    file.write_text(good)
    rows(str(file))
    assert not beside.exists()
    beside.mkdir()  # as on a disk that is only read: no unlink succeeds
    rows(str(file))


@pytest.mark.parametrize("budget", ["nan", "inf", "0", "-1"])
def test_a_budget_is_a_number_above_nought(budget: str, tmp_path: Path) -> None:
    assert asked(str(counts(tmp_path)), "--false-alerts-per-week", budget).exit_code == 2
