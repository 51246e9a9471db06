"""The list of cases as a table: numbers, times, kinds, places; no word of a citizen."""

from __future__ import annotations

from typing import Any

import numpy as np
from werkzeug.datastructures import MultiDict

from app import words
from app.analysis.case_list import received, there
from app.analysis.cells import DECIMALS
from app.analysis.sheets import Sheet
from app.analysis.sight import Sight
from app.analysis.table_head import fits, head_of
from maps.model import NONE, Coded


def case_table(seen: Sight, args: MultiDict[str, str]) -> Sheet:
    """Return the cases of a view, of an area or near a point, oldest first; nothing personal."""
    cases = seen.snapshot.cases
    at = np.flatnonzero(seen.rows & there(seen, args))
    fits(len(at), args)
    at = at[np.lexsort((at, cases.minute[at], cases.day[at]))]
    lon, lat = seen.snapshot.plane.to_lonlat(cases.x_m[at], cases.y_m[at])
    named = [
        [words.channel(one) for one in _labels(cases.channel, at)],
        *(
            [seen.name(code) if code else "" for code in _labels(column, at)]
            for column in (cases.district, cases.subdistrict, cases.community, cases.grid)
        ),
        [seen.name(code) if code else "" for code in _labels(cases.unit, at)],
    ]
    points = [
        None if x != x else [round(x, DECIMALS), round(y, DECIMALS)]
        for x, y in zip(lon.tolist(), lat.tolist(), strict=True)
    ]
    title = "工单清单"
    return Sheet(
        title=title,
        head=head_of(seen, title, None),
        columns=[
            "工单编号",
            "受理时间",
            "诉求类别",
            "渠道",
            "区县",
            "街道（镇）",
            "社区（村）",
            "网格",
            "承办单位",
            "经度",
            "纬度",
        ],
        rows=[
            [str(number), received(day, minute), kind, *rest, *(point or (None, None))]
            for number, day, minute, kind, *rest, point in zip(
                cases.number[at].tolist(),
                cases.day[at].tolist(),
                cases.minute[at].tolist(),
                _labels(cases.kind, at),
                *named,
                points,
                strict=True,
            )
        ],
        geometries=lambda: [
            None if point is None else {"type": "Point", "coordinates": point} for point in points
        ],
    )


def _labels(column: Coded, at: Any) -> list[str]:
    return [column.labels[code] if code != NONE else "" for code in column.codes[at].tolist()]
