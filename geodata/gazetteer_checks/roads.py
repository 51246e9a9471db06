"""Roads that are no lines, and addresses along roads that are not there."""

from __future__ import annotations

import shapely

from geodata.findings import Severity
from geodata.gazetteer_checks.crowd import Crowd, called
from geodata.gazetteer_checks.ground import Ground
from routing.model import PlaceKind


def road_findings(ground: Ground, crowd: Crowd) -> None:
    """Note roads without a line, and every road that addresses name in vain, once each."""
    dimension = shapely.get_dimensions(ground.shapes)
    for at, place in enumerate(ground.places):
        if place.kind is not PlaceKind.ROAD or dimension[at] == 1:
            continue
        point = dimension[at] == 0
        crowd.add(
            "road_without_line",
            Severity.BLOCKING if point else Severity.WARNING,
            f"道路{called(place)}的图形是{'点' if point else '面'}，不是线",
            "补上道路中心线：没有线就无法推算路口、路段和门牌位置",
            [place],
        )
    others = {
        name
        for place in ground.places
        if place.kind in (PlaceKind.COMPOUND, PlaceKind.VILLAGE)
        for name in (place.name, *place.aliases)
    }
    for road, members in ground.addresses.items():
        if road in ground.roads or road in others:
            continue
        first = ground.places[members[0]]
        crowd.add(
            "unknown_road",
            Severity.WARNING,
            f"{len(members)} 个门牌所在的「{road}」不在地名库中，例如{called(first)}",
            "补上这条道路（或小区、自然村），或改正门牌的 road",
            [ground.places[at] for at in members[:10]],
        )
    bare = [
        place
        for place in ground.places
        if place.kind is PlaceKind.ADDRESS and not (place.road and place.number)
    ]
    if bare:
        crowd.add(
            "unknown_road",
            Severity.WARNING,
            f"{len(bare)} 个门牌没有写明 road 或 number，例如{called(bare[0])}",
            "补上所在道路和号码：没有它们，同一条路的门牌不能互相推算",
            bare,
        )
