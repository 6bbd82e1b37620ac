"""Everything the API, the dashboard and the command line read: one place for their queries."""

from sqlite_utils import Database

from jobs.store_search_counts import CountSearch
from jobs.store_search_decisions import DecisionSearch
from jobs.store_search_delivery import DeliverySearch
from jobs.store_search_documents import DocumentSearch
from jobs.store_search_duplicates import DuplicateSearch
from jobs.store_search_evidence import EvidenceSearch
from jobs.store_search_findings import FindingSearch
from jobs.store_search_labels import LabelSearch
from jobs.store_search_metrics import MetricSearch
from jobs.store_search_status import StatusSearch
from jobs.store_search_themes import ThemeSearch
from jobs.store_search_triage import TriageSearch
from jobs.store_search_watch import WatchSearch


class Search:
    """Read queries by resource; nothing here writes."""

    def __init__(self, db: Database) -> None:
        self.documents = DocumentSearch(db)
        self.decisions = DecisionSearch(db)
        self.duplicates = DuplicateSearch(db)
        self.themes = ThemeSearch(db)
        self.findings = FindingSearch(db)
        self.counts = CountSearch(db)
        self.evidence = EvidenceSearch(db)
        self.labels = LabelSearch(db)
        self.status = StatusSearch(db)
        self.triage = TriageSearch(db)
        self.watch = WatchSearch(db)
        self.delivery = DeliverySearch(db)
        self.metrics = MetricSearch(db)
