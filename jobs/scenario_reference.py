"""The reference files of the demo world: mitigations, releases, owners, routes, calendar, watchlists."""

from datetime import date, timedelta
from typing import Any

from jobs.scenario_calendar import HOLIDAYS, Calendar
from jobs.scenario_events import More, Schedule

MITIGATIONS: tuple[dict[str, Any], ...] = (
    {"id": "bio-guard", "name": "Biology safeguard", "harm_domain": "biological", "owner": "cbrn"},
    {"id": "chem-guard", "name": "Chemistry safeguard", "harm_domain": "chemical", "owner": "cbrn"},
    {"id": "cyber-guard", "name": "Cyber misuse classifier", "harm_domain": "cyber", "owner": "cyber"},
    {"id": "agent-guard", "name": "Agent action monitor", "harm_domain": "loss_of_control", "owner": "agents"},
    {"id": "fraud-guard", "name": "Fraud and scam filter", "harm_domain": "fraud_deception", "owner": "trust"},
)
THRESHOLDS = {
    "bio-guard": 0.72,
    "chem-guard": 0.75,
    "cyber-guard": 0.80,
    "agent-guard": 0.70,
    "fraud-guard": 0.78,
}
STRICT = 0.62
Planned = tuple[str, str, int, float, str, bool]
"""Mitigation, version, day, threshold, note, whether it has an effect."""
BY_DOMAIN = {entry["harm_domain"]: entry["id"] for entry in MITIGATIONS}


def releases(calendar: Calendar, schedule: Schedule) -> list[dict[str, Any]]:
    """All releases, those before the world included; `threshold` and `effect` are for the generator alone.

    One without a note is in the decision log only: nobody declared it.
    """
    first, last = schedule.wave
    planned: list[Planned] = [
        ("bio-guard", "3.1", calendar.at(24), 0.72, "retrained on newer multilingual data", False),
        ("cyber-guard", "4.0", first, STRICT, "new classifier with wider coverage, lower threshold", True),
        ("agent-guard", "1.6", calendar.at(66), 0.70, "faster monitor, same policy", False),
        ("cyber-guard", "4.1", last + 1, 0.80, "rollback to the policy of 3.9 with the new runtime", True),
        ("chem-guard", "2.3", calendar.at(112), 0.75, "wording of the refusal changed", False),
        ("fraud-guard", "5.2", calendar.at(146), 0.78, "logging only", False),
    ]
    if schedule.more is not None:
        planned += _more_releases(calendar, schedule.more)
    rows = [
        _release(entry["id"], 1, _initial(entry["id"]), calendar.first - timedelta(days=40), note="in production")
        | {"threshold": THRESHOLDS[entry["id"]], "effect": False}
        for entry in MITIGATIONS
    ]
    numbers = {entry["id"]: 1 for entry in MITIGATIONS}
    for name, version, index, threshold, note, effect in planned:
        numbers[name] += 1
        row = _release(name, numbers[name], version, calendar.day(index), note=note)
        rows.append(row | {"threshold": threshold, "effect": effect})
    return rows


def _more_releases(calendar: Calendar, more: More) -> list[Planned]:
    """The releases of a busier world, of each mitigation in order of time."""
    first, last = more.product_wave
    planned: list[Planned] = [
        ("bio-guard", "3.2", first, STRICT, "retrained for long API inputs", True),
        ("bio-guard", "3.3", last + 1, 0.72, "3.1 again", True),
        ("agent-guard", "1.7", more.undeclared[0], STRICT, "", True),
    ]
    return [row for row in planned if row[2] < calendar.days]


def reference(calendar: Calendar, schedule: Schedule) -> dict[str, list[dict[str, Any]]]:
    """Content of the YAML files by their name."""
    hidden = ("threshold", "effect")
    return {
        "mitigations": [{**entry, "thresholds": {"default": THRESHOLDS[entry["id"]]}} for entry in MITIGATIONS],
        "releases": [
            {name: value for name, value in row.items() if name not in hidden}
            for row in releases(calendar, schedule)
            if row["note"]
        ],
        "owners": _owners(),
        "routes": _routes(),
        "calendar": _calendar(calendar, schedule),
        "watchlists": _watchlists(),
        "silences": [],
    }


