"""A map of themes in two dimensions: like themes stand near, and where they stood in the map before."""

import warnings

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from topics.assign import Indices, Vectors, checked, similarities

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 3.0, 2.0
"""The map's sides; its middle is (0, 0)."""

_FEWEST_FOR_TSNE = 5
_PERPLEXITY = 8.0  # neighbours that count, fewer where themes are few
_FEWEST_ANCHORS = 3  # shared themes that say how the map was turned
_COVERED = 0.14  # share of the map that the discs of all themes fill
_SMALLEST, _LARGEST = 0.03, 0.22  # radius of a disc
_WARM_SPREAD, _WARM_STEPS = 30.0, 300  # chosen on four corpora: themes stay near their place, neighbours are kept
_PUSHES = 200
_NEIGHBOURS = 3  # themes between which a document of none stands
_SHARPNESS = 12.0  # how much more the nearest of them counts, in units of cosine
_RIDGE = 0.1
_MIDDLE, _RIM = 0.95, 0.3  # cosine to its theme at which a document stands in the middle of the disc, and at its rim
_DECIMALS = 4


def laid_out(centroids: Vectors, sizes: Indices, *, before: Floats | None = None) -> Floats:
    """Places (k, 2) of themes by their unit `centroids` (k, d), inside WIDTH by HEIGHT; the same on one core and two.

    Exact t-SNE (van der Maaten and Hinton 2008, JMLR) of what sets the centroids apart, begun at the former places and
    turned onto them (Procrustes; Schönemann 1966); discs of `sizes` documents are then pushed apart. `before` (k, 2):
    places in the last map, NaN for a theme that it did not have.
    """
    if not len(centroids):
        return np.zeros((0, 2))
    before = np.full((len(centroids), 2), np.nan) if before is None else before
    known: NDArray[np.bool_] = np.asarray(np.isfinite(before).all(axis=1))
    anchored = int(known.sum()) >= _FEWEST_ANCHORS
    with threadpool_limits(limits=1):
        apart = _contrast(checked(centroids))
        start = _flat(apart)
        if anchored:
            start = _turned(start, before, known)
            start[known] = before[known]
        raw = _neighbourly(apart, start, warm=anchored)
        placed = _turned(raw, before, known) if anchored else _stretched(_flat(raw))
    return np.round(_parted(placed, radii(sizes)), _DECIMALS)


def radii(sizes: Indices) -> Floats:
    """Radius (k,) of each theme's disc: its area grows with its documents, together they fill a share of the map."""
    whole = max(float(np.sum(sizes)), 1.0)
    area = _COVERED * WIDTH * HEIGHT * np.asarray(sizes, dtype=np.float64) / whole
    return np.clip(np.sqrt(area / np.pi), _SMALLEST, _LARGEST)


def added(new: Vectors, centroids: Vectors, places: Floats) -> Floats:
    """Places (m, 2) of unit centroids `new` among themes that stand where they stand."""
    return np.round(_between(checked(new), checked(centroids), places), _DECIMALS)


def scattered(vectors: Vectors, theme: Indices, centroids: Vectors, places: Floats, reach: Floats) -> Floats:
    """Places (n, 2) of documents around their themes' places.

    `theme` (n,): row of each document's theme, -1 for none; `reach` (k,): radius of each theme's disc. The less a
    document is like its theme the further out it stands, on the side of the themes it leans to; one of no theme stands
    between those it is most like. A place depends on no other document.
    """
    vectors, centroids = checked(vectors), checked(centroids)
    found = np.zeros((len(vectors), 2))
    if not len(centroids):
        return found
    theme = np.asarray(theme)
    inside = np.flatnonzero(theme >= 0)
    own = centroids[theme[inside]]
    likeness = np.einsum("nd,nd->n", vectors[inside], own).astype(np.float64)
    lean = _unit(_lean(vectors[inside] - likeness[:, None].astype(np.float32) * own, centroids, places))
    distance = reach[theme[inside]] * np.clip((_MIDDLE - likeness) / (_MIDDLE - _RIM), 0, 1)
    found[inside] = places[theme[inside]] + distance[:, None] * lean
    outside = np.flatnonzero(theme < 0)
    found[outside] = _between(vectors[outside], centroids, places)
    found[outside] += _SMALLEST * _unit(_lean(vectors[outside], centroids, places))
    return np.round(found, _DECIMALS)


