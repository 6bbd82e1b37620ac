"""The file watchlists.yaml: read and checked, and edited so that every line that is not concerned stays as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from jobs.settings import SettingsError, checked, read_yaml
from jobs.watchlist import FILE, Watchlist, check_watchlists
from jobs.workspace import Workspace
from nlp.artefact import write_whole
from nlp.taxonomy import load_taxonomy

KEY = "watchlists"


class CannotEdit(ValueError):
    """A file that is written in a way in which no entry can be added or removed without touching others."""


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
        before = self._text()
        self._write(with_entry(before, values), [*_rows(before), dict(values)])
        return entry

    def remove(self, watchlist: str) -> None:
        """Take an entry out, with its lines; comments above it stay. Raises `SettingsError`, `CannotEdit`."""
        ids = [entry.id for entry in self.entries()]
        if watchlist not in ids:
            known = ", ".join(ids) or "none"
            raise SettingsError(f"{FILE}: id: expected one of {known}, got {watchlist!r}; correct it")
        place, before = ids.index(watchlist), self._text()
        rows = _rows(before)
        self._write(without_entry(before, place), rows[:place] + rows[place + 1 :])

    def _text(self) -> str:
        return self.path.read_bytes().decode("utf-8") if self.path.is_file() else ""

    def _write(self, text: str, expected: list[Any]) -> None:
        """Write the text if it says what it should."""
        if _rows(text) != expected:
            raise CannotEdit(
                f"expected to find the entries of {FILE} one below the other, got another layout; edit it by hand"
            )
        mode = self.path.stat().st_mode & 0o777 if self.path.is_file() else 0o644
        write_whole(self.path, text.encode("utf-8"))
        self.path.chmod(mode)


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


def with_entry(text: str, values: Mapping[str, Any]) -> str:
    """The text of a file with one entry more, after the last one; every other line as it was.

    >>> print(with_entry("# mine\\nwatchlists: []  # none yet\\n", {"id": "w", "words": ["a"]}), end="")
    # mine
    watchlists:  # none yet
      - id: w
        words: [a]
    """
    line = "\r\n" if "\r\n" in text else "\n"
    found = _list_node(text)
    if found is None:
        start = text if not text or text.endswith(("\n", "\r")) else text + line
        return start + f"{KEY}:{line}" + _block(values, 2, line)
    if isinstance(found, yaml.SequenceNode) and found.value:
        if found.flow_style:
            raise CannotEdit(f"expected one entry below the other in {FILE}, got a list in brackets; add it by hand")
        at = _line_end(text, _last(found).end_mark.index)
        return _inserted(text, at, _block(values, found.start_mark.column, line), line)
    before, after = text[: found.start_mark.index].rstrip(" "), text[found.end_mark.index :]
    text = before + after
    return _inserted(text, _line_end(text, len(before)), _block(values, 2, line), line)


def without_entry(text: str, place: int) -> str:
    """The text of a file without its entry at this place; every other line as it was.

    >>> without_entry("watchlists:\\n  - id: a\\n    name: A\\n  # the other\\n  - id: b\\n", 0)
    'watchlists:\\n  # the other\\n  - id: b\\n'
    """
    found = _list_node(text)
    if not isinstance(found, yaml.SequenceNode) or found.flow_style:
        raise CannotEdit(f"expected one entry below the other in {FILE}, got a list in brackets; remove it by hand")
    item = found.value[place]
    dash = text.rfind("-", 0, item.start_mark.index)
    start = text.rfind("\n", 0, dash) + 1
    end = min(_line_end(text, _last(item).end_mark.index) + 1, len(text))
    if len(found.value) > 1:
        return text[:start] + text[end:]
    key = text.rfind(":", 0, start)
    return text[: key + 1] + " []" + text[key + 1 : start] + text[end:]


def _rows(text: str) -> list[Any]:
    content = yaml.safe_load(text)
    return list((content or {}).get(KEY) or [])


def _list_node(text: str) -> Any:
    """The node of the list in the text, None where there is no such key."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == KEY), None)


def _last(node: Any) -> Any:
    """The scalar, or the list in brackets, that a node ends with."""
    while isinstance(node, yaml.SequenceNode | yaml.MappingNode) and node.value and not node.flow_style:
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    return node


def _line_end(text: str, index: int) -> int:
    """Where the line that holds what ends at this index ends (its newline, or the end of the text)."""
    if index and text[index - 1] == "\n":  # a block of text ends after its newline
        return index - 1
    found = text.find("\n", index)
    return len(text) if found < 0 else found


def _inserted(text: str, at: int, block: str, line: str) -> str:
    if at >= len(text):
        return text + line + block
    return text[: at + 1] + block + text[at + 1 :]


def _block(values: Mapping[str, Any], indent: int, line: str) -> str:
    """An entry as it stands in the list, short lists in brackets."""
    nested = any(isinstance(value, list | dict) for value in values.values())
    lines = yaml.safe_dump(
        dict(values), sort_keys=False, allow_unicode=True, default_flow_style=None if nested else False, width=110
    )
    first, *rest = lines.rstrip("\n").split("\n")
    space = " " * indent
    return "".join(f"{space}{mark}{one}{line}" for mark, one in [("- ", first), *(("  ", one) for one in rest)])
