"""``shudi report``: a daily, weekly, monthly or special report as PDF, Word or Excel."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

_DATE = click.DateTime(["%Y-%m-%d"])


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """The options that all four have, the last one listed first."""
    for option in reversed(
        (
            click.option(
                "-o",
                "--output",
                "outputs",
                required=True,
                multiple=True,
                type=click.Path(dir_okay=False, path_type=Path),
                help="File to write: .pdf, .docx or .xlsx; may be given several times.",
            ),
            click.option(
                "--within",
                default="",
                metavar="LEVEL:CODE",
                help="Only this jurisdiction, e.g. subdistrict:350102008.",
            ),
            click.option(
                "--kind", "kinds", multiple=True, help="Only this category; may be repeated."
            ),
            click.option("--title", default="", help="Title; by default from period and place."),
        )
    ):
        command = option(command)
    return command


@click.group()
def report_group() -> None:
    """Reports on the complaints in the database: numbers, maps, hot spots, in Chinese.

    Times are Asia/Shanghai. Without --for, the last period that is over.
    """


def _calendar(kind: str, about: str, which: str) -> None:
    @report_group.command(kind, help=about)
    @click.option("--for", "day", type=_DATE, help=which)
    @_common
    def command(day: datetime | None, **given: Any) -> None:
        from app import wiring
        from maps.reports.periods import last_complete

        _make(kind, day.date() if day else last_complete(kind, wiring.today()), None, **given)


_calendar("daily", "One day.", "The day; by default yesterday.")
_calendar("weekly", "One week, Monday to Sunday.", "Any day of the week; by default last week.")
_calendar("monthly", "One calendar month.", "Any day of the month; by default last month.")


@report_group.command("special")
@click.option("--from", "first", type=_DATE, required=True, help="First day.")
@click.option("--to", "last", type=_DATE, required=True, help="Last day, included.")
@_common
def special_command(first: datetime, last: datetime, **given: Any) -> None:
    """Any days, by category or by jurisdiction."""
    _make("special", first.date(), last.date(), **given)


def _make(
    kind: str,
    first: Any,
    last: Any,
    *,
    outputs: Sequence[Path],
    within: str,
    kinds: Sequence[str],
    title: str,
) -> None:
    from app.cli.database import open_database
    from app.config import working_crs
    from app.reporting.alarms import alarm_lines
    from app.reporting.make import WRITERS, compose_wanted
    from app.reporting.wanted import FORMATS, wanted
    from geodata.whole_file import check_writable, whole_file
    from routing.errors import UserInputError

    for path in outputs:
        if path.suffix.lower().removeprefix(".") not in FORMATS:
            raise UserInputError(f"cannot write {str(path)!r}: use .pdf, .docx or .xlsx")
        check_writable(path)
    wish = wanted(
        kind=kind,
        first=first,
        last=last,
        within=within,
        kinds=kinds,
        formats=[path.suffix.lower().removeprefix(".") for path in outputs],
        title=title,
    )
    with open_database() as engine, _Bar() as bar:
        report = compose_wanted(
            engine,
            wish,
            progress=bar.show,
            working_crs=working_crs(os.environ),
            alarms=lambda snapshot: alarm_lines(engine, wish, snapshot),
        )
        for at, path in enumerate(outputs):
            form = path.suffix.lower().removeprefix(".")
            bar.show(0.8 + 0.2 * at / len(outputs), FORMATS[form])
            content = WRITERS[form](report)
            with whole_file(path) as file:
                file.write(content)
    days = f"{wish.first} to {wish.last}"
    for path in outputs:
        click.echo(f"{path}: {kind} report, {days}, {len(report.sections)} sections")


class _Bar:
    """A progress bar with the step's name on a terminal, and nothing on a pipe."""

    def __init__(self) -> None:
        self._bar = (
            click.progressbar(
                length=1000,
                label="report",
                file=sys.stderr,
                item_show_func=lambda step: step,
                show_eta=False,
            )
            if sys.stderr.isatty()
            else None
        )
        self._at = 0

    def __enter__(self) -> _Bar:
        if self._bar is not None:
            self._bar.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        if self._bar is not None:
            if raised[0] is None:
                self._bar.update(1000 - self._at, "")
            self._bar.__exit__(*raised)

    def show(self, share: float, step: str) -> None:
        """Move to a share of 0 to 1."""
        if self._bar is not None:
            now = int(share * 1000)
            self._bar.update(now - self._at, step)
            self._at = now
