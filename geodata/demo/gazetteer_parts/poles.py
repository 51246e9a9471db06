"""Lamp poles with the numbers on their plates."""

from __future__ import annotations

from collections.abc import Iterator

from shapely.geometry import Point

from geodata.demo.gazetteer_parts.ground import Ground
from routing.model import Place, PlaceKind

_STEP_M = 32.0
_LETTERED: dict[str, str] = {
    "湖东路": "B",
    "津泰路": "A",
    "铜盘路": "B",
    "大凤路": "A",
    "古田路": "C",
}
"""Road → letter of its series; the same plate may hang on two roads."""
_SEVEN_DIGITS: dict[str, int] = {"西洪路": 5009001, "五四路": 5012001, "乌山路": 5017001}
"""Road → first number of its series; unique in the city."""


def pole_places(ground: Ground) -> Iterator[Place]:
    """Alternately left and right of the road, rising from its beginning."""
    for road in ground.roads:
        letter, first = _LETTERED.get(road.name), _SEVEN_DIGITS.get(road.name)
        if letter is None and first is None:
            continue
        for count in range(int(road.main.length / _STEP_M)):
            number = f"{letter}-{count + 1:03d}" if first is None else str(first + count)
            off = (road.width_m / 2 + 1) * (1 if count % 2 else -1)
            name = f"{road.name}{number}号灯杆" if first is None else f"{number}号灯杆"
            yield ground.place(
                id=f"demo-pole-{road.id[-3:]}-{number}",
                name=name,
                kind=PlaceKind.POLE,
                shape=Point(road.beside(count * _STEP_M + 10, off)),
                aliases=(name.replace("灯杆", "路灯杆"),),
                road=road.name,
                number=number,
            )
