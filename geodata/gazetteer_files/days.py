"""Days of validity as registers write them: a day, a month or only a year."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

_DAY = re.compile(
    r"(?P<y>\d{4})(?:(?P<m8>\d{2})(?P<d8>\d{2})"
    r"|[-/.年](?P<m>\d{1,2})(?:[-/.月](?P<d>\d{1,2})日?|月)?|年)?"
    r"(?:[T ]\d{1,2}:\d{2}.*)?"
)
# Spreadsheets and databases write these for "no end".
_NO_END = ("9999", "2999", "3000")
_WORDS_FOR_NONE = frozenset({"", "-", "—", "/", "无", "null", "none", "nan", "nat", "长期", "至今"})


@lru_cache(maxsize=50_000)
def read_day(text: str, *, last: bool) -> date | None:
    """The day of a text; ``None`` for an empty one and for words that mean no end.

    ``last`` takes the end of a month or year that is not told to the day. Raises ValueError.

    >>> read_day("2008", last=False), read_day("2008年2月", last=True)
    (datetime.date(2008, 1, 1), datetime.date(2008, 2, 29))
    """
    text = text.strip()
    if text.lower() in _WORDS_FOR_NONE:
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    parts: Mapping[str, str | None] = found.groupdict()
    year = int(parts["y"] or 0)
    if last and (parts["y"] or "") in _NO_END:
        return None
    month = int(parts["m8"] or parts["m"] or (12 if last else 1))
    told = parts["d8"] or parts["d"]
    if not 1 <= month <= 12:
        raise ValueError(text)
    day = int(told) if told else (calendar.monthrange(year, month)[1] if last else 1)
    return date(year, month, day)
