"""The silences of a workspace and what each of them holds back now."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.digest_facts import LOUD, View, put_off, silenced, silences_in_force
from jobs.silence import Silence, silence_row
from jobs.store import Store
from jobs.store_reference import DECLARED

Row = dict[str, Any]


def listed(store: Store, *, as_of: str, declared: Sequence[Silence] | None = None) -> list[Row]:
    """Every silence with whether it is in force, and the alerts that would be delivered now were it not for it.

    `declared`: the entries of silences.yaml, where they may have changed since the store last read them. An alert
    that two silences match is held back by both.
    """
    rows = store.reference.silences()
    if declared is not None:
        entries = {row["silence_id"]: row for row in map(_row, declared)}
        known = [row for row in rows if not row["silence_id"].startswith(DECLARED) or row["silence_id"] in entries]
        ids = {row["silence_id"] for row in known}
        rows = known + [{**row, "created_at": None} for row in entries.values() if row["silence_id"] not in ids]
    alerts = loud(store, as_of=as_of)
    series: dict[str, Row] = {row["series"]: row for row in store.findings.series().to_dict("records")}  # type: ignore[misc]
    found = []
    for row in sorted(rows, key=lambda row: (row["until"], row["silence_id"])):
        force = row["until"] > as_of[:10]
        named = [one["alert_id"] for one in _held(row, alerts, series)] if force else []
        found.append({**row, "in_force": force, "holds_back": len(named), "alerts": named})
    return found


def silence_facts(view: View) -> list[Row]:
    """The silences in force as a digest tells them: matcher, until, reason, author, and how many alerts, of
    whomever, each holds back."""
    alerts = [one for one in view.alerts if _is_loud(one, view.as_of)]
    rows = silences_in_force(view.store, as_of=view.as_of)
    return [{**row, "holds_back": len(_held(row, alerts, view.series))} for row in rows]


def loud(store: Store, *, as_of: str) -> list[Row]:
    """The alerts that are news as of this moment and that nobody has put off: what silences can hold back."""
    every: list[Row] = store.findings.alerts().to_dict("records")  # type: ignore[assignment]
    return [one for one in every if _is_loud(one, as_of)]


def _is_loud(alert: Row, as_of: str) -> bool:
    return alert["state"] in LOUD and not put_off(alert, as_of=as_of)


def _held(silence: Row, alerts: Sequence[Row], series: Mapping[str, Row]) -> list[Row]:
    return [one for one in alerts if silenced(one, series.get(one["series"], {}), [silence])]


def _row(entry: Silence) -> Row:
    return {**silence_row(entry), "matcher": dict(entry.matcher)}
