"""Gazetteers that are odd: empty, points only, cycles of aliases, strange names and shapes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from shapely.geometry import Point

from routing.geocoding.reader import Reader
from routing.model import Place, PlaceKind, PlaceOutcome
from tests.routing.geocoding import town
from tests.routing.geocoding.town import DAY, PLACES, PLANE, place, point, road, small
from tests.tilings import EXAMPLES

TEXTS = [
    "",
    "西洪路59号",
    "西洪路与梅峰路路口",
    "鼓楼区西洪路",
    "阳光花园3号楼",
    "西洪路（梅峰路至杨桥路）",
    "南京市鼓楼区",
    "西洪路59号往北50米",
    "B-044号灯杆",
    "201省道K1+200",
    "西洪路公交站",
    "西洪路路口",
    "西洪路12-38号对面",
    "阳光花园南门",
    "西宏路59号",
    "西洪路东段",
    "西洪路北侧",
    "西洪路附近",
]


def reads(reader: Reader) -> None:
    """Every text is read without an exception, into something that can be drawn."""
    for text in TEXTS:
        for one in reader.read(text, DAY).candidates:
            assert not one.location.geometry.is_empty
            assert one.location.radius_m > 0


@pytest.mark.parametrize("areas", [None, []], ids=["with areas", "nothing at all"])
def test_an_empty_gazetteer(areas: list[object] | None) -> None:
    reader = small([], areas)  # type: ignore[arg-type]
    reads(reader)
    assert reader.read("西洪路59号", DAY).outcome is PlaceOutcome.NOT_FOUND
    assert reader.read("南京市玄武区", DAY).outcome is PlaceOutcome.OUTSIDE
    if areas is None:
        assert reader.read("鼓楼区", DAY).location is not None


def test_a_gazetteer_of_points_only() -> None:
    dots = [
        Place(
            id=one.id,
            name=one.name,
            kind=one.kind,
            geometry=one.geometry.representative_point(),
            aliases=one.aliases,
            road=one.road,
            number=one.number,
        )
        for one in PLACES
    ]
    reader = small(dots)
    reads(reader)
    said = reader.read("西洪路59号", DAY)
    assert said.location is not None
    hotel = reader.read("西湖宾馆", DAY)
    assert hotel.location is not None and hotel.location.place_ids == ("p-hotel",)


def test_cycles_of_aliases() -> None:
    ring = [
        road("a", "甲山路", (0, 0), (500, 0), aliases=("乙水路",)),
        road("b", "乙水路", (0, 900), (500, 900), aliases=("丙林路",)),
        road("c", "丙林路", (0, 1800), (500, 1800), aliases=("甲山路", "丙林路")),
    ]
    reader = small(ring)
    reads(reader)
    for one in ring:
        said = reader.read(f"{one.name}积水", DAY)
        assert said.location is not None
        assert said.location.place_ids == (one.id,)  # its own name goes before another's alias


def test_ten_roads_of_one_name_with_houses_each() -> None:
    roads, houses = [], []
    for n in range(10):
        x = -5500.0 + 1100 * n
        roads.append(road(f"r{n}", "新民路", (x, 500), (x + 300, 500)))
        houses += [
            place(
                f"h{n}-{k}",
                f"新民路{k}号",
                "address",
                point(x + 10 * k, 515),
                road="新民路",
                number=str(k),
            )
            for k in ((1, 3, 5) if n != 4 else (1, 3, 5, 9))
        ]
    reader = small([*roads, *houses])
    assert len(reader.read("新民路", DAY).candidates) == 10
    said = reader.read("新民路3号", DAY)
    assert said.outcome is PlaceOutcome.AMBIGUOUS
    assert {one.location.place_ids for one in said.candidates} == {
        (f"r{n}", f"h{n}-3") for n in range(10)
    }
    only = reader.read("新民路9号", DAY)  # one of them has this number
    assert only.candidates[0].location.place_ids == ("r4", "h4-9")


def test_a_road_drawn_in_two_pieces_with_a_junction_on_each() -> None:
    two = [
        road("w", "断头路", (0, 0), (300, 0)),
        road("e", "断头路", (500, 0), (900, 0)),
        road("x", "西横路", (100, -100), (100, 100)),
        road("y", "东横路", (800, -100), (800, 100)),
    ]
    reader = small(two)
    reads(reader)
    for name, x in (("西横路", 100), ("东横路", 800)):
        said = reader.read(f"断头路与{name}路口", DAY)
        assert said.location is not None
        assert PLANE.metres(said.location.geometry).distance(Point(x, 0)) < 1
    said = reader.read("断头路（西横路至东横路）", DAY)
    assert said.location is not None
    assert PLANE.metres(said.location.geometry).length == pytest.approx(700, abs=1)


@pytest.mark.parametrize(
    "name",
    [
        "(.*)",
        "[路]",
        "a+b?路",
        "西洪路|59号",
        "\\d+",
        "^$路",
        "路{2,}街",
        "%s%d店",
        "$&店",
        "(未命名)路",
        "?号公寓",
    ],
)
def test_names_with_regex_characters_are_names(name: str) -> None:
    reader = small([place("odd", name, "poi", point(0, 0)), *PLACES])
    reads(reader)
    said = reader.read("西洪路59号", DAY)
    assert said.location is not None and "a-59" in said.location.place_ids
    found = reader.read(f"在{name}，漏水", DAY)
    assert (
        found.location is None
        or "odd" in found.location.place_ids
        or "r-xh" in found.location.place_ids
    )


NOTHINGS = ["园", "路", "1", " ", "", "号", "\n", "🙂", "\ud800", "A", "\x00路"]


@pytest.mark.parametrize("kind", list(PlaceKind))
def test_names_of_one_character_or_none(kind: PlaceKind) -> None:
    odd = [
        place(f"odd-{n}", name, kind.value, point(90.0 * n, 0), aliases=("", "路", name))
        for n, name in enumerate(NOTHINGS)
    ]
    reader = small([*odd, *PLACES[:3]])
    reads(reader)
    for text in ("园路号1积水", "A路🙂", "西洪路园", "\ud800"):
        for one in reader.read(text, DAY).candidates:
            assert not any(place_id.startswith("odd") for place_id in one.location.place_ids)


def test_houses_without_their_road_and_parts_without_their_estate() -> None:
    orphans = [
        place("a", "无名路5号", "address", point(0, 0), road="无名路", number="5"),
        place("b", "3号楼", "building", point(50, 0), road="不存在小区", number="3"),
        place("g", "东门", "gate", point(90, 0), road="不存在小区", number="东门"),
        place("k", "K12", "pole", point(99, 0), road="不存在道", number="K12"),
        place("n", "无号", "address", point(9, 9), road="", number=""),
    ]
    reader = small(orphans)
    reads(reader)
    for text in ("无名路5号", "不存在小区3号楼", "不存在小区东门", "不存在道K12"):
        reader.read(text, DAY)


def test_the_same_entry_many_times_is_one_place() -> None:
    reader = small([place(f"p{n}", "重复宾馆", "poi", point(100, 100)) for n in range(5)])
    said = reader.read("重复宾馆", DAY)
    assert said.outcome is PlaceOutcome.LOCATED
    assert len(said.candidates) == 1


def test_a_name_of_the_maximal_length_is_found_whole() -> None:
    name = "福州市" + "长" * 90 + "有限公司"
    said = small([place("p", name, "poi", point(0, 0))]).read(f"{name}排污", DAY)
    assert said.location is not None and said.location.matched_text == name


ODD_NAMES = st.text(
    st.one_of(st.sampled_from("西洪路街号一二5巷村园区(（-A"), st.characters()), max_size=8
)


@hypothesis_settings(EXAMPLES, max_examples=20)
@given(
    names=st.lists(ODD_NAMES, min_size=1, max_size=6),
    kinds=st.lists(st.sampled_from(list(PlaceKind)), min_size=6, max_size=6),
    numbers=st.lists(ODD_NAMES, min_size=6, max_size=6),
)
def test_any_names_at_all(names: list[str], kinds: list[PlaceKind], numbers: list[str]) -> None:
    made = [
        place(
            f"p{n}",
            name,
            kinds[n].value,
            point(50.0 * n, 0),
            aliases=tuple(names),
            road=names[n - 1],
            number=numbers[n],
        )
        for n, name in enumerate(names)
    ]
    reader = small(made, town.jurisdictions()[:1])
    for text in (
        *names,
        "".join(names),
        "与".join(names),
        *(f"{a}{b}" for a in names for b in numbers),
    ):
        reader.read(text, DAY)
