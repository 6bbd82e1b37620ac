"""The cells of the ledger: ISO weeks and slices, as keys that sort and read well."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

ALL = "all"
NONE = "(none)"
"""The value of a document that does not say: a line of its own, never spread over the others."""
WEEK = pd.Timedelta(days=7)
EPOCH = pd.Timestamp("1970-01-05")
"""A Monday: weeks are numbered from it."""
SPANS = (1, 4)
"""Weeks a row of the ledger stands for: the named one, and with the three before it."""


class NotASlicing(ValueError):
    """A way of slicing that names no attribute, or one twice."""


def week_start(day: "pd.Series[pd.Timestamp]") -> "pd.Series[pd.Timestamp]":
    """Monday of the ISO week of each UTC day (datetime64, midnight)."""
    return day - pd.to_timedelta(day.dt.dayofweek, unit="D")


def week_name(start: pd.Timestamp) -> str:
    """The ISO week that begins on this Monday.

    >>> week_name(pd.Timestamp("2026-03-02")), week_name(pd.Timestamp("2025-12-29"))
    ('2026-W10', '2026-W01')
    """
    return start.strftime("%G-W%V")


def monday(week: str) -> date:
    """The first day of an ISO week, named as the ledger does.

    >>> monday("2026-W10")
    datetime.date(2026, 3, 2)
    """
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def week_after(week: str, weeks: int = 1) -> str:
    """The ISO week so many after this one; before it where negative.

    >>> week_after("2025-W52"), week_after("2026-W02", -2)
    ('2026-W01', '2025-W52')
    """
    return f"{monday(week) + timedelta(weeks=weeks):%G-W%V}"


def weeks_within(week: str, span: int) -> list[str]:
    """The weeks that a row of the ledger stands for, oldest first.

    >>> weeks_within("2026-W02", 3)
    ['2025-W52', '2026-W01', '2026-W02']
    """
    return [week_after(week, -back) for back in reversed(range(span))]


def weeks(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The Mondays of every week from that of `first` to that of `last`, both included."""
    start = first.normalize() - pd.Timedelta(days=first.dayofweek)
    return pd.date_range(start, last.normalize(), freq="7D")


def slicing(text: str) -> tuple[str, ...]:
    """Attributes of a way of slicing, sorted; empty for the total.

    >>> slicing("plan&harm_domain"), slicing("all")
    (('harm_domain', 'plan'), ())
    """
    if text == ALL:
        return ()
    names = [name.strip() for name in text.replace(",", "&").split("&")]
    if not all(names) or len(set(names)) != len(names):
        raise NotASlicing(f"expected attributes joined by '&', each once, got {text!r}; say e.g. 'harm_domain&plan'")
    return tuple(sorted(names))


def slice_keys(frame: pd.DataFrame, attributes: Sequence[str]) -> "pd.Series[str]":
    """Key of each row's slice, such as "harm_domain=cyber&plan=pro"; a missing value is "(none)".

    >>> slice_keys(pd.DataFrame({"plan": ["pro", None, "a&b"]}), ["plan"]).tolist()
    ['plan=pro', 'plan=(none)', 'plan=a%26b']
    """
    codes, keys = slice_codes(frame, attributes)
    return pd.Series(np.array(keys, dtype=object)[codes], index=frame.index, dtype=object)


def slice_codes(frame: pd.DataFrame, attributes: Sequence[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The slice of each row as a place in a list of keys (`slice_keys`), each key once.

    >>> codes, keys = slice_codes(pd.DataFrame({"plan": ["pro", None, "pro"]}), ["plan"])
    >>> codes.tolist(), keys
    ([0, 1, 0], ['plan=pro', 'plan=(none)'])
    """
    code, keys = np.zeros(len(frame), dtype=np.int64), [""]
    for name in attributes:
        own, texts = _values(frame, name)
        pairs, code = np.unique(code * len(texts) + own, return_inverse=True)
        parts = [(keys[pair // len(texts)], texts[pair % len(texts)]) for pair in pairs.tolist()]
        keys = [f"{before}{'&' if before else ''}{name}={text}" for before, text in parts]
    return code.astype(np.int64), keys if attributes else [ALL]


def attributes_of(key: str) -> tuple[str, ...]:
    """The attributes of a slice key, in its order; none for the total.

    >>> attributes_of("harm_domain=cyber&plan=pro"), attributes_of("all")
    (('harm_domain', 'plan'), ())
    """
    return tuple(part.partition("=")[0] for part in key.split("&") if "=" in part)


def unattributed(key: str) -> bool:
    """Whether a slice is of documents that do not say: shown on a line of its own.

    >>> unattributed("plan=(none)"), unattributed("harm_domain=cyber&plan=(none)"), unattributed("plan=pro")
    (True, True, False)
    """
    return any(part.endswith(f"={NONE}") for part in key.split("&"))


def _values(frame: pd.DataFrame, name: str) -> tuple[npt.NDArray[np.int64], list[str]]:
    if name not in frame:
        return np.zeros(len(frame), dtype=np.int64), [NONE]
    codes, values = pd.factorize(frame[name].astype(object))
    # Two values may be written alike, such as True and "true": they are one slice.
    places, texts = pd.factorize(np.array([*(escaped(value) for value in values), NONE], dtype=object))
    return places[codes].astype(np.int64), list(texts)


def escaped(value: object) -> str:
    """A value as it stands in a key: what the key is built with is percent-encoded.

    >>> escaped("a&b=c"), escaped(True)
    ('a%26b%3Dc', 'true')
    """
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.replace("%", "%25").replace("&", "%26").replace("=", "%3D")
