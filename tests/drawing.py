"""Geometry drawn as letters, so that a test shows the map it speaks of.

Each letter is a polygon, each character a cell, the first line is the north; ``.`` and blanks are
nobody's. Cells share their corners exactly, so neighbours share their border bit for bit:

>>> shapes = draw('''
...     AAB
...     A.B
... ''')
>>> sorted(shapes), shapes["A"].touches(shapes["B"])
(['A', 'B'], True)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from routing.metric import metres_per_degree
from routing.model import Jurisdiction, JurisdictionLevel

WEST, SOUTH = 119.28, 26.06
"""South-west corner of every drawing: 福州市鼓楼区."""


def draw(
    picture: str,
    *,
    cell: float = 0.001,
    cell_m: float | None = None,
    west: float = WEST,
    south: float = SOUTH,
) -> dict[str, BaseGeometry]:
    """Polygon (or MultiPolygon) of each letter, in WGS 84 degrees; cells are ``cell`` degrees wide
    and high, or ``cell_m`` metres."""
    wide, high = cell, cell
    if cell_m is not None:
        mx, my = metres_per_degree(south)
        wide, high = cell_m / mx, cell_m / my
    rows = [line for line in dedent(picture).splitlines() if line.strip()]
    cells: dict[str, list[BaseGeometry]] = {}
    for down, line in enumerate(rows):
        row = len(rows) - 1 - down
        for column, letter in enumerate(line):
            if letter in ". ":
                continue
            cells.setdefault(letter, []).append(
                shapely.box(
                    west + column * wide,
                    south + row * high,
                    west + (column + 1) * wide,
                    south + (row + 1) * high,
                )
            )
    return {letter: shapely.union_all(boxes) for letter, boxes in cells.items()}


def jurisdictions(
    picture: str,
    level: JurisdictionLevel = JurisdictionLevel.SUBDISTRICT,
    *,
    codes: Mapping[str, str] | None = None,
    parents: Mapping[str, str] | None = None,
    effective_from: date = date(2020, 1, 1),
    effective_to: date | None = None,
    version: str = "drawn@2020-01-01#00000000",
    overlay_kind: str | None = None,
    **how: float,
) -> list[Jurisdiction]:
    """The letters as jurisdictions; code and name are the letter unless ``codes`` says otherwise.

    ``parents`` maps letters to parent codes; ``how`` goes to ``draw``.
    """
    return [
        Jurisdiction(
            code=(codes or {}).get(letter, letter),
            name=letter,
            level=level,
            geometry=shape,
            unit_code=(codes or {}).get(letter, letter),
            parent_code=(parents or {}).get(letter),
            overlay_kind=overlay_kind,
            effective_from=effective_from,
            effective_to=effective_to,
            version=version,
        )
        for letter, shape in draw(picture, **how).items()
    ]


def feature(geometry: BaseGeometry | Mapping[str, Any] | None, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature."""
    shape = shapely.geometry.mapping(geometry) if isinstance(geometry, BaseGeometry) else geometry
    return {"type": "Feature", "properties": properties, "geometry": shape}


def write_geojson(path: Path, features: Sequence[Mapping[str, Any]], **members: Any) -> Path:
    """A GeoJSON file of these features, UTF-8."""
    document = {"type": "FeatureCollection", **members, "features": list(features)}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def features_of(
    shapes: Mapping[str, BaseGeometry], codes: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Features with ``code`` and ``name``; the code is the letter unless ``codes`` says."""
    return [
        feature(shape, code=(codes or {}).get(letter, letter), name=letter)
        for letter, shape in shapes.items()
    ]


def declare(
    folder: Path,
    *layers: Mapping[str, Any],
    name: str = "drawn",
    file: str = "source.toml",
    borders: Sequence[Mapping[str, Any]] = (),
    **source: Any,
) -> Path:
    """Write a declaration; a source key given as ``None`` is left out."""
    head = {
        "name": name,
        "authority": "测试",
        "licence": "测试",
        "crs": "EPSG:4326",
        "effective_from": date(2020, 1, 1),
        "retrieved": date(2026, 1, 1),
        **source,
    }
    lines = ["[source]", *_assignments(head)]
    for layer in layers:
        lines += ["", "[[layer]]", *_assignments({"code": "code", "name": "name", **layer})]
    for border in borders:
        lines += ["", "[[border]]", *_assignments(border)]
    path = folder / file
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _assignments(values: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in values.items() if value is not None]


def _toml(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def drawn_source(
    folder: Path,
    picture: str,
    *,
    level: str = "subdistrict",
    name: str = "drawn",
    codes: Mapping[str, str] | None = None,
    cell: float = 0.001,
    **source: Any,
) -> Path:
    """A declaration of one layer beside its GeoJSON, drawn; ``source`` adds source keys."""
    write_geojson(folder / f"{name}.geojson", features_of(draw(picture, cell=cell), codes))
    return declare(
        folder,
        {"file": f"{name}.geojson", "level": level},
        name=name,
        file=f"{name}.toml",
        **source,
    )
