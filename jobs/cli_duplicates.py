"""Command `duplicates`: what was collapsed and by which rule, and how to correct one collapse."""

from datetime import UTC, datetime
from typing import Any

import click

from jobs.cli_context import as_option, json_option, pass_workspace, reason_option, show
from jobs.cli_findings import limit_option
from jobs.duplicate_verdicts import UnknownDocument
from jobs.duplicate_verdicts import join as joined
from jobs.duplicate_verdicts import separate as separated
from jobs.duplicate_verdicts import withdraw as withdrawn
from jobs.store_search_duplicates import DuplicateFilter
from jobs.workspace import Workspace

Row = dict[str, Any]

RUN = "counts follow at the next 'groundswell run'"


@click.group(invoke_without_command=True)
@click.option("--rule", help="Only groups in which this rule collapsed something.")
@limit_option
@json_option
@click.pass_context
def duplicates(ctx: click.Context, /, **asked: Any) -> None:
    """What was collapsed, by rule; show a group, separate or join documents, list campaigns."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_duplicates, **asked)


@duplicates.command("list")
@click.option("--rule", help="Only groups in which this rule collapsed something.")
@limit_option
@json_option
@pass_workspace
def list_duplicates(workspace: Workspace, rule: str | None, limit: int, as_json: bool) -> None:
    """Kept documents into which others collapsed, the largest group first."""
    if rule is not None:
        _known(rule)
    with workspace.open_store() as store:
        page = store.search.duplicates.page(DuplicateFilter(rule=rule), limit=limit)
    by_rule = page.extra["by_rule"]
    if as_json:
        show({"by_rule": by_rule, "groups": page.rows, "total": page.total}, True)
        return
    if by_rule:
        show(by_rule, False)
    show([_brief(row) for row in page.rows], False, note=_note(len(page.rows), page.total, by_rule))


def _known(rule: str) -> None:
    from nlp.duplicates import RULES

    if rule not in RULES:
        raise click.UsageError(f"expected a rule among {', '.join(RULES)}, got {rule!r}")


@duplicates.command("show")
@click.argument("document_id")
@json_option
@pass_workspace
def show_group(workspace: Workspace, document_id: str, as_json: bool) -> None:
    """The documents that count as one with this one, and by which rule each."""
    with workspace.open_store() as store:
        group = store.search.duplicates.group(document_id)
    if group is None:
        raise UnknownDocument(f"expected the id of a document, got {document_id!r}; 'groundswell documents' lists them")
    if as_json:
        show(group, True)
        return
    show([_member(row) for row in group["members"]], False)
    if group["verdict"]:
        show([group["verdict"]], False)
    if group["flags"]:
        show(group["flags"], False, note="ids that several reporters quote; flagged, not collapsed")
    if group["campaign"]:
        show([group["campaign"]], False, note="a suspected campaign; its documents are in every count")


@duplicates.command("separate")
@click.argument("document_id")
@as_option
@reason_option
@json_option
@pass_workspace
def separate(workspace: Workspace, document_id: str, actor: str, reason: str, as_json: bool) -> None:
    """Let a collapsed document count on its own."""
    with workspace.open_store() as store:
        separated(store, document_id, actor=actor, reason=reason, now=datetime.now(UTC))
    _tell({"document_id": document_id, "verdict": "separate"}, f"{document_id} will count on its own", as_json)


@duplicates.command("join")
@click.argument("document_id")
@click.argument("kept_id")
@as_option
@reason_option
@json_option
@pass_workspace
def join(workspace: Workspace, document_id: str, kept_id: str, actor: str, reason: str, as_json: bool) -> None:
    """Let a document count as one with another, with all that collapsed into it."""
    with workspace.open_store() as store:
        joined(store, document_id, kept_id, actor=actor, reason=reason, now=datetime.now(UTC))
    done = {"document_id": document_id, "kept_id": kept_id, "verdict": "same"}
    _tell(done, f"{document_id} will count as one with {kept_id}", as_json)


@duplicates.command("withdraw")
@click.argument("document_id")
@json_option
@pass_workspace
def withdraw(workspace: Workspace, document_id: str, as_json: bool) -> None:
    """Take a verdict back: the rules decide again."""
    with workspace.open_store() as store:
        had = withdrawn(store, document_id)
    told = "the rules will decide again" if had else "nobody had decided anything"
    _tell({"document_id": document_id, "withdrawn": had}, f"{document_id}: {told}", as_json)


@duplicates.command("campaigns")
@json_option
@pass_workspace
def campaigns(workspace: Workspace, as_json: bool) -> None:
    """Suspected campaigns: one long text from many reporters; they are in every count."""
    with workspace.open_store() as store:
        found = store.search.duplicates.campaigns()
    show(found, as_json)


def _brief(row: Row) -> Row:
    return {
        "kept": row["kept_id"],
        "collapsed": row["documents"],
        "reporters": row["reporters"],
        "first": row["first_received"][:10],
        "last": row["last_received"][:10],
        "rules": ", ".join(f"{rule} {count:,}" for rule, count in row["rules"].items()),
    }


def _member(row: Row) -> Row:
    return {
        "id": row["document_id"],
        "received": row["received_at"][:10],
        "source": row["source"],
        "reporter": row["reporter"][:12],
        "rule": row["rule"] or "kept",
        "decided": row["verdict"],
    }


def _note(shown: int, total: int, by_rule: list[Row]) -> str:
    collapsed = sum(row["documents"] for row in by_rule)
    return f"{collapsed:,} documents collapsed into {total:,}; {shown:,} shown; see one: groundswell duplicates show ID"


def _tell(done: Row, text: str, as_json: bool) -> None:
    if as_json:
        show({**done, "from": "next run"}, True)
        return
    click.echo(f"{text}; {RUN}")
