"""Every way to write a name leads to its place; forms that would steal are not made."""

from __future__ import annotations

import pytest

from routing.geocoding.forms import (
    AREA_SUFFIXES,
    FORM_PENALTIES,
    STOP_STEMS,
    Form,
    area_forms,
    place_forms,
)
from routing.geocoding.lexicon import EntryKind, Lexicon
from routing.geocoding.normalize import normal_name
from routing.geocoding.tokens import tokenise
from routing.model import JurisdictionLevel, Place
from tests.routing.geocoding import town
from tests.routing.geocoding.town import PLACES, place, point, read

NAMED = [one for one in PLACES if one.kind not in ("address", "building", "admin")]


def forms_of(one: Place) -> list[Form]:
    name, aliases = normal_name(one.name), tuple(map(normal_name, one.aliases))
    return list(place_forms(one, name, aliases))


@pytest.mark.parametrize("one", NAMED, ids=lambda one: one.id)
def test_every_form_of_a_name_is_found_and_leads_to_its_place(one: Place) -> None:
    lexicon = town.reader().lexicon
    number = PLACES.index(one)
    for form in forms_of(one):
        text = (
            f"在{form.text}12号，漏水" if form.how == "stem" and one.kind == "road" else form.text
        )
        led = {
            entry.number
            for token in tokenise(text, lexicon)
            for entry in token.entries
            if entry.kind is EntryKind.PLACE
        }
        whole = {
            entry.number
            for start, end, at in lexicon.matches(form.text)
            if (start, end) == (0, len(form.text))
            for entry in lexicon.entries(at)
            if entry.kind is EntryKind.PLACE
        }
        assert number in whole, form
        alone = form.how in ("name", "alias", "full") or one.kind == "road"
        if alone and form.how != "numeral" and not form.text[0].isdigit():
            assert number in led, form


@pytest.mark.parametrize("one", NAMED, ids=lambda one: one.id)
def test_the_standard_name_alone_is_read_as_its_place(one: Place) -> None:
    said = read(one.name)
    assert said.candidates, said
    assert one.id in town.ids(said)


@pytest.mark.parametrize("one", NAMED, ids=lambda one: one.id)
def test_forms_are_usable_distinct_and_priced(one: Place) -> None:
    forms = forms_of(one)
    assert forms[0] == Form(normal_name(one.name), "name")
    assert len({form.text for form in forms}) == len(forms)
    for form in forms:
        assert form.how in FORM_PENALTIES
        assert len(form.text) >= 2 and form.text not in STOP_STEMS and not form.text.isdigit()


@pytest.mark.parametrize(
    ("written", "place_id"),
    [
        ("老洪路", "r-xh"),
        ("51路", "r-51"),
        ("红旗路三十二巷", "r-lane"),
        ("红旗路32巷", "r-lane"),
        ("S201", "r-s201"),
        ("省道201", "r-s201"),
        ("金铺路", "r-s201"),
        ("阳光花园", "c-yg"),
        ("桂园小区", "c-gy"),
        ("凤凰池站", "s-fhc-n"),
        ("凤凰池公交站台", "s-fhc-s"),
        ("东街口站", "s-metro"),
        ("地铁东街口站", "s-metro"),
        ("东街口站A口", "g-metro-a"),
        ("东街口C出口", "g-metro-c"),
        ("上洋自然村", "v-sy"),
        ("上洋村委会", "v-sy"),
        ("阳光花园小区南大门", "g-s"),
        ("阳光花园小区北门口", "g-n"),
        ("B-044号灯杆", "l-044"),
    ],
)
def test_ways_to_write_a_place(written: str, place_id: str) -> None:
    assert place_id in town.ids(read(f"{written}有积水"))


@pytest.mark.parametrize(
    "name", ["小区", "新村", "路口", "门口", "东门", "菜市场", "幼儿园", "村", "园", "1", "12345"]
)
def test_words_of_everyday_speech_are_never_a_name(name: str) -> None:
    odd = place("odd", name, "poi", point(0, 0))
    assert name not in {form.text for form in place_forms(odd, normal_name(name), ())}
    assert town.small([odd]).read(f"{name}对面漏水", town.DAY).candidates == ()


def test_an_alias_of_everyday_speech_is_not_made_either() -> None:
    one = place("p", "西湖宾馆", "poi", point(0, 0), aliases=("宾", "东门", "市场", "湖宾"))
    made = {form.text for form in place_forms(one, "西湖宾馆", ("宾", "东门", "市场", "湖宾"))}
    assert made == {"西湖宾馆", "湖宾"}


@pytest.mark.parametrize(
    ("name", "level", "written"),
    [
        ("鼓楼区", "district", "鼓楼"),
        ("洪山镇", "subdistrict", "洪山街道"),
        ("温泉街道", "subdistrict", "温泉街道办事处"),
        ("金牛社区", "community", "金牛社区居委会"),
        ("金牛社区", "community", "金牛村"),
        ("龙江村", "community", "龙江社区"),
    ],
)
def test_ways_to_write_an_area(name: str, level: str, written: str) -> None:
    assert written in {form.text for form in area_forms(name, JurisdictionLevel(level))}


def test_a_stem_of_an_area_is_never_a_word_of_everyday_speech() -> None:
    for level, suffixes in AREA_SUFFIXES.items():
        for stem in sorted(STOP_STEMS):
            for suffix in suffixes:
                shorts = [f.text for f in area_forms(stem + suffix, level) if f.how == "short"]
                assert stem not in shorts


def test_a_name_beats_the_form_of_another() -> None:
    # 桂园小区 is a place of its own here, and would else be 桂园 with a word added
    two = [
        place("a", "桂园", "compound", point(0, 0)),
        place("b", "桂园小区", "compound", point(900, 900)),
    ]
    lexicon = Lexicon(two, [])
    [token] = tokenise("桂园小区", lexicon)
    assert [entry.number for entry in token.entries] == [1]
    assert [entry.number for entry in tokenise("桂园", lexicon)[0].entries] == [0]
