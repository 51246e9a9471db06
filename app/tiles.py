"""Tiles of the maps: the base map from our own data, density, and a tile server where one is set.

Places are public, so the base map needs a sign-in and no scope. Density is counted in the scope of
the person who asks.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, abort, current_app, jsonify, request

from app import wiring
from app.analysis.answering import still_computing
from app.analysis.cache import StillComputing
from app.analysis.sight import sight
from app.auth import ROLES, require_role
from app.density import prepared_of, surface_of, tag_of
from app.tile_proxy import TileServer, open_tile_server
from geodata.store import base_map
from geodata.store.base_map import BaseMap
from maps.density import BANDWIDTHS_M
from maps.tiles import TILE_PX, check_tile, tile_png

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

tiles = Blueprint("tiles", __name__)
tiles.register_error_handler(StillComputing, still_computing)

BASE_MAP_SECONDS = 600
"""A browser asks again for a place's tile after ten minutes: streets change by the month."""


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """What one application opened; its services are those of its process."""

    base_maps: dict[int, BaseMap] = field(default_factory=dict)
    servers: dict[str, TileServer | None] = field(default_factory=dict)


@tiles.record_once
def _begin(setup: BlueprintSetupState) -> None:
    setup.app.extensions["shudi-tiles"] = _Opened()


@tiles.get("/basemap.json")
@require_role(*ROLES)
def about() -> Response:
    """What the pages need to know of the base map: its version, its zooms, a tile server."""
    server = _server()
    return jsonify(
        {
            "version": _base_map().version(),
            "tiles": "/basemap/{z}/{x}/{y}.mvt",
            "zooms": [base_map.LEAST_ZOOM, base_map.MOST_ZOOM],
            "server": server and {"tiles": "/tiles/{z}/{x}/{y}.png", "name": server.settings.name},
        }
    )


@tiles.get("/basemap/<int:z>/<int:x>/<int:y>.mvt")
@require_role(*ROLES)
def base_map_tile(z: int, x: int, y: int) -> Response:
    """A vector tile of the base map; 404 for a tile that does not exist."""
    if not check_tile(z, x, y) or not base_map.LEAST_ZOOM <= z <= base_map.MOST_ZOOM:
        abort(404)
    made = _base_map().tile(z, x, y)
    answer = Response(made.content, mimetype="application/vnd.mapbox-vector-tile")
    return _kept(answer, made.tag, f"private, max-age={BASE_MAP_SECONDS}")


@tiles.get("/tiles/<int:z>/<int:x>/<int:y>.png")
@require_role(*ROLES)
def server_tile(z: int, x: int, y: int) -> Response:
    """A tile of the configured server, in WGS 84; 404 where none is set.

    503 where the server gave none: the page goes on without its ground, and no browser keeps the
    gap.
    """
    server = _server()
    if server is None or not check_tile(z, x, y):
        abort(404)
    content = server.tile(z, x, y)
    if content is None:
        abort(503)
    answer = Response(content, mimetype="image/png")
    return _kept(answer, _tag(content), f"private, max-age={BASE_MAP_SECONDS}")


@tiles.get("/analysis/density.json")
@require_role(*ROLES)
def density() -> Response:
    """The legend of the density tiles of an address, and how they were made."""
    view = sight(request.args)
    surface = surface_of(view)
    advice = prepared_of(view).advice_m()
    return jsonify(
        {
            "bandwidth_m": surface.bandwidth_m,
            "bandwidths_m": BANDWIDTHS_M,
            "advice_m": None if advice is None else round(advice),
            "advice": _advice(advice),
            "unit": surface.unit,
            "classes": {
                "unit": surface.unit,
                "breaks": surface.breaks,
                "colours": surface.colours,
                "labels": surface.labels,
            },
            "n": surface.n,
            "method": asdict(surface.method),
            "version": tag_of(view),
        }
    )


@tiles.get("/analysis/density/<int:z>/<int:x>/<int:y>.png")
@require_role(*ROLES)
def density_tile(z: int, x: int, y: int) -> Response:
    """Density as a PNG of 256 pixels."""
    return _density_tile(z, x, y, TILE_PX)


@tiles.get("/analysis/density/<int:z>/<int:x>/<int:y>@2x.png")
@require_role(*ROLES)
def density_tile_fine(z: int, x: int, y: int) -> Response:
    """The same for screens with two pixels in one."""
    return _density_tile(z, x, y, 2 * TILE_PX)


def _density_tile(z: int, x: int, y: int, size: int) -> Response:
    if not check_tile(z, x, y):
        abort(404)
    view = sight(request.args)
    tag = _tag(f"{tag_of(view)} {z}/{x}/{y} {size}".encode())
    # Asked again each time: another person on this machine must not be shown what it kept.
    control = "private, no-cache"
    if request.if_none_match.contains(tag):
        return _kept(Response(status=304), tag, control)
    content = tile_png(surface_of(view), view.snapshot.plane, z, x, y, size=size)
    return _kept(Response(content, mimetype="image/png"), tag, control)


def _kept(answer: Response, tag: str, control: str) -> Response:
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = control
    answer.headers["Vary"] = "Cookie"
    answer.make_conditional(request)
    return answer


def _advice(advice_m: float | None) -> str:
    if advice_m is None:
        return "有位置的工单太少，无法给出带宽建议"
    return (
        f"按 Silverman 法则约为 {advice_m:.0f} 米；该法则假定只有一个中心，"
        "城市有多个中心时偏宽，仅供参考"
    )


def _tag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]


def _opened() -> _Opened:
    return cast(_Opened, current_app.extensions["shudi-tiles"])


def _base_map() -> BaseMap:
    services = wiring.services()
    made = _opened().base_maps.get(id(services))
    if made is None:
        opened = BaseMap(services.engine, today=wiring.today)
        made = _opened().base_maps.setdefault(id(services), opened)
    return made


def _server() -> TileServer | None:
    servers = _opened().servers
    if "one" not in servers:
        config = current_app.config["SHUDI"]
        servers.setdefault("one", open_tile_server(config.tiles, config.var_dir))
    return servers["one"]
