"""What stands beside the counts: suspected campaigns of many people, and ids that several reporters quote."""

from array import array
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nlp.filings import Masked
from nlp.masks import digest
from nlp.repeats import FEWEST_TOKENS

FEWEST_PEOPLE = 10
"""Reporters who file the same long text, once each or so, before it is called a suspected campaign."""
ID_TYPES = {"request": "request_id", "decision": "decision_id"}


def campaigns(kept: pd.DataFrame) -> pd.DataFrame:
    """Suspected campaigns among kept documents: document_id, campaign_id, by document.

    `kept`: document_id, and as numbers the template of its long claim, its known reporter and customer (the reporter
    where no customer is known). One template from ten reporters of ten customers or more. The id is the first
    document's.
    """
    found = kept.groupby("template")
    many = np.minimum(found["reporter"].transform("nunique"), found["customer"].transform("nunique")) >= FEWEST_PEOPLE
    chosen = kept[many].sort_values("document_id")
    names = chosen.groupby("template")["document_id"].transform("first")
    return pd.DataFrame({"document_id": chosen["document_id"], "campaign_id": names}).reset_index(drop=True)


def quoted(documents: pd.DataFrame) -> pd.DataFrame:
    """Documents whose request or decision id several known reporters name: document_id, id_type, value, reporters.

    `documents`: document_id, reporter, reporter_known (bool), request_id, decision_id (None: names none).
    """
    known = documents[documents["reporter_known"].astype(bool)]
    parts = []
    for id_type, column in ID_TYPES.items():
        named = known[known[column].notna() & (known[column] != "")]
        reporters = named.groupby(column)["reporter"].transform("nunique").astype(np.int64)
        rows = named.assign(id_type=id_type, value=named[column], reporters=reporters)[reporters > 1]
        parts.append(rows[["document_id", "id_type", "value", "reporters"]])
    return pd.concat(parts).sort_values(["document_id", "id_type"], ignore_index=True)


@dataclass(slots=True)
class LongClaims:
    """Every long claim of a known reporter as numbers: what a campaign is recognised by."""

    names: list[str] = field(default_factory=list)
    numbers: "array[int]" = field(default_factory=lambda: array("Q"))

    def add(self, part: Masked) -> None:
        """Note the long claims of a part."""
        customers = part.rows["customer"] if "customer" in part.rows.columns else [None] * len(part.rows)
        columns = (part.rows["document_id"], part.rows["reporter"], part.rows["reporter_known"], customers, part.claims)
        for name, reporter, known, customer, claim in zip(*columns, strict=True):
            # So many words have at least so many spaces between them: cheaper than to split every claim.
            if known and claim.count(" ") >= FEWEST_TOKENS - 1:
                self.names.append(name)
                person = customer if isinstance(customer, str) and customer else reporter
                self.numbers.extend(int(digest(text), 16) for text in (claim, reporter, person))

    def campaigns(self, collapsed: set[str]) -> pd.DataFrame:
        """Suspected campaigns among those that are not collapsed."""
        columns = np.array(self.numbers, dtype=np.uint64).reshape(-1, 3).T
        table = pd.DataFrame(dict(zip(("template", "reporter", "customer"), columns, strict=True)))
        kept = np.array([name not in collapsed for name in self.names], dtype=bool)
        return campaigns(table.assign(document_id=np.array(self.names, dtype=object))[kept])
