"""What evasion leaves behind: scores under the threshold, people who go on elsewhere, complaints that stop."""

import numpy as np
import pandas as pd
import pytest

from mitigations.bunching import bunching
from mitigations.evasion_moves import displacement
from mitigations.trust_loss import trust

END = pd.Timestamp("2026-07-01")


def scores(*, planted: float = 0.0, rows: int = 8_000, threshold: float = 0.7) -> pd.DataFrame:
    dice = np.random.default_rng(1)
    days = dice.uniform(0, 180, rows)
    score = dice.beta(1.5, 2.0, rows)
    moved = (days > 152) & (score > threshold) & (dice.random(rows) < planted)
    score = np.where(moved, threshold - dice.uniform(0.0005, 0.02, rows), score)
    at = END - pd.to_timedelta(180 - days, unit="D")
    who = [f"c{one}" for one in dice.integers(0, 500, rows)]
    return pd.DataFrame({"decided_at": at, "score": score, "threshold": threshold, "customer": who})


def test_scores_that_bunch_are_told_with_their_excess() -> None:
    found = bunching(scores(planted=0.35))
    assert found.verdict == "bunching"
    assert found.p_value < 0.01
    assert 0.3 < found.excess_low < found.excess < found.excess_high <= 1
    assert found.share > 2 * found.share_before


def test_smooth_scores_do_not_bunch() -> None:
    found = bunching(scores())
    assert found.verdict == "no bunching"
    assert found.excess_low < 0 < found.excess_high


def test_one_busy_customer_is_no_bunching() -> None:
    rows = scores()
    own = (rows["decided_at"] > END - pd.Timedelta(days=20)).to_numpy() & (np.arange(len(rows)) % 9 == 0)
    rows.loc[own, ["score", "customer"]] = [0.69, "c1"]
    assert bunching(rows).verdict == "no bunching"


def test_few_or_no_scores_cannot_tell() -> None:
    assert bunching(scores(rows=300)).verdict == "cannot tell"
    assert bunching(scores().assign(score=np.nan)).verdict == "cannot tell"
    assert "different scores" in bunching(scores().round({"score": 1})).reason


def test_new_threshold_without_past_cannot_tell() -> None:
    rows = scores()
    rows.loc[rows["decided_at"] > END - pd.Timedelta(days=28), "threshold"] = 0.75
    assert bunching(rows).verdict == "cannot tell"


def requests(*, fall: float, moved: float) -> pd.DataFrame:
    """56 days; from the middle on `fall` of the blocks of `here` stay, a share `moved` of its customers go on there."""
    dice = np.random.default_rng(2)
    rows = []
    for customer in range(300):
        blocked = customer % 3 == 0
        mover = blocked and dice.random() < moved
        for _ in range(6):
            day = float(dice.uniform(0, 56))
            place = "there" if mover and day >= 28 else ("here" if customer % 2 else "beside")
            stopped = blocked and dice.random() < (0.5 * fall if day >= 28 and place == "here" else 0.5)
            rows.append((f"c{customer}", END - pd.Timedelta(days=56 - day), bool(stopped), place))
    return pd.DataFrame(rows, columns=["customer", "at", "stopped", "mitigation"])


def told(rows: pd.DataFrame) -> str:
    return displacement(rows, here={"mitigation": ["here"]}, cuts=[END - pd.Timedelta(days=28)]).verdict


def test_blocked_customers_who_go_on_elsewhere_are_told() -> None:
    found = displacement(
        requests(fall=0.5, moved=0.6), here={"mitigation": ["here"]}, cuts=[END - pd.Timedelta(days=28)]
    )
    assert found.verdict == "displaced"
    assert found.move is not None
    assert found.move.to == "there"
    assert found.move.share_low < found.move.moved / found.move.stopped < found.move.share_high
    assert found.move.share > found.move.usual


def test_fewer_blocks_alone_are_no_displacement() -> None:
    assert told(requests(fall=0.3, moved=0.0)) == "none seen"
    assert told(requests(fall=1.0, moved=0.0)) == "none seen"


def test_nobody_to_follow_cannot_tell() -> None:
    assert told(requests(fall=0.5, moved=0.6).assign(customer=None)) == "cannot tell"


def weeks(**times: float) -> pd.DataFrame:
    """Sixteen steady weeks; the last four are so many times the others."""
    late = np.arange(16) >= 12
    level = {"complaints": 40.0, "blocked": 900.0, "customers": 2_000.0, "appeals": 70.0, "requests": 90_000.0}
    wiggle = 1 + 0.05 * np.sin(np.arange(16))
    frame = pd.DataFrame(
        {name: value * wiggle * np.where(late, times.get(name, 1.0), 1.0) for name, value in level.items()}
    )
    return frame.assign(week=pd.date_range("2026-01-05", periods=16, freq="7D"), heard=frame["requests"],
                        appealable=frame["blocked"])  # fmt: skip


@pytest.mark.parametrize(
    ("times", "verdict"),
    [
        ({"complaints": 0.4, "blocked": 0.4, "appeals": 0.4}, "repair"),
        ({"complaints": 0.4, "customers": 0.6}, "loss of trust"),
        ({"complaints": 0.4, "appeals": 0.4}, "loss of trust"),
        ({"complaints": 0.4}, "cannot tell"),
        ({}, "no drop"),
        ({"complaints": 1.5}, "no drop"),
    ],
)
def test_drop_in_complaints_is_read_beside_blocks_customers_and_appeals(times: dict[str, float], verdict: str) -> None:
    assert trust(weeks(**times)).verdict == verdict


def test_drop_is_not_read_without_blocks_or_time() -> None:
    assert trust(weeks(complaints=0.4).drop(columns="blocked")).verdict == "cannot tell"
    assert trust(weeks(complaints=0.4).tail(10)).verdict == "cannot tell"
    few = weeks(complaints=0.4)
    assert trust(few.assign(complaints=few["complaints"] / 40)).verdict == "cannot tell"


def test_blocks_that_fall_while_customers_leave_are_no_repair() -> None:
    assert trust(weeks(complaints=0.4, blocked=0.4, customers=0.5)).verdict == "cannot tell"
