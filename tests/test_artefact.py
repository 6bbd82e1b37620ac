"""Models as arrays with a card."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from nlp.artefact import ArtefactChanged, ArtefactMissing, load_artefact, making, save_artefact

ARRAYS = {"weights": np.arange(6, dtype=np.float32).reshape(2, 3), "labels": np.array(["a", "é"])}


def test_what_was_saved_comes_back_with_its_card(tmp_path: Path) -> None:
    save_artefact(tmp_path / "deep" / "model-1.0", ARRAYS, {"version": "1", "note": "fünf"})
    arrays, card = load_artefact(tmp_path / "deep" / "model-1.0")
    assert np.array_equal(arrays["weights"], ARRAYS["weights"])
    assert arrays["labels"].tolist() == ["a", "é"]
    assert (card["version"], card["note"]) == ("1", "fünf")


def test_the_same_arrays_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_artefact(tmp_path / name, ARRAYS, {})
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    save_artefact(tmp_path / "model", ARRAYS, {})
    path = tmp_path / "model.npz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ArtefactChanged, match="train it again"):
        load_artefact(tmp_path / "model")


def test_no_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ArtefactMissing, match="train it first"):
        load_artefact(tmp_path / "model")


def test_nothing_half_written_is_left_behind(tmp_path: Path) -> None:
    save_artefact(tmp_path / "model", ARRAYS, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "model.npz"]


def test_an_array_of_objects_is_refused_rather_than_pickled(tmp_path: Path) -> None:
    save_artefact(tmp_path / "model", {"thing": np.array([{"a": 1}], dtype=object)}, {})
    with pytest.raises(ValueError, match="pickle"):
        load_artefact(tmp_path / "model")


def test_what_many_want_at_once_is_made_by_one(tmp_path: Path) -> None:
    path, made = tmp_path / "cache" / "model", []

    def wanted(number: int) -> None:
        with making(path):
            if not path.exists():
                made.append(number)
                time.sleep(0.05)
                path.write_text("made", encoding="utf-8")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(wanted, range(4)))
    assert len(made) == 1
