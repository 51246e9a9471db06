"""A small city drawn in cells of 100 m, with the four levels, zones, rules and places in it.

Every level is a drawing of its own, all with the same south-west corner, so a test shows where the
levels agree and where one has a gap. Letters stand for the jurisdictions below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from geodata.units import Units
from routing.dispatch.rules import RuleSet
from routing.jurisdiction.borders import BorderSegment
from routing.jurisdiction.index import JurisdictionIndex
from routing.metric import metres_per_degree
from routing.model import (
    Complaint,
    Hits,
    Jurisdiction,
    JurisdictionLevel,
    Location,
    LocationPrecision,
    Recommendation,
    Unit,
    UnitKind,
)
from routing.pipeline import Deps, route
from tests.drawing import SOUTH, WEST, draw

DAY = date(2026, 9, 1)
CELL_M = 100.0
VERSION = "鼓楼区网格界线@2026-01-01#12ab34cd"

NAMES = {
    "D": ("350102", "鼓楼区", None),
    "H": ("350102100", "洪山镇", "350102"),
    "W": ("350102008", "五凤街道", "350102"),
    "J": ("350102100001", "金牛山社区", "350102100"),
    "F": ("350102100002", "福屿社区", "350102100"),
    "B": ("350102008001", "白龙社区", "350102008"),
    "1": ("350102100001001", "第1网格", "350102100001"),
    "2": ("350102100001002", "第2网格", "350102100001"),
    "3": ("350102100002001", "第1网格", "350102100002"),
    "4": ("350102008001001", "第1网格", "350102008001"),
    "5": ("350102008001002", "第2网格", "350102008001"),
    "R": ("RW-1", "福州站铁路用地", None),
    "M": ("RIVER-1", "白马河", None),
    "P": ("ROAD-1", "西洪路", None),
}
"""Letter → code, name, parent code."""

CODE = {letter: code for letter, (code, _, _) in NAMES.items()}

UNITS = Units(
    [
        Unit(code="JSJ", name="区建设局", kind=UnitKind.DEPARTMENT),
        Unit(code="CGJ", name="区城管局", kind=UnitKind.DEPARTMENT),
        Unit(code="TL", name="铁路公司", kind=UnitKind.COMPANY),
        Unit(code="HD", name="区河道中心", kind=UnitKind.DEPARTMENT),
        *(Unit(code=CODE[letter], name=name, kind=UnitKind.SUBDISTRICT)
          for letter, (_, name, _) in NAMES.items() if letter in "HW"),
    ]
)  # fmt: skip

RULES = """
version = "2026-09"
[[overlay]]
kind = "railway"
category = ["暴露垃圾", "违法建设"]
[[overlay]]
kind = "river"
category = ["暴露垃圾"]
[[overlay]]
kind = "road"
category = []
[[rule]]
id = "road-damage"
category = ["道路破损"]
where = { on = ["road"] }
lead = "JSJ"
co = ["CGJ", "subdistrict", "CGJ", "community"]
basis = "《鼓楼区职责清单》第12条"
[[rule]]
id = "vendors"
category = ["占道经营"]
lead = "subdistrict"
co = ["CGJ"]
[[rule]]
id = "rubbish"
category = ["暴露垃圾"]
lead = "CGJ"
"""


@dataclass(frozen=True)
class DrawnCity:
    """Jurisdictions and border rules, before they are indexed."""

    jurisdictions: tuple[Jurisdiction, ...]
    borders: tuple[BorderSegment, ...] = ()
    rules: str = RULES

    def deps(self) -> Deps:
        return Deps(
            index=JurisdictionIndex(self.jurisdictions, self.borders),
            rules=RuleSet.parse(self.rules, "rules.toml"),
            units=UNITS,
        )

    def ask(
        self,
        place: BaseGeometry,
        category: str | None = None,
        *,
        radius_m: float = 10.0,
        words: str = "",
        day: date = DAY,
    ) -> tuple[Hits, Recommendation]:
        """Hits and answer for one place; ``words`` are those the place was found by."""
        location = Location(
            geometry=place,
            radius_m=radius_m,
            precision=LocationPrecision.PIN,
            matched_text=words,
        )
        complaint = Complaint(id="1", category=category, location=location)
        routed = route(complaint, day, self.deps())
        return routed.hits, routed.recommendation


def areas(
    picture: str,
    level: str,
    *,
    kind: str | None = None,
    precedence: int = 0,
    unit: str | None = None,
    **fields: object,
) -> tuple[Jurisdiction, ...]:
    """The letters of a drawing as jurisdictions of one level."""
    made = []
    for letter, shape in draw(picture, cell_m=CELL_M).items():
        code, name, parent = NAMES[letter]
        made.append(
            Jurisdiction(
                code=code, name=name, level=JurisdictionLevel(level), geometry=shape,
                unit_code=unit or code, parent_code=parent, overlay_kind=kind,
                precedence=precedence, version=VERSION,
            )
        )  # fmt: skip
    return tuple(replace(one, **fields) for one in made)  # type: ignore[arg-type]


def city(
    grids: str | None = "1122 4455",
    communities: str | None = "JJJJ BBBB",
    subdistricts: str | None = "HHHH WWWW",
    district: str | None = "DDDD DDDD",
    *,
    zones: Sequence[Jurisdiction] = (),
    borders: Sequence[BorderSegment] = (),
    rules: str = RULES,
    rows: int = 4,
) -> DrawnCity:
    """Levels given as one line each, repeated northwards ``rows`` times, or drawn with newlines.

    Blanks in one line only help the eye; ``None`` leaves the level out.
    """
    made: list[Jurisdiction] = list(zones)
    pictures = {"grid": grids, "community": communities,
                "subdistrict": subdistricts, "district": district}  # fmt: skip
    for level, picture in pictures.items():
        if picture is not None:
            drawn = picture if "\n" in picture else "\n".join([picture.replace(" ", "")] * rows)
            made += areas(drawn, level)
    return DrawnCity(tuple(made), tuple(borders), rules)


def spot(column: float, row: float) -> Point:
    """The point so many cells east and north of the drawing's south-west corner."""
    mx, my = metres_per_degree(SOUTH)
    return Point(WEST + column * (CELL_M / mx), SOUTH + row * (CELL_M / my))


def way(*spots: tuple[float, float]) -> LineString:
    """A line through such points."""
    return LineString([spot(column, row) for column, row in spots])
