"""Which runs of words many reporters use: a form that everybody fills in is no evidence against anybody."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nlp.near import HALF, Hashes, Runs

SIZE = 1 << 24
"""Counters; two runs that fall on one of them count together, which can only spare a document."""
MANY_REPORTERS = 12
"""A run that so many reporters use is public."""
MOST = np.iinfo(np.uint16).max
LOW = np.uint64(0xFFFFFFFF)


class Public:
    """Reporters by run of words, in a table of a fixed size (32 MB)."""

    def __init__(self, size: int = SIZE) -> None:
        self._reporters = np.zeros(size, dtype=np.uint16)
        self._last = ""
        self._seen = np.zeros(0, dtype=np.uint64)

    def add(self, reporters: Sequence[str], runs: Runs) -> None:
        """Count texts, reporter by reporter in order; `reporters`: one name a text, "" for an unknown one."""
        if not reporters:
            return
        new = [True, *(a != b or not a for a, b in zip(reporters, reporters[1:], strict=False))]
        place = np.cumsum(new).astype(np.uint64)
        keys = np.unique((np.repeat(place, np.diff(runs.starts)) << HALF) | runs.hashes)
        hashes, owners = keys & LOW, keys >> HALF
        goes_on = bool(reporters[0]) and reporters[0] == self._last
        repeated = (owners == 1) & np.isin(hashes, self._seen) if goes_on else np.zeros(len(keys), dtype=bool)
        _raise(self._reporters, hashes[~repeated])
        last = hashes[owners == place[-1]]
        self._seen = np.union1d(self._seen, last) if goes_on and place[-1] == 1 else last
        self._last = reporters[-1]

    def holds(self, runs: Hashes) -> npt.NDArray[np.bool_]:
        """Whether each run is public."""
        return np.asarray(self._reporters[self._at(runs)] >= MANY_REPORTERS)

    def reporters(self, runs: Hashes) -> npt.NDArray[np.int64]:
        """How many reporters use each run, or a few more."""
        return self._reporters[self._at(runs)].astype(np.int64)

    def _at(self, runs: Hashes) -> Hashes:
        return runs & np.uint64(len(self._reporters) - 1)


def _raise(table: npt.NDArray[np.uint16], runs: Hashes) -> None:
    at, times = np.unique(runs & np.uint64(len(table) - 1), return_counts=True)
    table[at] = np.minimum(table[at].astype(np.int64) + times, MOST).astype(np.uint16)
