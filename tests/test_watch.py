"""Watchlists, the pure part: what matches and why, what is new, floors, budgets, first sights, one cause one alert."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from nlp.phrases import BadPhrase, Phrases
from topics.alerts import STANDING_COLUMNS, alerts
from topics.causes import beside
from topics.change import Conditions, DetectionSettings, changes
from topics.first_seen import Floor, first_row, most_reporters, spells
from topics.volume import daily, series_table
from topics.watch import Query, keys, matched, novel, watchlist_of
from topics.watched import Ask, watch_changes, watch_rises

START = pd.Timestamp("2026-01-01")


@pytest.mark.parametrize(
    ("phrase", "text", "says"),
    [
        ("sabotage", "An act of SABOTAGE, clearly", True),
        ("sabotage", "It sabotaged us", False),
        ("sabotag*", "It sabotaged us", True),
        ("sabotage", "pure s\u0430bot\u0430ge", True),
        ("sabotage", "sabo\u200btage", True),
        ("sabotage", "s4b0tage of the build", True),
        ("kill switch", "the kill-switch did nothing", True),
        ("kill switch", "the kill\n switch did nothing", True),
        ("kill switch", "kill. Switch it on", False),
        ("evil", "a medieval question", False),
        ("evil", "ev1l", True),
        ("log4j", "about Log4j", True),
        ("c++", "in C++ it crashed", True),
        ("破坏", "它故意破坏了项目", True),
        ("gpt", "gpt-4o", True),
    ],
)
def test_phrase_is_found_as_a_word_whatever_its_disguise(phrase: str, text: str, says: bool) -> None:
    assert bool(Phrases([phrase]).found(text)) is says


def test_phrase_without_a_letter_is_refused() -> None:
    with pytest.raises(BadPhrase, match="letter or a digit"):
        Phrases(["**"])


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    usual = {"stream": "feedback", "kind": "other", "harm_domain": "none", "segments": {}, "said": ""}
    return pd.DataFrame([{**usual, "document_id": f"d{number}", **row} for number, row in enumerate(rows)])


def test_fields_and_segments_must_all_hold_and_a_word_or_an_example_suffices() -> None:
    documents = frame(
        {"said": "it was sabotage", "kind": "under_block", "segments": {"plan": "pro"}},
        {"said": "it was sabotage", "kind": "billing", "segments": {"plan": "pro"}},
        {"said": "it was sabotage", "kind": "under_block", "segments": {"plan": "free"}},
        {"said": "in other words", "kind": "under_block", "segments": {"plan": "pro"}},
        {"said": "nothing alike", "kind": "under_block", "segments": {"plan": "pro"}},
        {"said": "it was sabotage", "stream": "usage_anomaly", "kind": None, "segments": {"plan": "pro"}},
    )
    near, far = np.eye(384, dtype=np.float32)[0], np.eye(384, dtype=np.float32)[1]
    vectors = np.stack([far, near, near, near, far, near])
    query = Query("w", kinds=("under_block",), segments=(("plan", ("pro",)),), words=("sabotage",), examples=near[None])
    found = matched(query, documents, vectors).set_index("document_id")
    assert list(found.index) == ["d0", "d3"]
    assert found.loc["d0", "words"] == ("sabotage",) and found.loc["d0", "example"] == -1
    assert found.loc["d3", "words"] == () and found.loc["d3", "example"] == 0
    assert found["similarity"].tolist() == [0.0, 1.0]
    every = Query("w", words=("sabotage",), examples=near[None], every=True)
    assert matched(every, documents, vectors)["document_id"].tolist() == ["d1", "d2"]


def test_match_does_not_depend_on_its_company() -> None:
    documents = frame(*({"said": f"number {number} of sabotage"} for number in range(40)))
    vectors = np.random.default_rng(3).normal(size=(40, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    query = Query("w", words=("sabotage",), examples=vectors[:3], similarity=0.5)
    whole = matched(query, documents, vectors)
    alone = [matched(query, documents.iloc[[row]], vectors[[row]]) for row in range(40)]
    pd.testing.assert_frame_equal(whole, pd.concat(alone, ignore_index=True))


def test_new_is_what_has_no_theme_or_a_young_one_that_no_first_fit_made() -> None:
    day = pd.Timestamp("2026-03-20")
    rows = [
        ("unassigned", None, None, True, True),
        ("not looked at", None, None, False, False),
        ("old theme", "T1", "2026-02-01", True, False),
        ("young theme", "T2", "2026-03-15", True, True),
        ("of the first fit", "T3", "2026-01-10", True, False),
        ("theme born long after", "T4", "2026-05-01", True, False),
    ]
    table = pd.DataFrame(rows, columns=["name", "theme_id", "born_on", "placed", "new"]).assign(day=day)
    table["born_on"], table["first_fit"] = pd.to_datetime(table["born_on"]), pd.Timestamp("2026-01-10")
    assert novel(table).tolist() == table["new"].tolist()


def stream(*, days: int = 90, watched: dict[int, int], every: int = 5) -> pd.DataFrame:
    """Some feedback every day from ever new reporters; on some days so many documents of a watchlist besides."""
    rows = []
    for day in range(days):
        for number in range(every + watched.get(day, 0)):
            own = number >= every
            rows.append(
                {
                    "document_id": f"d{day:03}-{number}", "stream": "feedback", "day": START + pd.Timedelta(days=day),
                    "received_day": START + pd.Timedelta(days=day), "reporter": f"r{day}-{number}", "customer": None,
                    "kept": True, "kind": "under_block" if own else "other", "harm_domain": "none", "hazard": "low",
                    "theme_id": None, "mitigation": None, "anomaly_type": None, "watched": ["w"] if own else [],
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def told(documents: pd.DataFrame, ask: Ask) -> pd.DataFrame:
    own = documents[documents["watched"].map(bool)]
    parts = {"feedback/watch=w": own.reset_index(drop=True)}
    end = documents["day"].max() + pd.Timedelta(hours=23, minutes=30)
    conditions = Conditions(series=series_table(documents), as_of=end)
    return watch_changes(daily(documents), parts, [ask], conditions=conditions, settings=DetectionSettings())


def test_watchlists_are_series_of_their_own_and_change_no_other() -> None:
    documents = stream(watched={40: 2})
    documents.at[documents.index[documents["watched"].map(bool)][0], "watched"] = ["w", "w&novel=yes"]
    volumes = daily(documents)
    plain = daily(documents.drop(columns="watched"))
    shared = volumes[~volumes["series"].str.contains("/watch=")].reset_index(drop=True)
    pd.testing.assert_frame_equal(shared, plain)
    counted = volumes.groupby("series")["documents"].sum()
    assert counted["feedback/watch=w"] == 2 and counted["feedback/watch=w&novel=yes"] == 1
    table = series_table(documents).set_index("series")
    assert table.loc["feedback/watch=w&novel=yes", "rollup"] == "feedback/watch=w"
    assert table.loc["feedback/watch=w", "kind"] == "under_block"
    assert watchlist_of("feedback/watch=w&novel=yes") == "w" and watchlist_of("feedback/theme=T1") is None


def test_keys_name_what_is_new_besides() -> None:
    matches = pd.DataFrame({"document_id": ["a", "a"], "watchlist": ["w", "v"], "novel": [True, False]})
    assert keys(matches)["a"] == ["w", "w&novel=yes", "v"]


def test_first_document_after_quiet_weeks_is_told_once() -> None:
    found = told(stream(watched={40: 1, 45: 1, 80: 1}), Ask("w"))
    first = found[found["type"] == "first_seen"]
    assert first["day"].dt.dayofyear.tolist() == [41, 81]
    assert first["monitored"].all() and first["quiet_days"].tolist() == [40.0, 34.0]
    assert first["detected_on"].tolist() == first["day"].tolist()


def test_floor_waits_until_enough_reporters_wrote_within_its_days() -> None:
    rare = stream(watched={40: 1, 44: 1, 46: 1})
    found = told(rare, Ask("w", Floor(3, 7)))
    assert found.loc[found["type"] == "first_seen", "detected_on"].dt.dayofyear.tolist() == [47]
    assert not told(rare, Ask("w", Floor(3, 3)))["monitored"].any()
    assert not told(rare, Ask("w", Floor(4, 28)))["monitored"].any()


def test_one_reporter_writing_again_and_again_does_not_reach_a_floor_of_two() -> None:
    documents = stream(watched={40: 3, 42: 3})
    own = documents["watched"].map(bool)
    documents.loc[own, "reporter"] = "the same"
    assert not told(documents, Ask("w", Floor(2, 28)))["monitored"].any()
    assert most_reporters(documents[own], days=28) == 1


def test_first_sight_is_known_when_it_arrived_not_when_it_happened() -> None:
    documents = stream(watched={40: 1})
    late = documents["watched"].map(bool)
    documents.loc[late, "received_day"] += pd.Timedelta(days=6)
    assert told(documents, Ask("w"))["detected_on"].dt.dayofyear.tolist() == [47]


def test_what_is_there_from_the_first_day_is_no_first_sight() -> None:
    assert told(stream(watched=dict.fromkeys(range(90), 1)), Ask("w")).empty


def test_first_sight_ends_after_four_weeks_whether_or_not_more_came() -> None:
    days = pd.DataFrame({"day": START + pd.to_timedelta([10, 11, 30, 60], unit="D"), "reporter": list("abcd")})
    days["received_day"] = days["day"]
    spell, second = spells(days, floor=Floor(), first_day=START)
    today = START + pd.Timedelta(days=62)
    assert first_row("s", spell, today=today)["end"] == START + pd.Timedelta(days=31)
    assert pd.isna(first_row("s", second, today=today)["end"])
    known = first_row("s", spell, today=START + pd.Timedelta(days=38))["end"]
    assert known == START + pd.Timedelta(days=38)


def test_rise_is_told_only_with_enough_reporters_and_a_fall_never() -> None:
    rise = stream(days=120, watched={day: 1 if day < 70 else 6 for day in range(120)})
    found = told(rise, Ask("w", Floor(10, 7)))
    assert found.loc[found["monitored"].astype(bool), "direction"].tolist() == ["up"]
    assert not told(rise, Ask("w", Floor(100, 7)))["monitored"].any()
    fall = stream(days=120, watched={day: 6 if day < 70 else 1 for day in range(120)})
    falls = told(fall, Ask("w"))
    assert falls["direction"].tolist() == ["down"] and not falls["monitored"].any()


def test_budget_of_a_watchlist_is_its_own() -> None:
    documents = stream(days=120, watched=dict.fromkeys(range(120), 2))
    volumes, conditions = daily(documents), Conditions(series=series_table(documents))
    levels = [
        watch_rises(
            volumes, [Ask("w", false_alerts_per_week=budget)], conditions=conditions, settings=DetectionSettings()
        )
        for budget in (0.002, 0.5)
    ]
    strict, loose = (float(table["smallest_ratio"].iloc[0]) for table in levels)
    assert strict > loose
    shared = volumes[~volumes["series"].str.contains("/watch=")]
    found = changes(shared, conditions=conditions)
    alone = documents.drop(columns="watched")
    pd.testing.assert_frame_equal(found, changes(daily(alone), conditions=Conditions(series=series_table(alone))))


def change(series: str, day: str, mean: float, **given: Any) -> dict[str, Any]:
    when = pd.Timestamp(day)
    return {
        "change_id": f"{series}|up|{day}", "series": series, "day": when, "day_low": when, "day_high": when,
        "end": pd.NaT, "direction": "up", "type": "step", "ratio": 4.0, "before_mean": 0.0, "after_mean": mean,
        "detected_on": when, "confirmed": True, "monitored": True, "hazard": "low", "rollup": "feedback/total",
        "coverage": None, "owner": "a", "beside": frozenset(),
    } | given  # fmt: skip


NONE_STANDING = pd.DataFrame(columns=list(STANDING_COLUMNS))
BESIDE = frozenset({"feedback/theme=T1", "feedback/total"})


def raised(*rows: dict[str, Any], standing: pd.DataFrame = NONE_STANDING) -> dict[str, list[str]]:
    found = alerts(pd.DataFrame(list(rows)), standing, as_of=pd.Timestamp("2026-03-10"))
    return dict(zip(found["series"], found["members"], strict=True))


def test_the_same_news_for_the_same_owner_is_one_alert_about_the_watchlist() -> None:
    watch = change("feedback/watch=w", "2026-03-05", 5.0, beside=BESIDE)
    new = change("feedback/watch=w&novel=yes", "2026-03-05", 4.0)
    found = raised(change("feedback/theme=T1", "2026-03-04", 5.5), watch, new)
    assert list(found) == ["feedback/watch=w"] and len(found["feedback/watch=w"]) == 3


def test_another_owner_hears_of_a_watchlist_by_an_alert_of_its_own() -> None:
    watch = change("feedback/watch=w", "2026-03-05", 5.0, beside=BESIDE, owner="b")
    assert sorted(raised(change("feedback/theme=T1", "2026-03-04", 5.5), watch)) == [
        "feedback/theme=T1",
        "feedback/watch=w",
    ]


def test_a_watchlist_that_rose_no_more_than_the_whole_is_part_of_its_alert_a_first_sight_never() -> None:
    whole = change("feedback/total", "2026-03-04", 60.0, ratio=3.0, rollup=None)
    with_it = change("feedback/watch=w", "2026-03-05", 5.0, ratio=2.0, beside=BESIDE)
    assert list(raised(whole, with_it)) == ["feedback/total"]
    first = with_it | {"ratio": np.inf, "type": "first_seen"}
    assert sorted(raised(whole, first)) == ["feedback/total", "feedback/watch=w"]


def test_two_watchlists_of_one_owner_over_the_same_documents_are_one_alert() -> None:
    one = change("feedback/watch=v", "2026-03-05", 5.0, beside=frozenset({"feedback/watch=w"}))
    two = change("feedback/watch=w", "2026-03-05", 5.0, beside=frozenset({"feedback/watch=v"}))
    assert len(raised(one, two)) == 1
    assert len(raised(one, two | {"beside": frozenset()})) == 2


def test_two_published_alerts_are_never_joined_afterwards() -> None:
    rows = [
        change("feedback/theme=T1", "2026-03-04", 5.5),
        change("feedback/watch=w", "2026-03-05", 5.0, beside=BESIDE),
    ]
    apart = alerts(pd.DataFrame([rows[0], rows[1] | {"owner": "b"}]), NONE_STANDING, as_of=pd.Timestamp("2026-03-06"))
    assert len(raised(*rows, standing=apart[list(STANDING_COLUMNS)])) == 2


def test_series_are_beside_each_other_that_share_half_of_the_smaller() -> None:
    members = pd.DataFrame(
        [("a", "feedback/watch=w"), ("b", "feedback/watch=w"), ("a", "x"), ("c", "y"), ("b", "y"), ("d", "y")],
        columns=["document_id", "series"],
    )
    assert beside(members) == {"feedback/watch=w": frozenset({"x", "y"})}
