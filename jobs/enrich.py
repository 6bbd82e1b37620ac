"""A step of the run: language, vector, kind, domain, use case, severity and hazard of every new document."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobs.bridge import keep
from jobs.embedder import workspace_embedder
from jobs.models import serving_classifier
from jobs.progress import bar
from jobs.store import Store
from jobs.store_rows import encoded
from jobs.workspace import Workspace
from nlp.classify import Classifier
from nlp.embed import Embedder
from nlp.taxonomy import Taxonomy, load_taxonomy
from nlp.understand import Judgement, judge
from nlp.unseen import unseen

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


def load_models(store: Store, workspace: Workspace) -> Models:
    """The workspace's embedder and the classifier that serves; both are made first where they do not exist yet."""
    taxonomy = load_taxonomy(workspace.settings.taxonomy_file)
    classifier = serving_classifier(workspace, taxonomy)
    return Models(workspace_embedder(store, workspace.settings, workspace.models), classifier, taxonomy)


def run(store: Store, models: Models, *, progress: Callable[..., Any] = bar) -> int:
    """Enrich what these models have not seen, chunk by chunk; returns the documents enriched."""
    versions = (models.embedder.version, models.reading)
    total = store.understanding.pending_count(*versions)
    domains = {row["mitigation_id"]: row["harm_domain"] for row in store.reference.mitigations()}
    with progress("enrich", total) as advance:
        while len(chunk := store.understanding.pending(*versions, most=CHUNK)):
            _enrich(store, models, chunk, domains)
            advance(len(chunk))
    return total


def _enrich(store: Store, models: Models, chunk: pd.DataFrame, domains: dict[str, str]) -> None:
    judgement = judge(
        chunk["text"].tolist(),
        chunk["claim"].tolist(),
        store.understanding.parts(chunk["document_id"].tolist()),
        embedder=models.embedder,
        classifier=models.classifier,
    )
    vectors = judgement.vectors
    fields = classified(chunk, judgement, models, domains)
    with store.transaction():
        worded = chunk["claim"].str.len().to_numpy() > 0
        ids = chunk["document_id"].to_numpy()
        store.understanding.write_vectors(
            ids[worded].tolist(), vectors[worded], embedder_version=models.embedder.version
        )
        keep(store, ids.tolist(), version=models.reading)
        store.understanding.write_classifications(_rows(fields, models))


def classified(chunk: pd.DataFrame, judgement: Judgement, models: Models, domains: dict[str, str]) -> pd.DataFrame:
    """The fields of each document, in order: document_id, language, and the columns of `Classifier.fields`.

    A usage anomaly has no kind, use case or severity; its domain is its mitigation's, else what its text says.
    """
    fields = unseen(models.classifier.fields(judgement.probabilities), chunk["text"].tolist(), models.classifier)
    fields.insert(0, "document_id", chunk["document_id"].to_numpy())
    fields.insert(1, "language", list(judgement.languages))
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
