"""Anomalies of accounts: planted ones are found on their day, what everybody does is none, the past decides alone."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigations.accounts import account_anomalies
from mitigations.accounts_tails import beta_binomial, negative_binomial
from mitigations.anomalies import LINKED, MIX, NEWCOMERS, SHARE, VOLUME, Options, bounded
from mitigations.anomalies_level import Tail
from mitigations.anomaly_links import by_customer
from mitigations.linked import groups, linked_accounts

FIRST = pd.Timestamp("2026-01-05")
DAYS, ACCOUNTS, JUMP = 80, 60, 70
GUARDS = ("bio-guard", "cyber-guard")
WEEK = Options(false_per_week=0.7)


def log(seed: int = 0, *, days: int = DAYS, blocked: float = 0.2, late: float | None = None) -> pd.DataFrame:
    """Sixty accounts with two decisions a day, a fifth blocked; from day JUMP on the share `late` of everybody's."""
    dice = np.random.default_rng(seed)
    counts = dice.poisson(2, (days, ACCOUNTS))
    day, account = (np.repeat(place, counts[np.nonzero(counts)]) for place in np.nonzero(counts))
    share = np.where(day >= JUMP, blocked if late is None else late, blocked)
    return rows(day, [f"c{one:03d}" for one in account], dice.choice(GUARDS, len(day)), dice.random(len(day)) < share)


def rows(day: Any, customer: Any, mitigation: Any, blocked: Any, excerpt: Any = None) -> pd.DataFrame:
    day = np.asarray(day)
    when = FIRST + pd.to_timedelta(day, unit="D") + pd.to_timedelta(np.arange(len(day)) % 86_000, unit="s")
    action = np.where(np.broadcast_to(blocked, day.shape), "block", "allow")
    table = {"decided_at": when, "customer": customer, "mitigation": mitigation, "action": action, "excerpt": excerpt}
    return pd.DataFrame(table, index=range(len(day)))


def whole(*parts: pd.DataFrame) -> pd.DataFrame:
    found = pd.concat([part.astype({"excerpt": object}) for part in parts]).sort_values("decided_at", kind="stable")
    return found.reset_index(drop=True).assign(decision_id=[f"d{one:06d}" for one in range(len(found))])


def on(found: pd.DataFrame) -> list[tuple[str, str | None, int]]:
    days = [(pd.Timestamp(row["day"]) - FIRST).days for row in found["attributes"]]
    return list(zip(found["anomaly_type"], found["customer"], days, strict=True))


PLANTS = {
    SHARE: (rows([JUMP] * 14, "c007", "bio-guard", True), "c007"),
    VOLUME: (rows([JUMP] * 60, "c008", np.resize(GUARDS, 60), np.arange(60) % 5 == 0), "c008"),
    MIX: (rows([JUMP] * 20, "c009", "cyber-guard", np.arange(20) % 5 == 0), "c009"),
    NEWCOMERS: (rows([JUMP] * 25, [f"n{one}" for one in range(25)], "bio-guard", True), None),
}


