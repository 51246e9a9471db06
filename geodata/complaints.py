"""A file of complaints → columns ready to route; a bad row is marked and stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata.complaint_files.columns import COLUMNS, ColumnNames
from geodata.complaint_files.formats import RawComplaints, read_raw
from geodata.complaint_files.places import Problem, read_places
from geodata.complaint_files.times import read_times

_EMPTY_WORDS = pa.array(["NULL", "null", "(null)", "\\N", "None"])
"""How databases print a missing value; never a coordinate, a time or a CRS."""

_SHOWN_CHARACTERS = 40
"""Of a bad value, in the sentence that tells it."""


@dataclass(frozen=True, kw_only=True)
class Complaints:
    """All rows of a file, in its order; arrays of one length."""

    id: np.ndarray
    """object, text as given; empty where the row has none."""
    text: pa.Array
    """The citizens' words, as given."""
    category: np.ndarray
    """object, text or ``None``."""
    channel: np.ndarray
    """object, text, empty where not given."""
    lon: np.ndarray
    """float64, WGS 84 degrees; nan where the row has no place."""
    lat: np.ndarray
    radius_m: np.ndarray
    """float64; nan where the row gives no accuracy."""
    day: np.ndarray
    """int64, ``date.toordinal()`` of the day to decide for, in Asia/Shanghai."""
    received_s: np.ndarray
    """int64, seconds since 1970-01-01 UTC; meaningless where not ``has_time``."""
    has_time: np.ndarray
    """bool: the row says when it was received."""
    invalid: np.ndarray
    """object, codes with ``;`` between, empty for a usable row. Each begins with ``invalid:``:
    ``missing_id``, ``duplicate_id``, ``cells`` (too few or too many in the line),
    ``nothing_to_place``, ``incomplete_coordinate``, ``not_a_number``, ``not_finite``,
    ``zero_coordinate``, ``swapped``, ``latitude_range``, ``longitude_range``, ``no_crs``,
    ``unknown_crs``, ``outside_crs``, ``not_a_point``, ``accuracy``, ``received_at``."""
    explanation: np.ndarray
    """object, Chinese, empty for a usable row."""
    repeated: np.ndarray
    """bool: the same id and the same content stand in an earlier row."""
    notes: tuple[str, ...]
    """What was detected, renamed or assumed, one line each."""

    def __len__(self) -> int:
        return len(self.id)


def read_complaints(
    path: Path,
    *,
    crs: str | None = None,
    columns: Mapping[str, str] | None = None,
    as_of: date | None = None,
    today: date,
) -> Complaints:
    """Read CSV, XLSX, GeoJSON, GeoPackage or Parquet by the file's ending.

    ``crs`` serves rows that name none; ``columns`` maps ours to the file's headings. The day of a
    row is ``as_of`` where given, else its own, else ``today`` (and the notes say how many).
    Raises UnusableComplaints where the file cannot be read at all, UnknownCrs for ``crs``.
    """
    raw = read_raw(path, ColumnNames(columns))
    trimmed = {
        name: _trim(values, keep_words=name in ("id", "text"))
        for name, values in raw.columns.items()
    }
    places = read_places(raw, trimmed, crs)
    notes = [*raw.notes, *places.notes]
    times = read_times(trimmed.get("received_at", _blank(raw.rows)))
    day = times.day
    if as_of is not None:
        day = np.full(raw.rows, as_of.toordinal(), dtype=np.int64)
    elif not times.given.all():
        missing = int((~times.given).sum())
        day = np.where(times.given, day, today.toordinal())
        notes.append(f"{missing} rows without received_at are decided as of today, {today}")
    ids = trimmed["id"]
    has_id = pc.not_equal(ids, "").to_numpy(zero_copy_only=False)
    has_text = pc.not_equal(trimmed.get("text", _blank(raw.rows)), "")
    nothing = ~(has_text.to_numpy(zero_copy_only=False) | places.given)
    broken = np.zeros(raw.rows, dtype=bool)
    broken[list(raw.broken)] = True
    content = [trimmed[name] for name in COLUMNS if name in trimmed]
    if raw.points is not None:
        content += [pa.array(raw.points.x), pa.array(raw.points.y)]
    first, same = _earlier(ids, content)
    differs = has_id & (first >= 0) & ~same
    problems: list[Problem] = [
        ("missing_id", ~has_id & ~broken, "没有编号"),
        ("nothing_to_place", nothing & ~broken, "既没有诉求内容，也没有坐标"),
        *((code, mask & ~broken, why) for code, mask, why in places.problems),
        (
            "received_at",
            times.unreadable & ~broken,
            "受理时间 {received_at} 无法识别（应为 ISO 8601）",
        ),
        ("duplicate_id", differs, "编号 {id} 与第 {first} 条重复而内容不同"),
    ]
    invalid, explanation = _explain(problems, raw, first)
    return Complaints(
        id=raw.columns["id"].to_numpy(zero_copy_only=False),
        text=raw.columns.get("text", _blank(raw.rows)),
        category=_optional(trimmed.get("category", _blank(raw.rows))),
        channel=trimmed.get("channel", _blank(raw.rows)).to_numpy(zero_copy_only=False),
        lon=places.lon,
        lat=places.lat,
        radius_m=places.radius_m,
        day=day,
        received_s=times.seconds,
        has_time=times.given,
        invalid=invalid,
        explanation=explanation,
        repeated=has_id & (first >= 0) & same & ~broken,
        notes=tuple(notes),
    )


