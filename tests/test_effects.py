"""Effects of releases on daily counts: what is found, what is not claimed, and how it is said."""

import numpy as np
import pandas as pd
import pytest

from mitigations.effects import effect
from mitigations.effects_fit import counts, shares
from mitigations.effects_found import Around, Effect
from mitigations.effects_measures import Known, by_segment, table
from mitigations.effects_reasons import among_kin
from mitigations.effects_segments import Split, split
from mitigations.effects_words import VERDICTS, of_action, reason, verdict

BEFORE, AFTER = 112, 42
DAYS = BEFORE + AFTER
FIRST = pd.Timestamp("2026-01-05")
ONSET = FIRST + pd.Timedelta(days=BEFORE)
TIME = np.arange(DAYS) - BEFORE
LATER = (TIME >= 0).astype(float)


def world(own: object = 1.0, *, base: float = 60.0, control: object = None, seed: int = 5) -> pd.DataFrame:
    """Counts a day on growing requests with weekends, times what is planted in the count and in its control."""
    dice = np.random.default_rng(seed)
    requests = (1 + 0.3 * np.arange(DAYS) / 365) * np.where(np.arange(DAYS) % 7 >= 5, 0.7, 1.0)
    frame = pd.DataFrame({"day": pd.date_range(FIRST, periods=DAYS), "exposure": requests * 1e5})
    frame["count"] = _drawn(dice, base * requests * own)
    if control is not None:
        frame["control"] = _drawn(dice, 4 * base * requests * control)
        frame["control_exposure"] = requests * 4e5
    return frame


def _drawn(dice: np.random.Generator, mean: object, alpha: float = 0.02) -> np.ndarray:
    mean = np.asarray(mean, dtype=float)
    return dice.negative_binomial(1 / alpha, 1 / (1 + alpha * mean)).astype(float)


@pytest.mark.parametrize(("ratio", "moved"), [(1.3, "up"), (0.75, "down")])
@pytest.mark.parametrize("control", [None, 1.0])
def test_a_lasting_step_on_the_day_is_found_with_its_size(ratio: float, moved: str, control: float | None) -> None:
    found = effect(world(ratio**LATER, control=control), ONSET)
    assert found.moved == moved and found.reasons == () and found.estimate is not None
    assert found.estimate.low < ratio < found.estimate.high
    assert found.estimate.high / found.estimate.low < 1.4


def test_no_effect_is_no_detectable_effect_and_says_what_would_have_been_seen() -> None:
    found = effect(world(control=1.0), ONSET)
    assert found.moved == "no" and found.smallest is not None and 1.05 < found.smallest < 1.3
    assert "would have been seen four times in five" in reason(found, better="down")


def test_requests_that_double_are_no_effect() -> None:
    frame = world()
    frame.loc[TIME >= 0, ["count", "exposure"]] *= 2
    assert effect(frame, ONSET).moved == "no"


CONFOUNDED = {
    "a trend": (2.0 ** (TIME / 120), None),
    "a trend that ends on the day": (2.0 ** (np.minimum(TIME, 0) / 90), None),
    "a step a fortnight before": (1.6 ** (TIME >= -14), None),
    "a step a fortnight after": (1.6 ** (TIME >= 14), None),
    "a slope that began before": (2.5 ** np.clip((TIME + 21) / 42, 0, 1), None),
    "a shock that all share": (1.4**LATER, 1.4**LATER),
    "a control that moved alone": (np.ones(DAYS), 1.5**LATER),
}


@pytest.mark.parametrize("name", CONFOUNDED)
def test_what_is_confounded_cannot_be_told(name: str) -> None:
    own, control = CONFOUNDED[name]
    found = effect(world(own, control=control), ONSET)
    assert found.moved == "unknown" and found.reasons
    assert verdict(found, better="down") == "cannot tell"


def test_something_else_on_the_same_days_forbids_a_conclusion() -> None:
    found = effect(world(1.5**LATER), ONSET, around=Around(beside=("a launch fell on the same days",)))
    assert found.moved == "unknown" and reason(found, better="down") == "a launch fell on the same days"
    assert found.estimate is not None and found.estimate.ratio > 1.3


def test_few_days_or_few_events_are_said_to_be_too_few() -> None:
    assert effect(world(), FIRST + pd.Timedelta(days=5)).reasons[0].startswith("5 days before")
    assert effect(world(), ONSET + pd.Timedelta(days=39)).reasons[0].endswith("14 of each are needed")
    assert effect(world(base=0.05), ONSET).reasons[0].endswith("too few")
    assert effect(world().iloc[:0], ONSET).moved == "unknown"
    assert "only a change by a factor of" in effect(world(base=0.8), ONSET).reasons[0]


