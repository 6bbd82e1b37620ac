"""The saved model: one rule for fitted and new documents, in this process and in another."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from topics.clusterer import CentroidClusterer
from topics.standing import BadPrototypes, Prototypes, centroids, cost_of_coverage, load, placed, recalibrated, save


@pytest.fixture(scope="module")
def documents():
    """Six subjects of fifty documents, not far apart."""
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(6, 64)) + 1.0
    rows = np.repeat(centres, 50, axis=0) + 0.8 * rng.normal(size=(300, 64))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def model(documents):
    fit = CentroidClusterer(seed=0).fit(documents)
    return Prototypes(tuple(f"T{row + 1:04d}" for row in range(len(fit.centroids_))), fit.centroids_, fit.threshold_)


def test_every_fitted_document_gets_its_theme_from_the_saved_model(documents, model, tmp_path):
    fit = CentroidClusterer(seed=0).fit(documents)
    fitted = [f"T{label + 1:04d}" if label >= 0 else None for label in fit.labels_]
    save(tmp_path / "model.npz", model, {"T0001": "Data caps"})
    loaded, names = load(tmp_path / "model.npz")
    assert placed(documents, loaded)[0].tolist() == fitted
    assert names == {"T0001": "Data caps"}


def test_one_document_alone_is_placed_as_among_all(documents, model):
    themes, similarity = placed(documents, model)
    alone = [placed(row[None], model) for row in documents[::10]]
    assert [one[0][0] for one in alone] == themes[::10].tolist()
    assert [one[1][0] for one in alone] == similarity[::10].tolist()


def test_another_process_assigns_the_same(documents, model, tmp_path):
    save(tmp_path / "model.npz", model, {})
    np.save(tmp_path / "documents.npy", documents)
    program = (
        "import sys, numpy as np; from pathlib import Path; from topics.standing import load, placed\n"
        "here = Path(sys.argv[1]); model, _ = load(here / 'model.npz')\n"
        "themes, similarity = placed(np.load(here / 'documents.npy'), model)\n"
        "np.savez(here / 'placed.npz', themes=np.array([t or '' for t in themes]), similarity=similarity)"
    )
    root = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, cwd=root)  # noqa: S603
    there = np.load(tmp_path / "placed.npz", allow_pickle=False)
    themes, similarity = placed(documents, model)
    assert there["themes"].tolist() == [theme or "" for theme in themes]
    assert np.array_equal(there["similarity"], similarity)


def test_a_file_of_something_else_is_refused_and_no_pickle_is_read(tmp_path, model):
    (tmp_path / "text.npz").write_text("not a model")
    np.savez(tmp_path / "other.npz", theme=np.array(["T0001"]))
    np.savez(tmp_path / "object.npz", format=np.int64(1), theme=np.array([{"a": 1}], dtype=object))
    for name in ("text", "other", "object"):
        with pytest.raises(BadPrototypes, match="need a theme model") as told:
            load(tmp_path / f"{name}.npz")
        assert "unsafe" not in str(told.value)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "absent.npz")


def test_prototypes_without_themes_are_refused():
    with pytest.raises(BadPrototypes, match="one theme per row"):
        Prototypes(("T0001",), np.eye(2, dtype=np.float32), 0.5)


def test_the_nearest_of_several_prototypes_of_a_theme_counts():
    model = Prototypes(("T0001", "T0002", "T0001"), np.eye(3, dtype=np.float32), 0.9)
    themes, similarity = placed(np.eye(3, dtype=np.float32), model)
    assert themes.tolist() == ["T0001", "T0002", "T0001"] and similarity.tolist() == [1.0, 1.0, 1.0]


def test_without_themes_everything_is_unassigned():
    model = Prototypes((), np.zeros((0, 4), dtype=np.float32), 0.5)
    assert placed(np.eye(4, dtype=np.float32), model)[0].tolist() == [None] * 4


def test_the_direction_of_a_theme_is_the_mean_of_its_prototypes_by_their_size():
    axes = np.eye(3, dtype=np.float32)
    model = Prototypes(("T0002", "T0001", "T0002"), axes, 0.5, np.array([3, 5, 4]))
    ids, directions = centroids(model)
    assert ids == ["T0001", "T0002"]
    assert np.allclose(directions, [[0, 1, 0], [0.6, 0, 0.8]], atol=1e-6)


def test_the_threshold_stays_while_it_holds_about_the_stated_share(documents, model):
    loose = recalibrated(model, documents, coverage=0.9)
    held = np.mean([theme is not None for theme in placed(documents, loose)[0]])
    assert held >= 0.89
    assert recalibrated(loose, documents, coverage=0.9).threshold == loose.threshold
    strict = recalibrated(loose, documents, coverage=0.5)
    assert strict.threshold > loose.threshold
    assert int(strict.sizes.sum()) == sum(theme is not None for theme in placed(documents, strict)[0])


def test_more_coverage_costs_agreement():
    rng = np.random.default_rng(0)
    found = np.repeat([0, 1], 100)
    similarity = rng.random(200).astype(np.float32)
    # Those that fit badly are in the other's theme.
    wrong = similarity < 0.2
    themes = np.where(wrong, np.where(found == 0, "T2", "T1"), np.where(found == 0, "T1", "T2")).astype(object)
    cost = cost_of_coverage(themes, similarity, found, coverages=(0.5, 1.0))
    assert [row["coverage"] for row in cost] == [0.5, 1.0]
    assert cost[0]["agreement"] == 1.0 and cost[1]["agreement"] == pytest.approx(1 - wrong.mean(), abs=0.001)
    assert cost_of_coverage(themes, similarity, np.full(200, -1)) == []
