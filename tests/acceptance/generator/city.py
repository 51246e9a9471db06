"""An invented city of any size: 澜江市 with three districts, for benchmarks and property tests.

Its names are of another stock than the demonstration's, and hold the traps of real ones: what
reads the one must read the other.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import shapely

from routing.model import Jurisdiction, JurisdictionLevel, Place, PlaceKind
from tests.acceptance.generator.city_areas import CELL_M, border_lines, build_areas
from tests.acceptance.generator.city_names import CITY_CODE, CITY_NAME, Names
from tests.acceptance.generator.city_streets import Laid, lay_city

ORIGIN = (113.2, 28.1)
"""Longitude, latitude (WGS 84 degrees) of the south-west corner; the city is nowhere."""
PLACES_PER_KM2 = 1_010
"""Measured on cities of 20,000 to 700,000 places; a little under so many come out."""


@dataclass(frozen=True, kw_only=True)
class BuiltCity:
    """Places and areas, the same for the same size and seed."""

    places: list[Place]
    areas: list[Jurisdiction]
    name: str = CITY_NAME
    code: str = CITY_CODE


def build_city(size: int = 20_000, seed: int = 1) -> BuiltCity:
    """About ``size`` places; 700,000 take under a minute."""
    rng = Random(f"city/{seed}")
    names = Names(rng)
    side = math.sqrt(size / PLACES_PER_KM2) * 1_000
    columns = max(6, round(side * 1.2 / CELL_M / 3) * 3)
    rows = max(3, round(side / 1.2 / CELL_M))
    width, height = columns * CELL_M, rows * CELL_M
    to_degrees = _Warp(rng)
    upright, level = border_lines(columns, rng), border_lines(rows, rng)
    areas = build_areas(upright, level, rng, names, to_degrees)
    laid = list(lay_city(width, height, rng, names, (upright, level)))
    places = _placed(laid, to_degrees)
    places += [
        Place(id=f"D{area.code}", name=area.name, kind=PlaceKind.ADMIN, geometry=area.geometry,
              admin_code=area.code[:12])
        for area in areas
        if area.level is not JurisdictionLevel.GRID
    ]  # fmt: skip
    return BuiltCity(places=places, areas=areas)


class _Warp:
    """Local metres → degrees, through a smooth bending of the plane."""

    def __init__(self, rng: Random) -> None:
        self._phases = [rng.uniform(0, 2 * math.pi) for _ in range(4)]
        self._scale = (111_320 * math.cos(math.radians(ORIGIN[1])), 110_800)

    def __call__(self, at: np.ndarray) -> np.ndarray:
        x, y = at[:, 0], at[:, 1]
        p = self._phases
        bent = np.stack(
            [x + 70 * np.sin(y / 900 + p[0]) + 40 * np.sin(x / 1500 + p[1]),
             y + 70 * np.sin(x / 1100 + p[2]) + 40 * np.sin(y / 1400 + p[3])], axis=1,
        )  # fmt: skip
        degrees: np.ndarray = bent / self._scale + ORIGIN
        return degrees


def _placed(laid: list[Laid], to_degrees: _Warp) -> list[Place]:
    sizes = [len(thing.coords) for thing in laid]
    coords = np.round(to_degrees(np.concatenate([thing.coords for thing in laid])), 7)
    ends = np.cumsum(sizes)
    firsts = ends - sizes
    points = np.array([n for n, thing in enumerate(laid) if thing.shape == "point"])
    shapes: list[shapely.Geometry] = [None] * len(laid)
    for n, point in zip(points.tolist(), shapely.points(coords[firsts[points]]), strict=True):
        shapes[n] = point
    for n, thing in enumerate(laid):
        if shapes[n] is None:
            make = shapely.linestrings if thing.shape == "line" else shapely.polygons
            shapes[n] = make(coords[firsts[n] : ends[n]])
    return [
        Place(id=f"P{n:07d}", name=thing.name, kind=thing.kind, geometry=shapes[n],
              aliases=thing.aliases, road=thing.road, number=thing.number, source="试验")
        for n, thing in enumerate(laid)
    ]  # fmt: skip


def write_city(city: BuiltCity, folder: Path) -> tuple[Path, Path]:
    """Write gazetteer.geojson with its TOML and the boundaries; (gazetteer, source.toml)."""
    folder.mkdir(parents=True, exist_ok=True)
    gazetteer = folder / "gazetteer.geojson"
    with gazetteer.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[\n')
        for n, place in enumerate(city.places):
            properties = {
                "place_id": place.id, "name": place.name, "kind": place.kind.value,
                "aliases": ";".join(place.aliases), "road": place.road, "number": place.number,
                "admin_code": place.admin_code, "source": place.source or "试验",
                "valid_from": None, "valid_to": None,
            }  # fmt: skip
            file.write(",\n" if n else "")
            file.write(_feature(place.geometry, properties))
        file.write("\n]}\n")
    (folder / "gazetteer.toml").write_text(
        '[source]\nname = "澜江市地名（试验）"\nauthority = "无"\nlicence = "CC0"\n'
        'crs = "EPSG:4326"\nretrieved = 2026-01-01\nfile = "gazetteer.geojson"\n',
        encoding="utf-8",
    )
    layers = []
    for level in ("district", "subdistrict", "community", "grid"):
        areas = [area for area in city.areas if area.level.value == level]
        features = [
            _feature(a.geometry, {"code": a.code, "name": a.name, "parent": a.parent_code})
            for a in areas
        ]
        text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"
        (folder / f"{level}.geojson").write_text(text, encoding="utf-8")
        parent = "" if level == "district" else 'parent = "parent"\n'
        layers.append(
            f'[[layer]]\nfile = "{level}.geojson"\nlevel = "{level}"\ncode = "code"\n'
            f'name = "name"\n{parent}'
        )
    source = folder / "boundaries.toml"
    source.write_text(
        '[source]\nname = "澜江市网格（试验）"\nauthority = "无"\nlicence = "CC0"\n'
        'crs = "EPSG:4326"\neffective_from = 2020-01-01\nretrieved = 2026-01-01\n\n'
        + "\n".join(layers),
        encoding="utf-8",
    )
    return gazetteer, source


def _feature(geometry: shapely.Geometry, properties: Mapping[str, object]) -> str:
    shape = json.loads(shapely.to_geojson(geometry))
    return json.dumps(
        {"type": "Feature", "properties": properties, "geometry": shape},
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip
