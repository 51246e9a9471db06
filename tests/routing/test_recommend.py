"""One drawn place per reason, the order of precedence, and: everybody's case has an owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from routing.dispatch.calibration import Calibration
from routing.dispatch.certainty import CONFIDENCE_CEILING, ROUTED_FROM, probability_of_share
from routing.dispatch.recommend import QUEUE, QUEUE_NAME, recommend, unlocated
from routing.dispatch.rules import RuleSet
from routing.model import (
    DecisionStatus,
    Hits,
    Jurisdiction,
    JurisdictionHit,
    JurisdictionLevel,
    LevelHits,
    Location,
    LocationPrecision,
    ReasonCode,
    Recommendation,
)
from tests.drawing import draw
from tests.drawn_place import CODE, DAY, RULES, UNITS, areas, city, spot, way
from tests.tilings import EXAMPLES

ZONE = areas("..RRRR..\n" * 4, "overlay", kind="railway", unit="TL", precedence=10)
RIVER = areas("...M....\n" * 4, "overlay", kind="river", unit="HD", precedence=20)
ROAD = areas("...P....\n" * 4, "overlay", kind="road")


# ------------------------------------------------------------------ levels, ties, gaps


def test_well_inside_a_grid_is_routed_to_it_with_its_subdistrict_behind():
    hits, answer = city().ask(spot(3, 2))
    assert (answer.status, answer.reasons) == (DecisionStatus.ROUTED, ())
    assert answer.unit_code == CODE["2"]
    assert answer.unit_name == "第2网格"
    assert (answer.fallback_unit, answer.runner_up_unit) == (CODE["H"], "")
    assert (answer.confidence, answer.share) == (CONFIDENCE_CEILING, 1.0)
    found = [hits.at(level).jurisdiction.code for level in JurisdictionLevel if hits.at(level)]
    assert found == [CODE["D"], CODE["H"], CODE["J"], CODE["2"]]


def test_on_a_shared_border_the_lowest_code_is_picked_and_a_person_decides():
    for grids in ("1122 4455", "2211 4455"):
        _, answer = city(grids).ask(spot(2, 2))
        assert answer.status is DecisionStatus.REVIEW
        assert answer.unit_code == CODE["1"]
        assert (answer.runner_up_unit, answer.runner_up_share) == (CODE["2"], 0.5)
        assert answer.reasons == (ReasonCode.TIE, ReasonCode.NEAR_EDGE)
        assert answer.confidence == 0.5


def test_on_the_border_of_two_subdistricts_the_tie_reaches_the_fallback():
    _, answer = city().ask(spot(4, 2))
    assert answer.unit_code == CODE["4"] == min(CODE["2"], CODE["4"])
    assert answer.fallback_unit == CODE["W"] == min(CODE["H"], CODE["W"])
    _, ruled = city().ask(spot(4, 2), "暴露垃圾")
    assert ruled.unit_code == "CGJ"
    assert ruled.status is DecisionStatus.REVIEW  # the lead is sure, 兜底 is not


def test_on_a_triple_point_the_lowest_of_three():
    place = city("22333333\n22333333\n11111111\n11111111").ask(spot(2, 2))
    level = place[0].levels[-1]
    assert [hit.jurisdiction.code for hit in level.hits] == sorted(CODE[n] for n in "123")
    assert [round(hit.share, 6) for hit in level.hits] == [0.5, 0.25, 0.25]
    assert ReasonCode.TIE in place[1].reasons
    assert place[1].unit_code == CODE["1"]


def test_near_a_border_the_rival_and_both_shares_are_named():
    _, answer = city().ask(spot(1.95, 2), radius_m=30)
    assert answer.unit_code == CODE["1"]
    assert answer.runner_up_unit == CODE["2"]
    assert answer.share + answer.runner_up_share == pytest.approx(1, abs=1e-4)
    assert answer.reasons == (ReasonCode.NEAR_EDGE,)
    assert answer.status is DecisionStatus.REVIEW


def test_near_a_border_between_areas_of_one_unit_nothing_is_in_doubt():
    drawn = city()
    same = [
        replace(one, unit_code="GRID-TEAM") if one.level is JurisdictionLevel.GRID else one
        for one in drawn.jurisdictions
    ]
    _, answer = replace(drawn, jurisdictions=tuple(same)).ask(spot(1.95, 2), radius_m=30)
    assert answer.reasons == (ReasonCode.NEAR_EDGE,)
    assert answer.runner_up_unit == ""
    assert answer.confidence == CONFIDENCE_CEILING
    assert answer.status is DecisionStatus.ROUTED


def test_where_two_polygons_overlap_both_are_named_and_a_person_decides():
    drawn = city()
    both = replace(drawn, jurisdictions=drawn.jurisdictions + areas("..33....\n" * 4, "grid"))
    hits, answer = both.ask(spot(3, 2))
    assert answer.reasons == (ReasonCode.OVERLAP,)
    assert answer.status is DecisionStatus.REVIEW
    assert {answer.unit_code, answer.runner_up_unit} == {CODE["2"], CODE["3"]}
    assert answer.confidence == 0.5
    assert not hits.levels[-1].tie


def test_on_the_rim_of_an_overlapping_polygon_it_is_a_tie_not_an_overlap():
    drawn = city()
    both = replace(drawn, jurisdictions=drawn.jurisdictions + areas("..33....\n" * 4, "grid"))
    hits, answer = both.ask(spot(2.5, 4))  # the northern rim of both
    assert (hits.levels[-1].tie, hits.levels[-1].overlap) == (True, False)
    assert ReasonCode.TIE in answer.reasons


def test_in_a_gap_of_the_finest_level_the_coarser_unit_has_it():
    hits, answer = city(grids="1122 ..55", communities="JJJJ BBBB").ask(spot(5, 2))
    assert answer.reasons == (ReasonCode.GAP, ReasonCode.FALLBACK)
    assert answer.unit_code == CODE["B"]
    assert answer.fallback_unit == CODE["W"]
    assert hits.at(JurisdictionLevel.GRID) is None


def test_a_gap_does_not_borrow_the_nearest_grid_of_another_subdistrict():
    hits, answer = city(grids="1122 ..55").ask(spot(4.3, 2))  # 30 m from grid 2 of 洪山镇
    assert answer.unit_code == CODE["B"]
    assert hits.at(JurisdictionLevel.COMMUNITY).jurisdiction.code == CODE["B"]
    assert hits.at(JurisdictionLevel.GRID) is None


def test_just_outside_everything_the_nearest_within_60_m_is_named_for_a_person():
    for metres, unit in ((20, CODE["1"]), (59, CODE["1"]), (61, QUEUE)):
        _, answer = city().ask(spot(-metres / 100, 2), radius_m=5)
        assert answer.unit_code == unit, metres
    _, near = city().ask(spot(-0.2, 2), radius_m=5)
    assert near.status is DecisionStatus.REVIEW
    assert near.reasons == (ReasonCode.GAP, ReasonCode.NEAR_EDGE)
    assert near.fallback_unit == CODE["H"]


def test_outside_everything_the_queue_owns_it():
    _, answer = city().ask(spot(30, 2), "占道经营")
    assert answer.status is DecisionStatus.OUTSIDE
    assert (answer.unit_code, answer.unit_name, answer.fallback_unit) == (QUEUE, QUEUE_NAME, QUEUE)
    assert answer.reasons == (ReasonCode.FALLBACK,)
    assert answer.confidence == 0.0


def test_before_the_first_boundaries_the_queue_owns_it_and_the_reason_says_so():
    drawn = city()
    later = [replace(one, effective_from=date(2026, 1, 1)) for one in drawn.jurisdictions]
    dated = replace(drawn, jurisdictions=tuple(later))
    _, before = dated.ask(spot(3, 2), day=date(2025, 12, 31))
    assert before.status is DecisionStatus.OUTSIDE
    assert before.reasons == (ReasonCode.NOT_IN_FORCE, ReasonCode.FALLBACK)
    assert "当日没有已生效的管辖区界线" in before.basis
    assert dated.ask(spot(3, 2), day=date(2026, 1, 1))[1].unit_code == CODE["2"]


def test_without_a_place_the_queue_owns_it():
    answer = unlocated(RuleSet.parse(RULES, "rules.toml"), ("东红路",))
    assert answer.status is DecisionStatus.UNLOCATED
    assert (answer.unit_code, answer.fallback_unit) == (QUEUE, QUEUE)
    assert answer.reasons == (ReasonCode.FALLBACK,)
    assert "地名库中没有：东红路" in answer.basis
    assert answer.rules_version == "2026-09"


# ------------------------------------------------------------------ fallback


@pytest.mark.parametrize(
    "missing, fallback",
    [("subdistrict", "D"), ("subdistrict district", "J"), ("grid", "H"), ("grid community", "H")],
)
def test_the_fallback_is_the_subdistrict_else_the_district_else_the_coarsest(missing, fallback):
    drawn = city()
    left = [one for one in drawn.jurisdictions if one.level.value not in missing.split()]
    _, answer = replace(drawn, jurisdictions=tuple(left)).ask(spot(3, 2))
    assert answer.fallback_unit == CODE[fallback]


def test_a_fallback_that_is_only_the_nearest_is_for_a_person_to_see():
    _, answer = city(subdistricts="HHH. .WWW").ask(spot(3.2, 2), "暴露垃圾")
    assert (answer.unit_code, answer.fallback_unit) == ("CGJ", CODE["H"])
    assert answer.confidence >= ROUTED_FROM
    assert answer.status is DecisionStatus.REVIEW


@EXAMPLES
@given(
    column=st.floats(-3, 12),
    row=st.floats(-3, 8),
    radius=st.sampled_from([1.0, 30.0, 400.0]),
    grids=st.sampled_from(["1122 4455", "11.. 4455", "........", None]),
    streets=st.sampled_from(["HHHH WWWW", "HHH. .WWW", None]),
    category=st.sampled_from([None, "道路破损", "占道经营", "暴露垃圾", "别的"]),
    zones=st.sampled_from([(), ZONE, RIVER + ROAD]),
    rules=st.sampled_from(["", RULES]),
)
def test_any_place_any_rules_a_unit_and_a_fallback(
    column, row, radius, grids, streets, category, zones, rules
):
    drawn = city(grids, "JJJJ BBBB", streets, None, zones=zones, rules=rules or 'version = "0"')
    _, answer = drawn.ask(spot(column, row), category, radius_m=radius)
    assert answer.unit_code and answer.unit_name
    assert answer.fallback_unit
    assert answer.basis.endswith("。")
    assert 0 <= answer.confidence <= CONFIDENCE_CEILING
    assert 0 <= answer.share <= 1
    assert answer.unit_code not in answer.co_units
    assert len(set(answer.co_units)) == len(answer.co_units)
    assert answer.runner_up_unit != answer.unit_code
    assert (answer.status is DecisionStatus.ROUTED) <= (answer.confidence >= ROUTED_FROM)


# ------------------------------------------------------------------ zone, rule, territory


def test_a_zone_goes_before_a_rule_and_a_rule_before_the_territory():
    drawn = city(zones=ZONE)
    _, zone = drawn.ask(spot(3, 2), "暴露垃圾")
    assert zone.unit_code == "TL"
    assert zone.reasons == (ReasonCode.OVERLAY, "overlay:railway")
    assert zone.co_units == (CODE["H"],)  # on the subdistrict's ground
    _, rule = drawn.ask(spot(1, 2), "暴露垃圾")
    assert rule.unit_code == "CGJ"
    assert rule.reasons == ("rule:rubbish",)
    _, territory = drawn.ask(spot(3, 2), "别的")
    assert territory.unit_code == CODE["2"]
    assert territory.reasons == ()


def test_a_zone_only_takes_its_topics():
    drawn = city(zones=ZONE)
    assert drawn.ask(spot(3, 2), "违法建设")[1].unit_code == "TL"
    assert drawn.ask(spot(3, 2), "占道经营")[1].unit_code == CODE["H"]
    assert drawn.ask(spot(3, 2), None)[1].unit_code == CODE["2"]


def test_of_two_zones_the_higher_precedence_leads():
    drawn = city(zones=ZONE + RIVER)
    hits, answer = drawn.ask(spot(3.5, 2), "暴露垃圾")
    assert [hit.jurisdiction.code for hit in hits.overlays] == [CODE["M"], CODE["R"]]
    assert answer.unit_code == "HD"
    _, building = drawn.ask(spot(3.5, 2), "违法建设")  # the river does not take it
    assert building.unit_code == "TL"


def test_of_two_zones_of_one_precedence_the_lower_code_leads():
    both = areas("..RM....\n..RM....\n..MM....\n..MM....", "overlay", kind="railway", unit="TL")
    hits, _ = city(zones=both).ask(spot(3, 2.5), "违法建设")
    assert [hit.jurisdiction.code for hit in hits.overlays] == sorted([CODE["M"], CODE["R"]])


def test_beside_a_zone_its_unit_is_the_rival():
    _, inside = city(zones=ZONE).ask(spot(2.05, 2), "暴露垃圾", radius_m=30)
    _, beside = city(zones=ZONE).ask(spot(1.95, 2), "暴露垃圾", radius_m=30)
    assert (inside.unit_code, inside.runner_up_unit) == ("TL", "CGJ")
    assert (beside.unit_code, beside.runner_up_unit) == ("CGJ", "TL")
    assert inside.confidence == pytest.approx(beside.confidence, abs=1e-3)
    assert inside.confidence == pytest.approx(probability_of_share(0.6056), abs=1e-3)
    assert inside.status is beside.status is DecisionStatus.REVIEW


def test_a_zone_outside_all_territory_still_leads():
    far = areas("........R\n" * 4, "overlay", kind="railway", unit="TL")
    drawn = city(zones=far)
    _, answer = drawn.ask(spot(8.9, 2), "暴露垃圾")
    assert answer.unit_code == "TL"
    assert answer.fallback_unit == QUEUE


def test_on_a_road_the_rule_for_roads_decides_with_its_co_handlers_once_each():
    _, answer = city(zones=ROAD).ask(spot(3.5, 2), "道路破损")
    assert answer.unit_code == "JSJ"
    assert answer.co_units == ("CGJ", CODE["H"], CODE["J"])
    assert answer.reasons == ("rule:road-damage",)
    assert answer.fallback_unit == CODE["H"]
    assert [step.outcome for step in answer.trace] == ["matched"]


def test_off_the_road_the_rule_is_passed_over_and_the_trace_says_why():
    _, answer = city(zones=ROAD).ask(spot(1, 2), "道路破损")
    assert answer.unit_code == CODE["1"]
    assert [(s.rule_id, s.outcome, s.why) for s in answer.trace] == [
        ("road-damage", "no", "不在车行道")
    ]


def test_where_no_road_layer_is_loaded_the_condition_is_unknown_and_a_person_decides():
    _, answer = city().ask(spot(1, 2), "道路破损")
    assert answer.reasons == (ReasonCode.PLACE_UNKNOWN,)
    assert answer.status is DecisionStatus.REVIEW
    assert answer.unit_code == CODE["1"]


@pytest.mark.parametrize(
    "word, unit",
    [("grid", "2"), ("community", "J"), ("subdistrict", "H"), ("district", "D")],
)
def test_a_rule_may_name_a_level_instead_of_a_unit(word, unit):
    rules = f'version = "1"\n[[rule]]\nid = "a"\nlead = "{word}"\n'
    assert city(rules=rules).ask(spot(3, 2))[1].unit_code == CODE[unit]


def test_a_rule_may_give_it_to_the_zone_and_without_one_to_the_grid():
    rules = """
