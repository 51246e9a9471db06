"""Mentions on the ground: every place each of them may mean, with what its reading costs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import shapely
from shapely.geometry import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from routing.geocoding.forms import FORM_PENALTIES
from routing.geocoding.ground import Ground
from routing.geocoding.lexicon import EntryKind
from routing.geocoding.mentions import Mention, Shape
from routing.geocoding.numbering import House, parse_number
from routing.geocoding.parts import buildings, gates, poles
from routing.geocoding.placed import Placed, Said
from routing.geocoding.relative import modified
from routing.geocoding.roads import Road
from routing.geocoding.sides import own_side
from routing.geocoding.stretches import between, chainage, segments
from routing.geocoding.uncertainty import BARE_COMPOUND_M, BARE_VILLAGE_M, RADII_M
from routing.model import JurisdictionLevel, LocationPrecision, Place, PlaceKind

MOST_JUNCTIONS = 6
"""Junctions of one road up to which 路口 without a second road is told as those; a road with more
is a road."""

SAME_THING_M = 300.0
"""Metres. Entries of one name and kind nearer than this are one thing: the stop for each direction,
a school registered twice."""

COMMON = 24
"""Things of one name beyond which the name alone is not read: nobody can choose from more."""

STOP_BESIDE_M = 45.0
"""Metres from a road's middle to its stops."""

NO_NUMBER = 0.8
INTERPOLATED = 0.3
"""Of two roads of one name, the one that has the number itself is meant."""
NUMBER_GAP = 0.6
NO_CROSSING = 1.5
PASSES = 0.3
LOOSE = 0.2
SOME_JUNCTION = 0.5
NO_STOP = 0.5
FAR_FROM_ROAD = 0.5

_KINDS: dict[PlaceKind, tuple[LocationPrecision, str]] = {
    PlaceKind.COMPOUND: (LocationPrecision.COMPOUND, "小区院落"),
    PlaceKind.BUILDING: (LocationPrecision.BUILDING, "楼栋"),
    PlaceKind.ADDRESS: (LocationPrecision.DOOR, "门牌"),
    PlaceKind.POI: (LocationPrecision.POI, "兴趣点"),
    PlaceKind.STOP: (LocationPrecision.STOP, "公交站"),
    PlaceKind.GATE: (LocationPrecision.GATE, "出入口"),
    PlaceKind.POLE: (LocationPrecision.POLE, "编号设施"),
    PlaceKind.JUNCTION: (LocationPrecision.JUNCTION, "路口"),
    PlaceKind.VILLAGE: (LocationPrecision.VILLAGE, "村"),
    PlaceKind.WATER: (LocationPrecision.WATER, "水系"),
    PlaceKind.ADMIN: (LocationPrecision.COMMUNITY, "区域"),
}
_AREA_PRECISION = {
    JurisdictionLevel.DISTRICT: LocationPrecision.DISTRICT,
    JurisdictionLevel.SUBDISTRICT: LocationPrecision.SUBDISTRICT,
    JurisdictionLevel.COMMUNITY: LocationPrecision.COMMUNITY,
    JurisdictionLevel.GRID: LocationPrecision.GRID,
}
_DOOR_WORDS = {
    LocationPrecision.DOOR: "门牌，已登记",
    LocationPrecision.DOOR_BETWEEN: "门牌，在已登记的两号之间推算",
    LocationPrecision.DOOR_BEYOND: "门牌，在已登记的门牌之外推算",
}


THINGS_KEPT = 20_000
"""Named things whose drawn ground is kept, so that memory does not grow with the complaints."""


class _Drawn(NamedTuple):
    """The ground of a thing with a name of its own, whatever it is called by."""

    shape: BaseGeometry
    radius_m: float
    bare: bool
    """Only a point of it is known."""
    ground: BaseGeometry | None


