"""Two years of complaints before a given day, for maps: 30,000 places in time with structure.

Apart from the 3,000 complaints of ``geodata.demo.complaints``, which are for words, borders and
accuracy: these have a pin and a short text, and their last day is chosen when they are made, so
that a demonstration always has something in its last weeks. Everything is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.demo import layout
from geodata.demo.complaints import RAYLEIGH_95
from geodata.demo.history_parts.columns import Columns, columns, joined
from geodata.demo.history_parts.days import EVENING, Days, draw_seconds
from geodata.demo.history_parts.ground import PeopledGround
from geodata.demo.history_parts.patterns import patterns
from geodata.demo.names import SUBDISTRICTS
from geodata.demo.partition import City, to_degrees
from geodata.demo.sentences import BY_PLACE, NIGHT, SENTENCES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAYS = 731
"""Two years, so that the same days of the year before are there to be compared with."""
_SEED = 20261127
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_ACCURACIES = np.array((5, 8, 10, 15, 20, 30, 50))
_CHANNELS = ("12345", "app", "grid", "wechat")

_AT_HOME, _ON_ROADS = 10_500, 5_800
_REPEATED, _MOST_REPEATS = 1_900, 25
"""Incidents reported again, and how often at most within the following two weeks."""
_REPEAT_WITHIN_DAYS, _REPEAT_WITHIN_M = 14, 12.0
_UNPLACED = 1_500
"""5 %: no pin, and words that name no place."""
DEFAULT_PIN_M = (-520.0, 380.0)
"""What one application sends where the telephone gave no position: the office's own gate."""
_DEFAULT_PINS = 450
_COARSE = {"350102009": 80, "350102100": 70, "350102007": 30, "350102002": 14, "350102001": 6}
"""No pin, and words that name a subdistrict only: people on the outskirts say no more."""
_DISPUTED = 480
DISPUTED_BORDERS = (("温泉—水部", 90.0, 0.38), ("东街—安泰", 60.0, 0.14))
"""Border, metres to either side, share of cases there that a person gave to the other side."""
_OVERRIDDEN = 0.025
"""Everywhere else; the 3,000 have 6 % because their awkward places are many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryCase:
    """One complaint; WGS 84 degrees."""

    received_at: datetime
    kind: str
    channel: str
    text: str
    lon: float | None
    """``None`` with ``lat`` where there is no pin."""
    lat: float | None
    accuracy_m: float | None
    words_only: bool
    """The words name a place and have to be read."""
    instead: str | None
    """The unit that a person named; ``""`` any other than the recommended one; ``None``: the
    recommendation was confirmed."""


def build_history(city: City, last_day: date) -> list[HistoryCase]:
    """Every case in the order of receipt; the same for the same ``last_day``."""
    rng = np.random.default_rng(_SEED)
    days = Days(last_day, DAYS, _SEED)
    ground = PeopledGround(city)
    usual = joined([_everywhere(rng, days, ground), _disputed(rng, days)])
    parts = [usual, _repeats(rng, usual, days), *_patterned(rng, days, ground)]
    parts += [_default_pins(rng, days), _unplaced(rng, days), _coarse(rng, days)]
    return _told(rng, joined(parts), days, ground, city)


def _kinds(rng: np.random.Generator, number: int, place: str) -> NDArray[np.object_]:
    names, weights = zip(*BY_PLACE[place].items(), strict=True)
    shares = np.array(weights, dtype=np.float64)
    return np.array(names, dtype=object)[rng.choice(len(names), number, p=shares / shares.sum())]


def _seconds(rng: np.random.Generator, kinds: NDArray[np.object_]) -> Ints:
    by_night = np.array([kind in NIGHT for kind in kinds])
    return np.where(by_night, draw_seconds(rng, len(kinds), EVENING), draw_seconds(rng, len(kinds)))


def _everywhere(rng: np.random.Generator, days: Days, ground: PeopledGround) -> Columns:
    """By residents and by the length of roads; nothing to be found in it."""
    home = _kinds(rng, _AT_HOME, "compound")
    some = rng.random(_AT_HOME) < 0.5
    home[some] = _kinds(rng, int(some.sum()), "")
    kinds = np.concatenate([home, _kinds(rng, _ON_ROADS, "road")])
    metres = np.concatenate([ground.at_home(rng, _AT_HOME), ground.on_roads(rng, _ON_ROADS)])
    day = days.draw(rng, len(kinds), days.usual)
    wet = kinds == "路面积水"
    day[wet] = days.draw(rng, int(wet.sum()), days.storms + 0.03)
    return columns(metres, day, _seconds(rng, kinds), kinds)


def _border(name: str) -> shapely.LineString:
    chain = next(one for one in layout.CHAINS if one.id == name)
    return shapely.LineString([layout.NODES[chain.start], *chain.through, layout.NODES[chain.end]])


def _disputed(rng: np.random.Generator, days: Days) -> Columns:
    """Along a border road of which nobody knows the side, kinds that go to the territory."""
    line = _border(DISPUTED_BORDERS[0][0])
    at = shapely.line_interpolate_point(line, rng.random(_DISPUTED), normalized=True)
    metres = np.column_stack([shapely.get_x(at), shapely.get_y(at)])
    metres += rng.standard_normal((_DISPUTED, 2)) * 30
    kinds = rng.choice(np.array(("其他", "邻里纠纷", "楼道堆物"), dtype=object), _DISPUTED)
    return columns(
        metres, days.draw(rng, _DISPUTED, days.usual), draw_seconds(rng, _DISPUTED), kinds
    )


def _repeats(rng: np.random.Generator, told: Columns, days: Days) -> Columns:
    """The same trouble again: some of what was told, by neighbours or by one who keeps calling."""
    first = rng.choice(len(told), _REPEATED, replace=False)
    times = np.minimum(rng.geometric(0.5, _REPEATED), 6)
    times[: _REPEATED // 100] = _MOST_REPEATS  # some people call every day
    again = np.repeat(first, times)
    day = told.day[again] + rng.integers(0, _REPEAT_WITHIN_DAYS + 1, len(again))
    kept = day < len(days)
    again, day = again[kept], day[kept]
    shift = rng.uniform(-1, 1, (len(again), 2)) * _REPEAT_WITHIN_M
    return columns(
        told.metres[again] + shift, day, _seconds(rng, told.kind[again]), told.kind[again]
    )


def _patterned(rng: np.random.Generator, days: Days, ground: PeopledGround) -> list[Columns]:
    made = []
    for one in patterns(days):
        metres = np.array(one.at) + rng.standard_normal((one.number, 2)) * one.spread_m
        made.append(
            columns(
                ground.inside(metres),
                days.draw(rng, one.number, one.days),
                draw_seconds(rng, one.number, one.hours),
                [one.kind] * one.number,
                text=one.text,
            )
        )
    return made


def _default_pins(rng: np.random.Generator, days: Days) -> Columns:
    at = np.tile(DEFAULT_PIN_M, (_DEFAULT_PINS, 1))
    kinds = _kinds(rng, _DEFAULT_PINS, "")
    return columns(
        at, days.draw(rng, _DEFAULT_PINS, days.usual), _seconds(rng, kinds), kinds, app=True
    )


def _unplaced(rng: np.random.Generator, days: Days) -> Columns:
    kinds = _kinds(rng, _UNPLACED, "")
    nowhere = np.full((_UNPLACED, 2), np.nan)
    return columns(nowhere, days.draw(rng, _UNPLACED, days.usual), _seconds(rng, kinds), kinds)


def _coarse(rng: np.random.Generator, days: Days) -> Columns:
    names = {one.code: one.name for one in SUBDISTRICTS}
    parts = []
    for code, number in _COARSE.items():
        kinds = _kinds(rng, number, "")
        text = f"{names[code]}这一带，情况反映过几次了，请派人来看看。"
        parts.append(
            columns(
                np.full((number, 2), np.nan),
                days.draw(rng, number, days.usual),
                _seconds(rng, kinds),
                kinds,
                text=text,
            )
        )
    return joined(parts)


def _told(
    rng: np.random.Generator, all_: Columns, days: Days, ground: PeopledGround, city: City
) -> list[HistoryCase]:
    """The columns as complaints, in the order of receipt."""
    n = len(all_)
    placed = np.isfinite(all_.metres[:, 0])
    exact = (all_.metres == DEFAULT_PIN_M).all(axis=1)
    accuracy = rng.choice(_ACCURACIES, n).astype(np.float64)
    error = rng.standard_normal((n, 2)) * (accuracy / RAYLEIGH_95)[:, None]
    degrees = to_degrees(np.where(exact[:, None], all_.metres, all_.metres + error))
    instead = _overridden(rng, all_, placed)
    names = {one.code: one.name for one in city.communities}
    where = np.full(n, "", dtype=object)
    where[placed] = ground.community_names(all_.metres[placed], names)
    # more and more people use the application
    app = rng.random(n) < np.interp(all_.day, (0, len(days)), (0.14, 0.3))
    channel = np.where(all_.app | app, 1, rng.choice((0, 2, 3), n, p=(0.68, 0.2, 0.12)))
    saying = rng.integers(0, 1 << 30, n)
    made = []
    for i in np.lexsort((all_.second, all_.day)).tolist():
        kind = str(all_.kind[i])
        told = str(all_.text[i]) or SENTENCES[kind][saying[i] % len(SENTENCES[kind])]
        has_pin = bool(placed[i])
        made.append(
            HistoryCase(
                received_at=datetime.combine(
                    days.dates[all_.day[i]], time(), tzinfo=_SHANGHAI
                ) + timedelta(seconds=int(all_.second[i])),
                kind=kind,
                channel=_CHANNELS[channel[i]],
                text=told.format(place=f"{where[i]}附近" if where[i] else ""),
                lon=float(degrees[i, 0]) if has_pin else None,
                lat=float(degrees[i, 1]) if has_pin else None,
                accuracy_m=None if exact[i] or not has_pin else float(accuracy[i]),
                words_only=not has_pin and bool(all_.text[i]),
                instead=instead[i],
            )
        )  # fmt: skip
    return made


def _overridden(
    rng: np.random.Generator, all_: Columns, placed: NDArray[np.bool_]
) -> list[str | None]:
    """By whom the machine was overruled: mostly along the disputed borders."""
    chance = np.full(len(all_), _OVERRIDDEN)
    across: list[str] = [""] * len(all_)
    at = shapely.points(np.where(placed[:, None], all_.metres, 0.0))
    for name, reach_m, share in DISPUTED_BORDERS:
        line = _border(name)
        near = placed & (shapely.distance(line, at) <= reach_m)
        chance[near] = share
        for i in np.flatnonzero(near).tolist():
            across[i] = name
    over = rng.random(len(all_)) < chance
    return [across[i] if over[i] else None for i in range(len(all_))]
