"""The check before a report leaves: no number gets into a text but from a cell of the ledger object."""

import pytest

from jobs.report_cells import Cells, Figure, Name, UnknownCell
from jobs.report_check import NumberNotInLedger, check, check_chart, page_text
from jobs.report_confidence import confidence, flags_of, sureness
from jobs.report_said import rose_among

ROW = {"method": "ppi", "drift": None, "completeness": 1.0}


@pytest.fixture
def cells() -> Cells:
    """A week of 41 claims, of a plan whose name holds a number."""
    made = Cells()
    made.read("2026-W10/all", {"claimed_unique": 41, "claims_estimated": 38.6}, ("claimed_unique", "claims_estimated"))
    made.name("plan 7")
    return made


def test_figures_names_and_words_of_the_object_pass(cells: Cells) -> None:
    said = (
        cells.figure("2026-W10/all/claimed_unique", "whole"),
        " reports, about ",
        cells.figure("2026-W10/all/claims_estimated", "tally"),
        " claims (95 % interval) of ",
        cells.name("plan 7"),
        ", per 10,000 requests",
    )
    check("41 reports, about 39 claims (95 % interval) of plan 7, per 10,000 requests", said, cells)


@pytest.mark.parametrize(
    "text",
    ["42 reports", "41 reports, 3 more", "reports", "41.0 reports", "41,000 reports"],
    ids=["another number", "one more", "one less", "written otherwise", "grown"],
)
def test_finished_text_that_says_another_number_is_refused(text: str, cells: Cells) -> None:
    with pytest.raises(NumberNotInLedger, match="numbers of the ledger object"):
        check(text, (cells.figure("2026-W10/all/claimed_unique", "whole"), " reports"), cells)


def test_number_written_into_words_is_refused(cells: Cells) -> None:
    with pytest.raises(NumberNotInLedger, match="words without numbers"):
        check("41 reports", ("41 reports",), cells)


def test_figure_that_is_not_its_cell_is_refused(cells: Cells) -> None:
    with pytest.raises(NumberNotInLedger, match="to be 41, got 40"):
        check("40", (Figure("2026-W10/all/claimed_unique", 40, "whole"),), cells)
    with pytest.raises(UnknownCell):
        check("40", (Figure("made up", 40, "whole"),), cells)
    with pytest.raises(UnknownCell):
        cells.figure("2026-W11/all/claimed_unique", "whole")


def test_name_that_the_object_does_not_hold_is_refused(cells: Cells) -> None:
    with pytest.raises(NumberNotInLedger, match="a name of the ledger object"):
        check("plan 8", (Name("plan 8"),), cells)


def test_number_of_a_name_stands_for_no_other_number(cells: Cells) -> None:
    said = (cells.figure("2026-W10/all/claimed_unique", "whole"), " of ", cells.name("plan 7"))
    with pytest.raises(NumberNotInLedger):
        check("7 of plan 7", said, cells)


def test_chart_that_draws_another_number_is_refused(cells: Cells) -> None:
    check_chart({"layer": [{"data": {"values": [{"week": "2026-W10", "claims": 38.6, "low": None}]}}]}, cells)
    for spec in (
        {"hconcat": [{"data": {"values": [{"claims": 38.7}]}}]},
        {"datasets": {"a": [{"claims": 12}]}},
    ):
        with pytest.raises(NumberNotInLedger, match="chart"):
            check_chart(spec, cells)


def test_page_is_read_without_its_styles_and_pictures() -> None:
    html = '<style>p { margin: 3px }</style><p title="9">4&#49; reports</p><svg><text>5</text></svg><img alt="6">'
    assert page_text(html).strip() == "41 reports"


def test_what_is_not_known_is_written_as_such(cells: Cells) -> None:
    cells.derive("none", None, "nothing")
    assert cells.figure("none", "times").text == "cannot tell"


@pytest.mark.parametrize(
    ("interval", "row", "word"),
    [
        ((100, 80, 125), {}, "high"),
        ((100, 60, 150), {}, "fair"),
        ((100, 10, 190), {}, "low"),
        ((100, 80, 125), {"drift": "the labels are of another time"}, "low"),
        ((100, 80, 125), {"method": "uncorrected"}, "low"),
        ((100, 80, 125), {"completeness": 0.8}, "fair"),
        ((100, 10, 190), {"completeness": 0.8}, "low"),
        ((2, 0, 80), {}, "cannot tell"),
        ((None, None, None), {}, "cannot tell"),
    ],
)
def test_confidence_is_the_worst_of_width_and_caps(
    interval: tuple[float, float, float], row: dict[str, object], word: str
) -> None:
    assert confidence(interval, flags_of(ROW | row))[0] == word


def test_data_are_as_sure_as_what_stands_against_them() -> None:
    assert sureness(ROW, feeds=False) == ("high", "nothing stands against these numbers")
    assert sureness(ROW, feeds=True)[0] == "low"
    assert sureness(ROW | {"completeness": 0.95}, feeds=False) == ("fair", "not every report has arrived")


def test_rise_of_one_slice_of_many_must_be_clearer_than_of_one() -> None:
    row = {"change_4w": 1.2, "change_4w_low": 1.02, "change_4w_high": 1.41}
    assert rose_among(row, 1)
    assert not rose_among(row, 20)
    assert rose_among({"change_4w": 3.0, "change_4w_low": 2.0, "change_4w_high": 4.5}, 20)
    assert not rose_among({"change_4w": None, "change_4w_low": None, "change_4w_high": None}, 1)
