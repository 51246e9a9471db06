"""What the grammar finds: one mention of a place, before anything is looked up on the ground."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from routing.geocoding.tokens import Token
from routing.model import SpanRole


class Shape(StrEnum):
    """The structure of a mention."""

    ROAD = "road"
    HOUSE = "house"
    RANGE = "range"
    CROSSING = "crossing"  # two roads
    JUNCTION = "junction"  # one road and the word 路口
    SEGMENT = "segment"
    CHAINAGE = "chainage"
    POLE = "pole"
    BUILDING = "building"
    GATE = "gate"
    BETWEEN = "between"  # between, or where two things meet
    STOP_ON_ROAD = "stop_on_road"  # a stop that the gazetteer does not name
    NAMED = "named"  # anything with a name and a place of its own
    AREA = "area"


@dataclass(slots=True)
class Mention:
    """One place as the text puts it together."""

    shape: Shape
    start: int
    end: int
    name: Token | None = None
    """The road, compound or other name; ``None`` only for a pole number alone."""
    other: Token | None = None
    """CROSSING: the second road."""
    number: str = ""
    """HOUSE, RANGE, CHAINAGE, POLE, BUILDING, GATE: as written."""
    first: Mention | None = None
    """SEGMENT, BETWEEN: one end."""
    last: Mention | None = None
    near: Token | None = None
    """A road that is said only to say where the named thing is: 西洪路阳光花园."""
    bracket: Token | None = None
    """A name in brackets: another name of the same thing, or a landmark."""
    detail: Mention | None = None
    """A second, closer description: 津泰路98号鼓楼区委大院3号楼."""
    modifiers: list[Token] = field(default_factory=list)
    """对面, 附近, 往北20米, 路东 … in the order of the text."""
    areas: tuple[Token, ...] = ()
    """Districts, subdistricts, communities named before it."""
    role: SpanRole = SpanRole.SITE
    landmark: bool = False
    """Said only to say where the next one is: 市场旁边的 in 市场旁边的宾馆."""
    unfinished: bool = False
    """One end of a stretch whose other end is an unknown name."""
    unused: bool = False
    """A distance and a direction stand behind it that could not be joined to it."""
    joined: bool = False
    """Named in one breath with the one before: A和B, A还有B."""
    by_the_way: bool = False
    """The caller only came by: 从A走过来的时候看到. The trouble need not be there."""
    loose: bool = False
    """Put together without a word that says so: two roads in a row, a number without 号."""

    def modifier(self, *kinds: str) -> Token | None:
        """The first modifier of one of the kinds."""
        return next((token for token in self.modifiers if token.kind in kinds), None)
