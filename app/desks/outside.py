"""What another company's map says of a place we cannot read or only roughly: a hint for a person.

Off unless the deployment turned one on. Only a place's name and the city are sent, and nothing
here decides: the dispatcher may take the point over, and then it is the dispatcher's.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillAsking

from shapely.errors import ShapelyError
from shapely.geometry import shape

from app import wiring, words
from geodata.outside.accept import Acceptance, accept
from geodata.outside.port import (
    OutsideAnswer,
    OutsideBudgetUsedUp,
    OutsideRefused,
    OutsideUnavailable,
)
from routing.casework.cases import RoutedDecision
from routing.geocoding.uncertainty import BARE_COMPOUND_M, BARE_VILLAGE_M, RADII_M
from routing.model import Location, LocationPrecision, PlaceOutcome, ReasonCode, SpanRole

LABELS: Mapping[str, str] = {"amap": "高德", "baidu": "百度", "tianditu": "天地图"}

MOST_WAIT_S = 2.0
"""Seconds the desk waits, as long as the geocoder gives one request. It may try again after that;
what comes late is in its cache for the next reading of the same words."""

_WHY_NOT: Mapping[str, str] = {
    "outside_city": "所说的位置在本地界线之外，不作参考",
    "coarse": "只知道大致范围，不作参考",
    "coarser_than_local": "不比读出的更细，不作参考",
    "disagrees": "所说的位置与读出的地点不一致，不作参考",
}

_BARE_M: Mapping[LocationPrecision, float] = {
    LocationPrecision.COMPOUND: BARE_COMPOUND_M,
    LocationPrecision.VILLAGE: BARE_VILLAGE_M,
}

_HOME = re.compile(r"(?:住|家|户籍)[^，。；！？,;!?\n]{0,6}$")
"""Before a name: it is where somebody lives."""
_SAID = re.compile(r"[我你他她]|反映|投诉|来电|致电|咨询|举报|求助")
"""In a name the gazetteer has not: it was cut out too long, and who speaks may stand in it."""

UnitAt = Callable[[Mapping[str, object]], str]


class Asked:
    """A question on its way."""

    def __init__(
        self,
        provider: str,
        place: str,
        read: Mapping[str, object],
        going: Future[OutsideAnswer | None],
    ) -> None:
        self._label = f"外部地图（{LABELS.get(provider, provider)}）"
        self._place, self._read, self._going = place, read, going
        self._until = time.monotonic() + MOST_WAIT_S

    def hint(self, unit_at: UnitAt) -> dict[str, object]:
        """``line`` for the pane and ``place`` to take over, ``None`` where it is no help.

        Waits no longer than ``MOST_WAIT_S`` from when it was asked; never raises for what the
        service did.
        """
        try:
            answer = self._going.result(max(0.0, self._until - time.monotonic()))
        except StillAsking:
            self._going.cancel()  # where it has not begun: nobody waits for it any more
            return self._quiet("没有及时回应")
        except OutsideBudgetUsedUp:
            return self._quiet("今天的查询次数已用完")
        except OutsideRefused:
            return {"line": "这处地点的说法不宜外传，没有询问外部地图", "place": None}
        except OutsideUnavailable:
            return self._quiet("没有回应")
        if answer is None:
            return self._quiet(f"也没有“{self._place}”")
        held = _held_against(answer, self._read)
        if not held.accepted and held.reason != "no_local_reading":
            return self._quiet(_WHY_NOT.get(held.reason, "所说的位置不作参考"))
        return {"line": f"{self._label}认为在：", "place": self._shown(answer, held, unit_at)}

    def _quiet(self, said: str) -> dict[str, object]:
        return {"line": self._label + said, "place": None}

    def _shown(self, answer: OutsideAnswer, held: Acceptance, unit_at: UnitAt) -> dict[str, object]:
        precision = answer.precision or LocationPrecision.POI
        point = {
            "geometry": {"type": "Point", "coordinates": [answer.lon, answer.lat]},
            "radius_m": radius_of(precision),
            "precision": LocationPrecision.PIN.value,
        }
        return {
            "lon": round(answer.lon, 7),
            "lat": round(answer.lat, 7),
            "words": answer.words or self._place,
            "kind": words.PRECISIONS.get(precision, ""),
            "agrees": held.accepted,
            "unit_name": unit_at(point),
            "hint": {"provider": answer.provider, "precision": precision.value},
            "label": self._label,
        }


def ask(text: str, decision: RoutedDecision) -> Asked | None:
    """Ask where the text's place is; ``None`` where nothing is to be asked.

    Only for a text that was read without a place, with several, or with a coarse one.
    """
    geocoder = wiring.services().outside_geocoder()
    read = decision.text_place
    if geocoder is None or read is None or not _in_doubt(read):
        return None
    place, city = place_words(text, read), wiring.services().city()
    if not place or not city:
        return None
    going = wiring.services().in_background(lambda: geocoder.lookup(place, city))
    return Asked(geocoder.name, place, read, going)


def place_words(text: str, read: Mapping[str, object]) -> str:
    """The words to ask for: those read as the site, else the first name that is missing.

    Empty where there are none but somebody's home; whatever comes, ``geodata.outside.guard`` has
    the last word on whether it is sent.
    """
    for span in _mappings(read.get("spans")):
        if span.get("role") == SpanRole.SITE:
            return text[int(str(span["start"])) : int(str(span["end"]))].strip()
    for name in map(str, _list(read.get("missing"))):
        at = text.find(name)
        if at >= 0 and not _HOME.search(text[:at]) and not _SAID.search(name):
            return name
    return ""


def radius_of(precision: LocationPrecision) -> float:
    """95 % radius in metres of a point that an outside geocoder gave for such a thing: as of ours
    of which only a point is known. Nobody has measured theirs."""
    return _BARE_M.get(precision, RADII_M[precision])


def source_words(reading: object) -> str:
    """``地图点选，参考外部地图（高德）`` for the reading of a point that was taken over."""
    kind, _, rest = str(reading or "").partition(":")
    if kind != "outside":
        return ""
    provider = rest.partition(":")[0]
    return f"地图点选，参考外部地图（{LABELS.get(provider, provider)}）"


def _in_doubt(read: Mapping[str, object]) -> bool:
    reasons = _list(read.get("reasons"))
    if ReasonCode.CALLER_ADDRESS in reasons:
        return False  # the only place said is somebody's home
    doubted = (PlaceOutcome.NOT_FOUND, PlaceOutcome.AMBIGUOUS)
    return read.get("outcome") in doubted or ReasonCode.COARSE_PLACE in reasons


def _held_against(answer: OutsideAnswer, read: Mapping[str, object]) -> Acceptance:
    """Against each place the words may mean: it need agree with one of them."""
    ground = wiring.services().city_ground()
    held = [
        accept(answer, where, ground)
        for one in _mappings(read.get("candidates"))
        if (where := _location(one)) is not None
    ]
    return next((one for one in held if one.accepted), held[0] if held else None) or accept(
        answer, None, ground
    )


def _location(stored: Mapping[str, object]) -> Location | None:
    try:
        return Location(
            geometry=shape(stored["geometry"]),
            radius_m=float(str(stored["radius_m"])),
            precision=LocationPrecision(str(stored["precision"])),
        )
    except (ShapelyError, ValueError, KeyError, TypeError, AttributeError):
        return None  # a shape that cannot be read has nothing to agree with


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else ()


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [one for one in _list(value) if isinstance(one, Mapping)]
