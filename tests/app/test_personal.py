"""Personal data: sealed with rotating keys, masked wherever it stands in a text."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from app.personal import PersonalData, UndecipherableData, mask_name, mask_phone, mask_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请回电13812341234。", "请回电138****1234。"),
        ("电话138-1234-5678或138 1234 5679", "电话138****5678或138****5679"),
        ("+86 13812341234", "+86 138****1234"),
        ("１３８１２３４１２３４", "138****1234"),
        ("座机0591-87654321", "座机0591-****4321"),
        ("(0591)87654321", "(0591)****4321"),
        ("身份证35010219900307123X，", "身份证350102********123X，"),
        ("身份证350102199003071234", "身份证350102********1234"),
        ("张三13812341234李四13912341234", "张三138****1234李四139****1234"),
        # Numbers that are no telephone numbers stay readable.
        ("工单2026112200012345678901", "工单2026112200012345678901"),
        ("八一七中路138号", "八一七中路138号"),
        ("12345热线", "12345热线"),
        ("12812341234", "12812341234"),
        ("", ""),
    ],
)
def test_numbers_in_a_text_are_masked(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@given(
    before=st.text(alphabet="请到洪山镇门口a <>", max_size=10),
    number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    after=st.text(alphabet="。，谢谢b\n", max_size=10),
)
def test_a_mobile_number_never_survives(before: str, number: str, after: str) -> None:
    shown = mask_text(before + number + after)
    assert number not in shown
    assert shown == f"{before}{number[:3]}****{number[-4:]}{after}"


@given(st.text(alphabet="洪山镇0123456789 -+Xx（）()", max_size=200))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once


def test_a_very_long_text_of_digits_is_masked_quickly() -> None:
    text = "1381234" * 30_000
    assert mask_text(text) == text  # one endless number is no telephone number


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812341234", "138****1234"),
        ("87654321", "87****21"),
        ("110", "****"),
        ("", None),
        (None, None),
    ],
)
def test_masked_phone(phone: str | None, shown: str | None) -> None:
    assert mask_phone(phone) == shown


def test_masked_name() -> None:
    assert (mask_name("李"), mask_name("欧阳修远"), mask_name(None)) == ("李*", "欧***", None)


def test_sealed_data_opens_with_any_of_the_keys_and_not_without() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = PersonalData([old]).seal("13812341234")
    assert sealed is not None and b"1381234" not in sealed
    assert PersonalData([new, old]).open(sealed) == "13812341234"
    with pytest.raises(UndecipherableData, match="SHUDI_DATA_KEY"):
        PersonalData([new]).open(sealed)


def test_nothing_stays_nothing() -> None:
    personal = PersonalData([Fernet.generate_key().decode()])
    assert personal.seal("") is None
    assert personal.seal(None) is None
    assert personal.open(None) is None
