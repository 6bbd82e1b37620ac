"""Which documents novelty looks at: those that fit badly, and a fair sample of them as the teacher reads them."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from jobs.progress import bar
from jobs.store import Store
from nlp.repeats import FEWEST_TOKENS
from topics.novelty import POOL_COLUMNS, loose_level
from topics.novelty_copies import wordings
from topics.novelty_scan import Bar

WEEKS_BEFORE = 28
"""Days against which what is dense now is held."""
MOST_RECENT = 2_000
"""Documents of the last days that are looked at; more are sampled, every harm domain in turn."""
MOST_BEFORE = 12_000
EMBEDDED = 3_000
"""Documents that the teacher reads in one run, about half a minute."""
CHUNK = 500

Teach = Callable[[list[str]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Reader:
    """How vectors are had: `version`, and the teacher, None where the documents' own vectors are as good."""

    version: str
    read: Teach | None


def pool_of(store: Store, stream: str, reader: Reader, *, as_of: str) -> tuple[pd.DataFrame, np.ndarray]:
    """The pool as `topics.novelty` wants it, with the column claim, and its vectors (n, 384).

    Late or badly fitting documents of the last days are all in it, those of the weeks before as far as the
    teacher has read them: an even sample, so that the share of every subject is what it was.
    """
    now = datetime.fromisoformat(as_of)
    days = max(Bar().windows) + WEEKS_BEFORE
    since = (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = store.novelty.candidates(stream, since=since, until=as_of)
    loose = found["theme_id"].isna() | (found["similarity"] < loose_level(found["similarity"]))
    pool = found[loose & (found["state"] != "emerging")].reset_index(drop=True)
    pool["age"] = (now.replace(tzinfo=None) - pool["received_at"]).dt.total_seconds() / 86_400
    known = set(pool["document_id"])
    if reader.read is not None:
        known = store.novelty.read_before(reader.version, as_of=as_of)
    pool = _sampled(pool, known=known)
    pool["template"] = _wording(pool)
    return _read(store, pool, reader, as_of=as_of)


def _wording(pool: pd.DataFrame) -> "pd.Series[str]":
    """What counts as one wording: nearly the same words, but for the short claims of known reporters."""
    numbers = pd.Series(wordings(pool["claim"].tolist()), index=pool.index).astype(str)
    short = np.array([len(claim.split()) < FEWEST_TOKENS for claim in pool["claim"]], dtype=np.bool_)
    return numbers.where(~(short & pool["reporter"].notna().to_numpy()), pool["document_id"])


def _sampled(pool: pd.DataFrame, *, known: set[str]) -> pd.DataFrame:
    """Recent documents up to MOST_RECENT, and of those before an even sample that can be read in this run.

    A domain that is sampled now is sampled alike before: what is compared must have been looked at as closely.
    """
    order = np.array([_dice(one) for one in pool["document_id"]], dtype=np.float64)
    recent = (pool["age"] < max(Bar().windows)).to_numpy(bool)
    domains = pool["harm_domain"].fillna("").to_numpy(object)
    share = _shares(Counter(domains[recent].tolist()), MOST_RECENT)
    order = order / np.array([share.get(one, 1.0) for one in domains], dtype=np.float64)
    unread = ~pool["document_id"].isin(known).to_numpy(bool)
    inside = order < 1
    left = EMBEDDED - int((unread & recent & inside).sum())
    before = np.flatnonzero(~recent & inside)
    before = before[np.argsort(order[before], kind="stable")][:MOST_BEFORE]
    before = before[np.cumsum(unread[before]) <= max(left, 0)]
    chosen = np.sort(np.concatenate([np.flatnonzero(recent & inside), before]))
    return pool.iloc[chosen].reset_index(drop=True)


def _shares(counts: Counter[str], most: int) -> dict[str, float]:
    """Share of each domain's documents that is looked at: small domains whole, the large ones what is left."""
    shares, left = {}, most
    for place, (domain, count) in enumerate(sorted(counts.items(), key=lambda one: (one[1], one[0]))):
        fair = min(count, left // (len(counts) - place))
        shares[domain] = fair / count
        left -= fair
    return shares


def _dice(document_id: str) -> float:
    """A number in [0, 1) that depends on the id alone."""
    return int.from_bytes(hashlib.blake2b(document_id.encode(), digest_size=6).digest(), "big") / 2**48


def _read(store: Store, pool: pd.DataFrame, reader: Reader, *, as_of: str) -> tuple[pd.DataFrame, np.ndarray]:
    """The pool with its vectors; what the teacher has not read yet it reads, kept from chunk to chunk."""
    columns = [*POOL_COLUMNS, "claim"]
    if reader.read is None:
        ids, vectors = store.understanding.vectors(pool["document_id"].tolist())
        return pool[pool["document_id"].isin(set(ids))].reset_index(drop=True)[columns], vectors
    missing = pool[~pool["document_id"].isin(set(store.novelty.vectors(reader.version)))]
    with bar("what fits no theme", len(missing)) as advance:
        for start in range(0, len(missing), CHUNK):
            part = missing.iloc[start : start + CHUNK]
            vectors = reader.read(part["claim"].tolist())
            with store.transaction():
                ids = part["document_id"].tolist()
                store.novelty.write_vectors(ids, vectors, version=reader.version, as_of=as_of)
            advance(len(part))
    known = store.novelty.vectors(reader.version)
    rows = [known[one] for one in pool["document_id"]]
    return pool[columns], np.stack(rows) if rows else np.zeros((0, 384), dtype=np.float32)
