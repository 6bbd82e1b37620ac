"""A file of decisions read by columns: what is taken and what is refused is as if it were read row by row."""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.log_file import Asked, read_log
from jobs.log_file_columns import NoDecisions, Wanted
from jobs.log_file_rows import RowTaker
from jobs.log_scale import ColumnTaker
from jobs.log_scale_arrow import in_columns
from jobs.reading import MAX_FIELD, Refusal
from jobs.reading_bytes import inspect

COLUMNS = ("action", "score", "threshold", "truth", "truth_source", "inclusion_probability", "decided_at")
WANTED = Wanted({name: name for name in COLUMNS}, {"plan": "plan", "seat": "seats"})
WORDS = {
    "action": ["block", "Refused ", "allow", "FLAG", "maybe", ""],
    "score": ["0.5", "1,000.5", "$3", "nan", "inf", "x", "", " 0.7 ", "1e400", "-0.25"],
    "threshold": ["0.5", "0.62", "", "none"],
    "truth": ["harmful", "BENIGN", "attack", "?", "", "n/a"],
    "truth_source": ["Appeal desk", "Red Team", "audit", "", "x" * 60],
    "inclusion_probability": ["0.5", "1", "0", "2", "", "-1"],
    "decided_at": [
        "2026-01-05T10:00:00Z", "2026-02-30T10:00:00Z", "2026-1-5", " 2026-03-01 ", "yesterday", "", "0999-01-01",
        "2026-12-31 23:59:59+02:00", "2026-04-31T00:00:00", "2026-05-06T07:08:09.123456", "2026-05-06T07:08:61Z",
    ],
    "plan": ["pro", " pro", "edu", "", "y" * 70, "\u200b"],
    "seats": ["1", "2", ""],
}  # fmt: skip
ROW = st.tuples(*(st.sampled_from(values) for values in WORDS.values()))
ROWS = st.lists(st.one_of(ROW, ROW, ROW, st.just(("short", "row"))), min_size=1, max_size=12)
QUICK = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def both(path: Path, wanted: Wanted = WANTED) -> tuple[RowTaker, ColumnTaker, list[Refusal]]:
    """A file read either way, asserted to be the same; by columns in blocks of three rows."""
    source = inspect(path)
    assert in_columns(source)
    rows, columns = RowTaker(wanted), ColumnTaker(wanted)
    refused = [refusal for _, some in rows.read(source) for refusal in some]
    again = [refusal for _, some in columns.read(source, size=3) for refusal in some]
    assert sorted(again, key=line_of) == sorted(refused, key=line_of)
    pd.testing.assert_frame_equal(columns.frame(), rows.frame())
    assert columns.taken == rows.taken
    return rows, columns, again


def line_of(refusal: Refusal) -> int:
    return refusal.line


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(WORDS)
        writer.writerows(rows)
    return path


@QUICK
@given(rows=ROWS)
def test_csv_is_taken_and_refused_by_columns_as_by_rows(rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    both(write_csv(tmp_path / "log.csv", rows))


@QUICK
@given(rows=st.lists(ROW, min_size=1, max_size=12), few=st.booleans())
def test_parquet_of_texts_is_taken_and_refused_as_by_rows(
    rows: list[tuple[str, ...]], few: bool, tmp_path: Path
) -> None:
    table = {name: [row[at] or None for row in rows] for at, name in enumerate(WORDS)}
    sort = pa.dictionary(pa.int32(), pa.string()) if few else pa.string()
    pq.write_table(pa.table({name: pa.array(cells, sort) for name, cells in table.items()}), tmp_path / "log.parquet")
    both(tmp_path / "log.parquet")


def typed(count: int = 8) -> dict[str, Any]:
    """Columns of every type that a log may have."""
    score = [0.25, None, float("nan"), float("inf"), 0.1 + 0.2, float("-inf"), 1e-300, 7.0][:count]
    return {
        "action": pa.array(["block"] * 5 + ["no", None, "allow"]),
        "score": pa.array(score, pa.float64()),
        "threshold": pa.array([0.1, 0.2, None, 0.5, 0.5, 0.5, 0.5, 0.5], pa.float32()),
        "truth": pa.array(["harmful", None, "benign", "x", None, None, None, "safe"]),
        "truth_source": pa.array([b"audit", None, b"appeal", b"audit", None, None, None, b"audit"], pa.binary()),
        "inclusion_probability": pa.array([1, None, 2, 1, 0, None, None, 1], pa.int64()),
        "decided_at": pa.array([datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 9)], pa.timestamp("us")),
        "plan": pa.array([True, False, None, True, True, True, True, False]),
        "seats": pa.array([Decimal("1.50")] * 8, pa.decimal128(5, 2)),
    }


