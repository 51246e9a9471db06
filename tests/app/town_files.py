"""The drawn town as files: its boundaries, and its gazetteer in every format that is read."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

from routing.model import JurisdictionLevel
from tests.drawing import declare, feature, write_geojson
from tests.routing.geocoding.town import PLACES, jurisdictions

GRID_59 = "350102001001001"
TEXTS = {
    "door": "西洪路59号路灯不亮",
    "between": "市民来电反映：西洪路４５號积水，请尽快处理",
    "crossing": "西洪路与梅峰路路口积水",
    "stretch": "西洪路（梅峰路至杨桥路）道路维修",
    "wrong": "台江区西洪路59号有人占道",
    "several": "茶花市场积水",
    "sound": "台江区大风路积水",
    "away": "南京市鼓楼区中山北路5号积水",
    "nowhere": "路灯不亮",
    "comma": '"西洪路59号，"',
}

FIELDS = (
    "place_id",
    "name",
    "kind",
    "aliases",
    "road",
    "number",
    "admin_code",
    "valid_from",
    "valid_to",
)


def rows_of() -> list[dict[str, str]]:
    return [
        {
            "place_id": one.id,
            "name": one.name,
            "kind": one.kind.value,
            "aliases": ";".join(one.aliases),
            "road": one.road,
            "number": one.number,
            "admin_code": one.admin_code,
            "valid_from": one.valid_from.isoformat() if one.valid_from else "",
            "valid_to": one.valid_to.isoformat() if one.valid_to else "",
        }
        for one in PLACES
    ]


def csv_gazetteer(folder: Path) -> Path:
    path = folder / "names.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*FIELDS, "wkt", "crs"])
        writer.writeheader()
        for row, one in zip(rows_of(), PLACES, strict=True):
            writer.writerow({**row, "wkt": one.geometry.wkt, "crs": "EPSG:4326"})
    return path


def geojson_gazetteer(folder: Path) -> Path:
    features = [feature(one.geometry, **row) for row, one in zip(rows_of(), PLACES, strict=True)]
    return write_geojson(folder / "names.geojson", features)


def gpkg_gazetteer(folder: Path) -> Path:
    path = folder / "names.gpkg"
    rows = rows_of()
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array([one.geometry for one in PLACES], dtype=object)),
        field_data=[np.array([row[name] for row in rows], dtype=object) for name in FIELDS],
        fields=list(FIELDS),
        driver="GPKG",
        crs="EPSG:4326",
        geometry_type="Unknown",
    )
    return path


FORMATS = {"csv": csv_gazetteer, "geojson": geojson_gazetteer, "gpkg": gpkg_gazetteer}


def boundaries(folder: Path) -> Path:
    """A declaration of all four levels."""
    layers = []
    for level in JurisdictionLevel:
        shapes = [one for one in jurisdictions() if one.level is level]
        if shapes:
            features = [feature(one.geometry, code=one.code, name=one.name) for one in shapes]
            write_geojson(folder / f"{level}.geojson", features)
            layers.append({"file": f"{level}.geojson", "level": level.value})
    return declare(folder, *layers, name="城", file="town.toml")
