"""Names of the invented 澜江市, with the traps that real names hold."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

CITY_NAME, CITY_CODE = "澜江市", "990100"
DISTRICTS = (("990101", "澜北区"), ("990102", "望湖区"), ("990103", "金桥区"))

EVERYWHERE = ("中山路", "解放路", "人民路", "建设路", "新华街")
"""Roads that every district has; the two 教育路 lie in one district."""
TRAPS = (
    "莲前西路", "莲前东路", "莲前路", "五一路", "五一北路", "三里屯路", "七里河路", "南区路",
    "双瑞一路", "双瑞二路", "双瑞三路", "东虹路", "东洪路", "东鸿路", "青龙街", "青龙路", "互助路",
    "大凤路", "教育路", "教育路", "二环北路", "环城东路", "八一七路", "第一大道", "石门坎街",
    "九号桥路", "站前路", "站前街", "公园路", "公园北路", "学府一路", "学府二路", "医院路",
    "市场街", "小区路", "桥头街", "金铺路",
)  # fmt: skip
"""Stems of one another, homophones, numbers, words of other kinds."""

_A = (
    "安宝昌朝辰春翠丹德东恩方丰凤福甘港高观桂海寒鹤恒虹华怀惠吉嘉锦景静康兰乐丽临龙隆鹿绿茂梅明"
    "南宁平清庆荣瑞润三尚盛松泰天桐万文祥秀雅银永玉云泽长正竹紫"
)
_B = (
    "安坝邦滨波昌城川翠达丰峰福港谷冠光桂海河和荷衡湖华辉吉济佳江景康岭陵龙隆门明宁坪浦泉荣山善"
    "胜石水松苏台泰田庭亭湾旺溪霞兴秀阳义英永园源月云州洲庄"
)
_ROAD_ENDINGS = (
    "路", "路", "路", "路", "街", "街", "大道", "东路", "西路", "南路", "北路", "一路", "二路",
    "中路", "大街", "支路",
)  # fmt: skip
_COMPOUND_ENDINGS = (
    "花园", "小区", "苑", "新村", "家园", "公寓", "华府", "名城", "国际城", "雅居", "新城", "山庄",
    "里", "大院", "佳园", "豪庭", "公馆",
)  # fmt: skip
COMPOUNDS_EVERYWHERE = ("阳光花园", "幸福小区", "锦绣家园")
BRANDS = (
    "瑞丰便利店", "好邻居超市", "康健药房", "老街面馆", "蓝天宾馆", "金色年华KTV", "邻里生鲜",
    "安心诊所", "一品茶庄", "快剪坊", "新华书店", "通达快递驿站", "乐客奶茶", "川味火锅城",
    "鲜果时光",
)  # fmt: skip
OFFICIAL = (
    "小学", "中学", "幼儿园", "派出所", "菜市场", "卫生服务中心", "公园", "医院", "文化宫",
    "体育馆", "农贸市场", "邮政支局", "加油站", "养老院", "消防站", "税务所",
)  # fmt: skip


class Names:
    """Draws names; each whole name only once unless it is asked for twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set(TRAPS) | set(EVERYWHERE)
        self._stems = [a + b for a in _A for b in _B if a != b]
        rng.shuffle(self._stems)
        self._at = 0

    def stem(self) -> str:
        """Two characters, the same again only after all have been used."""
        self._at += 1
        return self._stems[self._at % len(self._stems)]

    def once(self, make: Callable[[], str]) -> str:
        """The first name made that is new; after many tries with a third character."""
        for n in range(200):
            name: str = make()
            if n > 100:
                name = self._rng.choice("新老大小上下") + name
            if name not in self._used:
                self._used.add(name)
                return name
        raise ValueError("names are used up; make a smaller city")

    def road(self) -> str:
        return self.once(lambda: self.stem() + self._rng.choice(_ROAD_ENDINGS))

    def lane(self, road: str) -> str:
        """A lane of its own name, or one that counts along its road."""
        chance = self._rng.random()
        if chance < 0.4:
            form = self._rng.choice(("{r}{n}巷", "{r}{n}号巷", "{r}{n}弄"))
            return self.once(lambda: form.format(r=road, n=self._rng.randint(1, 200)))
        return self.once(lambda: self.stem() + self._rng.choice(("巷", "里", "胡同", "弄", "支巷")))

    def compound(self) -> str:
        def make() -> str:
            first = self._rng.choice(("", "", "", "万科", "恒大", "融侨", "保利"))
            return first + self.stem() + self._rng.choice(_COMPOUND_ENDINGS)

        return self.once(make)

    def village(self) -> str:
        return self.once(lambda: self.stem() + "村")

    def official(self) -> str:
        def make() -> str:
            kind = self._rng.choice(OFFICIAL)
            number = self._rng.choice("一二三四五六七八")
            if kind in ("小学", "中学", "幼儿园") and self._rng.random() < 0.3:
                return f"{self.stem()}第{number}{kind}"
            return self.stem() + kind

        return self.once(make)

    def area(self, ending: str) -> str:
        """A subdistrict or community."""
        return self.once(lambda: self.stem() + ending)
