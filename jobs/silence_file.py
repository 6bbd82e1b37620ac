"""The file silences.yaml: read and checked, and edited so that every line that is not concerned stays as it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jobs.settings import SettingsError, checked, read_yaml
from jobs.silence import FILE, KEY, Silence, silence_row
from jobs.store_reference import DECLARED
from jobs.yaml_list import YamlList
from nlp.taxonomy import HAZARDS, Taxonomy

MOST_DAYS = 366
"""The longest silence the command line makes: what is to be quiet for ever is a muted theme, or no alert."""
WORDS = {
    "hazard": HAZARDS,
    "direction": ("up", "down"),
    "state": ("new", "ongoing", "escalating", "regressed"),
}


@dataclass(frozen=True, slots=True)
class SilenceFile:
    """The silences.yaml of a workspace."""

    folder: Path

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.folder / FILE

    def entries(self) -> list[Silence]:
        """What it says; raises `SettingsError`."""
        rows = read_yaml(self.path).get(KEY) or []
        if not isinstance(rows, list):
            raise SettingsError(f"{FILE}: {KEY}: expected a list, got {type(rows).__name__}; correct it")
        return [_entry(row, f"{FILE}: {KEY}[{number}]") for number, row in enumerate(rows)]

    def add(self, values: Mapping[str, Any], taxonomy: Taxonomy, *, today: date) -> Silence:
        """Append a silence that begins now; the file is checked before it is written, whole or not at all.

        `values`: matcher, until (ISO day), reason, author. Raises `SettingsError`, `CannotEdit`.
        """
        entry = checked(Silence, values, f"{FILE}: new entry")
        last = today + timedelta(days=MOST_DAYS)
        if not today < entry.until <= last:
            raise SettingsError(f"until: expected a day after {today} and by {last}, got {entry.until}; correct it")
        _check_words(entry.matcher, taxonomy)
        if entry in self.entries():
            raise SettingsError(f"{FILE}: expected a new silence, got one that is there already; nothing is changed")
        YamlList(self.path, KEY).add({**values, "until": entry.until})
        return entry

    def end(self, silence_id: str) -> Silence:
        """Take a silence out of the file, whose history keeps it. Raises `SettingsError`, `CannotEdit`."""
        entries = self.entries()
        ids = [silence_row(entry)["silence_id"] for entry in entries]
        wanted = DECLARED + silence_id.removeprefix(DECLARED)
        if wanted not in ids:
            known = ", ".join(ids) or "none"
            raise SettingsError(f"{FILE}: expected the id of a silence ({known}), got {silence_id!r}; correct it")
        YamlList(self.path, KEY).remove(ids.index(wanted))
        return entries[ids.index(wanted)]


def _entry(row: Any, where: str) -> Silence:
    if not isinstance(row, dict):
        raise SettingsError(f"{where}: expected 'key: value' pairs, got {type(row).__name__}; correct it")
    return checked(Silence, {str(key): value for key, value in row.items()}, where)


def _check_words(matcher: Mapping[str, str], taxonomy: Taxonomy) -> None:
    """Refuse a value that no alert can have: it would silence nothing, and nobody would notice."""
    known = {**WORDS, "kind": taxonomy.ids("kind"), "harm_domain": taxonomy.ids("harm_domain")}
    for name, value in matcher.items():
        if name in known and value not in known[name]:
            listed = ", ".join(known[name])
            raise SettingsError(f"matcher: {name}: expected one of {listed}, got {value!r}; correct it")
