"""The session that the README shows is what a newcomer sees; REWRITE_SESSION=1 writes it anew, to be reviewed."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.S)
WIDTH = "100"


def commands() -> list[tuple[str, str]]:
    """The session's commands, each with the output that is shown under it."""
    found = BLOCK.search(PAGE.read_text(encoding="utf-8"))
    assert found, "the README has no session"
    parts = re.split(r"^\$ ", found.group(1), flags=re.M)[1:]
    return [(command, output.rstrip()) for command, _, output in (part.partition("\n") for part in parts)]


def typed(command: str, directory: Path) -> str:
    """What the command prints on standard output."""
    program, *arguments = shlex.split(command)
    assert program == "groundswell"
    environment = {**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"}
    code = "from jobs.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=directory, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n")


def settled(text: str) -> str:
    """The same text whatever the clock says: seconds are no part of what is promised."""
    return re.sub(r" +[\d.e-]+$", "  …", text, flags=re.M) if " seconds" in text else text


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("session")
    shutil.copytree(ROOT / "examples", place / "examples")
    return place


@pytest.mark.slow
def test_session_of_the_readme_prints_what_it_shows(directory: Path) -> None:
    shown = commands()
    printed = [(command, settled(typed(command, directory))) for command, _ in shown]
    if os.environ.get("REWRITE_SESSION"):
        lines = "\n".join(f"$ {command}\n{output}".rstrip() for command, output in printed)
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(BLOCK.sub(lambda _: f"```console\n{lines}\n```", text, count=1), encoding="utf-8")
        return
    for (command, expected), (_, output) in zip(shown, printed, strict=True):
        assert output == expected, command
