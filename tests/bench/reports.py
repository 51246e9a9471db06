"""What a month's report costs: composing, and each file, for a district and for a city."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

import click

from maps.incidents import merge
from maps.model import Filters
from maps.reports import periods
from maps.reports.content import compose, title_of
from maps.reports.material import Asked, Divisor, Material
from maps.reports.model import Report
from maps.reports.pdf import as_pdf
from maps.reports.word import as_docx
from maps.reports.xlsx import as_xlsx
from routing.model import JurisdictionLevel
from tests.maps import report_city

BEIJING = timezone(timedelta(hours=8))
SIZES = (
    # cases, districts, subdistricts in each, communities in each of those
    ("district", 33_000, 1, 10, 7),
    ("city", 300_000, 12, 12, 15),
)


def run(*, quick: bool, rounds: int) -> None:
    """Print the table as Markdown; the promise is under 60 s for a city."""
    click.echo(f"## scripts/bench reports{' --quick' if quick else ''}\n")
    click.echo("Seconds, median of the rounds; cases of 15 months, the report is of one month.\n")
    click.echo(
        "| of a | cases | communities | merge | compose | PDF | Word | Excel | all | pages MB |"
    )
    click.echo("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, n, *parts in SIZES:
        cases = n // 10 if quick else n
        measured = [_once(cases, *parts) for _ in range(1 if quick else rounds)]
        middle = [statistics.median(one[at] for one in measured) for at in range(6)]
        communities = measured[0][6]
        click.echo(
            f"| {name} | {cases:,} | {communities:,.0f} | "
            + " | ".join(f"{seconds:.1f}" for seconds in middle[:5])
            + f" | **{sum(middle[:5]):.1f}** | {middle[5]:.1f} |"
        )


def _once(n: int, districts: int, subdistricts: int, communities: int) -> tuple[float, ...]:
    areas = report_city.hierarchy(
        districts=districts, subdistricts=subdistricts, communities=communities
    )
    cases = report_city.cases(areas, n)
    began = time.perf_counter()
    incidents = merge(cases)
    merged = time.perf_counter() - began
    listed = areas[JurisdictionLevel.SUBDISTRICT]
    people = {code: 20_000.0 + 500 * at for at, code in enumerate(listed.codes)}
    material = Material(
        cases=cases,
        areas=areas,
        crs="EPSG:4549",
        names={},
        as_of=datetime(2026, 12, 1, 7, 30, tzinfo=BEIJING),
        divisors=(
            Divisor(
                level=JurisdictionLevel.SUBDISTRICT,
                measure="population",
                values=people,
                as_of=date(2025, 12, 31),
            ),
        ),
        ground=report_city.ground(),
        incidents=incidents,
    )
    period = periods.period_for("monthly", date(2026, 11, 1))
    asked = Asked(
        kind="monthly",
        period=period,
        filters=Filters(window=period.window),
        place="全市",
        title=title_of("monthly", period.name, "全市", frozenset()),
    )
    began = time.perf_counter()
    report = compose(material, asked, made_at=material.as_of)
    composed = time.perf_counter() - began
    files = [_timed(write, report) for write in (as_pdf, as_docx, as_xlsx)]
    size = files[0][1] / 1e6
    low = len(areas[JurisdictionLevel.COMMUNITY])
    return (merged, composed, *(seconds for seconds, _ in files), size, float(low))


def _timed(write: Callable[[Report], bytes], report: Report) -> tuple[float, int]:
    began = time.perf_counter()
    content = write(report)
    return time.perf_counter() - began, len(content)
