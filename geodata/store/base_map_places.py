"""Which places of the gazetteer a tile of the base map shows, chosen in memory.

The boxes of all places are kept as columns, finest zoom last, so a tile looks only at what its zoom
may show: milliseconds for 700,000 places, without an index in the database. The shapes themselves
are fetched by key, for the few that were chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy import Connection

from geodata.store.copying import copy_out

LAYERS = ("water", "compounds", "buildings", "roads", "names")
"""Layers that come from the gazetteer; ``names`` are points to write a name at."""
MOST_FEATURES = {
    "water": 1_000,
    "compounds": 2_000,
    "buildings": 3_000,
    "roads": 2_000,
    "names": 400,
}
"""Per tile, the most important first: a tile stays under 200 kB and can be drawn in a blink."""
TILE_PX = 512
"""Screen pixels across which a tile is drawn."""
LEAST_PX = 2.0
"""What is smaller than this on the screen is left out."""
NAME_PX = 30.0
"""A polygon narrower than this on the screen has no room for three characters."""

ROAD_ZOOMS = {1: 7, 2: 9, 3: 11, 4: 12, 5: 13}
"""Class of road → first zoom of the tiles that show it (the screen is one ahead)."""
_EXPRESS = re.compile(r"高速|快速|高架|国道|省道|绕城|^[GS]\d+")
_AVENUE = re.compile(r"大道|大街|干道|[一二三四五]环")
_LANE = re.compile(
    r"(支路|巷|弄|里|坊|胡同|坡|埕|道班|村道|小路|便道|通道)[东南西北一二三四五六七八九十]?$"
)
_LONG_DEG, _MIDDLE_DEG = 0.018, 0.008
"""Diagonal of a road's box: about 1.8 km and 800 m; half the named roads of a city are shorter
than the second, and one in ten is longer than the first."""

NAMED = {
    "village": (3, 12),
    "compound": (3, 13),
    "junction": (4, 15),
    "stop": (5, 15),
    "gate": (7, 16),
    "building": (8, 16),
    "address": (9, 17),
}
"""Kind of place → rank of its name, and first zoom of the tiles that show it."""
_KNOWN = re.compile(r"公园|医院|火车站|机场|政府|大学|体育|博物馆|图书馆|广场|景区|车站")
_SMALL = re.compile(r"口袋公园|健身|停车")
_SCHOOL = re.compile(r"学校|小学|中学|幼儿园|市场|商场|中心")

_QUERY = """
SELECT place_id, name, kind, number, ST_Dimension(geom), ST_XMin(geom), ST_YMin(geom),
       ST_XMax(geom), ST_YMax(geom)
FROM gazetteer_place
WHERE version_id = {version} AND kind IN ('road', 'water', 'compound', 'building', 'poi', 'stop',
      'gate', 'junction', 'village', 'address')
  AND (valid_from IS NULL OR valid_from <= {day}) AND (valid_to IS NULL OR valid_to >= {day})
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one layer of one tile shows, most important first."""

    ids: list[str]
    ranks: list[int]
    """Class of the road, or rank of the name: 1 is the most important."""


@dataclass(frozen=True, kw_only=True)
class _Layer:
    ids: NDArray[Any]
    ranks: NDArray[np.int16]
    least_zoom: NDArray[np.int16]
    """(n,) ascending."""
    boxes: NDArray[np.float64]
    """(n, 4) west, south, east, north, degrees."""
    size: NDArray[np.float64]
    """(n,) diagonal of the box, degrees."""
    areal: NDArray[np.bool_]


class PlaceIndex:
    """The places of one gazetteer version on one day."""

    def __init__(self, layers: dict[str, _Layer]) -> None:
        self._layers = layers

    def chosen(self, z: int, window: tuple[float, float, float, float], layer: str) -> Chosen:
        """What a layer shows in a window (west, south, east, north in degrees) at a zoom."""
        held = self._layers[layer]
        end = int(np.searchsorted(held.least_zoom, z, side="right"))
        west, south, east, north = window
        boxes = held.boxes[:end]
        meets = (
            (boxes[:, 0] <= east)
            & (boxes[:, 2] >= west)
            & (boxes[:, 1] <= north)
            & (boxes[:, 3] >= south)
        )
        pixel = 360 / 2**z / TILE_PX
        # A point has no size and is never too small; a polygon's name needs room.
        least = pixel * (NAME_PX if layer == "names" else LEAST_PX)
        meets &= ~held.areal[:end] | (held.size[:end] >= least)
        found = np.flatnonzero(meets)
        order = found[np.lexsort((-held.size[found], held.ranks[found]))][: MOST_FEATURES[layer]]
        return Chosen(held.ids[order].tolist(), held.ranks[order].tolist())


def load_places(connection: Connection, version_id: int, day: date) -> PlaceIndex:
    """Read the boxes of a version's places that are in use on a day."""
    query = sql.SQL(_QUERY).format(version=sql.Literal(version_id), day=sql.Literal(day))
    data = copy_out(connection, query)
    names = [f"f{at}" for at in range(9)]
    if not data:
        return _arranged([np.empty(0, dtype=object)] * 4, np.empty((0, 5)))
    kinds = dict.fromkeys(names[:4], pa.string()) | dict.fromkeys(names[4:], pa.float64())
    table = pacsv.read_csv(
        pa.BufferReader(data),
        read_options=pacsv.ReadOptions(
            column_names=names, block_size=min(len(data) + 1, 2**31 - 1)
        ),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(column_types=kinds, strings_can_be_null=False),
    )
    words = [table.column(name).to_numpy() for name in names[:4]]
    numbers = np.column_stack([table.column(name).to_numpy() for name in names[4:]])
    return _arranged(words, numbers)


