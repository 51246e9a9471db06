"""What the machine read in a citizen's words, as the desks show it.

Offsets are of the text as it was sent, and what is shown has its telephone numbers masked, so
the text leaves here already cut into pieces: no page counts characters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from app import words
from app.desks.extents import drawn, point_in
from app.desks.outside import source_words
from app.personal import mask_text, masked_parts
from routing.model import PlaceOutcome

UnitAt = Callable[[Mapping[str, object]], str]

MOST_RIVALS = 5
"""Other places named beside the case; a name with more is too coarse to choose by reading."""


def segments(text: str, text_place: Mapping[str, object] | None) -> list[dict[str, str]]:
    """The masked text in pieces, each with the role of its span or an empty one.

    Joined they are ``mask_text(text)``. A border of a span inside a masked number moves behind it.
    """
    return _cut(text, text_place, masked_parts(text))


def pieces(text: str, text_place: Mapping[str, object] | None) -> list[dict[str, str]]:
    """The same with nothing masked, for the person who is typing the text."""
    return _cut(text, text_place, [])


def _cut(
    text: str, text_place: Mapping[str, object] | None, hidden: Sequence[tuple[int, int, str]]
) -> list[dict[str, str]]:
    made: list[dict[str, str]] = []
    at = 0
    for role, start, end in _covering(text, _spans(text_place, len(text))):
        shown, at = [], max(at, start)
        while at < end:
            number = next((one for one in hidden if at <= one[0] < end), None)
            stop = number[0] if number else end
            shown.append(text[at:stop] + (number[2] if number else ""))
            at = number[1] if number else end
        if piece := "".join(shown):
            made.append({"text": piece, "role": role, "label": words.SPAN_ROLES.get(role, "")})
    return made


def said(
    text_place: Mapping[str, object] | None, unit_at: UnitAt = lambda place: ""
) -> dict[str, object] | None:
    """The reading in words, its rivals and its notes; ``None`` where nobody read or chose.

    ``unit_at`` names the unit that would lead at a stored place.
    """
    if text_place is None:
        return None
    used = _mapping(text_place.get("used"))
    outcome = str(text_place.get("outcome", ""))
    candidates = [_mapping(one) for one in _list(text_place.get("candidates"))]
    others = [one for one in candidates if one.get("geometry") != used.get("geometry")]
    # A place that a person chose, or a pin: what the words mean is then another opinion.
    given = bool(used) and len(others) == len(candidates) and outcome == PlaceOutcome.LOCATED
    more = _count(text_place.get("more_candidates"))
    return {
        "outcome": outcome,
        "words": _words(used, outcome),
        "given": given,
        "rivals": [{**_rival(one), "unit_name": unit_at(one)} for one in others[:MOST_RIVALS]],
        "more_rivals": max(0, len(others) - MOST_RIVALS) + more,
        "notes": [mask_text(str(one)) for one in _list(text_place.get("notes"))],
        "missing": [mask_text(str(one)) for one in _list(text_place.get("missing"))],
    }


def used_radius_m(text_place: Mapping[str, object] | None) -> float | None:
    """The 95 % radius around the place that was used; ``None`` for a bare pin or no place."""
    radius = _mapping((text_place or {}).get("used")).get("radius_m")
    return float(radius) if isinstance(radius, (int, float)) else None


def _words(used: Mapping[str, object], outcome: str) -> str:
    """One line: ``西洪路（西洪路口—西洪路公交站），路段``; for no place, why there is none."""
    if not used:
        return words.READ_OUTCOMES.get(outcome, "")
    if taken := source_words(used.get("reading")):
        return taken
    kind = words.PRECISIONS.get(str(used.get("precision", "")), "")
    named = mask_text(str(used.get("words") or used.get("matched_text") or ""))
    if outcome == PlaceOutcome.AMBIGUOUS and not used.get("words"):
        return "：".join(filter(None, (named, words.READ_OUTCOMES[outcome])))
    if not named:
        return kind
    return named if not kind or kind in named else f"{named}，{kind}"


def _rival(one: Mapping[str, object]) -> dict[str, object]:
    ids = [str(place) for place in _list(one.get("place_ids"))]
    radius = one.get("radius_m")
    radius_m = float(radius) if isinstance(radius, (int, float)) else 0.0
    return {
        "words": _words(one, ""),
        "place_id": ids[0] if len(ids) == 1 else "",
        "at": point_in(one.get("geometry")),
        "radius_m": radius_m,
        "extent": drawn(one.get("geometry"), radius_m),
    }


def _covering(text: str, spans: Sequence[tuple[int, int, str]]) -> Iterator[tuple[str, int, int]]:
    """(role, start, end) of pieces that together are the whole text."""
    at = 0
    for start, end, role in spans:
        if start < at:
            continue  # of overlapping ones the first
        yield "", at, start
        yield role, start, end
        at = end
    yield "", at, len(text)


def _spans(text_place: Mapping[str, object] | None, length: int) -> list[tuple[int, int, str]]:
    found = []
    for span in map(_mapping, _list((text_place or {}).get("spans"))):
        start, end = _count(span.get("start")), min(_count(span.get("end")), length)
        if start < end:
            found.append((start, end, str(span.get("role", ""))))
    return sorted(found)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else ()


def _count(value: object) -> int:
    return max(0, value) if isinstance(value, int) else 0
