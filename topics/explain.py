"""What an owner reads beside a change: what moved, who and what carries it, what it coincides with."""

from typing import Any

import pandas as pd

from topics.coincidence import Surroundings, coincides_with
from topics.periods import Periods, contributions, split_periods, without_top_reporter
from topics.wording import telling_words

__all__ = ["SEGMENTS", "Surroundings", "explain"]

SEGMENTS = ("product", "plan", "locale", "surface", "source", "mitigation", "use_case", "harm_domain", "kind")

LEAST_SHARE = 0.3
ALONE_SHARE = 0.01
"""A loudest reporter of less than this is not worth a sentence."""
LEAST_CARRIERS = 5
"""Of what fewer reporters began no segment is said to carry it."""
MORE_THAN_BEFORE = 1.25
"""A segment carries a change if it holds this much of it, and clearly more than its share before."""


def explain(
    change: "pd.Series[Any]",
    documents: pd.DataFrame,
    *,
    around: Surroundings = Surroundings(),  # noqa: B008 - frozen
    segments: tuple[str, ...] = SEGMENTS,
    title: str | None = None,
) -> dict[str, Any]:
    """Everything said about one change, plain values only (it is stored as JSON).

    `change`: a row of `topics.change.changes`, after `coverage.mark` if that was run. `documents`: those of
    the change's series (`volume.series_names` tells which): day, reporter, customer, kept, claim, and any
    of `segments`. Compares at most 28 days before with at most 28 days after. Words are as redacted and
    come from documents: escape them where they are shown. `reads` repeats numbers of the same dict and
    calls the series by `title`, or by its key where none is given.
    """
    periods = split_periods(change, documents)
    found = _what_moved(change, periods)
    found["title"] = str(change["series"]) if title is None else title
    found["segments"] = contributions(periods, segments)
    kept_before = periods.before[periods.before["kept"]]
    kept_after = periods.after[periods.after["kept"]]
    words = telling_words(kept_before, kept_after) if "claim" in documents else pd.DataFrame()
    found["words"] = [
        {
            "word": row["word"],
            "z": round(row["z"], 2),
            "before": int(row["before"]),
            "after": int(row["after"]),
        }
        for row in words.to_dict("records")
    ]
    found["without_top_reporter"] = {
        "share_of_documents": round(periods.top_reporter_share, 3),
        "ratio": without_top_reporter(periods),
    }
    found["coincides_with"] = coincides_with(change, periods, around)
    found["reads"] = reads(found)
    return found


def _what_moved(change: "pd.Series[Any]", periods: Periods) -> dict[str, Any]:
    after = periods.after[periods.after["kept"]]
    return {
        "series": str(change["series"]),
        "direction": str(change["direction"]),
        "type": str(change["type"]),
        "day": _iso(change["day"]),
        "day_low": _iso(change["day_low"]),
        "day_high": _iso(change["day_high"]),
        "end": _iso(change["end"]),
        "detected_on": _iso(change["detected_on"]),
        "ratio": _number(change["ratio"]),
        "ratio_low": _number(change["ratio_low"]),
        "ratio_high": _number(change["ratio_high"]),
        "before_mean": _number(change["before_mean"]),
        "after_mean": _number(change["after_mean"]),
        "q_value": float(f"{float(change['q_value']):.2g}") if pd.notna(change["q_value"]) else None,
        "confirmed": bool(change["confirmed"]),
        "quiet_days": int(change["quiet_days"]) if pd.notna(change.get("quiet_days")) else None,
        "documents": periods.after_documents,
        "unique_documents": len(after),
        "reporters": periods.after_reporters,
        "customers": int(after["customer"].nunique()),
    }


def reads(found: dict[str, Any]) -> list[str]:
    """Plain sentences in the order an owner reads them; every number is one of `found`."""
    return [line for line in (_moved(found), _since(found), _carried(found), _alone(found), _same_days(found)) if line]


def _moved(found: dict[str, Any]) -> str:
    if found["type"] == "first_seen":
        before = _people(found["quiet_days"], "day")
        return (
            f"{found['title']} was first seen on {found['day']}, after none in the {before} before:"
            f" {_people(found['unique_documents'], 'document')} by {_people(found['reporters'], 'reporter')}"
            f" and {_people(found['customers'], 'known customer')}."
        )
    verb = "rose" if found["direction"] == "up" else "fell"
    size = f"×{found['ratio']:g} (95 % interval {_interval(found)})"
    if found["type"] == "birth":
        size = "from nothing"
    return (
        f"{found['title']} {verb} {size}, from {found['before_mean']:g} to {found['after_mean']:g} reporters"
        f" a day: {_people(found['unique_documents'], 'document')} by {_people(found['reporters'], 'reporter')}"
        f" and {_people(found['customers'], 'known customer')}."
    )


def _since(found: dict[str, Any]) -> str:
    if found["q_value"] is None:
        return ""
    line = f"It began on {found['day']}, between {found['day_low']} and {found['day_high']} with 95 % likelihood"
    line += f", and ended on {found['end']}." if found["end"] else "."
    sure = f" Such a change by chance: q = {found['q_value']:g}."
    return line + sure + ("" if found["confirmed"] else " Later days do not bear it out.")


def _carried(found: dict[str, Any]) -> str:
    if found["type"] == "first_seen" and found["reporters"] < LEAST_CARRIERS:
        return ""
    parts = [
        f"{row['attribute']} {row['value']} ".replace("_", " ")
        + f"({_share(row['share'])} of it, {row['share_before']:.0%} before)"
        for row in found["segments"]
        if row["share"] >= LEAST_SHARE and row["share"] >= MORE_THAN_BEFORE * row["share_before"]
    ][:3]
    words = [row["word"] for row in found["words"][:5]]
    spread = "No single segment carries it." if found["segments"] else ""
    carried = f"Carried by {', '.join(parts)}." if parts else spread
    wording = f"Words that came with it: {', '.join(words)}." if words else ""
    return " ".join(part for part in (carried, wording) if part)


def _people(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _share(share: float) -> str:
    """A share above one says that the other values moved the other way."""
    return f"{share:.0%}" if share < 1 else "all"


def _alone(found: dict[str, Any]) -> str:
    alone = found["without_top_reporter"]
    if alone["ratio"] is None or alone["share_of_documents"] < ALONE_SHARE:
        return ""
    return (
        f"The loudest reporter filed {alone['share_of_documents']:.0%} of the documents;"
        f" without them daily reporters went to ×{alone['ratio']:.3g}."
    )


def _same_days(found: dict[str, Any]) -> str:
    known = found["coincides_with"]
    if known[0]["type"] == "unclear":
        return "It coincides with nothing we know of."
    lines = []
    for row in known:
        line = f"{row['type'].replace('_', ' ')}: {row['evidence_for']}"
        line += f" (against it: {row['evidence_against']})" if row["evidence_against"] else ""
        line += f" (one lies in such an interval anyway with probability {row['chance']:g})" if row["chance"] else ""
        lines.append(line)
    return "It coincides with " + "; ".join(lines) + "."


def _interval(found: dict[str, Any]) -> str:
    low, high = found["ratio_low"], found["ratio_high"]
    return f"{'0' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:g}'}"


def _number(value: object) -> float | None:
    """Three significant digits; None for infinite or missing."""
    number = float(value)  # type: ignore[arg-type]
    return float(f"{number:.3g}") if pd.notna(number) and abs(number) != float("inf") else None


def _iso(day: pd.Timestamp) -> str | None:
    return None if pd.isna(day) else f"{day:%Y-%m-%d}"
