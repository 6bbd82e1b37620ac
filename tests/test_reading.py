"""Rows of every format, with the lines they began on, in chunks of bounded size."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from jobs.reading import CHUNK_CHARACTERS, MAX_FIELD, Row, chunks, sample
from jobs.reading_bytes import InputError, inspect

ROWS = [
    {"id": "1", "text": "first, with a comma"},
    {"id": "2", "text": "second\nof two lines"},
    {"id": "3", "text": "é"},
]
CSV = 'id,text\n1,"first, with a comma"\n2,"second\nof two lines"\n3,é\n'
JSONL = "".join(json.dumps(row) + "\n" for row in ROWS)


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def rows_of(path: Path, *, encoding: str | None = None) -> list[Row]:
    return [row for chunk in chunks(inspect(path, encoding=encoding), size=2) for row in chunk.rows]


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_every_format_and_compression_gives_the_same_rows(tmp_path: Path, form: str, ending: str) -> None:
    data = (CSV if form == "csv" else JSONL).encode()
    packed = {"": data, ".gz": gzip.compress(data), ".zst": zstandard.compress(data)}[ending]
    assert rows_of(put(tmp_path / f"in.{form}{ending}", packed)) == ROWS


def test_parquet_gives_the_same_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2, 3], "text": [row["text"] for row in ROWS]}), tmp_path / "in.parquet")
    assert rows_of(tmp_path / "in.parquet") == ROWS


def test_parquet_types_become_text_and_missing_stays_missing(tmp_path: Path) -> None:
    table = pa.table(
        {
            "whole": pa.array([7, None]),
            "part": [1.5, float("nan")],
            "when": pa.array([0, None], pa.timestamp("us", tz="UTC")),
            "yes": pa.array([True, None]),
            "word": pa.array(["x", None]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    first, second = rows_of(tmp_path / "in.parquet")
    assert first == {"whole": "7", "part": "1.5", "when": "1970-01-01 00:00:00.000000Z", "yes": "true", "word": "x"}
    assert set(second.values()) == {None}


def test_lines_are_where_rows_begin(tmp_path: Path) -> None:
    found = list(chunks(inspect(put(tmp_path / "in.csv", CSV.encode())), size=2))
    assert [chunk.lines for chunk in found] == [[2, 3], [5]]
    assert [chunk.next_line for chunk in found] == [4, 6]


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    source = inspect(put(tmp_path / "in.csv", CSV.encode()))
    first = next(chunks(source, size=1))
    rest = [row for chunk in chunks(source, size=2, from_line=first.next_line) for row in chunk.rows]
    assert [*first.rows, *rest] == ROWS


def test_every_frame_of_a_zstd_file_is_read(tmp_path: Path) -> None:
    data = CSV.encode()
    frames = zstandard.compress(data[:30]) + zstandard.compress(data[30:])
    assert rows_of(put(tmp_path / "in.csv.zst", frames)) == ROWS


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiter_is_found_in_the_header(tmp_path: Path, mark: str) -> None:
    data = f'id{mark}"a,b;c"{mark}text\n1{mark}x{mark}y\n'
    assert rows_of(put(tmp_path / "in.csv", data.encode())) == [{"id": "1", "a,b;c": "x", "text": "y"}]


@pytest.mark.parametrize(("codec", "asked"), [("utf-8-sig", None), ("utf-16", None), ("cp1252", "cp1252")])
def test_encodings_are_seen_from_their_mark_or_named(tmp_path: Path, codec: str, asked: str | None) -> None:
    assert rows_of(put(tmp_path / "in.csv", CSV.encode(codec)), encoding=asked) == ROWS


def test_long_rows_close_a_chunk_early(tmp_path: Path) -> None:
    long = "x" * (MAX_FIELD - 1)
    data = "id,text\n" + "".join(f"{number},{long}\n" for number in range(9))
    found = list(chunks(inspect(put(tmp_path / "in.csv", data.encode())), size=500))
    assert len(found) == 3
    assert all(sum(len(row["text"]) for row in chunk.rows) < CHUNK_CHARACTERS + MAX_FIELD for chunk in found)


def test_nested_json_becomes_dotted_names_but_attributes_stay(tmp_path: Path) -> None:
    row = {"user": {"plan": "pro", "n": 2}, "attributes": {"a": {"b": 1}}, "tags": ["x"], "gone": None}
    found = rows_of(put(tmp_path / "in.jsonl", json.dumps(row).encode()))
    assert found == [
        {"user.plan": "pro", "user.n": "2", "attributes": {"a": {"b": 1}}, "tags": ["x"], "gone": None},
    ]


def test_sample_of_a_headed_file_without_rows_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only a header"):
        sample(inspect(put(tmp_path / "in.csv", b"id,text\n")))
