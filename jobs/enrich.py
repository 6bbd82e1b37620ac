"""The first step of a run: language, vector, kind, domain, use case, severity and hazard of every new document."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jobs.cache import cache_directory
from jobs.embedder import workspace_embedder
from jobs.progress import bar, say
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_rows import encoded
from nlp.bundle import build_default
from nlp.classify import Classifier
from nlp.embed import Embedder
from nlp.language import identify
from nlp.taxonomy import Taxonomy, load_taxonomy

Probabilities = Mapping[str, NDArray[np.float64]]

CHUNK = 1000
"""Documents committed together; a kill loses at most the work on one chunk."""


@dataclass(frozen=True, slots=True)
class Models:
    """What turns a document into fields: loaded once a run."""

    embedder: Embedder
    classifier: Classifier
    taxonomy: Taxonomy

    @property
    def reading(self) -> str:
        """What a classification rests on: the classifier, and all of the taxonomy, hazards and thresholds too."""
        return f"{self.classifier.version}/{hashlib.sha256(repr(self.taxonomy).encode()).hexdigest()[:8]}"

    @property
    def versions(self) -> dict[str, str]:
        """The version of each, for the account of the run."""
        return {
            "embedder": self.embedder.version,
            "classifier": self.classifier.version,
            "taxonomy": self.taxonomy.version,
        }


def load_models(store: Store, settings: Settings, models: Path) -> Models:
    """The workspace's embedder and the classifier; both are made first where they do not exist yet."""
    taxonomy = load_taxonomy(settings.taxonomy_file)
    classifier = build_default(cache_directory(), taxonomy=taxonomy, progress=say)
    return Models(workspace_embedder(store, settings, models), classifier, taxonomy)


def run(store: Store, models: Models, *, as_of: str, progress: Callable[..., Any] = bar) -> int:
    """Enrich what these models have not seen, chunk by chunk; returns the documents enriched."""
    versions = (models.embedder.version, models.reading)
    total = store.understanding.pending_count(*versions)
    domains = {row["mitigation_id"]: row["harm_domain"] for row in store.reference.mitigations()}
    with progress("enrich", total) as advance:
        while len(chunk := store.understanding.pending(*versions, most=CHUNK)):
            _enrich(store, models, chunk, domains, as_of)
            advance(len(chunk))
    return total


def _enrich(store: Store, models: Models, chunk: pd.DataFrame, domains: dict[str, str], as_of: str) -> None:
    claims = chunk["claim"].tolist()
    vectors = models.embedder.embed(claims)
    probabilities = models.classifier.probabilities(chunk["text"].tolist(), claims, vectors)
    fields = classified(chunk, probabilities, models, domains)
    grave = grave_rows(chunk, probabilities, models, as_of=as_of)
    with store.transaction():
        worded = chunk["claim"].str.len().to_numpy() > 0
        ids = chunk["document_id"].to_numpy()
        store.understanding.write_vectors(
            ids[worded].tolist(), vectors[worded], embedder_version=models.embedder.version
        )
        store.understanding.write_classifications(_rows(fields, models))
        store.understanding.add_triage(grave)


def grave_rows(
    chunk: pd.DataFrame, probabilities: Probabilities, models: Models, *, as_of: str
) -> list[dict[str, Any]]:
    """Rows of the table `triage`: feedback whose hazard is critical with enough probability, recall first.

    No count of documents raises one grave report, so each of them is queued for a person by itself.
    """
    critical = models.classifier.critical_probability(probabilities)
    feedback = (chunk["stream"] == "feedback").to_numpy()
    return [
        {
            "document_id": document_id,
            "reason": "hazard critical is likely enough",
            "probability": float(probability),
            "raised_at": as_of,
        }
        for document_id, probability, own in zip(chunk["document_id"], critical, feedback, strict=True)
        if own and probability >= models.taxonomy.grave_threshold
    ]


def classified(
    chunk: pd.DataFrame, probabilities: Probabilities, models: Models, domains: dict[str, str]
) -> pd.DataFrame:
    """The fields of each document, in order: document_id, language, and the columns of `Classifier.fields`.

    A usage anomaly has no kind, use case or severity; its domain is its mitigation's, else what its text says.
    """
    fields = models.classifier.fields(probabilities)
    fields.insert(0, "document_id", chunk["document_id"].to_numpy())
    fields.insert(1, "language", [code for code, _ in identify(chunk["claim"].tolist())])
    fields = fields.astype({"severity": object})
    anomaly = (chunk["stream"] == "usage_anomaly").to_numpy()
    for name in ("kind", "use_case", "severity"):
        fields.loc[anomaly, [name, f"{name}_probability"]] = None
    known = chunk["mitigation"].map(domains).to_numpy()
    given = anomaly & pd.notna(known)
    fields.loc[given, "harm_domain"] = known[given]
    fields.loc[given, "harm_domain_probability"] = 1.0
    silent = anomaly & ~given & (chunk["claim"].str.len() == 0).to_numpy()
    fields.loc[silent, "harm_domain"] = "none"
    fields.loc[anomaly, "hazard"] = [
        models.taxonomy.hazard(None, domain) for domain in fields.loc[anomaly, "harm_domain"]
    ]
    return fields


def _rows(fields: pd.DataFrame, models: Models) -> list[dict[str, Any]]:
    versions = {
        "classifier_version": models.reading,
        "taxonomy_version": models.taxonomy.version,
    }
    rows: list[dict[str, Any]] = []
    for row in fields.astype(object).where(fields.notna(), None).to_dict("records"):
        row["facets"] = encoded(row["facets"] or [])
        row["abstained"] = encoded(row["abstained"] or [])
        rows.append({**{str(name): value for name, value in row.items()}, **versions})
    return rows
