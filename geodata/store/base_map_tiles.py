"""The SQL that makes one vector tile of the base map (Mapbox Vector Tile 2, Web Mercator).

Shapes are WGS 84 in the tables and are projected, simplified to half a screen pixel and cut here,
for the few that a tile shows. Layers: ``ground``, ``green``, ``compounds``, ``water``,
``buildings``, ``rail``, ``roads`` (name, class), ``borders`` (level), ``names`` (name, kind, rank),
``areas`` (name, level: where a jurisdiction's name is written).
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from geodata.store.base_map_places import LAYERS, TILE_PX, PlaceIndex

EXTENT = 4096
_BUFFER = 64
"""Units around a tile, 8 pixels: half the widest line, so that no line ends at the tile's edge."""
_WORLD_M = 40_075_016.685578488

BORDER_ZOOMS = {"district": 0, "subdistrict": 9, "community": 11, "grid": 14}
"""Level → first zoom of the tiles that show its borders."""
AREA_NAME_ZOOMS = {"district": 7, "subdistrict": 10, "community": 12, "grid": 16}

_BOX = """
WITH box AS (
  SELECT env, ST_Transform(ST_Expand(env, :margin), 4326) AS near
  FROM (SELECT ST_TileEnvelope(:z, :x, :y) AS env) AS one
),
area AS (
  SELECT j.level, coalesce(j.overlay_kind, '') AS kind, j.name, j.geom
  FROM jurisdiction j JOIN boundary_version b ON b.id = j.version_id, box
  WHERE b.activated_at IS NOT NULL
    AND b.effective_from <= :day AND coalesce(b.effective_to, 'infinity') >= :day
    AND coalesce(j.effective_from, '-infinity') <= :day
    AND coalesce(j.effective_to, 'infinity') >= :day
    AND j.geom && box.near
)
"""
# Lines and polygons: simplified first, so that cutting has less to do; what becomes nothing goes.
_CUT = "ST_AsMVTGeom(ST_Simplify(ST_Transform({geom}, 3857), :tolerance), box.env, 4096, {buffer})"
_LAYER = """
SELECT coalesce(ST_AsMVT(t, '{name}', 4096, 'g'), ''::bytea) AS tile FROM (
  SELECT * FROM ({rows}) AS every WHERE g IS NOT NULL
) AS t
"""
_GROUND = f"""
SELECT {_CUT.format(geom="geom", buffer=_BUFFER)} AS g FROM area, box
WHERE level = (SELECT min(level) FROM (SELECT CASE level WHEN 'district' THEN 'district'
               WHEN 'subdistrict' THEN 'subdistrict' END AS level FROM area) AS coarse)
"""
_OVERLAY = f"""
SELECT kind, {_CUT.format(geom="geom", buffer=_BUFFER)} AS g FROM area, box
WHERE level = 'overlay' AND kind ~ '{{pattern}}'
"""
_BORDERS = f"""
SELECT level, {_CUT.format(geom="ST_Boundary(geom)", buffer=_BUFFER)} AS g FROM area, box
WHERE level = ANY(CAST(:border_levels AS text[]))
"""
# A name stands in one tile only: that of its point.
_AREA_NAMES = """
SELECT name, level, ST_AsMVTGeom(ST_Transform(at, 3857), box.env, 4096, 0) AS g
FROM (SELECT name, level, (ST_MaximumInscribedCircle(geom)).center AS at FROM area
      WHERE level = ANY(CAST(:name_levels AS text[]))) AS named, box
WHERE at && ST_Transform(box.env, 4326)
"""
_PLACES = f"""
SELECT {{columns}} {_CUT.format(geom="p.geom", buffer=_BUFFER)} AS g
FROM box, unnest(CAST(:{{name}}_ids AS text[]), CAST(:{{name}}_ranks AS int[]))
     WITH ORDINALITY AS c(id, rank, ordinal)
JOIN gazetteer_place p ON p.version_id = :version AND p.place_id = c.id
ORDER BY c.ordinal
"""
_NAMES = """
SELECT name, kind, rank, ST_AsMVTGeom(ST_Transform(at, 3857), box.env, 4096, 0) AS g FROM (
  SELECT CASE p.kind WHEN 'address' THEN p.number ELSE p.name END AS name,
         p.kind, c.rank, c.ordinal,
         CASE ST_Dimension(p.geom) WHEN 0 THEN ST_GeometryN(p.geom, 1)
              ELSE ST_PointOnSurface(p.geom) END AS at
  FROM unnest(CAST(:names_ids AS text[]), CAST(:names_ranks AS int[]))
       WITH ORDINALITY AS c(id, rank, ordinal)
  JOIN gazetteer_place p ON p.version_id = :version AND p.place_id = c.id
) AS placed, box
WHERE at && ST_Transform(box.env, 4326)
ORDER BY ordinal
"""


def _statement() -> str:
    layers = {
        "ground": _GROUND,
        "green": _OVERLAY.format(pattern="park|green|scenic"),
        "compounds": f"({_PLACES.format(name='compounds', columns='')})",
        "squares": _OVERLAY.format(pattern="square|pavement"),
        "water": f"({_PLACES.format(name='water', columns='p.name,')})",
        "rivers": _OVERLAY.format(pattern="river|water|lake|canal"),
        "buildings": f"({_PLACES.format(name='buildings', columns='')})",
        "rail": _OVERLAY.format(pattern="rail|metro"),
        "roads": f"({_PLACES.format(name='roads', columns='p.name, c.rank AS class,')})",
        "borders": _BORDERS,
        "areas": _AREA_NAMES,
        "names": f"({_NAMES})",
    }
    parts = [f"({_LAYER.format(name=name, rows=rows)})" for name, rows in layers.items()]
    return f"{_BOX} SELECT {' || '.join(parts)} AS tile"


_STATEMENT = text(_statement())


def make_tile(
    connection: Connection,
    places: PlaceIndex,
    version_id: int,
    day: date,
    z: int,
    x: int,
    y: int,
) -> bytes:
    """One tile; empty bytes where nothing is known of the ground."""
    across_m = _WORLD_M / 2**z
    given: dict[str, Any] = {
        "z": z,
        "x": x,
        "y": y,
        "day": day,
        "version": version_id,
        "margin": across_m * _BUFFER / EXTENT,
        "tolerance": across_m / TILE_PX / 2,
        "border_levels": [level for level, least in BORDER_ZOOMS.items() if z >= least],
        "name_levels": [level for level, least in AREA_NAME_ZOOMS.items() if z >= least],
    }
    window = window_of(z, x, y)
    for layer in LAYERS:
        chosen = places.chosen(z, window, layer)
        given[f"{layer}_ids"], given[f"{layer}_ranks"] = chosen.ids, chosen.ranks
    return bytes(connection.execute(_STATEMENT, given).scalar_one())


def window_of(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile in degrees, with the buffer around it."""
    margin = _BUFFER / EXTENT

    def lat(row: float) -> float:
        north = math.pi * (1 - 2 * row / 2.0**z)
        return math.degrees(math.atan(math.sinh(north)))

    def lon(column: float) -> float:
        return column / 2.0**z * 360 - 180

    return lon(x - margin), lat(y + 1 + margin), lon(x + 1 + margin), lat(y - margin)
