"""What can be wrong with a workspace, looked at one thing at a time."""

import stat
from collections.abc import Callable
from typing import Any

from jobs.ingest_reference import read_reference
from jobs.watchlist import check_watchlists
from jobs.workspace import Workspace
from nlp.taxonomy import load_taxonomy

FREE_BYTES = 2_000_000_000


def examine(workspace: Workspace, *, free: int) -> list[dict[str, Any]]:
    """One row a check: check, state (fine, odd, wrong), detail. `free`: bytes left on the disk."""
    checks: dict[str, Callable[[], tuple[str, str]]] = {
        "settings": lambda: ("fine", f"clock {workspace.settings.clock}, zone {workspace.settings.timezone}"),
        "reference files": lambda: _reference(workspace),
        "hash key": lambda: _key(workspace),
        "database": lambda: _database(workspace),
        "name finder": _names,
        "learnt templates": lambda: _templates(workspace),
        "disk": lambda: ("fine" if free > FREE_BYTES else "odd", f"{free / 1e9:.1f} GB free"),
    }
    rows = []
    for name, check in checks.items():
        try:
            state, detail = check()
        except (ValueError, OSError, LookupError) as error:
            state, detail = "wrong", str(error)
        rows.append({"check": name, "state": state, "detail": detail})
    return rows


def _reference(workspace: Workspace) -> tuple[str, str]:
    files = read_reference(workspace.path)
    known = {entry.id for entry in files.mitigations}
    with workspace.open_store() as store:
        check_watchlists(files.watchlists, load_taxonomy(workspace.settings.taxonomy_file), store.watch.segment_names())
        seen = {str(name) for name in store.reference.mitigation_names()} - {"all"}
    strange = sorted(seen - known)
    counts = f"{len(files.mitigations)} mitigations, {len(files.owners)} owners, {len(files.releases)} releases"
    if strange:
        return "odd", f"{counts}; not in mitigations.yaml but in the data: {', '.join(strange[:10])}"
    return "fine", counts


def _key(workspace: Workspace) -> tuple[str, str]:
    workspace.hash_key()
    mode = stat.S_IMODE((workspace.path / "key").stat().st_mode)
    return ("fine", "only its owner may read it") if mode & 0o077 == 0 else ("odd", f"mode {mode:o}, expected 600")


def _database(workspace: Workspace) -> tuple[str, str]:
    with workspace.open_store() as store:
        found = store.runs.integrity()
        return ("fine" if found == "ok" else "wrong"), f"{found}; {store.documents.count():,} documents"


def _names() -> tuple[str, str]:
    from nlp.names import load_pipeline

    pipeline = load_pipeline()
    if pipeline is None:
        return "odd", "the model is absent: names of people are redacted by patterns alone"
    return "fine", f"{pipeline.meta['name']} {pipeline.meta['version']}"


def _templates(workspace: Workspace) -> tuple[str, str]:
    from jobs.rules import load_templates, named, vetoes

    entries = named(workspace)
    serving = load_templates(workspace, entries.get("serving")).without(vetoes(workspace))
    learnt = sum(element.kind != "known" for form in serving.forms for element in form.elements)
    told = f"{learnt} pieces of {len(serving.forms)} forms are taken out of claims"
    if entries.get("next") != entries.get("serving"):
        told += f"; {entries.get('next')} from the next run on"
    return "fine", f"{told}; see models/templates-*.json" if entries else "none: no run has learnt any yet"
