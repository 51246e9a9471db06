"""A small drawn city: its areas, and its gazetteer read.

Three districts side by side, each 4 km wide: 鼓楼区 from x = −6000, 台江区 from −2000, 仓山区 from
2000, all from y = −3000 to 3000 (metres from the middle). Each has a subdistrict north of y = 0 and
one south of it, each of those a western and an eastern community, each community four grids of
1000 × 1500 m. The places are in ``town_places``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from routing.geocoding.reader import Reader
from routing.jurisdiction.best_point import best_point
from routing.model import (
    Jurisdiction,
    JurisdictionLevel,
    Location,
    Place,
    PlaceOutcome,
    TextPlace,
)
from tests.routing.geocoding.drawn import (
    PLANE,
    XIHONG_Y,
    area,
    house_x,
    house_y,
    line,
    place,
    point,
    road,
)
from tests.routing.geocoding.town_places import KNOWN_NUMBERS, PLACES, ROADS

__all__ = [
    "DAY",
    "KNOWN_NUMBERS",
    "PLACES",
    "PLANE",
    "ROADS",
    "XIHONG_Y",
    "area",
    "ground",
    "house_x",
    "house_y",
    "ids",
    "jurisdictions",
    "line",
    "located",
    "metres",
    "place",
    "point",
    "read",
    "reader",
    "road",
    "shown",
    "small",
    "spot",
]

DAY = date(2026, 9, 1)

DISTRICTS = {
    "350102": ("鼓楼区", -6000.0),
    "350103": ("台江区", -2000.0),
    "350104": ("仓山区", 2000.0),
}
_BELOW = {
    "350102": {"洪山镇": ("金牛社区", "福屿社区"), "温泉街道": ("河东社区", "汤边社区")},
    "350103": {"茶亭街道": ("横街社区", "祥坂社区"), "义洲街道": ("浦东社区", "荷泽社区")},
    "350104": {"建新镇": ("梅亭社区", "透浦社区"), "城门镇": ("胪雷社区", "龙江社区")},
}
"""District → subdistrict (north, south) → communities (west, east)."""


def jurisdictions() -> list[Jurisdiction]:
    """District → grid, each parent exactly the union of its children."""

    def one(
        level: str, code: str, name: str, shape: BaseGeometry, parent: str | None
    ) -> Jurisdiction:
        return Jurisdiction(
            code=code,
            name=name,
            level=JurisdictionLevel(level),
            geometry=shape,
            unit_code=code,
            parent_code=parent,
            version="town@2026-01-01#0",
        )

    made = []
    for district, (name, west) in DISTRICTS.items():
        made.append(one("district", district, name, area(west, -3000, west + 4000, 3000), None))
        for n, (subdistrict, communities) in enumerate(_BELOW[district].items()):
            south, code = (0.0, -3000.0)[n], f"{district}{n + 1:03d}"
            made.append(
                one(
                    "subdistrict",
                    code,
                    subdistrict,
                    area(west, south, west + 4000, south + 3000),
                    district,
                )
            )
            for m, community in enumerate(communities):
                x, inner = west + 2000 * m, f"{code}{m + 1:03d}"
                made.append(
                    one("community", inner, community, area(x, south, x + 2000, south + 3000), code)
                )
                for g in range(4):
                    a, b = x + 1000 * (g % 2), south + 1500 * (g // 2)
                    made.append(
                        one(
                            "grid",
                            f"{inner}{g + 1:03d}",
                            f"{community}第{g + 1}网格",
                            area(a, b, a + 1000, b + 1500),
                            inner,
                        )
                    )
    return made


@cache
def reader() -> Reader:
    """The reader of the whole town, built once."""
    return Reader(PLACES, jurisdictions(), version="town@2026-09-01#1", city="350100")


def read(text: str, day: date = DAY) -> TextPlace:
    """What the town's reader says of a text."""
    return reader().read(text, day)


def located(text: str, day: date = DAY) -> Location:
    """The place of a text that has exactly one."""
    said = read(text, day)
    assert said.outcome is PlaceOutcome.LOCATED, (text, said)
    assert said.location is not None
    return said.location


def metres(location: Location) -> BaseGeometry:
    """A location's geometry in metres of the town."""
    return PLANE.metres(location.geometry)


def ground(location: Location) -> BaseGeometry:
    """The ground on which a place lies with 95 %, in metres: what the shares are computed from."""
    if location.ground is not None:
        return PLANE.metres(location.ground)
    shape = metres(location)
    if shape.geom_type.endswith("Polygon"):
        return shape
    flat = "flat" if shape.geom_type.endswith("LineString") else "round"
    return shape.buffer(location.radius_m, cap_style=flat)


def spot(text: str) -> BaseGeometry:
    """Where the one place of a text is, in metres."""
    return metres(located(text))


def shown(text: str) -> Point:
    """The point that is shown for the one place of a text, in metres."""
    return Point(PLANE.xy(*best_point(located(text))))


def ids(said: TextPlace) -> set[str]:
    """Every gazetteer id of every candidate."""
    return {one for candidate in said.candidates for one in candidate.location.place_ids}


def small(places: Sequence[Place], areas: Sequence[Jurisdiction] | None = None) -> Reader:
    """A reader of a few places in the town's areas, or in those given."""
    return Reader(
        places, jurisdictions() if areas is None else areas, version="small", city="350100"
    )
