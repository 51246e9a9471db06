"""A made-up city of three districts for pictures and reports: areas, cases, roads, water."""

from __future__ import annotations

from datetime import date

import numpy as np
import shapely
from shapely import MultiPoint, Polygon

from maps.drawing.parts import Ground
from maps.model import EPOCH, NONE, Areas, Cases, Coded
from routing.model import JurisdictionLevel

DISTRICTS = ("鼓楼区", "台江区", "仓山区")
KINDS = ("占道经营", "噪声扰民", "暴露垃圾", "道路破损", "路灯不亮", "违法建设", "停车管理", "其他")
CHANNELS = ("12345热线", "网上受理", "微信")
CORNER = np.array([430_000.0, 2_880_000.0])
"""South-west, metres in EPSG:4549."""
VERSION = "演示界线@2026-01-01"
_STEMS = "安泰水部温泉华林东街鼓西南后五凤洪山屏瀛洲义上海茶亭宁化苍霞新港鳌峰后洲仓前"


def hierarchy(
    *, districts: int = 3, subdistricts: int = 8, communities: int = 5, seed: int = 7
) -> dict[JurisdictionLevel, Areas]:
    """Irregular areas that tile a rounded city of about 12 km; each level within the one above."""
    chance = np.random.default_rng(seed)
    n = districts * subdistricts * communities
    spots = chance.uniform(0, 12_000, (n, 2)) + CORNER
    city = (
        shapely.Point(436_000, 2_886_000)
        .buffer(6_300)
        .intersection(shapely.box(430_000, 2_880_000, 442_000, 2_892_000))
    )
    cells = list(shapely.get_parts(shapely.voronoi_polygons(MultiPoint(spots), extend_to=city)))
    cells = [cell.intersection(city) for cell in cells if cell.intersects(city)]
    cells = [cell for cell in cells if cell.area > 1]
    middle = np.array([[cell.centroid.x, cell.centroid.y] for cell in cells])
    order = np.argsort(np.arctan2(middle[:, 1] - 2_886_000, middle[:, 0] - 436_000))
    district = np.empty(len(cells), dtype=int)
    district[order] = np.arange(len(cells)) * districts // len(cells)
    sub = np.empty(len(cells), dtype=int)
    for one in range(districts):
        own = np.flatnonzero(district == one)
        away = np.hypot(*(middle[own] - [436_000, 2_886_000]).T)
        sub[own[np.argsort(away)]] = np.arange(len(own)) * subdistricts // len(own)
    codes = [f"350{102 + d}{s + 1:03d}" for d, s in zip(district, sub, strict=True)]
    made: dict[JurisdictionLevel, Areas] = {}
    made[JurisdictionLevel.COMMUNITY] = _areas(
        JurisdictionLevel.COMMUNITY,
        {f"{codes[at]}{at:03d}": (f"{_word(at)}社区", codes[at], cells[at]) for at in range(n)
         if at < len(cells)},
    )  # fmt: skip
    made[JurisdictionLevel.SUBDISTRICT] = _areas(
        JurisdictionLevel.SUBDISTRICT,
        {
            code: (
                f"{_word(at * 2)}街道",
                code[:6],
                shapely.union_all([cells[i] for i, one in enumerate(codes) if one == code]),
            )
            for at, code in enumerate(sorted(set(codes)))
        },
    )
    made[JurisdictionLevel.DISTRICT] = _areas(
        JurisdictionLevel.DISTRICT,
        {
            f"350{102 + d}": (
                DISTRICTS[d % len(DISTRICTS)] if d < len(DISTRICTS) else f"第{d + 1}区",
                "",
                shapely.union_all([cells[i] for i in np.flatnonzero(district == d)]),
            )
            for d in range(districts)
        },
    )
    return made


def _word(at: int) -> str:
    return _STEMS[at % len(_STEMS)] + _STEMS[(at * 7 + 3) % len(_STEMS)]


