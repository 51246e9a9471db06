"""What stands over every table that leaves the house, and how many rows it may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from werkzeug.datastructures import MultiDict

from app import wiring, words
from app.analysis.filters import choice
from app.analysis.sheets import FORMATS, too_many
from app.analysis.sight import Sight
from maps.model import Method

CAVEAT = "投诉量不等于问题量：反映多少也取决于愿不愿意反映"


def head_of(seen: Sight, title: str, method: Method | Mapping[str, Any] | None) -> list[str]:
    """What every file says first: period, n located / n total, filters, method, versions."""
    view, cases = seen.view, seen.snapshot.cases
    n, located = int(np.count_nonzero(seen.rows)), int(np.count_nonzero(seen.rows & cases.located))
    lines = [
        title,
        f"时段：{view.filters.window}",
        f"有位置 {located} 件 / 共 {n} 件",
        f"诉求类别：{'、'.join(sorted(view.filters.kinds)) or '全部'}；"
        f"渠道：{'、'.join(map(words.channel, sorted(view.filters.channels))) or '全部'}；"
        f"范围：{seen.name(seen.top[1]) if seen.top else '全部'}",
    ]
    if method is not None:
        lines += _method_lines(method)
    as_of = seen.snapshot.as_of.astimezone(wiring.LOCAL_TIME)
    lines += [
        f"数据截至 {as_of:%Y-%m-%d %H:%M}；界线版本：{seen.areas.version or '无'}；"
        f"坐标：WGS 84（计算用 {seen.snapshot.plane.name}）",
        CAVEAT,
    ]
    return lines


def _method_lines(method: Method | Mapping[str, Any]) -> list[str]:
    made: Mapping[str, Any] = (
        method
        if isinstance(method, Mapping)
        else {name: getattr(method, name) for name in Method.__dataclass_fields__}
    )
    lines = [f"方法：{made['name']}"]
    if made["null"]:
        lines.append(f"原假设：{made['null']}；备择：{made['alternative']}")
    if made["correction"]:
        lines.append(f"多重检验：{made['correction']}")
    if made["permutations"]:
        lines.append(f"置换 {made['permutations']} 次，种子 {made['seed']}")
    if made["choices"]:
        lines.append(
            "设置：" + "；".join(f"{key} {value}" for key, value in made["choices"].items())
        )
    return [*lines, *(f"注意：{one}" for one in made["warnings"])]


def fits(rows: int, args: MultiDict[str, str]) -> None:
    """Before anything is built: UserInputError for a table that its format cannot hold."""
    too_many(rows, choice(args, "format", FORMATS, "csv"))
