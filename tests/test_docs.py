"""The documentation says what the code does: every command, setting, endpoint, table of extension, local link."""

import re
from pathlib import Path

import click
import pytest

from jobs.cli import COMMANDS, cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def commands(group: click.Group, prefix: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found[f"{prefix}{name}"] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix}{name} ")
    return found


ALL_COMMANDS = commands(cli)


@pytest.mark.parametrize("name", sorted(ALL_COMMANDS))
def test_command_is_documented_and_has_help(name: str) -> None:
    assert f"groundswell {name}" in README, f"the README does not name 'groundswell {name}'"
    assert (ALL_COMMANDS[name].help or "").strip()
    for parameter in ALL_COMMANDS[name].params:
        if isinstance(parameter, click.Option) and parameter.name not in ("as_json", "help"):
            assert parameter.help or parameter.show_default, f"{name}: --{parameter.name} has no help"


@pytest.mark.parametrize("name", COMMANDS)
def test_readme_names_no_command_that_does_not_exist(name: str) -> None:
    named = set(re.findall(r"groundswell (?:-w \S+ )?([a-z]+)", README))
    assert named <= set(COMMANDS), named - set(COMMANDS)


def test_every_setting_is_documented() -> None:
    from jobs.settings import Settings

    section = README.split("## Settings")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `([a-z0-9_]+)`", section, re.M))
    assert documented == set(Settings.model_fields)


def test_every_endpoint_is_documented() -> None:
    from api import create_app

    app = create_app
    section = README.split("## API")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `(?:GET|POST) (/[^`]*)`", section, re.M))
    paths = set(openapi_paths(app))
    assert documented == paths, documented ^ paths


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_local_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_named_in_the_documentation_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:nlp|topics|mitigations|jobs|api|tests|benchmarks|docs)/[\w/.]+\.\w+)`", page.read_text("utf-8")
    )
    assert not [name for name in named if not (ROOT / name).exists()]
