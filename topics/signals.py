"""Adversarial signals: what changed in a series beside its volume, for every series and signal of a run."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from topics.displacement import displacement
from topics.effect import q_values
from topics.signals_accounts import new_accounts, probing
from topics.signals_coordinated import coordinated
from topics.signals_corpus import Corpus
from topics.signals_records import Found, Rows, Split
from topics.signals_series import at_changes, members, standing
from topics.signals_wording import wording_shift

Signal = Callable[[Split, Corpus], Found | None]

SIGNALS: dict[str, Signal] = {
    "wording_shift": wording_shift,
    "new_accounts": new_accounts,
    "probing": probing,
    "coordinated": coordinated,
    "displacement": displacement,
}
"""To add a signal, add a row; what it needs of documents is in `Corpus`."""
LEAST_STRENGTH = {
    "wording_shift": 0.05,
    "new_accounts": 0.1,
    "probing": 0.05,
    "coordinated": 0.02,
    "displacement": 0.05,
}
"""Below this a signal is not told however sure it is: it would change nobody's reading."""
FALSE_SHARE = 0.05
"""Of what is told at one moment, so much may be chance (false-discovery rate)."""
SIGNAL_COLUMNS = (
    "series signal at day days strength low high denominator p_value q_value told type evidence document_ids"
).split()


def signals(corpus: Corpus, changes: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Every signal that could be judged: SIGNAL_COLUMNS, by `at`, series and signal.

    `at` is "now" (the last 28 days) or "change" (the days after a change); `changes`: series, day, end. `day` is the
    first of `days` days that are compared with the 56 before. q-values hold within each `at`, over all series and
    signals (Benjamini and Hochberg 1995; nested series depend on each other positively, under which it holds:
    Benjamini and Yekutieli 2001). `told`: sure enough and large enough. `type`: what it speaks for, by `speaks_for`.
    """
    series = members(corpus)
    parts = []
    for at, splits in (
        ("now", standing(corpus, series, as_of=as_of)),
        ("change", at_changes(corpus, series, changes, as_of=as_of)),
    ):
        parts.append(judged(corpus, splits, at))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def judged(corpus: Corpus, splits: Sequence[Split], at: str) -> pd.DataFrame:
    """All signals of these splits, with q-values over them."""
    rows = []
    for split in splits:
        for name, signal in SIGNALS.items():
            found = signal(split, corpus)
            if found is not None:
                rows.append(_row(split, name, at, found, corpus))
    table = pd.DataFrame(rows, columns=SIGNAL_COLUMNS)
    chances = table["p_value"].to_numpy(dtype=float)
    table["q_value"] = q_values(chances, tests=len(chances)) if len(chances) else chances
    least = table["signal"].map(LEAST_STRENGTH).astype(float)
    table["told"] = (table["q_value"] <= FALSE_SHARE) & (table["strength"] >= least)
    kinds = _kinds(corpus, splits)
    table["type"] = [
        speaks_for(name, str(series), kinds.get((str(series), day)))
        for name, series, day in zip(table["signal"], table["series"], table["day"], strict=True)
    ]
    return table.sort_values(["series", "signal", "day"], ignore_index=True)


def speaks_for(signal: str, series: str, kind: str | None) -> str | None:
    """What a signal that is told is evidence of: "campaign", "adversarial_shift", or nothing by itself.

    Other words come with any new subject: only where harm gets through, or in odd usage, do they speak for people who
    look for a way around.

    >>> speaks_for("wording_shift", "feedback/theme=T0001", "billing") is None
    True
    >>> speaks_for("wording_shift", "feedback/kind=under_block", "under_block")
    'adversarial_shift'
    """
    if signal == "coordinated":
        return "campaign"
    if signal == "wording_shift" and kind != "under_block" and not series.startswith("usage_anomaly/"):
        return None
    return "adversarial_shift"


def _row(split: Split, name: str, at: str, found: Found, corpus: Corpus) -> Mapping[str, object]:
    ids = corpus.column("document_id")
    return {
        "series": split.series,
        "signal": name,
        "at": at,
        "day": split.day,
        "days": split.days,
        "strength": round(found.strength, 4),
        "low": None if found.low is None else round(found.low, 4),
        "high": None if found.high is None else round(found.high, 4),
        "denominator": found.denominator,
        "p_value": float(f"{found.p_value:.3g}"),
        "evidence": {
            "reads": found.reads,
            "against": found.against,
            "words": [{"word": one.word, "before": one.before, "after": one.after} for one in found.words],
            "facts": found.facts,
        },
        "document_ids": [str(ids[row]) for row in found.rows],
    }


def _kinds(corpus: Corpus, splits: Sequence[Split]) -> dict[tuple[str, pd.Timestamp], str | None]:
    """The kind of most documents of each split."""
    codes, names = corpus.coded("kind")
    found: dict[tuple[str, pd.Timestamp], str | None] = {}
    for split in splits:
        own = codes[split.after]
        found[split.series, split.day] = _commonest(own[own >= 0], names)
    return found


def _commonest(codes: Rows, names: Sequence[str]) -> str | None:
    return str(names[int(np.bincount(codes).argmax())]) if len(codes) else None
