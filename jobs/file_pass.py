"""One pass over a file of documents: read, work, write; refused rows are listed beside it."""

import json
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from jobs.file_documents import Batch, Documents, Wanted, open_documents, quarantined
from jobs.file_report import Report
from jobs.file_run import cores, passed, whole
from jobs.file_work import Done, Work
from jobs.progress import bar

Loader = Callable[[Wanted], tuple[Work, dict[str, str]]]


class SameFile(ValueError):
    """Two of input, output and quarantine are one file."""


def distinct_files(named: Iterable[tuple[str, Path | None]]) -> None:
    """Raises `SameFile` where of these files, each with what it is, one would be written over another."""
    seen: dict[Path, str] = {}
    for what, path in named:
        if path is None or (path.exists() and not path.is_file()):
            continue
        place = path.resolve()
        if place in seen:
            raise SameFile(f"expected {what} to be another file than {seen[place]}, got {path}; name another")
        seen[place] = what


@dataclass(frozen=True, slots=True)
class Paths:
    """Where to write: `output` None is standard output; `quarantine` None is beside the input, where needed."""

    output: Path | None
    quarantine: Path | None

    def check(self, source: Path) -> None:
        """Raises `SameFile` where one would be written over another."""
        distinct_files([("the input", source), ("--output", self.output), ("--quarantine", self.refused(source))])

    def refused(self, source: Path) -> Path:
        """The list of refused rows."""
        return self.quarantine or source.with_name(source.name + ".quarantine.jsonl")


def pass_over(wanted: Wanted, load: Loader, paths: Paths, *, jobs: int | None, tell: Callable[[str], None]) -> Report:
    """Read a file, do the work that `load` gives, write its lines; returns the account.

    `tell` is given what columns were taken. Raises ValueErrors and OSErrors that say what to do; then nothing has
    been written, but for standard output.
    """
    from threadpoolctl import threadpool_limits

    paths.check(wanted.path)
    documents = open_documents(wanted)
    for line in documents.columns.describe():
        tell(line)
    work, versions = load(wanted)
    report = Report(documents.source.name, documents.columns.describe(), versions=versions)
    # One thread for sums of floats, so that they are the same whatever else runs.
    with threadpool_limits(1):
        _write(documents, work, paths, report, jobs or cores())
    return report


def _write(documents: Documents, work: Work, paths: Paths, report: Report, jobs: int) -> None:
    begun = time.monotonic()
    listing = paths.refused(documents.source.path)
    to_terminal = paths.output is None and sys.stdout.isatty()
    with ExitStack() as stack:
        out = stack.enter_context(whole(paths.output))
        refused = Refusals(listing, stack, always=paths.quarantine is not None)
        done = stack.enter_context(closing(passed(documents.batches(), work, jobs=jobs)))
        first = next(done, None)  # the processes begin before the bar's thread does
        advance = (lambda count: None) if to_terminal else stack.enter_context(bar(documents.source.name, None))
        while first is not None:
            batch, made = first
            _take(batch, made, out, refused, report)
            advance(len(batch.ids))
            first = next(done, None)
        report.quarantine = str(listing) if refused.any else None
    if not refused.any and paths.quarantine is None:
        with suppress(OSError):  # on a disk that is only read, not even a file that is absent can be removed
            listing.unlink()
    report.seconds = time.monotonic() - begun


def _take(batch: Batch, made: Done, out: BinaryIO, refused: "Refusals", report: Report) -> None:
    out.write(made.content)
    refused.add(batch)
    report.add(made.tally, batch.refused)


class Refusals:
    """The list of refused rows, opened with the first of them unless it is asked for."""

    def __init__(self, path: Path, stack: ExitStack, *, always: bool) -> None:
        self.path, self.stack = path, stack
        self.any = False
        self.stream = stack.enter_context(whole(path)) if always else None

    def add(self, batch: Batch) -> None:
        """Write down what a batch refused."""
        if not batch.refused:
            return
        self.any = True
        self.stream = self.stream or self.stack.enter_context(whole(self.path))
        for refusal in batch.refused:
            self.stream.write(json.dumps(quarantined(refusal)).encode() + b"\n")