@pytest.mark.parametrize(
    "times",
    [
        pa.array([datetime(2026, month, 1) for month in range(1, 9)], pa.timestamp("ns")),
        pa.array([datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 9)], pa.timestamp("ms", "UTC")),
        # In Berlin the last second of these months in UTC lies in the next one.
        pa.array([datetime(2026, month, 28, 23, 59, 59) for month in range(1, 9)], pa.timestamp("s", "Europe/Berlin")),
        pa.array([datetime(2026, 1, 31, 23, 30)] * 8, pa.timestamp("s", "+02:00")),
        pa.array([-62135596800, 253402300800, -62135596801, None, 0, 1, 2, 3], pa.timestamp("s", "UTC")),
        pa.array([date(2026, month, 1) for month in range(1, 9)], pa.date32()),
        pa.array([1_767_225_600 + month for month in range(8)], pa.int64()),
        pa.array([["2026-01-01"]] * 8, pa.list_(pa.string())),
    ],
    ids=["naive", "utc", "berlin", "offset", "far", "days", "epoch", "lists"],
)
def test_parquet_of_every_type_is_taken_and_refused_as_by_rows(times: Any, tmp_path: Path) -> None:
    pq.write_table(pa.table({**typed(), "decided_at": times}), tmp_path / "log.parquet")
    _, _, refused = both(tmp_path / "log.parquet")
    assert {one.reason for one in refused} == {"bad_score", "bad_probability", "bad_action"}


def test_actions_follow_from_scores_and_constants_stand_for_columns(tmp_path: Path) -> None:
    pq.write_table(pa.table(typed()), tmp_path / "log.parquet")
    named = {"score": "score", "threshold": "threshold", "truth": "truth", "truth_source": "=audit"}
    _, columns, refused = both(tmp_path / "log.parquet", Wanted({**named, "inclusion_probability": "=0.5"}, {}))
    assert {one.reason for one in refused} == {"no_action", "bad_score"} and columns.taken
    both(
        tmp_path / "log.parquet", Wanted({**named, "inclusion_probability": "=5", "action": "=block"}, {"plan": "plan"})
    )


def test_cells_that_are_too_long_and_lines_that_are_ragged_have_the_line_they_begin_on(tmp_path: Path) -> None:
    good = [values[0] for values in WORDS.values()]
    folded = [*good[:-2], "two\nlines", "1"]
    path = write_csv(tmp_path / "log.csv", [good, folded, ["short"], [*good[:-1], "9" * (MAX_FIELD + 1)], good])
    _, columns, refused = both(path)
    assert [(one.line, one.reason) for one in refused] == [(5, "ragged_row"), (6, "too_long")] and columns.taken == 3
    table = pa.table(
        {name: pa.array([value, "z" * (MAX_FIELD + 1), value]) for name, value in zip(WORDS, good, strict=True)}
    )
    pq.write_table(table, tmp_path / "log.parquet")
    assert [(one.line, one.reason) for one in both(tmp_path / "log.parquet")[2]] == [(2, "too_long")]


def test_columns_that_are_not_asked_for_are_not_read(tmp_path: Path) -> None:
    table = pa.table({"action": ["block", "allow"], "prompt": pa.array([b"\xff", b"\xfe"], pa.binary())})
    pq.write_table(table, tmp_path / "log.parquet")
    columns = ColumnTaker(Wanted({"action": "action"}, {}))
    assert [refused for _, refused in columns.read(inspect(tmp_path / "log.parquet"))] == [[]] and columns.taken == 2


def test_file_of_two_columns_of_one_name_is_read_by_rows(tmp_path: Path) -> None:
    arrays = [pa.array(["block", "allow"]), pa.array([0.5, 0.2]), pa.array([0.6, 0.1])]
    pq.write_table(pa.Table.from_arrays(arrays, names=["action", "score", "score"]), tmp_path / "log.parquet")
    assert not in_columns(inspect(tmp_path / "log.parquet"))
    assert read_log(Asked(tmp_path / "log.parquet")).frame["score"].tolist() == [0.6, 0.1]


def test_file_without_a_readable_decision_says_why(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("action,truth\nmaybe,\nperhaps,\n", encoding="utf-8")
    with pytest.raises(NoDecisions, match="got none that can be read, 2 refused .action: expected allow"):
        read_log(Asked(path))


@pytest.mark.parametrize(("late", "sliced"), [("4.1", ("version", "plan")), ("4.0", ("plan",))])
def test_versions_are_slices_though_they_are_numbers_and_the_first_rows_have_one(
    late: str, sliced: tuple[str, ...], tmp_path: Path
) -> None:
    plans = ["pro", "edu"] * 1_000
    table = {"action": ["block"] * 2_000, "version": ["4.0"] * 1_500 + [late] * 500, "plan": plans}
    pq.write_table(pa.table(table), tmp_path / "log.parquet")
    log = read_log(Asked(tmp_path / "log.parquet"))
    assert log.segments == sliced and set(log.frame["version"]) == {"4.0", late}
