"""One mitigation's decisions in a workspace as a frame: the Parquet log with the newest truth of SQLite over it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jobs.decision_log import NUMBERS, DecisionLog, Partition
from jobs.store import Store
from jobs.workspace import Workspace

WORDS = ("action", "version", "language", "use_case", "truth", "truth_source")
TEXTS = ("decision_id", "customer", "conversation_id", "request_id", "excerpt")
READ = ("decided_at", "segments", *WORDS, *NUMBERS, *TEXTS)
ALSO_SEGMENTS = ("version", "language", "use_case")
"""Columns of a decision that are segments beside those of its own."""


class UnknownMitigation(LookupError):
    """A mitigation that is neither declared, nor released, nor in the decision log."""


@dataclass(frozen=True, slots=True)
class WorkspaceLog:
    """A row a decision, by decided_at (datetime64[ns], naive UTC) and decision_id; no row where none is logged.

    `frame`: decision_id, decided_at, action, score, threshold, version, customer, conversation_id, request_id,
    language, use_case, excerpt (redacted, still hostile), truth (harmful, benign, None), truth_source,
    inclusion_probability (NaN: not drawn at random), document_id (one that speaks of it, or None), and the columns
    named by `segments` (version, language and use_case among them where they have a value). Segments and action are
    categorical; None where nothing is said.
    `as_of`: ISO 8601 UTC, the moment the findings speak of. `first_day`, `last_day`: of the decisions, inclusive,
    ISO; None without one.
    """

    mitigation: str
    frame: pd.DataFrame
    segments: tuple[str, ...]
    as_of: str
    first_day: str | None
    last_day: str | None

    @property
    def rows(self) -> int:
        """How many decisions there are."""
        return len(self.frame)

    @property
    def columns(self) -> dict[str, str]:
        """None was guessed: what is where was settled at ingestion."""
        return {}

    def reasons(self) -> dict[str, int]:
        """None was refused here: bad rows never came in."""
        return {}


def workspace_log(
    store: Store, workspace: Workspace, mitigation: str, *, since: str | None = None, until: str | None = None
) -> WorkspaceLog:
    """The decisions of `mitigation` of the days (ISO) from `since` to before `until`; None: all there are.

    Truth is the log's unless SQLite has a newer one by decision_id: a later file, what labellers settled. A closed
    appeal tells the truth (source `appeal`, no probability) of a decision that has none: over a random audit it would
    take a decision out of the sample for having been appealed. Raises `UnknownMitigation`.
    """
    known = [row["mitigation"] for row in store.effects.mitigations()]
    if mitigation not in known:
        do = "correct it" if known else "ingest its log with 'groundswell ingest --decisions FILE'"
        raise UnknownMitigation(
            f"expected a mitigation ({', '.join(known) or 'none is known yet'}), got {mitigation!r}; {do}"
        )
    rows = _logged(DecisionLog(workspace.decisions), mitigation, since, until)
    rows = _newest_truth(rows, store.diagnosis.truths(mitigation))
    frame, segments = _sliced(rows)
    spoken = store.diagnosis.documents(mitigation)
    frame["document_id"] = [spoken.get(one) for one in frame["decision_id"]]
    days = frame["decided_at"].dt.strftime("%Y-%m-%d")
    first, last = (None, None) if frame.empty else (str(days.iloc[0]), str(days.iloc[-1]))
    as_of = store.documents.latest_received() or f"{last or '1970-01-01'}T00:00:00Z"
    return WorkspaceLog(mitigation, frame, segments, as_of, first, last)


def _logged(log: DecisionLog, mitigation: str, since: str | None, until: str | None) -> pd.DataFrame:
    """READ of the months and days asked for, every decision once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = []
    for partition in log.partitions():
        if partition.mitigation != mitigation or not _asked(partition, since, until):
            continue
        for part in log.parts(partition):
            with pq.ParquetFile(part, read_dictionary=["segments", *WORDS]) as file:
                tables.append(file.read(columns=list(READ)))
    if not tables:
        return pd.DataFrame({name: pd.Series(dtype=_sort(name)) for name in READ})
    rows = pa.concat_tables(tables).unify_dictionaries().to_pandas()
    rows["decided_at"] = rows["decided_at"].dt.tz_convert(None).astype("datetime64[ns]")
    keep = np.ones(len(rows), bool)
    if since:
        keep &= (rows["decided_at"] >= pd.Timestamp(since)).to_numpy()
    if until:
        keep &= (rows["decided_at"] < pd.Timestamp(until)).to_numpy()
    ordered = rows[keep].sort_values(["decided_at", "decision_id"], kind="stable")
    found: pd.DataFrame = ordered.drop_duplicates("decision_id", ignore_index=True)
    return found


def _asked(partition: Partition, since: str | None, until: str | None) -> bool:
    return (since or "")[:7] <= partition.month and (until is None or f"{partition.month}-01" < until)


def _sort(name: str) -> str:
    if name == "decided_at":
        return "datetime64[ns]"
    return "float64" if name in NUMBERS else "object" if name in TEXTS else "category"


def _newest_truth(rows: pd.DataFrame, truths: pd.DataFrame) -> pd.DataFrame:
    """The rows with what SQLite says of them over it; `truths`: see `Diagnosis.truths`."""
    place = pd.Index(truths["decision_id"]).get_indexer(pd.Index(rows["decision_id"]))
    said = place >= 0
    newest = {}
    for name in ("truth", "truth_source", "inclusion_probability"):
        old = rows[name].to_numpy(copy=True) if name in NUMBERS else _plain(rows[name])
        old[said] = truths[name].to_numpy()[place[said]]
        newest[name] = old
    return rows.assign(**newest)


def _sliced(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The rows with a column a segment in place of their text, and the segments' names."""
    text = rows["segments"].astype("category").cat.remove_unused_categories()
    parsed: list[Mapping[str, str]] = [json.loads(one) for one in text.cat.categories]
    own = sorted({name for one in parsed for name in one} - set(READ))
    codes = text.cat.codes.to_numpy(dtype=np.int64)
    sliced = {}
    for name in own:
        # One place more than there are texts: that of the code -1, a decision without segments.
        values = np.array([*(one.get(name) for one in parsed), None], dtype=object)
        sliced[name] = pd.Categorical(values[codes])
    named = {name: pd.Categorical(_plain(rows[name])) for name in (*ALSO_SEGMENTS, "action")}
    frame = rows.drop(columns="segments").assign(**named, **sliced)
    used = tuple(name for name in ALSO_SEGMENTS if frame[name].notna().any())
    return frame, (*used, *own)


def _plain(column: "pd.Series[Any]") -> Any:
    values = column.astype(object)
    return values.where(values.notna(), None).to_numpy()
