"""Command `watchlists`: what is watched, what it matched and why, trying a query, adding and removing one."""

from pathlib import Path
from typing import Any

import click

from jobs.cli_context import json_option, pass_workspace, show, width
from jobs.cli_findings import WIDE, brief, limit_option, plain
from jobs.store_search_watch import reads
from jobs.watch_file import WatchFile
from jobs.watchlist import Watchlist
from jobs.workspace import Workspace

Row = dict[str, Any]

COLUMNS = {
    "id": "watchlist",
    "name": "name",
    "7 days": "documents_7d",
    "28 days": "documents",
    "reporters": "reporters",
    "new": "novel",
    "last seen": "last_seen",
    "floor": "floor",
    "a week": "false_alerts_per_week",
    "owner": "owner",
    "alerts": "open_alerts",
}
WIDE_COLUMNS = ("name", "reporters", "a week", "owner")
"""Columns that the list shows where there is room."""
MATCH = {name: name for name in ("day", "document", "new", "why", "text")}
EXAMPLE = {"day": "day", "document": "document_id", "why": "why", "text": "text"}
TRIED = "documents unique_documents reporters a_week alerts_raised novel first_day last_day".split()


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def watchlists(ctx: click.Context, as_json: bool) -> None:
    """Watchlists: list, show what one matched, try a query, add, remove."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_watchlists, as_json=as_json)


@watchlists.command("list")
@json_option
@pass_workspace
def list_watchlists(workspace: Workspace, as_json: bool) -> None:
    """Every watchlist with what it matched lately, its floor and its budget of false alerts."""
    with workspace.open_store() as store:
        rows = store.search.watch.every()
    declared = WatchFile(workspace.path).entries()
    waiting = [entry.id for entry in declared if entry.id not in {row["watchlist"] for row in rows}]
    if as_json:
        show(rows, True)
        return
    columns = {name: column for name, column in COLUMNS.items() if width() >= WIDE or name not in WIDE_COLUMNS}
    show([{name: row[column] for name, column in columns.items()} for row in rows], False)
    if waiting:
        click.echo(f"not run yet: {', '.join(waiting)}; 'groundswell run' matches them")


@watchlists.command("show")
@click.argument("watchlist")
@click.option("--novel", is_flag=True, default=None, help="Only what is new: in no theme, or in a young one.")
@limit_option
@json_option
@pass_workspace
def show_watchlist(workspace: Workspace, watchlist: str, novel: bool | None, limit: int, as_json: bool) -> None:
    """One watchlist: what it looks for, its alerts, and the documents it matched and why."""
    with workspace.open_store() as store:
        found = store.search.watch.one(watchlist)
        if found is None:
            known = ", ".join(row["watchlist"] for row in store.search.watch.every()) or "none"
            raise click.ClickException(f"no watchlist {watchlist!r} was run; those that were: {known}")
        page = store.search.watch.matches(watchlist, novel=novel, limit=limit)
        alerts = store.search.watch.alerts(watchlist)
    if as_json:
        show({**found, "alerts": alerts, "matches": page.rows}, True)
        return
    show([{"field": name, "value": value} for name, value in told(found)], False)
    if alerts:
        show(alerts, False, columns=["alert_id", "state", "type", "day", "title", "owner"])
    note = f"{len(page.rows):,} of {page.total:,} documents that match"
    show(brief([match_row(row) for row in page.rows], MATCH), False, note=note)


def told(found: Row) -> list[tuple[str, Any]]:
    """What is said of a watchlist, line by line; what it does not ask for is left out."""
    query = [(name, value) for name, value in (found["query"] or {}).items() if value and name != "segments"]
    query += [("segments", [f"{name}={', '.join(values)}" for name, values in found["query"]["segments"].items()])]
    names = (
        "name owner hazard since floor floor_days false_alerts_per_week documents_7d documents reporters novel".split()
    )
    rest = [(name, found[name]) for name in (*names, "last_seen", "total", "series") if found[name] is not None]
    return [*(pair for pair in query if pair[1]), *rest]


def match_row(row: Row) -> Row:
    """A document that matched as the table shows it."""
    return {
        "day": row["occurred_at"][:10],
        "document": row["document_id"],
        "new": "new" if row["why"]["novel"] else "",
        "why": reads(row["why"]),
        "text": plain(row["excerpt"]),
    }


@watchlists.command("test")
@click.argument("what", metavar="FILE_OR_ID")
@click.option("--examples", default=5, show_default=True, type=click.IntRange(0, 100), help="Documents shown of each.")
@json_option
@pass_workspace
def try_watchlist(workspace: Workspace, what: str, examples: int, as_json: bool) -> None:
    """Try watchlists on the stored documents, changing nothing: how much they match, what they would have told."""
    from jobs.watch_trial import trial

    entries = _asked(workspace, what)
    with workspace.open_store() as store:
        trials = trial(store, workspace, entries, examples=examples)
    if as_json:
        show(trials, True)
        return
    for one in trials:
        _show_trial(one)


def _asked(workspace: Workspace, what: str) -> list[Watchlist]:
    """The watchlists of a file, or the one of the workspace that has this id; checked."""
    known = WatchFile(workspace.path)
    if Path(what).is_file():
        return known.checked(Path(what), workspace)
    found = [entry for entry in known.checked(None, workspace) if entry.id == what]
    if not found:
        ids = ", ".join(entry.id for entry in known.entries()) or "none"
        raise click.UsageError(f"expected a file or the id of a watchlist ({ids}), got {what!r}; correct it")
    return found


def _show_trial(one: Row) -> None:
    click.echo(f"\n{one['name']} ({one['watchlist']})")
    rows = [{"field": name, "value": one[name]} for name in TRIED]
    rows += [{"field": f"at a similarity of {level}", "value": count} for level, count in one["at_similarity"].items()]
    show(rows, False)
    show(one["weeks"], False)
    if one["alerts"]:
        show(one["alerts"], False, columns=["day", "detected_on", "type", "title"])
    if one["examples"]:
        shown = [{**row, "why": reads(row["why"]), "text": plain(row["excerpt"])} for row in one["examples"]]
        show(brief(shown, EXAMPLE), False)


@watchlists.command("add")
@click.argument("watchlist", metavar="ID")
@click.option("--name", required=True, help="How people read it.")
@click.option("--word", "words", multiple=True, help="A word or phrase to look for; * for any ending (repeatable).")
@click.option("--example", "examples", multiple=True, help="A sentence to look for the like of (repeatable).")
@click.option("--similarity", type=float, help="From which similarity to an example on a document is like it.")
@click.option("--match", type=click.Choice(["any", "all"]), help="Whether a word or an example suffices.")
@click.option("--harm-domain", "harm_domains", multiple=True, help="Only this harm domain (repeatable).")
@click.option("--kind", "kinds", multiple=True, help="Only this kind (repeatable).")
@click.option("--segment", "segments", multiple=True, metavar="NAME=VALUE", help="Only this segment (repeatable).")
@click.option("--stream", "streams", multiple=True, help="feedback (as given), usage_anomaly (repeatable).")
@click.option("--floor", type=int, help="Fewest distinct reporters that matter.")
@click.option("--floor-days", type=int, help="Within so many days, 1 to 28.")
@click.option("--false-alerts-per-week", type=float, help="Its own budget.")
@click.option("--owner", help="Who hears of it; an id of owners.yaml.")
@click.option("--hazard", type=click.Choice(["low", "elevated", "critical"]), help="The hazard of its alerts.")
@pass_workspace
def add_watchlist(workspace: Workspace, watchlist: str, **given: Any) -> None:
    """Add a watchlist to watchlists.yaml, whose other lines stay as they are; the next run matches it."""
    values = {"id": watchlist, **_given(given)}
    entry = WatchFile(workspace.path).add(values, workspace)
    click.echo(f"{entry.id} is in watchlists.yaml; 'groundswell watchlists test {entry.id}' tries it, 'run' matches it")


@watchlists.command("remove")
@click.argument("watchlist", metavar="ID")
@pass_workspace
def remove_watchlist(workspace: Workspace, watchlist: str) -> None:
    """Take a watchlist out of watchlists.yaml; alerts it raised stay."""
    WatchFile(workspace.path).remove(watchlist)
    click.echo(f"{watchlist} is out of watchlists.yaml; the next run forgets what it matched")


def _given(options: dict[str, Any]) -> dict[str, Any]:
    """The options as an entry of the file: what was not given is left out."""
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in options.items() if value}
    if "segments" in values:
        segments: dict[str, list[str]] = {}
        for text in values["segments"]:
            name, equals, value = text.partition("=")
            if not equals or not name:
                raise click.UsageError(f"expected a segment such as plan=pro, got {text!r}; correct it")
            segments.setdefault(name, []).append(value)
        values["segments"] = segments
    return values
