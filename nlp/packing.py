"""A classifier's features, heads and held-out predictions as named arrays, and back: no pickled code."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from nlp.features import COUNTS, Features, Vocabulary
from nlp.heads import Head
from nlp.taxonomy import Pattern

Arrays = dict[str, np.ndarray[Any, Any]]
# A field that was not judged is an empty label with probability NaN; severity a level as text.
HELD_OUT = {
    "key": "str",
    "source": "str",
    **{name: "str" for name in ("kind", "harm_domain", "use_case", "severity")},
    **{f"{name}_probability": "float" for name in ("kind", "harm_domain", "use_case", "severity", "critical", "grave")},
}


def pack(features: Features, heads: Mapping[str, Head]) -> Arrays:
    """Every array of the classifier under a name of its own."""
    arrays: Arrays = {
        "patterns": np.array([(item.id, item.says, item.pattern) for item in features.patterns], dtype=np.str_),
        "heads": np.array(list(heads), dtype=np.str_),
    }
    for name, kept in features.blocks():
        arrays[f"{name}/columns"], arrays[f"{name}/weights"] = kept.columns, kept.weights
    for name, head in heads.items():
        arrays[f"{name}/labels"] = np.array(head.labels, dtype=np.str_)
        arrays[f"{name}/weights"] = head.weights
        arrays[f"{name}/intercept"] = head.intercept
        arrays[f"{name}/numbers"] = np.array([head.temperature, head.threshold, head.held_out, head.floor])
    return arrays


def unpack(arrays: Mapping[str, np.ndarray[Any, Any]]) -> tuple[Features, dict[str, Head]]:
    """What `pack` packed."""
    patterns = tuple(Pattern(*map(str, row)) for row in arrays["patterns"])
    heads = {str(name): unpacked(arrays, str(name)) for name in arrays["heads"]}
    kept = {name: Vocabulary(arrays[f"{name}/columns"], arrays[f"{name}/weights"]) for name in COUNTS}
    return Features(kept, patterns), heads


def unpacked(arrays: Mapping[str, np.ndarray[Any, Any]], name: str) -> Head:
    """One head."""
    temperature, threshold, held_out, *floor = map(float, arrays[f"{name}/numbers"])
    labels = tuple(str(label) for label in arrays[f"{name}/labels"])
    weights, intercept = arrays[f"{name}/weights"], arrays[f"{name}/intercept"]
    return Head(labels, weights, intercept, temperature, threshold, held_out, *floor)


def nothing_held_out() -> pd.DataFrame:
    """No held-out predictions, with the columns of HELD_OUT."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in HELD_OUT.items()})


def pack_held_out(held_out: pd.DataFrame) -> Arrays:
    """The columns of HELD_OUT as arrays."""
    return {
        f"held_out/{name}": held_out[name].to_numpy(dtype=np.str_ if kind == "str" else np.float32)
        for name, kind in HELD_OUT.items()
    }


def unpack_held_out(arrays: Mapping[str, np.ndarray[Any, Any]]) -> pd.DataFrame:
    """What `pack_held_out` packed; empty for a model that was saved without."""
    if "held_out/key" not in arrays:
        return nothing_held_out()
    return pd.DataFrame(
        {
            name: arrays[f"held_out/{name}"].astype(object if kind == "str" else np.float64)
            for name, kind in HELD_OUT.items()
            if f"held_out/{name}" in arrays
        },
        columns=list(HELD_OUT),
    )
