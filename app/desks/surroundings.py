"""The shapes a desk's map draws around one case, and where their labels go.

WGS 84 longitude/latitude throughout, as GeoJSON has it.
"""

from __future__ import annotations

from datetime import date

from shapely.errors import GEOSException
from shapely.geometry import Point, box, shape
from shapely.geometry.base import BaseGeometry

from app.desks import access
from app.desks.extents import extent_of, farthest_m, middle_of
from app.desks.shapes import Collection, Window, collection, in_window
from routing.casework.cases import RoutedDecision
from routing.metric import metres_per_degree
from routing.model import JurisdictionLevel

LEAST_HALF_WIDTH_M = 150.0
"""Metres from the place to the window's edge: a 单元网格 is about 100 m across, so the neighbours
of the place's own grid are in view."""
RADII_IN_VIEW = 2.6
"""The circle of uncertainty takes about two fifths of the window, its rivals' borders the rest."""
EXTENT_IN_VIEW = 1.2
"""A road or compound lies whole in the window, with a fifth of its reach around it."""
CONTEXT = 3.0
"""Shapes are fetched for a window this many times larger, so that a little panning finds ground."""
FAR_M = 400.0
"""Metres from the middle to the edge above which a map shows a road or more: with every bend of
every shape one of a 2 km road took 0.8 s and 2.3 MB, so it gets less of both."""
FAR_CONTEXT = 1.3
DETAILS = 2_500
"""Parts of such a window's width below which bends are left out: a third of a pixel."""

DRAWN = (
    JurisdictionLevel.SUBDISTRICT,
    JurisdictionLevel.COMMUNITY,
    JurisdictionLevel.GRID,
    JurisdictionLevel.OVERLAY,
)

NAMED_ZONES = frozenset({"road", "river", "railway", "park", "scenic", "square", "zone"})
"""Overlay kinds whose names people go by; pavements and building sites have none to speak of."""
CLEAR_OF_PLACE = 0.07
"""Of the window's width: half the height and more of a label at any zoom of these windows."""
OUTSIDE_IN_VIEW = 3.0
"""A place outside is shown together with all subdistricts while the window grows to no more than
this many times their width or height: beyond, their names would cover them."""
PLACE_MARGIN = 0.05
"""Of the window's size, between a place outside and the window's edge."""
LABEL_MARGIN = 0.16
"""Of the window's width, kept free of label points on the left and right: half of a long label."""


def surroundings(decision: RoutedDecision, shares: list[dict[str, object]]) -> dict[str, object]:
    """Everything the map of one decision shows.

    ``bounds`` is west, south, east, north of the window; ``marks`` are winner and rival with their
    share and a label point inside the window; ``names`` the other labels; ``extent`` the place
    where it is more than a point. Without a place, or with one outside all jurisdictions, the
    window holds all subdistricts, and there are no marks.
    ``in_view`` says whether the place is in the window: one in another province is not.
    """
    day = date.fromisoformat(decision.as_of) if decision.as_of else access.today()
    extent = extent_of(decision.text_place)
    if decision.lon is None or decision.lat is None:
        return _everything(day, None)
    if not shares:
        return _everything(day, (decision.lon, decision.lat))
    middle = middle_of(extent) or (decision.lon, decision.lat)
    half = max(
        LEAST_HALF_WIDTH_M,
        0.0 if extent else RADII_IN_VIEW * (decision.radius_m or 0.0),
        EXTENT_IN_VIEW * farthest_m(extent, *middle),
    )
    window = _window(*middle, half)
    far = half > FAR_M
    wider = _window(*middle, half * (FAR_CONTEXT if far else CONTEXT))
    detail = (window[2] - window[0]) / DETAILS if far else 0.0
    layers = in_window(wider, day, DRAWN, detail_deg=detail)
    finest = str(shares[0]["level"])
    roles = {str(part["code"]): part for part in shares if part["role"] in ("winner", "rival")}
    # Labels keep off the place itself, which they would hide.
    clear = (window[2] - window[0]) * CLEAR_OF_PLACE
    place = Point(decision.lon, decision.lat).buffer(clear)
    if extent is not None:
        place = place.union(shape(extent["shape"]).buffer(clear / 2))
    spots = {
        str(feature["properties"]["code"]): spot
        for feature in layers[finest]["features"]
        if str(feature["properties"]["code"]) in roles
        and (spot := _inside(feature, window, clear_of=place)) is not None
    }
    return {
        "bounds": window,
        "in_view": True,
        "extent": extent,
        "layers": layers,
        "finest": finest,
        "marks": [
            {
                "code": code,
                "role": part["role"],
                "name": part["name"],
                "share": part["share"],
                "at": spots.get(code, (decision.lon, decision.lat)),
            }
            for code, part in roles.items()
        ],
        "names": [
            *_names(layers[finest], finest, window, clear_of=place if extent else None),
            *_names(_only(layers["overlay"], NAMED_ZONES), "zone", window, clear_of=place),
        ],
    }