def _blank(rows: int) -> pa.Array:
    return pa.array([""] * rows, pa.string())


def _trim(values: pa.Array, *, keep_words: bool) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(values)
    if keep_words:
        return trimmed
    return pc.if_else(pc.is_in(trimmed, value_set=_EMPTY_WORDS), "", trimmed)


def _optional(values: pa.Array) -> np.ndarray:
    objects: np.ndarray = pc.if_else(pc.equal(values, ""), None, values).to_numpy(
        zero_copy_only=False
    )
    return objects


def _earlier(ids: pa.Array, content: Iterable[pa.Array]) -> tuple[np.ndarray, np.ndarray]:
    """For each row, the first row with its id (-1 for the first itself), and whether all of
    ``content`` reads the same there."""
    codes = ids.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    _, first_of, inverse = np.unique(codes, return_index=True, return_inverse=True)
    first = first_of[inverse]
    first[first == np.arange(len(first))] = -1
    same = np.zeros(len(first), dtype=bool)
    later = np.flatnonzero(first >= 0)
    if len(later):
        alike = np.ones(len(later), dtype=bool)
        for column in content:
            values = column.to_numpy(zero_copy_only=False)
            here, there = values[later], values[first[later]]
            alike &= (here == there) | ((here != here) & (there != there))  # nan equals nan
        same[later] = alike
    return first, same


def _explain(
    problems: Iterable[Problem], raw: RawComplaints, first: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Codes and sentences per row; only rows with a problem are ever touched one by one."""
    codes: dict[int, list[str]] = {row: ["cells"] for row in raw.broken}
    why: dict[int, list[str]] = {row: [text] for row, text in raw.broken.items()}
    for code, mask, template in problems:
        for row in np.flatnonzero(mask).tolist():
            values = {
                name: _shown(column[row].as_py())
                for name, column in raw.columns.items()
                if "{" + name + "}" in template
            }
            if "{x}" in template or "{y}" in template:
                values |= _coordinate(raw, row)
            codes.setdefault(row, []).append(code)
            why.setdefault(row, []).append(template.format(first=first[row] + 1, **values))
    invalid = np.full(raw.rows, "", dtype=object)
    explanation = np.full(raw.rows, "", dtype=object)
    for row, found in codes.items():
        invalid[row] = ";".join(f"invalid:{code}" for code in dict.fromkeys(found))
        explanation[row] = f"第 {row + 1} 条无法使用：{'；'.join(why[row])}。"
    return invalid, explanation


def _coordinate(raw: RawComplaints, row: int) -> dict[str, str]:
    if raw.points is not None and not np.isnan(raw.points.x[row]):
        return {"x": f"{raw.points.x[row]:.7g}", "y": f"{raw.points.y[row]:.7g}"}
    return {
        "x": _shown(raw.columns["lon"][row].as_py()),
        "y": _shown(raw.columns["lat"][row].as_py()),
    }


def _shown(value: str) -> str:
    value = value.strip()
    return value if len(value) <= _SHOWN_CHARACTERS else value[: _SHOWN_CHARACTERS - 1] + "…"
