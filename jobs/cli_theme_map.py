"""Command `themes map`: the map of a workspace's themes as a picture."""

from pathlib import Path

import click

from jobs.cli_context import pass_workspace
from jobs.workspace import Workspace

MOST_POINTS = 8_000


@click.command("map")
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PNG file to write."
)
@click.option(
    "--stream", type=click.Choice(["feedback", "usage_anomaly"]), default="feedback", show_default=True, help="Which."
)
@click.option(
    "--colour",
    type=click.Choice(["kind", "harm_domain", "rollup"]),
    default="kind",
    show_default=True,
    help="What the colours say.",
)
@click.option("--points/--no-points", default=True, show_default=True, help="Draw the newest documents too.")
@pass_workspace
def map_command(workspace: Workspace, output: Path, stream: str, colour: str, points: bool) -> None:
    """Draw the themes of a stream as a map: like ones near each other, sized by the people who wrote."""
    from jobs.file_run import whole
    from jobs.map_content import map_spec, theme_map
    from jobs.theme_map_chart import map_png

    with workspace.open_store() as store:
        found = theme_map(store, stream, small_cell=0, points=MOST_POINTS if points else 0)
    if not found.themes:
        raise click.ClickException("expected themes on the map, got none; make them with 'groundswell run'")
    image = map_png(map_spec(found, colour=colour, linked=False))
    with whole(output) as stream_out:
        stream_out.write(image)
    click.echo(f"{output}: {len(found.themes):,} themes, {len(found.points):,} documents")
