"""What another threshold would do, in plain words; of a looser one, plainly what harm it risks."""

from collections.abc import Mapping
from typing import Any

Record = Mapping[str, Any]

FEWEST_MOVED = 20
"""Judged decisions among those that change sides below which the change is said to rest on few."""
NOTHING = 0.001
VOLUMES = {"acted on": "acted", "benign, acted on": "over", "harmful, allowed": "under"}
SHARES = {"harmful of those acted on": "precision", "benign ones acted on": "fpr", "harmful ones allowed": "fnr"}
NAMES = {
    "acted": "acted on",
    "over": "benign, acted on",
    "under": "harmful, allowed",
    "precision": "harmful of acted on",
    "fpr": "benign ones acted on",
    "fnr": "harmful ones allowed",
}


def sentences(row: Record, today: Record) -> list[str]:
    """What a candidate would do, the change of the volume first, then either error, then whom it touches."""
    if row["threshold"] == today["threshold"]:
        return ["It is today's threshold: nothing changes."]
    looser = row["loosens"]
    turn = "allow" if looser else "act on"
    told = [
        f"It {'loosens' if looser else 'tightens'} the safeguard: it would {turn} some {volume(row, 'moved')} that it "
        f"{'acts on' if looser else 'allows'} today."
    ]
    harm, good = ("risks", "spares") if looser else ("stops", "costs")
    if row["moved_harmful"] is None:
        told.append(f"Cannot tell how many of them are harmful, and so what it {harm}: none of their kind was judged.")
    else:
        told.append(
            f"Of them {share(row, 'moved_harmful')} are harmful: it {harm} {volume(row, 'under_change')} harmful ones "
            f"{'let through' if looser else 'that go through today'}, and {good} {volume(row, 'over_change')} benign "
            f"ones{' that are acted on today' if looser else ' acted on besides'}."
        )
    told.append(f"That rests on {row['judged_moved']:,} judged decisions between the two thresholds.")
    return [*told, whom(row["touched"])]


def whom(touched: Record) -> str:
    """The customers whose decisions would change, and their worth."""
    if touched["customers"] is None:
        return "Cannot tell whom it touches: the log names no customers."
    some = "at least " if touched["at_least"] else ""
    told = f"It touches {some}{touched['customers']:,} of {touched['of']:,} customers"
    worth = [
        f"{name} {touched[name]:,.0f}, known of {touched[f'{name}_known']:,} of them "
        f"({100 * touched[f'{name}_known'] / touched['customers']:.0f} %)"
        for name in ("revenue", "seats")
        if touched["customers"] and touched[name] is not None
    ]
    return f"{told}; {'; '.join(worth)}." if worth else f"{told}; cannot tell their revenue: none is known."


def cautions(row: Record, today: Record, scores: tuple[float, float]) -> list[str]:
    """What a reader must know before trusting a candidate's row."""
    at, (low, high) = row["threshold"], scores
    told = []
    if at > high:
        told.append(f"above every score seen ({low:.4g} to {high:.4g}): it would act on nothing")
    elif at <= low:
        told.append(f"not above the lowest score seen ({low:.4g} to {high:.4g}): it would act on everything")
    if at == today["threshold"]:
        return told
    if not row["moved_per_10k"]:
        told.append("no decision lies between it and today's threshold")
    elif row["judged_moved"] == 0:
        told.append("none of the decisions that would change sides was judged")
    elif row["judged_moved"] < FEWEST_MOVED:
        told.append(f"only {row['judged_moved']} of the decisions that would change sides were judged")
    return told


def share(row: Record, name: str) -> str:
    """A share with its interval, in percent.

    >>> share({"fpr": 0.0123, "fpr_low": 0.01, "fpr_high": 0.0161}, "fpr")
    '1.23 % (1 to 1.61)'
    """
    if row[name] is None:
        return "cannot tell"
    value, low, high = (100 * float(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return f"{value:.3g} % ({low:.3g} to {high:.3g})"


def unit(row: Record) -> str:
    """What counts are told per: a week, else 10,000 decisions."""
    return "per_week" if row.get("acted_per_week") is not None else "per_10k"


def volume(row: Record, name: str, *, per: str | None = None) -> str:
    """Decisions with their interval, without a sign, and of what: a week, of 10,000 where the log has no days. `per`:
    per_week or per_10k, and then bare.

    >>> ends = {"over_change_per_week": -12.4, "over_change_low_per_week": -20.2, "over_change_high_per_week": -8}
    >>> volume(ends, "over_change"), volume(ends, "over_change", per="per_week")
    ('12.4 a week (8 to 20.2)', '12.4 (8 to 20.2)')
    """
    weekly = per == "per_week" or (per is None and row.get(f"{name}_per_week") is not None)
    keys = [f"{name}{end}_per_week" if weekly else f"{name}_per_10k{end}" for end in ("", "_low", "_high")]
    if row.get(keys[0]) is None:
        return "cannot tell" if per else "cannot tell how many"
    value, *ends = (abs(float(row[key])) for key in keys)
    words = "" if per else " a week" if weekly else " of 10,000"
    return f"{number(value)}{words} ({number(min(ends))} to {number(max(ends))})"


def rows(record: Record) -> list[tuple[str, list[str]]]:
    """The table of today's threshold and the candidates beside it: a title, and a figure of each."""
    columns = [record["today"], *record["candidates"]]
    units = {"per_week": "a week", "per_10k": "of 10,000"}
    counted = [
        (f"{title}, {words}", [volume(row, name, per=per) for row in columns])
        for per, words in units.items()
        if per == "per_10k" or unit(record["today"]) == per
        for title, name in VOLUMES.items()
    ]
    shares = [(title, [share(row, name) for row in columns]) for title, name in SHARES.items()]
    near = ("judged just below, just above", [f"{row['near_below']:,}, {row['near_from']:,}" for row in columns])
    return [*counted, *shares, near]


def number(value: float) -> str:
    """Three digits, thousands separated; what is next to nothing is nothing.

    >>> number(1234.5), number(0.0123), number(0.0004)
    ('1,234', '0.0123', '0')
    """
    if abs(value) < NOTHING:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
