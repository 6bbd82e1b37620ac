"""Kind, harm domain, use case, severity, hazard and facets of a document, with honest probabilities."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from nlp.artefact import load_artefact, save_artefact
from nlp.calibrate import Floats
from nlp.features import Features, Parts
from nlp.heads import COVERAGE, Head
from nlp.packing import nothing_held_out, pack, pack_held_out, unpack, unpack_held_out
from nlp.taxonomy import FIELDS, Taxonomy

SEVERITY = "severity"
FACET = "facet:"
# The head that tells grave reports from all others: ORDINARY, or the harm domain of a grave one.
GRAVE, ORDINARY = "grave", "no"
# Documents handled together; bounds the memory of the sparse rows.
CHUNK = 2_000
ABSTENTION = (
    f"A field abstains where its probability is below the threshold that covers {COVERAGE:.0%} "
    "of out-of-fold predictions."
)


class Classifier:
    """A head per field over shared features. `heads` are keyed by field, facets as "facet:<id>".

    `held_out`: what was said of each training document out of fold (`HELD_OUT` columns, by text key)."""

    def __init__(
        self,
        features: Features,
        heads: Mapping[str, Head],
        taxonomy: Taxonomy,
        card: Mapping[str, Any],
        held_out: pd.DataFrame | None = None,
    ) -> None:
        self.held_out = nothing_held_out() if held_out is None else held_out
        self.features, self.heads, self.taxonomy, self.card = features, dict(heads), taxonomy, dict(card)
        self._weights = np.hstack([head.weights for head in self.heads.values()])
        self._intercept = np.concatenate([head.intercept for head in self.heads.values()])

    @property
    def version(self) -> str:
        """Changes whenever predictions may."""
        return str(self.card["version"])

    def probabilities(
        self,
        texts: Sequence[str],
        claims: Sequence[str],
        vectors: NDArray[np.float32],
        parts: Sequence[Parts] | None = None,
    ) -> dict[str, Floats]:
        """Calibrated probabilities by head, each of shape (n, labels of the head).

        `texts` are whole redacted texts, `vectors` the claims' unit vectors (n, 384), `parts` the boilerplate
        parts of each text: looked for in it unless they are given."""
        scores = [np.zeros((0, len(self._intercept)))]
        for start in range(0, len(texts), CHUNK):
            part = slice(start, start + CHUNK)
            known = None if parts is None else parts[part]
            rows = self.features.matrix(texts[part], claims[part], vectors[part], known)
            scores.append(self._scores(rows))
        return self._by_head(np.vstack(scores))

    def _scores(self, rows: sparse.csr_array) -> Floats:
        scores: Floats = np.asarray(rows @ self._weights, dtype=np.float64) + self._intercept
        return scores

    def _by_head(self, scores: Floats) -> dict[str, Floats]:
        ends = np.cumsum([len(head.labels) for head in self.heads.values()])
        parts = np.split(scores, ends[:-1], axis=1)
        return {name: head.probabilities(part) for (name, head), part in zip(self.heads.items(), parts, strict=True)}

    def predict(self, texts: Sequence[str], claims: Sequence[str], vectors: NDArray[np.float32]) -> pd.DataFrame:
        """The `fields` of documents, given as for `probabilities`."""
        return self.fields(self.probabilities(texts, claims, vectors))

    def fields(self, probabilities: Mapping[str, Floats]) -> pd.DataFrame:
        """One row a document: kind, harm_domain, use_case (str), severity (int), each with
        <field>_probability in [0, 1]; hazard; facets and abstained (lists of str)."""
        columns: dict[str, Any] = {}
        for field in FIELDS:
            best = probabilities[field].argmax(axis=1)
            columns[field] = [self.heads[field].labels[index] for index in best]
            columns[f"{field}_probability"] = probabilities[field].max(axis=1).round(6)
        columns |= self._severity(probabilities[SEVERITY])
        pairs = zip(columns["kind"], columns["harm_domain"], strict=True)
        columns["hazard"] = [self.taxonomy.hazard(kind, domain) for kind, domain in pairs]
        columns["facets"] = self._facets(probabilities, len(columns["kind"]))
        columns["abstained"] = self._abstained(columns, len(columns["kind"]))
        return pd.DataFrame(columns)

    def _severity(self, probabilities: Floats) -> dict[str, Any]:
        levels, chosen = nearest_level(self.heads[SEVERITY], probabilities)
        return {SEVERITY: levels, f"{SEVERITY}_probability": chosen}

    def _facets(self, probabilities: Mapping[str, Floats], count: int) -> list[list[str]]:
        facets = [facet for facet in self.taxonomy.ids("facets") if FACET + facet in self.heads]
        said = {facet: probabilities[FACET + facet][:, 1] >= 0.5 for facet in facets}
        return [[facet for facet in facets if said[facet][row]] for row in range(count)]

    def _abstained(self, columns: Mapping[str, Any], count: int) -> list[list[str]]:
        fields = (*FIELDS, SEVERITY)
        unsure = {name: columns[f"{name}_probability"] < self.heads[name].threshold for name in fields}
        return [[name for name in fields if unsure[name][row]] for row in range(count)]

    def critical_probability(self, probabilities: Mapping[str, Floats]) -> Floats:
        """Probability of hazard "critical", shape (n,), from `probabilities`. Triage compares it with the
        taxonomy's threshold `critical`."""
        return critical_probability(self.heads, probabilities, self.taxonomy)

    def grave_probability(self, probabilities: Mapping[str, Floats]) -> Floats:
        """Probability of a grave report, shape (n,), by the head that learnt just that; of hazard "critical" from a
        model that lacks it."""
        if GRAVE not in probabilities:
            return self.critical_probability(probabilities)
        return grave_probability(self.heads[GRAVE], probabilities[GRAVE])

    def save(self, path: Path) -> None:
        """Write `path`.npz and its card `path`.json."""
        save_artefact(path, pack(self.features, self.heads) | pack_held_out(self.held_out), self.card)

    @classmethod
    def load(cls, path: Path, *, taxonomy: Taxonomy) -> "Classifier":
        """The classifier that `save` wrote. Raises ArtefactMissing or ArtefactChanged."""
        arrays, card = load_artefact(path)
        features, heads = unpack(arrays)
        return cls(features, heads, taxonomy, card, unpack_held_out(arrays))


