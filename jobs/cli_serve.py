"""Commands `serve` and `keys`: the dashboard and API, and who may use them."""

import socket
from datetime import UTC, datetime, timedelta

import click

from jobs.cli_context import json_option, pass_workspace, show
from jobs.store_keys import ROLES
from jobs.workspace import Workspace

KEY_COLUMNS = ["key_id", "holder", "role", "scope", "created_at", "expires_at", "revoked_at"]
RESOURCES = (
    "overview",
    "documents",
    "labels",
    "triage",
    "themes",
    "watchlists",
    "volumes",
    "changes",
    "alerts",
    "mitigations",
    "anomalies",
    "counts",
    "runs",
    "coverage",
    "sessions",
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Server processes.")
@click.option("--create-key", is_flag=True, help="Make and print a new admin key even if there are keys.")
@pass_workspace
def serve(workspace: Workspace, host: str, port: int, workers: int, create_key: bool) -> None:
    """Serve dashboard and API until interrupted; the first time an admin key is made and printed once."""
    from jobs.server import serve_workspace

    _refuse_taken(host, port)
    with workspace.open_store() as store:
        if create_key or not store.keys.exist():
            _, secret = store.keys.create(holder="first admin", role="admin", now=datetime.now(UTC))
            click.echo(f"API key (admin), shown this once: {secret}")
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Dashboard http://{shown}:{port}  API http://{shown}:{port}/openapi/swagger  (stop with Ctrl-C)")
    serve_workspace(workspace, host=host, port=port, workers=workers)


def _refuse_taken(host: str, port: int) -> None:
    """Gunicorn would retry for seconds; and a key must not be printed by a server that does not start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"expected a free port, got {host}:{port} ({error.strerror}); choose another with --port"
            ) from None


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def keys(ctx: click.Context, as_json: bool) -> None:
    """API keys: list, create, revoke."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_keys, as_json=as_json)


@keys.command("list")
@json_option
@pass_workspace
def list_keys(workspace: Workspace, as_json: bool) -> None:
    """All keys, without their secrets."""
    with workspace.open_store() as store:
        rows = store.keys.list()
    days = [{name: row[name] and row[name][:10] for name in ("created_at", "expires_at", "revoked_at")} for row in rows]
    brief = [{**row, **day} for row, day in zip(rows, days, strict=True)]
    show(rows if as_json else brief, as_json, columns=KEY_COLUMNS)


@keys.command("create")
@click.option("--holder", required=True, help="Whose key it is; stands beside what they do.")
@click.option("--role", type=click.Choice(ROLES), default="analyst", show_default=True, help="What it may do.")
@click.option("--days", type=click.IntRange(min=1), help="Days until it expires; never unless given.")
@click.option(
    "--scope", multiple=True, type=click.Choice(RESOURCES), help="Only this resource (repeatable); all unless given."
)
@json_option
@pass_workspace
def create_key(
    workspace: Workspace, holder: str, role: str, days: int | None, scope: tuple[str, ...], as_json: bool
) -> None:
    """Make a key and print its secret once."""
    lifetime = timedelta(days=days) if days is not None else None
    with workspace.open_store() as store:
        key_id, secret = store.keys.create(
            holder=holder, role=role, now=datetime.now(UTC), lifetime=lifetime, scope=scope or None
        )
    if as_json:
        show({"key_id": key_id, "key": secret, "role": role}, True)
    else:
        click.echo(f"{key_id} ({role}), shown this once: {secret}")


@keys.command("revoke")
@click.argument("key_id")
@pass_workspace
def revoke_key(workspace: Workspace, key_id: str) -> None:
    """End a key now; its sessions end with it."""
    with workspace.open_store() as store:
        store.keys.revoke(key_id, now=datetime.now(UTC))
    click.echo(f"{key_id} is revoked")
