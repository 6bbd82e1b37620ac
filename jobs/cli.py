"""The command line: a table of commands, each imported only when it is called."""

import sys
from importlib import import_module

import click

COMMANDS = {
    "init": "jobs.cli_input:init",
    "ingest": "jobs.cli_input:ingest",
    "status": "jobs.cli_input:status",
    "doctor": "jobs.cli_input:doctor",
    "prepare": "jobs.cli_run:prepare_command",
    "run": "jobs.cli_run:run_command",
    "demo": "jobs.cli_run:demo",
    "documents": "jobs.cli_findings:documents",
    "themes": "jobs.cli_themes:themes",
    "changes": "jobs.cli_findings:changes",
    "alerts": "jobs.cli_alerts:alerts",
    "silences": "jobs.cli_silences:silences",
    "signals": "jobs.cli_signals:signals",
    "anomalies": "jobs.cli_anomalies:anomalies",
    "watchlists": "jobs.cli_watch:watchlists",
    "triage": "jobs.cli_triage:triage",
    "counts": "jobs.cli_counts:counts",
    "duplicates": "jobs.cli_duplicates:duplicates",
    "digest": "jobs.cli_digest:digest",
    "notifications": "jobs.cli_notifications:notifications",
    "report": "jobs.cli_report:report",
    "label": "jobs.cli_label:label",
    "train": "jobs.cli_train:train",
    "evaluate": "jobs.cli_train:evaluate",
    "backtest": "jobs.cli_backtest:backtest",
    "board": "jobs.cli_board:board_command",
    "effect": "jobs.cli_effect:effect",
    "diagnose": "jobs.cli_diagnose:diagnose",
    "whatif": "jobs.cli_whatif:whatif",
    "serve": "jobs.cli_serve:serve",
    "keys": "jobs.cli_serve:keys",
    "classify": "jobs.cli_files:classify",
    "redact": "jobs.cli_files:redact",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for, so that `--help` is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a first user's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now; None for an unknown one."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None:
                rows.append((name, command.get_short_help_str(limit=90)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False),
    help="Workspace directory; else $GROUNDSWELL_WORKSPACE, else the current directory.",
)
@click.version_option(package_name="groundswell", message="%(version)s")
@click.pass_context
def cli(ctx: click.Context, workspace: str | None) -> None:
    """Feedback and complaint text-mining for the teams that run AI safeguards."""
    ctx.obj = {"workspace": workspace}


def main() -> None:
    """Run the command line; errors of ours end in one clear line and exit code 1."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except (ValueError, LookupError, OSError) as error:
        text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        click.echo(f"Error: {text}", err=True)
        sys.exit(1)
