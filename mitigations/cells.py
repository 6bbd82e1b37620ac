"""The cells of the ledger: ISO weeks and slices, as keys that sort and read well."""

from collections.abc import Sequence

import pandas as pd

ALL = "all"
NONE = "(none)"
"""The value of a document that does not say: a line of its own, never spread over the others."""
WEEK = pd.Timedelta(days=7)


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
    if not attributes:
        return pd.Series(ALL, index=frame.index, dtype=object)
    parts = [name + "=" + _values(frame, name) for name in attributes]
    key = parts[0]
    for part in parts[1:]:
        key = key + "&" + part
    return key


def _values(frame: pd.DataFrame, name: str) -> "pd.Series[str]":
    if name not in frame:
        return pd.Series(NONE, index=frame.index, dtype=object)
    codes, values = pd.factorize(frame[name].astype(object))
    texts = [*(escaped(value) for value in values), NONE]
    return pd.Series([texts[code] for code in codes], index=frame.index, dtype=object)


def escaped(value: object) -> str:
    """A value as it stands in a key: what the key is built with is percent-encoded.

    >>> escaped("a&b=c"), escaped(True)
    ('a%26b%3Dc', 'true')
    """
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.replace("%", "%25").replace("&", "%26").replace("=", "%3D")
