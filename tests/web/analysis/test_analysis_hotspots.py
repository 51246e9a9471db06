"""The tests of the map find the community that was made hot, and say how they found it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from geodata.cases import PostgresCaseStore
from tests.web.analysis import city
from tests.web.analysis.office import Office, Seat

HOT_GRIDS = {"G62", "G63", "G72", "G73"}
METHODS = ("gi", "moran", "emerging", "scan", "space_time", "repeats")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_says_how_it_was_made(analyst: Seat, method: str) -> None:
    answer = analyst.get("hotspots", method=method, level="grid")
    made = answer["method"]
    assert made["name"] and made["null"]
    assert made["choices"]["时段"] == f"{city.day(90)} 至 {city.day(1)}"
    assert made["permutations"] == 0 or made["seed"] is not None
    keys = {one["key"] for one in answer["classes"]}
    assert len(keys) == len(answer["classes"])
    filled = [name for name in ("areas", "cells", "shapes") if answer[name] is not None]
    assert filled == (["areas"] if method in ("gi", "moran", "emerging") else ["shapes"])
    if answer["areas"] is not None:
        assert {one["key"] for one in answer["areas"].values()} <= keys
    else:
        assert {one["key"] for one in answer["shapes"]} <= keys


def test_gi_finds_the_hot_grids_and_no_others(analyst: Seat) -> None:
    answer = analyst.get("hotspots", method="gi", level="grid")
    hot = {code for code, one in answer["areas"].items() if one["key"].startswith("hot")}
    assert hot >= HOT_GRIDS
    beside = {"G51", "G52", "G53", "G54", "G61", "G64", "G71", "G74"}
    assert hot <= HOT_GRIDS | beside, "Gi* reaches to the neighbours of what is high, no farther"
    for one in answer["areas"].values():
        assert 0 < one["p"] <= one["q"] <= 1
        if one["key"] == "hot99":
            assert one["q"] <= 0.01 and one["z"] > 0
    assert "Benjamini" in answer["method"]["correction"]


def test_moran_calls_the_hot_grids_high_among_high(analyst: Seat) -> None:
    answer = analyst.get("hotspots", method="moran", level="grid")
    high = {code for code, one in answer["areas"].items() if one["key"] == "HH"}
    assert high and high <= HOT_GRIDS, "unlike Gi*, a low grid beside them is none"


def test_cells_are_tested_on_sizes_derived_or_asked_for(analyst: Seat) -> None:
    month = {"from_": city.day(28), "within": "subdistrict:E"}
    derived = analyst.get("hotspots", method="gi", on="cells", **month)
    assert "格网边长" in derived["method"]["choices"]
    asked = analyst.get("hotspots", method="moran", on="cells", size=500)
    assert asked["cells"]["size_m"] == 500
    assert asked["method"]["n"] == asked["cells"]["tested"] >= len(asked["cells"]["items"])
    west, south = city.WEST + 6 * city.STEP, city.SOUTH + 2 * city.STEP
    for answer, key in ((derived, "hot99"), (asked, "HH")):
        lons = [lon for lon, _, _, found in answer["cells"]["items"] if found == key]
        lats = [lat for _, lat, _, found in answer["cells"]["items"] if found == key]
        assert lons, "something is hot"
        assert west - 0.01 < min(lons) and south - 0.01 < min(lats)
        assert max(lats) < south + 2 * city.STEP + 0.01


def test_the_scan_draws_a_circle_around_the_hot_community(analyst: Seat) -> None:
    answer = analyst.get("hotspots", method="scan", level="community")
    [circle, *_] = answer["shapes"]
    assert circle["n"] == 4 * (city.EACH + city.MORE) and circle["p"] <= 0.01
    assert abs(circle["lon"] - (city.WEST + 7 * city.STEP)) < city.STEP
    assert f"{city.HOT}社区" in circle["text"]
    assert 400 < circle["radius_m"] < 800, "one community is drawn as large as it is"
    assert "基数" in " ".join(answer["method"]["warnings"]) or "常住人口" in str(answer["method"])


def test_a_scan_without_residents_says_what_is_missing(analyst: Seat) -> None:
    answer = analyst.get("hotspots", method="scan", level="community", by="household")
    assert answer["shapes"] == []
    assert any("没有导入该层级的户数" in one for one in answer["method"]["warnings"])
    assert "按辖区" in analyst.refused("hotspots", method="scan", on="cells")


def test_too_few_weeks_for_an_emerging_hot_spot(analyst: Seat) -> None:
    said = analyst.refused("hotspots", method="emerging", from_=city.day(69), to=city.day(1))
    assert "只有 9 个完整的周" in said and "10 周" in said
    one = analyst.refused("hotspots", method="emerging", from_=city.day(1), to=city.day(1))
    assert "只有 0 个完整的周" in one
    answer = analyst.get(
        "hotspots", method="emerging", level="grid", from_=city.day(84), to=city.day(0)
    )
    assert "12 步" in answer["method"]["choices"]["时间步"], "the running day is not a step"


def test_one_step_is_too_few_for_space_and_time(analyst: Seat) -> None:
    said = analyst.refused("hotspots", method="space_time", from_=city.day(1), to=city.day(1))
    assert "只有 1 个完整的日" in said


def test_the_same_view_gives_the_same_answer(office: Office, analyst: Seat) -> None:
    """Seeds are fixed, so an answer that was dropped comes back the same."""
    from app.analysis.prepared import Prepared, _held, prepared

    query = {"method": "space_time", "level": "grid", "from_": city.day(40)}
    first = analyst.get("hotspots", **query)
    _held[office.services] = Prepared()
    assert prepared().answers is not None
    assert analyst.get("hotspots", **query) == first


def test_no_cases_at_all(make_office: Callable[[str], Office], empty_template: str) -> None:
    """Each answer is a result; only a test that needs cases says that it needs some."""
    analyst = make_office(empty_template).seat("analyst")
    assert analyst.get("summary")["n"] == 0
    assert set(analyst.get("areas")["values"].values().__iter__().__next__()) >= {"n", "class"}
    for path in ("trend", "frames", "cells", "cases", "misroutes", "borders"):
        analyst.get(path)
    for method in METHODS:
        for on in ("areas", "cells"):
            answer = analyst.ask("hotspots", method=method, on=on)
            assert answer.status_code in (200, 422), answer.get_data(as_text=True)
            found = answer.get_json()
            if answer.status_code == 422:
                assert "请" in found["detail"]
            elif found["shapes"] is not None:
                assert found["shapes"] == []
            elif found["areas"] is not None:
                assert {one["key"] for one in found["areas"].values()} == {"none"}


@pytest.mark.parametrize("n", [1, 80])
def test_all_at_one_point(
    make_office: Callable[[str], Office], empty_template: str, n: int
) -> None:
    """One case, and eighty on one point: nothing is made of it, and the pile is named."""
    office = make_office(empty_template)
    point = (city.WEST + 3.5 * city.STEP, city.SOUTH + 3.5 * city.STEP)
    PostgresCaseStore(office.services.engine).receive_many(
        [city.case(f"p-{at}", 1 + at % 60, point, city.codes(3, 3)) for at in range(n)],
        actor="api:12345",
        actor_name="12345",
    )
    analyst = office.seat("analyst")
    answer = analyst.get("summary")
    assert answer["n"] == answer["located"] == n
    assert [one["n"] for one in answer["pile_ups"]] == ([n] if n > 1 else [])
    assert analyst.get("areas", level="grid")["values"]["G33"]["n"] == n
    assert [one[2] for one in analyst.get("cells")["items"]] == [n]
    for method in METHODS:
        for on in ("areas", "cells"):
            answer = analyst.ask("hotspots", method=method, on=on, level="grid")
            assert answer.status_code in (200, 422), (method, on, answer.get_data(as_text=True))
    assert ("同一点" if n > 1 else "少于 60 件") in analyst.refused("hotspots", on="cells")
