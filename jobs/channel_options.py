"""What an owner's list says of a channel: its options, its name as stored, the secrets it leads to."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jobs.message import ChannelError
from jobs.settings import Settings

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """What a channel is opened in: workspace directory, settings, environment (for secrets), wall clock."""

    root: Path
    settings: Settings
    environ: Mapping[str, str]
    now: datetime


def options_of(entry: Any) -> dict[str, str]:
    """A channel as an owner lists it ("file", or type and options) as options.

    >>> options_of("file"), options_of({"type": "email", "to": "a@example.org"})
    ({'type': 'file'}, {'type': 'email', 'to': 'a@example.org'})
    """
    return {"type": entry} if isinstance(entry, str) else {str(key): str(value) for key, value in entry.items()}


def identity(options: Options) -> str:
    """Which channel it is, as stored and listed: stable, and without a secret.

    >>> identity({"type": "email", "to": "a@example.org"})
    'email:a@example.org'
    >>> identity({"type": "webhook", "url": "https://hooks.example.org/T0/s3cret"})
    'webhook:hooks.example.org#3a09e0a0'
    """
    if "url" in options:
        digest = hashlib.blake2b(options["url"].encode(), digest_size=4).hexdigest()
        return f"{options['type']}:{urlsplit(options['url']).hostname}#{digest}"
    told = [options[name] for name in ("path", "to", "url_env", "url_file") if name in options]
    return ":".join([options["type"], *told[:1]])


def required(options: Options, name: str, channel: str) -> str:
    """An option without which the channel cannot be."""
    if not options.get(name):
        raise ChannelError(f"{channel}: expected {name}, got none; add it to owners.yaml", permanent=True)
    return options[name]


def secret(options: Options, name: str, channel: str, place: Place) -> str:
    """The secret that `<name>_env` (a variable) or `<name>_file` (a path) leads to."""
    variable, file = options.get(f"{name}_env"), options.get(f"{name}_file")
    if variable and place.environ.get(variable):
        return place.environ[variable].strip()
    if file and (place.root / file).is_file():
        return (place.root / file).read_text(encoding="utf-8").strip()
    raise ChannelError(
        f"{channel}: expected a secret by {name}_env or {name}_file, got none; set what owners.yaml names",
        permanent=True,
    )
