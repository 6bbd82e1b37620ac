"""Text that others wrote, made harmless for where it is shown: attackers write complaints and theme names."""

import re

# C0 and C1 controls, marks of direction and invisible joiners: they drive terminals and reverse what is read.
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
SPACES = re.compile(r"\s+")
GAP = "\u200b"
"""A space of no width: splits what a mail or chat client would turn into a link or a call."""
LINKS = re.compile(r"(?i)(?<=[a-z]):(?=//)|(?<=[a-z0-9])\.(?=[a-z]{2,}(?![a-z0-9]))")
"""Where an address with a scheme is split, and a bare one such as example.org, which clients link as well."""
MENTIONS = re.compile(r"(?<=@)(?=\w)|(?<=<)(?=[!@#])")
MARKUP = re.compile(r"[\\`*_\[\]|~&]")
LINE_START = re.compile(r"^(?=[-+=#>])|^\d+(?=[.)])")


def one_line(text: str, *, most: int | None = None) -> str:
    """The text on one line without control characters, cut after `most` characters with an ellipsis.

    >>> one_line("a\\x1b[2J\\r\\nSubject: b"), one_line("abcdef", most=4)
    ('a[2J Subject: b', 'abc…')
    """
    line = SPACES.sub(" ", CONTROLS.sub("", text)).strip()
    return line if most is None or len(line) <= most else line[: most - 1].rstrip() + "…"


def tame(text: str) -> str:
    """One line in which nothing is a link or calls anybody, whatever shows it.

    >>> tame("see https://evil.example/a @here <!channel>, or evil.example").replace(GAP, "·")
    'see https:·//evil.·example/a @·here <·!channel>, or evil.·example'
    """
    linkless = LINKS.sub(lambda found: found.group() + GAP, one_line(text))
    return MENTIONS.sub(GAP, linkless)


def markdown(text: str) -> str:
    """Tamed text that Markdown shows as it is; angle brackets become the quotes that look like them.

    >>> markdown("# [x](y) <b>*z*"), markdown("1. x")
    ('\\\\# \\\\[x\\\\](y) ‹b›\\\\*z\\\\*', '1\\\\. x')
    """
    escaped = MARKUP.sub(r"\\\g<0>", tame(text))
    return LINE_START.sub(r"\g<0>\\", escaped.replace("<", "‹").replace(">", "›"))


def file_name(text: str) -> str:
    """The text as the name of a file: letters, digits, dot, dash and underscore, never hidden, never empty.

    >>> file_name("../../etc/passwd"), file_name("cyber 2026-06-28T10:00:00Z")
    ('etc_passwd', 'cyber_2026-06-28T10_00_00Z')
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).strip("._-")[:120] or "unnamed"
