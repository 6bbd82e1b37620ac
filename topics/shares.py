"""How often terms occur in groups of claims."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from topics.terms import Terms


@dataclass(frozen=True, slots=True)
class Counted:
    """How often terms occur: `inside` (k, m) claims of a group with the term, `sizes` (k,), `total` (m,)."""

    terms: Terms
    groups: tuple[NDArray[np.int64], ...]
    """Row numbers of each group's claims, ascending."""
    inside: csr_matrix
    sizes: NDArray[np.int64]
    total: NDArray[np.int64]


def counted_groups(terms: Terms, groups: Sequence[Sequence[int]]) -> Counted:
    """Counts of every term in groups of rows, which may overlap; other rows count as outside."""
    rows = tuple(np.array(sorted(set(group)), dtype=np.int64) for group in groups)
    places = np.concatenate([np.full(len(own), topic) for topic, own in enumerate(rows)] or [np.zeros(0, np.int64)])
    columns = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    claims = terms.matrix.shape[0]
    member = csr_matrix((np.ones(len(columns)), (places, columns)), shape=(len(rows), claims))
    inside = (member @ terms.matrix).tocsr()
    return Counted(
        terms=terms,
        groups=rows,
        inside=inside,
        sizes=np.array([len(own) for own in rows], dtype=np.int64),
        total=np.asarray(terms.matrix.sum(axis=0)).ravel().astype(np.int64),
    )