def _arranged(words: list[NDArray[Any]], numbers: NDArray[np.float64]) -> PlaceIndex:
    ids, names, kinds, house = words
    dimension, boxes = numbers[:, 0], numbers[:, 1:]
    size = np.hypot(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    areal = dimension == 2
    ranks, zooms = np.ones(len(ids), dtype=np.int16), np.zeros(len(ids), dtype=np.int16)

    def layer(rows: NDArray[np.bool_], zoom: int | None = None) -> _Layer:
        places = np.flatnonzero(rows)
        least = zooms[places] if zoom is None else np.full(len(places), zoom, dtype=np.int16)
        order = np.argsort(least, kind="stable")
        places = places[order]
        return _Layer(
            ids=ids[places],
            ranks=ranks[places],
            least_zoom=least[order],
            boxes=boxes[places],
            size=size[places],
            areal=areal[places],
        )

    areas = {
        "compounds": layer((kinds == "compound") & areal, 12),
        "buildings": layer((kinds == "building") & areal, 14),
        "water": layer(kinds == "water", 8),
    }
    for kind, (rank, zoom) in NAMED.items():
        ranks[kinds == kind], zooms[kinds == kind] = rank, zoom
    for at in np.flatnonzero(kinds == "poi").tolist():
        ranks[at], zooms[at] = poi_rank(str(names[at]), areal=bool(areal[at]))
    for at in np.flatnonzero(kinds == "road").tolist():
        ranks[at] = road_class(str(names[at]), float(size[at]))
        zooms[at] = ROAD_ZOOMS[int(ranks[at])]
    named = (kinds != "road") & (kinds != "water") & ((kinds != "address") | (house != ""))
    return PlaceIndex(
        {
            **areas,
            "roads": layer((kinds == "road") & (dimension == 1)),
            "names": layer(named),
        }
    )


def road_class(name: str, size_deg: float) -> int:
    """1 express road, 2 avenue, 3 main road, 4 road, 5 lane: from its name, and how far it goes.

    Gazetteers rarely say how wide a road is; in Chinese the name's last character does.

    >>> road_class("五四路", 0.03), road_class("道山路", 0.01), road_class("安民巷", 0.002)
    (2, 3, 5)
    """
    if _EXPRESS.search(name):
        return 1
    if _LANE.search(name):
        return 5
    if _AVENUE.search(name) or size_deg >= _LONG_DEG:
        return 2
    return 3 if size_deg >= _MIDDLE_DEG else 4


def poi_rank(name: str, *, areal: bool) -> tuple[int, int]:
    """Rank of a point of interest (1 first) and first zoom of the tiles that show it."""
    if _SMALL.search(name) and not areal:
        return 6, 16
    if areal or _KNOWN.search(name):
        return 2, 12 if areal else 14
    return (4, 15) if _SCHOOL.search(name) else (6, 16)
