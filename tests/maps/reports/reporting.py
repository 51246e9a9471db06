"""Reports on the made-up city, put together in tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any

from maps.incidents import merge
from maps.model import Cases, Filters
from maps.reports import periods
from maps.reports.content import compose, title_of
from maps.reports.figures import Figures
from maps.reports.material import Asked, Divisor, Material
from maps.reports.model import Report, Table, Warn
from routing.model import JurisdictionLevel
from tests.maps import report_city

BEIJING = timezone(timedelta(hours=8))
AS_OF = datetime(2026, 12, 1, 7, 30, tzinfo=BEIJING)
NOVEMBER = date(2026, 11, 25)


@cache
def city() -> dict[JurisdictionLevel, Any]:
    return report_city.hierarchy(districts=2, subdistricts=4, communities=5)


def material(cases: Cases | None = None, **changes: Any) -> Material:
    """Thousands of cases of fifteen months, or those given."""
    areas = city()
    subdistricts = areas[JurisdictionLevel.SUBDISTRICT]
    found = report_city.cases(areas, 6000) if cases is None else cases
    people = {code: 9_000.0 + 1_000 * at for at, code in enumerate(subdistricts.codes)}
    given: dict[str, Any] = {
        "cases": found,
        "areas": areas,
        "crs": "EPSG:4549",
        "names": {
            code: name
            for one in areas.values()
            for code, name in zip(one.codes, one.names, strict=True)
        },
        "as_of": AS_OF,
        "divisors": (
            Divisor(
                level=JurisdictionLevel.SUBDISTRICT,
                measure="population",
                values=people,
                as_of=date(2025, 12, 31),
                source="演示",
            ),
        ),
        "holidays": tuple((date(2026, 10, day), "国庆节") for day in range(1, 8)),
        "ground": report_city.ground(),
        "incidents": merge(found) if len(found) else None,
    }
    return Material(**{**given, **changes})


def asked(kind: str = "monthly", day: date = NOVEMBER, **changes: Any) -> Asked:
    period = periods.period_for(kind, day)
    filters = Filters(window=period.window)
    if "filters" in changes:
        filters = replace(filters, **changes.pop("filters"))
    place = changes.pop("place", "全市")
    title = title_of(kind, period.name, place, filters.kinds)
    return Asked(
        **{
            "kind": kind,
            "period": period,
            "filters": filters,
            "place": place,
            "title": title,
            **changes,
        }
    )


def figures(made: Material | None = None, wish: Asked | None = None) -> Figures:
    return Figures(material=made or material(), asked=wish or asked())


def report(made: Material | None = None, wish: Asked | None = None) -> Report:
    return compose(made or material(), wish or asked(), made_at=AS_OF)


@cache
def november() -> Report:
    """The usual report, made once for all tests that only read it."""
    return report()


def texts(part: Any) -> str:
    """Sentences and warnings of a section."""
    said = [block.text if isinstance(block, Warn) else block for block in part.blocks]
    return "".join(one for one in said if isinstance(one, str))


def tables(made: Report) -> dict[str, Table]:
    return {one.title: one for one in made.tables}
