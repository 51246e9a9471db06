"""Side rules of border roads: whose the width of the road is, up to the parents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from shapely.geometry import LineString

from routing.jurisdiction.borders import BorderSegment
from routing.model import DecisionStatus, JurisdictionLevel, ReasonCode
from tests.drawn_place import CODE, areas, city, spot, way

# From the south to the north along the border of 2 (洪山镇) and 4 (五凤街道): 2 is on the left.
LINE = way((4, 0), (4, 4))


def rule(side: str, *, width_m: float = 40.0, line: LineString = LINE, **fields) -> BorderSegment:
    inside = CODE["4"] if side == "outer_edge" else None
    given = {"left_code": CODE["2"], "right_code": CODE["4"], "inside_code": inside} | fields
    return BorderSegment(line=line, side=side, width_m=width_m, **given)


def codes(hits) -> str:
    """Letters of the picks from grid to district."""
    letter = {code: letter for letter, code in CODE.items()}
    levels = [JurisdictionLevel.GRID, JurisdictionLevel.COMMUNITY,
              JurisdictionLevel.SUBDISTRICT, JurisdictionLevel.DISTRICT]  # fmt: skip
    return "".join(letter[hits.at(level).jurisdiction.code] for level in levels)


@pytest.mark.parametrize(
    "side, west_of_line, east_of_line",
    [
        ("centre", "2JHD", "4BWD"),
        ("left", "2JHD", "2JHD"),
        ("right", "4BWD", "4BWD"),
        ("outer_edge", "4BWD", "4BWD"),
        ("unknown", "2JHD", "4BWD"),
    ],
)
def test_the_whole_width_goes_where_the_rule_says_with_all_parents(
    side, west_of_line, east_of_line
):
    drawn = city(borders=[rule(side)])
    for column, expected in ((3.9, west_of_line), (4.1, east_of_line)):
        hits, answer = drawn.ask(spot(column, 2), radius_m=5)
        assert codes(hits) == expected, column
        assert answer.unit_code == CODE[expected[0]]
        assert answer.fallback_unit == CODE[expected[2]]


@pytest.mark.parametrize("side", ["left", "right", "outer_edge"])
def test_a_known_side_settles_the_tie_on_the_line_itself(side):
    hits, answer = city(borders=[rule(side)]).ask(spot(4, 2), radius_m=5)
    assert codes(hits) == ("2JHD" if side == "left" else "4BWD")
    assert ReasonCode.TIE not in answer.reasons
    assert answer.status is DecisionStatus.ROUTED
    assert answer.confidence > 0.95


def test_left_and_right_are_those_of_the_lines_direction():
    southwards = way((4, 4), (4, 0))
    drawn = city(borders=[rule("left", line=southwards, left_code=CODE["4"], right_code=CODE["2"])])
    assert codes(drawn.ask(spot(3.9, 2), radius_m=5)[0]) == "4BWD"


def test_an_unknown_side_goes_to_a_person_with_both_named():
    hits, answer = city(borders=[rule("unknown")]).ask(spot(3.85, 2), radius_m=5)
    assert set(hits.boundary_road) == {CODE["2"], CODE["4"]}
    assert ReasonCode.BOUNDARY_ROAD in answer.reasons
    assert answer.status is DecisionStatus.REVIEW
    assert answer.unit_code == CODE["2"]


def test_an_unknown_side_leaves_the_fallback_open_too():
    """区城管局 leads either way; nobody knows which of the two 街镇 stands behind it."""
    _, answer = city(borders=[rule("unknown")]).ask(spot(3.85, 2), "暴露垃圾", radius_m=5)
    assert answer.unit_code == "CGJ"
    assert answer.status is DecisionStatus.REVIEW


def test_a_centre_line_leaves_the_polygons_to_decide():
    without = city()
    with_rule = replace(without, borders=(rule("centre"),))
    for column in (3.9, 4.0, 4.1):
        assert without.ask(spot(column, 2)) == with_rule.ask(spot(column, 2))


def test_outside_the_width_the_rule_says_nothing():
    drawn = city(borders=[rule("left")])
    assert codes(drawn.ask(spot(4.19, 2), radius_m=5)[0]) == "2JHD"  # 19 m east, 40 m wide
    assert codes(drawn.ask(spot(4.21, 2), radius_m=5)[0]) == "4BWD"


def test_a_wide_river_is_given_away_also_far_from_the_border():
    """200 m wide, the place known to 5 m: the owner has no border anywhere near it."""
    drawn = city(borders=[rule("left", width_m=200.0)])
    hits, answer = drawn.ask(spot(4.9, 2), radius_m=5)
    assert codes(hits) == "2JHD"
    assert answer.unit_code == CODE["2"]
    assert answer.share == 1.0


def test_only_what_lies_in_the_width_is_given_away():
    """A place known to 100 m may well be off a road of 40 m: the rival keeps its part."""
    _, answer = city(borders=[rule("left")]).ask(spot(4, 2), radius_m=100)
    # half the disc, and of the other half the strip of 20 m: (2/π)(0.2·√0.96 + asin 0.2)/2
    assert answer.share == pytest.approx(0.5 + 0.12648, abs=1e-3)
    assert answer.unit_code == CODE["2"]
    assert answer.runner_up_unit == CODE["4"]
    assert answer.status is DecisionStatus.REVIEW


def test_beyond_the_end_of_the_line_a_third_jurisdiction_keeps_its_ground():
    """The rule of 2 and 4 ends at the triple point with 3; 10 m beyond it lies 3 alone."""
    grids = "33333333\n33333333\n22224444\n22224444"
    drawn = city(grids, borders=[rule("right", line=way((4, 0), (4, 2)))])
    hits, _ = drawn.ask(spot(3.95, 2.1), radius_m=5)
    assert hits.levels[-1].best.jurisdiction.code == CODE["3"]
    below, _ = drawn.ask(spot(3.95, 1.9), radius_m=5)
    assert below.levels[-1].best.jurisdiction.code == CODE["4"]


def test_a_road_left_out_of_both_polygons_goes_to_its_owner():
    """Boundary files often end at the kerb; the road between is a gap with a known owner."""
    drawn = city("222..444", borders=[rule("right", line=way((4, 0), (4, 4)), width_m=200.0)])
    hits, answer = drawn.ask(spot(3.4, 2), radius_m=5)
    assert hits.at(JurisdictionLevel.GRID).jurisdiction.code == CODE["4"]
    assert answer.unit_code == CODE["4"]


def test_one_code_at_two_levels_does_not_mix_them_up():
    """Files that have no codes use names, and a village may be called like its town."""
    drawn = city(borders=[rule("left", left_code="2", right_code="甲")])
    same = []
    for one in drawn.jurisdictions:
        if one.code in (CODE["4"], CODE["B"], CODE["W"]):
            one = replace(one, code="甲", parent_code=one.parent_code and "甲")
        elif one.code == CODE["2"]:
            one = replace(one, code="2")
        same.append(one)
    hits, _ = replace(drawn, jurisdictions=tuple(same)).ask(spot(4.1, 2), radius_m=5)
    picks = [level.best.jurisdiction for level in hits.levels]
    assert [pick.level for pick in picks] == [level.level for level in hits.levels]
    assert [pick.code for pick in picks] == [CODE["D"], CODE["H"], CODE["J"], "2"]


def test_a_rule_holds_on_its_days_only():
    dated = rule("left", effective_from=date(2026, 3, 1), effective_to=date(2026, 8, 31))
    drawn = city(borders=[dated])
    picks = {
        day: codes(drawn.ask(spot(4.1, 2), radius_m=5, day=day)[0])[0]
        for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 8, 31), date(2026, 9, 1))
    }
    assert list(picks.values()) == ["4", "2", "2", "4"]


def test_a_rule_that_names_a_jurisdiction_nobody_loaded_changes_nothing():
    drawn = city(borders=[rule("left", left_code="NOWHERE")])
    assert codes(drawn.ask(spot(4.1, 2), radius_m=5)[0]) == "4BWD"


@pytest.mark.parametrize(
    "fields, says",
    [
        ({"side": "middle"}, "side must be one of .* was 'middle'"),
        ({"side": "outer_edge", "inside_code": None}, "outer_edge needs inside_code .* was None"),
        ({"side": "outer_edge", "inside_code": "9"}, "was '9'"),
        ({"side": "left", "width_m": -1.0}, "0 to 1,000 metres, was -1.0"),
        ({"side": "left", "width_m": float("nan")}, "was nan"),
        ({"side": "left", "width_m": 1000.0}, "was 1000.0"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_value(fields, says):
    with pytest.raises(ValueError, match=says):
        BorderSegment(**{"line": LINE, "left_code": "2", "right_code": "4"} | fields)


def test_an_overlay_with_the_code_of_a_grid_keeps_its_own_share():
    zone = areas("....R...\n" * 4, "overlay", kind="railway", unit="TL")
    drawn = city(zones=[replace(zone[0], code=CODE["4"])], borders=[rule("left")])
    hits, _ = drawn.ask(spot(4.1, 2), "违法建设", radius_m=5)
    assert [hit.covers for hit in hits.overlays] == [True]
    assert hits.at(JurisdictionLevel.GRID).jurisdiction.code == CODE["2"]
