"""Roads, houses, compounds, stops, shops and poles of the invented city, on a lattice.

Everything is laid out on straight lines in metres; one smooth warp of the whole plane then curves
roads, houses and borders alike, so that what stood beside a road still does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np

from routing.model import PlaceKind
from tests.acceptance.generator.city_names import (
    BRANDS,
    COMPOUNDS_EVERYWHERE,
    EVERYWHERE,
    TRAPS,
    Names,
)

BLOCK_M = 220.0
"""Distance of parallel roads."""
FIRST_ROAD_M = BLOCK_M / 2
"""From the rim of the city to its first road."""
_FRONTAGE_M = (11.0, 24.0)
_KNOWN = 0.72
"""Share of the house numbers that the gazetteer has."""

XY = tuple[float, float]


@dataclass(kw_only=True)
class Laid:
    """One thing before it is warped: ``coords`` is (n, 2) metres."""

    kind: PlaceKind
    name: str
    coords: np.ndarray
    shape: str = "point"
    road: str = ""
    number: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Street:
    name: str
    start: XY
    along: XY
    """Unit vector."""
    length: float
    lane: bool = False
    aliases: tuple[str, ...] = ()
    crossings: list[tuple[float, str]] = field(default_factory=list)

    def at(self, metres: float, aside: float = 0.0) -> XY:
        """Along and, to the left, aside."""
        (x, y), (dx, dy) = self.start, self.along
        return x + dx * metres - dy * aside, y + dy * metres + dx * aside


Borders = tuple[Sequence[float], Sequence[float]]
"""Positions of upright and of level border lines, metres."""


def lay_city(
    width: float, height: float, rng: Random, names: Names, borders: Borders
) -> Iterator[Laid]:
    """Everything, roads first; no compound lies on two sides of a border."""
    streets = _main_streets(width, height, rng, names)
    _note_crossings(streets)
    lanes = [_lane(street, rng, names) for street in streets for _ in range(rng.randint(0, 2))]
    for street in (*streets, *lanes):
        steps = max(2, int(street.length / 40) + 1)
        coords = np.array([street.at(m) for m in np.linspace(0, street.length, steps)])
        yield Laid(kind=PlaceKind.ROAD, name=street.name, coords=coords, shape="line",
                   aliases=street.aliases)  # fmt: skip
    compounds = list(_compounds(width, height, rng, names, borders))
    for compound in compounds:
        yield compound
        yield from _inside(compound, rng)
    for street in (*streets, *lanes):
        yield from _houses(street, rng)
    for street in streets:
        yield from _stops(street, compounds, rng)
        yield from _poles(street, rng)
    for street in streets:
        yield from _shops(street, rng, names)
    yield from _country(width, height, rng, names)


def _main_streets(width: float, height: float, rng: Random, names: Names) -> list[_Street]:
    planned: list[tuple[XY, XY, float]] = []
    for along, across, turned in ((width, height, False), (height, width, True)):
        for line in np.arange(FIRST_ROAD_M, across, BLOCK_M):
            start = rng.uniform(0, 400)
            while start + 400 < along:
                length = min(rng.uniform(500, 2600), along - start)
                at = (float(line), start) if turned else (start, float(line))
                planned.append((at, (0.0, 1.0) if turned else (1.0, 0.0), length))
                start += length + rng.choice((0.0, 0.0, BLOCK_M))
    rng.shuffle(planned)
    wanted = list(TRAPS)
    district = width / 3
    used: dict[str, set[int]] = defaultdict(set)
    streets = []
    for at, direction, length in planned:
        third = int(at[0] // district)
        common = [name for name in EVERYWHERE if third not in used[name]]
        if common and rng.random() < 0.2:
            name = common[0]
            used[name].add(third)
        elif wanted:
            name = wanted.pop()
        else:
            name = names.road()
        aliases = {"金铺路": ("S201", "201省道"), "八一七路": ("817路",)}.get(name, ())
        if not aliases and rng.random() < 0.06:
            aliases = (names.road(),)  # what it was called before
        streets.append(
            _Street(name=name, start=at, along=direction, length=length, aliases=aliases)
        )
    return streets


def _note_crossings(streets: list[_Street]) -> None:
    upright = [s for s in streets if s.along[0] == 0.0]
    for street in streets:
        if street.along[0] == 0.0:
            continue
        y = street.start[1]
        for other in upright:
            m = other.start[0] - street.start[0]
            if 0 <= m <= street.length and 0 <= y - other.start[1] <= other.length:
                street.crossings.append((m, other.name))
                other.crossings.append((y - other.start[1], street.name))


def _lane(street: _Street, rng: Random, names: Names) -> _Street:
    side = rng.choice((-1.0, 1.0))
    (dx, dy) = street.along
    where = rng.uniform(20, max(21.0, street.length - 20))
    return _Street(
        name=names.lane(street.name), start=street.at(where), along=(-dy * side, dx * side),
        length=rng.uniform(60, 180), lane=True,
    )  # fmt: skip


def _houses(street: _Street, rng: Random) -> Iterator[Laid]:
    aside = 5.0 if street.lane else 22.0
    for left in (True, False):
        number, metres = (1 if left else 2), rng.uniform(5, 20)
        while metres < street.length - 4:
            if rng.random() < _KNOWN:
                at = street.at(metres, aside if left else -aside)
                written = f"{number}" if rng.random() > 0.02 else f"{number}-{rng.randint(1, 4)}"
                yield Laid(kind=PlaceKind.ADDRESS, name=f"{street.name}{written}号",
                           coords=np.array([at]), road=street.name, number=written)  # fmt: skip
            metres += rng.uniform(*_FRONTAGE_M)
            number += 2


def _compounds(
    width: float, height: float, rng: Random, names: Names, borders: Borders
) -> Iterator[Laid]:
    everywhere = [(name, third) for name in COMPOUNDS_EVERYWHERE for third in range(3)]
    for x in np.arange(FIRST_ROAD_M, width - BLOCK_M, BLOCK_M):
        for y in np.arange(FIRST_ROAD_M, height - BLOCK_M, BLOCK_M):
            if rng.random() > 0.4:
                continue
            due = [e for e in everywhere if e[1] == int(x // (width / 3))]
            if due and rng.random() < 0.3:
                everywhere.remove(due[0])
                name = due[0][0]
            else:
                name = names.compound()
            west, south = x + rng.uniform(30, 70), y + rng.uniform(30, 70)
            east, north = x + BLOCK_M - rng.uniform(30, 70), y + BLOCK_M - rng.uniform(30, 70)
            west, east = _one_side(west, east, borders[0])
            south, north = _one_side(south, north, borders[1])
            ring = np.array([(west, south), (east, south), (east, north), (west, north)])
            aliases: tuple[str, ...] = ()
            if rng.random() < 0.15 and len(name) >= 5:
                aliases = (
                    (name[2:],)
                    if name[:2] in ("万科", "恒大", "融侨", "保利")
                    else (name[:2] + "小区",)
                )
            yield Laid(kind=PlaceKind.COMPOUND, name=name, coords=ring, shape="polygon",
                       aliases=aliases)  # fmt: skip


def _one_side(low: float, high: float, lines: Sequence[float]) -> tuple[float, float]:
    """The larger part beside a border that runs through, with room for its wall."""
    for line in lines:
        if low < line < high:
            return (low, line - 8.0) if line - low > high - line else (line + 8.0, high)
    return low, high


def _inside(compound: Laid, rng: Random) -> Iterator[Laid]:
    (west, south), (east, north) = compound.coords[0], compound.coords[2]
    number = 0
    for y in np.arange(south + 12, north - 8, 32):
        for x in np.arange(west + 14, east - 8, 38):
            number += 1
            if rng.random() < 0.85:
                yield Laid(kind=PlaceKind.BUILDING, name=f"{compound.name}{number}号楼",
                           coords=np.array([(x, y)]), road=compound.name,
                           number=str(number))  # fmt: skip
    for side, at in (("南门", ((west + east) / 2, south)), ("北门", ((west + east) / 2, north))):
        if rng.random() < 0.35:
            yield Laid(kind=PlaceKind.GATE, name=compound.name + side, coords=np.array([at]),
                       road=compound.name, number=side)  # fmt: skip


def _stops(street: _Street, compounds: list[Laid], rng: Random) -> Iterator[Laid]:
    seen: set[str] = set()
    for metres, cross in sorted(street.crossings):
        if rng.random() > 0.25:
            continue
        name = rng.choice((f"{street.name}{cross}路口", f"{cross}口", f"{street.name}"))
        if rng.random() < 0.3 and compounds:
            name = _nearest(compounds, street.at(metres)).name
        if name in seen:
            continue
        seen.add(name)
        for aside, shift in ((8.0, 25.0), (-8.0, -30.0)):
            if 0 < metres + shift < street.length:
                yield Laid(kind=PlaceKind.STOP, name=f"{name}公交站",
                           coords=np.array([street.at(metres + shift, aside)]))  # fmt: skip


def _nearest(compounds: list[Laid], at: XY) -> Laid:
    sample = compounds if len(compounds) < 400 else compounds[:: len(compounds) // 400]
    return min(sample, key=lambda c: abs(c.coords[0][0] - at[0]) + abs(c.coords[0][1] - at[1]))


def _poles(street: _Street, rng: Random) -> Iterator[Laid]:
    if rng.random() > 0.25:
        return
    series = rng.choice("ABCDE")
    for n, metres in enumerate(np.arange(10, street.length, 60.0), 1):
        code = f"{series}-{n:03d}"
        yield Laid(kind=PlaceKind.POLE, name=f"{street.name}{code}",
                   coords=np.array([street.at(float(metres), 9.0)]), road=street.name,
                   number=code)  # fmt: skip


def _shops(street: _Street, rng: Random, names: Names) -> Iterator[Laid]:
    for _ in range(int(street.length / 90)):
        at = street.at(rng.uniform(5, street.length - 5), rng.choice((-1, 1)) * rng.uniform(20, 45))
        aliases: tuple[str, ...] = ()
        if rng.random() < 0.5:
            brand = rng.choice(BRANDS)
            name = f"{brand}（{street.name}店）"
            aliases = (f"{brand}{street.name}店",)
        else:
            name = names.official()
        yield Laid(kind=PlaceKind.POI, name=name, coords=np.array([at]), aliases=aliases)


def _country(width: float, height: float, rng: Random, names: Names) -> Iterator[Laid]:
    for _ in range(max(3, int(width * height / 4e6))):
        x, y = rng.uniform(300, width - 300), rng.uniform(300, height - 300)
        turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        ring = np.stack([x + 140 * np.cos(turn), y + 110 * np.sin(turn)], axis=1)
        yield Laid(kind=PlaceKind.VILLAGE, name=names.village(), coords=ring, shape="polygon")
    for n in range(3):
        y = height * (n + 0.5) / 3
        east = np.linspace(0, width, 200)
        line = np.stack([east, y + 180 * np.sin(east / 900 + n)], axis=1)
        yield Laid(kind=PlaceKind.WATER, name=("澜江", "白鹭河", "青衣渠")[n], coords=line,
                   shape="line")  # fmt: skip
