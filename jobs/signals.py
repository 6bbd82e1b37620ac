"""Part of the step `detect`: adversarial signals beside volume, judged before changes are explained."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from jobs.store import Store
from topics.signals import signals
from topics.signals_corpus import COLUMNS, Corpus
from topics.signals_records import day_number
from topics.signals_series import members

ABOUT = ("mitigation", "harm_domain", "kind")
Owner = Callable[[str, Mapping[str, Any]], str]


def judge(store: Store, documents: pd.DataFrame, changes: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Every signal of every series, as `topics.signals.signals`, with `owner_about`: what a series told of is about.

    `documents` as `jobs.count.counted`; `changes`: series, day, end; `as_of` naive UTC.
    """
    released = pd.to_datetime([row["released_on"] for row in store.reference.releases()])
    corpus = Corpus(corpus_of(documents, store.signals.about()), tuple(sorted({day_number(day) for day in released})))
    found = signals(corpus, changes, as_of=as_of)
    rows = members(corpus)
    told = found["told"].to_numpy(bool)
    about = [carried(documents, rows[name]) if one else None for name, one in zip(found["series"], told, strict=True)]
    return found.assign(owner_about=pd.Series(about, index=found.index, dtype=object))


def corpus_of(documents: pd.DataFrame, about: pd.DataFrame) -> pd.DataFrame:
    """The documents with the columns that a `Corpus` has, in the same order."""
    named = about.set_index("document_id").loc[documents["document_id"]]
    extra = {name: named[name].to_numpy() for name in ("customer_since", "language", "campaign_id", "withheld")}
    return documents.assign(**extra)[COLUMNS].reset_index(drop=True)


def carried(documents: pd.DataFrame, rows: "np.ndarray[Any, np.dtype[np.int64]]") -> dict[str, Any]:
    """What a series is about, as `jobs.owners` reads an explanation: the commonest values and their shares."""
    segments = []
    for name in ABOUT:
        shares = documents[name].iloc[rows].value_counts(normalize=True)
        if len(shares):
            segments.append({"attribute": name, "value": str(shares.index[0]), "share": float(shares.iloc[0])})
    return {"segments": segments}


def at_changes(judged: pd.DataFrame) -> pd.DataFrame:
    """The signals that stand at changes: what explanations are given."""
    return judged[judged["at"] == "change"]


def signal_rows(judged: pd.DataFrame, owner: Owner, *, as_of: str) -> pd.DataFrame:
    """Rows of the table `signal`; whoever would answer for a change of the series is told."""
    series = judged["series"].astype(str)
    owners = [
        None if one is None else owner(name, one) for name, one in zip(series, judged["owner_about"], strict=True)
    ]
    themes = [name.partition("/theme=")[2] or None for name in series]
    return judged.assign(
        day=judged["day"].map(lambda day: f"{day:%Y-%m-%d}"),
        told=judged["told"].astype(int),
        theme_id=pd.Series(themes, index=judged.index, dtype=object),
        owner=pd.Series(owners, index=judged.index, dtype=object),
        as_of=as_of,
    )
