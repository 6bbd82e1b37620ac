"""Volumes count what the blueprint says they count."""

import pandas as pd
import pytest

from topics.volume import UnknownStream, daily, series_names, series_table


def document(number: int, day: str, **fields: object) -> dict[str, object]:
    """One feedback document about a cyber over-block, unless told otherwise."""
    usual: dict[str, object] = {
        "document_id": f"d{number}",
        "stream": "feedback",
        "day": pd.Timestamp(day),
        "reporter": f"r{number}",
        "customer": f"c{number}",
        "kept": True,
        "kind": "over_block",
        "harm_domain": "cyber",
        "hazard": "low",
        "theme_id": "T0001",
        "mitigation": None,
        "anomaly_type": None,
    }
    return usual | fields


def cells(volumes: pd.DataFrame, series: str) -> pd.DataFrame:
    """The rows of one series by day."""
    return volumes[volumes["series"] == series].set_index("day")


def test_a_reporter_counts_once_a_day() -> None:
    rows = [document(n, "2026-03-01", reporter="tool") for n in range(50)]
    one = daily(pd.DataFrame(rows)).set_index("series").loc["feedback/total"]
    assert one["documents"] == 50
    assert one["reporters"] == 1


def test_collapsed_documents_count_as_documents_only() -> None:
    rows = [document(1, "2026-03-01"), document(2, "2026-03-01", kept=False)]
    one = daily(pd.DataFrame(rows)).set_index("series").loc["feedback/total"]
    assert (one["documents"], one["unique_documents"], one["reporters"]) == (2, 1, 1)


def test_a_quiet_day_is_a_zero_and_not_missing() -> None:
    rows = [document(1, "2026-03-01"), document(2, "2026-03-04", theme_id="T0002")]
    volumes = daily(pd.DataFrame(rows))
    assert cells(volumes, "feedback/theme=T0001")["documents"].tolist() == [1, 0, 0, 0]
    assert not volumes.duplicated(["series", "day"]).any()


def test_each_stream_spans_its_own_days() -> None:
    rows = [document(1, "2026-03-01"), document(2, "2026-03-09")]
    anomaly = {"stream": "usage_anomaly", "anomaly_type": "probing", "kind": None, "theme_id": None}
    rows.append(document(3, "2026-03-04", **anomaly))
    volumes = daily(pd.DataFrame(rows))
    assert len(cells(volumes, "feedback/total")) == 9
    assert len(cells(volumes, "usage_anomaly/anomaly_type=probing")) == 1


def test_unassigned_documents_are_a_series() -> None:
    rows = [document(1, "2026-03-01", theme_id=None), document(2, "2026-03-01")]
    assert cells(daily(pd.DataFrame(rows)), "feedback/unassigned")["documents"].tolist() == [1]


def test_missing_customers_are_not_a_customer() -> None:
    rows = [document(1, "2026-03-01", customer=None), document(2, "2026-03-01", customer=None)]
    assert daily(pd.DataFrame(rows))["customers"].max() == 0


@pytest.mark.parametrize(("documents", "expected"), [(19, False), (20, True)])
def test_a_domain_rolls_up_from_twenty_documents(documents: int, expected: bool) -> None:
    volumes = daily(pd.DataFrame([document(n, "2026-03-01") for n in range(documents)]))
    assert ("feedback/kind=over_block&harm_domain=cyber" in set(volumes["series"])) is expected


def test_a_theme_rolls_up_to_the_narrowest_series_that_holds_most_of_it() -> None:
    rows = [document(n, "2026-03-01") for n in range(30)]
    rows += [document(100 + n, "2026-03-01", kind="billing", theme_id="T0002") for n in range(3)]
    table = series_table(pd.DataFrame(rows)).set_index("series")
    assert table.loc["feedback/theme=T0001", "rollup"] == "feedback/kind=over_block&harm_domain=cyber"
    assert table.loc["feedback/theme=T0002", "rollup"] == "feedback/kind=billing"
    assert table.loc["feedback/kind=over_block&harm_domain=cyber", "rollup"] == "feedback/kind=over_block"
    assert table.loc["feedback/total", "rollup"] is None


def test_a_quarter_of_critical_documents_makes_a_series_critical() -> None:
    rows = [document(n, "2026-03-01", hazard="critical" if n == 0 else "low") for n in range(4)]
    assert set(series_table(pd.DataFrame(rows))["hazard"]) == {"critical"}


def test_roll_up_of_themes_counts_each_reporter_of_its_themes_once_and_is_never_paged() -> None:
    rows = [
        document(1, "2026-03-01", theme_id="T0001", parent_id="T0009", reporter="r"),
        document(2, "2026-03-01", theme_id="T0002", parent_id="T0009", reporter="r"),
        document(3, "2026-03-01", theme_id="T0003", parent_id=None),
    ]
    one = daily(pd.DataFrame(rows)).set_index("series").loc["feedback/theme=T0009"]
    assert (one["documents"], one["reporters"]) == (2, 1)
    paged = series_table(pd.DataFrame(rows)).set_index("series")["paged"]
    assert not paged["feedback/theme=T0009"] and paged["feedback/theme=T0001"] and paged["feedback/theme=T0003"]


def test_series_table_describes_exactly_the_series_of_daily() -> None:
    rows = [document(n, f"2026-03-{n % 20 + 1:02d}", theme_id=f"T{n % 3:04d}") for n in range(60)]
    documents = pd.DataFrame(rows)
    assert series_table(documents)["series"].tolist() == sorted(daily(documents)["series"].unique())


def test_row_order_and_index_do_not_matter() -> None:
    rows = [document(n, f"2026-03-{n % 9 + 1:02d}", theme_id=f"T{n % 3:04d}") for n in range(40)]
    documents = pd.DataFrame(rows)
    shuffled = documents.sample(frac=1.0, random_state=1)
    pd.testing.assert_frame_equal(daily(documents), daily(shuffled))
    pd.testing.assert_frame_equal(series_table(documents), series_table(shuffled))


def test_memberships_add_up_to_the_counts() -> None:
    documents = pd.DataFrame([document(n, f"2026-03-{n % 9 + 1:02d}") for n in range(40)])
    per_series = series_names(documents).groupby("series").size()
    counted = daily(documents).groupby("series")["documents"].sum()
    assert per_series.to_dict() == counted.to_dict()


def test_no_documents_give_an_empty_table() -> None:
    empty = pd.DataFrame([document(1, "2026-03-01")]).iloc[:0]
    assert daily(empty).empty
    assert series_table(empty).empty


def test_an_unknown_stream_is_refused() -> None:
    with pytest.raises(UnknownStream, match="feedback or usage_anomaly"):
        daily(pd.DataFrame([document(1, "2026-03-01", stream="tweets")]))
