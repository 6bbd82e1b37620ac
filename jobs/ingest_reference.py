"""What people keep as YAML in git: mitigations, releases, owners, routes, calendar, watchlists, silences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, model_validator

from jobs.dates import stamp
from jobs.entry import Entry, Name
from jobs.settings import SettingsError, checked, read_yaml
from jobs.silence import KEY, Silence, silence_row
from jobs.store import Store
from jobs.store_rows import encoded
from jobs.watchlist import Watchlist, check_watchlists
from jobs.workspace import Workspace
from nlp.taxonomy import load_taxonomy


class Mitigation(Entry):
    """A safeguard in production."""

    id: Name
    name: Name
    harm_domain: Name
    owner: Name = "default"
    thresholds: dict[str, float] = {}


class Release(Entry):
    """A dated change of a mitigation."""

    id: Name
    mitigation: Name
    released_on: date
    version: Name | None = None
    note: str = ""


class Channel(Entry):
    """A way to reach an owner: file (path), email (to), apprise (url_file or url_env), webhook (url, secret_env or
    secret_file)."""

    type: Literal["file", "email", "apprise", "webhook"]
    path: str | None = None
    to: str | None = None
    url: str | None = None
    url_file: str | None = None
    url_env: str | None = None
    secret_env: str | None = None
    secret_file: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Channel":
        needs = {"file": "path", "email": "to", "webhook": "url"}.get(self.type)
        if needs and getattr(self, needs) is None:
            raise ValueError(f"expected '{needs}' for a channel of type {self.type}")
        if self.type == "apprise" and not (self.url_file or self.url_env):
            raise ValueError("expected 'url_file' or 'url_env' for a channel of type apprise")
        return self


class Owner(Entry):
    """Who gets alerts and digests; `budget`: false alerts a week that the owner's series may raise, none: they share
    the setting's with everybody else's."""

    id: Name
    name: Name
    channels: list[Channel] = []
    cadence: Literal["daily", "weekly"] = "weekly"
    budget: float | None = Field(None, gt=0)
    urgent: list[Channel] | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_urgent(cls, values: Any) -> Any:
        """A single urgent channel needs no list."""
        if isinstance(values, dict) and isinstance(values.get("urgent"), dict):
            return {**values, "urgent": [values["urgent"]]}
        return values


class Match(Entry):
    """What a route takes; an empty one takes everything."""

    mitigation: str | None = None
    harm_domain: str | None = None
    kind: str | None = None


class Route(Entry):
    """Whose a finding is that no mitigation's owner claims; the first match wins."""

    match: Match
    owner: Name


class CalendarEntry(Entry):
    """Something that happened, for explanation only; `to` is the first day after it."""

    id: Name
    type: Literal["holiday", "launch", "incident", "outage", "policy"]
    day_from: date = Field(alias="from")
    day_to: date = Field(alias="to")
    note: str = ""

    @model_validator(mode="after")
    def _forward(self) -> "CalendarEntry":
        if self.day_to <= self.day_from:
            raise ValueError("expected 'to' after 'from' (it is the first day after)")
        return self


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class ReferenceFiles:
    """The content of the YAML files of a workspace."""

    mitigations: list[Mitigation]
    releases: list[Release]
    owners: list[Owner]
    routes: list[Route]
    calendar: list[CalendarEntry]
    watchlists: list[Watchlist]
    silences: list[Silence]


def read_reference(workspace: Path) -> ReferenceFiles:
    """The YAML files of a workspace; an absent one is empty.

    Raises `SettingsError`: file, key path, expected and got, for an entry that is wrong, an id that occurs
    twice, or an owner that is not in owners.yaml.
    """
    found = ReferenceFiles(
        _entries(workspace, "mitigations", Mitigation),
        _entries(workspace, "releases", Release),
        _entries(workspace, "owners", Owner),
        _entries(workspace, "routes", Route),
        _entries(workspace, "calendar", CalendarEntry),
        _entries(workspace, "watchlists", Watchlist),
        _entries(workspace, "silences", Silence),
    )
    owners = {owner.id for owner in found.owners}
    asked = [(f"mitigations.yaml: {entry.id}", entry.owner) for entry in found.mitigations]
    asked += [(f"routes.yaml: route {number}", entry.owner) for number, entry in enumerate(found.routes)]
    asked += [(f"watchlists.yaml: {entry.id}", entry.owner) for entry in found.watchlists if entry.owner]
    for where, owner in asked:
        if owners and owner not in owners and owner != "default":
            known = ", ".join(sorted(owners))
            raise SettingsError(f"{where}: owner: expected an id of owners.yaml ({known}), got {owner!r}; correct it")
    return found


