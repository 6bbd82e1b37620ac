"""What changed in how reports come in: feeds, single voices, campaigns, ways of reporting, late days."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from topics.alongside import Moved, moved
from topics.carried import MORE_THAN_BEFORE, excess_share
from topics.periods import Periods, reporter_days
from topics.surroundings import DAY, Coincidence, Surroundings

FLOOD_SHARE = 0.5
FEWEST_IN_FLOOD = 10
CAMPAIGN_SHARE = 0.3
MISSING = 0.05
"""So much of what is to come since a fall began makes late reports worth a word."""
LONGEST_GAP = pd.Timedelta(days=7)
STAYS = 1.3
"""A change of so much that is left without the days of a gap is not the gap's."""
HARDLY = 0.1
"""A feed event of which so little of the change comes is ruled out."""
ONE_WAY = 0.6
"""A change is one of reporting if one source brings so much of it ..."""
SOURCE_RATIO = 1.2
UNLIKE = 0.3
"""... and of its kinds no more than this share (total variation) is other than before."""


def coverage(change: "pd.Series[Any]", periods: Periods, known: pd.DataFrame | None) -> Iterator[Coincidence]:
    """The feed event that makes up half of the change or more, else those on the same days."""
    marked = change.get("coverage")
    if isinstance(marked, str):
        stated = f"{marked} explains half or more of it"
        against, stays = _left_without_gap(change, periods) if marked.endswith(" gap") else ("", False)
        yield Coincidence("coverage_change", marked, change["day"], stated, against, contradicted=stays)
        return
    if known is None or known.empty:
        return
    near = (known["day_low"] <= change["day_high"] + DAY) & (known["day_high"] >= change["day_low"] - DAY)
    for _, event in known[near & (known["stream"] == _stream(change))].iterrows():
        against, contradicted = _held_by_feed(change, periods, event)
        name = f"{event['dimension']}={event['value']} {event['kind']}"
        stated = str(event["evidence"])
        yield Coincidence("coverage_change", name, event["day_low"], stated, against, contradicted=contradicted)


def silent_days(change: "pd.Series[Any]", known: pd.DataFrame | None) -> frozenset[pd.Timestamp]:
    """Days of short gaps in the feeds of the change's stream: they say less than they seem to."""
    if known is None or known.empty:
        return frozenset()
    gaps = known[(known["kind"] == "gap") & (known["stream"] == _stream(change))]
    gaps = gaps[gaps["day_high"] - gaps["day_low"] < LONGEST_GAP]
    return frozenset(
        day for row in gaps.to_dict("records") for day in pd.date_range(row["day_low"], row["day_high"], freq="D")
    )


def _held_by_feed(change: "pd.Series[Any]", periods: Periods, event: "pd.Series[Any]") -> tuple[str, bool]:
    """What speaks against a feed event, and whether it is ruled out."""
    if event["kind"] == "gap":
        return _left_without_gap(change, periods)
    held = excess_share(periods, str(event["dimension"]), event["value"])
    share = "" if held is None else f", {min(max(held, 0.0), 1.0):.0%}, of the change"
    return f"it holds less than half{share}", held is not None and held < HARDLY


def _left_without_gap(change: "pd.Series[Any]", periods: Periods) -> tuple[str, bool]:
    """What is left of a change without the days of a gap, and whether that is a change still."""
    before, after = (len(reporter_days(part)) for part in (periods.before, periods.after))
    ratio = (after + 0.5) / periods.days_after / ((before + 0.5) / periods.days_before)
    told = f"without the days of the gap it still went to ×{ratio:.2g}"
    return told, (ratio if change["direction"] == "up" else 1.0 / ratio) >= STAYS


def _stream(change: "pd.Series[Any]") -> str:
    return str(change["series"]).partition("/")[0]


def flood(periods: Periods) -> Iterator[Coincidence]:
    """One reporter who filed half of the documents."""
    share = periods.top_reporter_share
    if share >= FLOOD_SHARE and periods.after_documents >= FEWEST_IN_FLOOD:
        stated = f"one reporter filed {share:.0%} of the {periods.after_documents} documents"
        against = f"counted is each reporter once a day: {periods.after_reporters} reporters"
        yield Coincidence("flood", periods.top_reporter, None, stated, against)


def campaign(change: "pd.Series[Any]", periods: Periods, known: pd.DataFrame | None) -> Iterator[Coincidence]:
    """Documents that many people filed word for word, if they hold a part of the rise that matters."""
    if known is None or known.empty or change["direction"] != "up":
        return
    names = known.set_index("document_id")["campaign_id"]
    days = reporter_days(periods.after)
    own = days[days["document_id"].isin(names.index)]
    before = len(reporter_days(periods.before)) / periods.days_before
    excess = len(days) - before * periods.days_after
    if own.empty or excess <= 0 or len(own) < CAMPAIGN_SHARE * excess:
        return
    texts = own["document_id"].map(names).nunique()
    share = min(len(own) / excess, 1.0)
    stated = f"{own['reporter'].nunique()} reporters filed {_texts(texts)} word for word, {share:.0%} of the rise"
    against = f"they write for {own['customer'].nunique()} customers, and each is counted"
    yield Coincidence("campaign", str(own["document_id"].map(names).iloc[0]), own["day"].min(), stated, against)


def _texts(count: int) -> str:
    return "one text" if count == 1 else f"{count} texts"


def reporting(change: "pd.Series[Any]", periods: Periods, around: Surroundings) -> Iterator[Coincidence]:
    """One source that brings more of every kind alike: people are asked more often, or more easily."""
    if around.alongside is None or "source" not in periods.after or isinstance(change.get("coverage"), str):
        return
    own = around.alongside[around.alongside["stream"] == _stream(change)]
    for source in sorted(set(periods.after["source"].dropna()) | set(periods.before["source"].dropna())):
        share = excess_share(periods, "source", source)
        if share is None or share < max(ONE_WAY, MORE_THAN_BEFORE * periods.share_before("source", source)):
            continue
        whole = moved(own[own["source"] == source], periods)
        way = whole.ratio if change["direction"] == "up" else 1.0 / whole.ratio
        if way >= SOURCE_RATIO and whole.unlike <= UNLIKE:
            yield _brought(str(source), share, whole, moved(own[own["source"] != source], periods))


def _brought(source: str, share: float, whole: Moved, others: Moved) -> Coincidence:
    stated = f"{source} brings {min(share, 1.0):.0%} of the change, and all its kinds alike: ×{whole.ratio:.2g}"
    against = f"the other sources went to ×{others.ratio:.2g}" if (others.ratio > 1.1) == (whole.ratio > 1) else ""
    return Coincidence("reporting_change", source, None, stated, against)


def late(change: "pd.Series[Any]", periods: Periods, completeness: pd.DataFrame | None) -> Iterator[Coincidence]:
    """A fall whose days have not all of their reports."""
    if completeness is None or completeness.empty or change["direction"] != "down":
        return
    own = completeness[(completeness["day"] >= periods.day) & (completeness["day"] < periods.end)]
    if "stream" in own:
        own = own[own["stream"] == _stream(change)]
    missing = float((1.0 - own["completeness"]).sum()) / periods.days_after
    if missing >= MISSING:
        stated = (
            f"about {own['completeness'].min():.0%} of the most recent day has arrived, {1 - missing:.0%} of all since"
        )
        against = "the expected counts of recent days are lowered for it"
        yield Coincidence("reporting_delay", None, None, stated, against)