def _contrast(centroids: Vectors) -> Floats:
    """What sets each centroid apart from the mean of all, as unit rows."""
    return _unit(centroids.astype(np.float64) - centroids.mean(axis=0, dtype=np.float64))


def _flat(rows: Floats) -> Floats:
    """First two principal coordinates (k, 2), their signs fixed."""
    left, scale, _ = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    flat = np.zeros((len(rows), 2))
    width = min(2, len(scale))
    flat[:, :width] = left[:, :width] * scale[:width]
    signs = np.sign(flat[np.abs(flat).argmax(axis=0), [0, 1]])
    return np.asarray(flat * np.where(signs == 0, 1, signs))


def _neighbourly(rows: Floats, start: Floats, *, warm: bool) -> Floats:
    """Places in which neighbours are neighbours; few themes stay at their start."""
    if len(rows) < _FEWEST_FOR_TSNE:
        return start
    from sklearn.manifold import TSNE

    begun = (_WARM_SPREAD if warm else 1e-4) * (start - start.mean(axis=0)) / max(float(start.std()), 1e-9)
    perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3)
    # Begun warm it only mends: nothing is drawn together first, and it stops early.
    pace = {"early_exaggeration": 1.0, "max_iter": _WARM_STEPS} if warm else {}
    model = TSNE(perplexity=perplexity, init=begun, method="exact", metric="cosine", random_state=0, **pace)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(model.fit_transform(rows), dtype=np.float64)


def _turned(places: Floats, before: Floats, known: NDArray[np.bool_]) -> Floats:
    """Moved, turned, mirrored and scaled so that the known places come as near as they can to those before."""
    mean, target = places[known].mean(axis=0), before[known].mean(axis=0)
    from_, to = places[known] - mean, before[known] - target
    left, scale, right = np.linalg.svd(from_.T @ to)
    factor = scale.sum() / max(float((from_**2).sum()), 1e-12)
    return np.asarray(factor * (places - mean) @ left @ right + target)


def _stretched(places: Floats) -> Floats:
    """Fitted into the map, each axis for itself."""
    low, high = places.min(axis=0), places.max(axis=0)
    room = np.array([WIDTH, HEIGHT]) * 0.9
    scale = np.where(high - low > 1e-9, room / np.maximum(high - low, 1e-9), 0.0)
    return np.asarray((places - (low + high) / 2) * scale)


def _parted(places: Floats, reach: Floats) -> Floats:
    """Discs that overlap pushed apart, a little at a time, inside the map."""
    places = places.copy()
    least = (reach[:, None] + reach[None, :]) * 1.05
    np.fill_diagonal(least, 0)
    # A tie-breaker for discs on one spot: each leaves in its own direction.
    angle = 2.399963 * np.arange(len(places))
    places += 1e-4 * np.column_stack([np.cos(angle), np.sin(angle)])
    edge = np.array([WIDTH, HEIGHT]) / 2
    for _ in range(_PUSHES):
        gap = places[:, None, :] - places[None, :, :]
        distance = np.maximum(np.sqrt((gap**2).sum(axis=2)), 1e-9)
        over = np.maximum(least - distance, 0)
        if not over.any():
            break
        places += 0.25 * ((over / distance)[:, :, None] * gap).sum(axis=1)
        places = np.clip(places, reach[:, None] - edge, edge - reach[:, None])
    return places


def _between(vectors: Vectors, centroids: Vectors, places: Floats) -> Floats:
    """The middle (n, 2) of the themes each row is most like, the nearest counting most."""
    scores = similarities(vectors, centroids).astype(np.float64)
    near = np.argsort(-scores, axis=1, kind="stable")[:, :_NEIGHBOURS]
    best = np.take_along_axis(scores, near, axis=1)
    weight = np.exp(_SHARPNESS * (best - best[:, :1])) if best.size else best
    weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray((weight[:, :, None] * places[near]).sum(axis=1))


def _lean(rows: Vectors, centroids: Vectors, places: Floats) -> Floats:
    """Which way each row leans on the map (n, 2): a ridge regression from centroids to their places."""
    mean = centroids.mean(axis=0, dtype=np.float64)
    apart = centroids.astype(np.float64) - mean
    with threadpool_limits(limits=1):
        gram = apart @ apart.T + _RIDGE * np.eye(len(apart))
        slope = apart.T @ np.linalg.solve(gram, places - places.mean(axis=0))
    # Not BLAS: a document's place must not depend on how many are placed with it.
    return np.asarray(np.einsum("nd,dj->nj", rows.astype(np.float64), slope))


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))
