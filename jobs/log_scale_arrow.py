"""Blocks of a Parquet or CSV file as columns, only those wanted: distinct cells, numbers and months of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from jobs.log_file_cells import month_in
from jobs.log_file_columns import Wanted
from jobs.reading import MAX_FIELD, Refusal, too_long
from jobs.reading_bytes import Source
from jobs.reading_formats import csv_cells, ragged, texts

CSV_CHARACTERS = 100_000_000
"""A block of a CSV is closed early at this size."""
UTC = ("UTC", "Z", "+00:00", "Etc/UTC", "GMT")
DAYS = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])"
PLAIN_TIME = (
    rf"^[1-9][0-9]{{3}}-(?:{DAYS})[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{{1,9}})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-9]|2[0-3]):?[0-5][0-9])?$"
)
"""Times that need no second look: their first seven signs are the month. Others are read one by one."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows: `lines` where each begins, an Arrow array of its cells a column, and rows refused before that."""

    lines: npt.NDArray[np.int64]
    columns: dict[str, Any]
    refused: list[Refusal] = field(default_factory=list)


def blocks(source: Source, wanted: Wanted, size: int) -> Iterator[Block]:
    """The rows of a file, about `size` at a time. Raises `InputError` or pyarrow's errors where it breaks off."""
    return (_parquet if source.format == "parquet" else _csv)(source, wanted, size)


def rows_of(source: Source) -> int | None:
    """How many rows a Parquet file says it has; None for any other."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(source.path).num_rows) if source.format == "parquet" else None


def in_columns(source: Source) -> bool:
    """Whether a file can be read by columns: of a Parquet file with two columns of one name, rows have the last."""
    import pyarrow.parquet as pq

    if source.format != "parquet":
        return source.format == "csv"
    names = pq.read_schema(source.path).names
    return len(set(names)) == len(names)


def coded(column: Any, rows: int) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """The distinct cells as text, the last one None, and the place of each row's; all None without a column."""
    import pyarrow as pa

    if column is None or pa.types.is_nested(column.type):
        return [None], np.zeros(rows, np.int64)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    values = texts(column.dictionary)
    codes = column.indices.cast(pa.int64()).fill_null(len(values))
    return [*values, None], codes.to_numpy(zero_copy_only=False)


def floats(column: Any) -> npt.NDArray[np.float64] | None:
    """The numbers of a column of doubles, NaN for null; None for any other column."""
    import pyarrow as pa

    if column is None or not pa.types.is_float64(column.type):
        return None
    return np.asarray(column.to_numpy(zero_copy_only=False), np.float64)


def months(column: Any) -> tuple[list[str | None], npt.NDArray[np.int64]] | None:
    """The months of a column of times, as `log_file_cells.month_in` reads their text; None for any other column."""
    import pyarrow as pa

    if column is None:
        return None
    if pa.types.is_timestamp(column.type):
        return _of_timestamps(column)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _of_texts(column)
    return None


def _of_timestamps(column: Any) -> tuple[list[str | None], npt.NDArray[np.int64]]:
    import pyarrow.compute as pc

    # A zone's text has the local time, and its month is what counts.
    local = column if column.type.tz is None or column.type.tz in UTC else pc.local_timestamp(column)
    number = local.to_numpy(zero_copy_only=False).astype("datetime64[M]")
    distinct, codes = np.unique(number, return_inverse=True)
    return [_month(one) for one in distinct], codes.reshape(-1).astype(np.int64)


def _month(month: np.datetime64) -> str | None:
    since = None if np.isnat(month) else int(month.astype(np.int64)) + 1970 * 12
    if since is None or not 12 <= since < 10_000 * 12:
        return None
    return f"{datetime(since // 12, since % 12 + 1, 1):%Y-%m}"


