"""The operator's box: every place found by any of the ways a person would type it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from shapely import LineString, Point, box

from routing.geocoding.search import PlaceSearch, PlaceSuggestion
from routing.geocoding.searching.pieces import Match, Pieces, plain
from routing.geocoding.searching.sounds import cut, sounds
from routing.model import Jurisdiction, JurisdictionLevel, Place, PlaceKind
from tests.bench.search import make_areas, make_places

WEST, SOUTH, STEP = 119.300, 26.080, 0.002
MIDDLE = SOUTH + STEP / 2


def area(level: str, code: str, name: str, left: int, right: int) -> Jurisdiction:
    return Jurisdiction(
        code=code,
        name=name,
        level=JurisdictionLevel(level),
        geometry=box(WEST + left * STEP, SOUTH, WEST + right * STEP, SOUTH + STEP),
        unit_code=code,
    )


# HS-1 | HS-2 | GX-1 | GX-2, as in tests/browser/city.py
AREAS = [
    area("subdistrict", "HS", "洪山镇", 0, 2),
    area("subdistrict", "GX", "鼓西街道", 2, 4),
    area("community", "HS-C", "金牛山社区", 0, 2),
    area("community", "GX-C", "西湖社区", 2, 4),
    area("grid", "HS-1", "金牛山社区第1网格", 0, 1),
    area("grid", "HS-2", "金牛山社区第2网格", 1, 2),
    area("grid", "GX-1", "西湖社区第1网格", 2, 3),
    area("grid", "GX-2", "西湖社区第2网格", 3, 4),
]


def at(column: float) -> Point:
    return Point(WEST + column * STEP, MIDDLE)


def line(first: float, last: float) -> LineString:
    return LineString([at(first), at(last)])


def place(
    id: str, name: str, kind: PlaceKind, geometry: Point | LineString | None = None, **more: object
) -> Place:
    return Place(id=id, name=name, kind=kind, geometry=geometry or at(0.5), **more)  # type: ignore[arg-type]


def numbered(road: str, *numbers: str, kind: PlaceKind = PlaceKind.ADDRESS) -> list[Place]:
    word = "号楼" if kind is PlaceKind.BUILDING else "号"
    return [
        place(f"{road}-{number}", f"{road}{number}{word}", kind, at(1.5), road=road, number=number)
        for number in numbers
    ]


PLACES = [
    place("r-xh", "西洪路", PlaceKind.ROAD, line(0.5, 3.5), aliases=("洪西路", "老洪路")),
    place("r-xhz", "西洪支路", PlaceKind.ROAD, line(0.2, 0.8)),
    place("r-51", "五一路", PlaceKind.ROAD, line(2.2, 2.8), aliases=("51路",)),
    place("r-cl", "长乐路", PlaceKind.ROAD, line(2.2, 2.8)),
    place("r-dj", "道教文化街", PlaceKind.ROAD, line(3.2, 3.8)),
    place("c-yg", "阳光小区", PlaceKind.COMPOUND, at(2.5)),
    place("p-xh", "西洪小学", PlaceKind.POI),
    place("s-xh", "西洪路公交站", PlaceKind.STOP),
    place("p-pole", "西洪路B-044号灯杆", PlaceKind.POLE, road="西洪路", number="B-044"),
    place("p-ktv", "Ｂ区KTV（西湖店）", PlaceKind.POI, at(2.5)),
    *numbered("西洪路", "59", "5", "50", "51", "6", "159", "59-1"),
    *numbered("阳光小区", "3", "13", "30", kind=PlaceKind.BUILDING),
]


@pytest.fixture(scope="module")
def search() -> PlaceSearch:
    return PlaceSearch(PLACES, AREAS)


def names(found: list[PlaceSuggestion]) -> list[str]:
    return [one.name for one in found]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("西洪路", "西洪路"),
        ("西洪", "西洪路"),
        ("洪路", "西洪路"),
        ("公交站", "西洪路公交站"),
        ("xhl", "西洪路"),
        ("XHL", "西洪路"),
        ("xihong", "西洪路"),
        ("xihongl", "西洪路"),
        ("xi'hong'lu", "西洪路"),
        ("xihongxiaoxue", "西洪小学"),
        ("xhxx", "西洪小学"),
        ("洪西", "西洪路"),
        ("老洪路", "西洪路"),
        ("51路", "五一路"),
        ("西洪路59", "西洪路59号"),
        ("西洪路５９号", "西洪路59号"),
        ("西洪路 59 号", "西洪路59号"),
        ("西洪路59-", "西洪路59号"),
        ("xhl59", "西洪路59号"),
        ("xihonglu59", "西洪路59号"),
        ("阳光3号楼", "阳光小区3号楼"),
        ("阳光小区3", "阳光小区3号楼"),
        ("yg3", "阳光小区3号楼"),
        ("b044", ""),
        ("B-044", "西洪路B-044号灯杆"),
        ("clr", ""),
        ("cll", "长乐路"),
        ("zll", "长乐路"),
        ("changyue", "长乐路"),
        ("changle", "长乐路"),
        ("b区", "Ｂ区KTV（西湖店）"),
        ("ktv", "Ｂ区KTV（西湖店）"),
        ("西湖店", "Ｂ区KTV（西湖店）"),
        ("陽光小區", "阳光小区"),
    ],
)
def test_what_is_typed_and_what_comes_first(search: PlaceSearch, query: str, first: str) -> None:
    found = search.find(query)
    assert (found[0].name if found else "") == first


def test_the_beginning_of_a_number_offers_all_that_go_on(search: PlaceSearch) -> None:
    assert names(search.find("西洪路5")) == [
        "西洪路5号",
        "西洪路50号",
        "西洪路51号",
        "西洪路59号",
        "西洪路59-1号",
    ]
    assert names(search.find("西洪路59号")) == ["西洪路59号", "西洪路59-1号"]
    assert names(search.find("西洪路5号")) == ["西洪路5号"]
    assert names(search.find("阳光小区3号楼")) == ["阳光小区3号楼"]


def test_a_road_is_filled_up_with_its_first_numbers(search: PlaceSearch) -> None:
    found = names(search.find("西洪路", limit=6))
    assert found[0] == "西洪路"
    assert found[-2:] == ["西洪路6号", "西洪路50号"] or "西洪路5号" in found


def test_exact_before_prefix_before_word_before_inside(search: PlaceSearch) -> None:
    pieces = Pieces(["洪路", "大洪路口", "洪路口", "北街洪路"])
    assert pieces.spelt("洪路") == [
        (Match.EXACT, 0),
        (Match.PREFIX, 2),
        (Match.WORD, 3),
        (Match.INFIX, 1),
    ]


def test_the_full_name_says_where(search: PlaceSearch) -> None:
    [found] = search.find("西洪路159号")
    assert found.full_name == "洪山镇金牛山社区第2网格 · 西洪路159号"
    assert (found.grid_code, found.community_code, found.subdistrict_code) == (
        "HS-2",
        "HS-C",
        "HS",
    )
    assert (found.matched, found.kind) == ("number", PlaceKind.ADDRESS)


def test_a_road_through_two_subdistricts_lies_in_neither(search: PlaceSearch) -> None:
    found = search.find("西洪路")[0]
    assert found.full_name == "洪山镇、鼓西街道 · 西洪路"
    assert (found.grid_code, found.subdistrict_code) == ("", "")


def test_a_place_outside_all_has_only_its_name() -> None:
    far = place("far", "远方路", PlaceKind.ROAD, LineString([(100, 30), (100.1, 30)]))
    found = PlaceSearch([far], AREAS).find("远方")[0]
    assert (found.full_name, found.subdistrict_code) == ("远方路", "")


def test_of_two_versions_of_an_area_the_one_in_force_is_shown() -> None:
    old = replace(AREAS[0], name="旧洪山镇", effective_to=date(2020, 1, 1))
    found = PlaceSearch(PLACES, [old, *AREAS]).find("西洪小学")[0]
    assert found.full_name == "洪山镇金牛山社区第1网格 · 西洪小学"


def test_near_comes_first_among_equals() -> None:
    two = [place("a", "桃园", PlaceKind.POI, at(0.5)), place("b", "桃园", PlaceKind.POI, at(2.5))]
    search = PlaceSearch(two, AREAS)
    assert [one.place_id for one in search.find("桃园")] == ["a", "b"]
    assert [one.place_id for one in search.find("桃园", near="GX")] == ["b", "a"]
    assert [one.place_id for one in search.find("桃园", near="GX-1")] == ["b", "a"]
    assert [one.place_id for one in search.find("桃园", 1, near="GX-C")] == ["b"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "\n",
        "\x00",
        "🙂",
        "龘",
        "5",
        "59号",
        "'",
        "a" * 5000,
        "西" * 5000,
        "\ud800",
        "-",
        "%_",
    ],
)
def test_odd_queries_find_nothing_and_break_nothing(search: PlaceSearch, query: str) -> None:
    assert names(search.find(query)) in ([], names(search.find(query)))
    assert len(search.find(query, limit=3)) <= 3
    assert search.find(query, limit=0) == []


@pytest.mark.parametrize(
    "name", ["\n", "", "  ", "🙂路", "西\n洪路", "\ud800路", "A\tB"], ids=ascii
)
def test_odd_names_do_not_shift_the_others(name: str) -> None:
    search = PlaceSearch([place("odd", name, PlaceKind.POI), *PLACES], AREAS)
    assert search.find("西洪路59")[0].name == "西洪路59号"
    assert search.find("xhxx")[0].name == "西洪小学"


def test_an_empty_gazetteer_finds_nothing() -> None:
    search = PlaceSearch([], [])
    assert search.find("西洪路59") == search.find("xhl") == []


def test_ids_lead_back_to_places(search: PlaceSearch) -> None:
    found = search.find("阳光小区")[0]
    assert search.place(found.place_id) is PLACES[5]
    shown = search.suggestion("c-yg")
    assert shown is not None and shown.full_name == "鼓西街道西湖社区第1网格 · 阳光小区"
    assert search.place("none") is None and search.suggestion("none") is None


def test_pinyin_is_cut_in_every_way_it_can_be() -> None:
    assert set(cut("xian")) >= {("xian",), ("xi", "an")}
    assert cut("xihongl") == [("xi", "hong", "l")]
    assert cut("qqq") == []


@pytest.fixture(scope="module")
def city() -> tuple[list[Place], PlaceSearch]:
    places = make_places(7_000)
    return places, PlaceSearch(places, make_areas())


def _typed(place: Place) -> dict[str, str]:
    table = sounds()
    spoken = [table.syllables[table.of_character[ord(one)]] for one in plain(place.name)]
    return {
        "itself": place.name,
        "initials": "".join(one[0] for one in spoken),
        "whole pinyin": "".join(spoken),
        "a prefix": place.name[: max(1, len(place.name) - 1)],
        "without its first character": place.name[1:],
    }


def test_every_name_is_found_by_itself_its_sound_and_its_pieces(
    city: tuple[list[Place], PlaceSearch],
) -> None:
    """Found, or pushed off the end of a full list by names that fit no worse."""
    places, search = city
    lost = []
    for one in places[:: len(places) // 250]:
        for how, query in _typed(one).items():
            found = search.find(query, limit=50)
            if one.name not in names(found) and len(found) < 50:
                lost.append((how, query, one.name))
    assert lost == []


def test_every_name_typed_in_full_comes_first(city: tuple[list[Place], PlaceSearch]) -> None:
    places, search = city
    for one in places[:: len(places) // 250]:
        assert plain(search.find(one.name)[0].name) == plain(one.name)


def test_pieces_agree_with_looking_at_every_name(city: tuple[list[Place], PlaceSearch]) -> None:
    places, _ = city
    spelt = [plain(one.name) for one in places[:2_000]]
    pieces = Pieces(spelt)
    for query in (
        "福州市",
        "西",
        "路",
        "湖洪",
        "3",
        "福州市西洪山",
        "小学",
        "路公交站",
        "福州市西洪山金药店",
    ):
        wanted = {number for number, name in enumerate(spelt) if query in name}
        assert {number for _, number in pieces.spelt(query, most=10_000)} == wanted, query


def test_threads_share_one_search(city: tuple[list[Place], PlaceSearch]) -> None:
    places, search = city
    queries = [one.name[:3] for one in places[::100]]
    alone = [search.find(query) for query in queries]
    answers: list[list[list[PlaceSuggestion]]] = []

    def ask() -> None:
        answers.append([search.find(query) for query in queries])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8 and all(answer == alone for answer in answers)