def _entries(workspace: Path, name: str, model: type[E]) -> list[E]:
    file = f"{name}.yaml"
    content = read_yaml(workspace / file)
    rows = content.get(name) or []
    strange = [key for key in content if key != name]
    if strange or not isinstance(rows, list):
        got = f"key {strange[0]!r}" if strange else type(rows).__name__
        raise SettingsError(f"{file}: expected one key {name!r} with a list, got {got}; correct it")
    entries = []
    for number, row in enumerate(rows):
        values = row if isinstance(row, dict) else {}
        where = f"{file}: {name}[{number}]"
        if not isinstance(row, dict):
            raise SettingsError(f"{where}: expected 'key: value' pairs, got {type(row).__name__}; correct it")
        entries.append(checked(model, {str(key): value for key, value in values.items()}, where))
    _unique([str(getattr(entry, "id", number)) for number, entry in enumerate(entries)], file)
    return entries


def _unique(ids: list[str], file: str) -> None:
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise SettingsError(f"{file}: id: expected each once, got {twice[0]!r} twice; rename one")


def sync_reference(workspace: Workspace, store: Store, *, now: datetime | None = None) -> ReferenceFiles:
    """Make the store's reference tables say what the YAML files say; returns what they say.

    Raises `SettingsError`, and then nothing is changed. `now` is noted as the time a silence was made.
    """
    files = read_reference(workspace.path)
    reference = store.reference
    if files.watchlists:
        taxonomy = load_taxonomy(workspace.settings.taxonomy_file)
        check_watchlists(files.watchlists, taxonomy, store.watch.segment_names())
    with store.transaction():
        reference.replace("mitigation", [_mitigation(entry) for entry in files.mitigations])
        reference.replace("release", [_release(entry) for entry in files.releases])
        reference.replace("owner", [_owner(entry) for entry in files.owners])
        reference.replace("calendar", [_calendar(entry) for entry in files.calendar])
        made = stamp((now or datetime.now(UTC)).astimezone(UTC))
        reference.replace_silences([silence_row(entry) for entry in files.silences], now=made)
    return files


def _mitigation(entry: Mitigation) -> Mapping[str, Any]:
    return {
        "mitigation_id": entry.id,
        "name": entry.name,
        "harm_domain": entry.harm_domain,
        "owner": entry.owner,
        "thresholds": encoded(entry.thresholds),
    }


def _release(entry: Release) -> Mapping[str, Any]:
    return {
        "release_id": entry.id,
        "mitigation": entry.mitigation,
        "released_on": entry.released_on.isoformat(),
        "version": entry.version,
        "note": entry.note,
        "declared": 1,
    }


def _owner(entry: Owner) -> Mapping[str, Any]:
    def listed(channels: list[Channel]) -> str:
        return encoded([channel.model_dump(exclude_none=True) for channel in channels])

    return {
        "owner_id": entry.id,
        "name": entry.name,
        "channels": listed(entry.channels),
        "cadence": entry.cadence,
        # 0 in the table: none of its own.
        "budget": entry.budget or 0.0,
        "urgent": listed(entry.urgent) if entry.urgent else None,
    }


def _calendar(entry: CalendarEntry) -> Mapping[str, Any]:
    return {
        "calendar_id": entry.id,
        "type": entry.type,
        "day_from": entry.day_from.isoformat(),
        "day_to": entry.day_to.isoformat(),
        "note": entry.note,
    }


def sync_silences(workspace: Workspace, store: Store, *, now: datetime | None = None) -> None:
    """Make the store's silences those of silences.yaml, without reading the other files. Raises `SettingsError`."""
    entries = _entries(workspace.path, KEY, Silence)
    with store.transaction():
        made = stamp((now or datetime.now(UTC)).astimezone(UTC))
        store.reference.replace_silences([silence_row(entry) for entry in entries], now=made)
