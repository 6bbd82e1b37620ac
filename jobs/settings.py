"""Settings of a workspace: `groundswell.yaml`, checked, with overrides from the environment."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

FILE = "groundswell.yaml"
PREFIX = "GROUNDSWELL_"

M = TypeVar("M", bound=BaseModel)


class SettingsError(ValueError):
    """A YAML file of the workspace does not say what it should; names file, key, expected and got."""


class Settings(BaseModel):
    """What a workspace may choose. Every field can be overridden by GROUNDSWELL_<NAME>."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("groundswell", description="name of this installation, shown on pages and digests")
    timezone: str = Field("UTC", description="zone of naive times in ingested files (IANA name)")
    clock: Literal["data", "wall"] = Field(
        "data", description="'data': a run is as of the newest document; 'wall': as of now"
    )
    taxonomy_file: Path | None = Field(
        None, description="taxonomy to use in place of the built-in one; relative to the workspace"
    )
    embedder: str = Field("student", description="which embedder makes the vectors")
    teach_documents: int = Field(3000, ge=0, description="documents that teach the embedder in the first run")
    false_alerts_per_week: float = Field(1.0, gt=0, description="budget over all series, after grouping")
    detection_window_days: int = Field(35, ge=7, description="how far back a new change is looked for")
    smallest_ratio: float = Field(1.35, gt=1, description="smallest rise or fall that matters, as a ratio")
    theme_coverage: float = Field(0.9, gt=0, le=1, description="share of documents to place in a theme")
    theme_cap_per_reporter: int = Field(20, ge=1, description="documents of one reporter in a theme fit")
    duplicate_window_days: int = Field(7, ge=1, description="near-duplicates are collapsed within these days")
    false_anomalies_per_week: float = Field(
        1.0, gt=0, description="false usage anomalies to be expected a week over all accounts and types"
    )
    anomalies_per_day: int = Field(20, ge=1, description="usage anomalies stored a day at most; the rest is counted")
    small_cell: int = Field(5, ge=1, description="fewest customers in a cell that the pm role may see")
    triage_fresh_days: int = Field(
        7, ge=1, description="a grave document that arrived longer before the newest one is queued and only counted"
    )
    triage_listed: int = Field(20, ge=1, le=200, description="grave documents listed in one message at most")
    label_weeks: int = Field(8, ge=1, le=520, description="of so many newest weeks documents are drawn to be labelled")
    label_double: float = Field(0.1, ge=0, le=1, description="share of drawn items that two people label")
    label_gold: float = Field(0.05, ge=0, le=0.5, description="settled items planted in the queue, per drawn one")
    default_owner: str = Field("default", description="owner of whatever no route gives to another")
    base_url: str = Field("http://127.0.0.1:8000", description="address of the dashboard, for links")
    smtp_host: str | None = Field(None, description="mail server; none: no e-mail is sent")
    smtp_port: int = Field(587, ge=1, le=65535, description="port of the mail server")
    smtp_starttls: bool = Field(True, description="whether to encrypt the connection to the mail server")
    smtp_user: str | None = Field(None, description="account at the mail server")
    smtp_from: str = Field("groundswell@localhost", description="sender of e-mail")
    smtp_unsubscribe: str | None = Field(
        None, description="where to unsubscribe from e-mail (mailto: or https:); none: a mail to the sender"
    )
    smtp_password: SecretStr | None = Field(
        None, description="only from GROUNDSWELL_SMTP_PASSWORD or the file GROUNDSWELL_SMTP_PASSWORD_FILE"
    )

    @field_validator("smtp_starttls", mode="before")
    @classmethod
    def _two_spellings(cls, value: Any) -> Any:
        if isinstance(value, str) and value not in ("true", "false"):
            raise ValueError("expected true or false")
        return value

    @field_validator("smtp_unsubscribe")
    @classmethod
    def _mail_or_page(cls, value: str | None) -> str | None:
        sound = value is None or value.isascii() and re.fullmatch(r"(mailto:[^\s<>@]+@|https://)[^\s<>,]+", value)
        if not sound:
            raise ValueError("expected an address such as mailto:list@example.org or https://example.org/leave")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (LookupError, ValueError, OSError):
            raise ValueError("expected an IANA time zone such as UTC or Europe/Berlin") from None
        return value


SECRETS = ("smtp_password",)


def load_settings(workspace: Path, *, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of the workspace; `environ` stands in for the process's environment.

    Raises `SettingsError` where a key is unknown or a value is of the wrong sort.
    """
    values = read_yaml(workspace / FILE)
    for name in SECRETS:
        if values.get(name) is not None:
            raise SettingsError(
                f"{FILE}: {name}: expected a secret in the environment, got one in the file; "
                f"move it to {PREFIX}{name.upper()} or {PREFIX}{name.upper()}_FILE"
            )
    values.update(overrides(os.environ if environ is None else environ))
    settings = checked(Settings, values, FILE)
    if settings.taxonomy_file is not None:
        settings = settings.model_copy(update={"taxonomy_file": workspace / settings.taxonomy_file})
    return settings


def overrides(environ: Mapping[str, str]) -> dict[str, Any]:
    """Settings given in the environment, as text; secrets may be in a file named by <NAME>_FILE."""
    found: dict[str, Any] = {}
    for name in Settings.model_fields:
        variable = PREFIX + name.upper()
        if variable in environ:
            found[name] = environ[variable]
        elif name in SECRETS and f"{variable}_FILE" in environ:
            found[name] = Path(environ[f"{variable}_FILE"]).read_text(encoding="utf-8").strip()
    return found


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; {} where the file is absent or empty."""
    if not path.is_file():
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not UTF-8"
        raise SettingsError(f"{path.name}{where}: expected YAML, got {problem}; mend that line") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(f"{path.name}: expected 'key: value' lines, got {type(content).__name__}; see the docs")
    return {str(name): value for name, value in content.items()}


def checked(model: type[M], values: Mapping[str, Any], file: str) -> M:
    """`values` as the model; its complaints as one `SettingsError` that names file and key path."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SettingsError("\n".join(_complaint(file, entry) for entry in error.errors())) from None


def _complaint(file: str, entry: Any) -> str:
    path = ".".join(str(part) for part in entry["loc"])
    got = repr(entry.get("input"))
    if entry["type"] == "extra_forbidden":
        return f"{file}: {path}: expected a known key, got this one; remove it or correct its spelling"
    if entry["type"] == "missing":
        return f"{file}: {path}: expected a value, got none; add it"
    message = str(entry["msg"]).removeprefix("Value error, ").removeprefix("Input should be ").strip()
    message = message if message.startswith("expected") else f"expected {message}"
    return f"{file}: {path}: {message}, got {got[:80]}; correct it"
