"""The cases behind a number on the map, page by page, newest first.

Which cases is known from the snapshot; what is shown of each is read again through the viewer's
scope in the database, so a case that left the scope meanwhile is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from werkzeug.datastructures import MultiDict

from app import wiring, words
from app.analysis.filters import area_from, one, short
from app.analysis.sight import Sight
from app.desks import access, present
from geodata.database import transaction
from geodata.store.case_rows import CASES, case_of
from geodata.tables import case_
from maps.model import EPOCH, NONE, Bools
from routing.casework.cases import Case
from routing.errors import UserInputError
from routing.model import JurisdictionLevel

PAGE = 30
"""Cases of one answer: two screens of the list."""
FURTHEST_M = 5_000
"""Metres around a point; who wants more wants a jurisdiction."""
_MINUTES = 1440


def case_list(sight: Sight, args: MultiDict[str, str]) -> dict[str, object]:
    """Return a page of the cases in an area or near a point; ``next`` is ``None`` at the end.

    Raises UserInputError for an area or a point that cannot be read, and for a page mark that
    names no case.
    """
    rows = np.flatnonzero(sight.rows & there(sight, args))
    total = len(rows)
    after = one(args, "after")
    if after:
        rows = _beyond(sight, rows, after)
    chosen = _newest(sight, rows, PAGE + 1)
    shown = chosen[:PAGE]
    numbers = [str(sight.snapshot.cases.number[row]) for row in shown]
    read = _read(sight, numbers)
    return {
        # what moved out of the scope since the snapshot was read is not there
        "items": [_item(sight, read[number]) for number in numbers if number in read],
        "next": numbers[-1] if len(chosen) > PAGE else None,
        "total": total,
    }


def _read(sight: Sight, numbers: list[str]) -> dict[str, Case]:
    """The cases as they are now, by number, as far as the scope shows them."""
    if not numbers:
        return {}
    with transaction(wiring.services().engine, scope=sight.scope) as connection:
        rows = connection.execute(CASES.where(case_.c.no.in_(numbers))).all()
    return {row.no: case_of(row) for row in rows}


def there(sight: Sight, args: MultiDict[str, str]) -> Bools:
    """(n,) which cases of the snapshot lie in the area or near the point of an address; all where
    it names neither."""
    area, near = one(args, "area"), one(args, "near")
    cases = sight.snapshot.cases
    if area and near:
        raise UserInputError("area 和 near 只能给一个：按辖区看，或按位置附近看")
    if near:
        lon, lat, metres = _near(near)
        [x_m], [y_m] = sight.snapshot.plane.from_lonlat(np.array([lon]), np.array([lat]))
        # NaN of a case without a place is never near
        close: Bools = np.hypot(cases.x_m - x_m, cases.y_m - y_m) <= metres
        return close
    if not area:
        return np.ones(len(cases), dtype=np.bool_)
    level, code = area_from(area, sight.snapshot, "area")
    column = cases.level(level)
    place = column.code(code)
    inside: Bools = (column.codes == place) & (place != NONE)
    return inside


def _near(given: str) -> tuple[float, float, float]:
    numbers = given.split(",")
    if len(numbers) != 3 or not all(re.fullmatch(r"-?\d{1,7}(\.\d{1,20})?", n) for n in numbers):
        raise UserInputError(
            f"参数 near 的值“{short(given)}”无法识别；请写成 经度,纬度,米，例如 119.3,26.08,100"
        )
    lon, lat, metres = (float(n) for n in numbers)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90 and 0 < metres <= FURTHEST_M):
        raise UserInputError(
            f"参数 near 的值“{short(given)}”超出范围；经度、纬度用度，距离为 0 到 {FURTHEST_M} 米"
        )
    return lon, lat, metres


def _minute(sight: Sight, rows: NDArray[np.intp]) -> NDArray[np.int64]:
    cases = sight.snapshot.cases
    minutes: NDArray[np.int64] = cases.day[rows].astype(np.int64) * _MINUTES + cases.minute[rows]
    return minutes


def _beyond(sight: Sight, rows: NDArray[np.intp], after: str) -> NDArray[np.intp]:
    """The rows that come after the case with this number in the order of the list."""
    numbers = sight.snapshot.cases.number
    at = np.flatnonzero(numbers == after) if len(numbers) else np.empty(0, dtype=np.intp)
    if not len(at):
        raise UserInputError(f"页码标记 after={short(after)} 无效；请用上一页给出的，或从头看起")
    last = _minute(sight, at[:1])[0]
    times = _minute(sight, rows)
    later: NDArray[np.intp] = rows[(times < last) | ((times == last) & (numbers[rows] < after))]
    return later


def _newest(sight: Sight, rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """The latest received, ties by number; only as many are sorted as are wanted."""
    times = _minute(sight, rows)
    if len(rows) > most:
        oldest = np.partition(times, len(times) - most)[len(times) - most]
        kept = times >= oldest
        rows, times = rows[kept], times[kept]
    order = np.lexsort((sight.snapshot.cases.number[rows], times))[::-1]
    return rows[order[:most]]


def _item(sight: Sight, case: Case) -> dict[str, object]:
    shown = present.row(case, access.unit_name)
    return {
        "no": case.no,
        "received": shown["received_at"],
        "kind": shown["category"],
        "channel": shown["channel"],
        "unit": shown["unit_name"],
        "place": _place(sight, case.decision.codes),
        "state": case.state.value,
        "state_label": words.STATES[case.state],
        "excerpt": shown["excerpt"],
        "lon": case.decision.lon,
        "lat": case.decision.lat,
    }


def _place(sight: Sight, codes: Mapping[str, str]) -> str:
    """The two finest jurisdictions by name; ``未定位`` where none is known."""
    finest = (JurisdictionLevel.SUBDISTRICT, JurisdictionLevel.COMMUNITY, JurisdictionLevel.GRID)
    names = [sight.name(code) for level in finest if (code := codes.get(level.value))]
    return " ".join(names[-2:]) or "未定位"


def received(day: int, minute: int) -> str:
    """Local time as people write it in a table: ``2026-11-22 09:30``."""
    return f"{EPOCH + timedelta(days=day)} {minute // 60:02d}:{minute % 60:02d}"