def _initial(mitigation: str) -> str:
    return {"bio-guard": "3.0", "chem-guard": "2.2", "cyber-guard": "3.9", "agent-guard": "1.5"}.get(mitigation, "5.1")


def _release(mitigation: str, number: int, version: str, day: date, *, note: str) -> dict[str, Any]:
    return {
        "id": f"{mitigation}-{number}",
        "mitigation": mitigation,
        "released_on": day,
        "version": version,
        "note": note,
    }


def _owners() -> list[dict[str, Any]]:
    names = {
        "cbrn": ("CBRN safeguards", "weekly"),
        "cyber": ("Cyber safeguards", "daily"),
        "agents": ("Agent safety", "daily"),
        "trust": ("Trust and fraud", "weekly"),
        "default": ("Support operations", "weekly"),
    }
    return [
        {
            "id": name,
            "name": title,
            "channels": [{"type": "file", "path": f"digests/{name}"}],
            "cadence": cadence,
            "urgent": [{"type": "file", "path": f"digests/urgent/{name}"}],
        }
        for name, (title, cadence) in names.items()
    ]


def _routes() -> list[dict[str, Any]]:
    domains = {
        "biological": "cbrn",
        "chemical": "cbrn",
        "cyber": "cyber",
        "loss_of_control": "agents",
        "fraud_deception": "trust",
    }
    rows: list[dict[str, Any]] = [
        {"match": {"mitigation": entry["id"]}, "owner": entry["owner"]} for entry in MITIGATIONS
    ]
    rows += [{"match": {"harm_domain": domain}, "owner": owner} for domain, owner in domains.items()]
    rows += [{"match": {"kind": "account_action"}, "owner": "trust"}, {"match": {}, "owner": "default"}]
    return rows


def _calendar(calendar: Calendar, schedule: Schedule) -> list[dict[str, Any]]:
    """Holidays of the world, the launch and the outage; `to` is the first day after."""
    rows = [
        _entry(f"holiday-{day:%Y-%m-%d}", "holiday", day, name)
        for day in map(calendar.day, range(calendar.days))
        if (name := HOLIDAYS.get((day.month, day.day)))
    ]
    rows.append(_entry("launch-studio", "launch", calendar.day(schedule.start), "Studio opens to all plans"))
    note = "requests fail for several hours"
    rows.append(_entry("outage-1", "outage", calendar.day(schedule.outage), note))
    if schedule.more is not None:
        note = "Coder 3 opens to everybody"
        rows.append(_entry("launch-coder", "launch", calendar.day(schedule.more.launch[0]), note))
        note = "free accounts must verify who they are"
        rows.append(_entry("policy-identity", "policy", calendar.day(schedule.more.policy[0]), note))
    return sorted(rows, key=_first_day)


def _first_day(row: dict[str, Any]) -> date:
    day: date = row["from"]
    return day


def _entry(ident: str, kind: str, day: date, note: str) -> dict[str, Any]:
    return {"id": ident, "type": kind, "from": day, "to": day + timedelta(days=1), "note": note}


def _watchlists() -> list[dict[str, Any]]:
    return [
        {
            "id": "agent-incidents",
            "name": "Agents that acted on their own",
            "words": ["without asking", "on its own initiative", "ignored the stop*", "kept running", "necessary step"],
            "kinds": ["under_block"],
            "floor": 3,
            "floor_days": 7,
            "owner": "agents",
        },
        {
            "id": "sabotage",
            "name": "Agents that work against oversight",
            "words": ["sabotag*", "stubbed out the monitor", "turned off the safety*", "started another agent"],
            "examples": [
                "The agent disabled the monitoring so that nobody would notice what it did.",
                "It copied itself to another machine and hid the logs.",
            ],
            "similarity": 0.62,
            "owner": "agents",
            "hazard": "critical",
        },
        {
            "id": "bio-bypass",
            "name": "Bypasses of the biology safeguard",
            "words": ["biology safeguard did not stop", "biology safeguard had refused"],
            "examples": ["The biology safeguard did not stop the model from explaining a dangerous pathogen."],
            "similarity": 0.65,
            "owner": "cbrn",
            "hazard": "critical",
        },
    ]
