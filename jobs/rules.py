"""How this workspace's texts are taken apart: the forms it has learnt, less those vetoed, and its taxonomy's fields.

`models/templates.json` names the artefact that serves and the one that will from the next run on."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.settings import SettingsError, read_yaml
from jobs.workspace import Workspace
from nlp.artefact import write_whole
from nlp.extract import Rules
from nlp.taxonomy import Taxonomy, load_taxonomy
from nlp.templates import NO_TEMPLATES, Templates, from_card

FILE = "templates.json"
VETOES = "templates.yaml"


class TemplatesInvalid(ValueError):
    """An artefact of templates, or the file that names it, which cannot be read."""


def serving_rules(workspace: Workspace | None, taxonomy: Taxonomy | None = None) -> Rules:
    """What serves now; without a workspace nothing is learnt. Raises TemplatesInvalid or SettingsError."""
    if workspace is None:
        return Rules(entities=(taxonomy or load_taxonomy()).entities)
    labels = taxonomy or load_taxonomy(workspace.settings.taxonomy_file)
    learnt = load_templates(workspace, named(workspace).get("serving"))
    return Rules(learnt.without(vetoes(workspace)), labels.entities)


def named(workspace: Workspace) -> dict[str, str]:
    """What `models/templates.json` names: `serving` and `next`, file names without ending; {} before the first run."""
    path = workspace.models / FILE
    if not path.is_file():
        return {}
    found = _json(path)
    if not all(isinstance(value, str) and Path(value).name == value for value in found.values()):
        raise TemplatesInvalid(f"expected {path} to name files of models/, got {str(found)[:80]}; delete it")
    return {str(key): str(value) for key, value in found.items()}


def name(workspace: Workspace, **entries: str) -> None:
    """Note what serves or will serve; what is not given stays. One atomic write."""
    content = json.dumps({**named(workspace), **entries}, indent=2, sort_keys=True) + "\n"
    write_whole(workspace.models / FILE, content.encode())


def load_templates(workspace: Workspace, artefact: str | None) -> Templates:
    """The templates of an artefact; none without a name."""
    if artefact is None:
        return NO_TEMPLATES
    try:
        return from_card(_json(workspace.models / f"{artefact}.json"))
    except (KeyError, TypeError) as error:
        raise TemplatesInvalid(f"expected forms in {artefact}.json, got {error!r:.80}; run it again") from error


def save_templates(workspace: Workspace, templates: Templates, removes: list[dict[str, object]]) -> str:
    """Write the artefact with the account of what each template takes out of claims; returns its name."""
    artefact = f"templates-{templates.version}"
    content = json.dumps({**templates.card(), "removes": removes}, indent=2, ensure_ascii=False) + "\n"
    write_whole(workspace.models / f"{artefact}.json", content.encode())
    return artefact


def vetoes(workspace: Workspace) -> list[str]:
    """Texts of templates that shall stay in the claim: the list `veto` of `templates.yaml`, if there is one."""
    listed = read_yaml(workspace.path / VETOES).get("veto") or []
    if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
        raise SettingsError(f"{VETOES}: veto: expected a list of texts, got {str(listed)[:80]}; correct it")
    return listed


def _json(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise TemplatesInvalid(f"expected JSON in {path}, got {type(error).__name__}; delete templates.json") from error
    if not isinstance(found, dict):
        raise TemplatesInvalid(f"expected an object in {path}, got {type(found).__name__}; delete templates.json")
    return found
