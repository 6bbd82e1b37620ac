"""Where one installation keeps its things: settings, reference files, database, decisions, models, hash key."""

import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.settings import FILE, Settings, load_settings
from jobs.workspace_files import FILES, settings_file

if TYPE_CHECKING:
    from jobs.store import Store


class MissingKey(FileNotFoundError):
    """The workspace has no key to hash customers and reporters with."""


@dataclass(frozen=True)
class Workspace:
    """One workspace directory; nothing is read before it is asked for."""

    path: Path

    @cached_property
    def settings(self) -> Settings:
        """The checked settings; read once."""
        return load_settings(self.path)

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "groundswell.db"

    @property
    def decisions(self) -> Path:
        """The root of the decision log: mitigation=<id>/month=<YYYY-MM>/part-*.parquet."""
        return self.path / "decisions"

    @property
    def models(self) -> Path:
        """Models made for this workspace."""
        return self.path / "models"

    @property
    def digests(self) -> Path:
        """Digests as written for their owners."""
        return self.path / "digests"

    def hash_key(self) -> bytes:
        """The key of the hashes of customers, reporters and contents.

        Raises `MissingKey`: without the old key a new one would make every known customer a stranger.
        """
        path = self.path / "key"
        if not path.is_file():
            raise MissingKey(f"expected the hash key in {path}, got no file; restore it, or run 'groundswell init'")
        return bytes.fromhex(path.read_text(encoding="ascii").strip())

    def open_store(self) -> "Store":
        """The store, its schema brought up to date."""
        from jobs.store import Store

        return Store(self.database)


def create_workspace(path: Path) -> tuple[Workspace, list[str]]:
    """Make a workspace, or complete one: files that exist stay as they are. Also returns what was written."""
    path.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(path)
    written = [name for name, text in {FILE: settings_file(), **FILES}.items() if _write_new(path / name, text)]
    if not (path / "key").exists() and not workspace.database.exists():
        _write_secret(path / "key", secrets.token_hex(32))
        written.append("key")
    for folder in (workspace.decisions, workspace.models, workspace.digests):
        folder.mkdir(exist_ok=True)
    if not workspace.database.exists():
        written.append(workspace.database.name)
    workspace.open_store().close()
    return workspace, written


def _write_new(path: Path, text: str) -> bool:
    if path.exists():
        return False
    path.write_text(text, encoding="utf-8")
    return True


def _write_secret(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
