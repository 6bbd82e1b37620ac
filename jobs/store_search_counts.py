"""Reading volumes and the ledger, with small cells suppressed where the reader may not see them."""

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import frame, records
from jobs.store_small_cells import blanked, hidden_cells, marked, unmarked
from mitigations.cells import unattributed

VOLUME_COUNTS = ("documents", "unique_documents", "reporters", "customers", "expected", "per_10k_requests")
LEDGER_OPEN = (
    "week kind slice span requests blocked active_customers completeness partial sparse as_of unattributed suppressed"
).split()
"""What is shown of a suppressed row; every other column is about its claims."""
CHANGE = ("change_4w", "change_4w_low", "change_4w_high")
TOTAL = "all"
AUTO = 0


@dataclass(frozen=True, slots=True)
class VolumeFilter:
    """Which volumes: a series key or a theme id or all; days are ISO text, half-open."""

    series: str | None = None
    theme: str | None = None
    day_from: str | None = None
    day_to: str | None = None


@dataclass(frozen=True, slots=True)
class CountFilter:
    """Which ledger rows; weeks as the ledger writes them, half-open.

    `span`: weeks a row stands for, 1 or 4; `AUTO`: 4 where the slice is sparse, else 1; None: all rows.
    """

    kind: str | None = None
    slice: str | None = None
    week_from: str | None = None
    week_to: str | None = None
    span: int | None = None


class CountSearch:
    """Read queries over `series`, `volume` and `ledger`. `small_cell` 0 hides nothing."""

    def __init__(self, db: Database) -> None:
        self.db = db
        db.conn.create_function("cell_group", 1, cell_group, deterministic=True)
        db.conn.create_function("ledger_week", 2, ledger_week, deterministic=True)

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
        told = self._as_the_ledger(page.rows, small_cell=small_cell)
        rows = [{**row, "masked": bool(row["masked"])} for row in blanked(told, VOLUME_COUNTS)]
        return Page(rows, page.next_cursor, page.total)

    def counts(self, series: str) -> bool:
        """Whether the last run counted a series of this key."""
        return bool(self.db.execute("SELECT count(*) FROM series WHERE series = ?", (series,)).fetchone()[0])

    def volume_frame(self, series: str, *, small_cell: int = 0) -> pd.DataFrame:
        """All days of one series for a chart: day, documents, reporters, expected, completeness, masked."""
        parameters = {**asdict(VolumeFilter(series=series)), "small_cell": small_cell}
        rows = records(self.db, f"{_volumes(small_cell)} ORDER BY day", parameters)
        found = frame(self.db, f"{_volumes(0)} LIMIT 0", parameters) if not rows else pd.DataFrame(rows)
        told = self._as_the_ledger(rows, small_cell=small_cell)
        hidden = pd.Series([bool(row["suppressed"]) for row in told], index=found.index, dtype=bool)
        for name in ("documents", "unique_documents", "reporters", "expected"):
            found[name] = found[name].astype(float).mask(hidden)
        return found

    def weekly(self, wanted: CountFilter, *, small_cell: int = 0, limit: int = 50, cursor: str | None = None) -> Page:
        """Ledger rows, newest week first. Where `suppressed`, every number about claims is None."""
        listing = Listing(f"{REVISED} WHERE {CHOSEN_WEEKS}", asdict(wanted), ("week", "kind", "slice", "span"))
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        return replace(page, rows=self._seen(page.rows, kind=wanted.kind, small_cell=small_cell))

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
        sql = f"""
            SELECT * FROM ({REVISED}) WHERE kind = :kind AND NOT partial AND slice = 'all' AND span = 1
            ORDER BY week DESC LIMIT 1"""
        rows = self._seen(records(self.db, sql, {"kind": kind}), kind=kind, small_cell=small_cell)
        return rows[0] if rows else None

    def _as_the_ledger(self, rows: list[dict[str, Any]], *, small_cell: int) -> list[dict[str, Any]]:
        """Volumes, with those suppressed too whose week the ledger suppresses: seven shown days would give it away."""
        hidden, _ = hidden_cells(self.db, kind=None, small_cell=small_cell) if rows else (set(), set())
        weeks = {key[:3] for key in hidden if key[3] == 1}
        return [
            {**row, "suppressed": row["suppressed"] or ledger_cell(row["series"], row["day"]) in weeks} for row in rows
        ]

    def _seen(self, rows: list[dict[str, Any]], *, kind: str | None, small_cell: int) -> list[dict[str, Any]]:
        """The rows as this reader may see them, small cells suppressed in every form of the number."""
        hidden, change = hidden_cells(self.db, kind=kind, small_cell=small_cell) if rows else (set(), set())
        return [_row(row, hidden=_key(row) in hidden, change=_key(row) in change, least=small_cell) for row in rows]


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("week", "kind", "slice", "span"))


def _row(row: dict[str, Any], *, hidden: bool, change: bool, least: int) -> dict[str, Any]:
    plain = {**row, "partial": bool(row["partial"]), "sparse": bool(row["sparse"])}
    plain |= {"unattributed": unattributed(row["slice"]), "suppressed": hidden, "revisions": _revisions(row, least)}
    gone = [name for name in plain if name not in LEDGER_OPEN] if hidden else CHANGE if change else ()
    return {**plain, **dict.fromkeys(gone)}


