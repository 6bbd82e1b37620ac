"""What a weekly report is made from, read once: rows of the ledger, their cells, owners, releases, versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.owners import owner_for
from jobs.reach import owner_row
from jobs.report_cells import Cells, Name
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_bridge import Pair
from jobs.store_search_counts import CountFilter
from jobs.telling import tells
from mitigations.against import difference, mean_of
from mitigations.cells import ALL, NotASlicing, attributes_of, monday, slicing, week_after

Row = dict[str, Any]

WEEKS_SHOWN = 13
BASELINE = 4
"""Weeks before the reported one that it is compared with."""
MOST_ROWS = 5000
COLUMNS = tuple(
    "claimed_raw claimed_unique customers reporters unknown_reporters top_reporter_share claims_estimated claims_low "
    "claims_high corroborated adjudicated wrongful_estimated wrongful_low wrongful_high audited requests "
    "per_10k_requests per_10k_requests_low per_10k_requests_high wrongful_per_10k_requests "
    "wrongful_per_10k_requests_low wrongful_per_10k_requests_high block_precision block_precision_low "
    "block_precision_high completeness nowcast nowcast_low nowcast_high change_4w change_4w_low change_4w_high "
    "suspected_campaign".split()
)
A_WEEK = ("claims_estimated", "claims_low", "claims_high", "claimed_unique")
"""Of slices, also as the mean of a week, so that a picture can set rows of one and of four weeks side by side."""
RATE = "wrongful_per_10k_requests"
ENDS = ("", "_low", "_high")


class NotInLedger(LookupError):
    """A week or a way of slicing that the ledger has no row of."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Which report. `week` None: the last that is over; `small_cell` 0 hides nothing."""

    kind: str = "over_block"
    week: str | None = None
    by: str = "harm_domain"
    small_cell: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is said, and the cells that say it. `weeks`: rows of the total, oldest first, by week."""

    ask: Ask
    week: str
    as_of: str
    cells: Cells
    weeks: dict[str, Row]
    parts: tuple[Row, ...]
    pair: Pair | None
    bridge: tuple[Row, ...]
    versions: tuple[str, str]
    coverage: tuple[Row, ...]
    releases: tuple[Row, ...]
    owners: dict[str, Name]
    name: Name
    base_url: str

    @property
    def row(self) -> Row:
        """The total of the reported week."""
        return self.weeks[self.week]

    @property
    def place(self) -> str:
        """Where the cells of the reported week's total are."""
        return f"{self.week}/{ALL}"

    def owner(self, key: str) -> Name:
        """Who looks after a slice: the owner of its mitigation, of its domain's only one, else the default owner."""
        return self.owners.get(key, self.owners[ALL])


def facts(store: Store, settings: Settings, ask: Ask) -> Facts:
    """Read what the report of `ask` says. Raises NotInLedger."""
    weeks = {row["week"]: row for row in _rows(store, ask, slice_=ALL, span=1)}
    week = _week(weeks, ask.week)
    # The week after is shown too, if it has begun: as far as it can be told.
    first, last = week_after(week, 1 - WEEKS_SHOWN), week_after(week)
    shown = {name: row for name, row in weeks.items() if first <= name <= last}
    parts = _parts(store, ask, week)
    cells = Cells()
    for name, row in shown.items():
        cells.read(f"{name}/{ALL}", row, COLUMNS)
    for row in parts:
        cells.read(place_of(row), row, COLUMNS)
        for column in A_WEEK:
            value, formula = row[column], f"{column} / {row['span']} weeks"
            cells.derive(f"{place_of(row)}/a week/{column}", None if value is None else value / row["span"], formula)
    _derive(cells, week, shown)
    mitigations = store.reference.mitigations()
    pair = store.bridge.standing()
    moment = shown[week]["as_of"]
    return Facts(
        ask,
        week,
        moment,
        cells,
        shown,
        tuple(parts),
        pair,
        tuple(_bridge(store, ask, list(shown), cells) if pair is not None else ()),
        store.bridge.versions(),
        tuple(_coverage(store, week)),
        tuple(_releases(store, cells, week)),
        _owners(store, settings, cells, parts, mitigations),
        cells.name(settings.name),
        settings.base_url.rstrip("/"),
    )


def place_of(row: Row) -> str:
    """Where the cells of a row are.

    >>> place_of({"week": "2026-W10", "slice": "plan=pro", "span": 4})
    '2026-W10/plan=pro/4 weeks'
    """
    return f"{row['week']}/{row['slice']}" + ("/4 weeks" if row["span"] == BASELINE else "")


def interval(row: Row, column: str) -> tuple[Any, Any, Any]:
    """An estimate of a row with the ends of its interval."""
    stem = "claims" if column == "claims_estimated" else column.removesuffix("_estimated")
    return row[column], row[f"{stem}_low"], row[f"{stem}_high"]


def audited(row: Row) -> bool:
    """Whether the audits of a row tell anything."""
    return tells(row["wrongful_estimated"], row["wrongful_high"])


def _rows(store: Store, ask: Ask, *, slice_: str | None, span: int, **weeks: str) -> list[Row]:
    wanted = CountFilter(kind=ask.kind, slice=slice_, span=span, **weeks)
    found: list[Row] = []
    cursor = None
    while True:
        page = store.search.counts.weekly(wanted, small_cell=ask.small_cell, limit=MOST_ROWS, cursor=cursor)
        found += page.rows
        if (cursor := page.next_cursor) is None:
            return found[::-1]


