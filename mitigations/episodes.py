"""Episodes after a block: what one customer tries next, until it passes or they stop."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.evasion_texts import Embed, Likeness, Text, likeness, read
from nlp.frames import require

STOPPED = ("block", "downgrade")
"""Actions after which people try again; flagged and allowed requests pass."""
WINDOW = pd.Timedelta(hours=1)
"""Between a customer's tries; those of one conversation may be a day apart."""
CONVERSATION_WINDOW = pd.Timedelta(days=1)
SWITCH_WINDOW = pd.Timedelta(minutes=10)
"""Another language proves little by itself: outside a conversation it must follow at once."""
MOST_OPEN = 3
"""Stopped requests of one customer that later ones are compared with, the newest."""
MOST_TRIES = 30
UNTOLD = "untold"
"""The technique of a try of which nothing was written down."""
COLUMNS = (
    "episode", "number", "decision_id", "origin_id", "decided_at", "customer", "together", "passed", "technique",
    "cosine",
)  # fmt: skip
KINDS: dict[str, Any] = {"episode": "int64", "number": "int64", "decided_at": "datetime64[ns]", "together": "bool",
                         "passed": "bool", "cosine": "float64"}  # fmt: skip
LOG = {"decision_id": "str", "decided_at": "datetime", "action": "str", "customer": "str"}


_Row = dict[Any, Any]


@dataclass(slots=True)
class _Open:
    """An episode that goes on: its stopped request, and when it was last tried."""

    origin: int
    last: pd.Timestamp
    tries: list[tuple[int, str, float | None]] = field(default_factory=list)
    passed: bool = False


def tries(log: pd.DataFrame, *, embed: Embed | None = None) -> pd.DataFrame:
    """Tries after a stopped request, in the order of episodes and tries.

    `log`: decision_id, decided_at (naive UTC), action, customer (None: nobody to follow), and where there are
    conversation_id and excerpt. A request of the same conversation belongs to its latest stopped request; one of the
    same customer within WINDOW does if its text is like the stopped one's (`evasion_texts.likeness`), or if neither
    has a text. Returns COLUMNS: `episode` by number, `number` of the try from 1, `origin_id` the stopped decision,
    `together` whether in its conversation, `passed` (then the episode is over), `technique` (UNTOLD: no text to tell
    by), `cosine` NaN where unknown.
    """
    rows = _candidates(require(log, LOG, what="log"))
    texts = _texts(rows, embed)
    # Plain records, made once: asking the table for each row takes most of the time of a large log.
    records: list[_Row] = rows.to_dict("records")
    episodes = [one for group in _groups(rows) for one in _followed(records, group, texts)]
    episodes.sort(key=lambda one: (records[one.origin]["decided_at"], records[one.origin]["decision_id"]))
    return _table(records, [one for one in episodes if one.tries])


def _candidates(log: pd.DataFrame) -> pd.DataFrame:
    """Rows that may belong to an episode: of a follower, near in time to another of theirs."""
    kept = {name: log[name].to_numpy() if name in log else np.full(len(log), None, object)
            for name in (*LOG, "conversation_id", "excerpt")}  # fmt: skip
    rows = pd.DataFrame(kept)
    who = rows["customer"].where(rows["customer"].notna(), rows["conversation_id"])
    rows = rows.assign(who=who, stopped=rows["action"].astype(object).isin(STOPPED).to_numpy())[who.notna()]
    rows = rows.sort_values(["who", "decided_at", "decision_id"], kind="stable", ignore_index=True)
    gap = rows["decided_at"].diff() <= CONVERSATION_WINDOW
    gap &= rows["who"].eq(rows["who"].shift())
    beside = gap | gap.shift(-1, fill_value=False)
    found: pd.DataFrame = rows[beside.to_numpy(bool)].reset_index(drop=True)
    return found


def _texts(rows: pd.DataFrame, embed: Embed | None) -> dict[str, Text]:
    distinct = list(dict.fromkeys(rows["excerpt"].dropna().astype(str)))
    return dict(zip(distinct, read(distinct, embed=embed), strict=True))


def _groups(rows: pd.DataFrame) -> Iterator[npt.NDArray[np.int64]]:
    """Positions of one customer's rows in a stretch without a gap of more than a day."""
    if rows.empty:
        return
    ends = rows["who"].ne(rows["who"].shift()) | (rows["decided_at"].diff() > CONVERSATION_WINDOW)
    starts = np.flatnonzero(ends.to_numpy(bool))
    yield from np.split(np.arange(len(rows)), starts[1:])


def _followed(rows: list[_Row], group: npt.NDArray[np.int64], texts: dict[str, Text]) -> list[_Open]:
    """The episodes of one stretch; a row is a try of one stopped request at most."""
    open_: list[_Open] = []
    done: list[_Open] = []
    for place in group.tolist():
        row = rows[place]
        joined = next(
            (one for one in reversed(open_) if _joins(rows, one, row, place, texts)),
            None,
        )
        if joined is not None:
            joined.last = row["decided_at"]
            joined.passed = not row["stopped"]
            if joined.passed or len(joined.tries) >= MOST_TRIES:
                open_.remove(joined)
                done.append(joined)
        elif row["stopped"]:
            open_.append(_Open(place, row["decided_at"]))
            done += open_[:-MOST_OPEN]
            del open_[:-MOST_OPEN]
    return done + open_


def _joins(rows: list[_Row], one: _Open, row: _Row, place: int, texts: dict[str, Text]) -> bool:
    """Whether a row is the next try of an episode; then it is added."""
    conversation, excerpt = rows[one.origin]["conversation_id"], str(rows[one.origin]["excerpt"])
    together = _same(conversation, row["conversation_id"])
    waited = row["decided_at"] - one.last
    if waited > (CONVERSATION_WINDOW if together else WINDOW):
        return False
    stopped, later = texts.get(excerpt), texts.get(str(row["excerpt"]))
    if stopped is None or later is None:
        # Of two requests without a word only the conversation, or that neither has words, says that they belong.
        if not together and not (stopped is None and later is None):
            return False
        one.tries.append((place, UNTOLD, None))
        return True
    found = likeness(stopped, later, together=together)
    # What the safeguard stopped again in the same conversation is a try, whatever it looks like.
    if not found.technique and together and row["stopped"]:
        found = Likeness("other", found.cosine)
    if not found.technique:
        return False
    if found.technique == "language_switch" and not together and waited > SWITCH_WINDOW:
        return False
    one.tries.append((place, found.technique, found.cosine))
    return True


def _same(left: object, right: object) -> bool:
    return isinstance(left, str) and bool(left) and left == right


def _table(rows: list[_Row], episodes: list[_Open]) -> pd.DataFrame:
    found = []
    for number, one in enumerate(episodes):
        origin = rows[one.origin]
        for place, (row, technique, cosine) in enumerate(one.tries, 1):
            at = rows[row]
            found.append(
                (number, place, at["decision_id"], origin["decision_id"], at["decided_at"], at["who"],
                 _same(origin["conversation_id"], at["conversation_id"]), not at["stopped"], technique,
                 np.nan if cosine is None else cosine)
            )  # fmt: skip
    table = pd.DataFrame(found, columns=list(COLUMNS))
    for name, kind in KINDS.items():
        table[name] = table[name].astype(kind)
    return table
