"""Figures of a theme: tightness, separation, coherence."""

import numpy as np
import pytest

from topics.groups import centroids_of
from topics.quality import coherence, npmi, quality
from topics.vocabulary import Vocabulary, telling_words


def corpus(spread):
    rng = np.random.default_rng(0)
    labels = np.tile(np.arange(3), 40)
    rows = rng.normal(size=(3, 384))[labels] + spread * rng.normal(size=(120, 384))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    words = ["refund money", "outage router", "password reset"]
    return [words[label] for label in labels], vectors, labels


def test_tight_topics_are_tighter_and_further_apart():
    near, far = corpus(0.3), corpus(1.5)
    tight, loose = (quality(*one, centroids_of(one[1], one[2])) for one in (near, far))
    assert all(a.tightness > b.tightness and a.separation > b.separation for a, b in zip(tight, loose, strict=True))
    assert [one.documents for one in tight] == [40, 40, 40]


def test_tightness_is_measured_without_the_document_itself():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(60, 384))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    labels = np.repeat(np.arange(20), 3)
    found = quality(["a"] * 60, vectors, labels, centroids_of(vectors, labels))
    assert abs(np.mean([one.tightness for one in found])) < 0.05


def test_words_that_go_together_are_coherent():
    claims, _, labels = corpus(0.3)
    mixed = np.arange(120) // 40
    assert coherence(claims, labels, 3).min() > 0.5 > coherence(claims, mixed, 3).max()


def test_npmi_is_one_together_zero_by_chance_and_minus_one_never():
    from scipy.sparse import csr_matrix

    table = csr_matrix(np.array([[1, 1, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 0]], dtype=float))
    words = [np.array(pair) for pair in ([0, 1], [0, 2], [0, 3], [1])]
    assert npmi(table, words)[:3] == pytest.approx([1, -1, 0], abs=1e-9) and np.isnan(npmi(table, words)[3])


def test_telling_words_are_common_inside_and_rare_outside():
    from scipy.sparse import csr_matrix

    table = csr_matrix(np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 1]], dtype=float))
    assert [row[0] for row in telling_words(Vocabulary(("a", "b", "c"), table), np.array([0, 0, 1, 1]), 2)] == [1, 2]


def test_what_cannot_be_measured_is_none():
    vectors = np.eye(3, 384, dtype=np.float32)
    (alone,) = quality(["a", "b", "c"], vectors, np.array([0, -1, -1]), vectors[:1])
    assert alone.record() == {"documents": 1, "tightness": None, "separation": None, "coherence": None}
    (single,) = quality(["a"] * 3, vectors, np.zeros(3, dtype=np.int64), centroids_of(vectors, np.zeros(3, int)))
    assert single.separation is None and single.tightness is not None
    assert quality([], np.zeros((0, 384), np.float32), np.zeros(0, dtype=np.int64), np.zeros((0, 384))) == []
