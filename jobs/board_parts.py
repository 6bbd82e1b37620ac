"""What stands on the board beside the two errors: claims, releases with their effects, open alerts, the diagnosis."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.owners import carriers, named
from jobs.store import Store
from jobs.store_search_counts import CountFilter
from jobs.store_search_findings import AlertFilter
from mitigations.cells import escaped, week_after

Row = dict[str, Any]

MOST_ALERTS = 200
NEWEST = 3
"""So many releases stand on the board; the mitigation's page has them all."""
CLAIMS = (
    "claimed_raw",
    "claimed_unique",
    "corroborated",
    "claims_estimated",
    "claims_low",
    "claims_high",
    "adjudicated",
)
ERROR_SHARES = {"over_block": "fpr", "under_block": "fnr"}
"""What the diagnosis calls the share of benign decisions acted on, and of harmful ones let through."""


def claims(store: Store, week: str, span: int) -> dict[tuple[str, str], Row]:
    """Of each kind and slice `mitigation=…`, what the ledger counts over the weeks to this one; see `claimed`."""
    wanted = CountFilter(week_from=week, week_to=week_after(week), span=span)
    found: dict[tuple[str, str], Row] = {}
    cursor = None
    while True:
        page = store.search.counts.weekly(wanted, small_cell=0, limit=5000, cursor=cursor)
        found |= {(row["kind"], row["slice"]): row for row in page.rows if row["span"] == span}
        if (cursor := page.next_cursor) is None:
            return found


def claimed(rows: Mapping[tuple[str, str], Row], mitigation: str, side: str) -> Row | None:
    """Claims of one mitigation and side, as customers say, not errors; None where the ledger does not hold the week.

    A slice that nobody ever claimed an error of has no row: its counts are nought.
    """
    if (side, "all") not in rows:
        return None
    row = rows.get((side, f"mitigation={escaped(mitigation)}"))
    if row is None:
        return dict.fromkeys(CLAIMS, 0)
    return {name: row[name] for name in CLAIMS}


def open_alerts(store: Store) -> dict[str, list[Row]]:
    """Open alerts by the mitigation they speak of: named by the series, carrying half of the change, or the only one
    of the harm domain that is named, carries it or is the theme's. Others are of no mitigation."""
    known = store.reference.mitigations()
    table = store.findings.series()
    domains = {key: {"harm_domain": domain} for key, domain in zip(table["series"], table["harm_domain"], strict=True)}
    found: dict[str, list[Row]] = {}
    for row in store.search.findings.alerts(AlertFilter(state="open"), limit=MOST_ALERTS).rows:
        whole = store.search.findings.alert(row["alert_id"])
        changes = whole["changes"] if whole else []
        told = changes[0]["explanation"] if changes else None
        carried = carriers(told) if told and "segments" in told else {}
        of = _mitigation(domains.get(row["series"], {}) | carried | named(row["series"]), known)
        if of is not None:
            shown = {name: row[name] for name in ("alert_id", "title", "state", "type", "hazard", "day", "owner_name")}
            found.setdefault(of, []).append(shown)
    return found


def _mitigation(carried: Mapping[str, str], known: Sequence[Row]) -> str | None:
    if "mitigation" in carried:
        return carried["mitigation"]
    same = [str(row["mitigation_id"]) for row in known if row["harm_domain"] == carried.get("harm_domain")]
    return same[0] if len(same) == 1 else None


def releases(store: Store, mitigation: str) -> list[Row]:
    """The newest releases, each with the verdict on every measure; the titles are those of the effects' page."""
    shown = store.effects.mitigation(mitigation)
    return [
        {
            "release_id": row["release_id"],
            "version": row["version"],
            "day": row["first_day"] or row["released_on"],
            "declared": row["declared"],
            "rollback": row["rollback"],
            "effects": [
                {name: one[name] for name in ("measure", "title", "verdict", "ratio", "ratio_low", "ratio_high")}
                for one in row["effects"]
            ],
        }
        for row in (shown["releases"] if shown else [])[:NEWEST]
    ]


def error_share(record: Row | None, side: str) -> Row | None:
    """Share of benign decisions acted on, or of harmful ones let through, as the stored diagnosis has it.

    estimate, low, high, judged, declared; None without a diagnosis or where it cannot tell.
    """
    rows = (record or {}).get("rates") or []
    whole = next((row for row in rows if row.get("slice") == "all"), None)
    name = ERROR_SHARES[side]
    if whole is None or whole.get(name) is None:
        return None
    ends = {"estimate": whole[name], "low": whole[f"{name}_low"], "high": whole[f"{name}_high"]}
    return {**ends, "judged": whole["judged"], "declared": whole["declared"]}


def recommendations(record: Row | None) -> list[Row]:
    """What the stored diagnosis recommends, each with the mitigation it is for; empty without one."""
    if record is None:
        return []
    found = (record.get("root_cause") or {}).get("recommendations") or []
    return [{**one, "mitigation": record["mitigation"]} for one in found]
