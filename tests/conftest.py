"""Fixtures that several test files share."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from jobs.workspace import Workspace

# The same examples every time, and however slow the machine is: a run fails for what was changed, not by chance.
settings.register_profile("groundswell", deadline=None, derandomize=True)
settings.load_profile("groundswell")

# Servers on loopback for whatever is delivered; filled workspaces and the API over them.
pytest_plugins = ["receivers", "worlds"]

Snapshot = dict[str, list[tuple[object, ...]]]

# The account of runs tells wall time; everything else must be the same for the same input.
ACCOUNTS = {"job_run", "job_state", "_sqlite_migrations", "sqlite_stat1"}
WALL_CLOCK = {"ingested_at", "first_ingested_at", "quarantined_at", "claimed_at", "sent_at", "created_at", "raised_at"}


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


@pytest.fixture
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no model was prepared: an ingest stores, and leaves triage to the run."""
    monkeypatch.setenv("GROUNDSWELL_CACHE", str(tmp_path / "no-models"))


@pytest.fixture(scope="session")
def snapshot() -> Callable[[Path], Snapshot]:
    """Every row of a store but wall-clock columns and the account of runs, table by table, in a fixed order."""
    return _snapshot


@pytest.fixture(scope="session")
def _filled_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from jobs.workspace import create_workspace

    workspace, _ = create_workspace(tmp_path_factory.mktemp("filled") / "workspace")
    with workspace.open_store() as store:
        store.db.executescript((Path(__file__).parent / "api_world.sql").read_text(encoding="utf-8"))
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return workspace.path


@pytest.fixture
def api_workspace(_filled_workspace: Path, tmp_path: Path) -> "Workspace":
    """A workspace of its own with the findings of api_world.sql."""
    from jobs.workspace import Workspace

    shutil.copytree(_filled_workspace, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def api_keys(api_workspace: "Workspace") -> dict[str, str]:
    """A secret for each role, held by "Ann of <role>"."""
    from jobs.store_keys import ROLES

    now = datetime(2026, 4, 1, tzinfo=UTC)
    with api_workspace.open_store() as store:
        return {role: store.keys.create(holder=f"Ann of {role}", role=role, now=now)[1] for role in ROLES}