def test_a_release_before_or_after_cuts_the_days_that_are_compared() -> None:
    step = 2.0 ** (TIME >= -30) * 0.5**LATER
    around = Around(first=ONSET - pd.Timedelta(days=30), end=ONSET + pd.Timedelta(days=20))
    found = effect(world(step), ONSET, around=around)
    assert (found.before, found.after, found.moved) == (30, 20, "down")


def test_an_action_is_measured_from_the_level_since_the_alert() -> None:
    raised = ONSET - pd.Timedelta(days=21)
    found = effect(world(3.0 ** ((TIME >= -21) & (TIME < 0))), ONSET, around=Around(since=raised))
    assert found.moved == "down" and found.estimate is not None and 0.28 < found.estimate.ratio < 0.4


def test_days_that_say_nothing_change_nothing() -> None:
    frame = world(1.3**LATER)
    odd = frame["day"].isin([ONSET + pd.Timedelta(days=3), ONSET - pd.Timedelta(days=9)])
    frame.loc[odd, "count"] = 900.0
    frame.loc[odd, "exposure"] = float("nan")
    found = effect(frame, ONSET)
    assert found.moved == "up" and found.estimate is not None and found.estimate.high < 1.5


def test_the_fits_find_what_a_general_optimiser_finds() -> None:
    from scipy.optimize import minimize

    frame = world(1.3**LATER, control=1.0)
    count, other = (frame[name].to_numpy() for name in ("count", "control"))
    design = np.column_stack([np.ones(DAYS), LATER])
    exposure = frame["exposure"].to_numpy() / 1e5
    own = counts(count, exposure, design)

    def negative_binomial(given: np.ndarray) -> float:
        mean = exposure * np.exp(design @ given)
        return float((-count * np.log(mean) + (count + 1 / own.dispersion) * np.log1p(own.dispersion * mean)).sum())

    def binomial(given: np.ndarray) -> float:
        odds = design @ given + np.log(0.25)
        return float((-count * odds + (count + other) * np.log1p(np.exp(odds))).sum())

    best = minimize(negative_binomial, np.array([4.0, 0.0]), tol=1e-10).x
    assert own.coefficients == pytest.approx(best, abs=1e-4)
    mean = exposure * np.exp(design @ own.coefficients)
    assert ((count - mean) ** 2 / (mean + own.dispersion * mean**2)).sum() == pytest.approx(DAYS - 2, rel=0.02)
    pair = shares(count, other, np.full(DAYS, np.log(0.25)), design)
    assert pair.coefficients == pytest.approx(minimize(binomial, np.zeros(2), tol=1e-10).x, abs=1e-4)


