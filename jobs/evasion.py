"""The part of a diagnosis on evasion: tries after a block, displacement, scores under the threshold, lost trust."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jobs.decision_log import DecisionLog
from jobs.diagnose import plain, records
from jobs.evasion_weeks import complaint_weeks
from mitigations.bunching import bunching
from mitigations.cells import week_start
from mitigations.episodes import STOPPED
from mitigations.evasion import Evasion, share_of
from mitigations.evasion import episodes as episodes_of
from mitigations.evasion import evasion as evasion_found
from mitigations.evasion_moves import MOST_PLACES, displacement
from mitigations.evasion_texts import Embed
from mitigations.trust_loss import trust
from nlp.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from jobs.decision_frames import WorkspaceLog
    from jobs.run import Day

Record = dict[str, Any]
MOST_CUTS = 3
LOOKED_BACK = pd.Timedelta(days=84)
LEAST_AFTER = pd.Timedelta(days=14)
"""A release is looked at if so many days came after it."""
MOVES = ("language", "product")
"""Segments in which people may move besides to another mitigation."""
REQUEST = ["decision_id", "decided_at", "customer", "action"]


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beside the log. `others`: REQUEST and mitigation of decisions of the other mitigations; `weeks` as
    `mitigations.trust_loss.trust` takes them; `releases`: days on which this mitigation changed."""

    embed: Embed | None = None
    words_told: bool = False
    others: pd.DataFrame | None = None
    weeks: pd.DataFrame | None = None
    releases: tuple[pd.Timestamp, ...] = ()


def part(day: "Day", log: "WorkspaceLog", record: Record) -> Record:
    """For the table of parts of a diagnosis: `evasion` of a workspace's mitigation."""
    end = pd.Timestamp(log.as_of).tz_localize(None)
    around = Around(
        embed=lambda texts: day.models().embedder.embed(texts),
        words_told=_words_told(day, log.mitigation),
        others=_others(DecisionLog(day.workspace.decisions), log.mitigation, end - LOOKED_BACK - LOOKED_BACK),
        weeks=complaint_weeks(day.store, log.mitigation, as_of=log.as_of),
        releases=_releases(day, log.mitigation),
    )
    return evasion(log, around)


def evasion(log: "WorkspaceLog", around: Around) -> Record:
    """Plain numbers and words, None where something cannot be told; no text of anybody.

    Keys: summary (sentences), notes, episodes (all of them), success (by ISO week with ends; `whole` weeks), techniques
    (the commonest first, each with decision_ids as evidence), bunching, displacement, trust.
    """
    found = evasion_found(log.frame, embed=around.embed, words_told=around.words_told)
    bunched = bunching(log.frame)
    moved = displacement(_requests(log, around), here=_places(log, around), cuts=_cuts(log, around))
    trusted = None if around.weeks is None else trust(around.weeks)
    told: Record = {
        "notes": list(found.notes),
        "episodes": _counts(found),
        "success": _weeks(found, log),
        "techniques": _techniques(found),
        "bunching": plain(asdict(bunched)),
        "displacement": plain(asdict(moved)),
        "trust": {"verdict": "cannot tell", "reason": "no complaints or exposure to go by", "ratios": {}}
        if trusted is None
        else plain(asdict(trusted)),
    }
    told["notes"] = [_sentence(note) for note in told["notes"]]
    return {"summary": [_sentence(line) for line in summary(told)], **told}


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def summary(told: Record) -> list[str]:
    """The findings in words, each with what it rests on."""
    every = told["episodes"]
    said = [f"{every['stopped']:,} requests were stopped; after {every['count']:,} of them it was tried again"]
    if every["count"]:
        said[0] += (
            f", by {every['customers']:,} customers in {every['tries']:,} tries; {every['passed']:,} got through "
            f"({_share(every)} per customer)"
        )
    rising = [row for row in told["techniques"] if row["trend"] == "rising"]
    said += [_risen(row) for row in rising]
    if told["bunching"]["verdict"] == "bunching":
        said.append(f"scores bunch under the threshold: {told['bunching']['reason']}")
    if told["displacement"]["verdict"] == "displaced":
        said.append(told["displacement"]["reason"])
    if told["trust"]["verdict"] in ("loss of trust", "repair"):
        said.append(f"{told['trust']['verdict']}: {told['trust']['reason']}")
    return said


def _risen(row: Record) -> str:
    said = f"{row['technique'].replace('_', ' ')} gets through more and more ({row['customers']:,} customers)"
    if row["recent"] is None or row["before"] is None:
        return said
    return f"{said}: {row['recent']:.0%} of each customer's tries in the last 28 days, {row['before']:.0%} before"


