"""Ridge regression with more features than rows, solved in the space of the rows."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

# Above this many rows the Gram matrix is never formed: memory stays linear in the rows.
DIRECT_ROWS = 6_000
ITERATIONS = 40
TOLERANCE = 1e-3


def solve(rows: sparse.csr_array, targets: NDArray[np.float32], *, penalty: float) -> NDArray[np.float32]:
    """Weights, shape (features, k), that minimise |rows @ w - targets|² + penalty |w|².

    Direct up to DIRECT_ROWS rows, else by conjugate gradients (Hestenes & Stiefel 1952)."""
    if rows.shape[0] <= DIRECT_ROWS:
        gram = (rows @ rows.T).toarray()
        gram[np.diag_indices_from(gram)] += np.float32(penalty)
        dual = np.asarray(cho_solve(cho_factor(gram, lower=True, overwrite_a=True), targets), dtype=np.float32)
    else:
        dual = conjugate_gradients(rows, targets, penalty=penalty)
    return np.asarray(rows.T @ dual, dtype=np.float32)


def conjugate_gradients(rows: sparse.csr_array, targets: NDArray[np.float32], *, penalty: float) -> NDArray[np.float32]:
    """(rows rowsᵀ + penalty I)⁻¹ targets, all columns at once; stops at a residual of TOLERANCE."""
    transposed = rows.T.tocsr()
    answer = np.zeros_like(targets)
    residual = targets.copy()
    direction = residual.copy()
    power = (residual**2).sum(axis=0)
    goal = TOLERANCE**2 * np.maximum(power, 1e-12)
    for _ in range(ITERATIONS):
        applied = rows @ (transposed @ direction) + np.float32(penalty) * direction
        step = power / np.maximum((direction * applied).sum(axis=0), 1e-12)
        answer += step * direction
        residual -= step * applied
        before, power = power, (residual**2).sum(axis=0)
        if np.all(power <= goal):
            break
        direction = residual + (power / np.maximum(before, 1e-12)) * direction
    return answer
