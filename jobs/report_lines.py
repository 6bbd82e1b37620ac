"""The lines of a weekly report about how many: claims, errors found by audits, and how both moved."""

from jobs.report_cells import Said
from jobs.report_confidence import confidence, flags_of
from jobs.report_facts import BASELINE, ENDS, RATE, Facts, audited, baseline, interval
from jobs.report_places import unknown_line, where_line
from jobs.report_said import (
    FALL,
    MIXED,
    RISE,
    UNTOLD,
    Line,
    between,
    hidden,
    many,
    moved_in_all,
    ratio,
    spanned,
    verdict,
)
from jobs.report_words import KINDS
from jobs.telling import tells
from mitigations.cells import ALL

LABEL: Said = ("Label reports drawn at random, so that the count can be corrected: groundswell label next.",)
AUDIT: Said = ("Draw decisions at random and audit them: groundswell label next --decisions.",)

NEWEST = 2
"""So many releases are named beside a rise."""


def lines(facts: Facts) -> tuple[Line, ...]:
    """The five lines, in the order of a manager's questions."""
    return claims_line(facts), errors_line(facts), change_line(facts), where_line(facts), unknown_line(facts)


def headline(facts: Facts) -> Said:
    """The report in one sentence: by the audits where they tell, else by the claims."""
    row, cells, words = facts.row, facts.cells, KINDS[facts.ask.kind]
    if audited(row) and row[RATE] is not None:
        found = spanned(facts, facts.place, RATE, "rate")
        low, high = cells.value(f"change/{RATE}_low"), cells.value(f"change/{RATE}_high")
        return ("About ", *found, f" of every 10,000 requests {words['rate']}: ", _against(verdict(low, high, 0)), ".")
    if row["suppressed"] or not tells(row["claims_estimated"], row["claims_high"]):
        return (f"{words['errors']}: cannot tell. Claims: cannot tell.",)
    found = spanned(facts, facts.place, "claims_estimated", "tally")
    said: Said = ("About ", *found, f" {words['claims']}: ", _against(moved_in_all(facts)), ".")
    return (*said, f" {words['errors']}: cannot tell.")


def _against(found: str) -> str:
    """A verdict as the end of a sentence."""
    if found in (UNTOLD, MIXED):
        return "how that compares with the four weeks before cannot be told"
    return f"{found} against the four weeks before"


def claims_line(facts: Facts) -> Line:
    """How many claims: raw, unique, customers, corrected, per request."""
    row, place = facts.row, facts.place
    word, why = confidence(interval(row, "claims_estimated"), flags_of(row))
    step: Said = ("None: the labels suffice.",)
    if row["method"] == "uncorrected":
        step = LABEL
    elif word in ("low", "cannot tell"):
        step = ("Label more reports drawn at random; four times as many about halve the interval.",)
    if row["suppressed"]:
        return Line("claims", "Claims", hidden(facts), (), word, why, facts.owner(ALL), step)
    said = (*_arrived(facts), *_corrected(facts))
    if row["requests"]:
        requests = facts.cells.figure(f"{place}/requests", "whole")
        rate = spanned(facts, place, "per_10k_requests", "rate")
        said = (*said, " That is ", *rate, " per 10,000 of the ", requests, " requests.")
    else:
        said = (*said, " How many per request cannot be told: no exposure is on record.")
    return Line("claims", "Claims", said, ratio(facts, row), word, why, facts.owner(ALL), step)


def _arrived(facts: Facts) -> Said:
    row, place = facts.row, facts.place
    unique = facts.cells.figure(f"{place}/claimed_unique", "whole")
    said: Said = (*many(facts, f"{place}/claimed_raw", "report"), ", ", unique, " once copies are taken out, from ")
    if row["customers"] == 0 and row["reporters"]:
        return (*said, *many(facts, f"{place}/reporters", "reporter"), "; none names a customer.")
    return (*said, *many(facts, f"{place}/customers", "customer"), ".")


def _corrected(facts: Facts) -> Said:
    row, place, words = facts.row, facts.place, KINDS[facts.ask.kind]
    ends = between(facts, place, "claims_estimated", "tally")
    if row["method"] == "uncorrected":
        told = f" They are counted as the classifier sorts them; chance alone makes that {words['claims']} "
        return (told, "anywhere from ", *ends, ".")
    if not tells(row["claims_estimated"], row["claims_high"]):
        return (" How many truly are claims cannot be told: corrected for the classifier's mistakes, ", *ends, ".")
    found = spanned(facts, place, "claims_estimated", "tally")
    return (" Corrected for the classifier's mistakes, about ", *found, f" {words['claims']}.")


