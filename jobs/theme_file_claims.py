"""What themes need of each document of a file: its claim, redacted, and the template it was written on."""

import json
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.file_documents import Batch
from jobs.file_pass import Refusals
from jobs.file_report import Report
from jobs.file_run import cores, passed
from jobs.file_work import Done, Tally
from jobs.progress import bar
from jobs.theme_file_read import Filed, FiledBatch

if TYPE_CHECKING:
    from spacy.language import Language

LONGEST_CLAIM = 20_000
"""Characters of a claim that are kept: what comes later says nothing of its theme, and memory is bounded by it."""


@dataclass(slots=True)
class Claims:
    """Documents in the order of the file, each list beside the others; memory holds nothing unredacted.

    `claims` are "" where a text has no words of its own; `reporters` and `days` None where not said.
    """

    ids: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    reporters: list[str | None] = field(default_factory=list)
    days: list[date | None] = field(default_factory=list)

    def add(self, batch: FiledBatch, made: Done) -> None:
        """Take in a batch and what the work made of it."""
        for line in made.content.splitlines():
            claim, template = json.loads(line)
            self.claims.append(claim)
            self.templates.append(template)
        self.ids += batch.ids
        self.reporters += batch.reporters
        self.days += batch.days


@dataclass(frozen=True, slots=True)
class Extraction:
    """Redaction and the claim: what ingest does to a text. `pipeline` finds names of people."""

    pipeline: "Language | None"

    def __call__(self, batch: Batch) -> Done:
        """A line of claim and template a document."""
        from nlp.duplicates import template
        from nlp.extract import extract

        found = extract(batch.texts, pipeline=self.pipeline)
        rows = [[one.split.claim[:LONGEST_CLAIM], template(one.split.claim)] for one in found]
        content = "".join(json.dumps(row) + "\n" for row in rows)
        return Done(content.encode(), Tally(len(rows), sum(one.redacted.asked for one in found)))


def read_claims(filed: Filed, quarantine: Path, *, always: bool, jobs: int | None) -> tuple[Claims, Report]:
    """Every claim of the file, and the account of the reading; refused rows are listed in `quarantine`.

    The list is made where a row is refused, or `always`.
    """
    from threadpoolctl import threadpool_limits

    from nlp.extract import redactor_version
    from nlp.names import load_pipeline

    pipeline = load_pipeline()
    report = Report(filed.plan.source.name, list(filed.notes), versions={"redactor": redactor_version(pipeline)})
    claims = Claims()
    with threadpool_limits(1), ExitStack() as stack:
        refused = Refusals(quarantine, stack, always=always)
        work = Extraction(pipeline)
        done = stack.enter_context(closing(passed(filed.batches(), work, jobs=jobs or cores())))
        first = next(done, None)  # the processes begin before the bar's thread does
        advance = stack.enter_context(bar("reading", filed.plan.rows))
        while first is not None:
            batch, made = first
            assert isinstance(batch, FiledBatch), "documents of a filed file"
            claims.add(batch, made)
            refused.add(batch)
            report.add(made.tally, batch.refused)
            advance(len(batch.ids))
            first = next(done, None)
        report.quarantine = str(quarantine) if refused.any else None
    if not refused.any and not always:
        with suppress(OSError):  # on a disk that is only read, not even a file that is absent can be removed
            quarantine.unlink()
    return claims, report
