"""Parts of larger things: buildings and gates of an estate, poles of a road."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from shapely.geometry import LineString, MultiPoint, Point

from routing.geocoding.ground import Ground, plain_code
from routing.geocoding.mentions import Mention
from routing.geocoding.normalize import normal_name
from routing.geocoding.numbers import NUM, value
from routing.geocoding.placed import Placed, Said
from routing.geocoding.relative import COMPASS
from routing.geocoding.uncertainty import RADII_M
from routing.model import LocationPrecision, PlaceKind

BUILDING_UNKNOWN = 0.1
GATE_UNKNOWN = 0.2

_OWNERS = (PlaceKind.COMPOUND, PlaceKind.POI, PlaceKind.VILLAGE)
_STATIONS = (PlaceKind.STOP, PlaceKind.JUNCTION)
"""Own exits, and no buildings."""
_NUMBER = re.compile(rf"([A-Z]?\d+|{NUM}|[A-Z])(?=号|栋|幢|座|#|$|-|区)")
_GATE_WORD = re.compile(r"[东西南北正大侧后前小]+门|门|[A-Z]\d?")

Named = Callable[[Mention, date], list[Placed]]


def _same_number(written: str) -> str:
    """``3号楼``, ``三栋``, ``3#`` and ``03`` alike; letters stay."""
    found = _NUMBER.search(written) or re.search(r"[A-Z]?\d+", written)
    if found is None:
        return written
    said = found[1] if found.lastindex else found[0]
    number = value(said)
    return str(number) if number is not None else said.lstrip("0")


def _owners(
    mention: Mention, ground: Ground, day: date, stations: bool = False
) -> list[tuple[int, dict[str, float]]]:
    return ground.meant(mention.name, (*_OWNERS, *_STATIONS) if stations else _OWNERS, day)


def _own(ground: Ground, owner: int, kind: PlaceKind) -> list[int]:
    """Parts of a kind that belong to a thing by any of its names, and lie near it."""
    shape = ground.metres(owner)
    names = dict.fromkeys(ground.names_of(owner))
    for name in list(names):
        names.setdefault(name.removesuffix("小区"))
    return [
        number
        for name in names
        for number in ground.parts.get(name, ())
        if ground.places[number].kind is kind and ground.metres(number).distance(shape) <= 400.0
    ]


def buildings(mention: Mention, ground: Ground, day: date, named: Named) -> list[Placed]:
    """The building where it is known, else the estate; also an address counted along the estate."""
    wanted = _same_number(mention.number)
    found: list[Placed] = []
    for owner, cost in _owners(mention, ground, day):
        place = ground.places[owner]
        for number in _own(ground, owner, PlaceKind.BUILDING):
            part = ground.places[number]
            if (
                _same_number(normal_name(part.number or part.name.removeprefix(place.name)))
                == wanted
            ):
                at = ground.metres(number)
                at = at if at.geom_type in ("Point", "Polygon") else at.centroid
                radius = RADII_M[LocationPrecision.BUILDING] if at.geom_type == "Point" else 15.0
                found.append(
                    Placed(
                        at,
                        radius,
                        LocationPrecision.BUILDING,
                        (place.id, part.id),
                        Said(f"{place.name}{mention.number}", "楼栋"),
                        cost,
                    )
                )
        for name in dict.fromkeys(ground.names_of(owner)):
            for number_of, at_number in ground.addresses.get(name, ()):
                if str(number_of.main) == wanted and not number_of.sub:
                    at = ground.metres(at_number).centroid
                    found.append(
                        Placed(
                            at,
                            RADII_M[LocationPrecision.DOOR],
                            LocationPrecision.DOOR,
                            (place.id, ground.places[at_number].id),
                            Said(f"{place.name}{mention.number}", "门牌"),
                            cost,
                        )
                    )
    if found:
        return found
    return [
        replace(
            one, words=Said(one.words.name, f"{mention.number}未登记，按整个{one.words.how}")
        ).with_penalty("building_unknown", BUILDING_UNKNOWN)
        for one in named(mention, day)
    ]


def has_building(owner: int, number: int, ground: Ground) -> bool:
    """Whether an estate has a building of a number; true where none of its buildings is known."""
    known = _own(ground, owner, PlaceKind.BUILDING)
    return not known or any(
        _same_number(normal_name(ground.places[n].number or ground.places[n].name)) == str(number)
        for n in known
    )


