"""Columns are guessed from their names and values, and a person's word goes before the guess."""

import pytest

from jobs.columns import Columns, MissingField, UnknownColumn, Wishes, choose

Rows = list[dict[str, object]]


def guessed(rows: Rows, kind: str = "feedback", **wishes: tuple[str, ...]) -> Columns:
    return choose(rows, kind, Wishes(wishes))


def row(**cells: object) -> Rows:
    return [{"text": "words", "date": "2026-03-01", **cells}]


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Customer Complaint", "text"),
        ("consumer complaint narrative", "text"),
        ("reviewText", "text"),
        ("feedback_about_us", "text"),
        ("Created At", "received_at"),
        ("createdAt", "received_at"),
        ("Date received", "received_at"),
        ("survey_taken_on", "received_at"),
        ("Ticket #", "id"),
        ("Complaint ID", "id"),
        ("user.login", "reporter_id"),
        ("account_id", "customer_id"),
        ("html_url", "url"),
    ],
)
def test_common_names_are_understood(column: str, field: str) -> None:
    values = {"text": "it is broken, again and again", "received_at": "2026-03-01"}
    rows: Rows = [
        {**{name: value for name, value in values.items() if name != field}, column: values.get(field, f"v{number}")}
        for number in range(3)
    ]
    assert guessed(rows).fields[field] == (column,)


def test_title_and_body_make_one_text() -> None:
    assert guessed([{"title": "Broken", "body": "It is.", "date": "2026-03-01"}]).fields["text"] == ("title", "body")


def test_what_arrived_is_preferred_to_what_was_updated_or_closed() -> None:
    times = {"updated_at": "2026-03-02", "closed_at": "2026-03-03", "created_at": "2026-03-01"}
    assert guessed([{"text": "words", **times}]).fields["received_at"] == ("created_at",)


def test_time_of_day_joins_a_date_without_one() -> None:
    assert guessed(row(time="3:53:50 PM")).fields["received_at"] == ("date", "time")
    assert guessed([{"text": "w", "date": "2026-03-01 10:00", "time": "3:53 PM"}]).fields["received_at"] == ("date",)


def test_number_of_comments_is_no_comment() -> None:
    with pytest.raises(MissingField, match="text"):
        guessed([{"comments": "3", "date": "2026-03-01"}])


def test_issue_category_is_no_id() -> None:
    rows: Rows = [{"issue": "Billing", "text": f"words {n}", "date": "2026-03-01"} for n in range(20)]
    assert "id" not in guessed(rows).fields


def test_slices_are_segments_and_labels_are_not() -> None:
    found = guessed(row(airline="Delta", labels="bug, macos", plan="pro", rating="5", status="open", Platform="ios"))
    assert dict(found.segments) == {"product": "airline", "plan": "plan", "surface": "Platform"}
    assert set(found.ignored) == {"labels", "rating", "status"}


def test_state_is_a_region_beside_a_city_and_a_status_elsewhere() -> None:
    assert dict(guessed(row(State="Georgia", City="Atlanta")).segments) == {"region": "State"}
    assert dict(guessed(row(state="open")).segments) == {}


def test_column_of_many_values_is_no_segment() -> None:
    rows: Rows = [{"text": "words", "date": "2026-03-01", "product": f"p{number}"} for number in range(100)]
    assert dict(guessed(rows).segments) == {}


def test_person_goes_before_the_guess() -> None:
    found = choose(row(body="b", plan="pro"), "feedback", Wishes({"text": ("body",), "id": ()}, {"tier": "plan"}))
    assert found.fields["text"] == ("body",)
    assert "text <- body" in found.describe() and "received_at <- date (guessed)" in found.describe()
    assert dict(found.segments) == {"tier": "plan"}


def test_constant_fills_a_field_that_no_column_has() -> None:
    rows: Rows = [{"action": "flagged", "date": "2026-03-01"}]
    found = guessed(rows, "decisions", mitigation=("=prompt shield",))
    assert found.value(rows[0], "mitigation") == "prompt shield"


@pytest.mark.parametrize("wish", [{"text": ("nowhere",)}, {"wording": ("text",)}])
def test_unknown_column_or_field_is_named_with_those_that_exist(wish: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(UnknownColumn, match="expected a (column|field).*text.*correct --map"):
        guessed(row(), **wish)


def test_missing_field_is_named_with_the_option_that_settles_it() -> None:
    with pytest.raises(MissingField, match="received_at .*found none among: text; name it with --map received_at="):
        guessed([{"text": "words"}])


def test_free_text_is_refused_as_a_segment() -> None:
    with pytest.raises(UnknownColumn, match="at most 60 characters") as error:
        choose([{"text": "a secret " * 20, "date": "2026-03-01"}], "feedback", Wishes({}, {"text": "text"}))
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("empty", ["", "NaN", "null", "None", " n/a "])
def test_spelt_out_nothing_is_nothing(empty: str) -> None:
    assert guessed(row()).value({"text": empty}, "text") is None
