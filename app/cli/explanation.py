"""The whole why of one complaint, in Chinese, for a terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date

from app.cli.reading_words import reading_lines
from app.words import LEVELS, OUTCOMES, PRECISIONS, STATUSES, reason
from routing.jurisdiction.best_point import best_point, reach_m
from routing.model import (
    Complaint,
    Hits,
    JurisdictionHit,
    LevelHits,
    Location,
    Recommendation,
)
from routing.pipeline import Routed

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that would steer the terminal or turn the reading direction."""

_SHOWN_CHARACTERS = 200
"""Of the complaint's words; the rest is counted."""


def explanation(
    complaint: Complaint,
    routed: Routed,
    day: date,
    *,
    given: str,
    name: Callable[[str], str],
    gazetteer_version: str = "",
) -> str:
    """Return the text. ``given`` is the coordinate as written, empty for none; ``name`` words a
    unit code. Names from files and the citizen's words come out without control characters."""
    hits, answer, said = routed.hits, routed.recommendation, routed.text_place
    lines = [
        *_complaint(complaint, routed.location, day, given),
        *(reading_lines(complaint.text, said) if said is not None else ()),
        *_territory(hits),
        *_overlays(hits),
        *_rules(answer),
        *_advice(answer, name),
        "",
        f"依据：{answer.basis}",
        f"版本：界线 {'、'.join(hits.versions) or '无'}；"
        f"规则 {answer.rules_version or '无'}；地名库 {gazetteer_version or '无'}",
    ]
    return "\n".join(_CONTROL.sub("�", line) for line in lines)


def _complaint(complaint: Complaint, place: Location | None, day: date, given: str) -> list[str]:
    text = " ".join(complaint.text.split())
    if len(text) > _SHOWN_CHARACTERS:
        text = f"{text[:_SHOWN_CHARACTERS]}…（共 {len(complaint.text)} 字）"
    category = complaint.category or "未分类"
    lines = [f"诉求：{text or '（无文字）'}", f"类别：{category}", f"以 {day} 为准"]
    if place is None:
        return [*lines, "位置：未知（没有坐标）" if not complaint.text else "位置：未知"]
    lon, lat = best_point(place)
    precision = PRECISIONS.get(place.precision, place.precision.value)
    source = f"；来件 {given}" if given else "；按文字"
    return [
        *lines,
        f"位置：{lon:.7f}, {lat:.7f}（WGS 84{source}），"
        f"{precision}，误差半径 {reach_m(place):.0f} 米",
    ]


def _territory(hits: Hits) -> list[str]:
    if not hits.levels:
        return ["", "管辖区：无"]
    lines = ["", "管辖区："]
    for level in hits.levels:
        lines.append(f"  {LEVELS[level.level]}{_state(level)}")
        lines += [f"    {'→' if hit is level.best else ' '} {_hit(hit)}" for hit in level.hits] or [
            "      附近没有"
        ]
    if math.isfinite(hits.edge_distance_m):
        lines.append(f"  距最细一级的界线 {hits.edge_distance_m:.1f} 米")
    if hits.boundary_road:
        lines.append(f"  位于作为界线的道路上，两侧是 {'、'.join(hits.boundary_road)}")
    return lines


def _state(level: LevelHits) -> str:
    states = [
        word
        for holds, word in (
            (level.tie, "正好在共用界线上"),
            (level.overlap, "界线重叠"),
            (level.gap, "此处界线空白"),
        )
        if holds
    ]
    return f"（{'，'.join(states)}）" if states else ""


def _hit(hit: JurisdictionHit) -> str:
    jurisdiction = hit.jurisdiction
    parts = [f"份额 {hit.share:.1%}", "覆盖该点" if hit.covers else "不覆盖该点"]
    if math.isfinite(hit.edge_distance_m):
        parts.append(f"距其界线 {hit.edge_distance_m:.1f} 米")
    if jurisdiction.unit_code != jurisdiction.code:
        parts.append(f"单位 {jurisdiction.unit_code}")
    return f"{jurisdiction.name}（{jurisdiction.code}）：{'，'.join(parts)}"


def _overlays(hits: Hits) -> list[str]:
    if not hits.overlays:
        return []
    zones = [
        f"    {hit.jurisdiction.overlay_kind}，优先级 {hit.jurisdiction.precedence}：{_hit(hit)}"
        for hit in hits.overlays
    ]
    return ["", "专属区域：", *zones]


def _rules(answer: Recommendation) -> list[str]:
    if not answer.trace:
        return ["", "规则：没有可用的规则，按属地"]
    steps = [
        f"  {number}. {step.rule_id}：{OUTCOMES.get(step.outcome, step.outcome)}"
        + (f"，{step.why}" if step.why else "")
        for number, step in enumerate(answer.trace, start=1)
    ]
    return ["", "规则（依次）：", *steps]


def _advice(answer: Recommendation, name: Callable[[str], str]) -> list[str]:
    code = answer.unit_code
    lead = f"{answer.unit_name}（{code}）" if answer.unit_name else name(code)
    lines = ["", f"建议：{STATUSES[answer.status]}", f"  主办：{lead}"]
    if answer.co_units:
        lines.append(f"  协办：{'、'.join(name(code) for code in answer.co_units)}")
    lines.append(f"  兜底：{name(answer.fallback_unit) if answer.fallback_unit else '无'}")
    if answer.runner_up_unit:
        rival = name(answer.runner_up_unit)
        lines.append(f"  次选：{rival}，份额 {answer.runner_up_share:.1%}")
    lines.append(f"  把握：{answer.confidence:.1%}，最细一级份额 {answer.share:.1%}")
    for code in answer.reasons:
        worded = reason(code)
        lines.append(f"  理由：{worded['label']}（{code}）：{worded['explain']}")
    return lines
