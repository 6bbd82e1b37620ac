"""Editing a list in a YAML file that people keep in git: every line that is not concerned stays as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlp.artefact import write_whole


class CannotEdit(ValueError):
    """A file that is written in a way in which no entry can be added or removed without touching others."""


@dataclass(frozen=True, slots=True)
class YamlList:
    """The list under one key of a YAML file, such as `watchlists` of watchlists.yaml."""

    path: Path
    key: str

    def add(self, values: Mapping[str, Any]) -> None:
        """Append an entry. Raises `CannotEdit`."""
        before = self._text()
        self._write(with_entry(before, self.key, values), [*rows(before, self.key), dict(values)])

    def remove(self, place: int) -> None:
        """Take the entry at this place out, with its lines; comments above it stay. Raises `CannotEdit`."""
        before = self._text()
        kept = rows(before, self.key)
        self._write(without_entry(before, self.key, place), kept[:place] + kept[place + 1 :])

    def _text(self) -> str:
        return self.path.read_bytes().decode("utf-8") if self.path.is_file() else ""

    def _write(self, text: str, expected: Sequence[Any]) -> None:
        """Write the text, whole or not at all, if it says what it should."""
        if rows(text, self.key) != list(expected):
            raise CannotEdit(
                f"expected to find the entries of {self.path.name} one below the other, got another layout; "
                "edit it by hand"
            )
        mode = self.path.stat().st_mode & 0o777 if self.path.is_file() else 0o644
        write_whole(self.path, text.encode("utf-8"))
        self.path.chmod(mode)


def with_entry(text: str, key: str, values: Mapping[str, Any]) -> str:
    """The text of a file with one entry more, after the last one; every other line as it was.

    >>> print(with_entry("# mine\\nwatchlists: []  # none yet\\n", "watchlists", {"id": "w", "words": ["a"]}), end="")
    # mine
    watchlists:  # none yet
      - id: w
        words: [a]
    """
    line = "\r\n" if "\r\n" in text else "\n"
    found = _list_node(text, key)
    if found is None:
        start = text if not text or text.endswith(("\n", "\r")) else text + line
        return start + f"{key}:{line}" + _block(values, 2, line)
    if isinstance(found, yaml.SequenceNode) and found.value:
        if found.flow_style:
            raise CannotEdit(f"expected one entry below the other under {key}, got a list in brackets; add it by hand")
        at = _line_end(text, _last(found).end_mark.index)
        return _inserted(text, at, _block(values, found.start_mark.column, line), line)
    before, after = text[: found.start_mark.index].rstrip(" "), text[found.end_mark.index :]
    text = before + after
    return _inserted(text, _line_end(text, len(before)), _block(values, 2, line), line)


def without_entry(text: str, key: str, place: int) -> str:
    """The text of a file without its entry at this place; every other line as it was.

    >>> without_entry("watchlists:\\n  - id: a\\n    name: A\\n  # the other\\n  - id: b\\n", "watchlists", 0)
    'watchlists:\\n  # the other\\n  - id: b\\n'
    """
    found = _list_node(text, key)
    if not isinstance(found, yaml.SequenceNode) or found.flow_style:
        raise CannotEdit(f"expected one entry below the other under {key}, got a list in brackets; remove it by hand")
    item = found.value[place]
    dash = text.rfind("-", 0, item.start_mark.index)
    start = text.rfind("\n", 0, dash) + 1
    end = min(_line_end(text, _last(item).end_mark.index) + 1, len(text))
    if len(found.value) > 1:
        return text[:start] + text[end:]
    colon = text.rfind(":", 0, start)
    return text[: colon + 1] + " []" + text[colon + 1 : start] + text[end:]


def rows(text: str, key: str) -> list[Any]:
    """The entries that the text of a file holds under the key."""
    content = yaml.safe_load(text)
    return list((content or {}).get(key) or [])


def _list_node(text: str, key: str) -> Any:
    """The node of the list in the text, None where there is no such key."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


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
