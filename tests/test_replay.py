"""History replayed by arrival: what was known each day, what was alerted when, and what that is worth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from topics.change import Conditions, DetectionSettings, changes
from topics.conditions import described_series
from topics.coverage import coverage, masks
from topics.delay import completeness
from topics.replay import Desk, Replay, as_known, replay
from topics.replay_known import DAY, Known, NothingArrived, history
from topics.replay_look import Seen, close_look, portion
from topics.replay_screen import WORTH_A_LOOK, unusual
from topics.replay_truth import Event, against_events, against_people
from topics.volume import daily, series_table

FIRST = pd.Timestamp("2026-01-05")
DAYS = 110
SURGE = FIRST + 70 * DAY
SETTINGS = DetectionSettings(false_alerts_per_week=1.0)


def reports(means: np.ndarray, *, late: dict[int, pd.Timestamp] | None = None, seed: int = 3) -> pd.DataFrame:
    """Documents of themes with these means (themes, days); those of themes in `late` arrive no sooner than that day."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(means)
    theme, day = (np.repeat(place, counts.ravel()) for place in (p.ravel() for p in np.indices(counts.shape)))
    happened = FIRST + pd.to_timedelta(day, unit="D")
    delay = np.where(rng.random(len(day)) < 0.8, 0, rng.integers(1, 6, len(day)))
    received = pd.Series(happened + pd.to_timedelta(delay, unit="D"))
    for number, until in (late or {}).items():
        held = (theme == number) & (day >= 70) & (received < until)
        received = received.mask(held, until)
    people = np.array([f"p{number}" for number in range(len(day))], dtype=object)
    kinds = np.array(["over_block", "under_block", "quality"], dtype=object)[theme % 3]
    table = pd.DataFrame(
        {
            "document_id": np.arange(len(day)).astype(str).astype(object), "stream": "feedback", "day": happened,
            "received_day": received, "reporter": people, "customer": people, "kept": rng.random(len(day)) < 0.95,
            "kind": kinds, "harm_domain": np.array(["cyber", "privacy"], dtype=object)[theme % 2],
            "hazard": np.array(["low", "critical"], dtype=object)[theme % 2], "mitigation": None, "anomaly_type": None,
            "theme_id": np.array([f"T{number:04d}" for number in theme], dtype=object), "parent_id": None,
            "muted": False, "source": np.array(["app", "web"], dtype=object)[day // 40 % 2], "product": "chat",
        }
    )  # fmt: skip
    return table[table["received_day"] < FIRST + DAYS * DAY].reset_index(drop=True)


def level(theme: int, factor: float, *, themes: int = 9) -> np.ndarray:
    """Means (themes, days) of which one is multiplied from day 70 on."""
    means = np.tile(np.linspace(0.5, 5.0, themes)[:, None], (1, DAYS))
    means[theme, 70:] *= factor
    return means


@pytest.fixture(scope="module")
def stepped() -> pd.DataFrame:
    return reports(level(6, 4.0))


def replayed(documents: pd.DataFrame, *settings: DetectionSettings) -> Replay:
    return Replay(history(documents), Conditions(), settings or (SETTINGS,))


def told(found: Replay, first: pd.Timestamp, last: pd.Timestamp) -> list[list[dict[str, object]]]:
    days = list(replay(found, first=first, last=last))
    assert [day.day for day in days] == list(pd.date_range(first, last))
    return [[row for day in days for row in day.alerts[place]] for place in range(len(found.settings))]


@pytest.mark.parametrize("after", [3, 38, 71, 109])
def test_known_of_a_day_is_what_counting_its_arrived_documents_gives(stepped: pd.DataFrame, after: int) -> None:
    today = FIRST + after * DAY
    as_of = today + pd.Timedelta(hours=23, minutes=30)
    known = Known(history(stepped))
    known.advance(today - 2 * DAY)
    known.advance(today)
    own = stepped[stepped["received_day"] <= today].reset_index(drop=True)
    counted = daily(own)[["series", "day", "reporters", "customers"]]
    pd.testing.assert_frame_equal(known.volumes(known.present), counted)
    covered = known.coverage()
    pd.testing.assert_frame_equal(covered, coverage(own))
    given = known.conditions(Conditions(), covered, as_of=as_of)
    assert given.series is not None and given.masks is not None and given.completeness is not None
    pd.testing.assert_frame_equal(given.series, series_table(own))
    pd.testing.assert_frame_equal(given.masks, masks(coverage(own), own))
    pd.testing.assert_frame_equal(given.completeness, completeness(own, as_of=as_of))


def test_last_day_of_a_replay_finds_what_a_run_of_all_documents_finds(stepped: pd.DataFrame) -> None:
    last = stepped["received_day"].max()
    found = replayed(stepped)
    (table,) = as_known(found, last)
    as_of = found.moment(last)
    given = Conditions(
        series=series_table(stepped),
        masks=masks(coverage(stepped), stepped),
        completeness=completeness(stepped, as_of=as_of),
        as_of=as_of,
    )
    whole = changes(daily(stepped), conditions=given, settings=SETTINGS)
    columns = [name for name in whole.columns if name != "q_value"]
    assert whole["detected_on"].notna().any()
    pd.testing.assert_frame_equal(table[columns], whole[columns])


def test_surge_that_is_filed_late_is_alerted_when_it_has_arrived() -> None:
    arrival = SURGE + 10 * DAY
    soon = told(replayed(reports(level(6, 4.0))), SURGE + DAY, SURGE + 7 * DAY)[0]
    # An alert of an earlier day would stand on the first of these days, and not be told again.
    filed = told(replayed(reports(level(6, 4.0), late={6: arrival})), arrival - DAY, arrival + 3 * DAY)[0]
    assert min(row["detected_on"] for row in soon if row["direction"] == "up") < arrival - DAY
    first = next(row for row in filed if row["direction"] == "up")
    assert first["detected_on"] >= arrival and abs(first["day"] - SURGE) <= 5 * DAY


@pytest.mark.slow
def test_days_one_by_one_tell_what_looking_at_every_series_every_day_tells(stepped: pd.DataFrame) -> None:
    found = replayed(stepped)
    first, last = SURGE, SURGE + 7 * DAY
    quick = told(found, first, last)[0]
    known, desk, slow = Known(found.past), Desk(), []
    for day in pd.date_range(first - DAY, last):
        known.advance(day)
        seen = found.seen(known)
        desk.changes = close_look(seen, known.present, SETTINGS)
        fresh = desk.open(found, seen)
        slow += fresh if day >= first else []
    keys = ("alert_id", "series", "direction", "detected_on")
    assert [[row[key] for key in keys] for row in quick] == [[row[key] for key in keys] for row in slow] != []


@pytest.mark.slow
def test_budgets_side_by_side_tell_what_each_tells_alone(stepped: pd.DataFrame) -> None:
    strict = replace(SETTINGS, false_alerts_per_week=0.05)
    first, last = SURGE + 3 * DAY, SURGE + 6 * DAY
    both = told(replayed(stepped, SETTINGS, strict), first, last)
    assert both[1] == told(replayed(stepped, strict), first, last)[0]
    assert len(both[1]) <= len(both[0])


def test_series_searched_alone_get_the_alarm_levels_of_a_run(stepped: pd.DataFrame) -> None:
    found = replayed(stepped)
    known = Known(found.past)
    known.advance(stepped["received_day"].max())
    seen: Seen = found.seen(known)
    some = known.present & np.array(["T0006" in name or name.endswith("total") for name in known.past.names])
    whole, part = close_look(seen, known.present, SETTINGS), close_look(seen, some, SETTINGS)
    levels = whole.groupby("series")["level"].first()
    own = part.groupby("series")["level"].first()
    assert len(own) and np.allclose(own, levels.reindex(own.index))


def test_a_group_keeps_its_own_budget_in_a_part_of_the_series() -> None:
    names = ["feedback/theme=T1", "feedback/theme=T2", "feedback/theme=T3"]
    table = pd.DataFrame({"series": names, "hazard": ["low", "critical", "low"], "budget": ["cyber", "cyber", None]})
    weights = described_series(names, table)["weight"]
    settings = replace(SETTINGS, budgets={"cyber": 0.5})
    part = portion(settings, table, weights, [names[0]])
    assert part.budgets == {"cyber": pytest.approx(0.1)} and part.false_alerts_per_week == 0.0
    assert portion(settings, table, weights, names) == settings


def test_what_stood_before_the_first_day_is_not_told_again(stepped: pd.DataFrame) -> None:
    assert told(replayed(stepped), SURGE + 20 * DAY, SURGE + 22 * DAY)[0] == []


def test_a_calm_series_is_not_worth_a_look_and_a_jump_or_fall_is() -> None:
    counts = np.tile(np.array([2.0, 3.0, 1.0, 2.0]), 20)[None, :].repeat(3, axis=0)
    counts[1, -6:] = 12.0
    counts[2, -20:] = 0.0
    found = unusual(counts, np.ones_like(counts)) > WORTH_A_LOOK
    assert found.tolist() == [False, True, True]


def test_no_documents_are_no_history() -> None:
    with pytest.raises(NothingArrived, match="ingest some"):
        history(reports(np.zeros((1, DAYS))))


def alert(name: str, day: int, *, direction: str = "up", kind: str = "over_block", onset: int | None = None) -> dict:
    return {
        "alert_id": name, "direction": direction, "detected_on": FIRST + day * DAY, "series": "feedback/total",
        "day": FIRST + (day if onset is None else onset) * DAY, "about": {"kind": {kind}, "owner": {"cyber"}},
    }  # fmt: skip


def test_precision_recall_and_delay_are_those_of_the_events_that_match() -> None:
    match = [{"kind": ["over_block"]}]
    events = [
        Event("wave", FIRST + 10 * DAY, match, end=FIRST + 20 * DAY),
        Event("its end", FIRST + 20 * DAY, match, direction="down"),
        Event("slow", FIRST + 40 * DAY, match, end=FIRST + 90 * DAY),
        Event("elsewhere", FIRST + 10 * DAY, [{"kind": ["billing"]}, {"owner": ["trust"]}]),
    ]
    told = [
        alert("before", 9),
        alert("hit", 14),
        alert("again", 30),
        alert("late", 75),
        alert("other", 15, kind="praise"),
    ]
    found = against_events(told, events, days=70)
    assert [row["delay_days"] for row in found["of_events"]] == [4, None, 35, None]
    assert [row["found"] for row in found["of_events"]] == [True, False, False, False]
    assert (found["precision"], found["recall"], found["median_delay_days"]) == (0.6, 0.25, 4.0)
    assert found["false_alerts"] == 2 and found["false_alerts_a_week"] == 0.2
    assert found["of_alerts"] == [None, "wave", "wave", "slow", None]


def test_without_events_people_and_later_days_say_what_was_false() -> None:
    told = [alert("judged", 10), alert("stands", 40), alert("gone", 60)]
    judged = [{"series": "feedback/total", "direction": "up", "day": FIRST + 8 * DAY, "useful": 0, "not_useful": 1}]
    columns = {"series": ["feedback/total"] * 2, "direction": ["up", "up"], "confirmed": [True, False]}
    later = pd.DataFrame({**columns, "day": [FIRST + 38 * DAY, FIRST + 60 * DAY]})
    found = against_people(told, judged, later, days=14)
    assert found["of_alerts"] == ["not_useful", "unjudged", "unconfirmed"]
    assert found["false_alerts"] == 2 and found["false_alerts_a_week"] == 1.0