def _areas(level: JurisdictionLevel, given: dict[str, tuple[str, str, Polygon]]) -> Areas:
    return Areas(
        level=level,
        codes=tuple(given),
        names=tuple(name for name, _, _ in given.values()),
        parents=tuple(parent for _, parent, _ in given.values()),
        shapes=np.array([shape for _, _, shape in given.values()], dtype=object),
        version=VERSION,
    )


def cases(
    areas: dict[JurisdictionLevel, Areas],
    n: int,
    *,
    first: date = date(2025, 9, 1),
    days: int = 456,
    unlocated: float = 0.04,
    seed: int = 11,
) -> Cases:
    """Cases over some days, more by day and on workdays, with one crowded community."""
    chance = np.random.default_rng(seed)
    low = areas[JurisdictionLevel.COMMUNITY]
    weight = chance.gamma(2.0, 1.0, len(low))
    weight[len(low) // 3] *= 9
    home = chance.choice(len(low), n, p=weight / weight.sum()).astype(np.int32)
    spread = np.sqrt(low.km2[home]) * 300
    x = low.middles[home, 0] + chance.normal(0, 1, n) * spread
    y = low.middles[home, 1] + chance.normal(0, 1, n) * spread
    lost = chance.random(n) < unlocated
    x[lost], y[lost] = np.nan, np.nan
    start = (first - EPOCH).days
    day = (start + chance.integers(0, days, n)).astype(np.int32)
    minute = np.clip(chance.normal(14 * 60, 240, n), 0, 1439).astype(np.int32)
    community = np.where(lost, NONE, home).astype(np.int32)
    sub = areas[JurisdictionLevel.SUBDISTRICT]
    of_sub = np.array([sub.place_of[one] for one in low.parents], dtype=np.int32)[home]
    top = areas[JurisdictionLevel.DISTRICT]
    of_top = np.array([top.place_of[one] for one in sub.parents], dtype=np.int32)[of_sub]
    share = np.array([22, 18, 15, 12, 9, 8, 10, 6]) / 100
    return Cases(
        number=np.array([f"{20_260_000 + at:09d}" for at in range(n)]),
        x_m=x,
        y_m=y,
        radius_m=np.where(lost, np.nan, 60.0),
        day=day,
        minute=minute,
        kind=Coded(codes=chance.choice(8, n, p=share).astype(np.int32), labels=KINDS),
        channel=Coded(codes=chance.integers(0, 3, n).astype(np.int32), labels=CHANNELS),
        district=Coded(codes=of_top.astype(np.int32), labels=top.codes),
        subdistrict=Coded(codes=np.where(lost, NONE, of_sub).astype(np.int32), labels=sub.codes),
        community=Coded(codes=community, labels=low.codes),
        grid=Coded(codes=np.full(n, NONE, dtype=np.int32), labels=()),
        unit=Coded(codes=np.where(lost, NONE, of_sub).astype(np.int32), labels=sub.codes),
        overridden=chance.choice([-1, 0, 1], n, p=[0.1, 0.82, 0.08]).astype(np.int8),
        returned=np.full(n, -1, dtype=np.int8),
    )


def ground(seed: int = 3) -> Ground:
    """A river across the city and a grid of roads that wind a little."""
    chance = np.random.default_rng(seed)
    x = np.linspace(429_000, 443_000, 80)
    y = 2_884_300 + 500 * np.sin((x - 429_000) / 1700)
    river = shapely.LineString(np.column_stack([x, y])).buffer(170)

    def street(at: float, across: bool) -> shapely.LineString:
        along = np.linspace(0, 12_000, 40)
        side = at + chance.normal(0, 25, 40).cumsum()
        points = np.column_stack([side, along] if across else [along, side])
        return shapely.LineString(points + CORNER)

    main = [street(at, across) for across in (True, False) for at in (2500, 5600, 9000)]
    small = [street(at, across) for across in (True, False) for at in range(600, 12_000, 450)]
    return Ground(
        main_roads=np.array(main, dtype=object),
        roads=np.array(small, dtype=object),
        water=np.array([river], dtype=object),
    )
