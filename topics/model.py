"""Fit topics on claims: BERTopic with our vectors and components. The only file that knows BERTopic."""

import warnings
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from topics.assign import COVERAGE, Indices, Vectors, checked, similarities
from topics.clusterer import CentroidClusterer
from topics.groups import without_words
from topics.naming import Description, Namer
from topics.shares import Counted, counted_groups
from topics.vocabulary import Vocabulary, telling_words, vocabulary
from topics.words import mentions

if TYPE_CHECKING:
    from spacy.language import Language

_CANDIDATES = 100  # best c-TF-IDF terms a topic's phrases and name are chosen from
_PRODUCT_WORD = 0.4  # a word in a larger share of the claims is what they are all about, not a subject
_ADDRESSED, _FEWEST_ADDRESSED = 0.02, 20  # so is an account ("@airline") that this share of claims address
_NEAR = 0.8  # centroids at least so close may be one subject in two halves
_SAME_WORDS = 3  # if so many of their most telling words are the same


class UnequalLengths(ValueError):
    """Claims and vectors do not belong to the same documents."""


@dataclass(frozen=True, slots=True)
class TopicFit:
    """Topics of one fit, largest first; their numbers do not outlive it.

    `labels` (n,) as `assign` gives them, -1 for none; unit `centroids` (k, d) float32; `phrases` and `names`
    one per topic, with the shares of documents in and out of it that hold a name's words; `threshold` the
    similarity that `assign` was called with; `method` how groups were found: "evoc", "kmeans", "single" or
    "none"; `found` (n,) the groups before assignment.
    """

    labels: Indices
    centroids: Vectors
    phrases: list[list[str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    threshold: float = 1.0
    method: str = "none"
    found: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    inside: list[float] = field(default_factory=list)
    outside: list[float] = field(default_factory=list)


def fit_topics(
    claims: Sequence[str],
    vectors: Vectors,
    *,
    seed: int = 0,
    min_topic_size: int | None = None,
    coverage: float = COVERAGE,
    pipeline: "Language | None" = None,
) -> TopicFit:
    """Topics among claims and their unit vectors (n, d), with names: `proposed`, then `described_topics`."""
    fit = proposed(claims, vectors, seed=seed, min_topic_size=min_topic_size, coverage=coverage)
    found = described_topics(claims, vectors, fit.labels, fit.centroids, pipeline=pipeline)
    return replace(
        fit,
        phrases=[one.phrases for one in found],
        names=[one.name for one in found],
        inside=[one.inside for one in found],
        outside=[one.outside for one in found],
    )


def proposed(
    claims: Sequence[str],
    vectors: Vectors,
    *,
    seed: int = 0,
    min_topic_size: int | None = None,
    coverage: float = COVERAGE,
) -> TopicFit:
    """Topics without names, the same on any number of cores.

    Default `min_topic_size` grows with the root of n. Under 20 documents: one topic or none. Claims should be
    capped per reporter first (`topics.assign.cap_per_reporter`).
    """
    vectors = checked(vectors)
    texts = [str(claim) for claim in claims]
    if len(texts) != len(vectors):
        raise UnequalLengths(
            f"need one vector per claim, got {len(texts)} claims and {len(vectors)} vectors; embed these claims"
        )
    words = vocabulary(texts)
    clusterer = CentroidClusterer(min_topic_size=min_topic_size, seed=seed, coverage=coverage)
    space = without_words(vectors, _product_words(words, texts))
    clusterer.fit(vectors, space=space, words=words.table[:, _shares(words) <= _PRODUCT_WORD])
    groups = _same_subject(words, clusterer)
    if len(np.unique(groups)) < len(groups):
        clusterer.join(vectors, groups)
    return TopicFit(
        labels=clusterer.labels_,
        centroids=clusterer.centroids_,
        threshold=clusterer.threshold_,
        method=clusterer.method_,
        found=clusterer.found_,
    )


def described_topics(
    claims: Sequence[str],
    vectors: Vectors,
    labels: Indices,
    centroids: Vectors,
    *,
    reporters: Sequence[str] | None = None,
    taken: Collection[str] = (),
    pipeline: "Language | None" = None,
) -> list[Description]:
    """Names and phrases of any grouping: `labels` (n,) are rows of `centroids` (k, d), -1 for none.

    Names differ from each other and from `taken`. With a `pipeline` that tags and parses English names are whole
    phrases; it reads some claims of each topic, the nearest first.
    """
    groups = nearest_first(checked(vectors), np.asarray(labels), checked(centroids))
    namer = Namer(claims, reporters=reporters, pipeline=pipeline)
    return namer.described(groups, candidates=_ctfidf(namer, groups), taken=taken)


def nearest_first(vectors: Vectors, labels: Indices, centroids: Vectors) -> list[list[int]]:
    """Rows of each topic, nearest to its centroid first, ties by row."""
    groups = []
    for topic in range(len(centroids)):
        rows = np.flatnonzero(labels == topic)
        near = np.round(similarities(vectors[rows], centroids[topic : topic + 1])[:, 0], 5)
        groups.append(rows[np.lexsort((rows, -near))].tolist())
    return groups


def compile() -> None:
    """Have numba compile EVoC by a tiny fit, for set-up: two minutes at first, then cached on disk."""
    rng = np.random.default_rng(0)
    centres = np.repeat(rng.normal(size=(8, 384)), 50, axis=0)
    rows = (centres + 0.5 * rng.normal(size=centres.shape)).astype(np.float32)
    CentroidClusterer(seed=0).fit(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _same_subject(words: Vocabulary, clusterer: CentroidClusterer) -> Indices:
    """Group number per topic: near topics of the same most telling words are one subject to a reader."""
    k = len(clusterer.centroids_)
    near = similarities(clusterer.centroids_, clusterer.centroids_) >= _NEAR
    telling = [set(own[:_SAME_WORDS].tolist()) for own in telling_words(words, clusterer.labels_, k)]
    groups = np.arange(k, dtype=np.int64)
    for topic, own in enumerate(telling):
        for earlier in range(topic):
            if own and own == telling[earlier] and near[topic, earlier]:
                groups[topic] = groups[earlier]
                break
    return groups


def _shares(words: Vocabulary) -> NDArray[np.float64]:
    """Share of the claims that hold each word, (w,)."""
    return np.asarray(words.table.sum(axis=0)).ravel() / max(words.table.shape[0], 1)


def _product_words(words: Vocabulary, claims: list[str]) -> NDArray[np.bool_]:
    """Which claim holds which of the words that most claims hold, and which addressed account, (n, w)."""
    share = _shares(words)
    columns = np.flatnonzero((share > _PRODUCT_WORD) & (share < 0.95))
    held: NDArray[np.bool_] = np.asarray(words.table[:, columns].todense(), dtype=np.bool_)
    addressed = [mentions(claim) for claim in claims]
    count = Counter(account for accounts in addressed for account in accounts)
    least = max(_FEWEST_ADDRESSED, _ADDRESSED * len(claims))
    accounts = sorted(account for account, found in count.items() if least <= found < 0.95 * len(claims))
    asked = np.array([[account in found for account in accounts] for found in addressed], dtype=np.bool_)
    return np.hstack([held, asked.reshape(len(claims), len(accounts))])


def _ctfidf(namer: Namer, groups: Sequence[Sequence[int]]) -> list[list[str]]:
    """Per topic the terms of highest class-based TF-IDF (Grootendorst 2022), best first.

    BERTopic only ever counts terms by topic, so it is handed the counts: one document a topic, its number.
    """
    terms, k = namer.terms, len(groups)
    if not k or not terms.keys:
        return [[] for _ in groups]
    placed = {row for rows in groups for row in rows}
    rest = [row for row in range(terms.matrix.shape[0]) if row not in placed]
    counts = counted_groups(terms, [*groups, rest])
    labels = np.arange(k + bool(rest))
    labels[k:] = -1
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore")
        # BERTopic's import installs filters of its own; they must not outlive this block.
        model = _model(_Counts(counts), _Fitted(labels))
        model.fit_transform([str(number) for number in range(len(labels))], embeddings=np.eye(len(labels)))
    # BERTopic numbers topics its own way.
    numbers = np.asarray(model.topics_)
    return [[key for key, weight in model.get_topic(int(numbers[topic])) if key and weight > 0] for topic in range(k)]


def _model(counts: "_Counts", fitted: "_Fitted") -> Any:
    """BERTopic in its light installation: no language model, no reduction, our groups and our terms."""
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.vectorizers import ClassTfidfTransformer

    return BERTopic(
        language="multilingual",  # "english" would strip every letter outside a-z
        top_n_words=_CANDIDATES,
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=fitted,
        vectorizer_model=counts,
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True),
    )


class _Counts:
    """Counts that are made already, in the shape of a vectorizer: a document is the number of its row."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted

    def fit_transform(self, documents: Sequence[str]) -> csr_matrix:
        return self.transform(documents)

    def transform(self, documents: Sequence[str]) -> csr_matrix:
        return self._counted.inside[[int(document) for document in documents]]

    def get_feature_names_out(self) -> NDArray[np.object_]:
        return np.array(self._counted.terms.keys, dtype=object)


class _Fitted:
    """A clusterer that is fitted already, so that BERTopic does not fit it again."""

    def __init__(self, labels: Indices) -> None:
        self.labels_ = labels

    def fit(self, X: Vectors, y: object = None) -> "_Fitted":
        return self
