"""``shudi alarms``: early warning of a day, what is open, and the test on injected outbreaks."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from geodata.store.alarm_rows import StoredAlarm

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("alarms")
def alarms_group() -> None:
    """Early warning (预警): run a day, list what is open, test the methods on the past."""


@alarms_group.command("run")
@click.option("--day", type=_DAY, help="Last day that is judged; default: yesterday.")
@click.option("--since", type=_DAY, help="Every day from here on, one after the other.")
def run_command(day: datetime | None, since: datetime | None) -> None:
    """Judge a day that is over and store its alarms; a repeated run changes nothing.

    Meant for the early morning, once a day.
    """
    from datetime import timedelta

    from app.alarms import run_day
    from app.cli.database import open_services
    from app.wiring import today

    last = day.date() if day else today() - timedelta(days=1)
    first = since.date() if since else last
    if first > last:
        raise click.UsageError(f"--since {first} lies after the last day, {last}")
    with open_services() as services:
        for back in range((last - first).days, -1, -1):
            made = run_day(services, last - timedelta(days=back))
            batch = made.batch
            for one in batch.alarms:
                click.echo(one.why)
            for warning in made.warnings if not back else ():
                click.echo(warning, err=True)
            click.echo(
                f"{made.day}: {batch.tested} series and {batch.searched} kinds judged, "
                f"{len(batch.alarms)} alarms ({made.stored} new), {batch.explained} explained by "
                f"others, {batch.cooling} cooling down, {batch.dropped} beyond the budget"
            )


@alarms_group.command("list")
@click.option(
    "--state",
    type=click.Choice(["open", "acknowledged", "dismissed", "all"]),
    default="open",
    show_default=True,
    help="Only alarms in this state.",
)
@click.option(
    "-n",
    "limit",
    type=click.IntRange(1, 200),
    default=50,
    show_default=True,
    help="At most so many.",
)
def list_command(state: str, limit: int) -> None:
    """List alarms, the latest first: number, day, state, and why."""
    from app.cli.database import open_database
    from geodata.store.alarm_rows import AlarmState
    from geodata.store.alarms import list_alarms

    wanted = None if state == "all" else AlarmState(state)
    with open_database() as engine:
        found, _ = list_alarms(engine, state=wanted, limit=limit)
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("没有预警；`shudi alarms run` 判断昨天", err=True)


@alarms_group.command("backtest")
@click.option(
    "--series",
    "count",
    type=click.IntRange(10, 5000),
    default=200,
    show_default=True,
    help="Simulated series for each row.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of everything drawn.")
def backtest_command(count: int, seed: int) -> None:
    """Inject outbreaks into simulated series: sensitivity, days to detect, false alarms.

    The tables of docs/early-warning.md; takes some five minutes.
    """
    from maps.backtest.tables import print_tables

    print_tables(count, seed, click.echo)


def _line(one: StoredAlarm) -> str:
    words = {"open": "待处理", "acknowledged": "已认领", "dismissed": "已排除"}[one.state.value]
    by = f"（{one.last.actor_name}）" if one.last else ""
    return f"{one.id}\t{_day(one.new.day)}\t{words}{by}\t{one.new.detail.get('why', '')}"


def _day(day: date) -> str:
    return day.isoformat()
