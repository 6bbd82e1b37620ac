"""A classifier's features and heads as named arrays, and back: no pickled code."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nlp.features import Features
from nlp.heads import Head
from nlp.taxonomy import Pattern

Arrays = dict[str, np.ndarray[Any, Any]]


def pack(features: Features, heads: Mapping[str, Head]) -> Arrays:
    """Every array of the classifier under a name of its own."""
    arrays: Arrays = {
        "columns": features.columns,
        "weights": features.weights,
        "patterns": np.array([(item.id, item.says, item.pattern) for item in features.patterns], dtype=np.str_),
        "heads": np.array(list(heads), dtype=np.str_),
    }
    for name, head in heads.items():
        arrays[f"{name}/labels"] = np.array(head.labels, dtype=np.str_)
        arrays[f"{name}/weights"] = head.weights
        arrays[f"{name}/intercept"] = head.intercept
        arrays[f"{name}/numbers"] = np.array([head.temperature, head.threshold, head.held_out])
    return arrays


def unpack(arrays: Mapping[str, np.ndarray[Any, Any]]) -> tuple[Features, dict[str, Head]]:
    """What `pack` packed."""
    patterns = tuple(Pattern(*map(str, row)) for row in arrays["patterns"])
    heads = {str(name): unpacked(arrays, str(name)) for name in arrays["heads"]}
    return Features(arrays["columns"], arrays["weights"], patterns), heads


def unpacked(arrays: Mapping[str, np.ndarray[Any, Any]], name: str) -> Head:
    """One head."""
    temperature, threshold, held_out = map(float, arrays[f"{name}/numbers"])
    labels = tuple(str(label) for label in arrays[f"{name}/labels"])
    weights, intercept = arrays[f"{name}/weights"], arrays[f"{name}/intercept"]
    return Head(labels, weights, intercept, temperature, threshold, held_out)
