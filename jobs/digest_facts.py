"""The facts of a digest: alerts with their numbers and exemplars, the account of the weeks, what is quiet."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from jobs.escapes import one_line
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_delivery import values
from jobs.store_search_findings import FURTHER
from jobs.telling import tells
from topics.episodes import EPISODE_DAYS

Row = dict[str, Any]

LOUD = ("new", *FURTHER)
EXEMPLARS = 3
LONGEST_CLAIM = 280
WEEKS_SHOWN = 6
BASELINE_WEEKS = 4


@dataclass(frozen=True, slots=True)
class View:
    """What the findings are at this moment, read once for all owners. `as_of`: ISO 8601 UTC."""

    store: Store
    settings: Settings
    as_of: str
    alerts: Sequence[Row]
    changes: Sequence[Row]
    series: Mapping[str, Row]
    mitigations: Sequence[Row]
    ledger: Sequence[Row]

    @property
    def today(self) -> date:
        """The UTC day of `as_of`."""
        return date.fromisoformat(self.as_of[:10])


def look(store: Store, settings: Settings, *, as_of: str) -> View:
    """Read the findings."""
    return View(
        store,
        settings,
        as_of,
        alerts=store.findings.alerts().to_dict("records"),  # type: ignore[arg-type]
        changes=store.findings.changes(),
        series={row["series"]: row for row in store.findings.series().to_dict("records")},  # type: ignore[misc]
        mitigations=store.reference.mitigations(),
        ledger=store.ledger.rows(newest=WEEKS_SHOWN),
    )


def alert_facts(view: View, alert: Row) -> Row:
    """All that is said of one alert; texts are raw and must be escaped where they are shown."""
    change = change_of(view, alert)
    withheld = alert["hazard"] == "critical"
    stored = view.store.delivery
    exemplars = stored.exemplars(alert["series"], since=alert["day"], most=EXEMPLARS, withheld=withheld)
    names = ("alert_id", "series", "state", "type", "direction", "hazard", "day", "detected_on")
    title = view.series.get(alert["series"], {}).get("title") or alert["title"]
    facts: Row = {name: alert[name] for name in names}
    facts["title"] = one_line(str(alert["title"]), most=120)
    facts["subject"] = one_line(str(title), most=120)
    for name in ("day_low", "day_high"):
        facts[name] = change[name] if change else alert["day"]
    for name in ("ratio", "ratio_low", "ratio_high", "before_mean", "after_mean", "q_value"):
        facts[name] = figure(change[name]) if change else None
    for name in ("reporters", "customers"):
        facts[name] = change[name] if change else None
    reads = (change["explanation"] or {}).get("reads", []) if change else []
    facts["reads"] = [str(line).replace(alert["series"], facts["subject"]) for line in reads]
    if alert.get("snoozed_until"):
        facts["reads"].insert(0, f"It was put off until {alert['snoozed_until']} and is told again.")
    facts["exemplars"] = [] if withheld else [_quoted(row) for row in exemplars]
    facts["links"] = [_linked(view, row) for row in exemplars] if withheld else []
    facts["withheld"] = withheld
    facts["todo"] = todo(facts, view.series.get(alert["series"], {}))
    facts["link"] = f"{view.settings.base_url.rstrip('/')}/alerts/{alert['alert_id']}"
    return facts


def _quoted(row: Row) -> Row:
    return {**row, "claim": one_line(row["claim"], most=LONGEST_CLAIM)}


def _linked(view: View, row: Row) -> Row:
    """A document that is not quoted: where a reader with the right key finds it."""
    base = view.settings.base_url.rstrip("/")
    return {"day": row["day"], "link": f"{base}/documents/{quote(row['document_id'], safe='')}"}


def triage_facts(view: View, owner: str) -> Row:
    """How many grave documents of an owner wait for a person, since when, and where they are."""
    standing = view.store.search.triage.standing(owners=(owner,))
    oldest = standing["oldest_received_at"]
    link = f"{view.settings.base_url.rstrip('/')}/triage?owner={quote(owner, safe='')}"
    return {"open": standing["open"], "oldest": oldest[:10] if oldest else None, "link": link}


def change_of(view: View, alert: Row) -> Row | None:
    """The change an alert stands for: the newest if it goes further, else the strongest of its series and episode."""
    day = date.fromisoformat(alert["day"])
    own = [row for row in view.changes if (row["series"], row["direction"]) == (alert["series"], alert["direction"])]
    of_it = [row for row in own if row["change_id"] in alert["members"] or _near(row, day)]
    alike = [row for row in of_it if (row["type"] == "first_seen") == (alert["type"] == "first_seen")] or of_it
    order = "day" if alert["state"] in FURTHER else "score"
    return max(alike, key=lambda row: (row[order], row["change_id"]), default=None)


def _near(change: Row, day: date) -> bool:
    """Whether a change may be the one that was told: a later detection may have moved its day."""
    return abs((date.fromisoformat(change["day"]) - day).days) <= EPISODE_DAYS


def todo(facts: Row, series: Row) -> list[str]:
    """What an owner can do next. Volume never argues for loosening a safeguard: it argues for looking."""
    about = values(facts["series"])
    kind = series.get("kind") or about.get("kind")
    steps = []
    if facts["hazard"] == "critical":
        steps.append("Read the reports themselves today: the link shows them to those who may see them.")
    if facts["direction"] == "down":
        steps.append("Check that the reports still reach us, then which release or fix explains the fall.")
    elif kind == "over_block":
        steps.append("Have a random sample of the blocks since that day audited; claims alone prove no error.")
        if any("release" in line or "threshold" in line for line in facts["reads"]):
            steps.append("Compare with the release or threshold change named above.")
    elif kind == "under_block" or facts["series"].startswith("usage_anomaly"):
        steps.append("Audit a random sample of allowed requests of these customers and test the technique named.")
    else:
        steps.append("Read ten reports of different customers and decide whose this is.")
    return steps


def weekly_facts(view: View, domains: Sequence[str]) -> Row:
    """The account of the last weeks for the slice an owner answers for, and the last full week of its parts."""
    own = f"harm_domain={domains[0]}" if len(domains) == 1 else "all"
    held = {row["slice"] for row in view.ledger}
    chosen = own if own in held else "all"
    rows = [week_facts(row) for row in view.ledger if row["slice"] == chosen]
    parts = [f"harm_domain={domain}" for domain in domains if f"harm_domain={domain}" != chosen]
    full = max((row["week"] for row in rows if not row["partial"]), default=None)
    split = [week_facts(row) for row in view.ledger if row["slice"] in parts and row["week"] == full]
    facts: Row = {"slice": chosen, "last_full_week": full, "parts": split}
    for kind in ("over_block", "under_block"):
        facts[kind] = [row for row in rows if row["kind"] == kind]
        earlier = [row["estimated"] for row in facts[kind] if full and row["week"] < full and not row["partial"]]
        mean = sum(earlier[-BASELINE_WEEKS:]) / len(earlier[-BASELINE_WEEKS:]) if earlier else None
        facts[f"{kind}_baseline"] = {"weeks": len(earlier[-BASELINE_WEEKS:]), "mean": tally(mean)}
    return facts


def week_facts(row: Row) -> Row:
    """One row of the ledger in the figures a digest shows."""
    wrong = (row["detail"] or {}).get("wrong_share") if isinstance(row["detail"], dict) else None
    return {
        "week": row["week"],
        "kind": row["kind"],
        "slice": row["slice"],
        "raw": row["claimed_raw"],
        "unique": row["claimed_unique"],
        "estimated": tally(row["claims_estimated"]),
        "low": tally(row["claims_low"]),
        "high": tally(row["claims_high"]),
        "correction": row["correction"],
        "reporters": row["reporters"],
        "customers": row["customers"],
        "top_reporter_percent": percent(row["top_reporter_share"]),
        "requests": figure(row["requests"]),
        "per_10k": [figure(row[f"per_10k_requests{end}"]) for end in ("", "_low", "_high")],
        "wrongful": [tally(row[f"wrongful_{end}"]) for end in ("estimated", "low", "high")],
        "wrongful_tells": tells(row["wrongful_estimated"], row["wrongful_high"]),
        "wrong_percent": [percent(value) for value in wrong] if wrong else None,
        "audited": row["audited"],
        "adjudicated": row["adjudicated"],
        "corroborated": row["corroborated"],
        "completeness_percent": percent(row["completeness"]),
        "partial": bool(row["partial"]),
    }


def data_facts(view: View, *, since: str) -> Row:
    """What limits the reading: feeds that stopped or started, days still arriving, silences in force."""
    coverage = [row for row in view.store.findings.coverage() if row["day_high"] >= since]
    horizon = (view.today - timedelta(days=28)).isoformat()
    days = view.store.delivery.days("feedback/total", since=horizon)
    arriving = days[days["completeness"].astype(float) < 0.95]
    return {
        "coverage": [
            {name: row[name] for name in ("stream", "dimension", "value", "type", "day_low", "day_high")}
            for row in coverage
        ],
        "incomplete_days": [
            {"day": f"{row.day:%Y-%m-%d}", "percent": percent(row.completeness)} for row in arriving.itertuples()
        ],
    }


def silences_in_force(store: Store, *, as_of: str) -> list[Row]:
    """Silences that hold at this moment: matcher, until, reason, author."""
    names = ("matcher", "until", "reason", "author")
    return [{name: row[name] for name in names} for row in store.reference.silences() if row["until"] > as_of[:10]]


def curation_facts(view: View, *, most: int) -> Row:
    """What people keep from alerting or let count as another theme: mutes and merges in force, the newest first."""
    told = view.store.curation.told()
    facts: Row = {}
    for name, rows in told.items():
        lines = [{field: one_line(str(value), most=120) for field, value in row.items()} for row in rows[:most]]
        facts |= {name: lines, f"more_{name}": max(len(rows) - most, 0)}
    return facts


def silenced(alert: Row, series: Row, silences: Sequence[Row]) -> bool:
    """Whether a silence matches: every field of its matcher is what the alert or its series says.

    >>> silenced({"hazard": "low"}, {"kind": "billing"}, [{"matcher": {"kind": "billing"}}])
    True
    """
    known = {**series, **values(str(alert.get("series", ""))), **alert}
    return any(
        silence["matcher"] and all(str(known.get(name)) == str(value) for name, value in silence["matcher"].items())
        for silence in silences
    )


def put_off(alert: Row, *, as_of: str) -> bool:
    """Whether somebody closed the alert, or snoozed it beyond this moment."""
    until = alert.get("snoozed_until")
    return alert.get("closed_at") is not None or (until is not None and until > as_of[:10])


def figure(value: Any) -> float | int | None:
    """A number as it is shown: whole ones as they are, others to three significant digits; None for unknown.

    >>> figure(195432.0), figure(2.4142), figure(float("nan"))
    (195432, 2.41, None)
    """
    if value is None or not math.isfinite(value):
        return None
    rounded = float(f"{float(value):.3g}") if float(value) != int(value) else float(value)
    return int(rounded) if rounded.is_integer() else rounded


def tally(value: Any) -> float | int | None:
    """An estimated count as it is shown: whole from ten on, below with one decimal; None for unknown.

    >>> tally(59.93), tally(2.14), tally(8.0)
    (60, 2.1, 8)
    """
    if value is None or not math.isfinite(value):
        return None
    rounded = round(float(value), 0 if value >= 10 else 1)
    return int(rounded) if rounded.is_integer() else rounded


def percent(share: Any) -> int | None:
    """A share as whole percent; None for unknown.

    >>> percent(0.976), percent(None)
    (98, None)
    """
    return None if share is None or not math.isfinite(share) else round(100 * share)
