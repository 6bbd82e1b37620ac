"""What a change coincides with: each kind of thing is told where it is planted, and ruled out where it is not."""

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from topics.advice import REVERSALS, STEPS
from topics.alongside import alongside
from topics.coincidence import Reread, Surroundings
from topics.explain import explain
from topics.periods import between

DAYS = pd.date_range("2026-01-05", periods=90, freq="D")
FIRST = 60
KINDS = ("quality", "billing", "reliability", "over_block")
MITIGATION = {"cyber": "cyber-guard", "biological": "bio-guard", "none": None}

Change = "pd.Series[Any]"


def documents(*planted: dict[str, Any], seed: int = 0) -> pd.DataFrame:
    """Eight reports a day of all kinds, sources and plans, and what is `planted`: number a day, first, last, fields."""
    rng = np.random.default_rng(seed)
    rows = []
    for number, day in enumerate(DAYS):
        usual = [
            {
                "kind": rng.choice(KINDS),
                "harm_domain": rng.choice(["none", "biological"]),
                "source": rng.choice(["in_app", "support"]),
                "plan": rng.choice(["free", "team"]),
            }
            for _ in range(8)
        ]
        for wave in planted:
            if wave.get("first", FIRST) <= number <= wave.get("last", 89):
                more = [{"kind": rng.choice(KINDS), "source": rng.choice(["in_app", "support"]), "plan": "free"}
                        for _ in range(wave["daily"])]  # fmt: skip
                usual += [{"harm_domain": "none"} | one | wave.get("fields", {}) for one in more]
        rows += [{"day": day, "claim": f"report about {row['kind']}"} | row for row in usual]
    table = pd.DataFrame(rows)
    table["document_id"] = [f"d{number}" for number in range(len(table))]
    table["reporter"] = table["customer"] = table["document_id"]
    table["mitigation"] = table["harm_domain"].map(MITIGATION)
    table["anomaly_type"] = None
    return table.assign(stream="feedback", kept=True, hazard="low", theme_id=None)


def anomalies(mitigation: str, *, before: int, after: int) -> pd.DataFrame:
    """Probing a day before and after the first day, of one mitigation."""
    rows = [day for number, day in enumerate(DAYS) for _ in range(before if number < FIRST else after)]
    table = pd.DataFrame({"day": rows, "anomaly_type": "probing", "mitigation": mitigation, "source": "watch"})
    table["document_id"] = table["reporter"] = table["customer"] = [f"a{number}" for number in range(len(table))]
    return table.assign(stream="usage_anomaly", kept=True, kind=None, harm_domain="none", claim="", plan="free")


def change(**fields: Any) -> Change:
    """A confirmed rise of all feedback on day FIRST, known to a day on either side."""
    day = DAYS[FIRST]
    known = {
        "series": "feedback/total", "direction": "up", "type": "step", "day": day,
        "day_low": day - pd.Timedelta(days=1), "day_high": day + pd.Timedelta(days=1),
        "end": pd.NaT, "detected_on": day, "ratio": 2.0, "ratio_low": 1.7,
        "ratio_high": 2.4, "before_mean": 8.0, "after_mean": 16.0, "q_value": 1e-6, "confirmed": True,
    }  # fmt: skip
    return pd.Series(known | fields)


def told(found: dict[str, Any]) -> list[str]:
    return [row["type"] for row in found["coincides_with"]]


def release(**fields: Any) -> pd.DataFrame:
    known = {"release_id": "r1", "mitigation": "cyber-guard", "day": DAYS[FIRST], "harm_domain": "cyber"}
    return pd.DataFrame([known | fields])


CYBER = {"daily": 8, "fields": {"kind": "over_block", "harm_domain": "cyber"}}


def test_a_release_is_told_with_how_much_of_the_change_is_about_its_domain() -> None:
    found = explain(change(), documents(CYBER), around=Surroundings(releases=release()))
    assert told(found) == ["release"]
    assert re.search(r"(9\d|100)% of the change is about its domain, cyber", found["coincides_with"][0]["evidence_for"])


def test_a_release_of_which_hardly_anything_speaks_is_ruled_out_and_said_to_be() -> None:
    billing = documents({"daily": 8, "fields": {"kind": "billing"}})
    found = explain(change(), billing, around=Surroundings(releases=release()))
    assert told(found) == ["unclear"]
    assert [row["id"] for row in found["ruled_out"]] == ["r1"]
    assert "On the same days, but hardly of it: r1: 0% of the change" in " ".join(found["reads"])


