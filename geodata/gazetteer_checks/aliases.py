"""Aliases that mislead: equal to another place's name, too general, or pointing in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterator

from geodata.findings import Severity
from geodata.gazetteer_checks.crowd import Crowd, called, together
from geodata.gazetteer_checks.ground import Ground
from routing.model import Place

_WORDS = """
道路 马路 大路 小路 公路 国道 省道 街道 大街 小街 小巷 巷子 胡同 路口 路段 十字路口
小区 大院 院子 宿舍 家属院 小区门口 楼下 楼上 楼栋 大楼 大厦 写字楼 公寓 别墅
市场 菜市场 农贸市场 超市 商场 商店 便利店 药店 饭店 酒店 宾馆 餐馆 餐厅 网吧
公园 广场 绿地 学校 小学 中学 大学 幼儿园 医院 诊所 卫生院 银行 邮局 派出所
社区 居委会 村委会 街道办 办事处 政府 法院 消防站
公厕 厕所 垃圾站 垃圾桶 停车场 车库 地下车库 工地 加油站 充电桩 配电房
公交站 车站 地铁站 火车站 天桥 立交桥 隧道 高架 人行道 路灯 电线杆 井盖
大门 正门 后门 侧门 东门 南门 西门 北门 门口 出口 入口 出入口 河边 江边 湖边
附近 旁边 对面 这里 那里 家里 本地 市区 城区 郊区 村里
"""

GENERIC = frozenset(_WORDS.split())
"""Words that stand in complaints without naming any place: as an alias they would draw texts from
all over the city to one spot."""

_TOO_SHORT = re.compile(r"[0-9A-Za-z]{1,3}|.")


def alias_findings(ground: Ground, crowd: Crowd) -> None:
    """Note each alias once for every real name it hides, generic aliases, and circles."""
    leads: dict[str, set[str]] = {}
    for place in ground.places:
        for alias in place.aliases:
            if alias in GENERIC or _TOO_SHORT.fullmatch(alias):
                crowd.add(
                    "generic_alias",
                    Severity.BLOCKING,
                    f"{called(place)}的别名「{alias}」是泛称，不能专指一处",
                    "删去该别名；口语说法写全，例如「西洪小区北门」",
                    [place],
                )
                continue
            others = [ground.places[at] for at in ground.by_name.get(alias, ())]
            hidden = [one for one in others if one is not place and one.name != place.name]
            if hidden:
                leads.setdefault(place.name, set()).add(alias)
            _hides(place, alias, [one for one in hidden if together(place, one)], crowd)
    for circle in _circles(leads):
        members = [ground.places[ground.by_name[name][0]] for name in circle]
        more = f" 等 {len(members)} 处" if len(members) > 5 else ""
        crowd.add(
            "alias_cycle",
            Severity.WARNING,
            f"{'、'.join(called(one) for one in members[:5])}{more}互为别名",
            "若是同一处，合为一条，其余名称写入 aliases；若不是，删去错误的别名",
            members,
        )


def _hides(place: Place, alias: str, hidden: list[Place], crowd: Crowd) -> None:
    if not hidden:
        return
    same = [one for one in hidden if one.kind is place.kind]
    worst = (same or hidden)[0]
    more = f"等 {len(hidden)} 处" if len(hidden) > 1 else ""
    crowd.add(
        "alias_hides_name",
        Severity.BLOCKING if same else Severity.WARNING,
        f"{called(place)}的别名「{alias}」就是{called(worst)}{more}的标准名称",
        "删去该别名，否则写了标准名称的诉求会被派往别处；旧名改用的，写明两者的有效期",
        [place, worst],
    )


def _circles(leads: dict[str, set[str]]) -> Iterator[list[str]]:
    """Names that lead to each other: strongly connected parts of two and more (Tarjan's method,
    without recursion, since a chain of aliases may be long)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in leads:
        if root in index:
            continue
        work = [(root, iter(sorted(leads.get(root, ()))))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, following = work[-1]
            step = next(following, None)
            if step is not None:
                if step not in index:
                    index[step] = low[step] = len(index)
                    stack.append(step)
                    on_stack.add(step)
                    work.append((step, iter(sorted(leads.get(step, ())))))
                elif step in on_stack:
                    low[name] = min(low[name], index[step])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[name])
            if low[name] == index[name]:
                part = []
                while True:
                    part.append(stack.pop())
                    on_stack.discard(part[-1])
                    if part[-1] == name:
                        break
                if len(part) > 1:
                    yield sorted(part)
