"""Decisions on their way in: to Parquet by mitigation and month, to daily aggregates, and the judged ones to SQLite."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

import jobs.ingest_cells as cells
from jobs.dates import stamp
from jobs.decision_log import DecisionLog, Partition, id_hashes
from jobs.ingest_desk import Desk, Parsed, Written
from jobs.reading import Chunk, Refusal
from jobs.store_decisions import COLUMNS, segments_text
from mitigations.stints import MOST_THRESHOLDS

ACTIONS = {
    **dict.fromkeys(("allow", "allowed", "pass", "passed", "safe", "permit", "permitted"), "allow"),
    **dict.fromkeys(("flag", "flagged", "warn", "warned", "review"), "flag"),
    **dict.fromkeys(("block", "blocked", "refuse", "refused", "deny", "denied", "filtered"), "block"),
    **dict.fromkeys(("downgrade", "downgraded", "reroute", "rerouted"), "downgrade"),
}
TRUTHS = {
    **dict.fromkeys(("harmful", "malicious", "unsafe", "attack", "violating"), "harmful"),
    **dict.fromkeys(("benign", "legitimate", "safe", "harmless"), "benign"),
}
NAMES = ("request_id", "conversation_id", "version", "use_case", "language", "truth_source")
DAY = ["day", "version", "action", "segments"]


class DecisionLoader:
    """Loads a decision log, column by column: a chunk is a DataFrame with the columns of `decision` and `line`."""

    chunk_rows = 50_000

    def __init__(self, desk: Desk) -> None:
        self.desk, self.plan, self.columns = desk, desk.plan, desk.plan.columns
        self.log = DecisionLog(desk.decisions)
        self.prefix = f"part-{desk.plan.key.file_hash[:12]}-{desk.plan.key.mapping_hash[:6]}"
        self._number = 0
        self._known: dict[Partition, np.ndarray] = {}
        self._customers: dict[str, str] = {}

    def parse(self, chunk: Chunk) -> Parsed:
        """The chunk's decisions, hashed and checked; excerpts still as they came."""
        rows = pd.DataFrame({"line": chunk.lines})
        for name in NAMES:
            rows[name] = self._each(chunk, name, cells.name)
        for name in ("score", "threshold", "inclusion_probability"):
            rows[name] = pd.Series(self._each(chunk, name, cells.number), dtype=float)
        # Logs write 0 where nothing could be drawn.
        rows["inclusion_probability"] = rows["inclusion_probability"].replace(0.0, np.nan)
        rows["decided_at"] = [self.plan.time(row, "decided_at") for row in chunk.rows]
        rows["mitigation"] = self._each(chunk, "mitigation", cells.name)
        rows["action"] = self._each(chunk, "action", one_of(ACTIONS))
        rows["truth"] = self._each(chunk, "truth", one_of(TRUTHS))
        rows["customer"] = self._each(chunk, "customer_id", self._customer)
        rows["excerpt"] = self._each(chunk, "excerpt", excerpt)
        rows["segments"] = self._segments(chunk)
        rows["decision_id"] = self._each(chunk, "decision_id", cells.name)
        refused = self._refused(chunk, rows)
        rows = rows[~rows["line"].isin({refusal.line for refusal in refused})].reset_index(drop=True)
        rows["decided_at"] = pd.to_datetime(rows["decided_at"], utc=True)
        self._name(rows)
        return Parsed(rows, refused)

    def write(self, items: pd.DataFrame) -> Written:
        """Write the chunk's new decisions as one part per partition; truth goes to SQLite, new or not."""
        rows = items.drop_duplicates("decision_id")
        rows = rows.assign(excerpt=self._redacted(rows["excerpt"]))
        judged = rows[rows["truth"].notna()]
        self.desk.store.reference.add_decisions(decision_rows(judged))
        new = 0
        for key, group in rows.groupby(["mitigation", written(rows["decided_at"], "%Y-%m")], sort=True):
            new += self._write_part(Partition(*map(str, key)), group)
        self._number += 1
        return Written(new=new, same=len(items) - new)

    def replay(self, items: pd.DataFrame) -> None:
        """Count the parts that were written before."""
        self._number += 1

    def finish(self) -> list[str]:
        """Aggregate by day every partition that this file has written to."""
        self.log.tidy(prefix=self.prefix)
        for partition in self.log.partitions(prefix=self.prefix):
            log = self.log.read(partition, ["decided_at", "customer", "threshold", *DAY[1:]])
            rows = records(by_day(log).assign(mitigation=partition.mitigation))
            self.desk.store.reference.replace_decision_days(partition.mitigation, partition.month, rows)
            self.desk.store.effects.replace_settings(partition.mitigation, partition.month, records(by_setting(log)))
        return []

    def _write_part(self, partition: Partition, group: pd.DataFrame) -> int:
        name = f"{self.prefix}-{self._number:05d}"
        if partition not in self._known:
            self._known[partition] = self.log.known(partition, besides=name)
        hashes = id_hashes(group["decision_id"])
        new = ~np.isin(hashes, self._known[partition])
        if not new.any():
            self.log.drop(partition, name)
            return 0
        self._known[partition] = np.concatenate([self._known[partition], hashes[new]])
        self.log.write(partition, name, group.loc[new, list(COLUMNS)])
        return int(new.sum())

    def _each(self, chunk: Chunk, field: str, read: Callable[[Any], Any]) -> list[Any]:
        if field not in self.columns.fields:
            return [None] * len(chunk.rows)
        return [read(self.columns.value(row, field)) for row in chunk.rows]

    def _customer(self, value: Any) -> str | None:
        name = cells.name(value)
        if name is None:
            return None
        if name not in self._customers:
            self._customers[name] = self.desk.identity.customer(name)
        return self._customers[name]

    def _segments(self, chunk: Chunk) -> list[str]:
        columns = list(self.columns.segments.items())
        made: dict[tuple[Any, ...], str] = {}
        found = []
        for row in chunk.rows:
            values = tuple(value if isinstance(value := row.get(column), str) else None for _, column in columns)
            if values not in made:
                made[values] = segments_text(
                    {key: cells.segment(value) for (key, _), value in zip(columns, values, strict=True)}
                )
            found.append(made[values])
        return found

    def _refused(self, chunk: Chunk, rows: pd.DataFrame) -> list[Refusal]:
        """Rows without a time, a mitigation or an action, and those with a truth or a chance that is none."""
        checks = (
            ("mitigation", rows["mitigation"].isna(), "no_mitigation", "mitigation: expected a name, got none"),
            (
                "action",
                rows["action"].isna() | (rows["action"] == ""),
                "bad_action",
                "action: expected allow, flag, block or downgrade",
            ),
            ("truth", rows["truth"] == "", "bad_truth", "truth: expected harmful or benign"),
            (
                "inclusion_probability",
                rows["inclusion_probability"].notna() & ~rows["inclusion_probability"].between(0, 1, "right"),
                "bad_probability",
                "inclusion_probability: expected 0 to 1",
            ),
        )
        found: dict[int, Refusal] = {}
        for line, row, time in zip(chunk.lines, chunk.rows, rows["decided_at"], strict=True):
            fault = self.plan.fault(row, "decided_at", None if pd.isna(time) else time)
            if fault:
                found[line] = Refusal(line, *fault)
        for _, wrong, reason, detail in checks:
            for line in rows.loc[wrong, "line"]:
                found.setdefault(int(line), Refusal(int(line), reason, detail))
        return [found[line] for line in sorted(found)]

    def _name(self, rows: pd.DataFrame) -> None:
        """Give ids to decisions that have none: from their facts where a request is named, else from their line."""
        for index in rows.index[rows["decision_id"].isna()]:
            row = rows.loc[index]
            facts = ("mitigation", "request_id", "version", "action", "customer", "score")
            told = [str(row["decided_at"]), *(str(row[name]) for name in facts)]
            if row["request_id"] is None:
                told = [self.plan.key.file_hash, str(row["line"])]
            rows.loc[index, "decision_id"] = "d_" + self.desk.identity.digest("decision", *told)

    def _redacted(self, excerpts: "pd.Series[str]") -> "pd.Series[str]":
        from nlp.redact import redact_all

        distinct = sorted(set(excerpts.dropna()))
        clean = redact_all(distinct, pipeline=self.desk.pipeline)
        return excerpts.map({text: found.text for text, found in zip(distinct, clean, strict=True)})


