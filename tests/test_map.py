"""The map of themes: places that tell likeness and stay, documents around them, labels, who sees what."""

import json
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from jobs import theme_map
from jobs.cli import cli
from jobs.map_content import map_spec
from jobs.map_content import theme_map as content_of
from jobs.workspace import Workspace
from topics.map import HEIGHT, WIDTH, added, laid_out, radii, scattered
from topics.map_labels import LETTER, LINE, label_places, wrapped

FAMILIES, EACH = 6, 5


@pytest.fixture
def centroids() -> np.ndarray:
    """Thirty unit directions in six families of five."""
    rng = np.random.default_rng(7)
    middles = np.repeat(rng.normal(size=(FAMILIES, 64)), EACH, axis=0)
    return unit(middles + 0.5 * rng.normal(size=middles.shape))


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def distances(places: np.ndarray) -> np.ndarray:
    return np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))


def test_like_themes_stand_near_and_no_discs_overlap(centroids: np.ndarray) -> None:
    sizes = np.arange(30, 0, -1)
    places = laid_out(centroids, sizes)
    apart = distances(places) + 99 * np.eye(30)
    family = np.arange(30) // EACH
    nearest = family[apart.argsort(axis=1)[:, : EACH - 1]]
    assert (nearest == family[:, None]).mean() > 0.9
    reach = radii(sizes)
    assert (apart >= reach[:, None] + reach[None, :] - 1e-3).all()
    assert (np.abs(places) <= [WIDTH / 2, HEIGHT / 2]).all()


def test_the_same_themes_get_the_same_map(centroids: np.ndarray) -> None:
    sizes = np.full(30, 10)
    assert np.array_equal(laid_out(centroids, sizes), laid_out(centroids, sizes))


def test_themes_keep_roughly_their_place_at_the_next_fit(centroids: np.ndarray) -> None:
    sizes = np.full(30, 10)
    first = laid_out(centroids, sizes)
    drifted = unit(centroids + 0.03 * np.random.default_rng(1).normal(size=centroids.shape))
    before = first.copy()
    before[[4, 17]] = np.nan  # two are new
    second = laid_out(drifted, sizes, before=before)
    known = np.isfinite(before).all(axis=1)
    moved = np.linalg.norm(second - first, axis=1)
    assert np.median(moved[known]) < 0.05 * WIDTH
    family = np.arange(30) // EACH
    for new in (4, 17):
        kin = (family == family[new]) & known
        assert np.linalg.norm(second[new] - second[kin].mean(axis=0)) < 0.8


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5])
def test_few_themes_have_places_too(number: int, centroids: np.ndarray) -> None:
    places = laid_out(centroids[:number], np.full(number, 3))
    assert places.shape == (number, 2) and np.isfinite(places).all()
    assert number < 2 or distances(places)[np.triu_indices(number, 1)].min() > 0


def test_themes_in_one_direction_are_pushed_apart() -> None:
    places = laid_out(np.repeat(unit(np.ones((1, 8))), 7, axis=0), np.full(7, 5))
    assert np.isfinite(places).all() and distances(places)[np.triu_indices(7, 1)].min() > 0.01


def test_a_document_stands_by_its_theme_whatever_else_is_placed(centroids: np.ndarray) -> None:
    places, reach = laid_out(centroids, np.full(30, 10)), radii(np.full(30, 10))
    rng = np.random.default_rng(3)
    theme = rng.integers(0, 30, size=200)
    rows = unit(centroids[theme] + 0.05 * rng.normal(size=(200, 64)))
    found = scattered(rows, theme, centroids, places, reach)
    far = np.linalg.norm(found - places[theme], axis=1)
    assert (far <= reach[theme] + 1e-3).all()
    assert np.array_equal(scattered(rows[90:91], theme[90:91], centroids, places, reach)[0], found[90])
    likeness = (rows * centroids[theme]).sum(axis=1)
    assert np.corrcoef(likeness, far)[0, 1] < -0.9


def test_a_document_of_no_theme_stands_between_those_it_is_like(centroids: np.ndarray) -> None:
    places = laid_out(centroids, np.full(30, 10))
    between = unit(centroids[:1] + centroids[1:2])
    spot = scattered(between, np.array([-1]), centroids, places, radii(np.full(30, 10)))[0]
    assert np.linalg.norm(spot - places[:5].mean(axis=0)) < np.median(distances(places))
    assert np.array_equal(added(centroids[3:4], np.delete(centroids, 3, 0), np.delete(places, 3, 0)).shape, (1, 2))


def test_labels_do_not_overlap_and_the_largest_has_one() -> None:
    rng = np.random.default_rng(5)
    middles, reach = rng.uniform([60, 30], [940, 570], size=(80, 2)), rng.uniform(4, 40, size=80)
    texts = [wrapped("A name of some length " * 2)] * 80
    spots = label_places(middles, reach, texts, width=1000, height=600)
    wide, high = max(map(len, texts[0].split("\n"))) * LETTER, len(texts[0].split("\n")) * LINE
    shown = np.array([spot for spot in spots if spot])
    assert spots[int(reach.argmax())] is not None and 15 < len(shown) < 80
    gaps = np.abs(shown[:, None] - shown[None])
    meet = (gaps[..., 0] < wide - 1e-6) & (gaps[..., 1] < high - 1e-6)
    assert meet.sum() == len(shown)  # each with itself alone
    assert (shown >= [wide / 2 - 1e-6, high / 2 - 1e-6]).all() and (shown <= [1000 - wide / 2, 600 - high / 2]).all()


