"""Where a Chinese administrative code says it is: a rectangle per province.

Outer extents of the provincial-level areas in whole tenths of a degree, rounded outwards, from
public atlases. They serve one question only, whether coordinates can possibly belong to a code,
so half a degree is added on every side.
"""

from __future__ import annotations

from routing.errors import UserInputError

_MARGIN_DEG = 0.5

_EXTENTS: dict[str, tuple[float, float, float, float]] = {
    "11": (115.4, 39.4, 117.6, 41.1),
    "12": (116.7, 38.5, 118.1, 40.3),
    "13": (113.4, 36.0, 119.9, 42.7),
    "14": (110.2, 34.5, 114.6, 40.8),
    "15": (97.1, 37.4, 126.1, 53.4),
    "21": (118.8, 38.7, 125.8, 43.5),
    "22": (121.6, 40.8, 131.4, 46.4),
    "23": (121.1, 43.4, 135.1, 53.6),
    "31": (120.8, 30.6, 122.3, 31.9),
    "32": (116.3, 30.7, 122.0, 35.2),
    "33": (118.0, 27.0, 123.0, 31.3),
    "34": (114.8, 29.3, 119.7, 34.7),
    "35": (115.8, 23.5, 120.8, 28.4),
    "36": (113.5, 24.4, 118.5, 30.1),
    "37": (114.7, 34.3, 122.8, 38.5),
    "41": (110.3, 31.3, 116.7, 36.4),
    "42": (108.3, 29.0, 116.2, 33.3),
    "43": (108.7, 24.6, 114.3, 30.2),
    "44": (109.6, 20.1, 117.4, 25.6),
    "45": (104.4, 20.8, 112.1, 26.4),
    "46": (108.0, 3.8, 118.0, 20.2),
    "50": (105.2, 28.1, 110.3, 32.3),
    "51": (97.3, 26.0, 108.6, 34.4),
    "52": (103.6, 24.6, 109.7, 29.3),
    "53": (97.5, 21.1, 106.3, 29.3),
    "54": (78.3, 26.8, 99.2, 36.6),
    "61": (105.4, 31.7, 111.3, 39.6),
    "62": (92.3, 32.5, 108.8, 42.9),
    "63": (89.4, 31.6, 103.1, 39.3),
    "64": (104.2, 35.2, 107.7, 39.4),
    "65": (73.4, 34.3, 96.5, 49.2),
    "71": (118.0, 20.7, 124.6, 26.4),
    "81": (113.8, 22.1, 114.5, 22.6),
    "82": (113.5, 22.0, 113.7, 22.3),
}


def is_province(code: str) -> bool:
    """Whether a code starts with the two digits of a province."""
    return code[:2] in _EXTENTS


def code_bounds(code: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north in WGS 84 degrees that anything with this code must lie in.

    ``None`` where the code is not one of 6, 9, 12 or 15 digits that starts with a province.
    """
    if not (code.isascii() and code.isdigit() and len(code) in (6, 9, 12, 15)):
        return None
    if not is_province(code):
        return None
    west, south, east, north = _EXTENTS[code[:2]]
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def city_bounds(code: str) -> tuple[float, float, float, float]:
    """The same for a city that somebody declares: 2, 4 or 6 digits, or a longer code.

    Raises UserInputError for anything that does not begin with a province.
    """
    digits = code.strip()
    if digits.isascii() and digits.isdigit() and len(digits) >= 2 and is_province(digits):
        found = code_bounds(digits[:2].ljust(6, "0"))
        if found is not None:
            return found
    raise UserInputError(f"{code!r} is not an administrative code; write one such as 350102")
