"""The seventeen classes of emerging hot spots: eight hot, eight cold, none.

The published texts overlap, so an order is needed. With hot bins and cold bins of one place, and
``share`` the part of its steps that are hot:

1. share ≥ 0.9, last step not hot: historical (also where the last step is cold).
2. share ≥ 0.9, last step hot: intensifying with a rising trend, diminishing with a falling one,
   persistent without.
3. last step hot, cold at any earlier step: oscillating, before new and consecutive: a place that
   was significantly cold was not merely unremarkable before.
4. last step hot, never before: new.
5. last step hot, one unbroken run of two or more, never hot before it: consecutive.
6. last step hot, otherwise: sporadic.
7. none: also a place that was hot for a while, but not for 0.9 of the time, and is not now.

Cold is the mirror: a cold place intensifies where z falls. Steps 1 and 2 of either side come
before 3 to 6 of the other; both sides cannot have a share of 0.9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maps.model import Bools, Floats

SHARE = 0.9
"""Part of all steps, of the published definitions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """How a class is shown."""

    name: str
    """Chinese, with ArcGIS's words."""
    colour: str
    """sRGB; hot from yellow to dark red, cold from pale to dark blue, readable in grey too."""
    means: str
    """One Chinese sentence for the legend."""


CATEGORIES = {
    "new_hot": Category(name="新增热点", colour="#e31a1c", means="最后一个时间步首次成为显著热点"),
    "consecutive_hot": Category(
        name="连续热点", colour="#fd8d3c", means="最近至少两步连续为显著热点，此前从未是"
    ),
    "intensifying_hot": Category(
        name="加强的热点", colour="#67000d", means="九成以上时间步为显著热点，且显著加强"
    ),
    "persistent_hot": Category(
        name="持续热点", colour="#a50f15", means="九成以上时间步为显著热点，无明显升降"
    ),
    "diminishing_hot": Category(
        name="逐渐减弱的热点", colour="#d98880", means="九成以上时间步为显著热点，但显著减弱"
    ),
    "sporadic_hot": Category(
        name="零星热点", colour="#fecc5c", means="最后一步为显著热点，此前时有时无，从未是冷点"
    ),
    "oscillating_hot": Category(
        name="振荡热点", colour="#f4a6d0", means="最后一步为显著热点，此前曾是显著冷点"
    ),
    "historical_hot": Category(
        name="历史热点", colour="#8c6d5a", means="九成以上时间步为显著热点，但最后一步不是"
    ),
    "new_cold": Category(name="新增冷点", colour="#2171b5", means="最后一个时间步首次成为显著冷点"),
    "consecutive_cold": Category(
        name="连续冷点", colour="#6baed6", means="最近至少两步连续为显著冷点，此前从未是"
    ),
    "intensifying_cold": Category(
        name="加强的冷点", colour="#08306b", means="九成以上时间步为显著冷点，且显著加强"
    ),
    "persistent_cold": Category(
        name="持续冷点", colour="#08519c", means="九成以上时间步为显著冷点，无明显升降"
    ),
    "diminishing_cold": Category(
        name="逐渐减弱的冷点", colour="#8fb0cf", means="九成以上时间步为显著冷点，但显著减弱"
    ),
    "sporadic_cold": Category(
        name="零星冷点", colour="#bdd7e7", means="最后一步为显著冷点，此前时有时无，从未是热点"
    ),
    "oscillating_cold": Category(
        name="振荡冷点", colour="#9e9ac8", means="最后一步为显著冷点，此前曾是显著热点"
    ),
    "historical_cold": Category(
        name="历史冷点", colour="#5f7a8c", means="九成以上时间步为显著冷点，但最后一步不是"
    ),
    "none": Category(name="无明显模式", colour="#e8e8e8", means="不符合以上任何一类"),
}


def classes(
    hot: Bools, cold: Bools, trend_z: Floats, trend_p: Floats, *, level: float = 0.05
) -> tuple[str, ...]:
    """One key of CATEGORIES for each place.

    ``hot``, ``cold`` (steps, places): significant bins, after correction; never both in one.
    ``trend_z``, ``trend_p`` (places,): of the place's z, significant at p ≤ ``level``.
    """
    places = int(hot.shape[1])
    if len(hot) == 0:
        return ("none",) * places
    trend = np.where(trend_p <= level, np.sign(trend_z), 0.0)
    found: NDArray[np.str_] = np.full(places, "none", dtype="U20")
    # the mirror first takes what only one side can have, so that the order holds across both
    for mine, other, up, name in ((hot, cold, 1, "hot"), (cold, hot, -1, "cold")):
        share = mine.mean(axis=0)
        often = share >= SHARE - 1e-12
        now, before = mine[-1], mine[:-1].any(axis=0)
        run = np.logical_and.accumulate(mine[::-1], axis=0).sum(axis=0)
        other_often = other.mean(axis=0) >= SHARE - 1e-12
        for key, where in (
            ("sporadic", now),
            ("consecutive", now & (run >= 2) & (run == mine.sum(axis=0))),
            ("new", now & ~before),
            ("oscillating", now & other[:-1].any(axis=0)),
        ):
            found[where & ~often & ~other_often] = f"{key}_{name}"
        for key, where in (
            ("persistent", now & (trend == 0)),
            ("intensifying", now & (trend == up)),
            ("diminishing", now & (trend == -up)),
            ("historical", ~now),
        ):
            found[where & often] = f"{key}_{name}"
    return tuple(found.tolist())
