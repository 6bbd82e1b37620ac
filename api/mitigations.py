"""/mitigations: the safeguards, their releases, declared and inferred, and what each release did."""

from flask import Response, jsonify
from pydantic import BaseModel, Field

from api.access import STAFF, allow
from api.actions import found
from api.db import store
from api.description import resource
from api.queries import Format, Name, Strict
from api.representation import listing
from api.rows import Listed
from api.rows_effects import MitigationEffects, MitigationRow
from jobs.store_paging import Page

blueprint = resource("mitigations")


class Mitigations(Listed[MitigationRow]):
    """All mitigations."""


class MitigationPath(BaseModel):
    """A mitigation's id."""

    mitigation: Name


class EffectQuery(Strict):
    """Which releases."""

    release: Name | None = Field(None, description="only this release")


@blueprint.get("/mitigations", responses={200: Mitigations}, summary="Mitigations, by id")
@allow(STAFF, "mitigations")
def list_mitigations(query: Format) -> Response:
    """With how many releases of each are known, and how many of them nobody declared."""
    rows = store().effects.mitigations()
    return listing(Page(rows, None, len(rows)), MitigationRow, chosen=query.format)


@blueprint.get(
    "/mitigations/<id:mitigation>/effects",
    responses={200: MitigationEffects},
    summary="Releases of a mitigation and what each did",
)
@allow(STAFF, "mitigations")
def show_effects(path: MitigationPath, query: EffectQuery) -> Response:
    """Newest release first; each measure with verdict, ratio, interval and why."""
    shown = found(store().effects.mitigation(path.mitigation), f"mitigation {path.mitigation!r}")
    if query.release is not None:
        kept = [row for row in shown["releases"] if row["release_id"] == query.release]
        shown["releases"] = [found(kept[0] if kept else None, f"release {query.release!r} of it")]
    return jsonify(shown)
