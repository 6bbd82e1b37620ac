"""A step of the run: duplicates, feed coverage, and daily volumes of every series."""

import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from jobs.settings import Settings
from jobs.store import Store
from jobs.store_rows import encoded
from nlp.campaigns import quoted
from nlp.duplicates import account, overruled
from topics.conditions import UNPAGED_KINDS
from topics.coverage import coverage, masks
from topics.delay import completeness
from topics.volume import daily, series_table
from topics.watch import keys, watchlist_of

SEGMENT_COLUMNS = ("product", "plan", "locale", "surface")


def run(store: Store, settings: Settings, *, as_of: str) -> int:
    """Collapse duplicates, then count; replaces both in one transaction. Returns the rows of volume."""
    documents = counted(store)
    found = account(store.duplicates.filed, window=pd.Timedelta(days=settings.duplicate_window_days))
    duplicates = overruled(found.duplicates, store.duplicates.verdicts())
    documents["kept"] = ~documents["document_id"].isin(set(duplicates["document_id"]))
    covered = coverage(documents)
    volumes = daily(documents)
    series = series_table(documents)
    with store.transaction():
        store.duplicates.replace(duplicates, quoted(documents), suspected(found.campaigns, documents))
        store.findings.replace_coverage(coverage_rows(covered))
        store.findings.replace_volumes(
            series_rows(series, store.themes.names(), store.watch.names()),
            volume_rows(volumes, documents, covered, store.reference.exposure(), as_of=as_of),
        )
    return len(volumes)


def counted(store: Store) -> pd.DataFrame:
    """`Understanding.counted` with the segments that coverage and explanation compare, and watchlists, as columns."""
    documents = watched(store.understanding.counted(), store.watch.matches())
    for name in SEGMENT_COLUMNS:
        documents[name] = pd.Series([row.get(name) for row in documents["segments"]], dtype=object)
    return documents


def watched(documents: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """The documents with `watched`: the ends of the series keys of the watchlists that each of them matches.

    `matches`: watchlist, document_id, novel (bool).
    """
    ends = keys(matches).to_dict()
    return documents.assign(watched=documents["document_id"].map(lambda name: ends.get(name, [])))


def suspected(campaigns: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Suspected campaigns of feedback: equal texts of usage anomalies are a monitor's, not people's."""
    feedback = documents.loc[documents["stream"] == "feedback", "document_id"]
    return campaigns[campaigns["document_id"].isin(feedback)]


def whole_exposure(exposure: pd.DataFrame) -> pd.DataFrame:
    """Requests a day, by mitigation: day, mitigation, requests, from rows without segments where there are any.

    Rows that split a day by segment are summed only where no unsplit row exists.
    """
    split = exposure["segments"].map(bool).astype(bool)
    unsplit = exposure[~split]
    known = set(zip(unsplit["day"], unsplit["mitigation"], strict=True))
    rest = exposure[split]
    rest = rest[[pair not in known for pair in zip(rest["day"], rest["mitigation"], strict=True)]]
    rows = pd.concat([unsplit, rest])[["day", "mitigation", "requests"]].dropna()
    return rows.groupby(["day", "mitigation"])[["requests"]].sum().reset_index()


def series_rows(series: pd.DataFrame, themes: dict[str, str], watchlists: dict[str, str]) -> pd.DataFrame:
    """The table `series`: what each one counts, with a title a person reads; both: names by id."""
    monitored = (~series["kind"].isin(UNPAGED_KINDS) & series["paged"].astype(bool)).astype(int)
    titles = [title(name, themes, watchlists) for name in series["series"]]
    return series.assign(title=titles, monitored=monitored, smallest_ratio=np.nan)


def title(series: str, themes: Mapping[str, str], watchlists: Mapping[str, str] | None = None) -> str:
    """How a person reads a series key.

    >>> title("feedback/kind=over_block&harm_domain=cyber", {})
    'over-block, cyber'
    >>> title("feedback/theme=T0001", {"T0001": "Data caps"})
    'Data caps'
    >>> title("usage_anomaly/total", {}), title("feedback/watch=w1&novel=yes", {}, {"w1": "Sabotage"})
    ('all usage anomalies', 'Sabotage, new subjects')
    """
    stream, _, rest = series.partition("/")
    people = {"feedback": "feedback", "usage_anomaly": "usage anomalies"}.get(stream, stream)
    if rest == "total":
        return f"all {people}"
    if rest == "unassigned":
        return f"{people} in no theme"
    values = [part.partition("=")[2] for part in rest.split("&")]
    if rest.startswith("theme="):
        return themes.get(values[0], values[0])
    if (watch := watchlist_of(series)) is not None:
        name = (watchlists or {}).get(watch, watch)
        told = name if stream == "feedback" else f"{name}, {people}"
        return f"{told}, new subjects" if rest.endswith("&novel=yes") else told
    spelt = [{"over_block": "over-block", "under_block": "under-block"}.get(value, value) for value in values]
    return ", ".join(value.replace("_", " ") for value in spelt)


def volume_rows(
    volumes: pd.DataFrame,
    documents: pd.DataFrame,
    found: pd.DataFrame,
    exposure: pd.DataFrame,
    *,
    as_of: str,
) -> pd.DataFrame:
    """The table `volume`: counts beside the requests of the day, its completeness, and whether it says nothing."""
    stream = volumes["series"].str.partition("/")[0]
    whole = whole_exposure(exposure)
    requests = whole[whole["mitigation"] == "all"].set_index("day")["requests"]
    today = pd.Timestamp(as_of).tz_localize(None)
    arrived = completeness(documents, as_of=today).set_index(["stream", "day"])["completeness"]
    masked = masks(found, documents)
    hidden = set(zip(masked["series"], masked["day"], strict=True))
    keys = list(zip(stream, volumes["day"], strict=True))
    return volumes.assign(
        requests=volumes["day"].map(requests),
        expected=np.nan,
        completeness=[float(arrived.get(key, 1.0)) for key in keys],
        masked=[int(key in hidden) for key in keys],
        day=volumes["day"].dt.strftime("%Y-%m-%d"),
    )


def coverage_rows(found: pd.DataFrame) -> pd.DataFrame:
    """The table `coverage_change`."""
    rows = found.rename(columns={"kind": "type"})
    for name in ("day_low", "day_high"):
        rows[name] = rows[name].dt.strftime("%Y-%m-%d")
    names = ["stream", "dimension", "value", "type", "day_low"]
    rows["coverage_id"] = [
        "C" + hashlib.blake2b("|".join(key).encode(), digest_size=6).hexdigest()
        for key in rows[names].itertuples(index=False, name=None)
    ]
    rows["evidence"] = [
        encoded({"reads": row["evidence"], "before": row["before"], "after": row["after"]})
        for row in rows.to_dict("records")
    ]
    return rows
