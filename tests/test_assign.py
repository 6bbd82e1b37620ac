"""Nearest centroids, the threshold, exemplars and the cap per reporter."""

import numpy as np
import pytest

from topics.assign import (
    BadVectors,
    assign,
    calibrate_threshold,
    cap_per_reporter,
    coverage_cost,
    exemplars,
)


def unit(rows):
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def blobs():
    """Three loose groups of sixty in 32 dimensions, their labels and their centres."""
    rng = np.random.default_rng(4)
    centres = unit(rng.normal(size=(3, 32)))
    labels = np.repeat(np.arange(3), 60)
    vectors = unit(centres[labels] + 0.12 * rng.normal(size=(180, 32)))
    return vectors, labels, unit([vectors[labels == topic].mean(axis=0) for topic in range(3)])


def test_every_document_goes_to_its_nearest_centroid(blobs):
    vectors, labels, centroids = blobs
    index, similarity = assign(vectors, centroids, threshold=0.0)
    assert (index == labels).all()
    assert similarity.dtype == np.float32 and (similarity <= 1).all()


def test_below_the_threshold_a_document_is_unassigned():
    index, similarity = assign(unit([[1, 0], [1, 1]]), unit([[1, 0]]), threshold=0.9)
    assert index.tolist() == [0, -1]
    assert similarity[1] == pytest.approx(0.70711, abs=1e-4)


def test_a_similarity_equal_to_the_threshold_counts(blobs):
    vectors, _, centroids = blobs
    _, similarity = assign(vectors, centroids, threshold=0.0)
    threshold = float(similarity.min())
    assert (assign(vectors, centroids, threshold=threshold)[0] >= 0).all()


def test_without_centroids_or_documents_nothing_is_assigned():
    index, similarity = assign(unit([[1, 0]]), np.zeros((0, 2)), threshold=0.1)
    assert index.tolist() == [-1] and similarity.tolist() == [0]
    assert assign(np.zeros((0, 2)), unit([[1, 0]]), threshold=0.1)[0].shape == (0,)


def test_an_empty_claim_is_never_assigned():
    assert assign(np.zeros((1, 2)), unit([[1, 0]]), threshold=-1.0)[0].tolist() == [-1]


def test_one_document_alone_is_assigned_as_in_a_batch(blobs):
    vectors, _, centroids = blobs
    together, scores = assign(vectors, centroids, threshold=0.8)
    alone = [assign(vectors[row : row + 1], centroids, threshold=0.8) for row in range(len(vectors))]
    assert [int(one[0]) for one, _ in alone] == together.tolist()
    assert np.allclose([score[0] for _, score in alone], scores, atol=2e-5)


@pytest.mark.parametrize("bad", [np.array([[np.nan, 1.0]]), np.array([[np.inf, 1.0]]), np.ones(3)])
def test_vectors_that_cannot_be_compared_are_refused(bad):
    with pytest.raises(BadVectors, match="got"):
        assign(bad, unit([[1, 0]]), threshold=0.5)


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 1.0])
def test_the_threshold_reaches_the_stated_coverage(blobs, coverage):
    vectors, labels, centroids = blobs
    threshold = calibrate_threshold(vectors, labels, centroids, coverage=coverage)
    covered = (assign(vectors, centroids, threshold=threshold)[0] >= 0).mean()
    assert coverage <= covered <= coverage + 0.1


def test_the_threshold_holds_for_documents_that_made_no_centroid():
    rng = np.random.default_rng(1)
    centres = unit(rng.normal(size=(40, 64)))
    labels = np.repeat(np.arange(40), 6)
    vectors = unit(centres[labels] + 0.15 * rng.normal(size=(240, 64)))
    fresh = unit(centres[labels] + 0.15 * rng.normal(size=(240, 64)))
    centroids = unit([vectors[labels == topic].mean(axis=0) for topic in range(40)])
    threshold = calibrate_threshold(vectors, labels, centroids, coverage=0.9)
    assert (assign(fresh, centroids, threshold=threshold)[0] >= 0).mean() == pytest.approx(0.94, abs=0.04)


def test_a_coverage_outside_its_range_is_refused(blobs):
    with pytest.raises(ValueError, match="above 0"):
        calibrate_threshold(*blobs, coverage=0)


def test_more_coverage_never_costs_a_higher_threshold(blobs):
    table = coverage_cost(*blobs)
    assert table["threshold"].is_monotonic_decreasing
    assert (table["agreement"] == 1).all()


def test_exemplars_are_near_and_by_different_reporters():
    vectors = unit([[1, 0], [1, 0.1], [1, 0.2], [1, 0.3], [0, 1]])
    chosen = exemplars(vectors, np.array([0, 0, 0, 0, 1]), unit([[1, 0], [0, 1]]), ["a", "a", None, None, "a"], 3)
    assert chosen == {0: [0, 2, 3], 1: [4]}


def test_no_reporter_has_more_rows_in_a_fit_than_the_cap():
    keep = cap_per_reporter(["bot"] * 50 + ["ann", "ben"] * 2, ["same"] * 54, most=3, seed=0)
    assert keep[:50].sum() == 3 and keep[50:].all()


def test_the_cap_keeps_different_templates_before_copies():
    templates = ["flood"] * 30 + ["billing", "outage"]
    keep = cap_per_reporter(["bot"] * 32, templates, most=3, seed=5)
    assert keep[30:].all() and keep[:30].sum() == 1


def test_unknown_reporters_are_never_capped_and_the_seed_decides():
    reporters = [None] * 10 + ["x"] * 10
    first = cap_per_reporter(reporters, [str(n) for n in range(20)], most=2, seed=1)
    assert first[:10].all() and first[10:].sum() == 2
    assert (first == cap_per_reporter(reporters, [str(n) for n in range(20)], most=2, seed=1)).all()


def test_nothing_to_cap_is_fine():
    assert cap_per_reporter([], [], seed=0).shape == (0,)
