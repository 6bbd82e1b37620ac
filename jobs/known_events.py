"""A file of known events, which a replay is held against: events.yaml."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import yaml
from pydantic import BeforeValidator, model_validator

from jobs.entry import Entry, Name, as_list
from jobs.settings import SettingsError, checked
from topics.replay_truth import Event

KEY = "events"


Names = Annotated[list[Name], BeforeValidator(as_list)]


class Match(Entry):
    """What an alert about the event is about; all that is given must hold, of several values one."""

    series: Names = []
    theme_id: Names = []
    kind: Names = []
    harm_domain: Names = []
    mitigation: Names = []
    anomaly_type: Names = []
    owner: Names = []

    @model_validator(mode="after")
    def _something(self) -> "Match":
        if not self.wanted():
            raise ValueError(f"expected at least one of {', '.join(type(self).model_fields)}")
        return self

    def wanted(self) -> dict[str, list[str]]:
        """Attribute -> values, of those that are given."""
        return {name: values for name, values in self.model_dump().items() if values}


class KnownEvent(Entry):
    """Something that is known to have happened; `end` is the first day after it."""

    name: Name
    day: date
    end: date | None = None
    direction: Literal["up", "down"] = "up"
    match: Annotated[list[Match], BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)]

    @model_validator(mode="after")
    def _forward(self) -> "KnownEvent":
        if self.end is not None and self.end <= self.day:
            raise ValueError("expected 'end' after 'day' (it is the first day after the event)")
        return self

    def event(self) -> Event:
        """As the replay takes it."""
        end = None if self.end is None else pd.Timestamp(self.end)
        wanted = tuple(one.wanted() for one in self.match)
        return Event(self.name, pd.Timestamp(self.day), wanted, self.direction, end)


def read_events(path: Path) -> list[Event]:
    """The events of a YAML file: a list, or a list under the key `events`.

    Raises `SettingsError` with the place in the file, what was expected and what was there.
    """
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise SettingsError(f"{path.name}{where}: expected YAML, got something else; mend that line") from None
    rows = content.get(KEY) if isinstance(content, dict) and set(content) == {KEY} else content
    if not isinstance(rows, list) or not rows:
        raise SettingsError(
            f"{path.name}: expected a list of events, got {type(rows).__name__}; see examples/events.yaml"
        )
    events = []
    for number, row in enumerate(rows):
        where = f"{path.name}: {KEY}[{number}]"
        if not isinstance(row, dict):
            raise SettingsError(f"{where}: expected 'key: value' pairs, got {type(row).__name__}; correct it")
        events.append(checked(KnownEvent, {str(key): value for key, value in row.items()}, where).event())
    names = [event.name for event in events]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"{path.name}: name: expected each once, got {twice[0]!r} twice; rename one")
    return events