def _of_texts(column: Any) -> tuple[list[str | None], npt.NDArray[np.int64]]:
    """Plain times by their first signs, the others by the reader of all times."""
    import pyarrow.compute as pc

    plain = pc.match_substring_regex(column, PLAIN_TIME).fill_null(False)
    values, codes = coded(pc.if_else(plain, pc.utf8_slice_codeunits(column, 0, 7), None), len(column))
    odd = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
    if not len(odd):
        return values, codes
    others, places = coded(column.take(odd), len(odd))
    codes = codes.copy()
    codes[odd] = len(values) + places
    return [*values, *(None if value is None else month_in(value.strip()) for value in others)], codes


def _parquet(source: Source, wanted: Wanted, size: int) -> Iterator[Block]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sorts = {one.name: one.type for one in pq.read_schema(source.path)}
    names = [name for name in wanted.names if name in sorts]
    few = [name for name in names if name in wanted.few and sorts[name] in (pa.string(), pa.large_string())]
    line = 1
    with pq.ParquetFile(source.path, read_dictionary=few) as file:
        for batch in file.iter_batches(batch_size=size, columns=names):
            columns = {name: batch.column(name) for name in names}
            yield _bounded(np.arange(line, line + batch.num_rows), columns)
            line += batch.num_rows


def _bounded(lines: npt.NDArray[np.int64], columns: dict[str, Any]) -> Block:
    """Rows without those that have a longer text than is read."""
    longest = np.zeros(len(lines), np.int64)
    for column in columns.values():
        np.maximum(longest, _lengths(column), out=longest)
    keep = longest <= MAX_FIELD
    if keep.all():
        return Block(lines, columns)
    refused = [Refusal(int(lines[place]), *too_long(int(longest[place]))) for place in np.flatnonzero(~keep)]
    return Block(lines[keep], {name: column.filter(keep) for name, column in columns.items()}, refused)


def _lengths(column: Any) -> npt.NDArray[np.int64] | int:
    """Characters of the texts of a column where one may be too long, else 0."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts_ = column.dictionary if pa.types.is_dictionary(column.type) else column
    if not (pa.types.is_string(texts_.type) or pa.types.is_large_string(texts_.type)):
        return 0
    # No text has more characters than bytes.
    if (pc.max(pc.binary_length(texts_)).as_py() or 0) <= MAX_FIELD:
        return 0
    each = pc.utf8_length(column.cast(texts_.type))
    return np.asarray(each.fill_null(0).to_numpy(zero_copy_only=False), np.int64)


def _csv(source: Source, wanted: Wanted, size: int) -> Iterator[Block]:
    rows = csv_cells(source)
    _, names = next(rows, (0, []))
    places = {name: names.index(name) for name in wanted.names if name in names}
    while True:
        read = _read(islice(rows, size), len(names))
        if not read.lines and not read.refused:
            return
        yield Block(np.array(read.lines, np.int64), _arrays(read.cells, places), read.refused)


@dataclass(slots=True)
class _Read:
    """Rows of a CSV, and those that are none."""

    lines: list[int]
    cells: list[list[str]]
    refused: list[Refusal]


def _read(rows: Iterator[tuple[int, list[str]]], width: int) -> _Read:
    """These rows, or the first of them where they are large."""
    found, characters = _Read([], [], []), 0
    for line, cells in rows:
        if len(cells) != width:
            found.refused.append(Refusal(line, *ragged(width, len(cells))))
            continue
        lengths = [len(cell) for cell in cells]
        longest = max(lengths)
        if longest > MAX_FIELD:
            found.refused.append(Refusal(line, *too_long(longest)))
            continue
        found.lines.append(line)
        found.cells.append(cells)
        characters += sum(lengths)
        if characters > CSV_CHARACTERS:
            break
    return found


def _arrays(cells: Sequence[Sequence[str]], places: dict[str, int]) -> dict[str, Any]:
    import pyarrow as pa

    return {name: pa.array([row[at] or None for row in cells], pa.string()) for name, at in places.items()}
