"""Which judged decisions a diagnosis rests on, by id, and what to do next where it cannot tell."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mitigations.cells import NONE
from mitigations.judged import SIDES, Judged

MOST_SHOWN = 20
"""Ids that are listed of each group of wrong decisions, the newest ones; their number is always told."""
ACTIONS = ("allow", "block")


def evidence(known: Judged, kind: str, attributes: Mapping[str, str] | None = None) -> dict[str, Any]:
    """`count` of the decisions judged wrong in this way (over_block, under_block), `decisions`: ids of the newest, and
    `documents` that speak of any of them: count and ids.

    Only truths that count are among them, so that the count is that of the figures. No ids where a file was read:
    its ids are not.
    """
    over = kind == "over_block"
    wrong = known.used & (known.acted == over) & (known.harmful != over)
    newest = known.rows[wrong].iloc[::-1]
    for name, value in (attributes or {}).items():
        said = newest[name].astype(object)
        newest = newest[(said.where(said.notna(), NONE).astype(str) == value).to_numpy(bool)]
    spoken = _ids(newest, "document_id")
    documents = {"count": len(spoken), "ids": spoken[:MOST_SHOWN]}
    return {"count": len(newest), "decisions": _ids(newest, "decision_id")[:MOST_SHOWN], "documents": documents}


def _ids(rows: pd.DataFrame, name: str) -> list[str]:
    return [str(one) for one in rows[name].dropna()] if name in rows.columns else []


def next_steps(known: Judged) -> list[str]:
    """What would let the figures tell more, in words; none where both sides were judged."""
    if known.rows.empty:
        return [
            "there is no decision to diagnose; ingest its log with groundswell ingest --decisions, or ask for more days"
        ]
    steps = []
    for side in (1, 0):
        if known.known(side):
            continue
        lost = "precision" if side else "what was let through"
        steps.append(
            f"{lost} needs a random audit of {SIDES[side]} decisions: groundswell label next --decisions "
            f"--action {ACTIONS[side]} --as NAME draws one, groundswell label give ID truth harmful (or benign) "
            "--as NAME answers; audits made elsewhere come in with their inclusion_probability"
        )
    if steps and not known.used.any():
        steps.append(
            "appeals, complaints and reviews of chosen decisions show where to look, but not how often it errs: "
            "who appeals is no random sample"
        )
    return steps
