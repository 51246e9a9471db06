"""One form for what is written in many, and the way back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geocoding.normalize import normal_name, normalise
from tests.tilings import EXAMPLES

MIXED = st.text(
    st.one_of(
        st.sampled_from("西洪路號樓與臺灣鼓樓區發髮乾隆59５９①⑩㈠ＡbＣ—－～（）【】「」，。！？〇"),
        st.sampled_from(" \t\n\r\u3000\u200b\ufeff\x00\x1f\u202e\u0301🙂\U0001f468\ud800"),
        st.characters(),
    ),
    max_size=60,
)
"""Traditional, full-width, invisible, control, combining and lone surrogate characters mixed."""


@EXAMPLES
@given(text=MIXED)
def test_each_character_came_from_one_that_stands_where_the_offsets_say(text: str) -> None:
    normal = normalise(text)
    reach = -1
    for at, char in enumerate(normal.text):
        start, end = normal.original(at, at + 1)
        assert end == start + 1 and 0 <= start < len(text)
        assert start > reach  # ascending, each original character used once at most
        reach = start
        if text[start].isascii() and text[start].isalnum():
            assert char == text[start].upper()
        digit = unicodedata.digit(text[start], None)
        if digit is not None and 0xFF10 <= ord(text[start]) <= 0xFF19:
            assert char == str(digit)


@EXAMPLES
@given(text=MIXED, data=st.data())
def test_a_slice_of_the_original_normalises_to_the_slice_of_the_normal_form(
    text: str, data: st.DataObject
) -> None:
    # without spaces (kept between Latin words only) and phrases that opencc converts as a whole
    text = "".join(char for char in text if char not in " \u3000發髮乾")
    normal = normalise(text)
    if not normal.text:
        return
    start = data.draw(st.integers(0, len(normal.text) - 1))
    end = data.draw(st.integers(start + 1, len(normal.text)))
    first, last = normal.original(start, end)
    assert normalise(text[first:last]).text == normal.text[start:end]


@EXAMPLES
@given(text=MIXED)
def test_normal_form_is_normal_already(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@EXAMPLES
@given(text=MIXED)
def test_nothing_is_lost_but_white_space_and_what_nobody_sees(text: str) -> None:
    normal = normalise(text)
    kept = {normal.original(at, at + 1)[0] for at in range(len(normal.text))}
    for at, char in enumerate(text):
        if at not in kept:
            assert char.isspace() or not char.isprintable(), (text, char)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("西洪路５９號", "西洪路59号"),
        ("鼓樓區西洪路與梅峰路", "鼓楼区西洪路与梅峰路"),
        ("（ａ区）【ｂ座】［３］[4]", "(A区)(B座)(3)(4)"),
        ("12①号楼", "12①号楼"),
        ("一〇五号", "一零五号"),
        ("59—61号", "59-61号"),
        ("59～61号", "59~61号"),
        ("“康乐”「棋牌室」", '"康乐""棋牌室"'),
        ("西 洪\t路\u3000五 号", "西洪路五号"),
        ("西洪路\n五号", "西洪路,五号"),
        ("Grand Hotel 路", "GRAND HOTEL路"),
        ("西\u200b洪\ufeff路", "西洪路"),
        ("", ""),
        (" \n", ","),
    ],
)
def test_what_is_written_and_its_normal_form(written: str, normal: str) -> None:
    assert normalise(written).text == normal


@pytest.mark.parametrize("space", [" ", "\t", "\u3000", "  "])
def test_white_space_between_two_numbers_does_not_make_one_of_them(space: str) -> None:
    assert "20111" not in normalise(f"S201{space}11公里").text
    assert "5961" not in normalise(f"西洪路59{space}61号").text


def test_circled_digits_do_not_glue_to_numbers() -> None:
    # NFKC makes 12① into 121, a house nobody wrote
    assert unicodedata.normalize("NFKC", "12①号") == "121号"
    assert normalise("12①号").text == "12①号"


@pytest.mark.parametrize("text", ["\ud800", "西\udfff洪路", "\x00", "\u202e路"])
def test_characters_that_are_none_do_not_break_it(text: str) -> None:
    normal = normalise(text)
    assert len(normal.text) <= len(text) == normal.length


def test_a_name_is_in_the_form_in_which_texts_are_searched() -> None:
    for name in ("臺江區", "Ｂ区ＫＴＶ（西湖店）", " 西洪路 ", "红旗路 32 号巷", "A—B路"):
        assert normal_name(name) in normalise(f"在{name}，漏水").text


def test_the_offsets_of_a_text_of_any_length_are_as_many_as_its_characters() -> None:
    for times in (1, 10, 1_000):
        normal = normalise("西 洪 路 " * times)
        assert len(normal.text) == 3 * times
        assert normal.offsets is not None and len(normal.offsets) == 3 * times
