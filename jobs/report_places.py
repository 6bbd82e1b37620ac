"""The lines of a weekly report about where, and about what cannot be told yet."""

from collections.abc import Sequence

from jobs.report_cells import Said
from jobs.report_confidence import confidence, flags_of, sureness
from jobs.report_facts import Facts, Row, interval, place_of
from jobs.report_said import MIXED, Line, many, moved_in_all, ratio, rose_among, spanned
from jobs.report_words import UNNAMED, slice_words, way_words
from mitigations.cells import ALL

LOUD_REPORTER = 0.2
"""From this share on, one reporter dominates, and the report says so."""
FLOOD = 0.2
"""From this share of copies on, a flood is suspected."""
FIRST = 3
"""Slices that are named in the sentence."""


def where_line(facts: Facts) -> Line:
    """Which slices hold most, which rose, and whether few stand behind the many."""
    shown = [row for row in facts.parts if row["claimed_unique"]]
    told = moved_in_all(facts) != MIXED
    risen = [row for row in shown if told and rose_among(row, len(facts.parts))]
    said = (*_most(facts, shown[:FIRST]), *_risen(facts, risen, told=told and bool(shown)))
    if any(row["suppressed"] for row in facts.parts):
        said = (*said, "Slices of too few customers are not shown. ")
    said = (*said, *_dominance(facts))
    named = [row for row in (risen or shown) if not row["slice"].endswith(UNNAMED)] or shown
    if not named:
        return Line("where", "Where", said, (), "cannot tell", "no slice", facts.owner(ALL), ("None.",))
    first = max(named, key=lambda row: row["claims_estimated"] or 0)
    name = facts.cells.name(slice_words(first["slice"]))
    word, why = confidence(interval(first, "claims_estimated"), flags_of(first))
    step: Said = ("Read ten of the reports on ", name, ", each of another customer.")
    change: Said = (name, ", ", *ratio(facts, first))
    return Line("where", "Where", said, change, word, why, facts.owner(first["slice"]), step)


def _most(facts: Facts, rows: Sequence[Row]) -> Said:
    said: list[Said] = []
    for row in rows:
        name = facts.cells.name(slice_words(row["slice"]))
        found = spanned(facts, place_of(row), "claims_estimated", "tally")
        told = " in four weeks" if row["span"] > 1 else ""
        said.append((name, ", ", *found, told))
    if not said:
        return ()
    rest = (part for one in said[1:] for part in ("; ", *one))
    return ("Most claims by ", facts.cells.name(way_words(facts.ask.by)), ": ", *said[0], *rest, ". ")


def _risen(facts: Facts, rows: Sequence[Row], *, told: bool) -> Said:
    if not rows:
        return ("None of them clearly rose. ",) if told else ()
    first = max(rows, key=lambda row: row["claims_estimated"] or 0)
    more = " Others rose too; see the table." if len(rows) > 1 else ""
    name = facts.cells.name(slice_words(first["slice"]))
    return ("It rose clearly in ", name, ": ", *ratio(facts, first), f".{more} ")


def _dominance(facts: Facts) -> Said:
    """Whether few stand behind the many: one reporter, copies, a campaign."""
    row, cells, place = facts.row, facts.cells, facts.place
    if row["suppressed"]:
        return ()
    said: Said = ()
    loudest, copies = cells.value(f"{place}/raw_top_reporter_share"), cells.value(f"{place}/copies")
    if loudest is not None and loudest >= LOUD_REPORTER:
        said = ("One reporter filed ", cells.figure(f"{place}/raw_top_reporter_share", "percent"), " of all reports. ")
    if copies and copies >= FLOOD * row["claimed_raw"]:
        said = (*said, "A flood is suspected: ", cells.figure(f"{place}/copies", "whole"), " copies are not counted. ")
    if row["suspected_campaign"]:
        campaign = many(facts, f"{place}/suspected_campaign", "report")
        said = (*said, *campaign, " may belong to a campaign of many reporters, and are counted.")
    return said or ("No reporter dominates; no flood or campaign is suspected.",)


def unknown_line(facts: Facts) -> Line:
    """What limits the reading: reports to come, labels, drift, feeds, exposure."""
    row, cells = facts.row, facts.cells
    said, step = _to_come(facts), ("Wait for the last reports; the count is revised as they come.",)
    if row["completeness"] is None or row["completeness"] >= 1:
        step = ("None.",)
    if row["unknown_reporters"]:
        unknown = many(facts, f"{facts.place}/unknown_reporters", "report")
        said = (*said, *unknown, " without a reporter's name count one by one. ")
    if not row["requests"]:
        said = (*said, "There is no exposure, hence no rate. ")
    if row["method"] == "uncorrected":
        said = (*said, "Labels are missing: the classifier's mistakes are still in the count. ")
        step = ("Label reports drawn at random: groundswell label next.",)
    if row["drift"]:
        said = (*said, "The labels may no longer fit these weeks: ", cells.name(row["drift"], most=160), ". ")
        step = ("Label reports of the last weeks: groundswell label next.",)
    for gap in facts.coverage[:1]:
        feed = cells.name(f"{gap['dimension']} {gap['value']}: {gap['type']}")
        said, step = (*said, "A feed changed (", feed, "). "), ("Ask who runs the feed whether reports are missing.",)
    word, why = sureness(row, feeds=bool(facts.coverage))
    return Line("unknown", "Not known yet", said, _revised(facts), word, why, facts.owner(ALL), step, "Revision")


def _to_come(facts: Facts) -> Said:
    row, place = facts.row, facts.place
    if row["completeness"] is None:
        return ("How many reports are still to come cannot be told: none says when it happened. ",)
    share = facts.cells.figure(f"{place}/completeness", "percent")
    if row["completeness"] >= 1 or row["nowcast"] is None:
        return (share, " of the reports that are expected have arrived. ")
    found = spanned(facts, place, "nowcast", "tally")
    return (share, " of the reports that are expected have arrived; in the end about ", *found, " without copies. ")


def _revised(facts: Facts) -> Said:
    """What was said of the week at first, and how much of the difference a new classifier made."""
    known = facts.row["revisions"] or []
    if facts.row["suppressed"] or not known:
        return ("none so far",)
    cells, place = facts.cells, f"{facts.place}/revised"
    cells.derive(f"{place}/first", known[0]["claimed_unique"], "claimed_unique of the first revision")
    relabelled = sum(row["relabelled"] or 0 for row in known)
    cells.derive(f"{place}/relabelled", abs(relabelled), "|sum of relabelled over the revisions|")
    if known[0]["claimed_unique"] == facts.row["claimed_unique"]:
        return ("none of the count itself",)
    first, now = cells.figure(f"{place}/first", "whole"), cells.figure(f"{facts.place}/claimed_unique", "whole")
    said: Said = ("first counted as ", first, " without copies, now as ", now)
    if relabelled:
        moved_by = cells.figure(f"{place}/relabelled", "whole")
        said = (*said, "; a new classifier made it ", moved_by, " more" if relabelled > 0 else " fewer")
    return said
