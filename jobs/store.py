"""One door to the SQLite file: opens it, brings its schema up to date, and hands out its groups of tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from jobs.migrations import migrations
from jobs.store_anomalies import Anomalies
from jobs.store_bridge import Bridge
from jobs.store_curation import Curation
from jobs.store_delivery import Delivery
from jobs.store_diagnosis import Diagnosis
from jobs.store_documents import Documents
from jobs.store_duplicates import Duplicates
from jobs.store_effects import Effects
from jobs.store_findings import Findings
from jobs.store_keys import Keys
from jobs.store_labels import Labels
from jobs.store_ledger import Ledger
from jobs.store_map import Map
from jobs.store_novelty import Novelty
from jobs.store_reference import Reference
from jobs.store_root_cause import RootCause
from jobs.store_runs import Runs
from jobs.store_search import Search
from jobs.store_signals import Signals
from jobs.store_themes import Themes
from jobs.store_triage import Triage
from jobs.store_understanding import Understanding
from jobs.store_watch import Watch
from jobs.store_worth import Worth


class Store:
    """The store of one workspace. One `Store` per thread: a connection may not cross threads.

    Every group writes inside the transaction that is open, if one is; a job opens one with `transaction()`
    so that its rows and its bookkeeping are committed together or not at all.
    """

    def __init__(self, path: Path) -> None:
        self.db = Database(path)
        # No transaction but those we open: Python's own would begin one at any write and never end it.
        self.db.conn.isolation_level = None
        self.db.conn.execute("PRAGMA journal_mode = WAL")
        self.db.conn.execute("PRAGMA synchronous = NORMAL")
        self.db.conn.execute("PRAGMA foreign_keys = ON")
        self.db.conn.execute("PRAGMA busy_timeout = 30000")
        if migrations.pending(self.db):
            migrations.apply(self.db)
        self.documents = Documents(self.db)
        self.worth = Worth(self.db)
        self.reference = Reference(self.db)
        self.anomalies = Anomalies(self.db)
        self.labels = Labels(self.db)
        self.understanding = Understanding(self.db)
        self.duplicates = Duplicates(self.db)
        self.triage = Triage(self.db)
        self.themes = Themes(self.db)
        self.curation = Curation(self.db)
        self.watch = Watch(self.db)
        self.map = Map(self.db)
        self.novelty = Novelty(self.db)
        self.findings = Findings(self.db)
        self.signals = Signals(self.db)
        self.ledger = Ledger(self.db)
        self.bridge = Bridge(self.db)
        self.effects = Effects(self.db)
        self.diagnosis = Diagnosis(self.db)
        self.root_cause = RootCause(self.db)
        self.delivery = Delivery(self.db)
        self.keys = Keys(self.db)
        self.search = Search(self.db)
        self.runs = Runs(self.db)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything written inside together; nested calls are savepoints."""
        with self.db.atomic():
            yield

    def close(self) -> None:
        """Close the connection; the object is of no use afterwards."""
        self.db.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
