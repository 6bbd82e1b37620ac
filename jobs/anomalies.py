"""The step `anomalies` of a run: usage anomalies derived from decisions and exposure become documents."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from jobs.anomaly_documents import Evidence, documents_of
from jobs.decision_frames import WorkspaceLog, workspace_log
from jobs.decision_log import DecisionLog
from jobs.rules import serving_rules
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_rows import encoded
from jobs.workspace import Workspace
from mitigations.accounts import account_anomalies
from mitigations.anomalies import COLUMNS, Options, bounded
from mitigations.evasion_anomalies import evasion_anomalies
from mitigations.exposure_anomalies import exposure_anomalies
from mitigations.linked import linked_accounts

VERSION = 3
"""Raised when something else is derived from the same log."""


@dataclass(frozen=True, slots=True)
class Given:
    """What anomalies are derived from: the decisions of all mitigations (column `mitigation`) and the exposure (as
    `Reference.exposure`), both of complete days alone."""

    log: WorkspaceLog
    exposure: pd.DataFrame


def _options(settings: Settings) -> Options:
    return Options(settings.false_anomalies_per_week, settings.anomalies_per_day)


def _accounts(given: Given, settings: Settings) -> pd.DataFrame:
    return account_anomalies(given.log.frame, _options(settings)) if given.log.rows else pd.DataFrame()


def _linked(given: Given, settings: Settings) -> pd.DataFrame:
    return linked_accounts(given.log.frame, _options(settings)) if given.log.rows else pd.DataFrame()


def _exposure(given: Given, settings: Settings) -> pd.DataFrame:
    return exposure_anomalies(given.exposure, _options(settings)) if len(given.exposure) else pd.DataFrame()


def _evasion(given: Given, settings: Settings) -> pd.DataFrame:
    return evasion_anomalies(given.log.frame, _options(settings)) if given.log.rows else pd.DataFrame()


Source = Callable[[Given, Settings], pd.DataFrame]
SOURCES: dict[str, Source] = {"accounts": _accounts, "linked": _linked, "evasion": _evasion, "exposure": _exposure}
"""By name: what finds anomalies in what is given. It returns the columns of `mitigations.anomalies`; `surprise` may be
left out."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What became of a derivation: documents new and known before, and anomalies above the cap of their day."""

    new: int
    known: int
    dropped: int


def run(store: Store, workspace: Workspace, *, as_of: str) -> Derived:
    """Derive anomalies of the days before that of `as_of` and store those that are new, all in one transaction."""
    log = whole_log(store, workspace, until=as_of[:10])
    exposure = store.reference.exposure()
    given = Given(log, exposure[exposure["day"] < pd.Timestamp(as_of[:10])])
    found = derive(given, workspace.settings)
    kept = bounded(found, most_a_day=workspace.settings.anomalies_per_day) if len(found) else pd.Series(dtype=bool)
    days = _account(found, kept)
    evidence = Evidence(log.frame, serving_rules(workspace), as_of)
    ready = documents_of(found[kept.to_numpy(bool)], evidence) if len(found) else []
    with store.transaction():
        new = store.anomalies.add(ready)
        store.anomalies.replace_days(days)
    return Derived(new, len(ready) - new, int(len(found) - kept.sum()))


def derive(given: Given, settings: Settings) -> pd.DataFrame:
    """What every source finds, by time: the columns of `mitigations.anomalies`, and `detector`."""
    tables = []
    for name, source in SOURCES.items():
        tables.append(source(given, settings).reindex(columns=list(COLUMNS)).assign(detector=name))
    rows = _together(tables)
    if not len(rows):
        return pd.DataFrame(columns=[*COLUMNS, "detector"])
    rows = rows.assign(observed_at=pd.to_datetime(rows["observed_at"]), surprise=rows["surprise"].astype(float))
    return rows.sort_values(["observed_at", "detector", "anomaly_type"], kind="stable", ignore_index=True)


def _together(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Rows of all tables; every column as objects, so that one without a value takes no other type with it."""
    rows = [row for table in tables for row in table.to_dict("records")]
    return pd.DataFrame(rows, dtype=object)


def whole_log(store: Store, workspace: Workspace, *, until: str) -> WorkspaceLog:
    """The decisions of all mitigations before a day, by time, with the column `mitigation`."""
    names = sorted({partition.mitigation for partition in DecisionLog(workspace.decisions).partitions()})
    logs = [workspace_log(store, workspace, name, until=until) for name in names]
    logs = [log for log in logs if log.rows]
    if not logs:
        return WorkspaceLog("all", pd.DataFrame({"decision_id": []}), (), until, None, None)
    frame = pd.concat([_plain(log) for log in logs], ignore_index=True)
    frame = frame.sort_values(["decided_at", "decision_id"], kind="stable", ignore_index=True)
    segments = tuple(sorted({name for log in logs for name in log.segments}))
    days = frame["decided_at"].dt.strftime("%Y-%m-%d")
    return replace(
        logs[0], mitigation="all", frame=frame, segments=segments, first_day=days.iloc[0], last_day=days.iloc[-1]
    )


def _plain(log: WorkspaceLog) -> pd.DataFrame:
    """Mitigations differ in their segments: categories of several frames become text."""
    texts = {name: log.frame[name].astype(object) for name in (*log.segments, "action")}
    return log.frame.assign(**texts, mitigation=log.mitigation)


def fingerprint(store: Store, workspace: Workspace, as_of: str) -> str:
    """Equal for an equal log, equal settings and the same day: then there is nothing to derive."""
    settings = workspace.settings
    chosen = [settings.false_anomalies_per_week, settings.anomalies_per_day]
    text = encoded([VERSION, list(SOURCES), store.reference.input_hash(), as_of[:10], chosen])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _account(found: pd.DataFrame, kept: "pd.Series[bool]") -> list[Mapping[str, Any]]:
    """day, found and kept of each day with an anomaly."""
    if not len(found):
        return []
    day = found["observed_at"].dt.strftime("%Y-%m-%d")
    table = pd.DataFrame({"day": day, "kept": kept.astype(int)}).groupby("day")["kept"].agg(["size", "sum"])
    return [{"day": str(name), "found": int(row["size"]), "kept": int(row["sum"])} for name, row in table.iterrows()]
