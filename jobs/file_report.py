"""What a pass over a file tells at its end: how many, how fast, of which kinds, how sure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.file_work import JUDGED, Tally
from jobs.reading import Refusal


@dataclass(slots=True)
class Report:
    """The account of one file. `seconds` are those of the pass, without the loading of models."""

    file: str
    columns: list[str]
    tally: Tally = field(default_factory=Tally)
    reasons: Counter[str] = field(default_factory=Counter)
    quarantine: str | None = None
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)

    def add(self, tally: Tally, refused: list[Refusal]) -> None:
        """Count in a batch."""
        self.tally.add(tally)
        self.reasons.update(refusal.reason for refusal in refused)

    def summary(self) -> dict[str, Any]:
        """The account as a record: counts, shares in [0, 1] of the documents, documents a second."""
        documents = self.tally.documents
        told: dict[str, Any] = {
            "file": self.file,
            "columns": self.columns,
            "documents": documents,
            "quarantined": self.reasons.total(),
            "reasons": dict(sorted(self.reasons.items())),
            "quarantine": self.quarantine,
            "seconds": round(self.seconds, 2),
            "documents_per_second": round(documents / self.seconds) if self.seconds > 0 else None,
            "name_recogniser_share": share(self.tally.names_read, documents),
            "versions": dict(self.versions),
        }
        for name, counter in self.tally.counts.items():
            if name == "abstained":
                told[name] = {field: share(counter[field], documents) for field in JUDGED}
            else:
                told[name] = dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))
        return told

    def lines(self) -> Iterator[str]:
        """The account for a person."""
        told = self.summary()
        speed = f", {told['documents_per_second']:,} a second" if told["documents_per_second"] else ""
        yield f"{told['documents']:,} documents in {told['seconds']:,.1f} s{speed}"
        if told["quarantined"]:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in told["reasons"].items())
            yield f"quarantined: {told['quarantined']:,} rows ({reasons}), listed in {self.quarantine}"
        yield f"read by the name recogniser: {percent(told['name_recogniser_share'])} of documents"
        for name in ("kinds", "hazards", "languages", "entities"):
            if told.get(name):
                yield f"{name}: " + ", ".join(f"{label} {count:,}" for label, count in told[name].items())
        if "redacted" in told:
            yield f"something redacted: {told['redacted'].get('documents', 0):,} documents"
        if "abstained" in told:
            yield "abstained: " + ", ".join(f"{field} {percent(part)}" for field, part in told["abstained"].items())


def share(part: int, whole: int) -> float | None:
    """A part of the whole, to four digits; None of nothing.

    >>> share(1, 3), share(0, 0)
    (0.3333, None)
    """
    return round(part / whole, 4) if whole else None


def percent(part: float | None) -> str:
    """A share as a person reads it.

    >>> percent(0.0833), percent(None)
    ('8.3 %', '-')
    """
    return "-" if part is None else f"{100 * part:.1f} %"