def _everything(day: date, place: tuple[float, float] | None) -> dict[str, object]:
    """All subdistricts, and the place outside them where it is near enough to be on one map."""
    layers = {level.value: collection([]) for level in DRAWN}
    layers |= in_window(None, day, [JurisdictionLevel.SUBDISTRICT])
    outline = layers["subdistrict"]
    window = _extent(outline)
    in_view = False
    if place is not None:
        west, south, east, north = window
        both = box(*window).union(Point(place)).bounds
        in_view = both[2] - both[0] <= OUTSIDE_IN_VIEW * (east - west) and both[3] - both[
            1
        ] <= OUTSIDE_IN_VIEW * (north - south)
        if in_view:
            window = _grown(both, PLACE_MARGIN)
    return {
        "bounds": window,
        "in_view": in_view,
        "extent": None,
        "layers": layers,
        "finest": "subdistrict",
        "marks": [],
        # Grown by what labels are kept from, so that the outermost have theirs too.
        "names": _names(outline, "subdistrict", _grown(_extent(outline), LABEL_MARGIN * 1.5)),
    }


def _window(lon: float, lat: float, half_m: float) -> Window:
    per_lon, per_lat = metres_per_degree(lat)
    return (
        lon - half_m / per_lon,
        lat - half_m / per_lat,
        lon + half_m / per_lon,
        lat + half_m / per_lat,
    )


def _grown(window: Window, share: float) -> Window:
    west, south, east, north = window
    wide, high = (east - west) * share, (north - south) * share
    return (west - wide, south - high, east + wide, north + high)


def _inside(
    feature: Collection,
    window: Window,
    *,
    clear_of: BaseGeometry | None = None,
) -> tuple[float, float] | None:
    """A point of the shape well inside the window; ``None`` where they do not meet."""
    west, south, east, north = window
    margin = (east - west) * LABEL_MARGIN
    try:
        seen = shape(feature["geometry"]).intersection(
            box(west + margin, south, east - margin, north)
        )
        if clear_of is not None and not (apart := seen.difference(clear_of)).is_empty:
            seen = apart
    except GEOSException:
        return None  # an unclean shape still gets drawn, only without its label
    if seen.is_empty:
        return None
    point = seen.representative_point()
    return (point.x, point.y)


def _names(
    layer: Collection,
    level: str,
    window: Window,
    *,
    clear_of: BaseGeometry | None = None,
) -> list[dict[str, object]]:
    return [
        {
            "code": str(feature["properties"]["code"]),
            "name": str(feature["properties"].get("name", "")),
            "level": level,
            "at": spot,
        }
        for feature in layer["features"]
        if (spot := _inside(feature, window, clear_of=clear_of)) is not None
    ]


def _only(layer: Collection, kinds: frozenset[str]) -> Collection:
    return collection(
        [one for one in layer["features"] if one["properties"]["overlay_kind"] in kinds]
    )


def _extent(layer: Collection) -> Window:
    boxes = [shape(feature["geometry"]).bounds for feature in layer["features"]]
    if not boxes:
        return (73.0, 18.0, 135.0, 54.0)  # nothing loaded: the country, so that the map has a view
    west, south, east, north = zip(*boxes, strict=True)
    return (min(west), min(south), max(east), max(north))
