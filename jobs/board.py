"""The two-sided board of all mitigations as one record: both errors, claims, releases, alerts, what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from jobs.board_parts import claimed, claims, error_share, open_alerts, recommendations, releases
from jobs.owners import owner_for
from jobs.reach import owner_row
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_rows import null
from jobs.telling import tells
from mitigations.against import Interval
from mitigations.board import RATES, SIDES, SPAN, appealed, change, leaning, two_sided
from mitigations.cells import EPOCH, WEEK, escaped, week_name
from mitigations.interventions import Ranked, rank
from mitigations.known import Evidence

Row = dict[str, Any]
Ends = dict[str, float] | None

COMPARED = ("per_10k_requests", "per_10k_decisions")
"""Which rate is compared with the weeks before and drawn as a trend: by requests where exposure knows them."""
SETTLED = {"over_block": "blocks", "under_block": "requests that were let through"}
"""What the audits of a side are drawn from."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What the rows of the board are made of, by mitigation (and side)."""

    store: Store
    settings: Settings
    rates: dict[tuple[str, str], pd.DataFrame]
    said: dict[tuple[str, str], Row]
    appeals: pd.DataFrame
    alerts: dict[str, list[Row]]
    records: dict[str, Row | None]


def board(store: Store, settings: Settings) -> Row:
    """Both errors of every mitigation in the last four weeks that are over, and all that stands beside them.

    Rates are of the same requests and the same decisions on both sides, from random audits alone, None where they
    cannot be told. Claims are what customers say: they stand beside, they enter nothing. `interventions` as
    `mitigations.interventions.rank` orders them.
    """
    as_of = store.search.status.as_of()
    known = store.effects.mitigations()
    if as_of is None or not known:
        return {"as_of": as_of, "weeks": None, "mitigations": [], "interventions": asdict(Ranked((), (), ()))}
    last = last_week(as_of)
    read = _read(store, settings, [row["mitigation"] for row in known], last)
    rows = [_row(read, row) for row in known]
    return {"as_of": as_of, "weeks": _weeks(last), "mitigations": rows, "interventions": ranked(read.records, rows)}


def of_one(store: Store, settings: Settings, mitigation: str) -> Row:
    """Of one mitigation what the board says of it: row (None before there are data), weeks, interventions."""
    as_of = store.search.status.as_of()
    known = [row for row in store.effects.mitigations() if row["mitigation"] == mitigation]
    if as_of is None or not known:
        return {"row": None, "weeks": None, "interventions": asdict(Ranked((), (), ()))}
    last = last_week(as_of)
    read = _read(store, settings, [mitigation], last)
    row = _row(read, known[0])
    return {"row": row, "weeks": _weeks(last), "interventions": ranked(read.records, [row])}


def _read(store: Store, settings: Settings, ids: Sequence[str], last: pd.Timestamp) -> _Read:
    ledger, nothing = store.ledger, pd.DataFrame()
    evidence = Evidence(ledger.exposure(), ledger.decision_days(), ledger.audited(), ledger.appeals(), nothing, nothing)
    rates = {key: rows for key, rows in two_sided(evidence, ids, last).groupby(["mitigation", "side"])}
    return _Read(
        store,
        settings,
        rates,  # type: ignore[arg-type]
        claims(store, week_name(last), SPAN),
        appealed(evidence.appeals, last - (SPAN - 1) * WEEK, last + WEEK),
        open_alerts(store),
        {name: store.diagnosis.latest(name) for name in ids},
    )


def _row(read: _Read, known: Row) -> Row:
    name = known["mitigation"]
    rates = {side: read.rates[name, side] for side in SIDES}
    record, over = read.records[name], rates[SIDES[0]]
    return {
        **{part: known[part] for part in ("mitigation", "name", "harm_domain")},
        "owner": _owner(read, known),
        "slice": f"mitigation={escaped(name)}",
        **{part: _number(over.iloc[-1][part]) for part in ("requests", "decisions")},
        "leaning": leaning(*(_interval(rows.iloc[-1], _compared(rows)) for rows in rates.values())),
        **{side: _side(rows, claimed(read.said, name, side), record, side) for side, rows in rates.items()},
        "appeals": _appeals(read.appeals, name),
        "releases": releases(read.store, name),
        "alerts": read.alerts.get(name, []),
        "diagnosed": None if record is None else record.get("as_of"),
    }


