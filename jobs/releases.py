"""Part of a run: releases that the decision log shows, the declared ones found again and the others added."""

from typing import Any

from jobs.store import Store
from mitigations.inferred import Inferred, infer
from mitigations.releases import evidence, matched


def run(store: Store, *, as_of: str) -> int:
    """Replace what the log shows of releases, in one transaction. Returns how many of them nobody declared."""
    found = infer(store.effects.settings())
    declared = [row for row in store.reference.releases() if row["declared"]]
    names = matched(found, declared)
    taken = {row["release_id"] for row in declared}
    rows = [_row(one, name, taken, as_of=as_of) for one, name in zip(found, names, strict=True)]
    with store.transaction():
        store.effects.replace_seen(rows)
    return sum(not row["declared"] for row in rows)


def _row(one: Inferred, declared: str | None, taken: set[str], *, as_of: str) -> dict[str, Any]:
    name = declared or f"{one.mitigation}@{one.day}"
    # Somebody may have called a release just so, of another day.
    while declared is None and name in taken:
        name += "+"
    taken.add(name)
    return {
        "mitigation": one.mitigation,
        "first_day": one.day.isoformat(),
        "version": one.version or "",
        "release_id": name,
        "type": one.type,
        "half_on": None if one.half_on is None else one.half_on.isoformat(),
        "whole_on": None if one.whole_on is None else one.whole_on.isoformat(),
        "until": None if one.until is None else one.until.isoformat(),
        "share": round(one.share, 4),
        "rollback": int(one.rollback),
        "evidence": evidence(one),
        "as_of": as_of,
        "declared": declared is not None,
    }
