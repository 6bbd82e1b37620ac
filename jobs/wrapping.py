"""Plain text in lines that a mail reader shows without breaking them itself."""

import re
from textwrap import wrap

WIDTH = 78
"""Characters of a line (RFC 5322, section 2.1.1)."""
MARK = re.compile(r"[-] |\d\. |> |")
RULE = re.compile(r"=+|-+")


def wrapped(text: str, *, width: int = WIDTH) -> str:
    """The text with its long lines broken between words, items and quotes indented as they were.

    Headings, lines with an address, and words longer than a line stay whole.

    >>> print(wrapped("- one two three\\n> four five six", width=10))
    - one two
      three
    > four
    > five six
    """
    lines = text.split("\n")
    after = [*lines[1:], ""]
    return "\n".join(part for line, below in zip(lines, after, strict=True) for part in _lines(line, below, width))


def _lines(line: str, below: str, width: int) -> list[str]:
    if len(line) <= width or "://" in line or (below and RULE.fullmatch(below)):
        return [line]
    found = MARK.match(line)
    mark = found.group() if found else ""
    further = mark if mark == "> " else " " * len(mark)
    return wrap(
        line, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