def test_an_inferred_release_says_that_nobody_declared_it_and_what_the_log_showed() -> None:
    seen = release(inferred=True, evidence="version 4.0 on all requests, threshold 0.8 to 0.62")
    stated = explain(change(), documents(CYBER), around=Surroundings(releases=seen))["coincides_with"][0][
        "evidence_for"
    ]
    assert "inferred from the decision log: version 4.0 on all requests" in stated
    plain = explain(change(), documents(CYBER), around=Surroundings(releases=release(inferred=False, evidence="note")))
    assert "inferred" not in plain["coincides_with"][0]["evidence_for"]


@pytest.mark.parametrize(
    ("kind", "expected"), [("policy", "policy_change"), ("launch", "external_event"), ("holiday", "unclear")]
)
def test_entries_of_the_calendar_are_told_by_type_and_a_day_of_rest_explains_no_month(kind: str, expected: str) -> None:
    calendar = pd.DataFrame({"day": [DAYS[FIRST]], "name": ["something"], "type": [kind]})
    found = explain(change(), documents(CYBER), around=Surroundings(calendar=calendar))
    assert told(found) == [expected]


def test_the_end_of_a_burst_is_compared_with_releases_too() -> None:
    day = DAYS[FIRST + 14]
    back = release(release_id="r2", day=day)
    burst = documents({**CYBER, "last": FIRST + 13})
    found = explain(change(end=day, type="burst"), burst, around=Surroundings(releases=back))
    assert told(found) == ["unclear"] and [row["id"] for row in found["ended_with"]] == ["r2"]
    assert "Its end coincides with release: cyber-guard was released" in " ".join(found["reads"])


def test_texts_that_many_file_word_for_word_are_a_campaign() -> None:
    wave = documents({"daily": 10, "last": FIRST + 2})
    planted = wave[wave["day"].between(DAYS[FIRST], DAYS[FIRST + 2])].groupby("day").tail(10)
    campaigns = pd.DataFrame({"document_id": planted["document_id"], "campaign_id": "c1"})
    end = DAYS[FIRST + 3]
    found = explain(change(end=end), wave, around=Surroundings(campaigns=campaigns))
    assert told(found) == ["campaign"]
    assert "30 reporters filed one text word for word" in found["coincides_with"][0]["evidence_for"]
    assert told(explain(change(end=end), wave, around=Surroundings(campaigns=campaigns.head(4)))) == ["unclear"]


def test_one_source_that_brings_more_of_every_kind_is_a_change_of_reporting() -> None:
    asked = documents({"daily": 9, "fields": {"source": "support"}})
    found = explain(change(), asked, around=Surroundings(alongside=alongside(asked)))
    assert told(found) == ["reporting_change"]
    one_kind = documents({"daily": 9, "fields": {"source": "support", "kind": "billing"}})
    assert told(explain(change(), one_kind, around=Surroundings(alongside=alongside(one_kind)))) == ["unclear"]


def test_probing_of_the_same_mitigation_beside_more_harm_is_an_adversarial_shift() -> None:
    harm = documents({"daily": 8, "fields": {"kind": "under_block", "harm_domain": "cyber"}})
    both = pd.concat([harm, anomalies("cyber-guard", before=1, after=4)], ignore_index=True)
    assert told(explain(change(), harm, around=Surroundings(alongside=alongside(both)))) == ["adversarial_shift"]
    other = pd.concat([harm, anomalies("bio-guard", before=1, after=4)], ignore_index=True)
    assert told(explain(change(), harm, around=Surroundings(alongside=alongside(other)))) == ["unclear"]


def test_more_probing_without_more_reports_says_so_against_it() -> None:
    tried = anomalies("cyber-guard", before=1, after=4)
    whole = pd.concat([documents(), tried], ignore_index=True)
    found = explain(change(series="usage_anomaly/total"), tried, around=Surroundings(alongside=alongside(whole)))
    assert told(found) == ["adversarial_shift"]
    assert "reports of harm let through went to" in found["coincides_with"][0]["evidence_against"]


def test_signals_of_the_series_are_told_as_what_they_speak_for() -> None:
    row = {"series": "feedback/total", "day": DAYS[FIRST], "strength": 0.4, "p_value": 1e-5}
    known = pd.DataFrame([
        {**row, "signal": "coordinated", "told": True, "type": "campaign",
         "evidence": {"reads": "eleven accounts.", "against": ["known customers."]}},
        {**row, "signal": "new_accounts", "told": False, "type": "adversarial_shift", "evidence": {"reads": "x"}},
        {**row, "signal": "probing", "told": True, "type": "adversarial_shift", "evidence": "asks",
         "series": "other"},
    ])  # fmt: skip
    found = explain(change(), documents(CYBER), around=Surroundings(signals=known))
    assert told(found) == ["campaign"]
    assert found["coincides_with"][0]["evidence_for"] == "eleven accounts"
    assert found["coincides_with"][0]["evidence_against"] == "known customers"


