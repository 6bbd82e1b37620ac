"""Rows as CSV that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jobs.store_rows import encoded

# Spreadsheets also read the full-width forms of these signs as the start of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """A heading, then a line a row, of these columns; what a row lacks is an empty cell.

    >>> as_csv([{"slice": "=1+1", "unique": 2}], ["slice", "unique"])
    "slice,unique\\r\\n'=1+1,2\\r\\n"
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([csv_cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue()


def csv_cell(value: Any) -> Any:
    """One cell: lists and objects as JSON, text that a spreadsheet would run led by an apostrophe.

    >>> csv_cell("=1+1"), csv_cell(-1.5), csv_cell(["a"]), csv_cell(None)
    ("'=1+1", -1.5, '["a"]', '')
    """
    if value is None:
        return ""
    if isinstance(value, list | Mapping):
        return encoded(value)
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return "'" + value
    return value
