"""Fixtures that several test files share."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

Snapshot = dict[str, list[tuple[object, ...]]]

# The account of runs tells wall time; everything else must be the same for the same input.
ACCOUNTS = {"job_run", "job_state", "_sqlite_migrations", "sqlite_stat1"}
WALL_CLOCK = {"ingested_at", "first_ingested_at", "quarantined_at", "claimed_at", "sent_at", "created_at"}


def _snapshot(database: Path) -> Snapshot:
    connection = sqlite3.connect(database)
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if name not in ACCOUNTS and not name.startswith(("document_fts", "sqlite_"))
    ]
    rows: Snapshot = {}
    for table in tables:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        kept = ", ".join(f'"{name}"' for name in columns if name not in WALL_CLOCK)
        rows[table] = sorted(connection.execute(f"SELECT {kept} FROM {table}").fetchall(), key=repr)
    connection.close()
    return rows


@pytest.fixture(scope="session")
def snapshot() -> Callable[[Path], Snapshot]:
    """Every row of a store but wall-clock columns and the account of runs, table by table, in a fixed order."""
    return _snapshot