version = "1"
[[overlay]]
kind = "railway"
category = []
[[rule]]
id = "owner"
lead = "overlay"
"""
    drawn = city(zones=ZONE, rules=rules)
    assert drawn.ask(spot(3, 2))[1].unit_code == "TL"
    assert drawn.ask(spot(1, 2))[1].unit_code == CODE["1"]


def test_a_level_word_without_that_level_goes_to_the_coarser():
    rules = 'version = "1"\n[[rule]]\nid = "a"\nlead = "grid"\n'
    drawn = city(grids=None, rules=rules)
    assert drawn.ask(spot(3, 2))[1].unit_code == CODE["J"]


def test_the_steps_after_the_one_that_applies_are_listed_as_not_tried():
    rules = RULES + '[[rule]]\nid = "last"\nlead = "CGJ"\n'
    _, zone = city(zones=ZONE, rules=rules).ask(spot(3, 2), "暴露垃圾")
    assert [(s.rule_id, s.outcome) for s in zone.trace] == [
        ("overlay:RW-1", "matched"), ("rubbish", "not_tried"), ("last", "not_tried"),
    ]  # fmt: skip


# ------------------------------------------------------------------ lines and areas


def test_a_road_across_two_units_crosses_units_and_goes_to_the_level_that_holds_it():
    _, within = city().ask(way((0.1, 2), (2.9, 2)), words="西洪路")
    assert within.unit_code == CODE["J"]  # a third in another grid, all of it in the community
    assert within.reasons == (ReasonCode.COARSE_PLACE, ReasonCode.CROSSES_UNITS)
    assert within.status is DecisionStatus.REVIEW
    _, across = city().ask(way((1, 2), (7, 2)), words="西洪路")
    assert across.unit_code == CODE["D"]
    _, one = city().ask(way((2.2, 2), (3.8, 2)), words="西洪路")
    assert (one.unit_code, one.reasons) == (CODE["2"], (ReasonCode.COARSE_PLACE,))


def test_a_road_mostly_in_one_grid_stays_there():
    _, answer = city().ask(way((0.1, 2), (2.1, 2)))
    assert answer.unit_code == CODE["1"]
    assert answer.share == pytest.approx(0.95, abs=1e-3)


# ------------------------------------------------------------------ read from words

STEEP = Calibration(
    version="trial", reading={"1": 9.0}, geometry={"1": 0.0, "slope": 4.0}, threshold_otherwise=0.95
)
"""Radii that proved too wide: a unit with 70 % of the ground is nearly always right."""


def read_from_words(place: Point, category: str | None) -> Recommendation:
    deps = city(zones=ROAD).deps()
    door = Location(geometry=place, radius_m=30, precision=LocationPrecision.DOOR)
    return recommend(
        category, deps.index.hits(door, DAY), deps.rules, UNITS, DAY,
        place=door, evidence={"margin": 9.0}, calibration=STEEP,
    )  # fmt: skip


def test_a_calibration_makes_borders_surer_but_not_on_which_side_of_a_kerb_it_is():
    by_the_border = read_from_words(spot(1.88, 2), None)
    assert by_the_border.runner_up_share > 0.1
    assert by_the_border.confidence > 1 - by_the_border.runner_up_share
    assert by_the_border.status is DecisionStatus.ROUTED
    by_the_road = read_from_words(spot(2.88, 2), "道路破损")
    assert by_the_road.runner_up_unit == "JSJ"
    assert by_the_road.confidence <= 1 - by_the_road.runner_up_share + 1e-4
    assert by_the_road.status is DecisionStatus.REVIEW


def test_a_rule_for_a_category_everywhere_leaves_the_reading_alone_to_doubt():
    answer = read_from_words(spot(1.88, 2), "暴露垃圾")
    assert (answer.unit_code, answer.runner_up_unit) == ("CGJ", "")
    assert answer.confidence > 0.999
    assert answer.status is DecisionStatus.ROUTED


# ------------------------------------------------------------------ reasons given before


def test_reasons_found_before_are_kept_first_and_call_for_a_person():
    drawn = city()
    deps = drawn.deps()
    place = Location(geometry=spot(3, 2), radius_m=10, precision=LocationPrecision.PIN)
    answer = recommend(
        None, deps.index.hits(place, DAY), deps.rules, UNITS, DAY, reasons=("suspect_crs",)
    )
    assert answer.reasons == ("suspect_crs",)
    assert answer.status is DecisionStatus.REVIEW
    assert answer.unit_code == CODE["2"]


# ------------------------------------------------------------------ confidence


def test_confidence_grows_with_the_share_and_never_passes_the_ceiling():
    shares = np.linspace(-0.1, 1.1, 4001)
    found = [probability_of_share(float(share)) for share in shares]
    assert all(b >= a for a, b in pairwise(found))
    assert max(found) == CONFIDENCE_CEILING
    assert min(found) >= 0
    assert probability_of_share(0.5) == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.7, 0.8, 0.97])
def test_the_probability_is_that_of_a_normal_scatter_over_a_straight_border(share):
    """Drawn at random: radius 1 holds 95 %, the border lies where the disc is cut in this share."""
    d = np.linspace(-1, 1, 200_001)
    border = np.interp(share, 1 - (np.arccos(d) - d * np.sqrt(1 - d * d)) / np.pi, d)
    rng = np.random.default_rng(7)
    sigma = 1 / np.sqrt(-2 * np.log(0.05))
    x = rng.normal(0, sigma, 2_000_000)
    assert probability_of_share(share) == pytest.approx((x < border).mean(), abs=2e-3)


@EXAMPLES
@given(first=st.floats(0.01, 0.98), second=st.floats(0.01, 0.98))
def test_more_share_never_lowers_the_answers_confidence(first, second):
    def confidence(share: float) -> float:
        square = draw("AB")
        sides = [
            JurisdictionHit(
                jurisdiction=Jurisdiction(
                    code=letter, name=letter, level=JurisdictionLevel.GRID,
                    geometry=square[letter], unit_code=letter,
                ),
                share=part, covers=letter == "A", edge_distance_m=1.0,
            )
            for letter, part in (("A", share), ("B", 1 - share))
        ]  # fmt: skip
        hits = Hits(levels=(LevelHits(level=JurisdictionLevel.GRID, hits=tuple(sides)),))
        return recommend(None, hits, RuleSet.empty(), UNITS, DAY).confidence

    low, high = sorted((first, second))
    assert confidence(low) <= confidence(high)


def test_names_come_from_the_directory_of_that_day_else_from_the_map_else_the_code():
    rules = 'version = "1"\n[[rule]]\nid = "a"\ncategory = ["甲"]\nlead = "NOBODY"\n'
    drawn = city(rules=rules)
    assert drawn.ask(spot(3, 2), "甲")[1].unit_name == "NOBODY"
    assert drawn.ask(spot(3, 2))[1].unit_name == "第2网格"
    assert city().ask(spot(3, 2), "占道经营")[1].unit_name == "洪山镇"


def test_every_reason_code_that_routing_gives_was_seen_above():
    """The rest are given by whoever finds the place; one added to routing needs its drawing."""
    found_before_routing = {
        "district_conflict", "text_point_conflict", "ambiguous_place", "default_point",
        "suspect_crs", "duplicate_id", "homophone", "fuzzy", "caller_address",
    }  # fmt: skip
    drawn_here = {
        "tie", "near_edge", "gap", "overlap", "coarse_place", "crosses_units", "overlay",
        "fallback", "place_condition_unknown", "no_boundaries_in_force",
    }  # fmt: skip
    drawn_in_test_borders = {"boundary_road"}
    known = {code.value for code in ReasonCode}
    assert known == found_before_routing | drawn_here | drawn_in_test_borders


def test_a_point_exactly_at_a_zone_corner_is_in_the_zone():
    corner = Point(ZONE[0].geometry.bounds[0], ZONE[0].geometry.bounds[1])
    hits, _ = city(zones=ZONE).ask(corner, "暴露垃圾")
    assert [hit.covers for hit in hits.overlays] == [True]