@pytest.mark.parametrize(("after", "expected", "ruled_out"), [(2, ["our_model_changed"], 0), (8, ["unclear"], 1)])
def test_another_classifier_is_told_where_the_one_before_saw_no_change(
    after: int, expected: list[str], ruled_out: int
) -> None:
    series = "feedback/kind=over_block"
    counts = [2] * FIRST + [after] * (90 - FIRST)
    volumes = pd.DataFrame({"series": series, "day": DAYS, "reporters": counts})
    reread = Reread("classifier-1 → classifier-2", DAYS[-1], volumes)
    own = documents(CYBER)
    own = own[own["kind"] == "over_block"]
    found = explain(change(series=series, ratio=5.0), own, around=Surroundings(reread=reread))
    assert told(found) == expected and len(found["ruled_out"]) == ruled_out


def test_late_reports_explain_a_fall_of_today_and_none_of_two_months_ago() -> None:
    late = pd.DataFrame({"stream": "feedback", "day": DAYS[-4:], "completeness": [0.9, 0.8, 0.6, 0.3]})
    own = documents()
    fresh = change(direction="down", ratio=0.5, day=DAYS[-5], day_low=DAYS[-6], day_high=DAYS[-4])
    assert told(explain(fresh, own, around=Surroundings(completeness=late))) == ["reporting_delay"]
    old = change(direction="down", ratio=0.5)
    assert told(explain(old, own, around=Surroundings(completeness=late))) == ["unclear"]


def test_a_gap_before_a_change_is_left_out_and_ruled_out() -> None:
    own = documents(CYBER)
    silent = own["day"].between(DAYS[FIRST - 4], DAYS[FIRST - 2]) & (own["source"] == "in_app")
    gap = {"stream": "feedback", "dimension": "source", "value": "in_app", "kind": "gap", "day_low": DAYS[FIRST - 4],
           "day_high": DAYS[FIRST - 2], "before": 4.0, "after": 0.0, "evidence": "in_app is silent"}  # fmt: skip
    found = explain(change(), own[~silent], around=Surroundings(coverage=pd.DataFrame([gap])))
    assert told(found) == ["unclear"]
    assert "without the days of the gap it still went to ×" in found["ruled_out"][0]["evidence_against"]
    assert not [row for row in found["carried_by"] if row["attribute"] == "source"]


def test_what_carried_a_wave_carries_its_fall() -> None:
    wave = documents({"daily": 12, "first": FIRST - 14, "last": FIRST - 1, "fields": {"plan": "enterprise"}})
    fall = change(direction="down", ratio=0.4, before_mean=20.0, after_mean=8.0, since=DAYS[FIRST - 14])
    found = explain(fall, wave)
    assert [(row["attribute"], row["value"]) for row in found["carried_by"]] == [("plan", "enterprise")]
    assert re.search(r"Carried by plan enterprise \((9\d%|all) of it, 0% after\)", " ".join(found["reads"]))


def test_shares_are_of_the_documents_that_name_a_mitigation() -> None:
    own = documents(CYBER)
    wave = own.index[own["mitigation"] == "cyber-guard"]
    own.loc[wave[::2], "mitigation"] = None
    rows = [row for row in explain(change(), own)["segments"] if row["attribute"] == "mitigation"]
    assert rows[0]["value"] == "cyber-guard" and rows[0]["share"] > 0.8


def test_regimes_are_bounded_by_the_confirmed_changes_of_their_series() -> None:
    rows = [
        {"series": "a", "day": DAYS[10], "end": DAYS[15], "confirmed": True},
        {"series": "a", "day": DAYS[40], "end": pd.NaT, "confirmed": True},
        {"series": "a", "day": DAYS[43], "end": pd.NaT, "confirmed": True},
        {"series": "a", "day": DAYS[60], "end": pd.NaT, "confirmed": False},
        {"series": "b", "day": DAYS[50], "end": pd.NaT, "confirmed": True},
    ]
    found = between(pd.DataFrame(rows))
    assert found["since"].tolist()[1:3] == [DAYS[15], DAYS[15]] and pd.isna(found["until"][1])
    assert found["until"][0] == DAYS[40] and found["since"][3] == DAYS[43]
    assert pd.isna(found["since"][4]) and pd.isna(found["until"][4])


def test_everything_that_may_be_told_has_a_step_and_what_would_reverse_it() -> None:
    assert set(STEPS) == set(REVERSALS)
    assert not re.search(r"\bcaus", json.dumps([STEPS, REVERSALS]))


def test_what_would_reverse_the_reading_is_said_with_its_number() -> None:
    found = explain(change(), documents(CYBER), around=Surroundings(releases=release()))
    assert found["back_at"] == 11
    line = found["reads"][-1]
    assert line.startswith("What would reverse this reading: equal error rates in audits from before and after r1")
    assert "a week of fewer than 11 reporters a day" in line
    assert found["to_do"] and "complaints alone prove no error" in found["to_do"][0]
