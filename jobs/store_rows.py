"""How rows travel between SQLite and pandas: frames out, JSON columns decoded, nulls as nulls."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlite_utils import Database

Parameters = Sequence[Any] | Mapping[str, Any]


def frame(db: Database, sql: str, parameters: Parameters = ()) -> pd.DataFrame:
    """The answer of a query as a frame, with its columns even where there is no row."""
    cursor = db.conn.execute(sql, parameters)
    columns = [entry[0] for entry in cursor.description]
    return pd.DataFrame.from_records(cursor.fetchall(), columns=columns)


def records(db: Database, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
    """The answer of a query as dicts; text columns named in `JSON_COLUMNS` are decoded."""
    cursor = db.conn.execute(sql, parameters)
    columns = [entry[0] for entry in cursor.description]
    return [{name: decoded(name, value) for name, value in zip(columns, row, strict=True)} for row in cursor.fetchall()]


def wanted(db: Database, ids: Sequence[str]) -> None:
    """Put these document ids, and none else, into the temporary table `wanted`, for queries to join."""
    db.conn.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (document_id TEXT PRIMARY KEY)")
    db.conn.execute("DELETE FROM wanted")
    db.conn.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", [(value,) for value in ids])


JSON_COLUMNS = frozenset(
    "segments attributes mapping options thresholds channels facets abstained phrases exemplars detail "
    "explanation evidence members collapsed quality versions parameters content matcher reasons design answers".split()
)


def decoded(name: str, value: Any) -> Any:
    """One cell: JSON columns become lists and dicts, everything else stays."""
    if name in JSON_COLUMNS and isinstance(value, str):
        return json.loads(value)
    return value


ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def encoded(value: Any) -> str:
    """JSON text with sorted keys, so that equal values are equal text."""
    return ENCODER.encode(value)


def null(value: Any) -> Any:
    """None for NaN, NaT and pandas' NA; the value itself otherwise."""
    return None if value is None or (not isinstance(value, list | dict) and pd.isna(value)) else value
