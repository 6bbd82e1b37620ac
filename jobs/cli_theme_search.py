"""Command `themes search`: themes by what they are about."""

import click

from jobs.cli_context import json_option, pass_workspace, show
from jobs.theme_search import find_themes
from jobs.workspace import Workspace


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="Themes at most.")
@json_option
@pass_workspace
def search_themes(workspace: Workspace, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Themes that speak of these words: by name, phrases, meaning and full text of their documents."""
    with workspace.open_store() as store:
        found = find_themes(store, workspace, " ".join(words), limit=limit)
    if as_json:
        show({"found": found.rows, "notes": found.notes}, True)
        return
    rows = [
        {"id": row["theme_id"], "theme": f"{row['name']}\n" + "; ".join(row["why"]), "state": row["state"]}
        for row in found.rows
    ]
    show(rows, False, note="\n".join(found.notes))