def _share(row: Record) -> str:
    if row["share"] is None:
        return "cannot tell"
    return f"{row['share']:.0%}, {row['share_low']:.0%} to {row['share_high']:.0%}"


def _counts(found: Evasion) -> Record:
    own = episodes_of(found.tries)
    counts = {"stopped": found.stopped, "count": len(own), "tries": len(found.tries),
              "customers": own["customer"].nunique(), "passed": int(own["passed"].sum())}  # fmt: skip
    counted: Record = plain({**counts, **share_of(own["customer"], own["passed"])})
    return counted


def _weeks(found: Evasion, log: "WorkspaceLog") -> list[Record]:
    weeks = found.weeks
    if weeks.empty or log.first_day is None or log.last_day is None:
        return []
    ends = weeks["week"] + pd.Timedelta(days=6)
    whole = (weeks["week"] >= pd.Timestamp(log.first_day)) & (ends <= pd.Timestamp(log.last_day))
    told: list[Record] = records(weeks.assign(week=weeks["week"].dt.strftime("%G-W%V"), whole=whole))
    return told


def _techniques(found: Evasion) -> list[Record]:
    rows = []
    for row in records(found.techniques):
        own = found.tries[found.tries["theme"] == row["technique"]]
        weeks = week_start(own["decided_at"].dt.normalize())
        by = own.groupby(weeks).agg(
            tries=("passed", "size"), passed=("passed", "sum"), customers=("customer", "nunique")
        )
        row |= {name: row[name].strftime("%Y-%m-%d") for name in ("first_seen", "last_seen")}
        row["weeks"] = [{"week": week.strftime("%G-W%V"), **plain(dict(counts))} for week, counts in by.iterrows()]
        rows.append(row)
    return rows


def _requests(log: "WorkspaceLog", around: Around) -> pd.DataFrame:
    """Requests of customers here and elsewhere, with where they were."""
    columns = [*REQUEST, *(name for name in MOVES if name in log.segments)]
    own = log.frame[columns].assign(mitigation=log.mitigation)
    both = own if around.others is None else pd.concat([own, around.others], ignore_index=True)
    stopped = both["action"].astype(object).isin(STOPPED).to_numpy()
    return both.assign(stopped=stopped).rename(columns={"decided_at": "at"})


def _places(log: "WorkspaceLog", around: Around) -> dict[str, list[str]]:
    """Where customers were stopped, by dimension: this mitigation, and its commonest languages and products."""
    places = {} if around.others is None else {"mitigation": [log.mitigation]}
    for name in MOVES:
        if name in log.segments:
            counts = log.frame[name].astype(object).value_counts()
            if len(counts) > 1:
                places[name] = [str(value) for value in counts.index[:MOST_PLACES]]
    return places


def _cuts(log: "WorkspaceLog", around: Around) -> list[pd.Timestamp]:
    """The day four weeks before the end, and the newest releases with days enough after them."""
    if log.last_day is None:
        return []
    end = pd.Timestamp(log.last_day) + pd.Timedelta(days=1)
    days = {
        end - pd.Timedelta(days=28),
        *(day for day in around.releases if end - LOOKED_BACK <= day <= end - LEAST_AFTER),
    }
    return sorted(days)[-MOST_CUTS:]


def _others(log: DecisionLog, mitigation: str, since: pd.Timestamp) -> pd.DataFrame | None:
    """Decisions of the other mitigations of the last months."""
    frames = [
        log.read(one, REQUEST).assign(mitigation=one.mitigation)
        for one in log.partitions()
        if one.mitigation != mitigation and one.month >= since.strftime("%Y-%m")
    ]
    if not frames:
        return None
    found = pd.concat(frames, ignore_index=True)
    at = pd.to_datetime(found["decided_at"], utc=True).dt.tz_convert(None).astype("datetime64[ns]")
    return found.assign(decided_at=at)


def _releases(day: "Day", mitigation: str) -> tuple[pd.Timestamp, ...]:
    rows = day.store.effects.releases(mitigation)
    return tuple(sorted({pd.Timestamp(row["first_day"] or row["released_on"]).normalize() for row in rows}))


def _words_told(day: "Day", mitigation: str) -> bool:
    """Whether words of the texts may be shown: not where what is let through is of critical hazard."""
    domains = {row["mitigation_id"]: row["harm_domain"] for row in day.store.reference.mitigations()}
    taxonomy = load_taxonomy(day.settings.taxonomy_file)
    domain = domains.get(mitigation)
    return domain is not None and taxonomy.hazard("under_block", domain) != "critical"
