"""Roads that a gazetteer has only through their house numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import shapely
from shapely.geometry import LineString

from routing.geocoding.normalize import normal_name
from routing.geocoding.numbering import HouseNumber, address_of
from routing.model import Place, PlaceKind

IMPLIED = "addresses:"
"""Begins the id of a road that is none of the gazetteer's own; never shown."""
FEWEST = 2
"""Addresses from which a line can be drawn."""
ENDS = ("路", "街", "巷", "弄", "道", "里", "胡同", "条")
"""What a name has to end with to be a road: estates count their buildings too."""


def implied_roads(places: Sequence[Place]) -> Iterator[Place]:
    """A road for each name that addresses count along and no road bears, one per district.

    Its line runs through the addresses of the side with more of them, in the order of their
    numbers: as good as the numbers are, and a few metres off the road's middle.
    """
    known = {normal_name(place.name) for place in places if place.kind is not PlaceKind.ADDRESS}
    known |= {
        normal_name(alias)
        for place in places
        if place.kind is PlaceKind.ROAD
        for alias in place.aliases
    }
    found: dict[tuple[str, str], list[tuple[HouseNumber, Place]]] = {}
    for place in places:
        address = address_of(place) if place.kind is PlaceKind.ADDRESS else None
        if address is not None and address[0] not in known and address[0].endswith(ENDS):
            key = (address[0], place.admin_code[:6])
            found.setdefault(key, []).append((address[1], place))
    for (name, district), addresses in found.items():
        even = [one for one in addresses if one[0].main % 2 == 0]
        odd = [one for one in addresses if one[0].main % 2]
        side = sorted(even if len(even) >= len(odd) else odd, key=_by_number)
        points = [shapely.get_coordinates(place.geometry.centroid)[0] for _, place in side]
        if len(points) >= FEWEST and len({tuple(point) for point in points}) >= FEWEST:
            yield Place(
                id=f"{IMPLIED}{name}:{district}",
                name=name,
                kind=PlaceKind.ROAD,
                geometry=LineString(points),
                admin_code=district,
                source="addresses",
            )


def _by_number(one: tuple[HouseNumber, Place]) -> tuple[int, str]:
    return one[0].main, one[0].sub
