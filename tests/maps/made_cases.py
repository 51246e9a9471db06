"""Cases and areas made for tests of counts: every column given or drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.model import EPOCH, NONE, Areas, Cases, Coded, Filters, TimeWindow
from routing.model import JurisdictionLevel

START = date(2026, 3, 2)
"""A Monday; day 0 of the made cases."""


def coded(values: Sequence[str | None]) -> Coded:
    """A column from its values; ``None`` where a case has none."""
    labels = tuple(sorted({value for value in values if value is not None}))
    codes = [NONE if value is None else labels.index(value) for value in values]
    return Coded(codes=np.array(codes, dtype=np.int32), labels=labels)


def made(
    x: Sequence[float] | NDArray[Any],
    y: Sequence[float] | NDArray[Any],
    day: Sequence[int] | NDArray[Any] | int = 0,
    **columns: Any,
) -> Cases:
    """Cases at metres, ``day`` days after ``START``; other columns as ``Coded`` or values."""
    n = len(x)

    def text(name: str, default: str | None) -> Coded:
        value = columns.pop(name, default)
        if isinstance(value, Coded):
            return value
        if value is None or isinstance(value, str):
            label = () if value is None else (value,)
            return Coded(codes=np.full(n, len(label) - 1, dtype=np.int32), labels=label)
        return coded(value)

    def number(name: str, default: float, kind: Any) -> NDArray[Any]:
        return np.array(np.broadcast_to(columns.pop(name, default), n), dtype=kind)

    days = np.broadcast_to(np.asarray(day), n) + (START - EPOCH).days
    cases = Cases(
        number=np.array([f"G{at:06d}" for at in range(n)]) if n < 5_000 else np.arange(n),
        x_m=np.asarray(x, dtype=np.float64),
        y_m=np.asarray(y, dtype=np.float64),
        radius_m=number("radius", 50.0, np.float64),
        day=days.astype(np.int32),
        minute=number("minute", 600, np.int32),
        kind=text("kind", "噪声"),
        channel=text("channel", "电话"),
        district=text("district", None),
        subdistrict=text("subdistrict", None),
        community=text("community", None),
        grid=text("grid", None),
        unit=text("unit", None),
        overridden=number("overridden", -1, np.int8),
        returned=number("returned", -1, np.int8),
    )
    assert not columns, f"no such columns: {list(columns)}"
    return cases


def none() -> Cases:
    """No case at all."""
    return made([], [])


def shuffled(cases: Cases, seed: int = 0) -> tuple[Cases, NDArray[np.int64]]:
    """The same cases in another order, and which case stands at each place."""
    order = np.random.default_rng(seed).permutation(len(cases))
    return cases.take(order), order


def tiles(
    columns: int,
    rows: int,
    size_m: float = 1000.0,
    level: JurisdictionLevel = JurisdictionLevel.COMMUNITY,
    parents: Sequence[str] | None = None,
) -> Areas:
    """Squares side by side from the origin, named ``C00`` … row by row."""
    at = [(i, j) for j in range(rows) for i in range(columns)]
    codes = tuple(f"C{j}{i}" for i, j in at)
    return Areas(
        level=level,
        codes=codes,
        names=tuple(f"{code}社区" for code in codes),
        parents=tuple(parents) if parents is not None else ("",) * len(codes),
        shapes=np.array(
            [shapely.box(i * size_m, j * size_m, (i + 1) * size_m, (j + 1) * size_m) for i, j in at]
        ),
        version="2026-01-01",
    )


def window(days: int, after: int = 0) -> TimeWindow:
    """Days from ``after`` days after ``START``."""
    start = START + timedelta(days=after)
    return TimeWindow(start=start, end=start + timedelta(days=days))


def everything(days: int = 10_000) -> Filters:
    """Filters that leave out nothing."""
    return Filters(window=window(days))
