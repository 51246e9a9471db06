"""The tests of the map: which one was asked for, and its result as the page draws it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import Response
from numpy.typing import NDArray
from werkzeug.datastructures import MultiDict

from app.analysis import spot_shapes, spot_tests
from app.analysis.answering import json_of, number, respond
from app.analysis.areas import method_json
from app.analysis.cells import DECIMALS, SIZES_M, ring_deg
from app.analysis.filters import choice
from app.analysis.prepared import prepared
from app.analysis.sight import Sight
from app.analysis.spot_shapes import Shapes
from app.analysis.spot_tests import Tested
from maps.model import Floats

METHODS = {
    "gi": "热点（Gi*）",
    "moran": "局部 Moran's I",
    "emerging": "新兴时空热点",
    "scan": "泊松扫描",
    "space_time": "时空重排扫描",
    "repeats": "重复反映聚集",
}
ON = {"areas": "辖区", "cells": "方格"}
SHAPES = ("scan", "space_time", "repeats")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which test, and on what."""

    method: str
    """A key of METHODS."""
    on: str
    """A key of ON."""
    size_m: int
    """Side of a square where it is on cells."""


def asked_from(args: MultiDict[str, str]) -> Asked:
    """Read the address; UserInputError that names what can be had."""
    return Asked(
        method=choice(args, "method", METHODS, "gi"),
        on=choice(args, "on", ON, "areas"),
        size_m=SIZES_M[choice(args, "size", SIZES_M, "500")],
    )


def hotspots_json(seen: Sight, asked: Asked) -> bytes:
    """The finished answer, computed once per view; tests take turns (``cache.Kept``)."""
    return json_of("hotspots", seen, lambda: hotspots(seen, asked), *_key(seen, asked), long=True)


def hotspots_response(seen: Sight, asked: Asked) -> Response:
    """The same as a response."""
    return respond(hotspots_json(seen, asked))


def run(seen: Sight, asked: Asked) -> Tested | Shapes:
    """Run the test, once for a view; UserInputError, in Chinese, where the data do not suffice."""

    def make() -> Tested | Shapes:
        if asked.method in SHAPES:
            return spot_shapes.found(seen, asked.method, asked.on, asked.size_m)
        return spot_tests.tested(seen, asked.method, asked.on, asked.size_m)

    made: Tested | Shapes = prepared().tests.get((*seen.key, *_key(seen, asked)), make)
    return made


def _key(seen: Sight, asked: Asked) -> tuple[Hashable, ...]:
    """What a test depends on besides the view. The running day is left out of some, so the last
    day that is over belongs to it."""
    over = spot_tests.last_over(seen.view.filters.window)
    return (asked.method, asked.on, asked.size_m, over)


def hotspots(seen: Sight, asked: Asked) -> dict[str, object]:
    """The result as the page draws it; errors as ``run``."""
    tested = run(seen, asked)
    if isinstance(tested, Shapes):
        return _shapes(tested)
    return {
        "method": method_json(tested.method),
        "classes": tested.classes,
        "areas": _areas(seen, tested) if tested.ring_m is None else None,
        "cells": None if tested.ring_m is None else _cells(seen, tested, tested.ring_m),
        "shapes": None,
    }


def _areas(seen: Sight, tested: Tested) -> dict[str, object]:
    return {
        code: {
            "key": tested.keys[at],
            "z": number(tested.z[at], 3),
            "p": _chance(tested.p[at]),
            "q": _chance(tested.q[at]),
            "n": int(tested.n[at]),
        }
        for at, code in enumerate(seen.areas.codes)
    }


def _cells(seen: Sight, tested: Tested, ring_m: Floats) -> dict[str, object]:
    """Only cells with a case or a class: an empty cell without one is drawn as nothing."""
    keys: NDArray[Any] = np.array(tested.keys)
    kept = np.flatnonzero((tested.n > 0) | (keys != "none"))
    x_m, y_m = tested.xy_m[kept].T if len(kept) else (np.empty(0), np.empty(0))
    lon, lat = seen.snapshot.plane.to_lonlat(x_m, y_m)
    return {
        "size_m": float(np.ptp(ring_m[:, 0])),
        "tested": len(tested.xy_m),
        "ring": ring_deg(ring_m, seen),
        "items": [
            [x, y, n, key]
            for x, y, n, key in zip(
                lon.round(DECIMALS).tolist(),
                lat.round(DECIMALS).tolist(),
                tested.n[kept].tolist(),
                keys[kept].tolist(),
                strict=True,
            )
        ],
    }


def _shapes(found: Shapes) -> dict[str, object]:
    return {
        "method": method_json(found.method),
        "classes": found.classes,
        "areas": None,
        "cells": None,
        "shapes": found.items,
    }


def _chance(value: float) -> float | None:
    """A probability to four significant digits: 1e-9 is not 0."""
    return None if value != value else float(f"{value:.4g}")