def gates(mention: Mention, ground: Ground, day: date, named: Named) -> list[Placed]:
    """The gate or exit where it is known, else the side of the estate that it must be on."""
    word = _GATE_WORD.search(mention.number)
    wanted = word[0] if word else mention.number
    found: list[Placed] = []
    for owner, cost in _owners(mention, ground, day, stations=True):
        place = ground.places[owner]
        known = _own(ground, owner, PlaceKind.GATE)
        fitting = [
            n
            for n in known
            if wanted != "门"
            and _is_gate(
                ground.places[n].name.removeprefix(place.name) + ground.places[n].number, wanted
            )
        ]
        if not fitting and wanted in ("大门", "正门", "门") and known:
            points = [ground.metres(n).centroid for n in known]
            ids = (place.id, *(ground.places[n].id for n in known))
            words = Said(
                f"{place.name}{mention.number}", "各出入口" if len(known) > 1 else "出入口"
            )
            found.append(
                Placed(
                    on_points(points),
                    RADII_M[LocationPrecision.GATE],
                    LocationPrecision.GATE,
                    ids,
                    words,
                    cost,
                )
            )
        for number in fitting:
            at = ground.metres(number).centroid
            found.append(
                Placed(
                    at,
                    RADII_M[LocationPrecision.GATE],
                    LocationPrecision.GATE,
                    (place.id, ground.places[number].id),
                    Said(f"{place.name}{mention.number}", "出入口"),
                    cost,
                )
            )
    if found:
        return found
    return [_side_of(one, wanted, mention.number) for one in named(mention, day)]


def _is_gate(name: str, wanted: str) -> bool:
    plain = normal_name(name)
    if wanted.endswith("门"):
        return wanted in plain or (wanted.endswith("大门") and wanted[0] + "门" in plain)
    return re.search(rf"{re.escape(wanted)}(?:号|口|出|入|$)", plain) is not None


def _side_of(one: Placed, wanted: str, said: str) -> Placed:
    """Where a gate of that side must be: the estate's edge in that direction."""
    if not one.geometry.geom_type.endswith("Polygon"):
        return one.with_penalty("gate_unknown", GATE_UNKNOWN)
    middle = one.geometry.centroid
    ways = [COMPASS[char] for char in wanted if char in COMPASS][:1]
    words = Said(f"{one.words.name}{said}", "出入口未登记")
    if not ways:
        return replace(one, words=words).with_penalty("gate_unknown", GATE_UNKNOWN)
    x, y = ways[0]
    ray = LineString([middle, (middle.x + 3000 * x, middle.y + 3000 * y)])
    edge = one.geometry.boundary.intersection(ray)
    points = [part for part in getattr(edge, "geoms", [edge]) if part.geom_type == "Point"]
    if not points:
        return one.with_penalty("gate_unknown", GATE_UNKNOWN)
    far = max(points, key=lambda point: point.distance(middle))
    west, south, east, north = one.geometry.bounds
    return replace(
        one,
        geometry=Point(far.x, far.y),
        precision=LocationPrecision.GATE,
        words=words,
        radius_m=max(60.0, min(east - west, north - south) / 2),
    ).with_penalty("gate_unknown", GATE_UNKNOWN)


def poles(mention: Mention, ground: Ground, day: date) -> list[Placed]:
    """Poles of a number, those on the named road first; all of them where several bear it."""
    code = normal_name(mention.number)
    numbers = ground.poles.get(plain_code(mention.number), [])
    roads = [road for road, _ in ground.roads_of(mention.name, day)]
    found: list[Placed] = []
    for number in numbers:
        at, place = ground.metres(number).centroid, ground.places[number]
        near = [road for road in roads if road.line.distance(at) <= 60.0]
        if roads and not near:
            continue
        found.append(
            Placed(
                at,
                RADII_M[LocationPrecision.POLE],
                LocationPrecision.POLE,
                (place.id,),
                Said(f"{place.road or place.name}{code if place.road else ''}", "编号设施"),
                {},
                near[0] if near else None,
            )
        )
    return found


def on_points(points: list[Point]) -> MultiPoint | Point:
    """One point, or several."""
    return points[0] if len(points) == 1 else MultiPoint(points)
