"""What customers write when no block came before: how often such a text looks like a try all the same."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.episodes import CONVERSATION_WINDOW, STOPPED, WINDOW
from mitigations.evasion_texts import Text, likeness, read
from nlp.language import UNKNOWN
from nlp.obfuscation import OBFUSCATIONS

MARKED = (*OBFUSCATIONS, "language_switch", "splitting", "persona")
"""Techniques that a text shows; retries and paraphrases are told by what they repeat alone."""
MOST_A_DAY = 100
"""Texts of a mitigation that are read a day, those of the same customers as far as can be."""
NOTHING = Text("", (), frozenset(), 0, UNKNOWN, False, False, None)
Bools = npt.NDArray[np.bool_]


def placed(log: pd.DataFrame) -> pd.DataFrame:
    """The decisions of named customers by time, with what is known of blocks before them.

    `log`: as `mitigations.episodes.tries` takes it, with `mitigation`. Added: day (datetime64[D]), stopped; `after`: a
    block of the same mitigation and customer came within WINDOW, or one of the same conversation within a day; `free`:
    no block of any mitigation came within a day.
    """
    optional = {name: None for name in ("conversation_id", "excerpt") if name not in log}
    rows = log[log["customer"].notna()].assign(**optional)
    rows = rows.sort_values(["decided_at", "decision_id"], ignore_index=True)
    rows["stopped"] = rows["action"].astype(object).isin(STOPPED).to_numpy(bool)
    rows["day"] = rows["decided_at"].to_numpy().astype("datetime64[D]")
    own = _since_stop(rows, ["customer", "mitigation"])
    talked = _since_stop(rows, ["customer", "mitigation", "conversation_id"])
    talked = talked.where(rows["conversation_id"].notna())
    any_ = _since_stop(rows, ["customer"])
    return rows.assign(
        after=((own <= WINDOW) | (talked <= CONVERSATION_WINDOW)).to_numpy(bool),
        free=(~(any_ <= CONVERSATION_WINDOW)).to_numpy(bool),
    )


def _since_stop(rows: pd.DataFrame, names: Sequence[str]) -> "pd.Series[pd.Timedelta]":
    """Time since the latest stopped request before each row that has the same `names`; NaT without one."""
    keys = [rows[name].astype(object) for name in names]
    last = rows["decided_at"].where(rows["stopped"]).groupby(keys, dropna=False).ffill()
    found: pd.Series[pd.Timedelta] = rows["decided_at"] - last.groupby(keys, dropna=False).shift()
    return found


def controls(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a text that no block came before: day, customer, mitigation, technique (one of MARKED, or "").

    `rows`: as `placed` gives them. A text is compared with the customer's text before it as if that had been stopped
    and both were of one conversation, where the least likeness counts.
    """
    told = rows[rows["free"] & rows["excerpt"].notna()]
    told = told[_few(told)]
    distinct = list(dict.fromkeys(told["excerpt"].astype(str)))
    texts = dict(zip(distinct, read(distinct, embed=None), strict=True))
    before: dict[tuple[str, str], Text] = {}
    techniques = []
    for customer, mitigation, excerpt in zip(told["customer"], told["mitigation"], told["excerpt"], strict=True):
        text, key = texts[str(excerpt)], (str(customer), str(mitigation))
        technique = likeness(before.get(key, NOTHING), text, together=True).technique
        techniques.append(technique if technique in MARKED else "")
        before[key] = text
    return told[["day", "customer", "mitigation"]].assign(technique=techniques)


def _few(told: pd.DataFrame) -> Bools:
    """MOST_A_DAY of each mitigation: the customers of the lowest checksums, so that who is read one day is the next."""
    order = told["customer"].map({name: crc32(str(name).encode()) for name in told["customer"].unique()})
    rank = order.groupby([told["day"], told["mitigation"].astype(object)]).rank(method="first")
    return (rank <= MOST_A_DAY).to_numpy(bool)
