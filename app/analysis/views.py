"""The analysts' page and the JSON its scripts ask for.

Everything is counted on the snapshot of the viewer's scope (row-level security in the database
chose its rows), so what a role may not see never reaches this code. All answers are GET and
change nothing.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request

from app import wiring
from app.analysis import (
    areas,
    borders,
    case_list,
    cells,
    download,
    events,
    frames,
    hotspots,
    misroutes,
    picture,
    summary,
    trend,
)
from app.analysis.answering import as_file, json_of, looked_at, no_font, respond, still_computing
from app.analysis.cache import StillComputing
from app.analysis.filters import choice
from app.analysis.map_file import LAYERS, map_file
from app.analysis.prepared import merged_soon
from app.auth import ROLES, require_role
from maps.fonts import NoChineseFont

analysis = Blueprint("analysis", __name__, url_prefix="/analysis")
analysis.register_error_handler(StillComputing, still_computing)
analysis.register_error_handler(NoChineseFont, no_font)

MAY_LOOK = tuple(ROLES)
"""Everybody who works with cases sees their patterns, each within their own scope."""


@analysis.get("")
@require_role(*MAY_LOOK)
def page() -> str:
    """The page itself; its scripts fetch what is on it."""
    return render_template("analysis/analysis.html", today=wiring.today().isoformat())


@analysis.get("/summary")
@require_role(*MAY_LOOK)
def summary_json() -> Response:
    """What is looked at, how much of it has a place, and what could be chosen."""
    seen = looked_at()
    # what counts as over, and whether incidents are merged yet, belong to the moment of asking
    moment = (wiring.today(), merged_soon(seen) is not None)
    return respond(json_of("summary", seen, lambda: summary.summary(seen), *moment))


@analysis.get("/areas")
@require_role(*MAY_LOOK)
def areas_json() -> Response:
    """Every area of the level with its numbers, its outline and its class."""
    seen = looked_at()
    ready = merged_soon(seen) is not None
    return respond(json_of("areas", seen, lambda: areas.areas_json(seen), ready))


@analysis.get("/trend")
@require_role(*MAY_LOOK)
def trend_json() -> Response:
    """How many per step of time."""
    seen, step = looked_at(), _step()
    return respond(json_of("trend", seen, lambda: trend.trend(seen, step), step, wiring.today()))


@analysis.get("/frames")
@require_role(*MAY_LOOK)
def frames_json() -> Response:
    """Every area's number in every step: the time slider."""
    seen, step = looked_at(), _step()
    return respond(json_of("frames", seen, lambda: frames.frames(seen, step), step))


@analysis.get("/hotspots")
@require_role(*MAY_LOOK)
def hotspots_json() -> Response:
    """A test of where cases are more than chance would put them."""
    seen = looked_at()
    asked = hotspots.asked_from(request.args)
    return hotspots.hotspots_response(seen, asked)


@analysis.get("/cells")
@require_role(*MAY_LOOK)
def cells_json() -> Response:
    """Cases counted in squares or hexagons of equal size."""
    seen = looked_at()
    shape, size_m = cells.asked_from(request.args)
    return respond(json_of("cells", seen, lambda: cells.cells(seen, shape, size_m), shape, size_m))


@analysis.get("/cases")
@require_role(*MAY_LOOK)
def cases_json() -> Response:
    """The cases behind a number, newest first; read through the viewer's scope each time."""
    seen = looked_at()
    answer = case_list.case_list(seen, request.args)
    return jsonify(answer)


@analysis.get("/misroutes")
@require_role(*MAY_LOOK)
def misroutes_json() -> Response:
    """Where people gave cases to another unit than the machine."""
    seen = looked_at()
    return respond(json_of("misroutes", seen, lambda: misroutes.misroutes(seen)))


@analysis.get("/borders")
@require_role(*MAY_LOOK)
def borders_json() -> Response:
    """Cases, overrides and returns along each shared border."""
    seen = looked_at()
    metres = borders.metres_from(request.args)
    return respond(
        json_of("borders", seen, lambda: borders.borders(seen, metres), metres, long=True)
    )


@analysis.get("/map.html")
@require_role(*MAY_LOOK)
def map_html() -> Response:
    """The map as one file for a machine without a network; saved, never shown from here: the
    pages' security policy forbids scripts inside a page, which this file needs."""
    seen = looked_at()
    layer = choice(request.args, "layer", LAYERS, "hotspots")
    content = map_file(seen, layer, hotspots.asked_from(request.args))
    return as_file(content, f"{LAYERS[layer]} {seen.view.filters.window}.html", "text/html")


@analysis.get("/picture.png")
@require_role(*MAY_LOOK)
def picture_png() -> Response:
    """The map as a picture with everything it has to say printed on it."""
    seen = looked_at()
    layer = choice(request.args, "layer", picture.LAYERS, "areas")
    content = picture.picture(seen, layer, request.args)
    name = f"{picture.LAYERS[layer]} {seen.view.filters.window}.png"
    return as_file(content, name, "image/png")


@analysis.get("/download")
@require_role(*MAY_LOOK)
def download_file() -> Response:
    """What the map shows, to take away."""
    return download.download(looked_at(), request.args)


def _step() -> str:
    return choice(request.args, "step", events.STEPS, "day")
