"""Tokens become mentions: what number belongs to what road, what crosses what, from where to where.

A recursive descent over the typed tokens, in the fixed order of Chinese addresses, large to small.
It decides structure only; whether the roads meet and the number exists is found out on the ground.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from routing.geocoding.lexicon import EntryKind, Lexicon
from routing.geocoding.mentions import Mention, Shape
from routing.geocoding.tokens import Token
from routing.model import PlaceKind, SpanRole

_ROAD, _COMPOUND = PlaceKind.ROAD.value, PlaceKind.COMPOUND.value
_POINTS = frozenset(
    kind.value for kind in PlaceKind if kind not in (PlaceKind.ROAD, PlaceKind.COMPOUND)
)
_AREA, _FOREIGN = "area", "foreign"

_DETAILS = frozenset({"U", "F", "RM", "B"})
_MODIFIERS = frozenset(
    {
        "OPP",
        "BESIDE",
        "INSIDE",
        "NEAR",
        "OFF",
        "SIDE",
        "CORNER",
        "BTW",
        "TAIL",
        "SEG",
        "DIR",
        "ZONE",
    }
)
_AFTER_COMMA = frozenset({"OFF", "SIDE", "CORNER", "OPP", "DIR"})
_JOINS = frozenset({"CON"})
_PASSING = re.compile(
    r"[^,。;]{0,6}?(?:走过来|过来的|过来时|经过的?时|路过|每天都?要?经过|不远也不近|[上下]班(?:路上|要|都))"
)
"""Behind a place that the caller only came by."""
_UNKNOWN_END = re.compile(r"[\u4e00-\u9fff]{1,6}?[路街巷弄道园区村站里苑](?!上|面|灯|边)")
"""Behind 到: a name that nobody knows, so that what stands before is only one end."""
_OFFICE_SAYS = re.compile(
    r"(?:那边|工作人员|的人|也|都|之前|上次)?(?:的电话|说(?:让|不|要|是|过|归|没)|来看过|来过|让(?:我|打|找)|不归|推诿|没人接|不管|没处理|反映过|答复)"
)
"""Behind an office that was asked before: 凤仪社区居委会说让打12345."""
UNUSED = 6
"""Characters behind a place within which 往北20米 belongs to it, even where nobody knows the words
between."""
MOST_AREAS = 5
"""Areas before a place that are kept: province, city, district, subdistrict, community."""
LATE = 10
"""Characters of speech between a road and its number: 五四路那边嘛,就是283号."""


def classes(token: Token, lexicon: Lexicon) -> frozenset[str]:
    """What a NAME may be: kinds of places, ``area``, ``foreign``; empty for other tokens."""
    found = set()
    for entry in token.entries:
        if entry.kind is EntryKind.PLACE:
            found.add(lexicon.places[entry.number].kind.value)
        else:
            found.add(_AREA if entry.kind is EntryKind.AREA else _FOREIGN)
    return frozenset(found)


class Grammar:
    """One text being read; made for it and dropped after it."""

    def __init__(self, text: str, tokens: Sequence[Token], lexicon: Lexicon) -> None:
        self.text = text
        self.tokens = tokens
        self.classes = [classes(token, lexicon) for token in tokens]
        self._at = {id(token): at for at, token in enumerate(tokens)}

    def mentions(self) -> list[Mention]:
        """Every mention in the order of the text, with its role and the areas before it."""
        found: list[Mention] = []
        areas: list[Token] = []
        role, used, at = SpanRole.SITE, False, 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.kind in _ROLES:
                role, used = _ROLES[token.kind], False
                areas = [] if token.kind in ("CALLER", "OFFICE") else areas
            elif token.kind == "END" or (
                token.kind == "COMMA" and (used or role in (SpanRole.ROUTE, SpanRole.OTHER))
            ):
                role, used = SpanRole.SITE, False
                areas = areas if token.kind == "COMMA" else []
            elif token.kind == "H" or token.kind == "B":
                self._late_number(found, at)
            elif self._is_area(at):
                areas = [*areas[-MOST_AREAS:], token]
                if not self._leads_on(at):
                    area = Mention(Shape.AREA, token.start, token.end, name=token,
                                   areas=tuple(areas), role=role)  # fmt: skip
                    area.joined = bool(found) and self._behind_and(at, areas)
                    found.append(area)
            elif token.kind == "POLE" or self.classes[at] - {_AREA, _FOREIGN}:
                mention, after = self._place(at)
                if mention is not None:
                    mention.areas = tuple(areas)
                    before = found[-1] if found else None
                    if (
                        before is not None
                        and before.end == mention.start
                        and before.modifiers
                        and self.text[before.end - 1] == "的"
                    ):
                        before.landmark = True
                    mention.joined = self._is(at - 1, "CON") and bool(found)
                    mention.role = self._role(after, role)
                    mention.by_the_way = mention.role is SpanRole.ROUTE is not role
                    found.append(mention)
                    used = True
                    at = after
                    continue
            elif token.kind == "RESIDENT" and role is SpanRole.CALLER:
                role = SpanRole.SITE  # 我是附近居民: no place of the caller's was said
            at += 1
        return _carried(found, self.text)

    def _behind_and(self, at: int, areas: Sequence[Token]) -> bool:
        """Whether 和 stands before the areas that end here: A和建华社区两处都."""
        first = self.tokens[at]
        for area in reversed(areas[:-1]):
            if area.end != first.start:
                break
            first = area
        before = self._at[id(first)] - 1
        return self._is(before, "CON") and self.tokens[before].end == first.start

    def _late_number(self, found: list[Mention], at: int) -> None:
        """``五四路那个,就283号``: a number some words behind its road or estate."""
        token = self.tokens[at]
        if not found or not 0 < token.start - found[-1].end <= LATE:
            return
        before, between = found[-1], self.text[found[-1].end : token.start]
        if _A_DAY.fullmatch(token.text) and _TIME.match(self.text, token.end):
            return
        if _NUMBERS_ITSELF.search(between) is not None:
            return
        if before.shape is Shape.ROAD and token.kind == "H":
            before.shape = Shape.HOUSE
        elif (
            before.shape is Shape.NAMED
            and before.name is not None
            and (_COMPOUND in self.classes[self._at[id(before.name)]])
        ):
            before.shape = Shape.BUILDING
        else:
            return
        before.number, before.end, before.loose = token.text, token.end, True
        self._modified(before, self._detailed(before, at))

    def _role(self, after: int, role: SpanRole) -> SpanRole:
        """来电人的住址 where 居民 or 业主 follows the place, a way where 走过来 does."""
        end = self.tokens[after - 1].end
        if role is SpanRole.SITE and _OFFICE_SAYS.match(self.text, end) is not None:
            return SpanRole.OTHER
        if role is SpanRole.SITE and _PASSING.match(self.text, end) is not None:
            return SpanRole.ROUTE
        if self._is(after, "RESIDENT") and self.tokens[after].start - end <= 1:
            return SpanRole.CALLER
        return role

    # --- areas

    def _is_area(self, at: int) -> bool:
        kinds = self.classes[at]
        if not kinds & {_AREA, _FOREIGN}:
            return False
        rest = kinds - {_AREA, _FOREIGN}
        if not rest:
            return True
        # 东街 is a road, and short for 东街街道 only before something finer
        follows = self._next(at)
        return (
            follows is not None
            and bool(
                self.classes[follows] & {_AREA, _COMPOUND} and not self.classes[follows] & {_ROAD}
            )
            and not any(
                entry.how == "name" and entry.kind is EntryKind.PLACE and _COMPOUND in kinds
                for entry in self.tokens[at].entries
            )
        )

    def _leads_on(self, at: int) -> bool:
        """Whether a place follows this area at once, so that the area only says where it is."""
        follows = self._next(at)
        return follows is not None and (
            bool(self.classes[follows]) or self.tokens[follows].kind == "POLE"
        )

    # --- one place

    def _next(self, at: int) -> int | None:
        """The token right behind this one, over 的, 位于, 在; ``None`` where other text comes."""
        end = self.tokens[at].end
        for follows in range(at + 1, len(self.tokens)):
            token = self.tokens[follows]
            if token.start != end:
                return None
            if token.kind != "SKIP":
                return follows
            end = token.end
        return None

    def _is(self, at: int | None, *kinds: str) -> bool:
        return at is not None and at < len(self.tokens) and self.tokens[at].kind in kinds

    def _has(self, at: int | None, kind: str) -> bool:
        return at is not None and at < len(self.tokens) and kind in self.classes[at]

    def _place(self, at: int) -> tuple[Mention | None, int]:
        """The whole place that begins here: anchor, the way to another, and what modifies it."""
        mention, last = self._anchor(at)
        if mention is None:
            return None, at + 1
        if mention.shape is Shape.JUNCTION and self._unknown_before(at):
            mention.shape, mention.unfinished = Shape.ROAD, True
        follows = self._next(last)
        if (
            self._is(follows, "QUOTE")
            and mention.shape is Shape.ROAD
            and follows is not None
            and (self.classes[min(follows + 1, len(self.tokens) - 1)] & (_POINTS | {_COMPOUND}))
        ):  # 湖东路"康乐棋牌室"
            named, last = self._named(follows + 1)
            named.near, named.start = mention.name, mention.start
            mention = named
            follows = self._next(last)
        towards = self._towards(mention, follows)
        if towards is not None:
            last = towards
        elif self._is(follows, "TO", "CON") and follows is not None:
            joined = self._joined(mention, last, follows)
            if joined is not None:
                mention, last = joined
            elif self._is(follows, "TO"):
                after = self.tokens[follows].end
                mention.unfinished = _UNKNOWN_END.match(self.text, after) is not None
        elif self._is(follows, "FROM", "OPEN") and mention.shape is Shape.ROAD:
            segment = self._stretch(mention, last, follows)
            if segment is None and self._is(follows, "OPEN"):
                segment = self._crossed(mention, follows)
            if segment is not None:
                mention, last = segment
        last = self._modified(mention, last)
        if mention.shape is Shape.NAMED and not mention.modifiers:
            misspelt = _STATION.match(self.text, mention.end) is not None
            mention.unfinished = mention.unfinished or misspelt
        mention.unused = any(
            token.kind == "OFF" and token.start - mention.end <= UNUSED
            for token in self.tokens[last + 1 : last + 3]
        )
        return mention, last + 1

    def _towards(self, mention: Mention, joint: int | None) -> int | None:
        """``往五一路方向``: a sense of travel and no end; ``往五一路方向50米`` metres that way."""
        if joint is not None and self._is(joint, "OPEN"):
            joint += 1
        second = self._next(joint) if joint is not None and self._is(joint, "TO") else None
        if second is None or not self.classes[second]:
            return None
        said = _TOWARDS.match(self.text, self.tokens[second].end)
        if said is None:
            return None
        if said["dist"] is not None:
            start = self.tokens[second].end
            metres = Token("OFF", start, said.end(), said[0], parts={"dist2": said["dist"]})
            mention.modifiers.append(metres)
        mention.end = said.end()
        last = second
        while last + 1 < len(self.tokens) and self.tokens[last + 1].start < said.end():
            last += 1
        return last

    def _unknown_before(self, at: int) -> bool:
        """Whether a road that nobody knows stands right before: 望龙路与西洪路路口."""
        start = self.tokens[at].start
        if _UNKNOWN_ROAD.search(self.text, max(0, start - 8), start) is None:
            return False
        joint = at - 1 if self._is(at - 1, "CON") and self.tokens[at - 1].end == start else at
        end = self.tokens[joint].start
        return not (self._is(joint - 1, "NAME") and self.tokens[joint - 1].end == end)

    def _joined(self, mention: Mention, last: int, joint: int) -> tuple[Mention, int] | None:
        """``A到B``, ``A与B之间``, ``A与B交界处``."""
        kind = self.tokens[joint].kind
        second = self._next(joint)
        if second is None:
            return None
        if self._is(second, "H", "HR") and mention.shape is Shape.HOUSE and kind == "TO":
            end = Mention(
                Shape.HOUSE,
                self.tokens[second].start,
                self.tokens[second].end,
                name=mention.name,
                number=self.tokens[second].text,
            )
        elif self.classes[second] - {_FOREIGN}:
            found, second = self._anchor(second)
            if found is None:
                return None
            end = found
        else:
            return None
        follows = self._next(second)
        if kind == "CON" and end.shape is Shape.JUNCTION and mention.shape is Shape.NAMED:
            # 村道与201省道路口: where the way out of the one meets the other
            end.shape = Shape.ROAD
            return Mention(
                Shape.BETWEEN, mention.start, end.end, first=mention, last=end, name=mention.name
            ), second
        if (
            kind == "TO"
            and end.shape is Shape.JUNCTION
            and mention.shape is Shape.ROAD
            and (self.tokens[second].text.startswith("的"))
        ):  # A路到B路的路口
            mention.shape, mention.other, mention.end = Shape.CROSSING, end.name, end.end
            return mention, second
        if kind == "TO":
            shape = Shape.SEGMENT
        elif self._is(follows, "BTW", "J"):
            shape, second = Shape.BETWEEN, follows or second
            if mention.shape is Shape.CROSSING and mention.loose:
                shape = Shape.SEGMENT  # 中山路文旺南路与人民路之间: along the first
        else:
            return None
        whole = Mention(
            shape,
            mention.start,
            self.tokens[second].end,
            first=mention,
            last=end,
            name=mention.name,
        )
        carrier = self._next(second) if shape is Shape.BETWEEN else None
        if carrier is not None and self._has(carrier, _ROAD):  # A与B之间的C路
            whole.shape, whole.name = Shape.SEGMENT, self.tokens[carrier]
            whole.other, whole.end, second = whole.name, whole.name.end, carrier
        return whole, second

    def _stretch(self, road: Mention, last: int, opening: int | None) -> tuple[Mention, int] | None:
        """``西洪路从A到B`` and ``西洪路(东向西,A至B路段)``: the carrier, then the ends."""
        if opening is None:
            return None
        at = opening + 1
        while self._is(at, "DIR", "COMMA", "FROM", "SKIP"):
            at += 1
        if at >= len(self.tokens) or not self.classes[at]:
            return None
        first, end = self._anchor(at)
        follows = self._next(end)
        if first is None or not self._is(follows, "TO", "CON") or follows is None:
            return None
        joined = self._joined(first, end, follows)
        if joined is None or joined[0].shape not in (Shape.SEGMENT, Shape.BETWEEN):
            return None
        whole, end = joined
        whole.shape = Shape.SEGMENT  # 北环西路(洪山路与白龙路之间) too
        whole.name, whole.start = road.name, road.start
        whole.other = road.name  # the carrier is said
        while (
            self._is(end + 1, "SEG", "CLOSE", "DIR")
            and self.tokens[end + 1].start == self.tokens[end].end
        ):
            end += 1
            if self.tokens[end].kind == "CLOSE":
                break
        whole.end = self.tokens[end].end
        return whole, end

    def _crossed(self, road: Mention, opening: int | None) -> tuple[Mention, int] | None:
        """``静山路(明川北路路口)``: the crossing in brackets."""
        if opening is None or not self._has(opening + 1, _ROAD):
            return None
        other, end = self._road(opening + 1)
        if other.shape is not Shape.JUNCTION or not self._is(end + 1, "CLOSE"):
            return None
        road.shape, road.other = Shape.CROSSING, other.name
        road.end = self.tokens[end + 1].end
        return road, end + 1

    def _anchor(self, at: int) -> tuple[Mention | None, int]:
        """A place without what modifies it, and its last token."""
        token = self.tokens[at]
        if token.kind == "POLE":
            return Mention(Shape.POLE, token.start, token.end, number=_code(token)), at
        if _ROAD in self.classes[at]:
            return self._road(at)
        if self.classes[at] - {_AREA, _FOREIGN}:
            return self._named(at)
        if self.classes[at]:
            return Mention(Shape.AREA, token.start, token.end, name=token), at
        return None, at

    def _road(self, at: int) -> tuple[Mention, int]:
        token = self.tokens[at]
        road = Mention(Shape.ROAD, token.start, token.end, name=token)
        last = self._bracketed(road, at)
        follows = self._next(last)
        if follows is None:
            return road, last
        after = self.tokens[follows]
        adjacent = after.start == self.tokens[last].end
        shape = _NUMBERED.get(after.kind)
        if after.kind == "B" and after.text.endswith("#"):  # 12345#王#古田路209#噪音
            shape = Shape.HOUSE
        if after.kind == "H" and _A_DAY.fullmatch(after.text) and _TIME.match(self.text, after.end):
            shape = None  # 15号下午 is a day
        a_room = after.kind == "RM" and not after.text.isdigit()
        if shape is not None and not a_room and (adjacent or after.kind not in ("N", "RM", "H")):
            road.shape, road.end = shape, after.end
            road.number = _code(after) if after.kind == "POLE" else after.text
            road.loose = after.kind in ("N", "RM")
            return road, self._detailed(road, follows)
        if after.kind == "J" or (after.kind == "MOUTH" and adjacent):
            road.shape, road.end = Shape.JUNCTION, after.end
            if road.bracket is None:
                follows = self._bracketed(road, follows)
            return road, follows
        if after.kind == "STOPW" and adjacent:
            road.shape, road.end = Shape.STOP_ON_ROAD, after.end
            return road, follows
        if after.kind == "CON" or self.classes[follows]:
            return self._road_and(road, last, follows)
        return road, last

    def _road_and(self, road: Mention, last: int, follows: int) -> tuple[Mention, int]:
        """A road with another name behind it: a crossing, or the road only says where."""
        joint = self.tokens[follows].kind == "CON"
        second = self._next(follows) if joint else follows
        if second is None or not self.classes[second]:
            return road, last
        if self._has(second, _ROAD):
            end = self._next(second)
            if self._is(end, "BTW"):  # A与B之间的C路
                return road, last
            word = self._is(end, "J") or (self._is(end, "MOUTH"))
            numbered = self._is(end, *_NUMBERED)
            if numbered and not joint:  # 省道旁的西洪路59号
                return road, last
            said = self.tokens[follows].text if joint else ""
            placed = self._is(end, "CORNER", "TO", "OFF", "NEAR", "BESIDE", "SIDE", "OPP")
            apart = joint and not word and not placed and said not in _TOUCHING | _AND
            if numbered or apart:
                return road, last
            road.shape, road.other = Shape.CROSSING, self.tokens[second]
            road.loose = not word
            road.end = self.tokens[second].end
            bracket = self._bracketed(road, second)
            if word and end is not None:
                road.end = self.tokens[end].end
                return road, end
            if bracket != second and self._is(self._next(bracket), "J"):
                end = self._next(bracket) or bracket
                road.end, road.loose = self.tokens[end].end, False
                return road, end
            return road, bracket
        if not joint and self.classes[second] & (_POINTS | {_COMPOUND}):
            thing, end = self._named(second)
            thing.near, thing.start = road.name, road.start
            return thing, end
        return road, last

    def _named(self, at: int) -> tuple[Mention, int]:
        token = self.tokens[at]
        thing = Mention(Shape.NAMED, token.start, token.end, name=token)
        last = self._bracketed(thing, at)
        follows = self._next(last)
        if self._is(follows, "ZONE") and follows is not None:
            thing.modifiers.append(self.tokens[follows])
            thing.end, last = self.tokens[follows].end, follows
            follows = self._next(last)
        if follows is None or self.tokens[follows].start != self.tokens[last].end:
            return thing, last
        after = self.tokens[follows]
        if after.kind in ("B", "H") or (
            after.kind in ("N", "RM") and _COMPOUND in self.classes[at]
        ):
            thing.shape, thing.number, thing.end = Shape.BUILDING, after.text, after.end
            return thing, self._detailed(thing, follows)
        if after.kind in ("U", "F"):
            return thing, self._detailed(thing, last)
        if after.kind == "GATEW" and self._a_gate(at, after):
            thing.shape, thing.number, thing.end = Shape.GATE, _gate(after), after.end
            return thing, follows
        if after.kind == "STOPW" and PlaceKind.STOP.value in self.classes[at]:
            thing.end = after.end
            return thing, follows
        if after.kind == "J" and after.text.startswith(("路口", "十字", "丁字", "T字")):
            thing.end = after.end
            return thing, follows
        return thing, last

    def _a_gate(self, at: int, word: Token) -> bool:
        """Whether 门 names a gate: with a direction always, bare only of an estate; the 门口 of a
        shop is beside it."""
        return word.text not in _PLAIN_GATES or _COMPOUND in self.classes[at]

    def _detailed(self, mention: Mention, last: int) -> int:
        """Unit, floor and room behind it, then a name that describes the same place again."""
        while True:
            follows = self._next(last)
            if follows is None or self.tokens[follows].start != self.tokens[last].end:
                return last
            if self.tokens[follows].kind in _DETAILS or self._is(follows, "ZONE"):
                last = follows
                mention.end = self.tokens[last].end
                continue
            if mention.shape is Shape.HOUSE and self.classes[follows] & (_POINTS | {_COMPOUND}):
                mention.detail, last = self._named(follows)
                mention.end = self.tokens[last].end
            return last

    def _bracketed(self, mention: Mention, last: int) -> int:
        """A name in brackets right behind: kept; its last token is returned."""
        if not (
            self._is(last + 1, "OPEN") and self.tokens[last + 1].start == self.tokens[last].end
        ):
            return last
        inside = last + 2
        if not self._is(inside, "NAME", "SKIP"):
            return last
        while self._is(inside, "SKIP"):
            inside += 1
        if not self._is(inside, "NAME") or not self._is(inside + 1, "CLOSE"):
            return last
        mention.bracket = self.tokens[inside]
        mention.end = self.tokens[inside + 1].end
        return inside + 1

    def _modified(self, mention: Mention, last: int) -> int:
        """What stands behind and moves it: 对面, 附近, 往北20米; also after a comma or a name
        in quotation marks."""
        while True:
            follows = self._next(last)
            if self._is(follows, "QUOTE") and follows is not None:
                close = next(
                    (
                        n
                        for n in range(follows + 1, min(follows + 8, len(self.tokens)))
                        if self.tokens[n].kind == "QUOTE"
                    ),
                    None,
                )
                if close is None:
                    return last
                last = close
                continue
            if self._is(follows, "COMMA") and follows is not None:
                second = self._next(follows)
                if not self._is(second, *_AFTER_COMMA):
                    return last
                follows = second
            if self._is(follows, "GATEW") and follows is not None:
                word = self.tokens[follows]
                named = mention.shape is Shape.NAMED and mention.name is not None
                if named and self._a_gate(self._at[id(mention.name)], word):
                    mention.shape, mention.number = Shape.GATE, _gate(word)
                elif named or word.text in _PLAIN_GATES:
                    mention.modifiers.append(replace(word, kind="BESIDE"))
                else:
                    return last
            elif not self._is(follows, *_MODIFIERS, "F"):
                return last
            assert follows is not None
            if self.tokens[follows].kind != "GATEW":
                mention.modifiers.append(self.tokens[follows])
            mention.end, last = self.tokens[follows].end, follows


_TOWARDS = re.compile(
    r"方向(?:的)?(?:车道|一侧|走|行驶?|大约|约)?(?:(?P<dist>\d{1,4})米(?:处|左右)?)?\)?"
)
_STATION = re.compile(r"[\u4e00-\u9fff]{1,2}站[台牌点]")
"""Behind a name: a stop that nobody knows (河东花园交站台), and not what it is called after."""
_UNKNOWN_ROAD = re.compile(r"[\u4e00-\u9fff]{2}(?:路|街|大道|巷|弄)(?:与|和|跟|同|、|/|及|接)?$")
"""Before 西洪路路口: a road that nobody knows, so that none of the known crossings is meant."""
_NUMBERS_ITSELF = re.compile(r"[。;\dA-Z]|[路街巷弄里村道院苑园城庭]|胡同|小区|大厦|广场")
"""Between a road and a number: something that counts its own doors, or ends the sentence."""
_A_DAY = re.compile(r"(?:[12]?\d|3[01]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])号")
_TIME = re.compile(r"起|上午|下午|凌晨|中午|开始|至今|左右|当天|那天")
_ROLES = {
    "CALLER": SpanRole.CALLER,
    "ROUTE": SpanRole.ROUTE,
    "OFFICE": SpanRole.OTHER,
    "NOT": SpanRole.OTHER,
    "SAID": SpanRole.SITE,
}
_NUMBERED = {
    "H": Shape.HOUSE,
    "N": Shape.HOUSE,
    "RM": Shape.HOUSE,
    "HR": Shape.RANGE,
    "KM": Shape.CHAINAGE,
    "POLE": Shape.POLE,
}
_PLAIN_GATES = frozenset({"门", "大门", "门口", "大门口"})
_AND = frozenset("与和/X×&")
_TOUCHING = frozenset({"接", "靠近", "靠", "近", "临"})


def _gate(token: Token) -> str:
    """南门 for 南门口; A口 stays."""
    return token.text.removesuffix("口") if token.text.endswith("门口") else token.text


def _code(token: Token) -> str:
    return token.parts.get("code") or token.parts.get("code2") or token.text


def _carried(mentions: list[Mention], text: str) -> list[Mention]:
    """``建设一路,风情大道至博奥路段``: a road right before a stretch carries it."""
    found: list[Mention] = []
    for mention in mentions:
        before = found[-1] if found else None
        if (
            mention.shape is Shape.SEGMENT
            and mention.other is None
            and before is not None
            and before.shape is Shape.ROAD
            and not text[before.end : mention.start].strip(",上的从由自在沿: ")
        ):
            mention.other = mention.name = before.name
            mention.start, mention.areas = before.start, before.areas
            if before.role is SpanRole.CALLER:
                mention.role = before.role
            found.pop()
        found.append(mention)
    return found
