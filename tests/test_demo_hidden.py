"""What the demo hides in its decision log: the world beside it unmoved, and a truth that agrees with the log."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jobs.scenario import build_world, write_world
from jobs.scenario_added import Adder
from jobs.scenario_banks import load_banks
from jobs.scenario_calendar import Calendar
from jobs.scenario_conversations import RISING, SUCCESS, Attempt, success
from jobs.scenario_disguise import HOMOGLYPHS, LEET, TECHNIQUES, Turn, load_misuse
from jobs.scenario_hidden import HIDERS
from nlp.redact import redact_all

CALENDAR = Calendar(date(2026, 6, 28), 60, 900)
ALTERED = {"decisions.parquet", "exposure.csv", "truth.json"}


@dataclass(frozen=True)
class Pair:
    """One world with and without what is hidden, on disk, and the truth of the first."""

    with_: Path
    without: Path
    truth: dict[str, Any]

    def decisions(self, directory: Path) -> pd.DataFrame:
        return pd.read_parquet(directory / "decisions.parquet")

    def hidden(self, name: str) -> tuple[dict[str, Any], pd.DataFrame]:
        """The truth of one planting, and its rows of the log in their order."""
        told = next(one for one in self.truth["hidden"] if one["id"] == name)
        log = self.decisions(self.with_).set_index("decision_id", drop=False)
        return told, log.loc[told["decision_ids"]]


@pytest.fixture(scope="module", params=[False, True], ids=["few", "all"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    found = {}
    for hidden in (True, False):
        directory = tmp_path_factory.mktemp(f"hidden-{hidden}")
        world = build_world(CALENDAR, seed=3, busy=request.param, hidden=hidden)
        found[hidden] = directory, write_world(world, directory)
    return Pair(found[True][0], found[False][0], found[True][1])


def test_no_other_draw_of_the_world_moves(pair: Pair) -> None:
    names = {path.name for path in pair.without.iterdir()}
    assert names == {path.name for path in pair.with_.iterdir()}
    moved = {name for name in names if (pair.with_ / name).read_bytes() != (pair.without / name).read_bytes()}
    assert moved == ALTERED
    added = {ident for one in pair.truth["hidden"] for ident in one["decision_ids"]}
    log, bare = pair.decisions(pair.with_), pair.decisions(pair.without)
    kept = log[~log["decision_id"].isin(added)].reset_index(drop=True)
    # A column that holds nothing at all has another type on disk than one that holds something.
    pd.testing.assert_frame_equal(kept, bare, check_dtype=False)
    assert len(log) == len(bare) + len(added)


def test_exposure_differs_by_the_blocks_alone_and_holds_all_decisions(pair: Pair) -> None:
    exposure = pd.read_csv(pair.with_ / "exposure.csv", keep_default_na=False)
    bare = pd.read_csv(pair.without / "exposure.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(exposure.drop(columns="blocked"), bare.drop(columns="blocked"))
    log = pair.decisions(pair.with_)
    log["day"] = log["decided_at"].dt.strftime("%Y-%m-%d")
    made = log.groupby(["day", "mitigation", "product"]).agg(made=("action", "size"))
    made["stopped"] = log[log["action"] == "block"].groupby(["day", "mitigation", "product"]).size()
    both = exposure.merge(made.fillna({"stopped": 0}), left_on=["day", "mitigation", "product"], right_index=True)
    assert len(both) and (both["made"] <= both["requests"]).all() and (both["stopped"] == both["blocked"]).all()


def test_truth_names_every_planting_and_its_rows_of_the_log(pair: Pair) -> None:
    assert [one["id"] for one in pair.truth["hidden"]] == list(HIDERS)
    ids = [ident for one in pair.truth["hidden"] for ident in one["decision_ids"]]
    assert len(ids) == len(set(ids)) and set(ids) <= set(pair.decisions(pair.with_)["decision_id"])
    for one in pair.truth["hidden"]:
        _, rows = pair.hidden(one["id"])
        days = rows["decided_at"].dt.strftime("%Y-%m-%d")
        assert len(rows) == one["decisions"]
        # The accounts that jump have a past before they do.
        first = pair.truth["world"]["first_day"] if one["id"] == "accounts-jump" else one["first_day"]
        assert days.min() >= first and days.max() <= pair.truth["world"]["last_day"]
        assert {one["mitigation"] or name for name in rows["mitigation"]} == set(rows["mitigation"])


def test_added_truths_are_drawn_at_random_with_the_chance_they_state(pair: Pair) -> None:
    for name in ("slice-cyber", "trigger-agent"):
        told, rows = pair.hidden(name)
        drawn = rows["truth"].notna()
        assert set(rows.loc[drawn, "inclusion_probability"]) == {told["inclusion_probability"]}
        assert rows.loc[~drawn, "inclusion_probability"].isna().all()
        spread = 4 * (len(rows) * told["inclusion_probability"] ** 2) ** 0.5 / len(rows)
        assert drawn.mean() == pytest.approx(told["inclusion_probability"], abs=spread)


def test_slice_has_its_benign_stops_as_many_times_over_as_stated(pair: Pair) -> None:
    told, rows = pair.hidden("slice-cyber")
    assert len(rows) == (told["times"] - 1) * len(told["of_the_world"])
    for name, value in told["attributes"].items():
        assert set(rows[name]) <= {value}
    log = pair.decisions(pair.without).set_index("decision_id")
    days = log.loc[told["of_the_world"], "decided_at"].dt.date.value_counts() * (told["times"] - 1)
    assert days.to_dict() == rows["decided_at"].dt.date.value_counts().to_dict()


@pytest.mark.parametrize("mitigation", ["fraud-guard", "cyber-guard"])
def test_evasion_begins_with_a_block_and_a_try_ends_it_where_it_gets_through(pair: Pair, mitigation: str) -> None:
    told, rows = pair.hidden(f"evasion-{mitigation}")
    assert {one["technique"] for one in told["conversations"]} == set(TECHNIQUES)
    for one in told["conversations"]:
        own = rows[rows["conversation_id"] == one["conversation_id"]]
        assert own["decided_at"].is_monotonic_increasing and own["customer_id"].nunique() == 1
        assert own["action"].tolist() == ["block"] * one["tries"] + ["allow" if one["success"] else "block"]
        assert own["excerpt"].notna().all() and own["excerpt"].iloc[0] not in set(own["excerpt"].iloc[1:])
    assert ((rows["score"] >= rows["threshold"]) == (rows["action"] == "block")).all()


def test_scores_bunch_just_under_the_threshold_in_the_last_weeks_alone(pair: Pair) -> None:
    told, rows = pair.hidden("bunching-chem")
    share = rows["score"] / rows["threshold"]
    assert share.between(told["scores_from"] - 0.001, told["scores_to"]).all() and set(rows["action"]) == {"allow"}
    assert rows["decided_at"].dt.strftime("%Y-%m-%d").min() >= told["first_day"]


def test_blocked_share_of_five_accounts_jumps_and_groups_share_a_template(pair: Pair) -> None:
    told, rows = pair.hidden("accounts-jump")
    assert len({one["customer_id"] for one in told["accounts"]}) == 5
    for one in told["accounts"]:
        own = rows[rows["customer_id"] == one["customer_id"]]
        jump = own["decided_at"].dt.strftime("%Y-%m-%d").between(one["first_day"], one["last_day"])
        blocked = own["action"] == "block"
        assert blocked[jump].mean() == pytest.approx(0.75) and blocked[~jump].mean() < 0.2
    before = set(pair.decisions(pair.without)["customer_id"])
    for name in ("linked-letters", "linked-logins"):
        told, rows = pair.hidden(name)
        assert set(rows["customer_id"]) == set(told["customer_ids"]) and not before & set(told["customer_ids"])
        assert rows["excerpt"].str.replace(r"\d+", "0", regex=True).str.slice(0, 8).nunique() <= 4


def test_trigger_is_in_blocked_excerpts_and_in_no_counter_example(pair: Pair) -> None:
    told, rows = pair.hidden("trigger-agent")
    plain = rows["decision_id"].isin(told["counter_examples"])
    named = rows["excerpt"].str.contains(told["trigger"], regex=False)
    assert (named == ~plain).all() and set(rows.loc[plain, "action"]) == {"allow"}
    assert (rows.loc[named, "action"] == "block").mean() > 0.5 and set(rows["truth"].dropna()) == {"benign"}


@pytest.fixture(scope="module")
def adder() -> Adder:
    world = build_world(Calendar(date(2026, 6, 28), 40, 300), seed=0, hidden=False)
    return Adder(world.log, load_banks(), 0)


def test_success_of_one_technique_rises_and_of_the_others_stays(adder: Adder) -> None:
    def chance(mitigation: str, technique: str, index: int) -> float:
        return success(adder, Attempt(mitigation, technique, adder.customer(0, "assistant"), index))

    rising = [chance(*RISING, index) for index in range(adder.calendar.days)]
    assert rising == sorted(rising) and rising[0] < 0.1 and rising[-1] == pytest.approx(0.75)
    assert chance("cyber-guard", RISING[1], 39) == chance(RISING[0], "base64", 0) == SUCCESS


def test_disguises_hold_what_was_said_and_redaction_leaves_them(adder: Adder) -> None:
    ask = load_misuse().asks["cyber-guard"][0]
    said = adder.say(ask.wordings[0])
    texts = {name: disguise(Turn(adder, ask, said, 0)) for name, disguise in TECHNIQUES.items()}
    letters = "aceiopxy"
    assert (
        texts["homoglyph"] != said
        and texts["homoglyph"].translate(str.maketrans(letters.translate(HOMOGLYPHS), letters)) == said
    )
    assert texts["leetspeak"] == said.translate(LEET)
    lines = [line for line in texts["base64"].splitlines() if " " not in line]
    assert b"".join(map(b64decode, lines)).decode() == said
    assert [word[::2] for word in texts["spaced_out"].split("  ")] == said.split()
    assert said in texts["persona"] and said not in (texts["paraphrase"], texts["splitting"])
    assert [one.text for one in redact_all(list(texts.values()))] == list(texts.values())
