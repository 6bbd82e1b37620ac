"""What the documents of each series are: tallies that grow as documents arrive, and the table made of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nlp.taxonomy import HAZARDS
from topics.conditions import UNPAGED_KINDS

Indexes = npt.NDArray[np.int64]

HAZARD_SHARE = 0.25
"""A series takes the gravest hazard that at least this share of its documents carries."""
SERIES_COLUMNS = ("series", "stream", "theme_id", "kind", "harm_domain", "hazard", "rollup", "paged")
TALLIED = ("hazard", "kind", "harm_domain", "mitigation", "both")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of all documents: `labels` in alphabetical order, `codes` (n,) into them, -1: none."""

    labels: list[str]
    codes: Indexes


class Tallies:
    """How many documents of each series carry which value; grows by `add`."""

    def __init__(self, names: list[str], documents: pd.DataFrame) -> None:
        """No document yet; `names`: all series there may be, `documents`: all documents there may be."""
        self.names = names
        self.attributes = attributes(documents)
        size = len(names)
        self.documents = np.zeros(size, dtype=np.int64)
        self.muted = np.zeros(size, dtype=np.int64)
        self.rolled = np.zeros(size, dtype=np.int64)
        self.counts = {name: np.zeros((size, len(own.labels)), np.int64) for name, own in self.attributes.items()}
        absent = np.zeros(len(documents), dtype=bool)
        self._muted = documents["muted"].to_numpy(bool) if "muted" in documents else absent
        self._parent = _themes(documents, names) if "parent_id" in documents else None

    def add(self, rows: Indexes, series: Indexes) -> None:
        """Count documents in series: parallel arrays, one entry a (document, series) pair."""
        size = len(self.names)
        self.documents += np.bincount(series, minlength=size)
        self.muted += np.bincount(series[self._muted[rows]], minlength=size)
        if self._parent is not None:
            self.rolled += np.bincount(series[self._parent[rows] == series], minlength=size)
        for name, own in self.attributes.items():
            codes = own.codes[rows]
            flat = series[codes >= 0] * len(own.labels) + codes[codes >= 0]
            self.counts[name] += np.bincount(flat, minlength=size * len(own.labels)).reshape(size, -1)

    def copy(self) -> "Tallies":
        """The same, to grow apart."""
        other = object.__new__(Tallies)
        other.__dict__.update(self.__dict__)
        other.documents, other.muted, other.rolled = self.documents.copy(), self.muted.copy(), self.rolled.copy()
        other.counts = {name: own.copy() for name, own in self.counts.items()}
        return other

    def table(self, present: npt.NDArray[np.bool_] | None = None) -> pd.DataFrame:
        """What each series is, as `topics.volume.series_table` says; `present` (series,): which there are by now."""
        held = self.documents > 0 if present is None else present
        known = {name for name, there in zip(self.names, held, strict=True) if there}
        rows = [self._row(int(code), known) for code in np.flatnonzero(held)]
        return pd.DataFrame(rows, columns=list(SERIES_COLUMNS)).sort_values("series", ignore_index=True)

    def _row(self, code: int, known: set[str]) -> dict[str, object]:
        name = self.names[code]
        stream, _, rest = name.partition("/")
        field, _, value = rest.partition("=")
        kind = self._commonest("kind", code) if field in ("kind", "theme", "watch") and stream == "feedback" else None
        wants_domain = field in ("theme", "watch") or "&harm_domain=" in name
        if field == "watch" and kind in UNPAGED_KINDS:
            kind = None  # a watchlist is watched, whatever most of its documents are
        muted = self.documents[code] == self.muted[code]
        return {
            "series": name,
            "stream": stream,
            "theme_id": value if field == "theme" else None,
            "kind": kind,
            "harm_domain": self._commonest("harm_domain", code) if wants_domain else None,
            "hazard": self._gravest(code),
            "rollup": next(self._rollups(code, known), f"{stream}/total") if rest != "total" else None,
            "paged": not (field == "theme" and (self.rolled[code] > 0 or muted)),
        }

    def _commonest(self, name: str, code: int) -> str | None:
        """The commonest value; of equally common ones the first in alphabetical order."""
        own = self.counts[name][code]
        return self.attributes[name].labels[int(own.argmax())] if own.any() else None

    def _gravest(self, code: int) -> str:
        own = dict(zip(self.attributes["hazard"].labels, self.counts["hazard"][code], strict=True))
        total = max(sum(own.values()), 1)
        grave = [hazard for hazard in HAZARDS if own.get(hazard, 0) / total >= HAZARD_SHARE]
        return grave[-1] if grave else HAZARDS[0]

    def _rollups(self, code: int, known: set[str]) -> Iterator[str]:
        """Series other than itself that hold most of the documents of a series, the narrowest first."""
        stream, _, rest = self.names[code].partition("/")
        if "&" in rest:
            yield f"{stream}/{rest.split('&', 1)[0]}"
        elif rest.startswith("theme=") and stream == "feedback":
            values = (self._majority("both", code), self._majority("kind", code))
            yield from (f"{stream}/kind={value}" for value in values if f"{stream}/kind={value}" in known)
        elif rest.startswith("theme=") and stream == "usage_anomaly":
            value = self._majority("mitigation", code)
            yield from [f"{stream}/mitigation={value}"] if value else []

    def _majority(self, name: str, code: int) -> str | None:
        """The value that more than half of the documents of a series carry."""
        own = self.counts[name][code]
        most = int(own.argmax()) if own.size else -1
        return self.attributes[name].labels[most] if most >= 0 and own[most] * 2 > self.documents[code] else None


def attributes(documents: pd.DataFrame) -> dict[str, Attribute]:
    """What is tallied of each document: TALLIED, `both` being kind and harm domain as a roll-up's key names them."""
    kind, domain = documents["kind"], documents["harm_domain"]
    both = (kind.astype(str) + "&harm_domain=" + domain.astype(str)).where(kind.notna() & domain.notna())
    columns = {name: documents[name] for name in TALLIED if name != "both"} | {"both": both}
    return {name: _attribute(column) for name, column in columns.items()}


def _attribute(column: "pd.Series[str]") -> Attribute:
    known = column.notna().to_numpy()
    codes = np.full(len(column), -1, dtype=np.int64)
    found, labels = pd.factorize(column[known].astype(str).to_numpy(object), sort=True)
    codes[known] = found
    return Attribute([str(label) for label in labels], codes)


def _themes(documents: pd.DataFrame, names: list[str]) -> Indexes:
    """The series of the theme that each document's theme is a part of, -1 where it is of none."""
    place = {name: code for code, name in enumerate(names)}
    keys = documents["stream"].astype(str) + "/theme=" + documents["parent_id"].astype(str)
    return keys.map(lambda key: place.get(key, -1)).to_numpy(np.int64)
