"""Places of any kind drawn in any shape, with heights, without size, far away."""

from __future__ import annotations

import pytest
import shapely
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    box,
)
from shapely.geometry.base import BaseGeometry

from routing.model import PlaceKind
from tests.routing.geocoding.test_bad_gazetteer import reads
from tests.routing.geocoding.town import DAY, PLACES, PLANE, area, line, place, point, small

SHAPES: dict[str, BaseGeometry] = {
    "point": Point(100, 100),
    "points": MultiPoint([(0, 0), (900, 900)]),
    "line": LineString([(0, 0), (500, 0)]),
    "ring": LineString([(0, 0), (500, 0), (500, 500), (0, 0)]),
    "no length": LineString([(5, 5), (5, 5)]),
    "crosses itself": LineString([(0, 0), (500, 500), (500, 0), (0, 500)]),
    "polygon": box(0, 0, 300, 300),
    "sliver": box(0, 0, 5000, 0.001),
    "polygons": MultiPolygon([box(0, 0, 9, 9), box(500, 500, 600, 600)]),
    "mixed": GeometryCollection([Point(0, 0), LineString([(0, 0), (300, 0)]), box(0, 0, 50, 50)]),
    "bow tie": shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]),
    "far away": box(9e5, 9e5, 9e5 + 50, 9e5 + 50),
}


BEHIND = ["", "7号", "对面", "往北50米", "与西洪路路口", "到西洪路", "附近", "北侧"]
BEHIND += ["尽头", "南门", "3号楼", "之间"]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_any_kind_may_have_any_shape(shape: BaseGeometry) -> None:
    odd = [
        place(
            f"odd-{n}",
            f"怪石{'甲乙丙丁戊己庚辛壬癸子丑'[n]}{'路' if kind is PlaceKind.ROAD else '岭'}",
            kind.value,
            PLANE.degrees(shape),
            road="西洪路",
            number="7",
        )
        for n, kind in enumerate(PlaceKind)
    ]
    reader = small([*odd, *PLACES])
    reads(reader)
    for one in odd:
        for behind in BEHIND:
            for found in reader.read(one.name + behind, DAY).candidates:
                assert not found.location.geometry.is_empty


def test_heights_are_dropped() -> None:
    tall = [
        place("r", "高架路", "road", shapely.force_3d(line((0, 0), (900, 0)), z=12.0)),
        place("s", "横街路", "road", shapely.force_3d(line((300, -90), (300, 90)), z=3.0)),
        place("c", "云顶花园", "compound", shapely.force_3d(area(0, 50, 90, 90), z=7.0)),
        place("p", "塔楼酒店", "poi", shapely.force_3d(point(50, 50), z=99.0)),
    ]
    reader = small(tall)
    reads(reader)
    for text in (
        "高架路与横街路路口",
        "高架路",
        "云顶花园",
        "塔楼酒店",
        "塔楼酒店附近",
        "云顶花园对面",
        "高架路东段",
    ):
        said = reader.read(text, DAY)
        assert said.location is not None, text
        assert not said.location.geometry.has_z or text == "高架路"
