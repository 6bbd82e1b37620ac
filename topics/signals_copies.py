"""Which documents say nearly the same: groups of near-duplicates over all reporters."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nlp.near import Runs, bands, distinct, runs_of
from nlp.repeats import FEWEST_TOKENS

LEAST_BANDS = 4
"""Of 16 bands that two texts must share: likely from a similarity of 0.5 on."""
LINKED = "linked"
"""The rule by which one hand behind several reporters is collapsed."""


def near_groups(tokens: Runs, documents: pd.DataFrame) -> npt.NDArray[np.int64]:
    """A number for each document, equal where texts of 12 words or more are near-duplicates; -1: too short, or a copy
    that was collapsed.

    `documents`: kept (bool), document_id, kept_id, rule, campaign_id (None where there is none). What
    `nlp.duplicates` found of several reporters (suspected campaigns, linked hands) belongs together as well.
    """
    rule = documents["rule"].to_numpy(object)
    use = (np.diff(tokens.starts) >= FEWEST_TOKENS) & (documents["kept"].to_numpy(bool) | (rule == LINKED))
    rows = np.flatnonzero(use)
    groups = np.full(len(use), -1, dtype=np.int64)
    if not len(rows):
        return groups
    own = Runs(tokens.hashes[np.repeat(use, np.diff(tokens.starts))], _starts(np.diff(tokens.starts)[use]))
    keys = bands(distinct(runs_of(own)))
    pairs = np.concatenate([_near_pairs(keys), _known_pairs(documents.iloc[rows])])
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(rows), len(rows)))
    groups[rows] = connected_components(links, directed=False)[1]
    return groups


def _near_pairs(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Each text with the first and the latest one before it that share a band, if they share enough bands."""
    found = []
    for band in keys.T:
        order = np.argsort(band, kind="stable")
        same = band[order[1:]] == band[order[:-1]]
        first = np.maximum.accumulate(np.where(np.concatenate([[True], ~same]), np.arange(len(order)), 0))
        at = np.flatnonzero(np.concatenate([[False], same]))
        found += [np.stack([order[at], order[other]], axis=1) for other in (first[at], at - 1)]
    pairs = np.concatenate(found).astype(np.int64)
    code = np.unique(pairs[:, 0] * len(keys) + pairs[:, 1])
    left, right = code // len(keys), code % len(keys)
    enough = (keys[left] == keys[right]).sum(axis=1) >= LEAST_BANDS
    return np.stack([left[enough], right[enough]], axis=1)


def _known_pairs(own: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Documents of one suspected campaign, and of one linked hand, each with the first of them."""
    found = []
    linked = own["kept_id"].where(own["rule"] == LINKED, own["document_id"])
    for names in (own["campaign_id"], linked):
        codes = pd.factorize(names.to_numpy(object))[0]
        at = np.flatnonzero(codes >= 0)
        _, first, back = np.unique(codes[at], return_index=True, return_inverse=True)
        found.append(np.stack([at, at[first][back]], axis=1))
    return np.concatenate(found).astype(np.int64)


def _starts(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts
