"""Triage: looks at every document once, queues what is grave, finds its owner, and has the owner told at once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from jobs.dates import stamp
from jobs.decision_log import DecisionLog
from jobs.ingest_reference import Route, sync_reference
from jobs.join import candidates, choose
from jobs.notify import deliver_triage
from jobs.owners import owner_for
from jobs.progress import Advance, bar
from jobs.store import Store
from jobs.triage_models import prepared_watch
from jobs.triage_notice import queue_messages
from jobs.workspace import Workspace
from nlp.triage import Verdict, Watch

CHUNK = 1000
"""Documents looked at and committed together."""


def unwatched(count: int) -> None:
    """Progress that nobody sees."""


class Gate:
    """Looks at what an ingest stores, inside the transaction that stores it. Nothing is loaded before it must be."""

    def __init__(self, workspace: Workspace, store: Store, *, now: datetime) -> None:
        self.workspace, self.store, self.now = workspace, store, now
        self._mark = store.triage.mark()
        self._watch: Watch | None = None
        self.waits = False
        """Whether no model has been prepared, so that triage is left to the run."""

    def look(self) -> int:
        """Queue the grave ones of what was stored since the last call; returns how many were queued."""
        before, self._mark = self._mark, self.store.triage.mark()
        if self.waits or self._mark == before:
            return 0
        if self._watch is None:
            self._watch = prepared_watch(self.workspace)
            self.waits = self._watch is None
        return look(self.store, self._watch, now=self.now, after=before) if self._watch is not None else 0


def look(store: Store, watch: Watch, *, now: datetime, after: int = 0, advance: Advance = unwatched) -> int:
    """Look at all documents of feedback that this watch has not looked at; returns how many were queued."""
    queued = 0
    while len(chunk := store.triage.unseen(watch.version, after=after, most=CHUNK)):
        ids = chunk["document_id"].tolist()
        parts = store.understanding.parts(ids)
        verdicts = watch.look(chunk["text"].tolist(), chunk["claim"].tolist(), parts)
        with store.transaction():
            queued += store.triage.add(queue_rows(ids, verdicts, watch, now=now))
            store.triage.note_looks(ids, version=watch.version)
        advance(len(chunk))
    return queued


def run(store: Store, watch: Watch, *, now: datetime | None = None) -> int:
    """Look at what no ingest has looked at, or another version has; returns how many documents were queued."""
    moment = now or datetime.now(UTC)
    with bar("triage", store.triage.unseen_count(watch.version)) as advance:
        return look(store, watch, now=moment, advance=advance)


def queue_rows(
    ids: Sequence[str], verdicts: Sequence[Verdict | None], watch: Watch, *, now: datetime
) -> list[dict[str, Any]]:
    """Rows of the table `triage` for the documents that have a verdict."""
    versions = {
        "watch": watch.version,
        "classifier": watch.classifier.version,
        "taxonomy": watch.taxonomy.version,
        "embedder": watch.exact.version,
    }
    return [
        {
            "document_id": document_id,
            "reasons": [
                {"rule": one.rule, "words": one.words, "probability": one.probability} for one in verdict.reasons
            ],
            "probability": verdict.probability,
            "score": verdict.score,
            "kind": verdict.kind,
            "kind_probability": verdict.kind_probability,
            "harm_domain": verdict.harm_domain,
            "harm_domain_probability": verdict.harm_domain_probability,
            "versions": versions,
            "raised_at": stamp(now.astimezone(UTC)),
        }
        for document_id, verdict in zip(ids, verdicts, strict=True)
        if verdict is not None
    ]


def tell(store: Store, workspace: Workspace, *, now: datetime | None = None) -> int:
    """Tell the owners of documents nobody was told of, and send what earlier attempts left; returns messages sent.

    Reads the reference files first, so that the owners are those of today. Raises `SettingsError` if one is wrong.
    """
    settings = workspace.settings
    homeless = store.triage.ownerless()
    if len(homeless):
        reference = sync_reference(workspace, store, now=now)
        owners = owners_of(store, workspace, homeless, reference.routes)
        with store.transaction():
            store.triage.give(owners)
    queue_messages(store, settings)
    return deliver_triage(store, settings, workspace, now=now)


def owners_of(store: Store, workspace: Workspace, documents: pd.DataFrame, routes: Sequence[Route]) -> dict[str, str]:
    """The owner of each document, as for alerts: of the mitigation that decided, else of the one it names, else of
    its domain's only one, else by route. Columns of `documents` as `Triage.ownerless` gives them."""
    decided = deciding_mitigations(workspace, documents)
    mitigations = store.reference.mitigations()
    known = {row["mitigation_id"] for row in mitigations}
    owners = {}
    for row in documents.to_dict("records"):
        named = [decided.get(row["document_id"]), row["mitigation"]]
        about = {
            "mitigation": next((name for name in named if name in known), None),
            "harm_domain": row["harm_domain"],
            "kind": row["kind"],
        }
        given: Mapping[str, str] = {name: str(value) for name, value in about.items() if value is not None}
        owners[str(row["document_id"])] = owner_for(
            given, mitigations, routes, default=workspace.settings.default_owner
        )
    return owners


def deciding_mitigations(workspace: Workspace, documents: pd.DataFrame) -> dict[str, str]:
    """The mitigation of the decision each document is about, where customer and time agree; read from the log,
    because a document is triaged before the run joins it."""
    asked = documents[documents["request_id"].notna() | documents["decision_id"].notna()]
    if asked.empty:
        return {}
    found = DecisionLog(workspace.decisions).find(
        decisions=asked["decision_id"].dropna(), requests=asked["request_id"].dropna()
    )
    if found.empty:
        return {}
    joins = choose(candidates(asked, found))
    agreed = joins[joins["agrees"]]
    return dict(zip(agreed["document_id"], agreed["mitigation"], strict=True))
