"""Single cells on their way in: cleaned, bounded, turned into numbers, flags and times."""

import math
import re
from typing import Any
from urllib.parse import urlsplit

LONGEST_NAME = 200
LONGEST_SEGMENT = 60
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SURROGATES = re.compile(r"[\ud800-\udfff]")
INVISIBLE = re.compile(r"[\s\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff]+")
TRUE = frozenset({"true", "1", "yes", "y", "t"})
FALSE = frozenset({"false", "0", "no", "n", "f"})


class NotText(ValueError):
    """A cell that should be text is a list or an object."""


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, which no database or page takes.

    >>> clean("a\\x00b\\ud800")
    'ab\\ufffd'
    """
    text = CONTROLS.sub("", text) if CONTROLS.search(text) else text
    return SURROGATES.sub("\ufffd", text) if SURROGATES.search(text) else text


def visible(text: str) -> bool:
    """Whether there is anything to read: not only blanks and zero-width characters."""
    return bool(INVISIBLE.sub("", text))


def composed(parts: list[Any]) -> str:
    """One text of a title and a body; a title that the body begins with is not said twice.

    Raises `NotText`.
    """
    for part in parts:
        if not isinstance(part, str):
            raise NotText(f"expected text, got {type(part).__name__}")
    texts = [text for text in (clean(part).strip() for part in parts) if visible(text)]
    kept = [
        text for number, text in enumerate(texts) if not any(later.startswith(text) for later in texts[number + 1 :])
    ]
    return "\n\n".join(kept)


def name(value: Any) -> str | None:
    """An id or a name: one line of at most 200 characters; None for what is none."""
    if not isinstance(value, str):
        return None
    if value.isascii() and value.isprintable():
        return value.strip()[:LONGEST_NAME] or None
    text = " ".join(clean(value).split())[:LONGEST_NAME]
    return text if visible(text) else None


def segment(value: Any) -> str | None:
    """A segment's value; None for a list, or for what is too long to be one of a few."""
    text = name(value)
    return text if text is not None and len(text) <= LONGEST_SEGMENT else None


def number(value: Any) -> float | None:
    """A finite number; None for anything else. Thousands may be set apart by commas."""
    if not isinstance(value, str):
        return None
    try:
        found = float(value.strip().lstrip("$€£").replace(",", ""))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def flag(value: Any) -> int | None:
    """1 for yes, 0 for no, None for neither."""
    text = value.strip().lower() if isinstance(value, str) else ""
    return 1 if text in TRUE else 0 if text in FALSE else None


def address(value: Any) -> str | None:
    """An http address without what may be secret: user, query, fragment; None for anything else."""
    text = name(value)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.path:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
