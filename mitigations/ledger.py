"""The weekly account of over- and under-blocks: four columns that never merge, denominator, interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mitigations.cells import ALL, WEEK, slicing, week_name, week_start, weeks
from mitigations.claims import CELL, COUNTS, KINDS, counted
from mitigations.decisions import ERRORS, audited_errors, found_wrong, made
from mitigations.denominators import exposed
from mitigations.estimate import adjusted_counts, classifier_error
from mitigations.rates import poisson_interval

UNCORRECTED = "uncorrected: sampling variation only"
SEED = 20
COLUMNS = tuple(
    "week kind slice claimed_raw claimed_unique reporters customers unknown_reporters collapsed "
    "top_reporter_share effective_reporters claims_estimated claims_low claims_high correction corroborated "
    "adjudicated wrongful_estimated wrongful_low wrongful_high audited requests blocked active_customers "
    "per_10k_requests per_10k_requests_low per_10k_requests_high completeness partial detail as_of".split()
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known beside the documents; empty frames where nothing is.

    `exposure`: see `denominators.exposed`. `decision_days`, `audited`, `appeals`: see `decisions`, each with
    the attributes it has as columns. `labels`: document_id, field, value, labelled_at,
    inclusion_probability (NaN: not drawn at random). `completeness`: share of the final count that has
    arrived, by day, 1 for the days it leaves out; None where it is not known.
    """

    exposure: pd.DataFrame
    decision_days: pd.DataFrame
    audited: pd.DataFrame
    appeals: pd.DataFrame
    labels: pd.DataFrame
    completeness: "pd.Series[float] | None" = None


def weekly(documents: pd.DataFrame, evidence: Evidence, *, by: Sequence[str], as_of: pd.Timestamp) -> pd.DataFrame:
    """Rows of the ledger, by ISO week (UTC), kind and slice; the columns of `COLUMNS`.

    `documents`: see `claims.counted`. `by`: ways of slicing besides the total, such as "plan" or
    "harm_domain&plan". Every slice that ever had a claim of the kind has a row in every week, so that
    none is silently absent; the total is counted and estimated as such, not summed. `collapsed` and
    `detail` are dicts; what cannot be told is NaN or NA. `as_of` is naive UTC.
    """
    if documents.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    span = weeks(documents["day"].min(), max(as_of, documents["day"].max()))
    ways = sorted({slicing(way) for way in [ALL, *by]})
    parts = [_rows(documents, evidence, way, kind, span) for kind in KINDS for way in ways]
    rows = pd.concat(parts, ignore_index=True)
    rows["completeness"] = rows["week"].map(_completeness(documents, evidence.completeness))
    rows["partial"] = ((rows["week"] + WEEK > as_of) | (rows["week"] < documents["day"].min())).astype(int)
    _blank_half_known(rows, documents["day"].min(), as_of)
    _per_request(rows)
    rows["detail"] = pd.Series([_detail(row) for row in rows.to_dict("records")], dtype=object)
    rows["as_of"] = as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    rows["week"] = rows["week"].map({start: week_name(start) for start in span})
    rows = rows.sort_values(["week", "kind", "slice"], kind="stable", ignore_index=True)
    return rows[list(COLUMNS)]


def _rows(
    documents: pd.DataFrame, evidence: Evidence, way: tuple[str, ...], kind: str, span: pd.DatetimeIndex
) -> pd.DataFrame:
    claims = counted(documents, way, kind=kind)
    seen = claims.index[claims["claimed_raw"] > 0].get_level_values("slice").unique()
    slices = sorted(seen) if way else [ALL]
    rows = claims.reindex(pd.MultiIndex.from_product([span, slices], names=CELL))
    rows[[*COUNTS, "others"]] = rows[[*COUNTS, "others"]].fillna(0).astype(np.int64)
    plain = [value if isinstance(value, dict) else {} for value in rows["collapsed"]]
    rows["collapsed"] = pd.Series(plain, index=rows.index, dtype=object)
    _correct(rows, documents, evidence.labels, kind)
    if way:
        rows["correction"] = rows["correction"].str.replace("random labels", "random labels of all slices")
    rows = rows.join(_adjudicated(evidence, way, kind)).join(_wrongful(evidence, way, kind))
    rows["audited"] = rows["audited"].astype("Int64")
    if _tells(evidence, way):
        rows["adjudicated"] = rows["adjudicated"].fillna(0)
    rows["adjudicated"] = rows["adjudicated"].astype("Int64")
    rows["corroborated"] = rows["corroborated"].astype("Int64")
    if documents["action"].isna().all():
        rows["corroborated"] = pd.NA
    exposure = exposed(evidence.exposure, way) if len(evidence.exposure) else None
    for name in ("requests", "blocked", "active_customers", "exposure_days"):
        rows[name] = np.nan if exposure is None else exposure[name].reindex(rows.index).astype(float)
    rows["kind"] = kind
    return rows.reset_index()


