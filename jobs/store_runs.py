"""The account: every execution of a job, what each job has seen, every input file and what was refused of it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from jobs.store_keys import timestamp
from jobs.store_rows import encoded, records


@dataclass(slots=True)
class Account:
    """What one run reports of itself; the job fills it in."""

    run_id: str
    rows_in: int = 0
    rows_out: int = 0
    quarantined: int = 0
    collapsed: int = 0
    state: str = "done"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FileKey:
    """An input file under one mapping: ingesting it again the same way is nothing new."""

    file_hash: str
    input: str
    mapping_hash: str

    def parameters(self) -> dict[str, str]:
        """The key as parameters of a query."""
        return {"file_hash": self.file_hash, "input": self.input, "mapping_hash": self.mapping_hash}


WHERE_FILE = "file_hash = :file_hash AND input = :input AND mapping_hash = :mapping_hash"


class Runs:
    """The tables `job_run`, `job_state`, `input_file` and `quarantine`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @contextmanager
    def running(
        self, job: str, *, now: datetime, as_of: str | None = None, versions: Mapping[str, str] | None = None
    ) -> Iterator[Account]:
        """A run of a job: its row is there from the start, and says in the end how it went.

        Not inside a transaction. An error is recorded by its type alone, because messages may quote
        documents, and raised again. A run that was killed is found by the next one of its job, and marked failed.
        """
        account = Account(self._start(job, now, as_of, versions or {}))
        started = time.perf_counter()
        error = None
        try:
            yield account
        except BaseException as failure:
            account.state, error = "failed", type(failure).__name__
            raise
        finally:
            account.seconds = round(time.perf_counter() - started, 3)
            self._finish(account, now, error)

    def _start(self, job: str, now: datetime, as_of: str | None, versions: Mapping[str, str]) -> str:
        killed = "UPDATE job_run SET state = 'failed', error = 'Killed' WHERE job = ? AND state = 'running'"
        with self.db.atomic():
            self.db.execute(killed, (job,))
            prefix = f"{job}-{now.astimezone(UTC):%Y%m%dT%H%M%S}"
            same = self.db.conn.execute("SELECT count(*) FROM job_run WHERE run_id LIKE ?", (f"{prefix}%",))
            run_id = f"{prefix}-{same.fetchone()[0] + 1}"
            self.db.execute(
                "INSERT INTO job_run (run_id, job, started_at, as_of, state, versions) "
                "VALUES (?, ?, ?, ?, 'running', ?)",
                (run_id, job, timestamp(now), as_of, encoded(dict(versions))),
            )
        return run_id

    def _finish(self, account: Account, now: datetime, error: str | None) -> None:
        finished = timestamp(now + timedelta(seconds=account.seconds))
        with self.db.atomic():
            self.db.execute(
                "UPDATE job_run SET state = ?, error = ?, seconds = ?, finished_at = ?, rows_in = ?, rows_out = ?, "
                "quarantined = ?, collapsed = ? WHERE run_id = ?",
                (account.state, error, account.seconds, finished, account.rows_in, account.rows_out,
                 account.quarantined, account.collapsed, account.run_id),
            )  # fmt: skip

    def last(self) -> list[dict[str, Any]]:
        """The newest run of every job."""
        sql = """
            SELECT * FROM job_run WHERE rowid IN (SELECT max(rowid) FROM job_run GROUP BY job)
            ORDER BY started_at, job"""
        return records(self.db, sql)

    def state(self, job: str) -> dict[str, Any] | None:
        """What a job last did: job, input_hash, run_id, as_of; None before the first time."""
        found = records(self.db, "SELECT * FROM job_state WHERE job = ?", (job,))
        return found[0] if found else None

    def set_state(self, job: str, input_hash: str, run_id: str, as_of: str | None) -> None:
        """Note what a job has done, so that the same input is not worked on again."""
        sql = "INSERT OR REPLACE INTO job_state (job, input_hash, run_id, as_of) VALUES (?, ?, ?, ?)"
        self.db.execute(sql, (job, input_hash, run_id, as_of))

    def forget(self, jobs: Sequence[str]) -> None:
        """Let these jobs work on their input again, whatever they have done."""
        with self.db.atomic():
            self.db.conn.executemany("DELETE FROM job_state WHERE job = ?", [(job,) for job in jobs])

    def file(self, key: FileKey) -> dict[str, Any] | None:
        """The account of an input file; None if it was never begun."""
        found = records(self.db, f"SELECT * FROM input_file WHERE {WHERE_FILE}", key.parameters())
        return found[0] if found else None

    def begin_file(self, key: FileKey, *, name: str, mapping: Any, options: Any, now: datetime) -> None:
        """Note that a file is being ingested; one that was begun before keeps its account."""
        sql = """
            INSERT INTO input_file (file_hash, input, mapping_hash, name, mapping, options, first_ingested_at)
            VALUES (:file_hash, :input, :mapping_hash, :name, :mapping, :options, :at) ON CONFLICT DO NOTHING"""
        given = {"name": name, "mapping": encoded(mapping), "options": encoded(options), "at": timestamp(now)}
        self.db.execute(sql, {**key.parameters(), **given})

    def advance_file(self, key: FileKey, counts: Mapping[str, int], *, next_line: int) -> None:
        """Add a chunk's counts (rows_in, rows_new, rows_same, rows_quarantined); its rows are never read again."""
        sql = f"""
            UPDATE input_file SET rows_in = rows_in + :rows_in, rows_new = rows_new + :rows_new,
              rows_same = rows_same + :rows_same, rows_quarantined = rows_quarantined + :rows_quarantined,
              next_line = :next_line WHERE {WHERE_FILE}"""
        self.db.execute(sql, {**key.parameters(), **counts, "next_line": next_line})

    def finish_file(self, key: FileKey) -> None:
        """Note that a file is ingested to its end."""
        self.db.execute(f"UPDATE input_file SET finished = 1 WHERE {WHERE_FILE}", key.parameters())

    def quarantine(self, key: FileKey, refused: Sequence[tuple[int, str, str]], *, now: datetime) -> None:
        """Keep (line, reason, detail) of rows that were refused; the detail never quotes a text."""
        rows = [(key.file_hash, line, key.input, reason, detail, timestamp(now)) for line, reason, detail in refused]
        sql = "INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?, ?)"
        self.db.conn.executemany(sql, rows)

    def quarantined(self) -> list[dict[str, Any]]:
        """Rows refused, by input and reason."""
        sql = """
            SELECT input, reason, count(*) AS rows FROM quarantine GROUP BY input, reason
            ORDER BY input, rows DESC, reason"""
        return records(self.db, sql)

    def files(self) -> list[dict[str, Any]]:
        """Every input file: name, input, finished, rows_in, rows_new, rows_same, rows_quarantined."""
        sql = """
            SELECT name, input, finished, rows_in, rows_new, rows_same, rows_quarantined FROM input_file
            ORDER BY first_ingested_at, name"""
        return records(self.db, sql)

    def integrity(self) -> str:
        """'ok', or what SQLite finds wrong with the file."""
        return str(self.db.conn.execute("PRAGMA quick_check(1)").fetchone()[0])