def test_errors_that_hang_together_widen_the_interval() -> None:
    dice = np.random.default_rng(2)
    drift = np.repeat(dice.normal(0, 0.3, DAYS // 7 + 1), 7)[:DAYS]
    design = np.column_stack([np.ones(DAYS), LATER])
    flat, drifting = (_drawn(dice, 60 * np.exp(part), 0.0001) for part in (0 * drift, drift))
    calm, wild = (counts(one, np.ones(DAYS), design, dispersion=0.0001) for one in (flat, drifting))
    assert wild.error(1) > 2 * calm.error(1)


@pytest.mark.parametrize("better", ["up", "down", None])
@pytest.mark.parametrize("moved", ["up", "down", "no", "unknown"])
def test_the_verdict_is_one_of_four(moved: str, better: str | None) -> None:
    found = Effect(moved, (), 60, 30)
    expected = {"no": "no detectable effect", "unknown": "cannot tell"}.get(moved)
    if expected is None:
        expected = "cannot tell" if better is None else "improved" if moved == better else "worsened"
    assert verdict(found, better=better) == expected and expected in VERDICTS


def test_a_part_does_not_stand_where_its_kin_was_moving_before() -> None:
    slope = effect(world(2.5 ** np.clip((TIME + 21) / 42, 0, 1)), ONSET)
    weak = effect(world(1.7 ** np.clip((TIME + 14) / 20, 0, 1), base=3.0, seed=8), ONSET)
    strong = effect(world(4.0**LATER), ONSET)
    titles = {"complaints": "complaints", "weak": "weak", "strong": "strong"}
    judged = among_kin({"complaints": slope, "weak": weak, "strong": strong}, titles)
    assert judged["strong"].moved == "up", "a clear step on the day stands"
    if weak.moved == "up":
        assert judged["weak"].moved == "unknown" and "complaints of the same mitigation" in judged["weak"].reasons[0]


def test_the_sentence_of_an_action_holds_what_it_must() -> None:
    row = {
        "title": "More: over-block",
        "action": "release v13",
        "closed_on": "2026-03-24",
        "onset": "2026-03-22",
        "verdict": "improved",
        "ratio": 0.62,
        "ratio_low": 0.5,
        "ratio_high": 0.77,
        "reason": "no trend before",
    }
    assert of_action(row, level="between 2026-03-03 and 2026-03-22") == (
        "More: over-block, closed on 2026-03-24 with “release v13”, in force since 2026-03-22: it improved (no trend "
        "before). Afterwards it was ×0.62 (95 % interval 0.5 to 0.77) of the level between 2026-03-03 and 2026-03-22."
    )
    assert "Afterwards" not in of_action({**row, "ratio": None})


def rolled_out(plan_share: dict[str, float]) -> pd.DataFrame:
    """A log in which version 2 makes these shares of the decisions of each plan from the tenth day on."""
    rows = []
    for place in range(30):
        for plan, share in plan_share.items():
            new = int(40 * share) if place >= 10 else 0
            common = {"day": FIRST + pd.Timedelta(days=place), "threshold": 0.8, "plan": plan, "locale": "en"}
            rows += [{**common, "version": "1", "decisions": 40 - new}, {**common, "version": "2", "decisions": new}]
    return pd.DataFrame(rows)


def test_a_release_by_segment_is_told_apart_from_one_by_chance() -> None:
    start, end = FIRST + pd.Timedelta(days=10), FIRST + pd.Timedelta(days=30)
    found = split(rolled_out({"free": 1.0, "team": 0.0, "pro": 0.3}), start, end)
    assert found == Split("plan", frozenset({"free"}), frozenset({"team"}))
    assert split(rolled_out({"free": 0.3, "team": 0.3}), start, end) is None


def test_segments_a_release_left_alone_are_what_the_others_are_compared_with() -> None:
    dice = np.random.default_rng(7)
    days = pd.date_range(FIRST, periods=DAYS)
    rows = [
        {"day": day, "plan": plan, "reporter": f"{day:%j}-{plan}-{number}"}
        for place, day in enumerate(days)
        for plan, rate in (("free", 24.0 if place >= BEFORE else 12.0), ("team", 12.0))
        for number in range(dice.poisson(rate))
    ]
    documents = pd.DataFrame(rows).assign(kind="over_block", mitigation="guard", harm_domain="cyber", kept=True)
    nothing = pd.DataFrame({"day": pd.to_datetime([]), "mitigation": [], "customer": []})
    exposure = pd.DataFrame({"day": days, "mitigation": "all", "requests": 1e5, "blocked": np.nan})
    known = Known(documents, nothing, exposure, {"guard": "cyber"}, days[-1] + pd.Timedelta(days=1))
    parts = Split("plan", frozenset({"free"}), frozenset({"team"}))
    counts = by_segment(known, "over_blocks", "guard", parts)
    assert counts is not None and by_segment(known, "blocked_share", "guard", parts) is None
    found = effect(counts, ONSET)
    assert found.moved == "up" and found.against is not None and found.against.low < 2.0 < found.against.high


def test_a_document_that_names_no_mitigation_is_of_its_domains_only_one() -> None:
    day = pd.Timestamp("2026-03-02")
    documents = pd.DataFrame(
        {
            "day": day,
            "kind": ["over_block", "over_block", "praise", "over_block"],
            "mitigation": ["guard", None, "guard", None],
            "harm_domain": ["cyber", "cyber", "cyber", "biological"],
            "reporter": ["a", "b", "c", "d"],
            "kept": True,
        }
    )
    nothing = pd.DataFrame({"day": pd.to_datetime([]), "mitigation": [], "customer": []})
    exposure = pd.DataFrame({"day": [day], "mitigation": "all", "requests": [10.0], "blocked": [1.0]})
    domains = {"guard": "cyber", "bio-1": "biological", "bio-2": "biological"}
    found = table(Known(documents, nothing, exposure, domains, day + pd.Timedelta(days=1)), "complaints")
    assert found is not None and found.counts.loc[day].to_dict() == {"guard": 2.0}
