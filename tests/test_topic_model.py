"""Topics of a corpus: few, many, odd and empty ones; the same each time."""

import numpy as np
import pytest

from topics.assign import BadVectors, assign
from topics.clusterer import MOST_FOR_EVOC, CentroidClusterer, default_min_topic_size, most_topics
from topics.groups import centroids_of, layer, without_words
from topics.model import UnequalLengths, described_topics, fit_topics, nearest_first, proposed

SUBJECTS = {
    "data cap": ["data cap again", "unfair data cap", "my data cap is reached"],
    "slow speed": ["slow speed at night", "slow speed since June", "the slow speed is back"],
    "refund": ["refund again", "where is my refund", "no refund"],
    "outage": ["outage again", "another outage", "what an outage"],
}


def corpus(each, *, spread=0.04, seed=0):
    """`each` claims of four subjects with vectors round four directions; the true subject of each row."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(4, 384)) / np.sqrt(384)
    truth = np.tile(np.arange(4), each)
    texts = list(SUBJECTS.values())
    claims = [texts[subject][row // 4 % 3] for row, subject in enumerate(truth)]
    vectors = centres[truth] + spread * rng.normal(size=(len(truth), 384))
    return claims, (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), truth


@pytest.fixture(scope="module")
def small():
    claims, vectors, truth = corpus(25)
    return claims, vectors, truth, fit_topics(claims, vectors)


def test_the_subjects_of_a_small_corpus_are_found(small):
    _, _, truth, fit = small
    assert fit.method == "kmeans" and len(fit.centroids) == 4
    for subject in range(4):
        found = fit.labels[(truth == subject) & (fit.labels >= 0)]
        assert len(np.unique(found)) == 1


def test_names_and_phrases_come_from_the_documents(small):
    _, _, _, fit = small
    assert sorted(fit.names) == ["Data cap", "Outage", "Refund", "Slow speed"]
    assert [own[0] for own in fit.phrases] == [name.lower() for name in fit.names]


def test_fitted_documents_are_assigned_like_new_ones(small):
    _, vectors, _, fit = small
    assert (assign(vectors, fit.centroids, threshold=fit.threshold)[0] == fit.labels).all()


def test_topics_come_largest_first_with_unit_centroids(small):
    _, _, _, fit = small
    sizes = np.bincount(fit.labels[fit.labels >= 0])
    assert (np.diff(sizes) <= 0).all()
    assert np.allclose(np.linalg.norm(fit.centroids, axis=1), 1, atol=1e-5)
    assert fit.centroids.dtype == np.float32


def test_the_stated_coverage_is_reached(small):
    _, _, _, fit = small
    assert 0.9 <= (fit.labels >= 0).mean() <= 1


def test_the_same_input_gives_the_same_fit(small):
    claims, vectors, _, fit = small
    again = fit_topics(claims, vectors)
    assert (again.labels == fit.labels).all() and (again.centroids == fit.centroids).all()
    assert again.names == fit.names and again.phrases == fit.phrases


@pytest.mark.parametrize("n", [0, 1, 2, 5, 19])
def test_a_tiny_corpus_has_one_topic_or_none(n):
    claims, vectors, _ = corpus(5)
    fit = fit_topics(claims[:n], vectors[:n])
    assert fit.labels.shape == (n,) and len(fit.centroids) <= 1
    assert len(fit.names) == len(fit.phrases) == len(fit.centroids)
    assert fit.centroids.shape[1] == 384


def test_a_tiny_corpus_of_one_subject_is_one_topic():
    claims, vectors, truth = corpus(8)
    one = truth == 0
    fit = fit_topics([claim for claim, is_one in zip(claims, one, strict=True) if is_one], vectors[one])
    assert fit.method == "single" and fit.names == ["Data cap"]


def test_identical_documents_are_one_topic():
    vectors = np.tile(corpus(1)[1][0], (60, 1))
    fit = fit_topics(["unfair billing"] * 60, vectors)
    assert (fit.labels == 0).all() and fit.names == ["Unfair billing"]


def test_empty_claims_are_in_no_topic():
    claims, vectors, _ = corpus(25)
    vectors[::10] = 0
    fit = fit_topics(["" if row % 10 == 0 else claim for row, claim in enumerate(claims)], vectors)
    assert (fit.labels[::10] == -1).all() and len(fit.centroids) >= 2


def test_claims_without_words_still_make_topics():
    _, vectors, _ = corpus(25)
    fit = fit_topics(["..."] * 100, vectors)
    assert len(fit.names) == len(set(fit.names)) == 4


def test_claims_and_vectors_must_belong_together():
    with pytest.raises(UnequalLengths, match="3 claims and 2 vectors"):
        fit_topics(["a", "b", "c"], np.eye(2, dtype=np.float32))
    with pytest.raises(BadVectors, match="finite"):
        fit_topics(["a"], np.array([[np.nan, 1.0]], dtype=np.float32))


def test_a_word_in_half_the_claims_does_not_split_a_subject():
    claims, vectors, truth = corpus(30)
    named = (np.arange(120) // 4) % 2 == 0
    brand = np.random.default_rng(9).normal(size=384) / np.sqrt(384)
    vectors[named] += 1.5 * brand.astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    claims = [f"Comcast {claim}" if has else claim for claim, has in zip(claims, named, strict=True)]
    plain = without_words(vectors, named[:, None])
    same = truth[:, None] == truth[None, :]
    assert (plain @ plain.T)[same].min() > (plain @ plain.T)[~same].max()
    assert len(fit_topics(claims, vectors).centroids) == 4


def test_the_number_of_topics_stays_readable():
    assert [default_min_topic_size(n) for n in (0, 100, 2_000, 20_000)] == [5, 5, 11, 35]
    assert [most_topics(n, default_min_topic_size(n)) for n in (2_000, 20_000, 200_000)] == [80, 150, 150]


def test_predict_is_the_rule_that_labelled_the_fit(small):
    _, vectors, _, _ = small
    clusterer = CentroidClusterer().fit(vectors)
    assert (clusterer.predict(vectors) == clusterer.labels_).all()


def clustered(*shares_and_numbers):
    """Clusterings of 1,000 rows: each a share of rows in a cluster, and a number of clusters."""
    return [np.where(np.arange(1000) < 1000 * share, np.arange(1000) % k, -1) for share, k in shares_and_numbers]


def test_the_finest_clustering_that_leaves_out_hardly_more_rows_is_taken():
    assert layer(clustered((0.8, 60), (0.85, 20), (0.8, 9))).max() + 1 == 60
    assert layer(clustered((0.4, 60), (0.6, 20), (0.8, 9))).max() + 1 == 9


def test_an_overview_of_a_few_clusters_is_no_clustering():
    assert layer(clustered((0.4, 60), (0.5, 20), (1.0, 2))).max() + 1 == 20 and layer(clustered((1.0, 1))).max() == 0


def test_any_grouping_can_be_described(small):
    claims, vectors, truth, _ = small
    pairs = truth // 2
    found = described_topics(claims, vectors, pairs, centroids_of(vectors, pairs), taken=["Outage"])
    names = [one.name for one in found]
    assert len(set(names)) == 2 and "Outage" not in names
    assert all(0 <= one.outside < one.inside <= 1 for one in found)


def test_rows_come_nearest_first(small):
    _, vectors, _, fit = small
    for topic, rows in enumerate(nearest_first(vectors, fit.labels, fit.centroids)):
        near = vectors[rows] @ fit.centroids[topic]
        assert (np.diff(near) <= 2e-5).all() and sorted(rows) == np.flatnonzero(fit.labels == topic).tolist()


@pytest.mark.slow
def test_of_very_many_documents_a_sample_is_grouped_and_the_others_join():
    claims, vectors, truth = corpus(MOST_FOR_EVOC // 4 + 500)
    fit = proposed(claims, vectors)
    assert fit.method == "evoc" and len(fit.centroids) == 4
    assert (fit.labels >= 0).mean() >= 0.9 and (fit.found >= 0).mean() > 0.9


@pytest.mark.slow
def test_many_documents_are_grouped_by_evoc_alike_on_one_core_and_two():
    import subprocess
    import sys

    script = (
        "import os, sys; os.sched_setaffinity(0, set(map(int, sys.argv[1].split(','))))\n"
        "import numpy as np\nfrom topics.model import fit_topics\n"
        "rng = np.random.default_rng(0); c = rng.normal(size=(12, 384)) / 19.6\n"
        "v = c[np.arange(1500) % 12] + .05 * rng.normal(size=(1500, 384))\n"
        "v = (v / np.linalg.norm(v, axis=1, keepdims=True)).astype(np.float32)\n"
        "f = fit_topics([f'subject{chr(97 + n % 12)} claim' for n in range(1500)], v)\n"
        "print(f.method, f.labels.tolist(), f.centroids.tobytes().hex()[:4000], f.names)"
    )
    import os

    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        pytest.skip("needs two cores")
    runs = [
        subprocess.run([sys.executable, "-c", script, given], capture_output=True, text=True, check=True).stdout
        for given in (str(cores[0]), ",".join(map(str, cores[:2])))
    ]
    assert runs[0] == runs[1]
    assert runs[0].startswith("evoc")


@pytest.mark.slow
def test_evoc_finds_the_subjects_of_a_larger_corpus():
    claims, vectors, truth = corpus(200)
    fit = fit_topics(claims, vectors)
    assert fit.method == "evoc" and len(fit.centroids) == 4
    assert sorted(fit.names) == ["Data cap", "Outage", "Refund", "Slow speed"]


@pytest.mark.slow
def test_hundreds_of_identical_documents_do_not_break_evoc():
    claims, vectors, _ = corpus(1)
    fit = fit_topics([claims[0]] * 500 + [claims[1]] * 500, np.repeat(vectors[:2], 500, axis=0))
    assert len(fit.centroids) == 2
