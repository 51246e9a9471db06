"""The closed vocabulary: the fast pattern is the plain one, and numbers are what follows them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from routing.geocoding import words
from tests.tilings import EXAMPLES

ALPHABET = sorted(
    set(re.sub(r"\\.|[\[\](){}?*+|^$.<>:!=\-PA-Za-z_]", "", words.UNGUARDED.pattern))
    | set('0123456789ABGKMSTXY-~+#()[]",.:;!×&/一二三四五六七八九十百零两廿①②⑳号路口米的')
)
"""Every character that some word of the vocabulary has."""

PIECES = st.sampled_from(
    [
        "来电人",
        "家住",
        "位于",
        "西",
        "东北",
        "往",
        "向",
        "对面",
        "附近",
        "旁边",
        "号",
        "号楼",
        "单元",
        "59",
        "3",
        "K12+300",
        "B-044",
        "灯杆",
        "路口",
        "十字路口",
        "交叉口",
        "至",
        "到",
        "与",
        "和",
        "之间",
        "路段",
        "尽头",
        "公交站",
        "门口",
        "南门",
        "大门",
        "A口",
        "2号线",
        "51路公交",
        "17号",
        "3月",
        "米",
        "50米",
        "多米",
        "公里",
        "居民",
        "业主",
        "乘坐",
        "经过",
        "不是",
        "反映",
        "(",
        ")",
        '"',
        ",",
        "。",
        "的",
        "之三",
        "附3号",
        "甲",
        "丙",
        "楼",
        "101室",
        "第三",
        "一期",
        "B区",
        "东侧",
        "路东",
        "中段",
    ]
)


def tokens(pattern: re.Pattern[str], text: str) -> list[tuple[str | None, int, int]]:
    return [(found.lastgroup, *found.span()) for found in pattern.finditer(text)]


@hypothesis_settings(EXAMPLES, max_examples=300)
@given(text=st.text(st.sampled_from(ALPHABET), max_size=30))
def test_guards_change_nothing_on_any_text_of_the_alphabet(text: str) -> None:
    assert tokens(words.PATTERN, text) == tokens(words.UNGUARDED, text)


@hypothesis_settings(EXAMPLES, max_examples=300)
@given(pieces=st.lists(st.one_of(PIECES, st.sampled_from(ALPHABET)), max_size=12))
def test_guards_change_nothing_on_words_in_any_order(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert tokens(words.PATTERN, text) == tokens(words.UNGUARDED, text)


def test_every_word_of_the_vocabulary_begins_as_its_guard_says() -> None:
    for name, starts, pattern in (*words._GROUPS, *words._ROLE_GROUPS):
        guard, first = re.compile(f"[{starts}]"), re.compile(pattern)
        for char in ALPHABET:
            for rest in ("", "号", "路口", "对面", "50米", "公交站", "区", "(", "3号楼"):
                found = first.match(char + rest)
                if found is not None and found.end() > 0:
                    assert guard.match(char), (name, char + rest)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("59号", "H"),
        ("五十九号", "H"),
        ("88号之三", "H"),
        ("附12号", "H"),
        ("59号院", "H"),
        ("3号楼", "B"),
        ("3#楼", "B"),
        ("三栋", "B"),
        ("B座", "B"),
        ("3单元", "U"),
        ("3楼", "F"),
        ("12-38号", "HR"),
        ("11号到31号", "HR"),
        ("K12+300", "KM"),
        ("12公里300米处", "KM"),
        ("B-044号灯杆", "POLE"),
        ("路灯编号350102", "POLE"),
        ("51路公交", "LINE"),
        ("地铁2号线", "LINE"),
        ("十字路口", "J"),
        ("交叉口", "J"),
        ("对面", "OPP"),
        ("旁边", "BESIDE"),
        ("附近", "NEAR"),
        ("往北50米", "OFF"),
        ("东北角", "CORNER"),
        ("北侧", "SIDE"),
        ("路东", "SIDE"),
        ("居民", "RESIDENT"),
        ("乘坐", "ROUTE"),
        ("不是", "NOT"),
        ("之间", "BTW"),
        ("尽头", "TAIL"),
        ("公交站", "STOPW"),
        ("南门口", "GATEW"),
        ("A出口", "GATEW"),
        ("一期", "ZONE"),
    ],
)
def test_words_and_their_kind(text: str, kind: str) -> None:
    found = words.PATTERN.match(text)
    assert found is not None and found.lastgroup == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我家住在西洪路", "CALLER"),
        ("居住在西洪路", "CALLER"),
        ("来电人住址：西洪路", "CALLER"),
        ("我是西洪路59号的居民", "CALLER"),
        ("向西洪路的城管反映过", "OFFICE"),
        ("找过金牛社区反映", "OFFICE"),
    ],
)
def test_who_speaks_and_who_was_asked_is_told_by_what_stands_behind_the_name(
    text: str, kind: str
) -> None:
    assert kind in [found.lastgroup for found in words.ROLES.finditer(text)]


@pytest.mark.parametrize("text", ["住宅区", "居住小区", "我是说路灯", "向西走", "找不到路"])
def test_who_speaks_is_not_told_by_half_a_word(text: str) -> None:
    assert list(words.ROLES.finditer(text)) == []


@hypothesis_settings(EXAMPLES, max_examples=150)
@given(pieces=st.lists(st.one_of(PIECES, st.sampled_from(ALPHABET)), max_size=12))
def test_guards_of_roles_change_nothing_either(pieces: list[str]) -> None:
    plain = re.compile("|".join(f"(?P<{name}>{said})" for name, _, said in words._ROLE_GROUPS))
    text = "".join(pieces)
    assert tokens(words.ROLES, text) == tokens(plain, text)


@pytest.mark.parametrize(
    "text",
    ["59号线", "59号文", "59号令", "59号召", "12345号码", "5号桩", "59号楼", "32号巷"],
)
def test_what_follows_denies_the_house_number(text: str) -> None:
    assert all(kind not in ("H", "HR") for kind, _, _ in tokens(words.PATTERN, text))


@pytest.mark.parametrize(
    "text",
    ["13705910000", "20元", "3个人", "5年", "30℃", "8点", "12盏", "100%"],
)
def test_amounts_times_and_telephones_are_no_house_numbers(text: str) -> None:
    kinds = {kind for kind, _, _ in tokens(words.PATTERN, text)}
    assert not kinds & {"H", "HR", "B", "KM", "POLE"}
    assert not kinds & {"N", "RM"}


@pytest.mark.parametrize(
    "said",
    [
        "市民来电反映：",
        "热线转来",
        "请相关部门尽快处理。",
        "信息保密",
        "希望有关部门核实处理",
        "谢谢！",
    ],
)
def test_boilerplate_is_known(said: str) -> None:
    from routing.geocoding.normalize import normalise

    assert words.BOILERPLATE.search(normalise(said).text) is not None


@pytest.mark.parametrize("said", ["西洪路59号路灯不亮", "梅峰路与西洪路路口", "阳光花园3号楼漏水"])
def test_what_says_a_place_is_no_boilerplate(said: str) -> None:
    assert words.BOILERPLATE.search(said) is None


def test_no_word_of_the_vocabulary_is_empty() -> None:
    for text in ("", "x", "随便说说", "🙂", "("):
        assert all(start < end for _, start, end in tokens(words.PATTERN, text))


def test_every_repetition_is_bounded() -> None:
    """Else a number that goes on for pages is read to its end from each of its digits."""
    patterns = [(name, said) for name, _, said in (*words._GROUPS, *words._ROLE_GROUPS)]
    endless = []
    for name, said in [*patterns, ("BOILERPLATE", words.BOILERPLATE.pattern)]:
        plain = re.sub(r"\[(?:\\.|[^\]])*\]", "C", re.sub(r"\\[*+{}\[\]().?]", "E", said))
        endless += [(name, found[0]) for found in re.finditer(r".{0,20}(?:[*+]|\{\d+,\})", plain)]
    assert endless == []
