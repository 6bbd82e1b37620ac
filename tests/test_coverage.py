"""Feeds that start, stop and pause are told apart from waves of complaints."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from topics.change import Conditions, changes
from topics.coverage import coverage, mark, masks
from topics.volume import daily, series_table

AIRLINES = Path(__file__).parents[1] / "../shared/data/airline_tweets_2015.csv.gz"
DAYS = pd.date_range("2026-01-05", periods=90, freq="D")


def feed(product: str, means: np.ndarray, *, seed: int) -> pd.DataFrame:
    """Documents of one product with these daily means."""
    counts = np.random.default_rng(seed).poisson(means)
    rows = pd.DataFrame({"day": np.repeat(DAYS, counts), "product": product})
    names = [f"{product}-{number}" for number in range(len(rows))]
    return rows.assign(
        document_id=names, reporter=names, customer=None, stream="feedback", kept=True, kind="over_block",
        harm_domain="cyber", hazard="low", theme_id="T0001", mitigation=None, anomaly_type=None, source="web",
    )  # fmt: skip


def test_a_steady_feed_has_no_coverage_change() -> None:
    assert coverage(pd.concat([feed("a", np.full(90, 8.0), seed=1), feed("b", np.full(90, 0.4), seed=2)])).empty


def test_a_product_that_starts_is_a_start_and_its_rise_is_marked() -> None:
    starts = feed("b", np.where(np.arange(90) < 50, 0.0, 20.0), seed=2)
    documents = pd.concat([feed("a", np.full(90, 10.0), seed=1), starts], ignore_index=True)
    found = coverage(documents)
    assert found[["dimension", "value", "kind"]].to_numpy().tolist() == [["product", "b", "start"]]
    assert found["day_low"][0] == DAYS[50]
    seen = changes(daily(documents), conditions=Conditions(series=series_table(documents)))
    marked = mark(seen, documents, found)
    assert not marked.empty
    assert set(marked["coverage"]) == {"product=b start"}


def test_a_wave_among_old_products_is_not_marked() -> None:
    wave = feed("a", np.where(np.arange(90) < 60, 10.0, 30.0), seed=1)
    starts = feed("b", np.where(np.arange(90) < 30, 0.0, 2.0), seed=2)
    documents = pd.concat([wave, starts], ignore_index=True)
    marked = mark(changes(daily(documents)), documents, coverage(documents))
    assert marked[marked["day"] == DAYS[60]]["coverage"].isna().all()


def test_a_theme_that_grows_from_little_is_no_start() -> None:
    grows = feed("b", np.where(np.arange(90) < 50, 1.0, 20.0), seed=3)
    assert coverage(pd.concat([feed("a", np.full(90, 10.0), seed=1), grows])).empty


def test_a_product_that_stops_is_a_stop() -> None:
    stops = feed("b", np.where(np.arange(90) < 50, 20.0, 0.0), seed=2)
    found = coverage(pd.concat([feed("a", np.full(90, 10.0), seed=1), stops]))
    assert found["kind"].tolist() == ["stop"]
    assert found["day_low"][0] == DAYS[50]


def test_a_gap_of_the_whole_feed_is_one_gap_and_masks_its_days() -> None:
    means = np.full(90, 15.0)
    means[40:43] = 0.0
    documents = pd.concat([feed("a", means, seed=1), feed("b", means, seed=2)], ignore_index=True)
    found = coverage(documents)
    assert found[["dimension", "kind"]].to_numpy().tolist() == [["stream", "gap"]]
    masked = masks(found, documents)
    assert masked["day"].tolist() == list(DAYS[40:43])
    assert changes(daily(documents), conditions=Conditions(masks=masked)).empty


def test_quiet_days_of_a_small_feed_are_no_gap() -> None:
    assert coverage(feed("a", np.full(90, 0.5), seed=4)).empty


@pytest.mark.skipif(not AIRLINES.exists(), reason="the shared data folder is not here")
def test_the_airline_whose_collection_starts_late_is_named_and_only_that_one() -> None:
    tweets = pd.read_csv(AIRLINES).drop_duplicates("tweet_id")
    day = pd.to_datetime(tweets["tweet_created"].str[:10])
    documents = pd.DataFrame(
        {"stream": "feedback", "day": day, "kept": True, "product": tweets["airline"], "source": "tweets"}
    )
    found = coverage(documents)
    assert found[["value", "kind"]].to_numpy().tolist() == [["American", "start"]]
    assert found["day_low"][0] == pd.Timestamp("2015-02-22")