def nearest_level(head: Head, probabilities: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The level nearest to the expected one, since levels are ordered, and its probability: two (n,).

    The floor says how sure a level is and not which: it is taken off before, or all would move to the middle."""
    levels = np.array([int(label) for label in head.labels])
    expected = (probabilities - head.floor / len(levels)) @ levels / (1 - head.floor)
    nearest = np.abs(expected.round(6)[:, None] - levels).argmin(axis=1)
    return levels[nearest], probabilities[np.arange(len(nearest)), nearest].round(6)


def critical_probability(heads: Mapping[str, Head], probabilities: Mapping[str, Floats], taxonomy: Taxonomy) -> Floats:
    """Probability of hazard "critical", shape (n,); kind and domain taken as independent."""
    kinds, domains = heads["kind"].labels, heads["harm_domain"].labels
    grave = [[taxonomy.hazard(kind, domain) == "critical" for domain in domains] for kind in kinds]
    reached = np.einsum(
        "nk,kd,nd->n", probabilities["kind"], np.array(grave, dtype=float), probabilities["harm_domain"]
    )
    return np.asarray(reached.round(6), dtype=np.float64)


def grave_probability(head: Head, probabilities: Floats) -> Floats:
    """All but the probability of ORDINARY, shape (n,)."""
    said = np.array([label != ORDINARY for label in head.labels], dtype=np.float64)
    return np.asarray((probabilities @ said).round(6), dtype=np.float64)
