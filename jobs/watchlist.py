"""An entry of watchlists.yaml: a saved query, what is much of it, and who hears of it."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, field_validator, model_validator

from jobs.entry import Entry, Name, as_list
from jobs.settings import SettingsError
from nlp.phrases import Phrases
from nlp.taxonomy import Taxonomy
from topics.assign import Vectors
from topics.watch import Query

FILE = "watchlists.yaml"
MOST_LISTED = 20
Names = Annotated[list[Name], BeforeValidator(as_list)]
Text = Annotated[str, Field(min_length=3, max_length=500)]


class Watchlist(Entry):
    """Rare things that must be seen early: what to look for, from how many reporters on it matters, whose it is.

    Fields, segments and streams must all hold; of words and examples one hit suffices unless `match` is `all`.
    """

    id: Annotated[Name, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    name: Name
    streams: Annotated[list[Literal["feedback", "usage_anomaly"]], BeforeValidator(as_list)] = ["feedback"]
    harm_domains: Names = Field([], validation_alias=AliasChoices("harm_domain", "harm_domains"))
    kinds: Names = Field([], validation_alias=AliasChoices("kinds", "kind"))
    words: Names = []
    examples: Annotated[list[Text], BeforeValidator(as_list)] = []
    similarity: float = Field(0.65, gt=0, lt=1)
    match: Literal["any", "all"] = "any"
    segments: dict[str, Names] = {}
    floor: int = Field(1, ge=1)
    floor_days: int = Field(28, ge=1, le=28)
    false_alerts_per_week: float = Field(0.05, gt=0, le=7)
    owner: Name | None = None
    hazard: Literal["low", "elevated", "critical"] | None = None

    @field_validator("harm_domains", mode="before")
    @classmethod
    def _none_is_empty(cls, value: Any) -> Any:
        return [] if value is None else value

    @field_validator("words")
    @classmethod
    def _searchable(cls, value: list[str]) -> list[str]:
        Phrases(value)
        return value

    @model_validator(mode="after")
    def _asks_something(self) -> "Watchlist":
        if not (self.harm_domains or self.kinds or self.words or self.examples or self.segments):
            raise ValueError("expected at least one of words, examples, harm_domain, kinds or segments")
        if self.match == "all" and not (self.words and self.examples):
            raise ValueError("expected words and examples for 'match: all'")
        return self

    def query(self, examples: Vectors) -> Query:
        """What is looked for; `examples`: the vectors of its example sentences, (k, d)."""
        return Query(
            id=self.id,
            streams=tuple(self.streams),
            harm_domains=tuple(self.harm_domains),
            kinds=tuple(self.kinds),
            segments=tuple((name, tuple(values)) for name, values in sorted(self.segments.items())),
            words=tuple(self.words),
            examples=examples,
            similarity=self.similarity,
            every=self.match == "all",
        )

    def definition(self) -> dict[str, Any]:
        """The query alone: what decides which documents match."""
        kept = ("streams", "harm_domains", "kinds", "words", "examples", "similarity", "match", "segments")
        return {name: value for name, value in self.model_dump(mode="json").items() if name in kept}


def check_watchlists(
    watchlists: Sequence[Watchlist], taxonomy: Taxonomy, segments: Iterable[str], *, file: str = FILE
) -> None:
    """Refuse a kind or harm domain that the taxonomy lacks, and a segment that no document has.

    `segments`: names that the documents of the workspace have; while there is none yet, any will do. Raises
    `SettingsError` with what was expected.
    """
    known = {"kinds": taxonomy.ids("kind"), "harm_domain": taxonomy.ids("harm_domain")}
    names = tuple(sorted(segments))
    for entry in watchlists:
        asked = [("kinds", value) for value in entry.kinds]
        asked += [("harm_domain", value) for value in entry.harm_domains]
        for field, value in asked:
            _one_of(f"{file}: {entry.id}: {field}", value, known[field])
        for name in entry.segments if names else ():
            _one_of(f"{file}: {entry.id}: segments", name, names)


def _one_of(where: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        listed = ", ".join(known[:MOST_LISTED])
        raise SettingsError(f"{where}: expected one of {listed}, got {value!r}; correct it")
