"""The documentation says what the code does: every command, setting, endpoint, table of extension, local link."""

import re
from importlib import import_module
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


def test_readme_names_no_command_that_does_not_exist() -> None:
    named = set(re.findall(r"groundswell (?:-w \S+ )?([a-z]+)", README))
    assert named <= set(COMMANDS), named - set(COMMANDS)


def test_every_setting_is_documented() -> None:
    from jobs.settings import Settings

    section = README.split("## Settings")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `([a-z0-9_]+)`", section, re.M))
    assert documented == set(Settings.model_fields)


def test_every_endpoint_is_documented(tmp_path: Path) -> None:
    from api import create_app
    from jobs.workspace import create_workspace

    workspace, _ = create_workspace(tmp_path / "empty")
    paths = create_app(workspace).test_client().get("/openapi/openapi.json").get_json()["paths"]
    served = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    section = README.split("## API")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `((?:GET|POST) /[^`]*)`", section, re.M)) == served


def test_every_job_of_a_run_is_documented_in_its_order() -> None:
    from jobs.run import STEPS

    section = README.split("## Jobs of a run")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", section, re.M) == [step.name for step in STEPS]


def test_every_extension_table_that_contributing_names_exists() -> None:
    named = re.findall(r"`([A-Z]{4,})` of `([\w/]+)\.py`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(named) >= 5
    for table, module in named:
        assert hasattr(import_module(module.replace("/", ".")), table), f"{module} has no {table}"


def test_every_method_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert not [page.name for page in ROOT.glob("docs/*.md") if page.name != "README.md" and page.name not in index]


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
