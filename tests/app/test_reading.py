"""What the desks show of a reading: the masked text in pieces, the place in words, its shape."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, Point, box
from shapely.geometry import shape

from app.decisions import MOST_CANDIDATES, routed_decision
from app.desks import reading
from app.desks.extents import drawn, extent_of, farthest_m, grown
from app.personal import mask_text
from geodata.store.case_rows import decision_of, document_of
from routing.metric import metres_per_degree
from routing.model import (
    Complaint,
    DecisionStatus,
    Hits,
    Location,
    LocationPrecision,
    PlaceCandidate,
    PlaceOutcome,
    Recommendation,
    Span,
    SpanRole,
    TextPlace,
)

TEXT = "鼓楼区西洪路坑洼。来电人家住阳光小区，电话13812345678，请回复"
ROAD = LineString([(119.30, 26.08), (119.302, 26.081)])
ADVICE = Recommendation(status=DecisionStatus.ROUTED, unit_code="HS", unit_name="洪山镇")


def spans(*parts: tuple[int, int, str]) -> dict[str, object]:
    return {"spans": [{"start": start, "end": end, "role": role} for start, end, role in parts]}


def of(word: str, role: str = "site") -> tuple[int, int, str]:
    start = TEXT.index(word)
    return start, start + len(word), role


def test_pieces_carry_their_roles_and_hide_numbers() -> None:
    found = reading.segments(TEXT, spans(of("西洪路"), of("家住阳光小区", "caller")))
    assert [(one["text"], one["role"]) for one in found] == [
        ("鼓楼区", ""),
        ("西洪路", "site"),
        ("坑洼。来电人", ""),
        ("家住阳光小区", "caller"),
        ("，电话138****5678，请回复", ""),
    ]
    assert found[1]["label"] == "事发地"
    assert "13812345678" in "".join(one["text"] for one in reading.pieces(TEXT, None))


def test_a_border_inside_a_number_uncovers_nothing() -> None:
    start = TEXT.index("13812345678")
    for cut in range(start, start + 12):
        found = reading.segments(TEXT, spans((start - 2, cut, "other"), (cut, cut + 6, "site")))
        assert "".join(one["text"] for one in found) == mask_text(TEXT)


@settings(deadline=None)
@given(
    st.text("西洪路138123456789-X ", max_size=40),
    st.lists(st.tuples(st.integers(-3, 45), st.integers(-3, 45), st.sampled_from("ab"))),
)
def test_pieces_together_are_the_masked_text(text: str, parts: list[tuple[int, int, str]]) -> None:
    found = reading.segments(text, spans(*parts))
    assert "".join(one["text"] for one in found) == mask_text(text)


@pytest.mark.parametrize("odd", [None, {}, {"spans": None}, {"spans": ["x", {"start": "a"}]}])
def test_odd_stored_spans_leave_the_text_whole(odd: dict[str, object] | None) -> None:
    assert reading.segments("西洪路", odd) == [{"text": "西洪路", "role": "", "label": ""}]
    assert reading.segments("", odd) == []


def candidate(
    words: str, geometry: object = ROAD, ids: tuple[str, ...] = ("r1",), penalty: float = 0.0
) -> PlaceCandidate:
    return PlaceCandidate(
        location=Location(
            geometry=geometry,
            radius_m=25,
            precision=LocationPrecision.SEGMENT,
            place_ids=ids,
            matched_text="西洪路",
        ),
        penalty=penalty,
        words=words,
        name=words,
    )


def stored(read: TextPlace | None, place: Location | None = None) -> dict[str, object] | None:
    """What comes back from the database."""
    made = routed_decision(
        Complaint(id="1", text=TEXT, location=place),
        Hits(levels=()),
        ADVICE,
        date(2026, 9, 1),
        read,
        "名录@2026#1",
    )
    back = decision_of(json.loads(json.dumps(document_of(made))))
    assert back.gazetteer_version == "名录@2026#1"
    return dict(back.text_place) if back.text_place is not None else None


def test_the_reading_is_kept_with_its_rivals_and_notes() -> None:
    read = TextPlace(
        outcome=PlaceOutcome.LOCATED,
        candidates=(
            candidate("西洪路（西洪路口—公交站）"),
            candidate("西洪小学", Point(119.31, 26.08), ids=("p1",), penalty=1),
        ),
        spans=(Span(start=3, end=6, role=SpanRole.SITE),),
        notes=("原文写台江区，该处在鼓楼区",),
        missing=("乌有路",),
    )
    said = reading.said(stored(read), lambda place: "洪山镇")
    assert said is not None
    assert said["words"] == "西洪路（西洪路口—公交站），路段"
    assert said["notes"] == ["原文写台江区，该处在鼓楼区"]
    assert said["missing"] == ["乌有路"]
    assert said["given"] is False
    rivals = said["rivals"]
    assert isinstance(rivals, list) and len(rivals) == 1
    assert (rivals[0]["words"], rivals[0]["place_id"], rivals[0]["unit_name"]) == (
        "西洪小学，路段",
        "p1",
        "洪山镇",
    )
    assert rivals[0]["at"] == (119.31, 26.08)


def test_a_chosen_place_stands_before_what_was_read() -> None:
    chosen = Location(
        geometry=Point(119.31, 26.08),
        radius_m=40,
        precision=LocationPrecision.POI,
        place_ids=("p1",),
        matched_text="西洪小学",
    )
    read = TextPlace(outcome=PlaceOutcome.LOCATED, candidates=(candidate("西洪路"),))
    said = reading.said(stored(read, chosen))
    assert said is not None
    assert (said["words"], said["given"]) == ("西洪小学，兴趣点", True)


def test_namesakes_ask_which_one() -> None:
    read = TextPlace(
        outcome=PlaceOutcome.AMBIGUOUS,
        candidates=(candidate("西洪路（东）"), candidate("西洪路（西）", Point(119.3, 26.09))),
    )
    both = Location(
        geometry=MultiPoint([(119.3, 26.08), (119.3, 26.09)]),
        radius_m=40,
        precision=LocationPrecision.ROAD,
        matched_text="西洪路",
    )
    said = reading.said(stored(read, both))
    assert said is not None
    assert said["words"] == "西洪路：同名地点不止一处，请选出是哪一处"
    assert isinstance(said["rivals"], list) and len(said["rivals"]) == 2


def test_nothing_found_says_what_to_do() -> None:
    said = reading.said(stored(TextPlace(outcome=PlaceOutcome.NOT_FOUND)))
    assert said is not None and "在地图上点选" in str(said["words"])
    assert reading.said(None) is None


def test_many_candidates_are_counted_not_stored() -> None:
    many = tuple(candidate(f"第{n}处", Point(119 + n / 1000, 26)) for n in range(20))
    kept = stored(TextPlace(outcome=PlaceOutcome.AMBIGUOUS, candidates=many))
    assert kept is not None and len(kept["candidates"]) == MOST_CANDIDATES  # type: ignore[arg-type]
    said = reading.said(kept)
    assert said is not None and isinstance(said["rivals"], list)
    assert len(said["rivals"]) + int(str(said["more_rivals"])) == 20


def test_a_surveyed_road_is_kept_to_the_metre() -> None:
    columns = np.linspace(0, 1, 2_000)
    road = LineString(np.c_[119.3 + columns / 100, 26.08 + np.sin(columns * 9) / 1_000])
    read = TextPlace(outcome=PlaceOutcome.LOCATED, candidates=(candidate("西洪路", road),))
    kept = stored(read)
    assert kept is not None and len(json.dumps(kept)) < 20_000
    drawn_road = shape(kept["used"]["geometry"])  # type: ignore[index,call-overload]
    assert drawn_road.hausdorff_distance(road) < 2e-5


def test_a_bare_pin_keeps_nothing_and_old_decisions_load() -> None:
    pin = Location(geometry=Point(119.3, 26.08), radius_m=30, precision=LocationPrecision.PIN)
    made = routed_decision(
        Complaint(id="1", location=pin), Hits(levels=()), ADVICE, date(2026, 9, 1)
    )
    assert made.text_place is None
    old = document_of(made)
    del old["text_place"]
    assert decision_of(old).text_place is None


def test_the_reach_is_as_wide_as_the_radius() -> None:
    reach = grown(ROAD, 25.0)
    per_lon, per_lat = metres_per_degree(26.08)
    west, _, _, north = reach.bounds
    assert (119.30 - west) * per_lon == pytest.approx(25, rel=0.02)
    assert (north - 26.081) * per_lat == pytest.approx(25, rel=0.02)
    assert reach.covers(ROAD)


def test_points_need_no_shape_and_broken_ones_do_no_harm() -> None:
    assert extent_of(None) is None
    assert drawn({"type": "Point", "coordinates": [119, 26]}, 30) is None
    assert drawn({"type": "Nonsense"}, 30) is None
    assert drawn({"type": "Polygon", "coordinates": []}, 30) is None
    square = json.loads(json.dumps(box(119.30, 26.08, 119.302, 26.081).__geo_interface__))
    found = drawn(square, 20)
    assert found is not None and shape(found["reach"]).area > shape(found["shape"]).area
    assert farthest_m(found, 119.301, 26.0805) > 100
    assert farthest_m(None, 119.301, 26.0805) == 0
