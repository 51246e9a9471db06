"""What is known of a place, and whether it meets a rule's conditions: yes, no, or not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from routing.dispatch.certainty import probability_of_share
from routing.model import Hits

ON_VALUES = (
    "road", "pavement", "compound", "river", "park", "railway", "square", "construction_site",
)  # fmt: skip
"""Kinds of ground a rule may ask for; each is answered by an overlay layer of that kind."""

ROAD_CLASSES = ("expressway", "city", "district", "lane")
"""Classes of road by who maintains them; answered by ``road_class`` of the overlay of roads."""

CONDITIONS = ("on", "road_class", "overlay", "within")
"""The closed vocabulary of place conditions."""

_CHINESE = {
    "road": "车行道", "pavement": "人行道", "compound": "小区红线内", "river": "河道",
    "park": "公园绿地", "railway": "铁路用地", "square": "广场", "construction_site": "工地",
    "expressway": "快速路", "city": "市管道路", "district": "区管道路", "lane": "背街小巷",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether conditions hold, how sure that is, and the clause that says why."""

    holds: bool | None
    """``None`` where no loaded layer can tell."""
    probability: float
    """That the conditions really hold, 0–1."""
    why: str


@dataclass(frozen=True)
class PlaceFacts:
    """What the hits tell of the ground; read off them only when a rule asks."""

    hits: Hits

    @cached_property
    def facts(self) -> Mapping[str, Mapping[str, tuple[bool, float]]]:
        """By condition and value: the best point is there, and how much of the place is."""
        kinds: dict[str, tuple[bool, float]] = {}
        classes: dict[str, tuple[bool, float]] = {}
        for hit in self.hits.overlays:
            zone = hit.jurisdiction
            _add(kinds, str(zone.overlay_kind), hit.covers, hit.share)
            if zone.overlay_kind == "road" and "road_class" in zone.attributes:
                _add(classes, zone.attributes["road_class"], hit.covers, hit.share)
        codes: dict[str, tuple[bool, float]] = {}
        for level in self.hits.levels:
            for hit in level.hits:
                _add(codes, hit.jurisdiction.code, hit is level.best, hit.share)
        return {"on": kinds, "overlay": kinds, "road_class": classes, "within": codes}

    def meets(self, where: Mapping[str, tuple[str, ...]]) -> Answer:
        """Whether all conditions hold; an empty ``where`` holds everywhere."""
        if not where:
            return Answer(True, 1.0, "类别相符，不限地点")
        probability, holds, clauses, unknown = 1.0, True, [], ""
        for condition, values in where.items():
            known = [self.facts[condition].get(value, (False, 0.0)) for value in values]
            there = any(covers for covers, _ in known)
            words = "、".join(_CHINESE.get(v, v) for v in values)
            if not there and not self._can_tell(condition, values):
                unknown = unknown or f"不知该处是否为{words}：没有载入相应图层"
                continue
            part = min(1.0, sum(share for _, share in known))
            # conditions mostly speak of one and the same strip of ground: the least likely decides
            probability = min(probability, probability_of_share(part) if part > 0 else 0.0)
            holds = holds and there
            clauses.append(f"{'在' if there else '不在'}{words}")
        if unknown and holds:  # a condition known to fail settles it, whatever the others are
            return Answer(None, 0.0, unknown)
        return Answer(holds, probability, "，".join(clauses))

    def _can_tell(self, condition: str, values: tuple[str, ...]) -> bool:
        if condition == "within":
            return True
        if condition == "road_class":
            return "road" in self.hits.overlay_kinds
        return all(value in self.hits.overlay_kinds for value in values)


def _add(into: dict[str, tuple[bool, float]], value: str, covers: bool, share: float) -> None:
    before = into.get(value, (False, 0.0))
    into[value] = (before[0] or covers, min(1.0, before[1] + share))
