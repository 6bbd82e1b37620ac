"""Fit topics on claims: BERTopic with our vectors and components. The only file that knows BERTopic."""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from topics.assign import COVERAGE, Indices, Vectors, checked, similarities
from topics.clusterer import CentroidClusterer
from topics.describe import headlines, phrases, ranked
from topics.grammar import Reader, Reading, sample
from topics.groups import without_words
from topics.shares import Counted, counted
from topics.terms import Terms, term_table
from topics.words import mentions

if TYPE_CHECKING:
    from spacy.language import Language

_CANDIDATES = 100  # best c-TF-IDF terms a topic's phrases and name are chosen from
_PRODUCT_WORD = 0.4  # a word in a larger share of the claims is what they are all about, not a subject
_ADDRESSED, _FEWEST_ADDRESSED = 0.02, 20  # so is an account ("@airline") that this share of claims address
_NEAR = 0.8  # centroids at least so close may be one subject in two halves
_SEPARATOR = "\x1f"


class UnequalLengths(ValueError):
    """Claims and vectors do not belong to the same documents."""


@dataclass(frozen=True, slots=True)
class TopicFit:
    """Topics of one fit, largest first; their numbers do not outlive it.

    `labels` (n,) as `assign` gives them, -1 for none; unit `centroids` (k, d) float32; `phrases` and `names`
    one per topic; `threshold` the similarity that `assign` was called with; `method` how groups were found:
    "evoc", "kmeans", "single" or "none".
    """

    labels: Indices
    centroids: Vectors
    phrases: list[list[str]]
    names: list[str] = field(default_factory=list)
    threshold: float = 1.0
    method: str = "none"


def fit_topics(
    claims: Sequence[str],
    vectors: Vectors,
    *,
    seed: int = 0,
    min_topic_size: int | None = None,
    coverage: float = COVERAGE,
    pipeline: "Language | None" = None,
) -> TopicFit:
    """Topics among claims and their unit vectors (n, d), the same on any number of cores.

    Default `min_topic_size` grows with the root of n. Under 20 documents: one topic or none. Claims should be
    capped per reporter first (`topics.assign.cap_per_reporter`). With a `pipeline` that tags and parses English
    names are whole phrases; it reads some claims of each topic.
    """
    vectors = checked(vectors)
    texts = [str(claim) for claim in claims]
    if len(texts) != len(vectors):
        raise UnequalLengths(
            f"need one vector per claim, got {len(texts)} claims and {len(vectors)} vectors; embed these claims"
        )
    terms = term_table(texts)
    clusterer = CentroidClusterer(min_topic_size=min_topic_size, seed=seed, coverage=coverage)
    clusterer.fit(vectors, space=without_words(vectors, _product_words(terms, texts)))
    reader = Reader(texts, pipeline)
    found = _described(terms, vectors, clusterer, reader)
    groups = _same_subject(found.keys, clusterer.centroids_)
    if len(np.unique(groups)) < len(found.keys):
        found = _described(terms, vectors, clusterer.join(vectors, groups), reader)
    return TopicFit(
        labels=clusterer.labels_,
        centroids=clusterer.centroids_,
        phrases=[phrases(terms, own) for own in found.keys],
        names=headlines(found.counts, found.keys, found.readings),
        threshold=clusterer.threshold_,
        method=clusterer.method_,
    )


