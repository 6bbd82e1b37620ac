"""The file watchlists.yaml: read and checked, and edited so that every line that is not concerned stays as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.settings import SettingsError, checked, read_yaml
from jobs.watchlist import FILE, Watchlist, check_watchlists
from jobs.workspace import Workspace
from jobs.yaml_list import YamlList
from nlp.taxonomy import load_taxonomy

KEY = "watchlists"


@dataclass(frozen=True, slots=True)
class WatchFile:
    """The watchlists.yaml of a workspace."""

    folder: Path

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.folder / FILE

    def entries(self) -> list[Watchlist]:
        """What it says, each entry by itself; raises `SettingsError`."""
        return entries_of(self.path)

    def checked(self, path: Path | None, workspace: Workspace) -> list[Watchlist]:
        """The entries of this file, or of another one, with kinds, harm domains and segments that exist."""
        found = entries_of(path or self.path)
        check(found, workspace, file=(path or self.path).name)
        return found

    def add(self, values: Mapping[str, Any], workspace: Workspace) -> Watchlist:
        """Append an entry; the file is checked before it is written, and is written whole or not at all.

        Raises `SettingsError` for an entry that is wrong or an id that is taken, `CannotEdit`.
        """
        entry = checked(Watchlist, values, f"{FILE}: {KEY}: new entry")
        known = self.entries()
        if entry.id in {one.id for one in known}:
            raise SettingsError(f"{FILE}: id: expected one that is not taken, got {entry.id!r}; choose another")
        check([entry], workspace)
        YamlList(self.path, KEY).add(values)
        return entry

    def remove(self, watchlist: str) -> None:
        """Take an entry out, with its lines; comments above it stay. Raises `SettingsError`, `CannotEdit`."""
        ids = [entry.id for entry in self.entries()]
        if watchlist not in ids:
            known = ", ".join(ids) or "none"
            raise SettingsError(f"{FILE}: id: expected one of {known}, got {watchlist!r}; correct it")
        YamlList(self.path, KEY).remove(ids.index(watchlist))


def entries_of(path: Path) -> list[Watchlist]:
    """The watchlists of a YAML file: a list under `watchlists`, or one entry by itself. Raises `SettingsError`."""
    content = read_yaml(path)
    rows = content.get(KEY, [] if not content else [content])
    if not isinstance(rows, list | None):
        raise SettingsError(f"{path.name}: {KEY}: expected a list, got {type(rows).__name__}; correct it")
    found = []
    for number, row in enumerate(rows or []):
        if not isinstance(row, dict):
            where = f"{path.name}: {KEY}[{number}]"
            raise SettingsError(f"{where}: expected 'key: value' pairs, got {type(row).__name__}; correct it")
        found.append(
            checked(Watchlist, {str(key): value for key, value in row.items()}, f"{path.name}: {KEY}[{number}]")
        )
    return found


def check(entries: Sequence[Watchlist], workspace: Workspace, *, file: str = FILE) -> None:
    """Refuse kinds, harm domains and segments that this workspace does not know."""
    with workspace.open_store() as store:
        names = store.watch.segment_names()
    check_watchlists(entries, load_taxonomy(workspace.settings.taxonomy_file), names, file=file)
