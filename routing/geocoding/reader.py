"""The reader: a text in, the place its words mean out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from shapely.geometry import MultiPoint
from shapely.geometry.base import BaseGeometry

from routing.geocoding.context import Context, Stated, area_tokens
from routing.geocoding.evidence import evidence_of
from routing.geocoding.grammar import Grammar
from routing.geocoding.ground import Ground
from routing.geocoding.implied import IMPLIED, implied_roads
from routing.geocoding.lexicon import Entry, Lexicon
from routing.geocoding.mentions import Mention, Shape
from routing.geocoding.normalize import Normalised, normalise
from routing.geocoding.numbering import HouseNumber, parse_number
from routing.geocoding.parts import has_building
from routing.geocoding.placed import Placed
from routing.geocoding.placing import Placer
from routing.geocoding.readings import COARSE, TELLS_APART, Choice, choose, conflict_notes
from routing.geocoding.roads import PASSES_M
from routing.geocoding.sounds import Sounds, Surroundings
from routing.geocoding.tokens import Token, tokenise
from routing.geocoding.words import BOILERPLATE
from routing.model import (
    Jurisdiction,
    JurisdictionLevel,
    Location,
    Place,
    PlaceCandidate,
    PlaceKind,
    PlaceOutcome,
    ReasonCode,
    Span,
    SpanRole,
    TextPlace,
)

_NUMBERED = frozenset({PlaceKind.ROAD, PlaceKind.COMPOUND})
_NAMES_BEFORE = 6
"""Names before a misspelt one that may say where it lies."""
_BESIDE = 2
"""Characters between a known road and a misspelt name for one to help with the other: 与, 和, (."""
_NARROW = frozenset({JurisdictionLevel.SUBDISTRICT, JurisdictionLevel.COMMUNITY})
_SOUND_HOWS = frozenset({"homophone", "near_sound"})


class Reader:
    """Reads texts with one gazetteer and one set of areas; threads may share it.

    ``areas``: the loaded jurisdictions, of all versions. ``city``: administrative code of the city
    the texts speak of (four or six digits); where empty, the cities of the areas. Building it takes
    seconds for hundreds of thousands of names; reading a text is a fraction of a millisecond.
    """

    def __init__(
        self,
        places: Sequence[Place],
        areas: Sequence[Jurisdiction],
        *,
        version: str = "",
        city: str = "",
    ) -> None:
        self._version = version
        self.lexicon = Lexicon((*places, *implied_roads(places)), areas)
        self.ground = Ground(self.lexicon)
        self._placer = Placer(self.ground)
        self._sounds = Sounds(self.lexicon)
        home = self.lexicon.home | ({city[:4]} if len(city) >= 4 else frozenset())
        self._context = Context(self.ground, home)

    @property
    def version(self) -> str:
        """Version of the gazetteer."""
        return self._version

    def read(self, text: str, day: date, pin: BaseGeometry | None = None) -> TextPlace:
        """What the words say, by the names in use on ``day``; ``pin``: see ``TextReader``.

        An empty text, one without names, and one that only names another city give ``not_found``
        and ``outside``; nothing raises. The time is linear in the length of the text.
        """
        normal = normalise(text)
        tokens = tokenise(normal.text, self.lexicon)
        heard, missing = self._sounds.tokens(normal.text, tokens, self._surroundings(tokens, day))
        if heard:
            tokens = _merged(heard, tokens, normal.text, self.lexicon)
        mentions = Grammar(normal.text, tokens, self.lexicon).mentions()
        at = self.ground.plane.metres(pin) if pin is not None else None
        choice, foreign = choose(mentions, self._placer, self._context, day, normal.text, at)
        spans = _spans(normal, mentions, choice)
        if foreign is not None and pin is None:
            note = f"原文写{foreign.name}，不在本市"
            return TextPlace(outcome=PlaceOutcome.OUTSIDE, spans=spans, notes=(note,))
        if choice is None or (pin is None and self._elsewhere(choice)):
            neighbour = foreign or self._neighbour(mentions)
            nowhere = TextPlace(outcome=PlaceOutcome.NOT_FOUND, spans=spans, missing=tuple(missing))
            if neighbour is None:
                return nowhere
            if self._at_home(at, day):
                return _against_the_pin(nowhere, neighbour)
            note = f"原文写{neighbour.name}，不在已载入的辖区内"
            return replace(nowhere, outcome=PlaceOutcome.OUTSIDE, notes=(note,))
        answer = self._answer(normal, choice, spans, missing, day, at)
        if foreign is not None and self._at_home(at, day):
            return _against_the_pin(answer, foreign)
        return answer

    def _at_home(self, pin: BaseGeometry | None, day: date) -> bool:
        """Whether there is a pin, and it lies in a loaded area: one beyond them all may well lie in
        the other district that the text names."""
        return pin is not None and self._context.loaded(pin, day)

    def _surroundings(
        self, tokens: Sequence[Token], day: date
    ) -> Callable[[int, int], Surroundings]:
        """Where a name that nobody knows may lie: in the areas the text says, and on a road that
        stands right beside it."""

        named = [token for token in tokens if token.kind == "NAME"]
        starts = [token.start for token in named]

        def around(start: int, end: int) -> Surroundings:
            here = bisect_left(starts, start)
            stated, _ = self._context.stated(named[max(0, here - _NAMES_BEFORE) : here])
            areas = [one for one in stated if one.area is not None]
            beside = [
                road
                for token in named[max(0, here - 1) : here + 1]
                if 0 <= start - token.end <= _BESIDE or 0 <= token.start - end <= _BESIDE
                for road, _ in self.ground.roads_of(token, day)
            ]
            numbers = [t for t in tokens if t.kind in ("H", "HR", "B") and t.start == end]
            number = parse_number(numbers[0].text) if numbers else None
            narrow = (
                bool(beside)
                or number is not None
                or any(one.area is not None and one.area.level in _NARROW for one in areas)
            )

            def fits(entry: Entry) -> bool:
                shape = self.ground.metres(entry.number)
                if beside and min(road.line.distance(shape) for road in beside) > PASSES_M:
                    return False
                if number is not None and self.lexicon.places[entry.number].kind not in _NUMBERED:
                    return False
                if number is not None and not self._has_number(entry, number):
                    return False
                return not self._context.contradictions(shape, areas, day)

            return Surroundings(fits, narrow)

        return around

    def _has_number(self, entry: Entry, number: HouseNumber) -> bool:
        """Whether a road or estate has the number that stands behind the misspelt name."""
        kind = self.lexicon.places[entry.number].kind
        if kind is PlaceKind.COMPOUND:
            return has_building(entry.number, number.main, self.ground)
        if kind is not PlaceKind.ROAD:
            return True
        return bool(self.ground.numbering(self.ground.roads.of(entry.number)).find(number))

    def _elsewhere(self, choice: Choice) -> bool:
        """Only an area is known, and the text says another district than it lies in."""
        return choice.mention.shape is Shape.AREA and bool(choice.conflicts)

    def _neighbour(self, mentions: Sequence[Mention]) -> Stated | None:
        stated, _ = self._context.stated(area_tokens(mentions))
        return next((one for one in stated if one.area is None), None)

    def _answer(
        self,
        normal: Normalised,
        choice: Choice,
        spans: tuple[Span, ...],
        missing: Sequence[str],
        day: date,
        pin: BaseGeometry | None,
    ) -> TextPlace:
        ambiguous = choice.margin < TELLS_APART or choice.several
        reasons = self._reasons(choice, ambiguous)
        matched = normal.text[choice.mention.start : choice.mention.end]
        reading = _canonical(choice.mention)
        candidates = tuple(
            PlaceCandidate(
                location=self._location(one, matched, reading),
                penalty=round(one.penalty, 3),
                name=one.words.name,
                words=f"{one.words.name}（{one.words.how}）",
                penalties=one.penalties,
            )
            for one in choice.places
        )
        return TextPlace(
            outcome=PlaceOutcome.AMBIGUOUS if ambiguous else PlaceOutcome.LOCATED,
            candidates=candidates,
            spans=spans,
            reasons=reasons,
            notes=(*conflict_notes(choice, self._context, day, pin), *_also(choice)),
            missing=tuple(missing),
            evidence=evidence_of(choice, ambiguous, len(missing)),
        )

    def _reasons(self, choice: Choice, ambiguous: bool) -> tuple[str, ...]:
        best = choice.best
        found = (
            (bool(choice.conflicts), ReasonCode.DISTRICT_CONFLICT),
            (ambiguous, ReasonCode.AMBIGUOUS_PLACE),
            (bool(_SOUND_HOWS & best.penalties.keys()), ReasonCode.HOMOPHONE),
            ("edit" in best.penalties, ReasonCode.FUZZY),
            (choice.caller_only, ReasonCode.CALLER_ADDRESS),
            (best.precision in COARSE, ReasonCode.COARSE_PLACE),
        )
        return tuple(code.value for holds, code in found if holds)

    def _location(self, placed: Placed, matched: str, reading: str) -> Location:
        return Location(
            geometry=self.ground.plane.degrees(_simple(placed.geometry)),
            radius_m=round(placed.radius_m, 1),
            precision=placed.precision,
            place_ids=tuple(
                dict.fromkeys(one for one in placed.place_ids if not one.startswith(IMPLIED))
            ),
            matched_text=matched,
            reading=reading,
            ground=self.ground.plane.degrees(placed.ground) if placed.ground is not None else None,
        )


def _against_the_pin(answer: TextPlace, named: Stated) -> TextPlace:
    """The same, and told that the area named is not where the coordinate lies."""
    reasons = dict.fromkeys((ReasonCode.DISTRICT_CONFLICT.value, *answer.reasons))
    note = f"原文写{named.name}，坐标不在那里"
    return replace(answer, reasons=tuple(reasons), notes=(*answer.notes, note))


def _also(choice: Choice) -> tuple[str, ...]:
    return ("文中说了不止一处地点，请核对是否要分开派单",) if choice.several else ()


def _simple(geometry: BaseGeometry) -> BaseGeometry:
    if geometry.geom_type == "MultiPoint" and len(geometry.geoms) == 1:
        return geometry.geoms[0]
    if geometry.geom_type == "GeometryCollection":
        parts = [part for part in geometry.geoms if part.geom_type == "Point"]
        return MultiPoint(parts) if parts else geometry.geoms[0]
    return geometry


def _canonical(mention: Mention) -> str:
    """The reading as a short string: the shape with what fills it."""

    def of(token: Token | None) -> str:
        return token.text if token is not None else ""

    if mention.first is not None and mention.last is not None:
        carrier = of(mention.other) + ":" if mention.other is not None else ""
        inner = f"{carrier}{_canonical(mention.first)}→{_canonical(mention.last)}"
    else:
        inner = "|".join(
            filter(None, (of(mention.near), of(mention.name), of(mention.other), mention.number))
        )
    modifiers = "".join(f"+{token.text}" for token in mention.modifiers)
    return f"{mention.shape.value}({inner}){modifiers}"


def _merged(
    heard: Sequence[Token], tokens: Sequence[Token], text: str, lexicon: Lexicon
) -> list[Token]:
    """The names heard between the others; words of the vocabulary under them go."""
    ends = [one.end for one in heard]
    kept = [
        token
        for token in tokens
        if (at := bisect_right(ends, token.start)) == len(heard) or heard[at].start >= token.end
    ]
    return sorted([*kept, *heard], key=lambda token: token.start)


def _spans(
    normal: Normalised, mentions: Sequence[Mention], choice: Choice | None
) -> tuple[Span, ...]:
    found: list[tuple[int, int, SpanRole]] = []
    site = choice.mention if choice is not None else None
    for mention in mentions:
        role = mention.role
        if role is SpanRole.SITE and site is not None and mention is not site:
            role = SpanRole.OTHER
        found.append((mention.start, mention.end, role))
    for said in BOILERPLATE.finditer(normal.text):
        start, end = said.span()
        inside = [one for one in found if one[0] < end and start < one[1]]
        if inside:
            start, end = (start, min(one[0] for one in inside))
        if end > start:
            found.append((start, end, SpanRole.BOILERPLATE))
    found.sort()
    spans: list[Span] = []
    reach = 0
    for start, end, role in found:
        start = max(start, reach)
        if end > start:
            first, last = normal.original(start, end)
            spans.append(Span(start=first, end=last, role=role))
            reach = end
    return tuple(spans)
