"""The findings of a gazetteer's check as text, JSON, and a page with a map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from geodata.checks.map import draw
from geodata.checks.page import page_of
from geodata.checks.report import json_of, text_of
from geodata.findings import Finding
from geodata.gazetteer import LoadedGazetteer
from geodata.read import LoadedSource
from routing.model import PlaceKind

KIND_NAMES = {
    PlaceKind.ROAD: "道路", PlaceKind.ADDRESS: "门牌", PlaceKind.COMPOUND: "小区大院",
    PlaceKind.BUILDING: "楼栋", PlaceKind.POI: "兴趣点", PlaceKind.STOP: "公交站",
    PlaceKind.GATE: "门与出入口", PlaceKind.POLE: "编号部件", PlaceKind.JUNCTION: "路口",
    PlaceKind.VILLAGE: "自然村", PlaceKind.ADMIN: "行政区", PlaceKind.WATER: "水系",
}  # fmt: skip
"""Chinese names of the kinds, for people."""


def contents(gazetteer: LoadedGazetteer) -> str:
    """What it holds: ``3 条地名：道路 1、门牌 2``."""
    number = Counter(place.kind for place in gazetteer.places())
    parts = "、".join(f"{KIND_NAMES[kind]} {number[kind]}" for kind in PlaceKind if number[kind])
    return f"{len(gazetteer.places())} 条地名" + (f"：{parts}" if parts else "")


def as_text(
    gazetteer: LoadedGazetteer, sources: Sequence[LoadedSource], findings: Sequence[Finding]
) -> str:
    """For a terminal: what it is, the sum, and each finding with its place and advice."""
    return text_of([f"{gazetteer.version}：{contents(gazetteer)}"], findings)


def as_json(
    gazetteer: LoadedGazetteer, sources: Sequence[LoadedSource], findings: Sequence[Finding]
) -> str:
    """For a program: ``sources``, ``summary`` and ``findings`` as for boundaries."""
    source = gazetteer.source
    told = {
        "name": source.name if source else "",
        "version": gazetteer.version,
        "authority": source.authority if source else "",
        "licence": source.licence if source else "",
        "crs": source.crs if source else "",
        "places": len(gazetteer.places()),
        "kinds": dict(Counter(place.kind.value for place in gazetteer.places())),
    }
    return json_of([told], findings)


def as_page(
    gazetteer: LoadedGazetteer, sources: Sequence[LoadedSource], findings: Sequence[Finding]
) -> str:
    """A whole HTML document in Chinese; the jurisdictions of ``sources`` are drawn below."""
    source = gazetteer.source
    told = [f"{gazetteer.version}：{contents(gazetteer)}"]
    if source is not None and (source.authority or source.licence):
        told.append(f"{source.authority}，{source.licence}")
    told += [f"界线：{one.version}" for one in sources]
    name = source.name if source else gazetteer.version
    return page_of(f"地名地址库检查：{name}", told, draw(sources, findings), findings)
