"""The expected line: from the weeks before alone."""

import numpy as np
import pandas as pd
import pytest

from topics.conditions import Conditions
from topics.expected import TRAILING_DAYS, expected_reporters, trailing_level


def volumes(counts: list[float]) -> pd.DataFrame:
    days = pd.date_range("2026-01-05", periods=len(counts), freq="D")
    return pd.DataFrame({"series": "feedback/total", "day": days, "reporters": counts, "customers": counts})


def expected(counts: list[float], conditions: Conditions = Conditions()) -> np.ndarray:  # noqa: B008
    table = expected_reporters(volumes(counts), conditions=conditions, detector="robust_negbin")
    return table.sort_values("day")["expected"].to_numpy()


def test_flat_series_expects_its_level() -> None:
    found = expected([20.0] * 60)
    assert found[40:59] == pytest.approx(20.0, rel=0.02)


def test_later_days_change_no_earlier_expectation() -> None:
    short, long = expected([20.0] * 50), expected([20.0] * 50 + [200.0] * 10)
    assert short[:49] == pytest.approx(long[:49], nan_ok=True)


def test_first_week_expects_nothing() -> None:
    assert np.isnan(expected([20.0] * 30)[:7]).all()


def test_level_forgets_what_is_older_than_four_weeks() -> None:
    counts = np.array([[100.0] * 10 + [1.0] * (TRAILING_DAYS + 1)])
    assert trailing_level(counts, np.ones_like(counts))[0, -1] == pytest.approx(1.0)


def test_no_volumes_give_no_rows() -> None:
    assert expected_reporters(volumes([]), conditions=Conditions(), detector="poisson").empty
