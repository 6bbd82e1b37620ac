"""Keep a pattern that somebody wrote from being slow on text made to be: no repetition without an end."""

import re

# A class in brackets is left as it is; behind it, and behind a class such as \w or the dot, `*` and `+` get an end.
ENDLESS = re.compile(
    r"(?P<sign>\\.|\[\^?\]?(?:\\.|[^\]\\]){0,300}\]|\.)(?P<times>[*+])|\\.|\[\^?\]?(?:\\.|[^\]\\]){0,300}\]"
)
MOST = 60


def bounded(pattern: str) -> str:
    r"""The pattern with at most MOST repetitions where a class of signs could repeat for ever.

    >>> bounded(r"delet\w* (?:\S+ ){0,3}[a+]x.+")
    'delet\\w{0,60} (?:\\S{1,60} ){0,3}[a+]x.{1,60}'
    """
    return ENDLESS.sub(_ended, pattern)


def _ended(match: re.Match[str]) -> str:
    if match["times"] is None:
        return match[0]
    return f"{match['sign']}{{{int(match['times'] == '+')},{MOST}}}"
