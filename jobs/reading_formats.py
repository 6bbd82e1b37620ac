"""The formats: each a generator of (line, row), or (line, (reason, detail)) for what is not a row."""

import csv
import json
from collections.abc import Callable, Iterator
from typing import Any

from jobs.reading_bytes import InputError, Source

Taken = dict[str, Any] | tuple[str, str]
Lines = Iterator[tuple[int, Taken]]

MAX_LINE = 64_000_000
"""Characters of one field or JSON line that are read at all; beyond it a CSV is taken for broken."""
LONGEST_COLUMN = 120
"""A longer name in the header is data: the header is missing, and the data must not be shown as names."""
PARQUET_ROWS = 10_000
WHOLE = ("attributes", "segments")
"""JSON keys whose objects are kept; every other object becomes dotted names."""
DEEPEST = 4


def csv_rows(source: Source) -> Lines:
    """Rows under the header; lines with another number of fields are `ragged_row`, blank lines nothing."""
    lines = csv_cells(source)
    _, header = next(lines, (0, []))
    for line, cells in lines:
        if len(cells) != len(header):
            yield line, ragged(len(header), len(cells))
        else:
            yield line, {name: cell or None for name, cell in zip(header, cells, strict=True)}


def ragged(expected: int, got: int) -> tuple[str, str]:
    """The refusal of a line with another number of fields than the header."""
    return "ragged_row", f"expected {expected} fields, got {got}"


def csv_cells(source: Source) -> Iterator[tuple[int, list[str]]]:
    """The column names, then the cells of every line that is not blank, each with the line it began on."""
    csv.field_size_limit(MAX_LINE)
    with source.text() as stream:
        reader = csv.reader(stream, delimiter=source.delimiter)
        header: list[str] | None = None
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error:
                raise InputError(
                    f"{source.name}: expected fields of at most {MAX_LINE:,} characters, got a longer one from "
                    f"line {line:,} on; look for a quote that is never closed"
                ) from None
            if cells is None:
                return
            if not cells:
                continue
            if header is None:
                cells = header = _header(source, cells)
            yield line, cells


def _header(source: Source, cells: list[str]) -> list[str]:
    longest = max(len(cell) for cell in cells)
    if longest > LONGEST_COLUMN:
        raise InputError(
            f"{source.name}: expected a first line of column names, got a cell of {longest:,} characters; "
            "add a header line"
        )
    return names(cells)


def names(cells: list[str]) -> list[str]:
    """Column names, stripped, made unique, none empty.

    >>> names(["a", " a", ""])
    ['a', 'a_2', 'column_3']
    """
    found: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = cell.strip("\x00\ufeff \t\r\n") or f"column_{number}"
        while name in found:
            name = f"{name}_{number}"
        found.append(name)
    return found


def json_rows(source: Source) -> Lines:
    """One object a line; anything else is `bad_json`."""
    with source.text() as stream:
        line = 0
        while text := stream.readline(MAX_LINE):
            line += 1
            if len(text) >= MAX_LINE and not text.endswith("\n"):
                while text and not text.endswith("\n"):
                    text = stream.readline(MAX_LINE)
                yield line, ("too_long", f"more than {MAX_LINE:,} characters in one line")
            elif text.strip():
                yield line, _parsed(text)


def _parsed(text: str) -> Taken:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return "bad_json", f"{error.msg} at character {error.pos}"
    except (RecursionError, ValueError):
        return "bad_json", "nested too deep, or a number too long"
    if not isinstance(value, dict):
        return "bad_json", f"expected an object, got {type(value).__name__}"
    return flat(value)


def flat(value: dict[str, Any], *, prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Objects as dotted names, numbers and booleans as text.

    >>> flat({"id": 7, "user": {"plan": "pro", "beta": True}, "tags": ["a"]})
    {'id': '7', 'user.plan': 'pro', 'user.beta': 'true', 'tags': ['a']}
    """
    found: dict[str, Any] = {}
    for name, item in value.items():
        if isinstance(item, dict) and name not in WHOLE and depth < DEEPEST:
            found.update(flat(item, prefix=f"{prefix}{name}.", depth=depth + 1))
        else:
            found[prefix + name] = scalar(item)
    return found


def scalar(value: Any) -> Any:
    """Text of a number or boolean, None for NaN; text, lists and objects as they are."""
    if value is None or value != value:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return value


def parquet_rows(source: Source) -> Lines:
    """Rows of a Parquet file, numbered from 1; every plain value as text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source.path) as file:
            line = 1
            for batch in file.iter_batches(batch_size=PARQUET_ROWS):
                columns = dict(zip(batch.schema.names, map(texts, batch.columns), strict=True))
                for row in zip(*columns.values(), strict=True):
                    yield line, dict(zip(columns, row, strict=True))
                    line += 1
    except pa.ArrowException as error:
        raise parquet_error(source, error) from None


def parquet_error(source: Source, error: Exception) -> InputError:
    """What is told of a Parquet file that breaks off."""
    return InputError(f"{source.name}: expected a Parquet file, got one that breaks: {type(error).__name__}")


def texts(column: Any) -> list[Any]:
    """A Parquet column as Python values: text, None, or lists and objects."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        return [flat(value) if isinstance(value, dict) else value for value in column.to_pylist()]
    found: list[Any] = column.cast(pa.string()).to_pylist()
    if pa.types.is_floating(column.type):
        return [None if value == "nan" else value for value in found]
    return found


def text_rows(source: Source) -> Lines:
    """A text a line, in the column `text`; blank lines are nothing."""
    with source.text() as stream:
        line = 0
        while text := stream.readline(MAX_LINE):
            line += 1
            if text.strip():
                yield line, {"text": text.rstrip("\r\n")}


FORMATS: dict[str, Callable[[Source], Lines]] = {
    "csv": csv_rows,
    "jsonl": json_rows,
    "parquet": parquet_rows,
    "lines": text_rows,
}
