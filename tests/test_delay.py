"""Recent days are known to be incomplete."""

import numpy as np
import pandas as pd
import pytest

from topics.delay import Delays, completeness

AS_OF = pd.Timestamp("2026-06-29 12:00")


@pytest.fixture
def late() -> pd.DataFrame:
    """Sixty in a hundred arrive the same day, the others a week later; seen until AS_OF."""
    rng = np.random.default_rng(0)
    day = pd.Timestamp("2026-03-01") + pd.to_timedelta(rng.integers(0, 121, 6000), unit="D")
    lag = np.where(rng.random(6000) < 0.6, 0, 7)
    documents = pd.DataFrame({"stream": "feedback", "day": day})
    documents["received_day"] = documents["day"] + pd.to_timedelta(lag, unit="D")
    return documents[documents["received_day"] <= AS_OF]


def test_the_last_day_is_as_complete_as_the_delays_say(late: pd.DataFrame) -> None:
    found = completeness(late, as_of=AS_OF).set_index("day")["completeness"]
    assert found[AS_OF.normalize()] == pytest.approx(0.6, abs=0.03)


def test_days_older_than_the_longest_delay_are_complete(late: pd.DataFrame) -> None:
    found = completeness(late, as_of=AS_OF)
    assert found["day"].min() == AS_OF.normalize() - pd.Timedelta(days=6)


def test_completeness_grows_with_age(late: pd.DataFrame) -> None:
    assert (np.diff(Delays.of(late).arrived(AS_OF.normalize())) >= 0).all()


def test_prompt_reports_leave_every_day_complete(late: pd.DataFrame) -> None:
    assert completeness(late.assign(received_day=late["day"]), as_of=AS_OF).empty


def test_too_few_documents_say_nothing(late: pd.DataFrame) -> None:
    assert completeness(late.head(10), as_of=AS_OF).empty
