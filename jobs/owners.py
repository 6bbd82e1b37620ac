"""Who an alert belongs to: one primary owner, found from what carries the change."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.ingest_reference import Route

CARRIES = 0.5
"""A mitigation, domain or kind speaks for a change if it holds at least this share of it."""


def owner_of(
    series: str,
    explanation: Mapping[str, Any],
    mitigations: Sequence[Mapping[str, Any]],
    routes: Sequence[Route],
    *,
    default: str,
) -> str:
    """The owner of the mitigation that carries the change, else of its domain's only mitigation, else by route.

    `series`: its key, which may name them itself; `explanation`: as `topics.explain.explain` gives it;
    `mitigations`: rows of the table. Routes are tried in their order; `default` takes what nobody else does.
    """
    return owner_for(carriers(explanation) | named(series), mitigations, routes, default=default)


def owner_for(
    carried: Mapping[str, str], mitigations: Sequence[Mapping[str, Any]], routes: Sequence[Route], *, default: str
) -> str:
    """The owner of what has this `mitigation`, `harm_domain` and `kind`, as far as they are known."""
    owners = {row["mitigation_id"]: str(row["owner"]) for row in mitigations}
    if carried.get("mitigation") in owners:
        return owners[carried["mitigation"]]
    same = [str(row["owner"]) for row in mitigations if row["harm_domain"] == carried.get("harm_domain")]
    if len(same) == 1:
        return same[0]
    for route in routes:
        wanted = route.match.model_dump(exclude_none=True)
        if all(carried.get(name) == value for name, value in wanted.items()):
            return route.owner
    return default


def named(series: str) -> dict[str, str]:
    """What the key of a series says it counts.

    >>> named("feedback/kind=over_block&harm_domain=cyber")
    {'kind': 'over_block', 'harm_domain': 'cyber'}
    >>> named("feedback/total")
    {}
    """
    parts = series.partition("/")[2].split("&")
    return dict(part.split("=", 1) for part in parts if "=" in part)


def carriers(explanation: Mapping[str, Any]) -> dict[str, str]:
    """The value of each attribute that holds at least half of the change.

    >>> carriers({"segments": [{"attribute": "kind", "value": "billing", "share": 0.7}]})
    {'kind': 'billing'}
    """
    found: dict[str, str] = {}
    for row in sorted(explanation["segments"], key=lambda row: -float(row["share"])):
        if float(row["share"]) >= CARRIES:
            found.setdefault(str(row["attribute"]), str(row["value"]))
    return found
