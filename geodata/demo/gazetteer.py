"""The gazetteer of the demonstration city: some 12,000 invented names for its invented ground."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import shapely

from geodata.demo.gazetteer_parts.addresses import address_places
from geodata.demo.gazetteer_parts.compounds import compound_places
from geodata.demo.gazetteer_parts.ground import Ground
from geodata.demo.gazetteer_parts.pois import junction_places, poi_places
from geodata.demo.gazetteer_parts.poles import pole_places
from geodata.demo.gazetteer_parts.regions import (
    admin_places,
    grounds_places,
    village_places,
    water_places,
)
from geodata.demo.gazetteer_parts.roads import complete_roads, road_places
from geodata.demo.gazetteer_parts.stops import stop_places
from geodata.demo.names import NOTICE
from geodata.demo.partition import City
from routing.model import Place

DECLARATION = f"""# {NOTICE}
[gazetteer]
name = "福州市鼓楼区地名（演示）"
file = "gazetteer_demo.geojson"
crs = "EPSG:4326"
authority = "演示（程序生成）"
licence = "Apache-2.0（与本程序相同）"
retrieved = 2026-11-01
notes = "{NOTICE}：道路、门牌、小区、站点、灯杆等地名及位置均由程序生成，不能用于任何实际工作。"
"""


def build_gazetteer(ground: Ground) -> tuple[Place, ...]:
    """Every entry on the ground of ``demo_ground``, kind by kind; the same on every run."""
    estates = list(compound_places(ground))
    places = [
        *admin_places(ground),
        *road_places(ground),
        *junction_places(ground),
        *water_places(ground),
        *grounds_places(ground),
        *village_places(ground),
        *estates,
        *stop_places(ground, estates),
        *poi_places(ground),
        *pole_places(ground),
        *address_places(ground),
    ]
    ids = {place.id for place in places}
    if len(ids) != len(places):
        raise ValueError(f"{len(places) - len(ids)} ids of the gazetteer are used twice")
    return tuple(places)


def demo_ground(city: City) -> Ground:
    """The ground with all its roads laid."""
    ground = Ground(city)
    complete_roads(ground)
    return ground


def write_gazetteer(places: Sequence[Place], file: Path, declaration: Path) -> None:
    """The entries as GeoJSON, WGS 84, one feature a line, and the declaration beside it."""
    lines = [json.dumps(_feature(place), ensure_ascii=False, separators=(",", ":"))
             for place in places]  # fmt: skip
    head = json.dumps(
        {"type": "FeatureCollection", "name": f"地名（{NOTICE}）", "notice": NOTICE},
        ensure_ascii=False,
    )
    body = ",\n".join(lines)
    file.write_text(f'{head[:-1]}, "features": [\n{body}\n]}}\n', encoding="utf-8")
    declaration.write_text(DECLARATION, encoding="utf-8")


def _feature(place: Place) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {
            "place_id": place.id,
            "name": place.name,
            "kind": place.kind.value,
            "aliases": ";".join(place.aliases),
            "road": place.road,
            "number": place.number,
            "admin_code": place.admin_code,
            "source": place.source,
            "valid_from": place.valid_from.isoformat() if place.valid_from else None,
            "valid_to": place.valid_to.isoformat() if place.valid_to else None,
        },
        "geometry": shapely.geometry.mapping(place.geometry),
    }
