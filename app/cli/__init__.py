"""The ``shudi`` command. Each subcommand's module is imported only when it is called."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from routing.errors import ShudiError, UserInputError

_COMMANDS: dict[str, tuple[str, str]] = {
    "route": ("app.cli.route:route_command", "Name the responsible unit for a file of complaints."),
    "explain": ("app.cli.explain:explain_command", "One complaint, the whole why."),
    "boundaries": ("app.cli.boundaries:boundaries_group", "Check, import and publish boundaries."),
    "gazetteer": ("app.cli.gazetteer:gazetteer_group", "Check, search and publish place names."),
    "complaints": ("app.cli.complaints:complaints_group", "Import complaints into the database."),
    "evaluate": ("app.cli.evaluate:evaluate_command", "Accuracy and calibration on a corpus."),
    "hotspots": ("app.cli.hotspots:hotspots_command", "Hot spots as a map in one file."),
    "alarms": ("app.cli.alarms:alarms_group", "Early warning: run a day, list, test on the past."),
    "report": ("app.cli.report:report_group", "Daily, weekly, monthly and special reports."),
    "calendar": ("app.cli.calendar:calendar_group", "Public holidays and working weekends."),
    "denominators": (
        "app.cli.denominators:denominators_group",
        "Population, households, road length: what counts are divided by.",
    ),
    "demo": ("app.cli.demo:demo_group", "The demonstration city (演示数据，非官方界线)."),
    "user": ("app.cli.user:user_group", "Add and disable accounts."),
    "doctor": ("app.cli.doctor:doctor_command", "Check a deployment and say what to do."),
}


class _LazyGroup(click.Group):
    """Lists all commands at once, but imports a command's libraries only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="shudi")
def shudi() -> None:
    """属地: each complaint to the one unit responsible for the place where the trouble is.

    Exit status: 0 done; 1 the data has blocking findings; 2 the call or the input is unusable.
    """


def main() -> None:
    """Entry point: a wrong input ends in one clear line and status 2, never in a stack trace."""
    try:
        # click returns the status of ctx.exit() here instead of raising it
        sys.exit(shudi.main(standalone_mode=False) or 0)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; nothing was written", err=True)
        sys.exit(2)
    except (UserInputError, ShudiError) as wrong:
        click.echo(f"shudi: {wrong}", err=True)
        sys.exit(2)
