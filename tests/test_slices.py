"""The search for slices: a planted one is found by itself, none is found in noise, and silence where it cannot tell."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigations.slice_weights import raked
from mitigations.slices import err_more

UNKNOWN: Any = None
ATTRIBUTES = ["plan", "language", "surface"]


def world(seed: int, *, ratio: float = 1.0, rows: int = 30_000) -> pd.DataFrame:
    """Half of the blocks and a tenth of the rest audited; benign decisions of pro & fr are blocked more often."""
    dice = np.random.default_rng(seed)
    found = pd.DataFrame(
        {
            "plan": dice.choice(["free", "pro", "edu"], rows),
            "language": dice.choice(["en", "fr", "de", "es"], rows),
            "surface": dice.choice(["api", "web"], rows),
        }
    )
    harmful = dice.random(rows) < 0.05
    odd = ((found["plan"] == "pro") & (found["language"] == "fr")).to_numpy()
    blocked = dice.random(rows) < np.where(harmful, 0.8, np.where(odd, 0.05 * ratio, 0.05))
    chance = np.where(blocked, 0.5, 0.1)
    judged = dice.random(rows) < chance
    found["action"] = np.where(blocked, "block", "allow")
    found["truth"] = np.where(judged, np.where(harmful, "harmful", "benign"), UNKNOWN)
    found["truth_source"] = np.where(judged, "audit", UNKNOWN)
    found["inclusion_probability"] = np.where(judged, chance, np.nan)
    return found


def test_planted_slice_is_found_alone_with_its_effect() -> None:
    found = err_more(world(1, ratio=3.0), ATTRIBUTES, kind="over_block").found
    assert [record["slice"] for record in found] == ["plan=pro & language=fr"]
    record = found[0]
    assert record["rate_low"] < 0.15 < record["rate_high"]
    assert record["rest_low"] < 0.05 < record["rest_high"]
    assert record["ratio_low"] < 3.0 < record["ratio_high"]
    assert record["q_value"] < 0.05
    assert record["stability"] >= 0.8


def test_nothing_is_found_in_noise() -> None:
    for kind in ("over_block", "under_block"):
        search = err_more(world(2), ATTRIBUTES, kind=kind)
        assert search.tested > 5
        assert search.found == []


def test_a_plan_that_is_audited_more_often_is_no_find() -> None:
    log = world(6)
    dice = np.random.default_rng(6)
    chance = log["inclusion_probability"].to_numpy()
    fewer = (log["plan"] != "edu").to_numpy() & (dice.random(len(log)) > 0.25) & (log["action"] == "allow").to_numpy()
    log["inclusion_probability"] = np.where(fewer, np.nan, np.where(log["plan"] == "edu", chance, chance * 0.25))
    log.loc[log["action"] == "block", "inclusion_probability"] = chance[log["action"] == "block"]
    log["truth"] = log["truth"].mask(fewer)
    for kind in ("over_block", "under_block"):
        assert err_more(log, ATTRIBUTES, kind=kind).found == []


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.booleans()), min_size=1, max_size=40), st.floats(0.5, 9)
)
def test_smoothed_weights_stay_alike_where_weights_are_and_scale_with_them(
    rows: list[tuple[int, int, bool]], times: float
) -> None:
    codes = np.array([row[:2] for row in rows])
    wrong = np.array([row[2] for row in rows])
    assert raked(codes, (3, 2), wrong, np.full(len(rows), times)) == pytest.approx(times)
    weight = np.arange(1.0, len(rows) + 1)
    once = raked(codes, (3, 2), wrong, weight)
    assert raked(codes, (3, 2), wrong, times * weight) == pytest.approx(times * once)
    assert once.min() > 0


def test_without_audits_of_allowed_decisions_misses_cannot_be_searched() -> None:
    log = world(3, ratio=3.0)
    unseen = log["action"] == "allow"
    blind = log.assign(truth=log["truth"].mask(unseen), inclusion_probability=log["inclusion_probability"].mask(unseen))
    assert err_more(blind, ATTRIBUTES, kind="under_block").reason.startswith("cannot tell")
    over = err_more(blind, ATTRIBUTES, kind="over_block")
    assert over.measure == "share of acted decisions that were benign"
    assert "plan=pro & language=fr" in [record["slice"] for record in over.found]


def test_attribute_that_names_customers_is_left_out() -> None:
    log = world(4, rows=4_000)
    log["customer"] = [f"c{row % 900}" for row in range(len(log))]
    search = err_more(log, [*ATTRIBUTES, "customer"], kind="over_block")
    assert search.left_out == ("customer",)


@pytest.mark.parametrize("attributes", [[], ["plan"]])
def test_few_attributes_are_enough(attributes: list[str]) -> None:
    assert err_more(world(5, rows=3_000), attributes, kind="over_block").tested <= 3
