"""Keep the map of themes: laid out anew after a fit, near where it stood; new themes and documents join it."""

import numpy as np
import pandas as pd

from jobs.store import Store
from topics.map import Floats, added, laid_out, radii, scattered

STREAMS = ("feedback", "usage_anomaly")
CHUNK = 5_000


def run(store: Store) -> int:
    """Bring the map of each stream up to date; returns the documents placed on it.

    Run it after the themes: a fit that the map does not know lays it out anew, else only what is new is placed.
    """
    placed = 0
    for stream in STREAMS:
        with store.transaction():
            placed += _keep(store, stream)
    return placed


def _keep(store: Store, stream: str) -> int:
    fit = store.themes.latest_fit(stream)
    themes = store.themes.standing(stream)
    if fit is None or themes.empty:
        return 0
    places = store.map.places(stream)
    living = places[places["theme_id"].isin(themes["theme_id"])]
    if (living["fit_id"] == fit["fit_id"]).any():
        _join(store, stream, themes, places, fit["fit_id"])
    else:
        _lay_out(store, stream, themes, places, fit["fit_id"])
    return _place_documents(store, stream, themes, fit["fit_id"])


def _lay_out(store: Store, stream: str, themes: pd.DataFrame, places: pd.DataFrame, fit_id: str) -> None:
    """A new map, begun at the former places; every document is placed anew."""
    before = themes[["theme_id"]].merge(places, on="theme_id", how="left")[["x", "y"]].to_numpy(dtype=np.float64)
    found = laid_out(_centroids(themes), _sizes(store, stream, themes), before=before)
    store.map.forget_places(places["theme_id"].tolist())
    store.map.write_places(_rows(themes["theme_id"].tolist(), fit_id, found))
    store.map.forget_points(stream)


def _join(store: Store, stream: str, themes: pd.DataFrame, places: pd.DataFrame, fit_id: str) -> None:
    """Themes born since stand among those there are; where one ended, every document is placed anew."""
    gone = places.loc[~places["theme_id"].isin(themes["theme_id"]), "theme_id"].tolist()
    known = themes[themes["theme_id"].isin(places["theme_id"])].merge(places[["theme_id", "x", "y"]], on="theme_id")
    new = themes[~themes["theme_id"].isin(places["theme_id"])]
    if len(new):
        found = added(_centroids(new), _centroids(known), known[["x", "y"]].to_numpy(dtype=np.float64))
        store.map.write_places(_rows(new["theme_id"].tolist(), fit_id, found))
        store.map.forget_points(stream, new["theme_id"].tolist())
    if gone:
        store.map.forget_places(gone)
        store.map.forget_points(stream)


def _place_documents(store: Store, stream: str, themes: pd.DataFrame, fit_id: str) -> int:
    waiting = store.map.waiting(stream)
    if waiting.empty:
        return 0
    placed = themes.merge(store.map.places(stream)[["theme_id", "x", "y"]], on="theme_id")
    centroids, places = _centroids(placed), placed[["x", "y"]].to_numpy(dtype=np.float64)
    reach = radii(_sizes(store, stream, placed))
    number = {theme: row for row, theme in enumerate(placed["theme_id"])}
    own = {document: number.get(theme, -1) for document, theme in zip(*waiting.to_dict("list").values(), strict=True)}
    ids = waiting["document_id"].tolist()
    for start in range(0, len(ids), CHUNK):
        found, vectors = store.understanding.vectors(ids[start : start + CHUNK])
        theme = np.array([own[one] for one in found], dtype=np.int64)
        spots = scattered(vectors, theme, centroids, places, reach)
        store.map.write_points(_rows(found, fit_id, spots))
    return len(ids)


def _centroids(themes: pd.DataFrame) -> np.ndarray:
    return np.stack(themes["centroid"].tolist())


def _sizes(store: Store, stream: str, themes: pd.DataFrame) -> np.ndarray:
    """Documents of each theme."""
    counted = store.themes.assignments(stream)["theme_id"].value_counts()
    return themes["theme_id"].map(counted).fillna(0).to_numpy(dtype=np.int64)


def _rows(ids: list[str], fit_id: str, places: Floats) -> list[tuple[str, str, float, float]]:
    return [(one, fit_id, float(x), float(y)) for one, (x, y) in zip(ids, places, strict=True)]