def errors_line(facts: Facts) -> Line:
    """How many decisions were wrong, by random audits, per request, and how many blocks were right."""
    row, words = facts.row, KINDS[facts.ask.kind]
    rated = RATE if row[RATE] is not None else "wrongful_estimated"
    told = audited(row)
    word, why = confidence(interval(row, rated) if told else (None, None, None))
    step = ("Read those found wrong, and tell the owners of the safeguards.",) if told else AUDIT
    return Line("errors", words["errors"], _errors(facts), _apart(facts), word, why, facts.owner(ALL), step)


def _errors(facts: Facts) -> Said:
    row, place, words = facts.row, facts.place, KINDS[facts.ask.kind]
    if row["suppressed"]:
        return hidden(facts)
    if row["wrongful_estimated"] is None:
        return (f"Cannot tell: {words['none']}. Claims are no substitute.",)
    audits: Said = (facts.cells.figure(f"{place}/audited", "whole"), f" {words['audits']}")
    if not audited(row):
        ends = between(facts, place, "wrongful_estimated", "tally")
        return ("Cannot tell: ", *audits, " leave anything open from ", *ends, ".")
    said: Said = ("About ", *spanned(facts, place, "wrongful_estimated", "tally"), f" requests {words['rate']}")
    if row[RATE] is not None:
        said = (*said, ", ", *spanned(facts, place, RATE, "rate"), " of every 10,000.")
    else:
        said = (*said, "; how many of all cannot be told, for no exposure is on record.")
    if row["block_precision"] is not None:
        said = (*said, " Of all blocks ", *spanned(facts, place, "block_precision", "percent"), " were right.")
    return (*said, " This rests on ", *audits, ".")


def _apart(facts: Facts) -> Said:
    """How far the audited rate is from that of the four weeks before."""
    ends = [facts.cells.value(f"change/{RATE}{end}") for end in ENDS]
    if None in ends:
        return ("cannot tell, for want of audits in this or the four weeks before",)
    signs = ["fewer" if value is not None and value < 0 else "more" for value in ends]
    middle, low, high = (facts.cells.figure(f"change/{RATE}{end}", "distance") for end in ENDS)
    return (middle, f" {signs[0]} per 10,000 (", low, f" {signs[1]} to ", high, f" {signs[2]})")


def change_line(facts: Facts) -> Line:
    """Whether claims and errors moved against the mean of the four weeks before."""
    row, cells, words = facts.row, facts.cells, KINDS[facts.ask.kind]
    claims = moved_in_all(facts)
    said: Said = ("Claims: ", claims)
    if row["change_4w"] is not None:
        said = (*said, ", ", *ratio(facts, row))
    if claims == MIXED:
        said = (*said, " by the same labels, but corrected week by week ")
        said = (*said, cells.figure(f"{facts.place}/claims_estimated", "tally"), " now and ")
        said = (*said, cells.figure("baseline/claims_estimated", "tally"), " before")
    errors = verdict(cells.value(f"change/{RATE}_low"), cells.value(f"change/{RATE}_high"), 0)
    said = (*said, f". {words['errors']}: ", errors)
    if cells.value(f"change/{RATE}") is not None:
        now, before = cells.figure(f"{facts.place}/{RATE}", "rate"), spanned(facts, "baseline", RATE, "rate")
        said = (*said, ", ", now, " per 10,000 now and ", *before, " before")
    flags = (*flags_of(row), *(("mixed",) if claims == MIXED else ()))
    word, why = confidence(interval(row, "change_4w"), flags)
    step = _act(facts, (claims, errors))
    return Line("change", "Change", (*said, "."), _weeks(facts), word, why, facts.owner(ALL), step, "Four weeks before")


def _weeks(facts: Facts) -> Said:
    weeks = sorted(baseline(facts.weeks, facts.week))
    if len(weeks) < BASELINE:
        return ("not all are on record",)
    return (facts.cells.name(weeks[0]), " to ", facts.cells.name(weeks[-1]))


def _act(facts: Facts, verdicts: tuple[str, str]) -> Said:
    if MIXED in verdicts:
        return ("Label more reports of these weeks, drawn at random: groundswell label next.",)
    if RISE in verdicts:
        names = [release["name"] for release in facts.releases[:NEWEST]]
        rest = (part for name in names[1:] for part in (", ", name))
        return (KINDS[facts.ask.kind]["act"], *((" Released: ", names[0], *rest, ".") if names else ()))
    if FALL in verdicts:
        return ("Check that reports and logs still reach us before calling it better.",)
    if verdicts[0] == UNTOLD:
        return ("Look again when the week is over.",) if facts.row["partial"] else ("None yet.",)
    return ("None: nothing moved further than chance explains.",)
