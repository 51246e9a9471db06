"""Boundary sources drawn as boxes and written as a person would: GeoJSON and a declaration."""

from __future__ import annotations

import json
from pathlib import Path

from shapely import box
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geodata.read import LoadedSource, read_source

WEST, SOUTH, STEP = 119.30, 26.08, 0.01


def cell(column: float, row: float, wide: float = 1, high: float = 1) -> BaseGeometry:
    """A box in cells of about a kilometre, counted from the south-west."""
    west, south = WEST + STEP * column, SOUTH + STEP * row
    return box(west, south, west + STEP * wide, south + STEP * high)


def source(
    folder: Path,
    areas: dict[str, tuple[str, BaseGeometry]],
    *,
    name: str = "测试界线",
    effective_from: str = "2024-01-01",
    effective_to: str = "",
    units: dict[str, str] | None = None,
) -> LoadedSource:
    """Write and read one source of subdistricts: code → (name, shape)."""
    folder.mkdir(parents=True, exist_ok=True)
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": called, "unit": (units or {}).get(code, code)},
            "geometry": mapping(shape),
        }
        for code, (called, shape) in areas.items()
    ]
    layer = {"type": "FeatureCollection", "features": features}
    (folder / "areas.geojson").write_text(json.dumps(layer, ensure_ascii=False), encoding="utf-8")
    ending = f"effective_to = {effective_to}\n" if effective_to else ""
    path = folder / "source.toml"
    path.write_text(
        f'[source]\nname = "{name}"\nauthority = "测试"\nlicence = "测试"\ncrs = "EPSG:4326"\n'
        f"effective_from = {effective_from}\nretrieved = 2026-11-01\n{ending}\n"
        '[[layer]]\nfile = "areas.geojson"\nlevel = "subdistrict"\ncode = "code"\n'
        'name = "name"\nunit = "unit"\n',
        encoding="utf-8",
    )
    return read_source(path)


TWO = {"W": ("西镇", cell(0, 0, 2, 2)), "E": ("东镇", cell(2, 0, 2, 2))}
"""Two squares side by side, 西镇 and 东镇."""
MOVED = {"W": ("西镇", cell(0, 0, 1, 2)), "E": ("东镇", cell(1, 0, 3, 2))}
"""The same with the border a cell further west: half of 西镇 goes to 东镇."""