def _correct(rows: pd.DataFrame, documents: pd.DataFrame, labels: pd.DataFrame, kind: str) -> None:
    """Fill in the estimate of claims with its interval, and say what the interval covers."""
    unique = rows["claimed_unique"].to_numpy(np.float64)
    drawn = labels[(labels["field"] == "kind") & labels["inclusion_probability"].notna()]
    drawn = drawn.sort_values("labelled_at", kind="stable").drop_duplicates("document_id", keep="last")
    read = drawn.merge(documents.loc[documents["kept"], ["document_id", "kind"]], on="document_id")
    error = classifier_error(read["kind"] == kind, read["value"] == kind, read["inclusion_probability"])
    if error.enough:
        estimate, low, high = adjusted_counts(unique, rows["others"], error, seed=SEED)
        correction = f"adjusted counting: sampling and classifier error, {error.labels} random labels"
    else:
        (low, high), estimate, correction = poisson_interval(unique), unique, UNCORRECTED
    rows["claims_estimated"], rows["claims_low"], rows["claims_high"] = estimate, low, high
    rows["correction"] = correction


def _tells(evidence: Evidence, way: tuple[str, ...]) -> bool:
    """Whether decisions were reviewed at all, and know the attributes of this way of slicing."""
    reviewed = [frame for frame in (evidence.audited, evidence.appeals) if len(frame)]
    return bool(reviewed) and all(_knows(frame, way) for frame in reviewed)


def _knows(frame: pd.DataFrame, way: tuple[str, ...]) -> bool:
    return all(name in frame for name in way)


def _adjudicated(evidence: Evidence, way: tuple[str, ...], kind: str) -> "pd.Series[float]":
    empty = pd.Series(dtype=np.float64, index=pd.MultiIndex.from_arrays([[], []], names=CELL))
    if not _tells(evidence, way):
        return empty.rename("adjudicated")
    found = found_wrong(evidence.audited, evidence.appeals, way, kind=kind).astype(float)
    return (found if len(found) else empty).rename("adjudicated")


def _wrongful(evidence: Evidence, way: tuple[str, ...], kind: str) -> pd.DataFrame:
    """Audited decisions and the wrong ones they stand for, by cell, in the ledger's names."""
    names = {"wrong": "wrongful_estimated", "wrong_low": "wrongful_low", "wrong_high": "wrongful_high"}
    found = pd.DataFrame()
    if _knows(evidence.audited, way):
        population = None
        # A log holds every block but seldom every allow: those are told by the audits' own weights.
        if kind == "over_block" and len(evidence.decision_days) and _knows(evidence.decision_days, way):
            population = made(evidence.decision_days, way, action=ERRORS[kind].action)
        found = audited_errors(evidence.audited, population, way, kind=kind).rename(columns=names)
    columns = ["audited", *names.values(), "population", "share", "share_low", "share_high"]
    if found.empty:
        index = pd.MultiIndex.from_arrays([pd.DatetimeIndex([]), []], names=CELL)
        return pd.DataFrame({name: pd.Series(dtype=np.float64) for name in columns}, index=index)
    return found[columns]


def _completeness(documents: pd.DataFrame, completeness: "pd.Series[float] | None") -> "pd.Series[float]":
    """Arrived documents over those expected in the end, by week; NaN where the delay is not known."""
    daily = documents[documents["kept"]].groupby("day").size().astype(float)
    if completeness is None:
        return pd.Series(np.nan, index=week_start(daily.index.to_series()).unique())
    share = completeness.reindex(daily.index).fillna(1.0).clip(lower=1e-3, upper=1.0)
    week = week_start(daily.index.to_series())
    return daily.groupby(week).sum() / (daily / share).groupby(week).sum()


def _blank_half_known(rows: pd.DataFrame, first: pd.Timestamp, as_of: pd.Timestamp) -> None:
    """Take out denominators of weeks in which exposure covers fewer days than the claims do."""
    known_until = as_of.normalize() + pd.Timedelta(days=1)
    end = rows["week"] + WEEK
    start, end = rows["week"].where(rows["week"] > first, first), end.where(end < known_until, known_until)
    rows["days"] = (end - start).dt.days
    short = ~(rows["exposure_days"] >= rows["days"])
    rows.loc[short, ["requests", "blocked", "active_customers"]] = np.nan


def _per_request(rows: pd.DataFrame) -> None:
    requests = rows["requests"].where(rows["requests"] > 0)
    for end in ("", "_low", "_high"):
        claims = rows["claims_estimated" if not end else f"claims{end}"]
        rows[f"per_10k_requests{end}"] = 1e4 * claims / requests


def _detail(row: Mapping[Any, Any]) -> dict[str, Any]:
    """What stands behind a row and has no column: raw dominance, worth, share of wrong ones, days."""
    names = ("raw_top_reporter_share", "seats", "revenue", "exposure_days", "days", "population")
    detail: dict[str, Any] = {name: _short(row[name]) for name in names if pd.notna(row.get(name))}
    if pd.notna(row["share"]):
        detail["wrong_share"] = [_short(row[name]) for name in ("share", "share_low", "share_high")]
    if pd.notna(row["wrongful_estimated"]) and row["requests"] > 0:
        wrong = [row[name] for name in ("wrongful_estimated", "wrongful_low", "wrongful_high")]
        detail["wrongful_per_10k_requests"] = [_short(1e4 * value / row["requests"]) for value in wrong]
    if row["active_customers"] > 0:
        detail["customers_per_10k_active"] = _short(1e4 * row["customers"] / row["active_customers"])
    return detail


def _short(value: float) -> float | int:
    shortened = round(float(value), 4)
    return int(shortened) if shortened.is_integer() else shortened
