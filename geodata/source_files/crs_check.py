"""Does a layer's CRS hold: against what the file says of itself, and against its coordinates?"""

from __future__ import annotations

from collections import Counter
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import Crs, parse_crs, to_wgs84
from geodata.datums.fit import Bounds, fits
from geodata.datums.provinces import code_bounds
from geodata.findings import Severity
from geodata.source_files.shapes import finite
from routing.errors import UnknownCrs
from routing.metric import metres_per_degree_many

_SHOWN = 8  # CRS names in one piece of advice


class Declared(Protocol):
    """A declaration of where coordinates are: of boundaries or of a gazetteer."""

    @property
    def crs(self) -> Crs: ...
    @property
    def bounds(self) -> Bounds | None: ...


class Notes(Protocol):
    """Where findings go."""

    def note(
        self, code: str, severity: Severity, message: str, advice: str, **more: Any
    ) -> None: ...


def crs_holds(
    source: Declared,
    geometry: npt.NDArray[Any],
    codes: list[str | None],
    embedded: str | None,
    noted: Notes,
    expected: Bounds | None,
) -> bool:
    """Whether a layer's coordinates can be what is declared; if not, a blocking finding says why.

    ``geometry`` in the source's own CRS; ``embedded`` is the CRS the file itself states;
    ``expected`` west, south, east, north in WGS 84 degrees where the city is known to be.
    """
    xy = shapely.get_coordinates(geometry[finite(geometry)])
    if embedded and (name := _disagrees(source.crs, embedded, xy)):
        noted.note(
            "crs_mismatch",
            Severity.BLOCKING,
            f"文件自带坐标系 {name}，声明的却是 {source.crs.name}",
            f'以文件为准则写 crs = "{name}"；以声明为准则重新导出文件',
        )
        return False
    where = source.bounds or expected or _where_codes_are(source.crs, codes)
    misfit = fits(xy[:, 0], xy[:, 1], source.crs, where)
    if misfit is None:
        return True
    fit = "、".join(_spelled(name) for name in misfit.would_fit[:_SHOWN])
    more = f" 等 {len(misfit.would_fit)} 种" if len(misfit.would_fit) > _SHOWN else ""
    hint = "" if where or not more else "；写明 bounds = [西, 南, 东, 北] 可缩小范围"
    noted.note(
        "crs_contradicted",
        Severity.BLOCKING,
        misfit.message,
        f"吻合的写法：{fit}{more}{hint}" if fit else "核对文件的实际坐标系，或换成正确的文件",
    )
    return False


def _spelled(name: str) -> str:
    crs, _, order = name.partition(", ")
    return f'crs = "{crs}"' + (f" 加 {order}" if order else "")


def _disagrees(declared: Crs, embedded: str, xy: npt.NDArray[np.float64]) -> str | None:
    """The file's own CRS where it puts the coordinates over a metre from the declared one.

    GCJ-02 and BD-09 have no EPSG code, so tools write them as WGS 84: that is no contradiction.
    """
    try:
        own = parse_crs(embedded)
    except UnknownCrs:
        return None  # an "engineering" or local CRS states nothing that could be compared
    no_code = declared.kind in ("gcj02", "bd09") and own.identity
    if no_code or own == declared or not len(xy):
        return None
    if fits(xy[:, 0], xy[:, 1], own) is not None:
        return None  # some tools write WGS 84 into everything; the coordinates say otherwise
    pick = xy[np.linspace(0, len(xy) - 1, min(len(xy), 50)).astype(np.int64)]
    lon, lat = to_wgs84(pick[:, 0], pick[:, 1], declared)
    own_lon, own_lat = to_wgs84(pick[:, 0], pick[:, 1], own)
    mx, my = metres_per_degree_many(np.nan_to_num(own_lat))
    apart = np.hypot((lon - own_lon) * mx, (lat - own_lat) * my)
    return own.name if not bool(np.nanmax(np.nan_to_num(apart, nan=np.inf)) <= 1.0) else None


def _where_codes_are(crs: Crs, codes: list[str | None]) -> Bounds | None:
    """The province of the codes, where they can only be Chinese administrative codes.

    Six digits alone may be anything, so they count only in a CRS that is used in China only.
    """
    chinese = crs.name in ("EPSG:4490", "GCJ-02", "BD-09")
    known = [code for code in codes if code and (chinese or len(code) > 6)]
    places = Counter(bounds for code in known if (bounds := code_bounds(code)))
    if not places or places.total() * 2 <= len(codes):
        return None
    bounds, count = places.most_common(1)[0]
    return bounds if count * 2 > places.total() else None
