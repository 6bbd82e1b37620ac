"""Adversarial signals beside volume: a planted one is told where it is, benign changes are not, words stay safe."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from api.signals import SignalName
from jobs.store_rows import encoded
from jobs.store_signals import NAMES
from topics.coincidence_use import signals as told_coincidences
from topics.signals import LEAST_STRENGTH, SIGNAL_COLUMNS, SIGNALS, signals, speaks_for
from topics.signals_corpus import COLUMNS, Corpus
from topics.signals_patterns import Pattern
from topics.signals_probing import PATTERNS, asks
from topics.signals_records import MOST_DOCUMENTS, day_number
from topics.signals_shares import Share, exact_interval, rise_p_value

FIRST = pd.Timestamp("2026-01-05")
DAYS = 112
AS_OF = FIRST + pd.Timedelta(days=DAYS - 1, hours=20)
LATE = DAYS - 28
RELEASE = LATE + 2
NO_CHANGES = pd.DataFrame({"series": [], "day": [], "end": []})
Table = pd.DataFrame


@pytest.fixture(scope="module")
def quiet() -> Table:
    """Three themes, four documents a day each, by 240 accounts; nothing changes."""
    random = np.random.default_rng(7)
    rows = []
    for theme in ("T0001", "T0002", "T0003"):
        sounds = "ba ke ti mo ru sa ne li do fu ga ho je ku la".split()
        words = [f"{sound}{theme[-1] * 2}x".translate(str.maketrans("123", "abc")) for sound in sounds]
        for day in range(DAYS):
            for account in random.integers(0, 240, 4):
                claim = " ".join(random.choice(words, 9))
                rows.append({"theme_id": theme, "at": day, "reporter": f"u{account}", "claim": claim})
    table = pd.DataFrame(rows)
    since = {f"u{number}": FIRST - pd.Timedelta(days=int(random.integers(60, 900))) for number in range(240)}
    home = {f"u{number}": ("web", "app")[number % 2] for number in range(240)}
    return complete(table.assign(customer_since=table["reporter"].map(since), product=table["reporter"].map(home)))


def complete(table: Table) -> Table:
    """The table with every column of a corpus."""
    table = table.reset_index(drop=True)
    if "at" in table:
        table = table.assign(day=FIRST + pd.to_timedelta(table.pop("at"), unit="D"))
    usual = {"stream": "feedback", "reporter_known": True, "kept": True, "withheld": False, "kind": "quality",
             "harm_domain": "cyber", "language": "en", "product": "web"}  # fmt: skip
    for name, value in usual.items():
        table[name] = table[name].fillna(value) if name in table else value
    for name in COLUMNS:
        if name not in table:
            table[name] = None
    table["customer"] = table["reporter"]
    table["document_id"] = [f"d{number:05d}" for number in range(len(table))]
    table["customer_since"] = pd.to_datetime(table["customer_since"])
    return table[COLUMNS].astype({"kept": bool, "reporter_known": bool, "withheld": bool})


def late(table: Table, theme: str = "T0002") -> "pd.Series[bool]":
    """Documents of the theme in the last 28 days."""
    return (table["theme_id"] == theme) & (table["day"] >= FIRST + pd.Timedelta(days=LATE))


def other_words(table: Table) -> Table:
    chosen = late(table) & (table.index % 3 == 0)
    return table.assign(claim=table["claim"].where(~chosen, "archivist restore page ledger vault parchment scribe"))


def young_accounts(table: Table) -> Table:
    chosen = late(table) & (table.index % 3 == 0)
    who = table["reporter"].where(~chosen, "n" + table["document_id"])
    since = table["customer_since"].where(~chosen, FIRST + pd.Timedelta(days=LATE - 3))
    return table.assign(reporter=who, customer=who, customer_since=since)


def asking(table: Table) -> Table:
    chosen = late(table) & (table.index % 4 == 0)
    return table.assign(claim=table["claim"].where(~chosen, table["claim"] + ". Which word trips the filter?"))


def campaign(table: Table) -> Table:
    text = "please switch off this guard it stops honest people like me every day and nobody there answers us at all"
    rows = [{"theme_id": "T0002", "at": LATE + 9 + number // 4, "reporter": f"c{number}", "product": "web",
             "claim": text.replace("nobody", f"nobody{'abcdefghij'[number]}"),
             "customer_since": FIRST - pd.Timedelta(days=400)} for number in range(10)]  # fmt: skip
    return complete(pd.concat([table, complete(pd.DataFrame(rows))], ignore_index=True))


def moving(table: Table) -> Table:
    after = (table["theme_id"] == "T0002") & (table["day"] >= FIRST + pd.Timedelta(days=RELEASE))
    number = table["reporter"].str[1:].astype(int)
    return table.assign(product=table["product"].where(~(after & (number % 6 != 0)), "app"))


PLANTED: dict[str, Callable[[Table], Table]] = {
    "wording_shift": other_words,
    "new_accounts": young_accounts,
    "probing": asking,
    "coordinated": campaign,
    "displacement": moving,
}


def judged(table: Table, changes: Table = NO_CHANGES) -> Table:
    return signals(Corpus(table, (day_number(FIRST) + RELEASE,)), changes, as_of=AS_OF)


@pytest.fixture(scope="module")
def found(quiet: Table) -> dict[str, Table]:
    """What is judged in each world with one signal planted in T0002, and in the quiet one."""
    return {name: judged(plant(quiet)) for name, plant in PLANTED.items()} | {"none": judged(quiet)}


def test_every_signal_is_known_everywhere() -> None:
    assert tuple(SIGNALS) == NAMES == SignalName.__args__ == tuple(PLANTED)
    assert set(LEAST_STRENGTH) == set(SIGNALS)


@pytest.mark.parametrize("name", SIGNALS)
def test_a_planted_signal_is_told_of_its_theme_and_of_no_other(found: dict[str, Table], name: str) -> None:
    told = found[name][found[name]["told"]]
    themes = told[told["series"].str.startswith("feedback/theme=")]
    assert name in set(themes.loc[themes["series"] == "feedback/theme=T0002", "signal"])
    assert set(themes["series"]) == {"feedback/theme=T0002"}


@pytest.mark.parametrize("name", ["none", *SIGNALS])
def test_every_finding_has_size_interval_chance_and_evidence(found: dict[str, Table], name: str) -> None:
    table = found[name]
    assert list(table.columns) == SIGNAL_COLUMNS and len(table)
    for row in table.to_dict("records"):
        assert 0 <= row["strength"] <= 1 and 0 <= row["p_value"] <= row["q_value"] <= 1
        assert row["low"] is None or np.isnan(row["low"]) or row["low"] <= row["strength"] <= row["high"]
        assert len(row["document_ids"]) <= MOST_DOCUMENTS and row["days"] == 28
        assert row["evidence"]["reads"] and row["evidence"]["against"]
        assert json.loads(encoded(row["evidence"])) == row["evidence"]
        assert not row["told"] or row["document_ids"]


def test_nothing_is_told_where_nothing_changes(found: dict[str, Table]) -> None:
    assert not found["none"]["told"].any()


def test_the_evidence_is_the_documents_and_words_that_were_planted(quiet: Table, found: dict[str, Table]) -> None:
    row = _row(found["wording_shift"], "wording_shift")
    assert {one["word"] for one in row["evidence"]["words"]} >= {"archivist", "page", "parchment"}
    claims = quiet.assign(claim=other_words(quiet)["claim"]).set_index("document_id")["claim"]
    assert claims[row["document_ids"]].str.contains("archivist").all()


def test_the_same_documents_give_the_same_findings(quiet: Table, found: dict[str, Table]) -> None:
    pd.testing.assert_frame_equal(judged(other_words(quiet)), found["wording_shift"])


def test_words_of_withheld_documents_are_never_told(quiet: Table) -> None:
    table = other_words(quiet)
    hidden = judged(table.assign(withheld=table["claim"].str.contains("archivist")))
    row = _row(hidden, "wording_shift")
    assert row["told"] and "archivist" not in encoded(row["evidence"])


def test_a_rise_that_everybody_shares_is_no_signal_of_a_theme(quiet: Table) -> None:
    table = quiet
    for theme in ("T0001", "T0002", "T0003"):
        chosen = late(table, theme) & (table.index % 3 == 0)
        table = table.assign(claim=table["claim"].where(~chosen, table["claim"] + ". Which word trips the filter?"))
    found = judged(table)
    assert not found[(found["signal"] == "probing") & found["series"].str.contains("theme=")]["told"].any()


def test_many_seats_of_one_company_are_one_account(quiet: Table) -> None:
    table = young_accounts(quiet)
    fresh = table["reporter"].str.startswith("n")
    found = judged(table.assign(customer=table["customer"].where(~fresh, "one company")))
    assert _row(found, "new_accounts")["strength"] < 0.05


def test_without_opening_days_first_sight_stands_for_them_and_is_named(quiet: Table) -> None:
    found = judged(young_accounts(quiet).assign(customer_since=pd.NaT))
    row = _row(found, "new_accounts")
    assert row["told"] and row["evidence"]["facts"]["basis"] == "first seen"


def test_a_campaign_stays_in_the_counts_and_a_slow_form_letter_is_none(quiet: Table) -> None:
    table = campaign(quiet)
    before = table.copy()
    judged(table)
    pd.testing.assert_frame_equal(table, before)
    copies = table["reporter"].str.startswith("c")
    spread = FIRST + pd.to_timedelta(table.index.to_series() % 10 * 11, unit="D")
    found = judged(table.assign(day=table["day"].where(~copies, spread)))
    assert not found.loc[found["signal"] == "coordinated", "told"].any()


def test_where_no_customer_is_known_a_fall_and_a_rise_at_once_are_judged(quiet: Table) -> None:
    found = judged(moving(quiet).assign(customer=None))
    row = _row(found, "displacement")
    assert row["evidence"]["facts"]["followed"] == 0 and row["p_value"] < 0.05 and np.isnan(row["low"])


def test_changes_are_told_what_stood_at_their_day(quiet: Table) -> None:
    day = FIRST + pd.Timedelta(days=LATE + 9)
    changes = pd.DataFrame([{"series": "feedback/theme=T0002", "day": day, "end": pd.NaT}])
    found = judged(campaign(quiet), changes)
    own = found[found["at"] == "change"]
    change = pd.Series({"series": "feedback/theme=T0002", "day": day, "day_low": day, "day_high": day})
    said = {one.type: one for one in told_coincidences(change, None, own)}  # type: ignore[arg-type]
    assert "nearly the same" in said["campaign"].evidence_for and said["campaign"].evidence_against


def test_other_words_alone_speak_for_no_adversary_among_complaints() -> None:
    assert speaks_for("wording_shift", "feedback/theme=T0001", "over_block") is None
    assert speaks_for("wording_shift", "usage_anomaly/theme=T0001", None) == "adversarial_shift"
    assert speaks_for("coordinated", "feedback/theme=T0001", "over_block") == "campaign"


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: f"{one.language} {one.asks}")
def test_every_way_of_asking_is_found_in_its_example_in_linear_time(pattern: Pattern) -> None:
    assert pattern.asks in asks(pattern.example)
    unbounded = re.sub(r"\\.|\[[^\]]*\]", "x", pattern.expression)
    assert not re.search(r"[*+]|\{\d+,\}", unbounded)


def test_ways_of_asking_are_told_from_near_misses() -> None:
    lines = (Path(__file__).parent / "probing.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    right = sum(row["asks"] and bool(asks(row["text"])) for row in rows)
    assert right >= 0.85 * sum(row["asks"] for row in rows)
    assert not [row["text"] for row in rows if not row["asks"] and asks(row["text"])]


def test_shares_have_exact_intervals_and_an_exact_test() -> None:
    low, high = exact_interval(Share(0, 20))
    assert low == 0.0 and high == pytest.approx(0.1684, abs=1e-4)
    # As scipy.stats has them: fisher_exact, and nchypergeom_fisher with odds of 4.
    assert rise_p_value(Share(2, 40), Share(9, 20)) == pytest.approx(0.00040434, rel=1e-4)
    assert rise_p_value(Share(2, 40), Share(9, 20), elsewhere=4.0) == pytest.approx(0.0982761, rel=1e-4)
    assert rise_p_value(Share(3, 10), Share(3, 10)) == pytest.approx(0.6857, abs=1e-3)
    assert rise_p_value(Share(2, 30), Share(9, 30), elsewhere=5.0) > rise_p_value(Share(2, 30), Share(9, 30))


def test_an_empty_corpus_has_no_signals(quiet: Table) -> None:
    assert judged(quiet.iloc[:0]).empty


def _row(table: Table, signal: str, series: str = "feedback/theme=T0002") -> dict[str, object]:
    own = table[(table["series"] == series) & (table["signal"] == signal) & (table["at"] == "now")]
    return own.iloc[0].to_dict()  # type: ignore[return-value]