def last_week(as_of: str) -> pd.Timestamp:
    """The Monday of the last ISO week that was over at this moment (ISO 8601 UTC).

    >>> last_week("2026-06-28T23:00:00Z"), last_week("2026-06-29T00:00:00Z")
    (Timestamp('2026-06-15 00:00:00'), Timestamp('2026-06-22 00:00:00'))
    """
    day = pd.Timestamp(as_of).tz_localize(None).normalize()
    return day - (day - EPOCH) % WEEK - WEEK


def ranked(records: Mapping[str, Row | None], rows: list[Row]) -> Row:
    """The recommendations of these diagnoses in order. Complaints order audits alone."""
    complaints = {
        row["mitigation"]: sum((row[side]["claims"] or {}).get("claimed_unique") or 0 for side in SIDES) for row in rows
    }
    return asdict(rank([one for record in records.values() for one in recommendations(record)], complaints))


def _weeks(last: pd.Timestamp) -> Row:
    """The days the board speaks of, both included, and the first of the weeks before they are compared with."""
    first = last - (SPAN - 1) * WEEK
    days = {"first": first, "last": last + WEEK - pd.Timedelta(days=1), "before": first - SPAN * WEEK}
    return {"week": week_name(last), "weeks": SPAN, **{name: f"{day:%Y-%m-%d}" for name, day in days.items()}}


def _side(rows: pd.DataFrame, said: Row | None, record: Row | None, side: str) -> Row:
    """One error of one mitigation; `rows`: its weeks, oldest first."""
    now, before = rows.iloc[-1], rows.iloc[-1 - SPAN]
    name = _compared(rows)
    moved = change(_interval(now, name), _interval(before, name))
    told = bool(tells(null(now["wrong"]), null(now["wrong_high"])))
    return {
        **{rate: _ends(now, rate) for rate in ("wrong", *RATES)},
        "told": told,
        "audited": int(now["audited"]),
        "audited_before": int(before["audited"]),
        "why": "" if told else _why(now, side),
        "compared": name,
        "before": _ends(before, name),
        "change": {
            **{part: null(getattr(moved, part)) for part in ("estimate", "low", "high")},
            "verdict": moved.verdict,
        },
        "trend": [{"week": week_name(row["week"]), **(_ends(row, name) or {})} for _, row in rows.iterrows()],
        "claims": said,
        "error_share": error_share(record, side),
    }


def _why(now: "pd.Series[Any]", side: str) -> str:
    if not now["audited"]:
        return f"no random audit of {SETTLED[side]}"
    return f"too few random audits of {SETTLED[side]}: the interval is far wider than the number"


def _compared(rows: pd.DataFrame) -> str:
    """Per request where requests are known now, so that both sides of a mitigation are of the same."""
    return COMPARED[0 if pd.notna(rows.iloc[-1]["requests"]) else 1]


def _interval(row: "pd.Series[Any]", name: str) -> Interval:
    return float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"])


def _ends(row: "pd.Series[Any]", name: str) -> Ends:
    values = _interval(row, name)
    if any(value != value for value in values):
        return None
    return dict(zip(("estimate", "low", "high"), values, strict=True))


def _number(value: Any) -> float | None:
    return None if value != value else float(value)


def _appeals(appeals: pd.DataFrame, name: str) -> Row:
    if name not in appeals.index:
        return {"closed": 0, "overturned": 0, "open": 0, "share": None}
    row: pd.Series[Any] = appeals.loc[[name]].iloc[0]
    return {**{part: int(row[part]) for part in ("closed", "overturned", "open")}, "share": _ends(row, "share")}


def _owner(read: _Read, row: Row) -> str:
    carried = {"mitigation": row["mitigation"], "harm_domain": row["harm_domain"] or ""}
    known = read.store.reference.mitigations()
    return str(owner_row(read.store, owner_for(carried, known, (), default=read.settings.default_owner))["name"])