def _revisions(row: dict[str, Any], least: int) -> list[dict[str, Any]]:
    """What was said at other times: for readers from whom small cells are hidden only of totals that were not small.

    Earlier counts of several slices, or of one and four weeks, could be subtracted from each other.
    """
    told: list[dict[str, Any]] = json.loads(row["revisions"] or "[]")
    if least:
        whole = row["slice"] == TOTAL and row["span"] == 1
        told = [one for one in told if whole and (one["customers"] or 0) >= least]
    return [{name: value for name, value in one.items() if name != "customers"} for one in told]


def cell_group(key: str) -> str:
    """Slices and series whose cells add up to a visible total: the key without its last value.

    >>> cell_group("kind=over_block&harm_domain=cyber"), cell_group("feedback/unassigned")
    ('kind=over_block&harm_domain=', 'feedback/theme=')
    """
    if key.endswith("/unassigned"):
        return key.removesuffix("unassigned") + "theme="
    start, equals, _ = key.rpartition("=")
    return start + equals if equals else key


def ledger_cell(series: str, day: str) -> tuple[str, str, str] | None:
    """The cell of the ledger that sums up a series by the week, None where there is none.

    >>> ledger_cell("feedback/kind=over_block&harm_domain=cyber", "2026-03-04")
    ('2026-W10', 'over_block', 'harm_domain=cyber')
    >>> ledger_cell("feedback/kind=over_block", "2026-03-04"), ledger_cell("feedback/total", "2026-03-04")
    (('2026-W10', 'over_block', 'all'), None)
    """
    found = COUNTED_SERIES.fullmatch(series)
    return (f"{date.fromisoformat(day):%G-W%V}", found[1], found[2] or TOTAL) if found else None


def ledger_week(series: str, day: str) -> str | None:
    """A name of `ledger_cell`: days of one are shown together or not at all."""
    cell = ledger_cell(series, day)
    return None if cell is None else " ".join(cell)


COUNTED_SERIES = re.compile("feedback/kind=(over_block|under_block)(?:&(harm_domain=[^&]*))?")
MEASURED = """
    SELECT v.series, s.title, s.stream, s.theme_id, v.day, v.documents, v.unique_documents, v.reporters,
      v.customers, v.requests, v.expected, v.completeness, v.masked,
      1e4 * v.unique_documents / nullif(v.requests, 0) AS per_10k_requests
    FROM volume v JOIN series s USING (series)"""
VOLUME_COLUMNS = (
    "series, title, stream, theme_id, day, documents, unique_documents, reporters, customers, requests, expected, "
    "completeness, masked, per_10k_requests"
)
CHOSEN_VOLUMES = """(:series IS NULL OR series = :series) AND (:theme IS NULL OR theme_id = :theme)
    AND (:day_from IS NULL OR day >= :day_from) AND (:day_to IS NULL OR day < :day_to)"""
REVISED = """
    SELECT l.*, (SELECT json_group_array(json_object('as_of', as_of, 'claimed_unique', claimed_unique,
        'claims_estimated', claims_estimated, 'customers', customers, 'reason', reason,
        'relabelled', relabelled)) FROM
      (SELECT * FROM ledger_revision r WHERE r.week = l.week AND r.kind = l.kind AND r.slice = l.slice
        AND r.span = l.span ORDER BY r.revision)) AS revisions
    FROM ledger l"""
CHOSEN_WEEKS = """(:kind IS NULL OR l.kind = :kind) AND (:slice IS NULL OR l.slice = :slice)
    AND (:week_from IS NULL OR l.week >= :week_from) AND (:week_to IS NULL OR l.week < :week_to)
    AND (:span IS NULL OR l.span = CASE WHEN :span THEN :span WHEN l.sparse THEN 4 ELSE 1 END)"""


# Suppression looks at whole groups, so the choice of rows comes after it; where nothing is hidden, before.
def _volumes(small_cell: int) -> str:
    if not small_cell:
        return unmarked(f"SELECT * FROM ({MEASURED}) WHERE {CHOSEN_VOLUMES}")
    # Who sees a whole and all its parts but one could subtract: themes of a roll-up, what others count of a watchlist.
    rollup = "EXISTS (SELECT 1 FROM theme t WHERE t.theme_id = s.theme_id AND t.level = 1)"
    apart = f"instr(v.series, '/watch=') = 0 AND NOT {rollup}"
    cells = marked(f"{MEASURED} WHERE {apart}", group="day, cell_group(series)", key="series")
    # What the ledger sums up by the week is hidden by the week: six shown days would give away the seventh.
    names = "*, max(suppressed) OVER (PARTITION BY coalesce(ledger_week(series, day), series || day)) AS of_week"
    return f"SELECT {VOLUME_COLUMNS}, of_week AS suppressed FROM (SELECT {names} FROM ({cells})) WHERE {CHOSEN_VOLUMES}"
