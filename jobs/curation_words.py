"""How an edit of a theme is told in a line."""

from collections.abc import Callable, Mapping
from typing import Any

Row = Mapping[str, Any]


def told(row: Row) -> str:
    """What an edit says; names are raw and must be escaped where they are shown.

    >>> told({"theme_id": "T0002", "action": "merge", "detail": {"into": "T0001"}})
    'T0002 merged into T0001'
    """
    return _WORDS[row["action"]](str(row["theme_id"]), row["detail"])


def follows(action: str) -> str:
    """What the next run brings after an edit; nothing where all of it holds at once."""
    return _FOLLOWS.get(action, "the documents and counts of its themes follow at the next 'groundswell run'")


_FOLLOWS = {
    "rename": "the name holds now, titles of series from the next 'groundswell run' on",
    "pin": "it holds from now on",
    "unpin": "it holds from now on",
    "must_not_merge": "it holds from now on",
    "mute": "its open alerts are resolved, and it raises no more",
    "unmute": "alerts follow at the next 'groundswell run'",
}


def _renamed(theme: str, detail: Row) -> str:
    return f"{theme} renamed “{detail['name']}”"


def _merged(theme: str, detail: Row) -> str:
    return f"{theme} merged into {detail['into']}"


def _split(theme: str, detail: Row) -> str:
    return f"{theme} split into {', '.join(detail['into'])}"


def _moved(theme: str, detail: Row) -> str:
    # Who may not see documents is told of "a document".
    document = detail.get("document_id", "a document")
    return f"{document} moved {f'out of {theme}, into no theme' if detail['to'] is None else f'into {theme}'}"


def _apart(theme: str, detail: Row) -> str:
    return f"{theme} and {detail['other']} must not merge"


def _marked(word: str) -> Callable[[str, Row], str]:
    return lambda theme, detail: f"{theme} {word}"


_WORDS: dict[str, Callable[[str, Row], str]] = {
    "rename": _renamed,
    "merge": _merged,
    "split": _split,
    "pin": _marked("pinned"),
    "unpin": _marked("unpinned"),
    "mute": _marked("muted"),
    "unmute": _marked("unmuted"),
    "move": _moved,
    "must_not_merge": _apart,
}
