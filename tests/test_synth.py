"""Simulated worlds hold what they say they hold."""

import numpy as np
import pandas as pd
import pytest

from topics.synth import EVENTS, World, known_by, world
from topics.synth_events import information


@pytest.fixture(scope="module")
def planted() -> World:
    """One small world."""
    return world(11, series=150, days=240)


def test_a_third_of_the_themes_have_one_event(planted: World) -> None:
    assert len(planted.truth) == 50
    assert planted.truth["series"].is_unique
    assert set(planted.truth["event"]) <= set(EVENTS)


def test_a_share_shift_leaves_the_total_of_the_pair_as_it_was(planted: World) -> None:
    shifts = planted.truth[planted.truth["event"] == "share_shift"]
    assert len(shifts) >= 2
    place = {name: row for row, name in enumerate(planted.names)}
    for row in shifts.to_dict("records"):
        pair = [place[row["series"]], place[row["partner"]]]
        np.testing.assert_allclose(planted.means[pair].sum(axis=0), planted.null_means[pair].sum(axis=0))


def test_means_without_events_are_the_null_means(planted: World) -> None:
    quiet = [row for row, name in enumerate(planted.names) if name not in set(planted.truth["series"])]
    np.testing.assert_array_equal(planted.means[quiet], planted.null_means[quiet])


def test_reports_arrive_late_and_all_in_the_end(planted: World) -> None:
    reporters = planted.volumes["reporters"].to_numpy(float).reshape(planted.means.shape)
    last = planted.means.shape[1] - 1
    np.testing.assert_array_equal(planted.arrived.sum(axis=2), reporters)
    then = known_by(planted.arrived, 100)
    assert (then[:, 101:] == 0).all()
    assert 0.4 * reporters[:, 100].sum() < then[:, 100].sum() < 0.9 * reporters[:, 100].sum()
    np.testing.assert_array_equal(known_by(planted.arrived, last)[:, : last - 14], reporters[:, : last - 14])


def test_a_flood_is_many_documents_of_one_reporter(planted: World) -> None:
    both = planted.volumes.merge(planted.floods, on=["series", "day"])
    assert len(both) == len(planted.floods)
    assert (both["documents"] >= both["reporters"] + 19).all()


def test_nothing_comes_on_days_of_an_outage_but_floods(planted: World) -> None:
    gone = planted.volumes[planted.volumes["day"].isin(planted.outages["day"])]
    flooded = gone.merge(planted.floods, on=["series", "day"])
    assert gone["reporters"].sum() == flooded["reporters"].sum()


def test_a_world_without_events_is_the_same_every_time() -> None:
    once, again = world(3, series=20, days=120, affected=0.0), world(3, series=20, days=120, affected=0.0)
    assert once.truth.empty
    pd.testing.assert_frame_equal(once.volumes, again.volumes)


def test_the_gain_of_an_event_is_the_divergence_of_its_days() -> None:
    none = information(np.array([3.0, 0.0]), np.array([3.0, 0.0]), 0.1)
    some = information(np.array([6.0]), np.array([3.0]), 1e-9)
    assert none.tolist() == [0.0, 0.0]
    assert some[0] == pytest.approx(6.0 * np.log(2.0) - 3.0, rel=1e-3)