@pytest.fixture
def mapped(vectored: Workspace) -> Workspace:
    """`vectored`, its themes in their own directions and on the map."""
    with vectored.open_store() as store:
        for row in store.themes.prototypes("feedback").itertuples():
            blob = np.asarray(row.centroid, dtype=np.float32).tobytes()
            store.db.execute("UPDATE theme SET centroid = ? WHERE theme_id = ?", (blob, row.theme_id))
        axis = np.zeros(384, dtype=np.float32)
        axis[6] = 1
        store.db.execute("UPDATE theme SET centroid = ? WHERE theme_id = 'T0006'", (axis.tobytes(),))
        theme_map.run(store)
    return vectored


def test_a_second_run_places_nothing_and_moves_nothing(mapped: Workspace) -> None:
    with mapped.open_store() as store:
        before = store.map.places("feedback"), store.map.points("feedback", most=10_000)
        assert len(before[0]) and len(before[1])
        assert theme_map.run(store) == 0
        assert before[0].equals(store.map.places("feedback"))
        assert before[1].equals(store.map.points("feedback", most=10_000))


def test_new_documents_join_and_the_others_stay(mapped: Workspace) -> None:
    with mapped.open_store() as store:
        before = store.map.points("feedback", most=10_000)
        gone = store.db.execute("SELECT document_id FROM map_point ORDER BY document_id LIMIT 3").fetchall()
        store.db.conn.executemany("DELETE FROM map_point WHERE document_id = ?", gone)
        assert theme_map.run(store) == 3
        assert store.map.points("feedback", most=10_000).equals(before)


def test_a_theme_that_ends_leaves_the_map(mapped: Workspace) -> None:
    with mapped.open_store() as store:
        ended = store.map.places("feedback")["theme_id"][0]
        store.themes.end([ended], state="retired")
        theme_map.run(store)
        assert ended not in set(store.map.places("feedback")["theme_id"])


def test_the_answer_holds_places_and_no_words(mapped: Workspace, client: FlaskClient, analyst: dict[str, str]) -> None:
    body = client.get("/api/v1/themes/map", headers=analyst).get_json()
    assert body["themes"] and body["points"] and body["hidden"] == 0
    assert set(body["points"][0]) == {"theme_id", "kind", "harm_domain", "x", "y"}
    assert "phrases" not in body["themes"][0] and body["as_of"]
    assert client.get("/api/v1/themes/map?stream=nothing", headers=analyst).status_code == 422


def test_a_product_manager_sees_discs_large_enough_alone(
    mapped: Workspace, client: FlaskClient, api_keys: dict[str, str], analyst: dict[str, str]
) -> None:
    headers = {"X-API-Key": api_keys["pm"]}
    body = client.get("/api/v1/themes/map", headers=headers).get_json()
    everything = client.get("/api/v1/themes/map", headers=analyst).get_json()
    assert body["points"] == [] and body["hidden"] > 0
    assert body["hidden"] + len(body["themes"]) == len(everything["themes"])
    assert all(theme["kind"] is None and theme["reporters"] >= 5 for theme in body["themes"])
    page = client.get("/map", headers=headers).get_data(as_text=True)
    assert "are left out" in page and 'name="colour"' not in page


def test_the_page_says_what_to_do_where_nothing_is_mapped(client: FlaskClient, analyst: dict[str, str]) -> None:
    page = client.get("/map?stream=usage_anomaly", headers=analyst)
    assert page.status_code == 200 and "groundswell run" in page.get_data(as_text=True)


def texts_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {text for item in value.values() for text in texts_in(item)}
    if isinstance(value, list):
        return {text for item in value for text in texts_in(item)}
    return {value} if isinstance(value, str) else set()


def test_the_chart_carries_no_text_of_a_document(mapped: Workspace) -> None:
    with mapped.open_store() as store:
        spec = map_spec(content_of(store, "feedback", small_cell=0, points=1_000), colour="kind", linked=True)
        claims = set(store.understanding.claims()["claim"]) - {""}
        ids = set(store.understanding.claims()["document_id"])
    assert not texts_in(spec) & (claims | ids)
    assert "/themes/T0001" in texts_in(spec) and "href" in json.dumps(spec)


def test_the_command_draws_a_picture(mapped: Workspace, tmp_path: Any) -> None:
    target = tmp_path / "map.png"
    done = CliRunner().invoke(cli, ["-w", str(mapped.path), "themes", "map", "-o", str(target)])
    assert done.exit_code == 0 and target.read_bytes().startswith(b"\x89PNG")


def test_without_themes_the_command_says_what_to_do(workspace: Workspace, tmp_path: Any) -> None:
    done = CliRunner().invoke(cli, ["-w", str(workspace.path), "themes", "map", "-o", str(tmp_path / "map.png")])
    assert done.exit_code == 1 and "groundswell run" in done.output
