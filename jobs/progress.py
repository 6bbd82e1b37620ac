"""Progress a person can watch: a bar on a terminal, a plain line where there is none."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]


@contextmanager
def bar(title: str, total: int | None) -> Iterator[Advance]:
    """Show `title` and how many of `total` (None: unknown) are done, on standard error; yields the function that
    advances it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=total)
        yield lambda count: progress.advance(task, count)


def say(text: str) -> None:
    """One line on standard error, so that `--json` on standard output stays clean."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
