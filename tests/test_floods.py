"""Floods: a tool's reports on one skeleton are one claim, what people write in their own words is not."""

import random

import pandas as pd
import pytest

from nlp.campaigns import quoted
from nlp.duplicates import account, collapse

START = pd.Timestamp("2026-03-01")
HEAD = "Automated notice from the gateway of our laboratory: a permitted request was refused."
TAIL = "Kindly correct the classifier and restore the service for reference {id} without any further delay."
WHO = ("Our engineer", "A postdoc", "The team", "One of us", "A student", "Staff on shift")
DID = ("asked about", "looked up", "needed", "was checking", "studied", "inquired after")
THING = ("the plasmid map", "codon usage", "a primer for yeast", "the gene alignment", "sequence quality", "an enzyme")
END = (
    "It is harmless.",
    "This is textbook biology.",
    "Nothing here is dangerous.",
    "All of it is public.",
    "It is routine.",
)
OTHERS = (
    "the invoice of last month lists two seats that nobody at our office has ever used",
    "voice mode answers my grandmother in Portuguese although she speaks Polish with it",
    "exported tables lose their header row whenever a column name contains a comma",
    "dark theme turns the syntax colours unreadable on the old projector in room nine",
    "the mobile keyboard hides the send button after rotating the tablet twice",
    "translation of my poem drops every second stanza and invents a refrain instead",
    "search finds no conversation older than spring even with the exact title typed",
    "uploading scanned contracts fails silently once they exceed forty pages",
)


def rationale(chance: random.Random) -> str:
    return " ".join(chance.choice(bank) for bank in (WHO, DID, THING)) + ". " + chance.choice(END)


def report(chance: random.Random) -> str:
    return f"{HEAD} {rationale(chance)} {TAIL.format(id=f'req_{chance.getrandbits(40):010x}')}"


def frame(rows: list[tuple[str, str, float]], **columns: object) -> pd.DataFrame:
    """Documents from (reporter, claim, days after the start)."""
    table = pd.DataFrame(
        {
            "document_id": [f"d{number:04}" for number in range(len(rows))],
            "received_at": [START + pd.Timedelta(days=days) for _, _, days in rows],
            "reporter": [reporter for reporter, _, _ in rows],
            "reporter_known": True,
            "claim": [claim for _, claim, _ in rows],
            "request_id": None,
            "decision_id": None,
        }
    )
    return table.assign(**columns)


@pytest.fixture
def reworded() -> pd.DataFrame:
    """Thirty reports of one tool in three days, the rationale worded anew each time."""
    chance = random.Random(3)
    return frame([("tool", report(chance), number / 10) for number in range(30)])


def test_flood_with_a_reworded_rationale_is_one_claim(reworded: pd.DataFrame) -> None:
    found = collapse(reworded)
    assert len(found) == 29 and set(found["kept_id"]) == {"d0000"}


def test_rationale_alone_is_recognised_by_the_things_it_speaks_of() -> None:
    chance = random.Random(5)
    rows = [("tool", f"{rationale(chance)} {rationale(chance)} {rationale(chance)}", n / 20) for n in range(60)]
    assert len(collapse(frame(rows))) >= 0.95 * 59


def test_flood_longer_than_a_block_is_one_claim(monkeypatch: pytest.MonkeyPatch, reworded: pd.DataFrame) -> None:
    for size in (10, 13, 30):
        monkeypatch.setattr("nlp.floods_hand.BLOCK", size)
        assert len(collapse(reworded)) == 29


def test_slow_drip_of_reworded_reports_is_one_claim() -> None:
    chance = random.Random(8)
    assert len(collapse(frame([("tool", report(chance), 11.0 * number) for number in range(20)]))) == 19


def test_own_reports_with_a_signature_are_all_counted() -> None:
    sign = "Many thanks in advance and kind regards from Jo Miller at the reading room of the city library"
    assert collapse(frame([("me", f"{text}. {sign}", place / 10) for place, text in enumerate(OTHERS)])).empty


def test_others_of_the_reporter_stay_beside_its_flood(reworded: pd.DataFrame) -> None:
    own = frame([("tool", text, 0.05 + place / 10) for place, text in enumerate(OTHERS)])
    own["document_id"] = [f"own{place}" for place in range(len(own))]
    assert not set(collapse(pd.concat([reworded, own]))["document_id"]) & set(own["document_id"])


def test_structure_is_looked_for_in_the_whole_text() -> None:
    chance = random.Random(9)
    rows = [("tool", rationale(chance), number / 10) for number in range(30)]
    table = frame(rows)
    texts = [f"{HEAD}\n{claim}\n{TAIL.format(id=number)}" for number, claim in enumerate(table["claim"])]
    assert len(collapse(table.assign(text=texts))) == 29 > len(collapse(table))


def test_several_accounts_on_one_skeleton_are_one_hand() -> None:
    chance = random.Random(4)
    rows = [(f"puppet{number % 6}", report(chance), chance.random() * 3) for number in range(36)]
    found = collapse(frame(rows))
    assert len(found) == 35 and found["kept_id"].nunique() == 1 and "linked" in set(found["rule"])


def test_petition_of_many_people_is_flagged_and_not_collapsed() -> None:
    text = "We the undersigned ask you to restore the answers about public health that you removed last week"
    table = frame([(f"citizen{number}", text, number / 20) for number in range(40)])
    parts = table.sort_values(["reporter", "received_at"])
    found = account(lambda: iter([parts]))
    assert found.duplicates.empty and found.campaigns["campaign_id"].tolist() == ["d0000"] * 40


def test_petition_that_some_sent_twice_links_nobody() -> None:
    text = "We the undersigned ask you to restore the answers about public health that you removed last week"
    rows = [(f"citizen{number % 40}", text, number / 20) for number in range(60)]
    found = collapse(frame(rows))
    assert len(found) == 20 and set(found["rule"]) == {"template"}


def test_same_long_text_of_one_customers_reporters_is_no_campaign() -> None:
    text = "We the undersigned ask you to restore the answers about public health that you removed last week"
    table = frame([(f"seat{number}", text, number / 20) for number in range(40)]).assign(customer="acme")
    assert account(lambda: iter([table.sort_values("reporter")])).campaigns.empty


def test_parts_may_be_cut_anywhere(reworded: pd.DataFrame) -> None:
    whole = account(lambda: iter([reworded])).duplicates
    cut = account(lambda: iter([reworded.iloc[:7], reworded.iloc[7:8], reworded.iloc[8:]])).duplicates
    pd.testing.assert_frame_equal(whole, cut)


def test_ids_quoted_by_several_reporters_are_flagged() -> None:
    table = frame([("a", "mine", 0), ("b", "mine too", 1), ("a", "other", 2)])
    table["request_id"] = ["req_1", "req_1", "req_2"]
    assert collapse(table).empty
    flags = quoted(table)
    assert flags.to_dict("list") == {
        "document_id": ["d0000", "d0001"],
        "id_type": ["request"] * 2,
        "value": ["req_1"] * 2,
        "reporters": [2, 2],
    }


def test_unknown_reporters_are_neither_flood_nor_flag(reworded: pd.DataFrame) -> None:
    table = reworded.assign(reporter_known=False, reporter="", request_id="req_1")
    assert collapse(table).empty and quoted(table).empty