def _week(weeks: dict[str, Row], asked: str | None) -> str:
    over = [name for name, row in weeks.items() if not row["partial"]]
    if asked is not None and asked in weeks:
        return asked
    if asked is None and over:
        return max(over)
    if not weeks:
        raise NotInLedger("expected a ledger, got none; run 'groundswell run' first")
    known = f"{min(weeks)} to {max(weeks)}"
    raise NotInLedger(f"expected a week of the ledger ({known}), got {asked or 'none that is over'}; name one of them")


def _parts(store: Store, ask: Ask, week: str) -> list[Row]:
    """Rows of the reported week by the wanted attributes, those with most claims first; 4 weeks where sparse."""
    try:
        wanted = slicing(ask.by)
    except NotASlicing as error:
        raise NotInLedger(str(error)) from None
    rows = _rows(store, ask, slice_=None, span=0, week_from=week, week_to=week_after(week))
    found = [row for row in rows if row["slice"] != ALL and attributes_of(row["slice"]) == wanted]
    if not found:
        known = sorted({",".join(attributes_of(row["slice"])) for row in rows if row["slice"] != ALL})
        raise NotInLedger(
            f"expected slices that the ledger holds ({'; '.join(known) or 'none'}), got {ask.by!r}; name one of them"
        )
    return sorted(found, key=lambda row: (-(row["claims_estimated"] or 0) / row["span"], row["slice"]))


def _derive(cells: Cells, week: str, shown: dict[str, Row]) -> None:
    """Numbers that no row has: copies taken out, and the audits against those of the weeks before."""
    row, place = shown[week], f"{week}/{ALL}"
    raw, unique = row["claimed_raw"], row["claimed_unique"]
    cells.derive(f"{place}/copies", None if raw is None else raw - unique, "claimed_raw - claimed_unique")
    dominance = (row["detail"] or {}).get("raw_top_reporter_share")
    cells.derive(f"{place}/raw_top_reporter_share", dominance, "largest share of one reporter, copies included")
    before = [shown[name] for name in baseline(shown, week)]
    corrected = [one["claims_estimated"] for one in before if one["claims_estimated"] is not None]
    typical = sum(corrected) / BASELINE if len(corrected) == BASELINE else None
    cells.derive("baseline/claims_estimated", typical, "mean of the four weeks before")
    known = [interval(one, RATE) for one in before if None not in interval(one, RATE)]
    mean = mean_of(known) if len(known) == BASELINE else (None, None, None)
    told = audited(row) and row[RATE] is not None and tells(mean[0], mean[2])
    apart = difference(interval(row, RATE), mean) if told else (None, None, None)  # type: ignore[arg-type]
    for end, base, change in zip(ENDS, mean, apart, strict=True):
        cells.derive(f"baseline/{RATE}{end}", base, "mean of the four weeks before")
        cells.derive(f"change/{RATE}{end}", change, f"{place}/{RATE} - baseline/{RATE}")


def baseline(shown: Sequence[str] | dict[str, Row], week: str) -> list[str]:
    """The four weeks before, as far as they are there."""
    wanted = {week_after(week, -back) for back in range(1, BASELINE + 1)}
    return [name for name in shown if name in wanted]


def _bridge(store: Store, ask: Ask, weeks: Sequence[str], cells: Cells) -> list[Row]:
    wanted = CountFilter(kind=ask.kind, slice=ALL, week_from=min(weeks), week_to=week_after(max(weeks)))
    rows = store.bridge.page(wanted, small_cell=ask.small_cell, limit=MOST_ROWS).rows[::-1]
    for row in rows:
        cells.read(f"bridge/{row['week']}", row, ("unique_before", "unique_after", "both", "unread_before"))
    return rows


def _coverage(store: Store, week: str) -> list[Row]:
    """Feeds that stopped, started or had a gap in the week."""
    first, after = monday(week).isoformat(), monday(week_after(week)).isoformat()
    return [row for row in store.findings.coverage() if row["day_high"] >= first and row["day_low"] < after]


def _releases(store: Store, cells: Cells, week: str) -> list[Row]:
    """Releases of the week and of the four before, newest first."""
    first, after = monday(week_after(week, -BASELINE)).isoformat(), monday(week_after(week)).isoformat()
    rows = [row for row in store.reference.releases() if first <= row["released_on"] < after]
    named = {
        row["release_id"]: cells.name(f"{row['mitigation']} {row['version'] or ''} ({row['released_on']})")
        for row in rows
    }
    return [{**row, "name": named[row["release_id"]]} for row in rows[::-1]]


def _owners(
    store: Store, settings: Settings, cells: Cells, parts: Sequence[Row], mitigations: Sequence[Row]
) -> dict[str, Name]:
    found = {ALL: settings.default_owner}
    for row in parts:
        carried = dict(part.split("=", 1) for part in row["slice"].split("&") if "=" in part)
        found[row["slice"]] = owner_for(carried, mitigations, (), default=settings.default_owner)
    return {key: cells.name(owner_row(store, owner)["name"]) for key, owner in found.items()}
