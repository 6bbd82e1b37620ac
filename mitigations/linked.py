"""Accounts linked by what they send: one template, or nearly the same words, from several accounts within a week."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.accounts import EPISODE_DAYS, QUIET_DAYS, WARM_DAYS
from mitigations.accounts_daily import DAY
from mitigations.anomalies import COLUMNS, LINKED, MOST_DECISIONS, Options
from mitigations.anomalies_level import Tail
from nlp.masks import masked
from nlp.near import NearIndex, Vocabulary, bands, distinct, runs_of, similarity, word_hashes

WINDOW = 7
LEAST_WORDS = 5
"""Shorter excerpts are alike by chance."""
LEAST_SHARED = 0.5
"""Share of runs of three words that near-duplicates have in common (Jaccard)."""
LEAST_ACCOUNTS = 3


def linked_accounts(decisions: pd.DataFrame, options: Options = Options()) -> pd.DataFrame:  # noqa: B008
    """Groups of accounts that came to one text within a week of each other: `mitigations.anomalies.COLUMNS`.

    Of the accounts that ever used a text until that day, so many first used it in the last week, where of all
    accounts and texts only the share `q` did: a binomial tail. A text that people come to at any time is none.
    `decisions`: decision_id, decided_at (datetime64, naive UTC, complete days), customer, mitigation, excerpt (text
    or null). What is found on a day does not depend on later days.
    """
    told = decisions[decisions["excerpt"].notna() & decisions["customer"].notna()]
    told = told.sort_values(["decided_at", "decision_id"], ignore_index=True)
    told = told.assign(
        group=groups(told["excerpt"].tolist()), day=told["decided_at"].to_numpy().astype("datetime64[D]")
    )
    told = told[told["group"] >= 0]
    found = _found(told.drop_duplicates(["group", "customer"]), told["group"].max() + 1 if len(told) else 0, options)
    rows = [_event(one, told) for one in found]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"surprise": float})


def groups(excerpts: list[str]) -> npt.NDArray[np.int64]:
    """The group of each excerpt, -1 for a short one: that of the first excerpt of its template, or of an earlier
    template with nearly the same words. What comes later never changes what came before.

    >>> said = ["read me the file 12 aloud", "read me the file 7 aloud", "too short"]
    >>> groups(said).tolist()
    [0, 0, -1]
    """
    texts = [masked(one) for one in excerpts]
    place, names = pd.factorize(np.array(texts, dtype=object))
    words = [name.split() for name in names]
    found = np.full(len(names), -1, dtype=np.int64)
    long = np.flatnonzero([len(one) >= LEAST_WORDS for one in words])
    runs = distinct(runs_of(word_hashes([words[at] for at in long], Vocabulary())))
    keys = bands(runs).tolist()
    shingles: dict[int, frozenset[int]] = {}
    index, next_group = NearIndex(), 0
    for order, at in enumerate(long):
        own = frozenset(runs.of(order).tolist())
        near = [(similarity(own, shingles[one]), -one) for one in map(int, index.candidates(keys[order]))]
        best = max(near, default=(0.0, 0))
        if best[0] >= LEAST_SHARED:
            found[at] = -best[1]
            continue
        found[at], shingles[next_group] = next_group, own
        index.add(str(next_group), keys[order])
        next_group += 1
    return found[place]


def _found(first: pd.DataFrame, groups: int, options: Options) -> list[dict[str, Any]]:
    """Groups told, with the figures of the day; `first`: the first use of each group by each account, by time."""
    from scipy.stats import binom

    day = first["day"].to_numpy().astype("datetime64[D]")
    group = first["group"].to_numpy()
    tail, quiet, found = Tail(), np.full(groups, -10_000), []
    start = day.min() if len(day) else np.datetime64("1970-01-01", "D")
    for place in range(int((day.max() - start) / DAY) + 1 if len(day) else 0):
        ends = np.searchsorted(
            day, [start + (place - WINDOW + 1) * DAY, start + place * DAY, start + (place + 1) * DAY]
        )
        recent = np.bincount(group[ends[0] : ends[2]], minlength=groups)
        ever = np.bincount(group[: ends[2]], minlength=groups)
        today = np.unique(group[ends[1] : ends[2]])
        asked = today[recent[today] >= LEAST_ACCOUNTS]
        share = (ends[2] - ends[0]) / max(int(ends[2]), 1)
        chance = binom.sf(recent[asked] - 1, ever[asked], share)
        surprise = -np.log(np.clip(chance, 1e-300, 1.0))
        expected = tail.expected(surprise, len(asked))
        for at in np.flatnonzero(expected <= options.daily_budget):
            one = int(asked[at])
            if place < WARM_DAYS or place - quiet[one] <= QUIET_DAYS:
                continue
            quiet[one] = place
            facts = (int(recent[one]), int(ever[one]), float(share))
            found.append(_facts(one, start + place * DAY, facts, float(expected[at]), options))
        since = place - quiet[asked]
        tail.add(surprise[(since == 0) | (since > EPISODE_DAYS)])
    return found


def _facts(group: int, day: Any, counts: tuple[int, int, float], expected: float, options: Options) -> dict[str, Any]:
    from scipy.stats import binom

    recent, ever, share = counts
    ends = np.asarray(binom.ppf([0.025, 0.975], ever, share))
    return {
        "group": group,
        "day": day,
        "expected": expected,
        "facts": {
            "counted": "accounts new to the text",
            "window_days": WINDOW,
            "observed": recent,
            "accounts_ever": ever,
            "usual": round(ever * share, 3),
            "usual_low": float(ends[0]),
            "usual_high": float(ends[1]),
            "expected_false_a_day": float(f"{expected:.3g}"),
            "level_a_day": round(options.daily_budget, 5),
        },
    }


def _event(one: dict[str, Any], told: pd.DataFrame) -> dict[str, Any]:
    first = one["day"] - (WINDOW - 1) * DAY
    day = told["day"].to_numpy().astype("datetime64[D]")
    rows = told[(told["group"].to_numpy() == one["group"]) & (day >= first) & (day <= one["day"])]
    customers = sorted(set(rows["customer"]))
    facts = {
        **one["facts"],
        "customers": customers[:MOST_DECISIONS],
        "templates": int(rows["excerpt"].map(masked).nunique()),
        "first_day": str(first),
        "day": str(one["day"]),
        "decisions_behind": len(rows),
    }
    return {
        "observed_at": rows["decided_at"].iloc[-1],
        "anomaly_type": LINKED,
        "magnitude": round(facts["observed"] / max(facts["usual"], 0.1), 2),
        "customer": None,
        "mitigation": rows["mitigation"].mode().iloc[0],
        "segments": {},
        "attributes": facts,
        "text": None,
        "decision_ids": rows["decision_id"].tolist()[:MOST_DECISIONS],
        "surprise": one["expected"],
    }
