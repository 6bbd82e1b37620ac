"""A derived anomaly as a document: its id, its customer and segments, the excerpts that it carries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from jobs.dates import stamp
from jobs.store_rows import null
from nlp.extract import Extract, Rules, extract, redactor_version
from nlp.masks import digest, fingerprint, template

SOURCE = "decision_log"
"""The source of these documents: a feed of its own beside files of usage anomalies."""
MOST_EXCERPTS = 3
SEGMENTS = ("product", "plan", "locale", "surface")


@dataclass(frozen=True)
class Evidence:
    """The log that anomalies were found in, how its texts are taken apart, and the moment the findings speak of."""

    log: pd.DataFrame
    rules: Rules
    as_of: str

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The log by decision id."""
        return self.log.set_index("decision_id")

    @cached_property
    def redactor(self) -> str:
        """What redacted the texts a second time: patterns alone."""
        return redactor_version(None)


def documents_of(found: pd.DataFrame, evidence: Evidence) -> list[dict[str, Any]]:
    """One row an anomaly, each id once: the columns of `document` with spans and entities, and under `anomaly` what
    stands beside it. Texts are excerpts of the log word for word; nothing is composed."""
    rows: dict[str, tuple[Mapping[str, Any], pd.DataFrame]] = {}
    records: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()} for row in found.to_dict("records")
    ]
    for one in records:
        behind = evidence.rows.reindex(list(one["decision_ids"]))
        rows.setdefault(document_id(one), (one, behind))
    texts = [_text(one, behind) for one, behind in rows.values()]
    # The log's excerpts are redacted already; what patterns find in them a second time are their own marks.
    read = extract(texts, pipeline=None, rules=evidence.rules)
    return [
        _document(name, one, behind, text, evidence)
        for (name, (one, behind)), text in zip(rows.items(), read, strict=True)
    ]


def document_id(one: Mapping[str, Any]) -> str:
    """The same for the same source, mitigation, customer, type and day; of several accounts also the first decision,
    of a slice its segments."""
    customer, segments = null(one["customer"]), one["segments"] if isinstance(one["segments"], Mapping) else {}
    slices = "&".join(f"{name}={value}" for name, value in sorted(segments.items()))
    who = customer or "".join(list(one["decision_ids"])[:1]) or slices
    day = pd.Timestamp(one["observed_at"]).strftime("%Y-%m-%d")
    told = [str(null(part) or "") for part in (one["detector"], one["mitigation"], who, one["anomaly_type"], day)]
    return f"{SOURCE}:x{digest(chr(31).join(told))}"


def _text(one: Mapping[str, Any], behind: pd.DataFrame) -> str:
    """The excerpts that the source names, else the first different ones of the decisions behind."""
    given = null(one["text"])
    if given is not None:
        return str(given)
    said = [str(text) for text in behind["excerpt"].dropna()] if "excerpt" in behind else []
    return "\n\n".join(list({template(text): text for text in reversed(said)}.values())[::-1][:MOST_EXCERPTS])


def _segments(one: Mapping[str, Any], behind: pd.DataFrame) -> dict[str, str]:
    """What the source says, and what all decisions behind have in common."""
    shared = {}
    for name in SEGMENTS:
        values = set(behind[name].dropna()) if name in behind else set()
        if len(values) == 1:
            shared[name] = str(values.pop())
    return {**shared, **(one["segments"] if isinstance(one["segments"], Mapping) else {})}


def _customers(one: Mapping[str, Any], attributes: Mapping[str, Any]) -> Sequence[str]:
    customer = null(one["customer"])
    return [str(customer)] if customer else [str(name) for name in attributes.get("customers", ())]


def _document(
    name: str, one: Mapping[str, Any], behind: pd.DataFrame, text: Extract, evidence: Evidence
) -> dict[str, Any]:
    customer, when = null(one["customer"]), stamp(pd.Timestamp(one["observed_at"]).to_pydatetime())
    attributes = dict(one["attributes"]) if isinstance(one["attributes"], Mapping) else {}
    requests = behind["request_id"].tolist() if "request_id" in behind else [None] * len(behind)
    facts = {
        "detector": one["detector"],
        "day": str(attributes.get("day", when[:10])),
        "expected_false_a_day": null(one["surprise"]),
        "decisions_behind": int(attributes.get("decisions_behind", len(behind))),
        "derived_as_of": evidence.as_of,
        "decisions": list(zip(behind.index.tolist(), map(null, requests), strict=True)),
        "customers": _customers(one, attributes),
    }
    attributes.pop("customers", None)
    return {
        **_read(text),
        "redactor_version": evidence.redactor,
        "rules_version": evidence.rules.version,
        "document_id": name,
        "stream": "usage_anomaly",
        "source": SOURCE,
        "received_at": when,
        "occurred_at": when,
        "occurred_from": "reported",
        "ingested_at": evidence.as_of,
        "customer": customer,
        # The reporter of a customer has the customer's digits, as at ingestion.
        "reporter": f"r_{str(customer).removeprefix('c_')}" if customer else f"u_{digest(name)}",
        "reporter_known": int(customer is not None),
        "segments": _segments(one, behind),
        "mitigation": null(one["mitigation"]),
        "anomaly_type": one["anomaly_type"],
        "magnitude": null(one["magnitude"]),
        "attributes": attributes or None,
        "content_hash": digest(name),
        "file_hash": SOURCE,
        "anomaly": facts,
    }


def _read(text: Extract) -> dict[str, Any]:
    """What is read out of the text: claim, parts, entities."""
    from nlp.pseudonyms import shown_spans

    spans = [(span.start, span.end, "redaction", span.name) for span in shown_spans(text.redacted)]
    spans += [(span.start, span.end, "boilerplate", span.name) for span in text.split.parts]
    return {
        "text": text.redacted.text,
        "claim": text.split.claim,
        "fingerprint": fingerprint(text.split.claim),
        "template": template(text.split.claim),
        "spans": spans,
        "entities": text.entities,
    }