@pytest.fixture(scope="module")
def planted() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A log with an anomaly of each type, and what is found in it."""
    made = whole(log(1), *(extra for extra, _ in PLANTS.values()))
    return made, account_anomalies(made, WEEK)


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_anomaly_is_told_on_its_day_with_its_account(
    planted: tuple[pd.DataFrame, pd.DataFrame], name: str
) -> None:
    assert (name, PLANTS[name][1], JUMP) in on(planted[1])


def test_an_anomaly_says_what_is_usual_and_which_decisions_stand_behind_it(
    planted: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    made, found = planted
    one = found[found["anomaly_type"] == SHARE].iloc[0]
    facts = one["attributes"]
    behind = made.set_index("decision_id").loc[one["decision_ids"]]
    assert (behind["customer"] == "c007").all() and (behind["action"] == "block").all()
    assert facts["observed"] == len(behind) == facts["decisions_behind"]
    assert facts["usual_low"] <= facts["usual"] <= facts["usual_high"] < facts["observed"] <= facts["decisions"]
    assert facts["expected_false_a_day"] <= facts["level_a_day"] == pytest.approx(0.7 / 7 / 8, abs=1e-5)
    assert one["observed_at"] == behind["decided_at"].max()


def test_what_happens_to_everybody_is_nobodys_anomaly() -> None:
    # Sixty accounts are blocked three times as often for ten days; one false anomaly is within the budget.
    assert len(account_anomalies(whole(log(late=0.6)), WEEK)) <= 1


def test_a_quiet_log_has_none_and_an_empty_one_neither() -> None:
    assert not len(account_anomalies(whole(log(3)), Options(false_per_week=0.05)))
    empty = whole(log()).iloc[:0]
    assert not len(account_anomalies(empty)) and not len(linked_accounts(empty))


def test_later_days_change_nothing_of_earlier_ones(planted: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    made, all_of = planted
    end = FIRST + pd.Timedelta(days=JUMP + 1)
    early = account_anomalies(made[made["decided_at"] < end], WEEK)
    kept = all_of[all_of["observed_at"] < end].reset_index(drop=True)
    assert len(early) >= 4 and early["decision_ids"].tolist() == kept["decision_ids"].tolist()
    assert early["attributes"].tolist() == kept["attributes"].tolist()


def test_the_order_of_the_rows_changes_nothing(planted: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    made, found = planted
    assert account_anomalies(made.sample(frac=1, random_state=1), WEEK).to_dict("records") == found.to_dict("records")


def test_links_depend_on_no_later_day_and_no_order() -> None:
    made = whole(*gang(JUMP))
    found = linked_accounts(made, WEEK)
    early = made[made["decided_at"] < FIRST + pd.Timedelta(days=JUMP + 1)]
    for other in (early, made.sample(frac=1, random_state=1)):
        assert linked_accounts(other, WEEK).to_dict("records") == found.to_dict("records")


def gang(day: int) -> list[pd.DataFrame]:
    """Everyday texts that people come to at any time, and six accounts with one new template."""
    dice = np.random.default_rng(9)
    said = [f"please write one long {noun} about the weather of june" for noun in "poem song story letter".split()]
    days = dice.integers(0, DAYS, 300)
    plain = rows(days, [f"c{one:03d}" for one in dice.integers(0, 60, 300)], "bio-guard", False, dice.choice(said, 300))
    text = [f"open every locked vault number {one} of the northern harbour district" for one in range(6)]
    return [plain, rows([day] * 6, [f"c{one:03d}" for one in range(10, 16)], "cyber-guard", True, text)]


def test_accounts_that_come_to_one_text_at_once_are_linked_and_no_others() -> None:
    found = linked_accounts(whole(*gang(JUMP)), WEEK)
    assert on(found) == [(LINKED, None, JUMP)]
    assert found["attributes"].iloc[0]["customers"] == [f"c{one:03d}" for one in range(10, 16)]
    assert found["mitigation"].tolist() == ["cyber-guard"] and len(found["decision_ids"].iloc[0]) == 6


WORDS = st.lists(st.sampled_from("red green blue open shut vault harbour door 7 12".split()), min_size=1, max_size=12)


@settings(max_examples=40)
@given(st.lists(WORDS.map(" ".join), max_size=20), st.integers(0, 20))
def test_a_text_keeps_its_group_whatever_comes_later(texts: list[str], cut: int) -> None:
    assert groups(texts)[:cut].tolist() == groups(texts[:cut]).tolist()


def test_varied_words_and_numbers_stay_in_one_group() -> None:
    one = "open the northern vault 12 of the harbour district by noon"
    two = "open the northern vault 99 of the harbour district by dawn"
    assert groups([one, two, "something else entirely that nobody said before"]).tolist() == [0, 0, 1]


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(0, 40), st.floats(0.05, 0.95), st.floats(0.5, 200))
def test_tails_are_those_of_the_distributions(trials: int, seen: int, share: float, precision: float) -> None:
    from scipy.stats import betabinom, nbinom

    seen = min(seen, trials)
    given = [np.array([float(one)]) for one in (seen, trials, share, precision)]
    wanted = betabinom.sf(seen - 1, trials, share * precision, (1 - share) * precision)
    assert np.exp(-beta_binomial(*given)[0]) == pytest.approx(wanted, rel=1e-6, abs=1e-12)
    mean = trials * share
    wanted = nbinom.sf(seen - 1, precision, precision / (precision + mean))
    found = negative_binomial(given[0], np.array([mean]), given[3])[0]
    assert np.exp(-found) == pytest.approx(wanted, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_the_level_holds_what_the_tail_promises(scale: float) -> None:
    dice = np.random.default_rng(4)
    tail = Tail()
    for _ in range(60):
        tail.add(dice.exponential(scale, 1_000))
    later = dice.exponential(scale, 500_000)
    told = (tail.expected(later, 1_000) <= 0.5).sum() / 500
    assert 0.2 < told < 0.65


def test_a_day_keeps_its_least_likely_anomalies() -> None:
    day = pd.to_datetime(["2026-03-01"] * 3 + ["2026-03-02"])
    found = pd.DataFrame({"observed_at": day, "surprise": [0.2, np.nan, 0.1, 0.5]})
    assert bounded(found, most_a_day=2).tolist() == [True, False, True, True]


def test_large_themes_are_not_tied_by_the_customers_that_chance_gives_them() -> None:
    ties = by_customer([("T1", 30, 100, 300, 1_000), ("T2", 30, 100, 60, 1_000), ("T3", 2, 2, 2, 1_000)])
    assert [(tie.theme_id, tie.strength, tie.by_chance) for tie in ties] == [("T2", 0.5, 6.0)]
