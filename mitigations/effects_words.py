"""Effects in plain words; every number is one of the row that they are made from."""

from collections.abc import Mapping
from typing import Any

from mitigations.effects_found import Effect

VERDICTS = ("improved", "worsened", "no detectable effect", "cannot tell")
Row = Mapping[str, Any]


def verdict(found: Effect, *, better: str | None) -> str:
    """One of `VERDICTS`. `better`: the way that is one, up or down; None where neither way is better by itself."""
    if found.moved == "unknown" or (found.moved in ("up", "down") and better is None):
        return "cannot tell"
    if found.moved == "no":
        return "no detectable effect"
    return "improved" if found.moved == better else "worsened"


def reason(found: Effect, *, better: str | None) -> str:
    """Why the verdict is what it is, without a full stop."""
    if found.reasons:
        return "; ".join(found.reasons)
    if found.moved == "no":
        return f"a change by a factor of {found.smallest:.2f} would have been seen four times in five"
    assert found.placebo is not None
    if better is None:
        return "whether that is better depends on what is right to stop"
    held = [
        "no trend before",
        "what should not be affected did not move alike" if found.against is not None else "nothing to compare it with",
        *([f"checked against {_dates(found.placebo.dates)} without a release"] if found.placebo.dates else []),
    ]
    return ", ".join(held)


def _dates(count: int) -> str:
    return f"{count} date{'' if count == 1 else 's'}"


def ratio_words(row: Row) -> str:
    """×0.62 (0.5 to 0.77), or "" where nothing was estimated.

    >>> ratio_words({"ratio": 0.62, "ratio_low": 0.5, "ratio_high": 0.7734})
    '×0.62 (95 % interval 0.5 to 0.773)'
    """
    if row["ratio"] is None:
        return ""
    return f"×{row['ratio']:.3g} (95 % interval {row['ratio_low']:.3g} to {row['ratio_high']:.3g})"


def of_action(row: Row, *, level: str | None = None) -> str:
    """What came of an action on an alert, in one sentence. `level`: what the ratio is of."""
    size = ratio_words(row)
    measured = f" Afterwards it was {size} of the level {level or 'before'}." if size else ""
    said = {
        "improved": "it improved",
        "worsened": "it worsened",
        "no detectable effect": "no effect can be detected",
        "cannot tell": "whether it helped cannot be told",
    }[row["verdict"]]
    since = "" if row["onset"] == row["closed_on"] else f", in force since {row['onset']}"
    return (
        f"{row['title']}, closed on {row['closed_on']} with “{row['action']}”{since}: {said} ({row['reason']})."
        + measured
    )
