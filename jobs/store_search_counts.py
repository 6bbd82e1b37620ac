"""Reading volumes and the ledger, with small cells suppressed where the reader may not see them."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import frame, records
from jobs.store_small_cells import blanked, marked, unmarked

VOLUME_COUNTS = ("documents", "unique_documents", "reporters", "customers", "expected", "per_10k_requests")
LEDGER_COUNTS = (
    "claimed_raw claimed_unique reporters customers unknown_reporters collapsed top_reporter_share "
    "effective_reporters claims_estimated claims_low claims_high corroborated adjudicated wrongful_estimated "
    "wrongful_low wrongful_high audited per_10k_requests per_10k_requests_low per_10k_requests_high detail revisions"
).split()


@dataclass(frozen=True, slots=True)
class VolumeFilter:
    """Which volumes: a series key or a theme id or all; days are ISO text, half-open."""

    series: str | None = None
    theme: str | None = None
    day_from: str | None = None
    day_to: str | None = None


@dataclass(frozen=True, slots=True)
class CountFilter:
    """Which ledger rows; weeks as the ledger writes them, half-open."""

    kind: str | None = None
    slice: str | None = None
    week_from: str | None = None
    week_to: str | None = None


class CountSearch:
    """Read queries over `series`, `volume` and `ledger`. `small_cell` 0 hides nothing."""

    def __init__(self, db: Database) -> None:
        self.db = db
        db.conn.create_function("cell_group", 1, cell_group, deterministic=True)
        db.conn.create_function("crossing", 1, crossing, deterministic=True)

    def series(self, *, stream: str | None = None, limit: int = 50, cursor: str | None = None) -> Page:
        """What is counted by day: every series with its title, in order of its key."""
        sql = """
            SELECT series, stream, title, theme_id, kind, harm_domain, hazard, rollup, monitored, smallest_ratio
            FROM series WHERE :stream IS NULL OR stream = :stream"""
        page = read_page(self.db, Listing(sql, {"stream": stream}, ("series",), False), limit=limit, cursor=cursor)
        return replace(page, rows=[{**row, "monitored": bool(row["monitored"])} for row in page.rows])

    def volumes(self, wanted: VolumeFilter, *, small_cell: int = 0, limit: int = 50, cursor: str | None = None) -> Page:
        """Daily volumes by series and day. Where `suppressed`, counts are None."""
        listing = Listing(_volumes(small_cell), {**asdict(wanted), "small_cell": small_cell}, ("series", "day"), False)
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        rows = [{**row, "masked": bool(row["masked"])} for row in blanked(page.rows, VOLUME_COUNTS)]
        return Page(rows, page.next_cursor, page.total)

    def volume_frame(self, series: str, *, small_cell: int = 0) -> pd.DataFrame:
        """All days of one series for a chart: day, documents, reporters, expected, completeness, masked."""
        parameters = {**asdict(VolumeFilter(series=series)), "small_cell": small_cell}
        found = frame(self.db, f"{_volumes(small_cell)} ORDER BY day", parameters)
        hidden = found["suppressed"].astype(bool)
        for name in ("documents", "unique_documents", "reporters", "expected"):
            found[name] = found[name].astype(float).mask(hidden)
        return found

    def weekly(self, wanted: CountFilter, *, small_cell: int = 0, limit: int = 50, cursor: str | None = None) -> Page:
        """Ledger rows, newest week first. Where `suppressed`, every number about claims is None."""
        listing = Listing(_weeks(small_cell), {**asdict(wanted), "small_cell": small_cell}, ("week", "kind", "slice"))
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        rows = blanked(page.rows, LEDGER_COUNTS)
        decoded = [{**row, "revisions": json.loads(row["revisions"] or "[]")} for row in rows]
        return Page([{**row, "partial": bool(row["partial"])} for row in decoded], page.next_cursor, page.total)

    def slices(self, kind: str) -> list[str]:
        """The slices the ledger has for a kind, the total first."""
        sql = "SELECT DISTINCT slice FROM ledger WHERE kind = ? ORDER BY slice <> 'all', slice"
        return [row[0] for row in self.db.execute(sql, (kind,))]

    def kinds(self) -> list[str]:
        """The kinds the ledger counts."""
        return [
            row[0]
            for row in self.db.execute("SELECT DISTINCT kind FROM ledger ORDER BY kind = 'over_block' DESC, kind")
        ]

    def headline(self, kind: str, *, small_cell: int = 0) -> dict[str, Any] | None:
        """The total row of the last full week that the ledger has for a kind; None without one."""
        parameters = {**asdict(CountFilter(kind=kind)), "small_cell": small_cell}
        sql = f"SELECT * FROM ({_weeks(small_cell)}) WHERE NOT partial AND slice = 'all' ORDER BY week DESC LIMIT 1"
        rows = blanked(records(self.db, sql, parameters), LEDGER_COUNTS)
        return rows[0] if rows else None


def cell_group(key: str) -> str:
    """Slices and series whose cells add up to a visible total: the key without its last value.

    >>> cell_group("kind=over_block&harm_domain=cyber"), cell_group("feedback/unassigned")
    ('kind=over_block&harm_domain=', 'feedback/theme=')
    """
    if key.endswith("/unassigned"):
        return key.removesuffix("unassigned") + "theme="
    start, equals, _ = key.rpartition("=")
    return start + equals if equals else key


def crossing(key: str) -> str | None:
    """The attributes that a slice crosses, None for a slice of one attribute.

    >>> crossing("harm_domain=cyber&plan=pro"), crossing("plan=pro"), crossing("all")
    ('harm_domain&plan', None, None)
    """
    names = [part.partition("=")[0] for part in key.split("&")]
    return "&".join(names) if len(names) > 1 else None


MEASURED = """
    SELECT v.series, s.title, s.stream, s.theme_id, v.day, v.documents, v.unique_documents, v.reporters,
      v.customers, v.requests, v.expected, v.completeness, v.masked,
      1e4 * v.unique_documents / nullif(v.requests, 0) AS per_10k_requests
    FROM volume v JOIN series s USING (series)
    WHERE (:day_from IS NULL OR v.day >= :day_from) AND (:day_to IS NULL OR v.day < :day_to)"""
CHOSEN_VOLUMES = "(:series IS NULL OR series = :series) AND (:theme IS NULL OR theme_id = :theme)"
REVISED = """
    SELECT l.week, l.kind, l.slice, l.claimed_raw, l.claimed_unique, l.reporters, l.customers, l.unknown_reporters,
      l.collapsed, l.top_reporter_share, l.effective_reporters, l.claims_estimated, l.claims_low, l.claims_high,
      l.correction, l.corroborated, l.adjudicated, l.wrongful_estimated, l.wrongful_low, l.wrongful_high, l.audited,
      l.requests, l.blocked, l.active_customers, l.per_10k_requests, l.per_10k_requests_low,
      l.per_10k_requests_high, l.completeness, l.partial, l.detail, l.as_of,
      (SELECT json_group_array(json_object('as_of', as_of, 'claimed_unique', claimed_unique)) FROM
      (SELECT r.as_of, r.claimed_unique FROM ledger_revision r
       WHERE r.week = l.week AND r.kind = l.kind AND r.slice = l.slice ORDER BY r.revision)) AS revisions
    FROM ledger l"""
CHOSEN_WEEKS = """(:kind IS NULL OR kind = :kind) AND (:slice IS NULL OR slice = :slice)
    AND (:week_from IS NULL OR week >= :week_from) AND (:week_to IS NULL OR week < :week_to)"""


# Suppression looks at whole groups, so the choice of rows comes after it; where nothing is hidden, before.
def _volumes(small_cell: int) -> str:
    if not small_cell:
        return unmarked(f"SELECT * FROM ({MEASURED}) WHERE {CHOSEN_VOLUMES}")
    return f"SELECT * FROM ({marked(MEASURED, group='day, cell_group(series)', key='series')}) WHERE {CHOSEN_VOLUMES}"


def _weeks(small_cell: int) -> str:
    if not small_cell:
        return unmarked(f"SELECT * FROM ({REVISED}) WHERE {CHOSEN_WEEKS}")
    cells = marked(
        REVISED,
        group="week, kind, cell_group(slice)",
        key="slice",
        documents="claimed_raw",
        all_or_none="week || kind || crossing(slice)",
    )
    return f"SELECT * FROM ({cells}) WHERE {CHOSEN_WEEKS}"
