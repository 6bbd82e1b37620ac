"""Error rates from sampled truth: right under biased review, and silent where the sample cannot tell."""

import numpy as np
import pandas as pd
import pytest

from mitigations.error_rates import error_rates
from mitigations.judged import judged


def log(*groups: tuple[int, str, str | None, float, str | None]) -> pd.DataFrame:
    """So many rows each of: action, truth, inclusion probability, source."""
    rows = [group[1:] for group in groups for _ in range(group[0])]
    return pd.DataFrame(rows, columns=["action", "truth", "inclusion_probability", "truth_source"])


NO = float("nan")
AUDITED = log(
    (30, "block", "harmful", 0.5, "audit"),
    (20, "block", "benign", 0.5, "audit"),
    (50, "block", None, NO, None),
    (2, "allow", "harmful", 0.1, "audit"),
    (98, "allow", "benign", 0.1, "audit"),
    (900, "allow", None, NO, None),
)


def test_rates_weigh_each_side_by_its_decisions() -> None:
    row = error_rates(AUDITED).iloc[0]
    assert (row["decisions"], row["acted"], row["judged"]) == (1_100, 100, 150)
    assert row["precision"] == pytest.approx(0.6)
    assert row["recall"] == pytest.approx(60 / 80)
    assert row["fpr"] == pytest.approx(40 / 1020)
    assert row["fnr"] == pytest.approx(20 / 80)
    assert row["prevalence"] == pytest.approx(80 / 1100)
    for name in ("precision", "recall", "fpr", "fnr", "prevalence"):
        assert row[f"{name}_low"] < row[name] < row[f"{name}_high"]


def test_a_side_without_a_find_still_says_how_many_there_might_be() -> None:
    clean = log(
        (50, "block", "harmful", 1.0, "audit"),
        (100, "allow", "benign", 0.01, "audit"),
        (9_900, "allow", None, NO, None),
    )
    row = error_rates(clean).iloc[0]
    assert row["fnr"] == 0
    assert row["fnr_high"] > 0.8


def test_without_audits_of_allowed_decisions_only_precision_is_told() -> None:
    blocks = AUDITED[(AUDITED["action"] == "block") | AUDITED["truth"].isna()]
    row = error_rates(blocks).iloc[0]
    assert row["precision"] == pytest.approx(0.6)
    assert row[["recall", "fpr", "fnr", "prevalence"]].isna().all()
    assert row["declared"].startswith("cannot tell recall")


def test_appeals_and_red_team_are_no_sample_whatever_they_state() -> None:
    added = pd.concat([AUDITED, log((40, "block", "benign", 0.5, "appeal"), (70, "allow", "harmful", 0.5, "red_team"))])
    found = judged(added)
    row = error_rates(added).iloc[0]
    assert row["precision"] == pytest.approx(0.6)
    assert row["decisions"] == 1_140
    assert any("40 appeals" in note for note in found.notes)
    assert any("70 red team" in note for note in found.notes)


def test_truth_without_a_probability_counts_only_where_every_decision_has_one() -> None:
    everything = log((40, "block", "harmful", NO, None), (10, "allow", "harmful", NO, None))
    row = error_rates(everything).iloc[0]
    assert row["fnr"] == pytest.approx(0.2)
    assert row["fnr_low"] < 0.2 < row["fnr_high"]
    some = pd.concat([everything, log((5, "block", None, NO, None), (5, "allow", None, NO, None))])
    row = error_rates(some).iloc[0]
    assert row[["precision", "fnr"]].isna().all()
    assert any("verification bias" in note for note in judged(some).notes)


def test_a_file_of_the_sample_alone_is_weighed_up_to_the_decisions_it_stands_for() -> None:
    row = error_rates(AUDITED[AUDITED["truth"].notna()]).iloc[0]
    assert row["decisions"] == 1_100
    assert row["fnr"] == pytest.approx(0.25)


def test_weights_that_stand_for_too_few_decisions_are_told() -> None:
    wrong = AUDITED.assign(inclusion_probability=AUDITED["inclusion_probability"] * 4.0)
    wrong["inclusion_probability"] = wrong["inclusion_probability"].clip(upper=1.0)
    assert any("could not be drawn" in note for note in judged(wrong).notes)


def test_slices_and_rows_that_do_not_say() -> None:
    plans = np.where(np.arange(len(AUDITED)) % 2 == 0, "edu", "pro").astype(object)
    plans[:10] = None
    found = error_rates(AUDITED.assign(plan=plans), by=["plan"]).set_index("slice")
    assert list(found.index) == ["all", "plan=(none)", "plan=edu", "plan=pro"]
    assert found["decisions"].iloc[1:].sum() == found.loc["all", "decisions"]
    assert "no random audit of allowed" not in str(found.loc["plan=(none)", "declared"])