def one_of(words: dict[str, str]) -> Callable[[Any], str | None]:
    """A reader of a closed list: its own word for a known one, None for an empty cell, "" for an unknown one."""

    def read(value: Any) -> str | None:
        if not isinstance(value, str) or not value.strip():
            return None
        return words.get(value.strip().lower(), "")

    return read


def excerpt(value: Any) -> str | None:
    """The text of an excerpt, cleaned."""
    return cells.clean(value) if isinstance(value, str) and cells.visible(value) else None


def decision_rows(decisions: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of the table `decision`: times as text, None for what is missing."""
    return records(decisions[list(COLUMNS)].assign(decided_at=[stamp(time) for time in decisions["decided_at"]]))


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dicts, None for what is missing."""
    plain = rows.astype(object).where(rows.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def written(times: "pd.Series[pd.Timestamp]", form: str = "%Y-%m-%d") -> "pd.Series[str]":
    """How the day of each time is written, each day once: a long log has few.

    >>> written(pd.Series(pd.to_datetime(["2026-03-01T10:00Z", "2026-03-01T23:59Z"]), name="at")).tolist()
    ['2026-03-01', '2026-03-01']
    """
    codes, days = pd.factorize(times.dt.normalize())
    names = np.asarray(pd.DatetimeIndex(days).strftime(form), dtype=object)
    return pd.Series(names[codes], index=times.index, name=times.name)


def by_setting(decisions: pd.DataFrame) -> pd.DataFrame:
    """How many decisions each version ('') and threshold (NaN) made: day, version, threshold, decisions."""
    rows = decisions.assign(day=written(decisions["decided_at"]), version=decisions["version"].fillna(""))
    by_request = rows.groupby("day")["threshold"].nunique() > MOST_THRESHOLDS
    # Thresholds that are set by request are no settings; their rows would be as many as the log's.
    rows["threshold"] = rows["threshold"].where(~rows["day"].map(by_request).astype(bool))
    found = rows.groupby(["day", "version", "threshold"], sort=True, dropna=False).size()
    return found.rename("decisions").reset_index()


def by_day(decisions: pd.DataFrame) -> pd.DataFrame:
    """Daily aggregates: day, version (''), action, segments, decisions, customers, threshold_low, threshold_high."""
    rows = decisions.assign(day=written(decisions["decided_at"]), version=decisions["version"].fillna(""))
    found = rows.groupby(DAY, sort=True).agg(
        decisions=("action", "size"),
        customers=("customer", "nunique"),
        threshold_low=("threshold", "min"),
        threshold_high=("threshold", "max"),
    )
    return found.reset_index()
