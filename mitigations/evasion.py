"""Evasion of a mitigation: tries after a block by week and technique, how often they pass, which ways are new."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from mitigations.cells import week_start
from mitigations.episodes import STOPPED, UNTOLD, tries
from mitigations.evasion_texts import Embed
from mitigations.evasion_themes import OTHER, Framed, themes
from mitigations.rates import share_interval

RECENT = pd.Timedelta(days=28)
FEWEST_CUSTOMERS = 8
"""Who tried a technique, for a trend to be told."""
LEVEL = 0.05
MOST_IDS = 20
EVENT_COLUMNS = (
    "observed_at", "anomaly_type", "magnitude", "customer", "mitigation", "segments", "attributes", "text",
    "decision_ids",
)  # fmt: skip
TECHNIQUE_COLUMNS = (
    "technique", "tries", "successes", "customers", "share", "share_low", "share_high", "first_seen", "last_seen",
    "recent_customers", "before", "recent", "slope", "p_value", "trend", "decision_ids",
)  # fmt: skip
LEAST_EVENT_TRIES = 3
"""Tries of one customer on one day that make a usage anomaly, or one try hidden in some way."""
LONGEST_TEXT = 4_000
PLAIN = ("retry", "paraphrase", "other", UNTOLD)
"""Techniques that people who were stopped by mistake use as well."""


@dataclass(frozen=True, slots=True)
class Evasion:
    """`tries`: as `mitigations.episodes.tries` with `theme`; `weeks`, `techniques`: see `by_week`, `by_technique`.

    `notes`: what a reader must know.
    """

    tries: pd.DataFrame
    stopped: int
    weeks: pd.DataFrame
    techniques: pd.DataFrame
    notes: tuple[str, ...]


def evasion(log: pd.DataFrame, *, embed: Embed | None = None, words_told: bool = True) -> Evasion:
    """Everything about tries after a block; `log` as `mitigations.episodes.tries` takes it.

    `words_told`: whether words of the texts may name new themes.
    """
    found = tries(log, embed=embed)
    found = found.assign(theme=_themes(found, log, words_told))
    stopped = int(log["action"].astype(object).isin(STOPPED).sum())
    last = log["decided_at"].max()
    return Evasion(found, stopped, by_week(found), by_technique(found, last), _notes(log, found, stopped))


def _themes(found: pd.DataFrame, log: pd.DataFrame, words_told: bool) -> "pd.Series[str]":
    """The technique of each try; those in a new frame by the words around."""
    theme = found["technique"].copy()
    rows = np.flatnonzero((theme == OTHER).to_numpy())
    rows = rows[np.argsort(found["decided_at"].to_numpy()[rows], kind="stable")]
    if len(rows) and "excerpt" in log:
        ids = pd.concat([found["decision_id"].iloc[rows], found["origin_id"].iloc[rows]])
        own = log[log["decision_id"].isin(set(ids))]
        text = dict(
            zip(own["decision_id"], own["excerpt"].astype(object).where(own["excerpt"].notna(), ""), strict=True)
        )
        framed = [Framed(text[one["origin_id"]], text[one["decision_id"]], str(one["customer"]))
                  for one in found.iloc[rows].to_dict("records")]  # fmt: skip
        theme.iloc[rows] = themes(framed, words_told=words_told)
    return theme


def share_of(customers: "pd.Series[Any]", passed: "pd.Series[bool]") -> dict[str, float]:
    """Mean over customers of each one's own share that passed, with ends: one customer is one unit.

    Exact interval (Clopper & Pearson 1934) with as many trials as customers: theirs scatter less than yes or no would.
    NaN without a customer.
    """
    own = passed.astype(float).groupby(customers.to_numpy()).mean()
    low, high = share_interval([own.sum()], [len(own)])
    share = float(own.mean()) if len(own) else float("nan")
    return {"share": share, "share_low": float(low[0]), "share_high": float(high[0])}


def episodes(found: pd.DataFrame) -> pd.DataFrame:
    """A row an episode: customer, at (of its first try), tries, passed."""
    grouped = found.groupby("episode", sort=True)
    table: pd.DataFrame = grouped.agg(
        customer=("customer", "first"), at=("decided_at", "min"), tries=("number", "size"), passed=("passed", "any")
    )
    return table.reset_index(drop=True)


def by_week(found: pd.DataFrame) -> pd.DataFrame:
    """Week (ISO, its Monday) -> episodes, tries, customers, passed (episodes), share that passed with ends."""
    own = episodes(found)
    own = own.assign(week=week_start(own["at"].dt.normalize()))
    rows = [
        {"week": week, "episodes": len(part), "tries": int(part["tries"].sum()),
         "customers": part["customer"].nunique(), "passed": int(part["passed"].sum()),
         **share_of(part["customer"], part["passed"])}
        for week, part in own.groupby("week", sort=True)
    ]  # fmt: skip
    names = ["week", "episodes", "tries", "customers", "passed", "share", "share_low", "share_high"]
    return pd.DataFrame(rows, columns=names)


def by_technique(found: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """A row a theme, the commonest first: technique, tries, successes, customers, share with ends, first and last seen.

    `trend` of the share that passes over the whole time: rising, falling, steady, or cannot tell; the slope of a
    regression on time whose errors hold each customer's tries together (Liang & Zeger 1986, Biometrika), at LEVEL over
    all techniques (Bonferroni). `recent` and `before`: the share in the RECENT days up to `last` and before them;
    `recent_customers`: who used it in those days.
    """
    rows = []
    for theme, part in found.groupby("theme", sort=True):
        recent = part["decided_at"] > last - RECENT
        rows.append(
            {"technique": str(theme), "tries": len(part), "successes": int(part["passed"].sum()),
             "customers": part["customer"].nunique(), **share_of(part["customer"], part["passed"]),
             "first_seen": part["decided_at"].min(), "last_seen": part["decided_at"].max(),
             "recent_customers": part.loc[recent, "customer"].nunique(), **_change(part, recent),
             "decision_ids": part["decision_id"].iloc[-MOST_IDS:].tolist()}
        )  # fmt: skip
    rows.sort(key=lambda row: (-row["tries"], row["technique"]))
    tested = max(sum(1 for row in rows if row["p_value"] is not None), 1)
    for row in rows:
        row["trend"] = _trend(row, LEVEL / tested)
    return pd.DataFrame(rows, columns=list(TECHNIQUE_COLUMNS))


def _change(part: pd.DataFrame, recent: "pd.Series[bool]") -> dict[str, Any]:
    own = [share_of(part.loc[side, "customer"], part.loc[side, "passed"])["share"] for side in (~recent, recent)]
    slope, chance = _slope(part)
    return {"before": own[0], "recent": own[1], "slope": slope, "p_value": chance}


def _slope(part: pd.DataFrame) -> tuple[float | None, float | None]:
    """By how much the share that passes rose from the first try to the last, and its p-value; None: not known."""
    at = (part["decided_at"] - part["decided_at"].min()).to_numpy().astype(np.float64)
    groups = part["customer"].nunique()
    if groups < FEWEST_CUSTOMERS or at.max() == 0 or part["passed"].nunique() < 2:
        return None, None
    time = at / at.max() - (at / at.max()).mean()
    passed = part["passed"].to_numpy(np.float64)
    spread = float((time**2).sum())
    slope = float((time * passed).sum() / spread)
    score = pd.Series(time * (passed - passed.mean() - slope * time)).groupby(part["customer"].to_numpy()).sum()
    error = float(np.sqrt((score**2).sum() * groups / (groups - 1))) / spread
    return slope, float(2 * student.sf(abs(slope) / max(error, 1e-9), groups - 1))


def _trend(row: dict[str, Any], level: float) -> str:
    if row["p_value"] is None:
        return "cannot tell"
    if row["p_value"] > level:
        return "steady"
    return "rising" if row["slope"] > 0 else "falling"


def _notes(log: pd.DataFrame, found: pd.DataFrame, stopped: int) -> tuple[str, ...]:
    told = []
    nameless = int(log["customer"].isna().sum())
    if nameless:
        told.append(
            f"{nameless:,} of {len(log):,} decisions name no customer and are followed within their conversation only"
        )
    if "conversation_id" not in log or not log["conversation_id"].notna().any():
        told.append(
            "no conversations are named: tries are joined by customer, within an hour, if their texts are alike"
        )
    untold = int((found["technique"] == UNTOLD).sum())
    if untold:
        told.append(
            f"{untold:,} of {len(found):,} tries have no excerpt: whether they passed is counted, their technique "
            "cannot be told"
        )
    if stopped > len(log) / 2:
        told.append(
            f"the log holds {len(log) - stopped:,} requests that passed beside {stopped:,} stopped ones: if those are "
            "a sample, tries that passed are missing, and shares that pass are too low"
        )
    return tuple(told)


def evasion_events(log: pd.DataFrame, *, mitigation: str = "", embed: Embed | None = None) -> pd.DataFrame:
    """Usage anomalies of type `evasion`: a customer's tries of one day, EVENT_COLUMNS, by day and customer.

    One try hidden in some way or in a role is told; plain retries and paraphrases only from LEAST_EVENT_TRIES on, as
    people who were stopped by mistake try again, too. `magnitude` is the number of tries, `text` their excerpts as they
    are (redacted, hostile; None without any), `decision_ids` the stopped requests and the tries.
    """
    found = tries(log, embed=embed)
    excerpts = log["excerpt"] if "excerpt" in log else pd.Series(None, index=log.index, dtype=object)
    said = dict(zip(log["decision_id"], excerpts, strict=True))
    rows: list[tuple[Any, ...]] = []
    for (_, customer), part in found.groupby([found["decided_at"].dt.normalize(), found["customer"]], sort=True):
        techniques = part["technique"].value_counts()
        if len(part) < LEAST_EVENT_TRIES and set(techniques.index) <= set(PLAIN):
            continue
        attributes = {
            "techniques": {str(name): int(count) for name, count in techniques.sort_index().items()},
            "passed": int(part["passed"].sum()),
            "episodes": int(part["episode"].nunique()),
        }
        texts = dict.fromkeys(text for one in part["decision_id"] if isinstance(text := said[one], str))
        text = "\n".join(texts)[:LONGEST_TEXT] or None
        ids = [*dict.fromkeys(part["origin_id"]), *part["decision_id"]]
        at = part["decided_at"].max()
        rows.append((at, "evasion", float(len(part)), customer, mitigation, {}, attributes, text, ids))
    return pd.DataFrame(rows, columns=list(EVENT_COLUMNS))
