"""Who an alert belongs to: one primary owner, found from the mitigation it speaks of."""

from collections import Counter
from typing import Any

import pandas as pd

from jobs.settings import Settings
from jobs.store import Store
from topics.volume import series_names

MOSTLY = 0.5
"""A mitigation or a domain speaks for a series if it stands in at least this share of its documents."""


def owner_of(store: Store, settings: Settings, series: str, documents: pd.DataFrame) -> str:
    """The owner of a series: its documents' mitigation's, else its domain's only mitigation's, else a route's.

    The default owner takes what nobody else does.
    """
    member = series_names(documents)
    own = documents[documents["document_id"].isin(set(member.loc[member["series"] == series, "document_id"]))]
    mitigations = {row["mitigation_id"]: row for row in store.reference.mitigations()}
    domain = most(own["harm_domain"], len(own))
    found = mitigations.get(most(own["mitigation"], len(own)) or "")
    if found is None:
        same = [row for row in mitigations.values() if row["harm_domain"] == domain]
        found = same[0] if len(same) == 1 else None
    return str(found["owner"]) if found is not None else settings.default_owner


def most(values: "pd.Series[Any]", total: int) -> str | None:
    """The value that at least MOSTLY of `total` carry, None if there is none.

    >>> most(pd.Series(["a", "a", None]), 3), most(pd.Series(["a", None, None]), 3)
    ('a', None)
    """
    counts = Counter(str(value) for value in values if value is not None and value == value)
    if not counts or not total:
        return None
    value, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    return value if count >= MOSTLY * total else None
