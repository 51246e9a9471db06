"""What the answers say of a city whose numbers are known, and how they hang together."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app import wiring
from tests.web.analysis import city
from tests.web.analysis.office import Office, Seat

TOTAL = 48 * city.EACH + 4 * city.MORE + city.OUTSIDE + city.NOWHERE + city.NAMED
LOCATED = TOTAL - city.NOWHERE - city.NAMED
LEVELS = ("district", "subdistrict", "community", "grid")


def test_the_summary_counts_what_is_there(analyst: Seat) -> None:
    answer = analyst.get("summary")
    assert (answer["n"], answer["located"]) == (TOTAL, LOCATED)
    assert answer["period"]["to"] == city.day(1).isoformat(), "yesterday is the last whole day"
    assert answer["period"]["from"] == city.day(90).isoformat()
    assert sum(kind["n"] for kind in answer["kinds"]) + answer["unclassified"] == TOTAL
    assert sum(one["n"] for one in answer["channels"]) == TOTAL
    assert sum(one["total"] for one in answer["unlocated"]) == TOTAL
    assert sum(one["n"] for one in answer["unlocated"]) == TOTAL - LOCATED
    assert answer["children"] == [
        {"level": "district", "code": "D", "name": "测试区", "n": TOTAL - 12}
    ]
    assert {one["name"] for one in answer["unlocated"]} == {"测试区", "区县不详"}
    assert not any("区县不详" in one for one in answer["warnings"]), "nothing to compare it with"
    assert answer["path"] == []
    assert answer["versions"] == {"boundary": city.VERSION}
    assert answer["levels"] == list(LEVELS)


@pytest.mark.parametrize("level", LEVELS)
def test_areas_outside_and_unlocated_add_up_to_all(analyst: Seat, level: str) -> None:
    answer = analyst.get("areas", level=level)
    rest = answer["rest"]
    inside = sum(value["n"] for value in answer["values"].values())
    assert inside + rest["outside"] + rest["unlocated"] - rest["named"] == TOTAL
    assert rest["unlocated"] == city.NOWHERE + city.NAMED
    drawn = [one["properties"]["code"] for one in answer["outline"]["features"]]
    assert drawn == list(answer["values"]), "every area has its numbers, also those without cases"


def test_the_numbers_of_an_area_are_those_of_its_children(analyst: Seat) -> None:
    """Down the whole tree, and the list of cases has as many."""
    west = analyst.get("summary", within="subdistrict:W")
    assert west["path"] == [
        {"level": "district", "code": "D", "name": "测试区"},
        {"level": "subdistrict", "code": "W", "name": "西街道"},
    ]
    assert sum(one["n"] for one in west["children"]) == west["n"] == 24 * city.EACH + city.NAMED
    values = analyst.get("areas", within="subdistrict:W")["values"]
    assert set(values) == {f"C{column}{row}" for column in (0, 1) for row in (0, 1, 2)}
    listed = analyst.get("cases", area="community:C11", within="subdistrict:W")
    assert listed["total"] == values["C11"]["n"] == 4 * city.EACH


def test_a_level_above_the_ground_is_the_one_area_around_it(analyst: Seat) -> None:
    assert set(analyst.get("areas", within="community:C11", level="district")["values"]) == {"D"}
    assert set(analyst.get("areas", within="community:C11", level="grid")["values"]) == {
        "G22", "G23", "G32", "G33",
    }  # fmt: skip


def test_classes_do_not_change_with_the_date(analyst: Seat) -> None:
    """Two windows of one length are drawn with the same breaks; a longer one has its own."""
    weeks = [
        analyst.get(
            "areas", from_=city.day(back + 6), to=city.day(back), count=count, measure=measure
        )["classes"]
        for count, measure in (("reports", "count"), ("incidents", "count"), ("reports", "rate"))
        for back in (1, 22, 50)
    ]
    for at in (0, 3, 6):
        assert weeks[at] == weeks[at + 1] == weeks[at + 2]
    assert analyst.get("areas")["classes"] != weeks[0]
    inside = analyst.get("areas", within="subdistrict:W", from_=city.day(7), to=city.day(1))
    assert inside["classes"] == weeks[0], "nor with the ground that is looked at"


def test_a_class_is_where_its_value_lies(analyst: Seat) -> None:
    for measure in ("count", "rate", "eb", "local_eb", "oe"):
        answer = analyst.get("areas", measure=measure)
        breaks = answer["classes"]["breaks"]
        assert len(answer["classes"]["colours"]) == len(answer["classes"]["labels"])
        assert len(breaks) == len(answer["classes"]["colours"]) - 1
        for value in answer["values"].values():
            if value["shown"] is None:
                assert value["class"] is None
            else:
                assert value["class"] == sum(value["shown"] >= one for one in breaks)


def test_an_area_without_denominator_has_no_rate_and_says_why(analyst: Seat) -> None:
    answer = analyst.get("areas", measure="rate")
    unknown, known = answer["values"]["C00"], answer["values"]["C11"]
    assert unknown["rate"] is None and unknown["class"] is None and unknown["suppressed"]
    assert unknown["why"] == "缺基数"
    assert known["rate"] == pytest.approx(4 * city.EACH)  # per 1,000 of 1,000 people
    assert known["low"] < known["rate"] < known["high"]
    assert "缺基数" in " ".join(answer["method"]["warnings"])


def test_without_any_denominator_nothing_is_coloured_and_the_note_says_so(analyst: Seat) -> None:
    answer = analyst.get("areas", measure="rate", by="household")
    assert all(value["class"] is None for value in answer["values"].values())
    assert "没有导入社区（村）的户数" in answer["note"]


def test_few_cases_are_suppressed_as_a_rate_and_shown_as_a_count(analyst: Seat) -> None:
    one_day = {"from_": city.day(1), "to": city.day(1)}
    rate = analyst.get("areas", measure="rate", **one_day)["values"]["C11"]
    assert rate["n"] == 4 and rate["suppressed"] and rate["shown"] is None
    count = analyst.get("areas", measure="count", **one_day)["values"]["C11"]
    assert count["shown"] == 4 and not count["suppressed"] and count["why"] == ""


def test_two_windows_are_compared_with_a_corrected_test(analyst: Seat) -> None:
    """The hot community against a time before there was anything; the others unchanged."""
    span = {"from_": city.day(28), "to": city.day(1)}
    same = analyst.get("areas", compare="previous", **span)["values"]
    placed = [value for code, value in same.items() if code != "C00"]  # some there by words, lately
    assert [(value["change"], value["change_q"]) for value in placed] == [(0, 1)] * len(placed)
    before = analyst.get("areas", compare="custom", from2=city.day(200), to2=city.day(173), **span)[
        "values"
    ]
    assert before[city.HOT]["previous"] == 0 and before[city.HOT]["change"] is None
    assert before[city.HOT]["change_q"] < 0.001


def test_previous_of_this_window_is_the_count_of_that_window(analyst: Seat) -> None:
    now = analyst.get("areas", compare="previous", from_=city.day(20), to=city.day(11))
    then = analyst.get("areas", from_=city.day(30), to=city.day(21))
    for code, value in now["values"].items():
        assert value["previous"] == then["values"][code]["n"]


@pytest.mark.parametrize("step", ["day", "week", "month"])
@pytest.mark.parametrize("count", ["reports", "incidents"])
def test_the_curve_adds_up_and_the_frames_to_the_curve(
    analyst: Seat, step: str, count: str
) -> None:
    curve = analyst.get("trend", step=step, count=count)
    summary = analyst.get("summary")
    assert sum(curve["counts"]) == (summary["n"] if count == "reports" else summary["incidents"])
    frames = analyst.get("frames", step=step, count=count)
    assert frames["steps"] == curve["steps"] and frames["complete"] == curve["complete"]
    inside = sum(map(sum, frames["counts"]))
    if count == "reports":
        assert inside == sum(curve["counts"]) - city.OUTSIDE - city.NOWHERE
    assert all(len(one) == len(frames["codes"]) for one in frames["counts"])


def test_a_running_step_is_not_complete(analyst: Seat) -> None:
    curve = analyst.get("trend", step="week", from_=city.day(21), to=wiring.today())
    today = wiring.today()
    monday = today - timedelta(days=today.weekday())
    for start, complete in zip(curve["steps"], curve["complete"], strict=True):
        begins = date.fromisoformat(start)
        assert begins.weekday() == 0
        assert complete == (city.day(21) <= begins < monday)


def test_the_compared_curve_has_as_many_days_in_each_step(analyst: Seat) -> None:
    now = analyst.get("trend", step="week", compare="previous", from_=city.day(20), to=city.day(11))
    then = analyst.get("trend", step="day", from_=city.day(30), to=city.day(21))
    assert len(now["compared"]) == len(now["counts"])
    assert sum(now["compared"]) == sum(then["counts"])
    short = analyst.get(
        "trend", step="day", compare="custom", from_=city.day(9), to=city.day(0),
        from2=city.day(40), to2=city.day(38),
    )  # fmt: skip
    assert short["compared"][3:] == [None] * 7 and None not in short["compared"][:3]


@pytest.mark.parametrize("shape", ["square", "hexagon"])
@pytest.mark.parametrize("size", [100, 250, 500, 1000])
def test_cells_hold_every_located_case(analyst: Seat, shape: str, size: int) -> None:
    answer = analyst.get("cells", shape=shape, size=size)
    assert sum(n for _, _, n in answer["items"]) == LOCATED
    assert len(answer["ring"]) == (4 if shape == "square" else 6)
    assert answer["truncated"] is None
    shorter = analyst.get("cells", shape=shape, size=size, from_=city.day(5), to=city.day(1))
    assert shorter["classes"] == answer["classes"], "classes depend on the size alone"


def test_the_ring_of_a_square_has_its_size_in_metres(analyst: Seat) -> None:
    from math import cos, hypot, radians

    [first, second, *_] = analyst.get("cells", shape="square", size=1000)["ring"]
    east = (second[0] - first[0]) * 111_320 * cos(radians(city.SOUTH))
    north = (second[1] - first[1]) * 110_770
    assert hypot(east, north) == pytest.approx(1000, rel=0.01)


def test_overrides_are_counted_where_they_lie(analyst: Seat) -> None:
    answer = analyst.get("misroutes", level="district")
    whole = answer["values"]["D"]
    assert 0 < whole["overridden"] < whole["decided"]
    assert whole["share"] == pytest.approx(whole["overridden"] / whole["decided"], abs=1e-4)
    assert whole["low"] < whole["share"] < whole["high"]
    assert sum(flow["n"] for flow in answer["flows"]) >= whole["overridden"]
    assert {flow["to"] for flow in answer["flows"]} <= {"ROADS", "W"}
    assert {flow["to_name"] for flow in answer["flows"]} <= {"区建设局", "西街道"}
    by_community = analyst.get("misroutes")["values"].values()
    assert sum(one["overridden"] for one in by_community) == whole["overridden"]


def test_flows_follow_the_filters(analyst: Seat) -> None:
    every = analyst.get("misroutes")["flows"]
    some = analyst.get("misroutes", kind="路灯", within="subdistrict:E")["flows"]
    assert 0 < sum(one["n"] for one in some) < sum(one["n"] for one in every)
    assert {one["from"] for one in some} == {"E"}
    assert analyst.get("misroutes", kind="没有这一类")["flows"] == []


def test_borders_are_ranked_and_returns_are_not_recorded(analyst: Seat) -> None:
    answer = analyst.get("borders", metres=100, level="community")
    assert answer["items"] and all(one["returns"] is None for one in answer["items"])
    assert "未记录" in answer["note"]
    assert {one["geometry"]["type"] for one in answer["items"]} <= {"LineString", "MultiLineString"}
    [pair] = answer["pairs"]
    assert {pair["left"], pair["right"]} == {"W", "E"}
    between = [one for one in answer["items"] if {one["left"][1], one["right"][1]} == {"1", "2"}]
    assert pair["cases"] == sum(one["cases"] for one in between)
    wider = analyst.get("borders", metres=200, level="community")
    assert wider["cases"] > answer["cases"]


def test_every_answer_is_for_nobody_to_keep(office: Office, analyst: Seat) -> None:
    for path in ("summary", "areas", "trend", "frames", "hotspots", "cells", "cases", "borders"):
        assert analyst.ask(path).headers["Cache-Control"] == "no-store"


def test_the_list_pages_through_all_cases_once_newest_first(analyst: Seat) -> None:
    seen: list[dict[str, Any]] = []
    mark = ""
    for _ in range(20):
        answer = analyst.get("cases", area=f"community:{city.HOT}", after=mark)
        seen += answer["items"]
        mark = answer["next"]
        if mark is None:
            break
    assert len({one["no"] for one in seen}) == len(seen) == answer["total"]
    assert answer["total"] == 4 * (city.EACH + city.MORE)
    received = [one["received"] for one in seen]
    assert received == sorted(received, reverse=True)
    assert {one["unit"] for one in seen} <= {"东街道", "区建设局", "E"}


def test_cases_near_a_point(analyst: Seat) -> None:
    lon, lat = city.WEST + 0.5 * city.STEP, city.SOUTH + 0.5 * city.STEP
    few = analyst.get("cases", near=f"{lon},{lat},30")["total"]
    most = analyst.get("cases", near=f"{lon},{lat},360")["total"]
    assert few < most and most >= city.EACH
