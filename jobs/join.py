"""The join: which decision a document is about, believed only where customer and time agree."""

from pathlib import Path

import pandas as pd

from jobs.dates import stamp
from jobs.decision_log import DecisionLog
from jobs.ingest_decisions import decision_rows, records
from jobs.store import Store

LATEST_REPORT = pd.Timedelta(days=60)
"""A report that comes later after a decision is taken to be about another one."""
WEIGHT = {"block": 0, "downgrade": 1, "flag": 2, "allow": 3}
"""Of several decisions on a request the document is about the gravest."""


def join_decisions(store: Store, decisions: Path) -> int:
    """Join every document that names a request or a decision; returns how many are joined in agreement.

    Looks at the whole log each time, so the order in which files were ingested does not matter. Decisions that
    documents, appeals or labels refer to are kept in the store.
    """
    documents = store.documents.referring()
    named, requested = store.reference.referred_decisions()
    found = DecisionLog(decisions).find(
        decisions=[*documents["decision_id"].dropna(), *named],
        requests=[*documents["request_id"].dropna(), *requested],
    )
    with store.transaction():
        store.reference.settle_labels()
        if found.empty:
            return 0
        store.reference.add_decisions(decision_rows(found))
        # After the log's own truth: what people settled stands.
        store.labels.settle_audits()
        joins = choose(candidates(documents, found))
        store.documents.write_joins(records(joins.assign(decided_at=joins["decided_at"].map(stamp))))
    return int(joins["agrees"].sum())


def candidates(documents: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Every pair of a document and a decision it may be about.

    A document's decision id comes first; its request id is looked up only where that finds nothing. Columns:
    document_id, received_at (datetime64, UTC), whole_day (received at a day without a time), customer,
    mitigation, and those of the decision with the suffix `_decided`.
    """
    facts = decisions[["decision_id", "request_id", "decided_at", "customer", "mitigation", "action"]]
    facts = facts.rename(columns={name: f"{name}_decided" for name in facts.columns if name != "decided_at"})
    by_decision = documents.merge(facts, left_on="decision_id", right_on="decision_id_decided")
    others = documents[
        ~documents["document_id"].isin(set(by_decision["document_id"])) & documents["request_id"].notna()
    ]
    by_request = others.merge(facts, left_on="request_id", right_on="request_id_decided")
    pairs = pd.concat([part for part in (by_decision, by_request) if len(part)] or [by_request], ignore_index=True)
    pairs["whole_day"] = pairs["received_at"].str.endswith("T00:00:00Z")
    pairs["received_at"] = pd.to_datetime(pairs["received_at"], utc=True)
    return pairs


def choose(pairs: pd.DataFrame) -> pd.DataFrame:
    """One decision per document: those that agree first, then the gravest, the latest, the first by id.

    Columns: document_id, decision_id, decided_at, mitigation, agrees (bool), contradiction (None, or which of
    customer, time, mitigation differ; a differing mitigation alone does not undo the agreement).
    """
    latest = pairs["received_at"] + pd.to_timedelta(pairs["whole_day"].astype(int), unit="D")
    in_time = (pairs["decided_at"] <= latest) & (pairs["decided_at"] >= pairs["received_at"] - LATEST_REPORT)
    known = pairs["customer"].notna() & pairs["customer_decided"].notna()
    same_customer = ~known | (pairs["customer"] == pairs["customer_decided"])
    same_mitigation = pairs["mitigation"].isna() | (pairs["mitigation"] == pairs["mitigation_decided"])
    checks = {"customer": same_customer, "time": in_time, "mitigation": same_mitigation}
    pairs = pairs.assign(
        agrees=same_customer & in_time,
        weight=pairs["action_decided"].map(WEIGHT),
        age=pairs["received_at"] - pairs["decided_at"],
        contradiction=pd.Series(_contradictions(checks), dtype=object),
    )
    order = ["document_id", "agrees", "weight", "age", "decision_id_decided"]
    pairs = pairs.sort_values(order, ascending=[True, False, True, True, True], kind="stable")
    best = pairs.drop_duplicates("document_id")
    return pd.DataFrame(
        {
            "document_id": best["document_id"],
            "decision_id": best["decision_id_decided"],
            "decided_at": best["decided_at"],
            "mitigation": best["mitigation_decided"],
            "agrees": best["agrees"].astype(bool),
            "contradiction": best["contradiction"],
        }
    ).reset_index(drop=True)


def _contradictions(checks: "dict[str, pd.Series[bool]]") -> list[str | None]:
    """Row by row the names of the checks that do not hold, None where all do."""
    return [
        ",".join(name for name, holds in zip(checks, row, strict=True) if not holds) or None
        for row in zip(*checks.values(), strict=True)
    ]
