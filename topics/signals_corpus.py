"""All documents as the signals read them: accounts, days and words as numbers, made once for every series."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from topics.signals_copies import LINKED, near_groups
from topics.signals_marks import UNKNOWN, Marks, first_seen, young
from topics.signals_probing import asked
from topics.signals_records import Rows
from topics.signals_words import Flags, Words

COLUMNS = (
    "document_id stream day reporter reporter_known customer customer_since claim kept rule kept_id campaign_id kind "
    "harm_domain product language mitigation anomaly_type theme_id parent_id withheld"
).split()


@dataclass(frozen=True)
class Corpus:
    """Documents with the columns COLUMNS, a row each, index 0, 1, 2, …

    `day`, `customer_since` datetime64 (midnight UTC; NaT where unknown); `kept`, `reporter_known`, `withheld` bool
    (withheld: its text may not be shown, so no word of it is told); the others text or None. `release_days`: days since
    1970 on which a mitigation was released, ascending.
    """

    documents: pd.DataFrame
    release_days: tuple[int, ...] = ()

    @cached_property
    def days(self) -> npt.NDArray[np.int64]:
        """Days since 1970."""
        return (self.documents["day"].to_numpy("datetime64[D]")).astype(np.int64)

    @cached_property
    def kept(self) -> Flags:
        """Which documents count."""
        return self.documents["kept"].to_numpy(bool)

    @cached_property
    def accounts(self) -> npt.NDArray[np.int64]:
        """Who wrote: a code of the customer where one is named, else of the reporter.

        Many writers of one customer are one account: many seats of one company are no crowd."""
        customer = self.documents["customer"].to_numpy(object)
        reporter = self.documents["reporter"].to_numpy(object)
        named = [isinstance(one, str) and one != "" for one in customer]
        who = ["c" + one if has else f"r{other}" for one, has, other in zip(customer, named, reporter, strict=True)]
        return pd.factorize(np.array(who, dtype=object))[0].astype(np.int64)

    @cached_property
    def named(self) -> Flags:
        """Which documents name their customer."""
        return np.array([isinstance(one, str) and one != "" for one in self.documents["customer"]], dtype=bool)

    @cached_property
    def _columns(self) -> dict[str, npt.NDArray[np.object_]]:
        return {}

    def column(self, name: str) -> npt.NDArray[np.object_]:
        """The values of a column."""
        if name not in self._columns:
            self._columns[name] = self.documents[name].to_numpy(object)
        return self._columns[name]

    @cached_property
    def _between(self) -> dict[tuple[int, int, str], Rows]:
        return {}

    def between(self, start: int, end: int, stream: str) -> Rows:
        """Kept documents of a stream from a day (since 1970) to before another, ascending."""
        if (start, end, stream) not in self._between:
            inside = (self.days >= start) & (self.days < end) & self.of_stream[stream]
            self._between[start, end, stream] = np.flatnonzero(inside)
        return self._between[start, end, stream]

    @cached_property
    def known(self) -> Flags:
        """Which documents name their writer or customer."""
        return self.documents["reporter_known"].to_numpy(bool) | self.documents["customer"].notna().to_numpy(bool)

    @cached_property
    def _coded(self) -> dict[str, tuple[npt.NDArray[np.int64], list[str]]]:
        return {}

    def coded(self, name: str) -> tuple[npt.NDArray[np.int64], list[str]]:
        """A column as codes (-1: no value, or that there is none), and the value of each code."""
        if name not in self._coded:
            values = self.documents[name].where(self.documents[name] != "none", None)
            codes, names = pd.factorize(values.to_numpy(object), sort=True)
            self._coded[name] = codes.astype(np.int64), [str(one) for one in names]
        return self._coded[name]

    @cached_property
    def first_day(self) -> int:
        """The first day of all documents, since 1970."""
        return int(self.days.min())

    @cached_property
    def of_stream(self) -> dict[str, Flags]:
        """Kept documents by stream."""
        stream = self.column("stream")
        return {name: self.kept & (stream == name) for name in ("feedback", "usage_anomaly")}

    @cached_property
    def young(self) -> Marks:
        """Whether the account was opened lately (`signals_marks.young`)."""
        marks = young(self.documents["day"], self.documents["customer_since"])
        return np.where(self.known, marks, UNKNOWN)

    @cached_property
    def first_seen(self) -> Marks:
        """Whether the account is heard of for the first time (`signals_marks.first_seen`)."""
        return np.where(self.known, first_seen(self.days, self.accounts), UNKNOWN)

    @cached_property
    def asked(self) -> list[tuple[str, ...]]:
        """What each document asks of the safeguard (`signals_probing.asks`)."""
        return asked(self.words.claims, self.words)

    @cached_property
    def probes(self) -> Marks:
        """1: the document asks how the safeguard decides, 0: it does not."""
        return np.fromiter(map(bool, self.asked), dtype=np.int8, count=len(self.asked))

    @cached_property
    def withheld(self) -> Flags:
        """Which documents may not be shown."""
        return self.documents["withheld"].to_numpy(bool)

    @cached_property
    def words(self) -> Words:
        """The words of every claim."""
        return Words(self.documents["claim"].fillna("").tolist(), self.accounts, self.withheld)

    @cached_property
    def copies(self) -> npt.NDArray[np.int64]:
        """Groups of near-duplicates (`signals_copies.near_groups`); -1: in none."""
        return near_groups(self.words.tokens, self.documents)

    @cached_property
    def linked(self) -> Rows:
        """Documents that were collapsed because several reporters are one hand."""
        return np.flatnonzero(self.documents["rule"].to_numpy(object) == LINKED)

    def accounts_of(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Distinct accounts of these documents, ascending."""
        return np.unique(self.accounts[rows])

    def first_of_each(self, rows: Rows, most: int) -> Rows:
        """At most so many of the documents, the first of each account, the newest first."""
        ordered = rows[np.lexsort((rows, self.days[rows]))]
        _, first = np.unique(self.accounts[ordered], return_index=True)
        return ordered[np.sort(first)][::-1][:most]