def compile() -> None:
    """Have numba compile EVoC by a tiny fit, for set-up: two minutes at first, then cached on disk."""
    rng = np.random.default_rng(0)
    centres = np.repeat(rng.normal(size=(8, 384)), 50, axis=0)
    rows = (centres + 0.5 * rng.normal(size=centres.shape)).astype(np.float32)
    CentroidClusterer(seed=0).fit(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class _Description:
    """Term counts by topic, and each topic's keys from most to least telling and what a parse says of them."""

    counts: Counted
    keys: list[list[str]]
    readings: list[Reading]


def _described(terms: Terms, vectors: Vectors, clusterer: CentroidClusterer, reader: Reader) -> _Description:
    k = len(clusterer.centroids_)
    counts = counted(terms, clusterer.labels_, k)
    candidates = _ctfidf(terms, vectors, clusterer) if k and terms.keys else [[] for _ in range(k)]
    readings = reader.readings(_samples(reader.claims, vectors, clusterer))
    keys = [ranked(counts, topic, candidates[topic], readings[topic]) for topic in range(k)]
    return _Description(counts, keys, readings)


def _samples(claims: Sequence[str], vectors: Vectors, clusterer: CentroidClusterer) -> list[list[int]]:
    """Rows of each topic to parse, from the nearest to the centroid to the middling ones."""
    samples = []
    for topic, centroid in enumerate(clusterer.centroids_):
        rows = np.flatnonzero(clusterer.labels_ == topic)
        near = np.round(similarities(vectors[rows], centroid[None])[:, 0], 5)
        samples.append(sample(rows[np.lexsort((rows, -near))].tolist(), claims))
    return samples


def _same_subject(keys: list[list[str]], centroids: Vectors) -> Indices:
    """Group number per topic: near topics with the same most telling term are one subject to a reader."""
    near = similarities(centroids, centroids) >= _NEAR
    groups = np.arange(len(keys), dtype=np.int64)
    for topic, own in enumerate(keys):
        for earlier in range(topic):
            if own and keys[earlier] and own[0] == keys[earlier][0] and near[topic, earlier]:
                groups[topic] = groups[earlier]
                break
    return groups


def _product_words(terms: Terms, claims: list[str]) -> NDArray[np.bool_]:
    """Which claim holds which of the words that most claims hold, and which addressed account, (n, w)."""
    share = np.asarray(terms.matrix.sum(axis=0)).ravel() / max(len(claims), 1)
    columns = [c for c, key in enumerate(terms.keys) if _PRODUCT_WORD < share[c] < 0.95 and " " not in key]
    words: NDArray[np.bool_] = np.asarray(terms.matrix[:, columns].todense(), dtype=np.bool_)
    addressed = [mentions(claim) for claim in claims]
    count = Counter(account for accounts in addressed for account in accounts)
    least = max(_FEWEST_ADDRESSED, _ADDRESSED * len(claims))
    accounts = sorted(account for account, found in count.items() if least <= found < 0.95 * len(claims))
    asked = np.array([[account in found for account in accounts] for found in addressed], dtype=np.bool_)
    return np.hstack([words, asked.reshape(len(claims), len(accounts))])


def _ctfidf(terms: Terms, vectors: Vectors, clusterer: CentroidClusterer) -> list[list[str]]:
    """Per topic the terms of highest class-based TF-IDF (Grootendorst 2022), best first."""
    documents = [_SEPARATOR.join(terms.keys[c] for c in row.indices) + _SEPARATOR for row in terms.matrix]
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore")
        # BERTopic's import installs filters of its own; they must not outlive this block.
        model = _model(terms, _Fitted(clusterer))
        model.fit_transform(documents, embeddings=vectors)
    # BERTopic numbers topics by size and breaks ties its own way: translate through a member's row.
    numbers = np.asarray(model.topics_)
    firsts = [int(np.argmax(clusterer.labels_ == topic)) for topic in range(len(clusterer.centroids_))]
    return [[key for key, weight in model.get_topic(int(numbers[row])) if weight > 0] for row in firsts]


def _model(terms: Terms, fitted: "_Fitted") -> Any:
    """BERTopic in its light installation: no language model, no reduction, our groups and our terms."""
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    return BERTopic(
        language="multilingual",  # "english" would strip every letter outside a-z
        top_n_words=_CANDIDATES,
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=fitted,
        vectorizer_model=CountVectorizer(analyzer=_split, vocabulary=list(terms.keys)),
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True),
    )


def _split(document: str) -> list[str]:
    """Terms of a document that `_ctfidf` joined; BERTopic puts a blank between documents."""
    return [term for piece in document.split(_SEPARATOR) if (term := piece.strip())]


class _Fitted:
    """A clusterer that is fitted already, so that BERTopic does not fit it again."""

    def __init__(self, clusterer: CentroidClusterer) -> None:
        self.labels_ = clusterer.labels_
        self.predict = clusterer.predict

    def fit(self, X: Vectors, y: object = None) -> "_Fitted":
        return self
