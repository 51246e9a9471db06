"""Any text at all, any words in any order, any day and any pin: nothing raises."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from shapely.geometry import Point

from routing.geocoding.normalize import normalise
from tests.routing.geocoding import town
from tests.routing.geocoding.test_bad_text import sane
from tests.routing.geocoding.town import DAY, PLACES, read
from tests.tilings import EXAMPLES

WORDS = st.sampled_from(
    [one.name for one in PLACES]
    + re.split(
        r"[ \n]",
        """鼓楼区 台江区 南京市 洪山镇 金牛社区 59号 88号之三 12-38号 3号楼 2单元 路口 交叉口 与 和
、 到 至 从 （ ） ， 。 " 对面 附近 门口 往北50米 东北角 北侧 尽头 中段 家住 反映 不是 居民 路过
之间 的 K12+300 B-044 灯杆 公交站 A出口 南门 51路 大风路 西宏路 🙂 \u200b \x00 路 区 号 米 """,
    )
)


@hypothesis_settings(EXAMPLES, max_examples=400)
@given(parts=st.lists(st.one_of(WORDS, WORDS, WORDS, st.text(max_size=3)), max_size=14))
def test_any_words_in_any_order_never_raise(parts: list[str]) -> None:
    text = "".join(parts)
    sane(read(text), text)
    normalise(text)


@hypothesis_settings(EXAMPLES, max_examples=200)
@given(text=st.text(st.characters(), max_size=60))
def test_any_text_at_all_never_raises(text: str) -> None:
    sane(read(text), text)


@EXAMPLES
@given(
    parts=st.lists(WORDS, max_size=6),
    day=st.dates(),
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
)
def test_any_day_and_any_pin_never_raise(
    parts: list[str], day: date, lon: float, lat: float
) -> None:
    text = "".join(parts)
    sane(town.reader().read(text, day, Point(lon, lat)), text)
    sane(town.reader().read(text, DAY, None), text)
