"""Explanations name what carries a change and what it coincides with, and no more."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from topics.change import Conditions, changes
from topics.explain import Surroundings, explain
from topics.volume import daily
from topics.wording import telling_words

DAYS = pd.date_range("2026-01-05", periods=90, freq="D")
USUAL = ["the summary stops halfway", "billing page shows the wrong plan", "search is slow on my laptop"]
WAVE = "my nmap pentest report is refused as malware"


@pytest.fixture(scope="module")
def wave() -> pd.DataFrame:
    """Six documents a day over two plans; from day 60 twelve more, all of plan team, about pentests."""
    rng = np.random.default_rng(0)
    rows = []
    for number, day in enumerate(DAYS):
        claims = list(rng.choice(USUAL, 6)) + ([WAVE] * 12 if number >= 60 else [])
        rows += [{"day": day, "claim": claim, "plan": "team" if claim == WAVE else rng.choice(["team", "free"])}
                 for claim in claims]  # fmt: skip
    documents = pd.DataFrame(rows)
    documents["document_id"] = [f"d{n}" for n in range(len(documents))]
    documents["reporter"] = documents["customer"] = documents["document_id"]
    return documents.assign(
        stream="feedback", kept=True, kind="over_block", harm_domain="cyber", hazard="low", theme_id="T0001",
        mitigation="guard", anomaly_type=None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def rise(wave: pd.DataFrame) -> "pd.Series[object]":
    """The change of the total that the wave makes."""
    found = changes(daily(wave), conditions=Conditions())
    return found[found["series"] == "feedback/total"].iloc[0]


def releases(*days: str, mitigation: str = "guard") -> pd.DataFrame:
    """Releases r0, r1, ... of one mitigation."""
    ids = [f"r{n}" for n in range(len(days))]
    return pd.DataFrame({"release_id": ids, "mitigation": mitigation, "day": pd.to_datetime(list(days))})


def test_the_segment_and_the_words_of_the_wave_are_named(wave: pd.DataFrame, rise: "pd.Series[object]") -> None:
    found = explain(rise, wave)
    assert (found["segments"][0]["attribute"], found["segments"][0]["value"]) == ("plan", "team")
    assert found["segments"][0]["share"] > 0.9
    assert {row["word"] for row in found["words"]} >= {"nmap", "pentest", "refused"}
    assert not {row["word"] for row in found["words"]} & {"billing", "search", "summary"}


def test_a_release_in_the_interval_is_named_with_its_chance(wave: pd.DataFrame, rise: "pd.Series[object]") -> None:
    near = releases(f"{DAYS[60]:%Y-%m-%d}", f"{DAYS[20]:%Y-%m-%d}")
    found = explain(rise, wave, around=Surroundings(releases=near))
    assert [row["id"] for row in found["coincides_with"]] == ["r0"]
    assert found["coincides_with"][0]["type"] == "release"
    assert 0 < found["coincides_with"][0]["chance"] < 0.3
    assert "100%" in found["coincides_with"][0]["evidence_for"]


@pytest.mark.parametrize("offset", [-4, 5])
def test_a_release_outside_the_interval_is_not_named(
    wave: pd.DataFrame, rise: "pd.Series[object]", offset: int
) -> None:
    far = releases(f"{DAYS[60] + pd.Timedelta(days=offset):%Y-%m-%d}")
    found = explain(rise, wave, around=Surroundings(releases=far))
    assert [row["type"] for row in found["coincides_with"]] == ["unclear"]


def test_a_release_of_another_mitigation_has_evidence_against_it(wave: pd.DataFrame, rise: "pd.Series[object]") -> None:
    other = releases(f"{DAYS[60]:%Y-%m-%d}", mitigation="other")
    found = explain(rise, wave, around=Surroundings(releases=other))
    assert "0% of the documents" in found["coincides_with"][0]["evidence_against"]


def test_outages_and_demand_are_named(wave: pd.DataFrame, rise: "pd.Series[object]") -> None:
    calendar = pd.DataFrame({"day": [DAYS[60]], "name": ["login down"], "type": ["outage"]})
    exposure = pd.DataFrame({"day": DAYS, "requests": np.where(np.arange(90) < 60, 100, 150)})
    around = Surroundings(calendar=calendar, exposure=exposure)
    brief = rise.copy()
    brief["end"] = DAYS[65]
    found = {row["type"] for row in explain(brief, wave, around=around)["coincides_with"]}
    assert found == {"outage", "demand_growth"}


def test_an_outage_that_was_over_long_before_is_ruled_out(wave: pd.DataFrame, rise: "pd.Series[object]") -> None:
    calendar = pd.DataFrame({"day": [DAYS[60]], "name": ["login down"], "type": ["outage"]})
    found = explain(rise, wave, around=Surroundings(calendar=calendar))
    assert [row["type"] for row in found["coincides_with"]] == ["unclear"]
    assert [row["id"] for row in found["ruled_out"]] == ["login down"]
    assert "login down: it was over by" in " ".join(found["reads"])


def test_a_coverage_mark_is_named(wave: pd.DataFrame, rise: "pd.Series[object]") -> None:
    marked = rise.copy()
    marked["coverage"] = "product=x start"
    assert explain(marked, wave)["coincides_with"][0]["type"] == "coverage_change"


def test_one_loud_reporter_is_disclosed_as_a_flood(wave: pd.DataFrame, rise: "pd.Series[object]") -> None:
    loud = wave.copy()
    loud.loc[loud["claim"] == WAVE, "reporter"] = "tool"
    found = explain(rise, loud)
    assert found["without_top_reporter"]["share_of_documents"] > 0.6
    assert found["without_top_reporter"]["ratio"] == pytest.approx(1.0, abs=0.1)
    assert "flood" in {row["type"] for row in found["coincides_with"]}


def test_numbers_in_the_sentences_are_those_of_the_record(wave: pd.DataFrame, rise: "pd.Series[object]") -> None:
    found = explain(rise, wave)
    first = found["reads"][0]
    for key in ("ratio", "before_mean", "after_mean"):
        assert f"{found[key]:g}" in first
    assert f"{found['reporters']} reporters" in first


def test_sentences_call_the_series_by_its_title(wave: pd.DataFrame, rise: "pd.Series[object]") -> None:
    assert explain(rise, wave, title="all feedback")["reads"][0].startswith("all feedback rose")
    assert explain(rise, wave)["reads"][0].startswith("feedback/total rose")


def test_no_sentence_claims_causation(wave: pd.DataFrame, rise: "pd.Series[object]") -> None:
    around = Surroundings(releases=releases(f"{DAYS[60]:%Y-%m-%d}"))
    text = json.dumps(explain(rise, wave, around=around))
    assert not re.search(r"\bcaus", text)


def test_a_voice_counts_once_a_word() -> None:
    before = pd.DataFrame({"reporter": ["a", "b", "c"], "claim": ["slow page"] * 3})
    loud = pd.DataFrame({"reporter": ["x"] * 90, "claim": ["refused malware"] * 90})
    assert telling_words(before, loud).empty
