"""``received_at`` as text → instants and calendar days, a column at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_PATTERN = (
    r"^(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"|年(?P<mc>\d{1,2})月(?P<dc>\d{1,2})日|(?P<mb>\d{2})(?P<db>\d{2}))"
    r"(?:[T ]\s*(?P<h>\d{1,2}):?(?P<mi>\d{2})(?::?(?P<s>\d{2})(?:[.,](?P<f>\d+))?)?"
    r"\s*(?P<z>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?$"
)
"""ISO 8601 calendar dates and times, and the year-first forms that Chinese exports print
(2024/1/5 8:03, 2024年1月5日). Day-first and month-first forms are ambiguous and not read."""

_SHANGHAI_S = 8 * 3600
"""Asia/Shanghai stands at +08:00 without summer time since 1991-09-15."""

_ORDINAL_OF_EPOCH = 719_163
"""``date(1970, 1, 1).toordinal()``."""


@dataclass(frozen=True, kw_only=True)
class ReceivedTimes:
    """One row each."""

    seconds: np.ndarray
    """int64, since 1970-01-01 in UTC; 0 where not ``given``."""
    day: np.ndarray
    """int64, the calendar day in Asia/Shanghai as ``date.toordinal()``; 0 where not ``given``."""
    given: np.ndarray
    """bool: the cell holds a readable time."""
    unreadable: np.ndarray
    """bool: the cell holds something else."""


def read_times(texts: pa.Array) -> ReceivedTimes:
    """Read a column of trimmed texts; an empty one is neither given nor unreadable.

    A naive time is Asia/Shanghai; an aware one moves to the day it falls on there. A date without
    time is that day's midnight. A 31st of April is unreadable.
    """
    encoded = texts.dictionary_encode()
    words = encoded.dictionary
    row = encoded.indices.to_numpy(zero_copy_only=False)
    empty = pc.equal(words, "").to_numpy(zero_copy_only=False)
    parts = pc.extract_regex(words, pattern=_PATTERN)
    matched = pc.is_valid(parts).to_numpy(zero_copy_only=False)

    def number(*names: str) -> np.ndarray:
        values = np.zeros(len(words), dtype=np.int64)
        for name in names:
            text = pc.replace_with_mask(
                pc.fill_null(pc.struct_field(parts, name), ""),
                pc.equal(pc.fill_null(pc.struct_field(parts, name), ""), ""),
                pa.scalar("0"),
            )
            values += pc.cast(text, pa.int64()).to_numpy()
        return values

    year, month, day = number("y"), number("m", "mc", "mb"), number("d", "dc", "db")
    clock = number("h") * 3600 + number("mi") * 60 + number("s")
    zone = pc.fill_null(pc.struct_field(parts, "z"), "")
    offset = _offsets(zone)
    months = (np.where(matched, year - 1970, 0) * 12 + np.clip(month, 1, 12) - 1).astype("M8[M]")
    first = months.astype("M8[D]")
    days_in_month = ((months + 1).astype("M8[D]") - first).astype(np.int64)
    readable = (
        matched
        & (year >= 1)
        & (month >= 1)
        & (month <= 12)
        & (day >= 1)
        & (day <= days_in_month)
        & (number("h") < 24)
        & (number("mi") < 60)
        & (number("s") < 60)
        & (np.abs(offset) < 86_400)
    )
    local_day = first.astype(np.int64) + day - 1
    utc = local_day * 86_400 + clock - offset
    ordinal = (utc + _SHANGHAI_S) // 86_400 + _ORDINAL_OF_EPOCH
    readable &= ordinal >= 1
    return ReceivedTimes(
        seconds=np.where(readable, utc, 0)[row],
        day=np.where(readable, ordinal, 0)[row],
        given=readable[row],
        unreadable=(~readable & ~empty)[row],
    )


def _offsets(zones: pa.Array) -> np.ndarray:
    """Seconds east of Greenwich; Asia/Shanghai's where none is written."""
    encoded = zones.dictionary_encode()
    seconds = np.zeros(len(encoded.dictionary), dtype=np.int64)
    for i, zone in enumerate(encoded.dictionary.to_pylist()):
        if zone == "":
            seconds[i] = _SHANGHAI_S
        elif zone.upper() != "Z":
            digits = zone[1:].replace(":", "").ljust(4, "0")
            size = int(digits[:2]) * 3600 + int(digits[2:]) * 60
            seconds[i] = -size if zone[0] == "-" else size
    offsets: np.ndarray = seconds[encoded.indices.to_numpy(zero_copy_only=False)]
    return offsets
