"""What an owner reads beside a change: what moved, who and what carries it, what it coincides with."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from topics.advice import back_at, reverses, to_do
from topics.carried import carriers, contributions
from topics.coincidence import Surroundings, ended_with, weighed
from topics.coincidence_filing import silent_days
from topics.periods import Periods, split_periods, without_top_reporter
from topics.reads import reads
from topics.wording import telling_words

__all__ = ["SEGMENTS", "Surroundings", "explain"]

SEGMENTS = ("product", "plan", "locale", "surface", "source", "mitigation", "use_case", "harm_domain", "kind")


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
    periods = split_periods(change, documents, silent=silent_days(change, around.coverage))
    found = _what_moved(change, periods)
    found["title"] = str(change["series"]) if title is None else title
    found["segments"] = contributions(periods, segments, usual=_usual(change, around))
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
    found["coincides_with"], found["ruled_out"] = weighed(change, periods, around)
    found["ended_with"] = ended_with(change, periods, around)
    found["carried_by"] = carriers(found["segments"])
    found["to_do"] = to_do(found)
    found["back_at"] = back_at(found)
    found["reverses"] = reverses(found)
    found["reads"] = reads(found)
    return found


def _usual(change: "pd.Series[Any]", around: Surroundings) -> Mapping[str, "pd.Series[Any]"] | None:
    """Shares of values in the whole stream of a change."""
    if around.usual is None:
        return None
    own = around.usual[around.usual["stream"] == str(change["series"]).partition("/")[0]]
    return {str(name): part.set_index("value")["share"] for name, part in own.groupby("attribute")}


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


def _number(value: object) -> float | None:
    """Three significant digits; None for infinite or missing."""
    number = float(value)  # type: ignore[arg-type]
    return float(f"{number:.3g}") if pd.notna(number) and abs(number) != float("inf") else None


def _iso(day: pd.Timestamp) -> str | None:
    return None if pd.isna(day) else f"{day:%Y-%m-%d}"