class Placer:
    """Places mentions on one ground."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._things: dict[tuple[int, ...], _Drawn] = {}
        self._shapes: dict[Shape, Callable[[Mention, date], list[Placed]]] = {
            Shape.ROAD: self._road,
            Shape.HOUSE: self._house,
            Shape.RANGE: self._range,
            Shape.CROSSING: self._crossing,
            Shape.JUNCTION: self._junction,
            Shape.SEGMENT: lambda mention, day: segments(mention, ground, day, self.place),
            Shape.BETWEEN: lambda mention, day: between(mention, day, self.place),
            Shape.CHAINAGE: self._chainage,
            Shape.POLE: lambda mention, day: (
                poles(mention, ground, day) or self._road(mention, day)
            ),
            Shape.BUILDING: lambda mention, day: buildings(mention, ground, day, self._named),
            Shape.GATE: lambda mention, day: gates(mention, ground, day, self._named),
            Shape.STOP_ON_ROAD: self._stop_on_road,
            Shape.NAMED: self._named,
            Shape.AREA: self._area,
        }

    def place(self, mention: Mention, day: date) -> list[Placed]:
        """Every place the mention may mean, its modifiers applied; empty where there is none."""
        found = self._shapes[mention.shape](mention, day)
        if mention.near is not None:
            found = [self._beside_road(one, mention, day) for one in found]
        if mention.modifiers:
            found = [modified(one, mention, self.ground.roads) for one in found]
        return found

    def _road(self, mention: Mention, day: date) -> list[Placed]:
        return [
            Placed(
                road.line,
                RADII_M[LocationPrecision.ROAD],
                LocationPrecision.ROAD,
                road.place_ids,
                Said(f"{road.name}", "整条道路"),
                cost,
                road,
            )
            for road, cost in self.ground.roads_of(mention.name, day)
        ]

    def _house(self, mention: Mention, day: date) -> list[Placed]:
        number = parse_number(mention.number)
        found: list[Placed] = []
        loose = {"loose": LOOSE} if mention.loose else {}
        for road, cost in self.ground.roads_of(mention.name, day):
            houses = self.ground.numbering(road).find(number) if number else []
            gap = self.ground.numbering(road).gap(number) if number and not houses else None
            if houses:
                found += [self._door(house, road, mention.number, cost | loose) for house in houses]
            elif gap is not None:
                said = Said(f"{road.name}{mention.number}", "门牌，在相距很远的两号之间")
                precision = LocationPrecision.DOOR_BETWEEN  # one spot, of which a line is known
                found.append(
                    Placed(
                        gap[0],
                        RADII_M[precision],
                        precision,
                        (*road.place_ids, *gap[1]),
                        said,
                        cost | loose | {"number_gap": NUMBER_GAP},
                        road,
                    )
                )
            else:
                whole = Placed(
                    road.line,
                    RADII_M[LocationPrecision.ROAD],
                    LocationPrecision.ROAD,
                    road.place_ids,
                    Said(f"{road.name}", f"门牌{mention.number}未登记，整条道路"),
                    cost | {"number_unknown": self._no_number(road)},
                    road,
                )
                found.append(whole)
        if mention.detail is not None:
            found = self._closer(found, mention.detail, day)
        return found

    def _no_number(self, road: Road) -> float:
        """Dear where the road's numbers are known and this is none of them."""
        return NO_NUMBER if not self.ground.numbering(road).empty else NO_NUMBER / 2

    def _door(self, house: House, road: Road, number: str, cost: dict[str, float]) -> Placed:
        radius = max(RADII_M[house.precision], house.spread_m)
        if house.precision is LocationPrecision.DOOR:
            radius += house.spread_m
        if house.precision is not LocationPrecision.DOOR:
            cost = {**cost, "interpolated": INTERPOLATED}
        words = Said(f"{road.name}{number}", _DOOR_WORDS[house.precision])
        at = Point(house.at)
        return Placed(
            at,
            radius,
            house.precision,
            (*road.place_ids, house.place_id),
            words,
            cost,
            road,
            own_side(at, radius, road),
        )

    def _closer(self, found: list[Placed], detail: Mention, day: date) -> list[Placed]:
        """The second description where it agrees with the first and is known better."""
        named = self.place(detail, day)
        result = []
        for one in found:
            near = [
                other for other in named if other.geometry.distance(one.geometry) <= SAME_THING_M
            ]
            if not near:
                result.append(one)
                continue
            best = min(
                near, key=lambda other: (other.penalty, other.geometry.distance(one.geometry))
            )
            finer = (
                one.precision is not LocationPrecision.DOOR
                or best.precision is LocationPrecision.BUILDING
            )
            chosen = best if finer else one
            ids = tuple(dict.fromkeys((*one.place_ids, *best.place_ids)))
            penalties = {
                name: size for name, size in one.penalties.items() if name != "number_unknown"
            }
            result.append(
                replace(
                    chosen,
                    place_ids=ids,
                    penalties=penalties,
                    road=one.road,
                    words=Said(f"{one.words.name}{best.words.name}", chosen.words.how),
                )
            )
        return result

    def _range(self, mention: Mention, day: date) -> list[Placed]:
        first, last = (parse_number(part) for part in _ends_of_range(mention.number))
        whole = parse_number(mention.number)
        found: list[Placed] = []
        for road, cost in self.ground.roads_of(mention.name, day):
            numbering = self.ground.numbering(road)
            exact = numbering.find(whole) if whole and whole.sub else []
            sub = bool(exact) and exact[0].spread_m == 0
            if first and last and last.main < first.main and "-" not in mention.number:
                first, last = last, first  # 76号和56号之间
            if first is None or last is None or last.main < first.main or sub:
                found += [self._door(house, road, mention.number, cost) for house in exact]
                continue
            part = numbering.stretch(first, last)
            if part is not None:
                ids = (*road.place_ids, *part[1])
                words = Said(f"{road.name}{mention.number}", "门牌区段")
                radius = RADII_M[LocationPrecision.DOOR_RANGE]
                found.append(
                    Placed(part[0], radius, LocationPrecision.DOOR_RANGE, ids, words, cost, road)
                )
                continue
            houses = numbering.find(first) or numbering.find(last)
            found += [self._door(house, road, mention.number, cost) for house in houses]
        return found or [
            one.with_penalty("number_unknown", NO_NUMBER) for one in self._road(mention, day)
        ]

    def _crossing(self, mention: Mention, day: date) -> list[Placed]:
        loose = {"loose": LOOSE} if mention.loose else {}
        found: list[Placed] = []
        apart: list[Placed] = []
        for a, cost_a in self.ground.roads_of(mention.name, day):
            for b, cost_b in self.ground.roads_of(mention.other, day):
                if a.number == b.number:
                    continue
                points, real = self.ground.roads.meeting(a, b)
                cost = {n: cost_a.get(n, 0.0) + cost_b.get(n, 0.0) for n in {**cost_a, **cost_b}}
                ids = (*a.place_ids, *b.place_ids)
                words = f"{a.name}与{b.name}路口"
                if points:
                    cost |= loose | ({} if real else {"passes": PASSES})
                    how = f"路口，两路{len(points)}处相交" if len(points) > 1 else "路口"
                    found.append(
                        Placed(
                            _points(points),
                            RADII_M[LocationPrecision.JUNCTION],
                            LocationPrecision.JUNCTION,
                            ids,
                            Said(words, how),
                            cost,
                            a,
                        )
                    )
                else:
                    apart.append(
                        Placed(
                            a.line,
                            RADII_M[LocationPrecision.ROAD],
                            LocationPrecision.ROAD,
                            ids,
                            Said(words, "两路不相交"),
                            cost | {"no_crossing": NO_CROSSING},
                            a,
                        )
                    )
        return found or apart

    def _junction(self, mention: Mention, day: date) -> list[Placed]:
        found: list[Placed] = []
        others = {road.number: road for road, _ in self.ground.roads_of(mention.bracket, day)}
        for road, cost in self.ground.roads_of(mention.name, day):
            crossings = self.ground.roads.crossings(road)
            if others and road.number not in others:
                crossings = tuple(one for one in crossings if one[1].number in others) or crossings
            named = self.ground.named_junctions(road) if not others else []
            if named:
                points = [self.ground.metres(number).centroid for number in named]
                ids = (*road.place_ids, *(self.ground.places[number].id for number in named))
                found.append(
                    Placed(
                        _points(points),
                        RADII_M[LocationPrecision.JUNCTION],
                        LocationPrecision.JUNCTION,
                        ids,
                        Said(f"{road.name}路口", "路口"),
                        cost,
                        road,
                    )
                )
                continue
            points = [point for point, _ in crossings]
            if not points or len(points) > MOST_JUNCTIONS:
                words = Said(f"{road.name}路口", "未说明与哪条路相交，整条道路")
                found.append(
                    Placed(
                        road.line,
                        RADII_M[LocationPrecision.ROAD],
                        LocationPrecision.ROAD,
                        road.place_ids,
                        words,
                        cost | {"some_junction": SOME_JUNCTION},
                        road,
                    )
                )
                continue
            words = Said(
                f"{road.name}路口", f"共{len(points)}处路口" if len(points) > 1 else "路口"
            )
            some = {"some_junction": SOME_JUNCTION} if len(points) > 1 else {}
            found.append(
                Placed(
                    _points(points),
                    RADII_M[LocationPrecision.JUNCTION],
                    LocationPrecision.JUNCTION,
                    road.place_ids,
                    words,
                    cost | some,
                    road,
                )
            )
        return found

    def _chainage(self, mention: Mention, day: date) -> list[Placed]:
        found = []
        for road, cost in self.ground.roads_of(mention.name, day):
            at = chainage(mention, road, self.ground)
            if at is not None:
                found.append(replace(at, penalties={**cost, **at.penalties}))
        return found or self._road(mention, day)

    def _stop_on_road(self, mention: Mention, day: date) -> list[Placed]:
        found = []
        for road, cost in self.ground.roads_of(mention.name, day):
            stops = self.ground.stops_on(road, STOP_BESIDE_M)
            points = [self.ground.metres(n).centroid for n in stops]
            if points and len(points) <= MOST_JUNCTIONS:
                ids = (*road.place_ids, *(self.ground.places[n].id for n in stops))
                found.append(
                    Placed(
                        MultiPoint(points),
                        RADII_M[LocationPrecision.STOP],
                        LocationPrecision.STOP,
                        ids,
                        Said(f"{road.name}上的公交站", "公交站，未说明站名"),
                        cost | {"stop_unnamed": NO_STOP},
                        road,
                    )
                )
        return found or [
            one.with_penalty("stop_unnamed", NO_STOP) for one in self._road(mention, day)
        ]

    def _named(self, mention: Mention, day: date) -> list[Placed]:
        """Whatever has a name and a place of its own; entries of one thing are put together.

        A name that hundreds of things bear (a chain of shops) means nothing by itself: only those
        on the road that is said with it are meant.
        """
        kinds = frozenset(PlaceKind) - {PlaceKind.ROAD}
        meant = self.ground.meant(mention.name, kinds, day)
        if len(meant) > COMMON:
            roads = [road for road, _ in self.ground.roads_of(mention.near, day)]
            meant = [
                (number, cost)
                for number, cost in meant
                if any(road.line.distance(self.ground.metres(number)) <= 80.0 for road in roads)
            ][:COMMON]
        groups: list[tuple[PlaceKind, list[int], dict[str, float]]] = []
        for number, cost in meant:
            kind = self.ground.places[number].kind
            shape = self.ground.metres(number)
            for known in groups:
                same = known[0] is kind and known[2] == cost
                if same and self.ground.metres(known[1][0]).distance(shape) <= SAME_THING_M:
                    known[1].append(number)
                    break
            else:
                groups.append((kind, [number], cost))
        return [self._thing(kind, numbers, cost) for kind, numbers, cost in groups]

    def _thing(self, kind: PlaceKind, numbers: list[int], cost: dict[str, float]) -> Placed:
        key = tuple(numbers)
        drawn = self._things.get(key)
        if drawn is None:
            if len(self._things) >= THINGS_KEPT:
                self._things.clear()
            drawn = self._things[key] = self._drawn(kind, numbers)
        if drawn.bare:
            cost = {**cost, "bare": 0.0}
        precision, word = _KINDS[kind]
        place = self.ground.places[numbers[0]]
        ids = tuple(self.ground.places[number].id for number in numbers)
        return Placed(drawn.shape, drawn.radius_m, precision, ids, Said(place.name, word), cost,
                      ground=drawn.ground)  # fmt: skip

    def _drawn(self, kind: PlaceKind, numbers: list[int]) -> _Drawn:
        shapes = [self.ground.metres(number) for number in numbers]
        shape = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
        precision, _ = _KINDS[kind]
        radius, bare = RADII_M[precision], False
        if shape.geom_type in ("Point", "MultiPoint"):
            wide = {PlaceKind.COMPOUND: BARE_COMPOUND_M, PlaceKind.VILLAGE: BARE_VILLAGE_M}
            if kind in wide:
                # anywhere in an estate that nobody has drawn, not scattered around its point
                radius, bare = wide[kind], True
                if kind is PlaceKind.COMPOUND:
                    shape, radius = shape.buffer(radius, quad_segs=6), RADII_M[precision]
        elif shape.geom_type.endswith("Polygon"):
            shape = shape.buffer(RADII_M[LocationPrecision.COMPOUND], quad_segs=2)
        elif shape.geom_type == "GeometryCollection":
            shape = max(shapely.get_parts(shape), key=lambda part: (part.area, part.length))
        place = self.ground.places[numbers[0]]
        ground = self._village_ground(place, shape, radius) if bare else None
        return _Drawn(shape, radius, bare, ground)

    def _village_ground(
        self, place: Place, shape: BaseGeometry, radius: float
    ) -> BaseGeometry | None:
        """Of a village known by a point only: what lies in the community that its code names."""
        if place.kind is not PlaceKind.VILLAGE or not place.admin_code:
            return None
        for area in self.ground.lexicon.areas:
            if area.code == place.admin_code:
                around = self.ground.plane.metres(area.versions[-1].geometry)
                part = shape.buffer(radius, quad_segs=6).intersection(around)
                return part if part.area > 1.0 else None
        return None

    def _area(self, mention: Mention, day: date) -> list[Placed]:
        found, seen = [], set[int]()
        for entry in mention.name.entries if mention.name else ():
            if entry.kind is EntryKind.AREA and entry.number not in seen:
                seen.add(entry.number)
                area = self.ground.lexicon.areas[entry.number]
                shape = self.ground.plane.metres(area.on(day).geometry)
                cost = {entry.how: FORM_PENALTIES[entry.how]} if FORM_PENALTIES[entry.how] else {}
                precision = _AREA_PRECISION[area.level]
                found.append(
                    Placed(
                        shape,
                        RADII_M[precision],
                        precision,
                        (),
                        Said(f"{area.name}", "辖区范围"),
                        cost,
                    )
                )
        return found

    def _beside_road(self, one: Placed, mention: Mention, day: date) -> Placed:
        """西洪路阳光花园: the estate near that road; dearer the farther it lies from it."""
        roads = [road for road, _ in self.ground.roads_of(mention.near, day)]
        if not roads:
            return one
        road = min(roads, key=lambda road: road.line.distance(one.geometry))
        gap = road.line.distance(one.geometry)
        size = FAR_FROM_ROAD * math.log2(gap / 150.0) if gap > 150.0 else 0.0
        return replace(
            one.with_penalty("far_from_road", round(size, 3)), road=road if gap < 80 else one.road
        )


def _points(points: list[Point]) -> BaseGeometry:
    return points[0] if len(points) == 1 else MultiPoint(points)


def _ends_of_range(written: str) -> tuple[str, str]:
    for joint in ("至", "到", "~", "-", "和", "与", "跟", "同", "、"):
        if joint in written:
            first, _, last = written.partition(joint)
            return first, last.removesuffix("段")
    return written, written
