"""What the maps are to find: hot spots, new and fading ones, an outbreak, a disputed border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.demo.history_parts.days import EVENING, SCHOOL_RUN, Days

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """Complaints of one kind around one place, laid over what happens everywhere."""

    name: str
    kind: str
    number: int
    at: tuple[float, float]
    """Local metres, see ``geodata.demo.layout``."""
    spread_m: float
    """Standard deviation per axis."""
    days: Floats
    """Weight of each day."""
    hours: Floats | None = None
    text: str = ""
    """``{place}`` is where; empty takes a sentence of the kind."""


OUTBREAK_DAYS = 3
"""The burst is on the last days of a history, as early warning meets one."""
OUTBREAK_AT = (-1050.0, 2520.0)
EMERGING_DAYS = 84
"""Twelve complete weeks: the shortest series that an emerging hot spot is judged on is ten."""
NIGHT_MARKET_AT = (-380.0, 250.0)
EMERGING_AT = (1660.0, 1040.0)


def patterns(days: Days) -> tuple[Pattern, ...]:
    """All patterns of a history of at least two years."""
    usual = days.usual
    school = np.array(
        [
            day.weekday() < 5 and day.month not in (7, 8) and not off
            for day, off in zip(days.dates, days.holiday, strict=True)
        ]
    ).astype(np.float64)
    weekend = np.array([1.6 if day.weekday() >= 4 else 1.0 for day in days.dates])
    warm = 0.4 + days.months(4, 5, 6, 7, 8, 9, 10)
    wet = days.storms + 0.01
    outbreak = np.zeros(len(days))
    outbreak[-OUTBREAK_DAYS:] = (0.12, 0.35, 0.53)
    return (
        Pattern(name="夜市占道", kind="占道经营", number=1100, at=NIGHT_MARKET_AT, spread_m=70,
                days=usual * weekend * warm, hours=EVENING),
        Pattern(name="西洪路站工地", kind="施工扰民", number=700, at=(-2560, 660), spread_m=110,
                days=usual * days.back(300, 0), hours=EVENING),
        Pattern(name="屏东站工地，已完工", kind="施工扰民", number=550, at=(400, 1985),
                spread_m=100, days=usual * days.back(720, 230), hours=EVENING),
        Pattern(name="白马河低洼处", kind="路面积水", number=300, at=(-1080, -320), spread_m=60,
                days=wet),
        Pattern(name="晋安河低洼处", kind="路面积水", number=350, at=(1960, 350), spread_m=60,
                days=wet),
        Pattern(name="洪阵河低洼处", kind="路面积水", number=250, at=(-2560, -900), spread_m=70,
                days=wet),
        Pattern(name="学校门口，华大", kind="机动车违停", number=260, at=(380, 2100), spread_m=50,
                days=school, hours=SCHOOL_RUN),
        Pattern(name="学校门口，五凤", kind="机动车违停", number=220, at=(-1400, 1850), spread_m=50,
                days=school, hours=SCHOOL_RUN),
        Pattern(name="学校门口，南街", kind="机动车违停", number=240, at=(-700, -800), spread_m=50,
                days=school, hours=SCHOOL_RUN),
        Pattern(name="东街口商圈", kind="消费纠纷", number=600, at=(210, 60), spread_m=110,
                days=usual * weekend),
        Pattern(name="老旧小区，金牛山", kind="物业管理", number=300, at=(-3050, -150),
                spread_m=70, days=usual),
        Pattern(name="老旧小区，湖前", kind="物业管理", number=280, at=(-1900, 2950), spread_m=70,
                days=usual),
        Pattern(name="洪山垃圾点，整治后减少", kind="暴露垃圾", number=450, at=(-3200, -620),
                spread_m=80, days=usual * days.ramp(len(days), 0, 3.0, 0.12)),
        Pattern(name="五一广场", kind="噪声污染", number=500, at=(1280, -1400), spread_m=90,
                days=usual * warm, hours=EVENING),
        Pattern(name="新开地铁口，近十二周", kind="共享单车乱停放", number=420, at=EMERGING_AT,
                spread_m=230, days=days.ramp(EMERGING_DAYS - 1, 0, 0.25, 2.0)),
        Pattern(name="新开小吃街，近十周", kind="油烟扰民", number=150, at=(-2100, -1500),
                spread_m=60, days=days.back(69, 0), hours=EVENING),
        Pattern(name="停水", kind="便民服务", number=72, at=OUTBREAK_AT, spread_m=150,
                days=outbreak, text="{place}停水了，打水务电话一直占线，什么时候能来水？"),
    )  # fmt: skip
