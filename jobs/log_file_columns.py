"""Which columns of a file of decisions are what: named by a person, else guessed and shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.columns import CONSTANT, plain
from jobs.columns_names import FIELDS
from jobs.dates import layout
from jobs.ingest_cells import number

READ = ("action", "score", "threshold", "truth", "truth_source", "inclusion_probability", "decided_at")
"""Fields that are read. Excerpts, customers and ids are known by name, so that they are no slices, and stay unread."""
ALSO_SLICES = ("mitigation", "version", "language", "use_case")
MOST_VALUES, LONGEST = 30, 40
"""Of a column that is guessed to hold slices."""
MONTH = "month"
NUMBERS = ("score", "threshold", "inclusion_probability")
WORDS = ("action", "truth", "truth_source")


class NoDecisions(ValueError):
    """A file without actions, or a column that is not there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read of a file: `columns` field -> column ("=x" is the constant x), `slices` name -> column."""

    columns: Mapping[str, str]
    slices: Mapping[str, str]

    @property
    def dated(self) -> bool:
        """Whether the month of a decision is a column of its own."""
        return "decided_at" in self.columns and MONTH not in self.slices

    @property
    def acts_by_score(self) -> bool:
        """Whether the file tells no action, but what it follows from."""
        return "action" not in self.columns

    @property
    def numbers(self) -> tuple[str, ...]:
        """Fields that are numbers."""
        return tuple(name for name in NUMBERS if name in self.columns)

    @property
    def words(self) -> tuple[str, ...]:
        """Fields and slices of few words, in the order of the table's columns."""
        named = (name for name in WORDS if name in self.columns or name == "action")
        return (*named, *self.slices, *((MONTH,) if self.dated else ()))

    @property
    def names(self) -> tuple[str, ...]:
        """The file's columns that are read."""
        return tuple(dict.fromkeys((*self.columns.values(), *self.slices.values())))

    @property
    def few(self) -> frozenset[str]:
        """Those of them that hold few words."""
        return frozenset({*(self.columns[name] for name in WORDS if name in self.columns), *self.slices.values()})


def chosen(
    rows: Sequence[Mapping[str, Any]], wished: Mapping[str, Sequence[str]], segments: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The column of each field, and of each slice by its name. Raises `NoDecisions`.

    `wished`: field -> one column, or "=x" for a constant; none to leave a field out. `segments`: columns, () to guess.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    _check(names, wished, segments)
    found = {field: columns[0] for field, columns in wished.items() if columns}
    left = [name for name in names if name not in {*found.values(), *segments}]
    for field, about in FIELDS["decisions"].items():
        guess = next((name for known in about.names for name in left if plain(name) == known), None)
        if field not in wished and guess is not None:
            found[field] = guess
            left.remove(guess)
    if "action" not in found and not {"score", "threshold"} <= set(found):
        raise NoDecisions(
            f"expected a column for action (allow, flag, block, downgrade), or score and threshold, found none among: "
            f"{', '.join(names)}; name it with --map action=COLUMN"
        )
    slices = {name: name for name in segments} or {
        **{field: found[field] for field in ALSO_SLICES if field in found and _few(rows, found[field], named=True)},
        **{plain(name) or name: name for name in left if _few(rows, name)},
    }
    return {field: found[field] for field in READ if field in found}, slices


def _check(names: Sequence[str], wished: Mapping[str, Sequence[str]], segments: Sequence[str]) -> None:
    for field, columns in wished.items():
        known = list(FIELDS["decisions"])
        if field not in known or len(columns) > 1:
            raise NoDecisions(f"expected --map FIELD=COLUMN of {', '.join(known)}, got {field!r}; correct --map")
        if columns and columns[0] not in names and not columns[0].startswith(CONSTANT):
            raise NoDecisions(f"expected a column ({', '.join(names)}), got {columns[0]!r}; correct --map")
    for name in segments:
        if name not in names:
            raise NoDecisions(f"expected a column ({', '.join(names)}), got {name!r}; correct --segment")


def _few(rows: Sequence[Mapping[str, Any]], column: str, *, named: bool = False) -> bool:
    """Whether a column holds few and short words: slices, not texts, ids, numbers or days.

    `named`: it is one by its name, such as version; its words may be numbers, and the first rows may have but one.
    """
    values = [value.strip() for row in rows if isinstance(value := row.get(column), str) and value.strip()]
    distinct = set(values)
    if not (1 if named else 2) <= len(distinct) <= min(MOST_VALUES, max(len(rows) // 5, 2)):
        return False
    iso = layout("iso").read
    if max(map(len, distinct)) > LONGEST:
        return False
    return named or not all(number(value) is not None or iso(value) is not None for value in distinct)
