"""The country's names: complete, in order, and short only where that is safe."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from routing.geocoding.admin_former import former_names
from routing.geocoding.admin_names import AdminName, admin_names, forms
from routing.geocoding.town_names import town_names, town_stem

ROOT = Path(__file__).parents[2]
BY_CODE = {one.code: one.name for one in admin_names()}


def test_every_province_city_and_county_once_ascending() -> None:
    codes = [one.code for one in admin_names()]
    assert codes == sorted(set(codes))
    assert {len(code) for code in codes} == {2, 4, 6}
    assert sum(len(code) == 2 for code in codes) == 34
    assert sum(len(code) == 4 for code in codes) == 333
    assert sum(len(code) == 6 for code in codes) == 2978


def test_what_contains_a_name_is_in_the_list() -> None:
    for code in BY_CODE:
        if len(code) > 2:
            assert code[:2] in BY_CODE, code
    # Counties right under a province have no city, and municipalities have none either.
    alone = {code[:4] for code in BY_CODE if len(code) == 6} - BY_CODE.keys()
    assert alone == {"1101", "1201", "3101", "4190", "4290", "4690", "5001", "5002", "6590"}


def test_rows_that_name_no_place_are_left_out() -> None:
    assert not {"市辖区", "县", "省直辖县级行政区划"} & set(BY_CODE.values())


def test_same_named_districts_are_all_there() -> None:
    assert AdminName("350102", "鼓楼区") in admin_names()
    assert sum(name == "鼓楼区" for name in BY_CODE.values()) == 4


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("福州市", "福州"),
        ("福建省", "福建"),
        ("北京市", "北京"),
        ("鼓楼区", "鼓楼"),
        ("闽侯县", "闽侯"),
        ("浦东新区", "浦东"),
        ("碑林区", "碑林"),
        ("绿园区", "绿园"),
        ("神农架林区", "神农架"),
        ("阿克苏地区", "阿克苏"),
        ("锡林郭勒盟", "锡林郭勒"),
        ("杭锦旗", "杭锦"),
        ("香港特别行政区", "香港"),
        ("广西壮族自治区", "广西"),
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("延边朝鲜族自治州", "延边"),
        ("博尔塔拉蒙古自治州", "博尔塔拉"),
        ("克孜勒苏柯尔克孜自治州", "克孜勒苏"),
        ("恩施土家族苗族自治州", "恩施"),
        ("景宁畲族自治县", "景宁"),
        ("前郭尔罗斯蒙古族自治县", "前郭尔罗斯"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("龙胜各族自治县", "龙胜"),
        ("三都水族自治县", "三都"),
        ("东乡族自治县", "东乡"),
        ("鄂伦春自治旗", "鄂伦春"),
        ("管城回族区", "管城"),
        ("梅里斯达斡尔族区", "梅里斯"),
    ],
)
def test_short_forms(name: str, short: str) -> None:
    assert forms(name) == (name, short)


@pytest.mark.parametrize(
    "name",
    ["赵县", "日照市", "天台县", "公安县", "路南区", "东至县", "交口县", "周至县", "互助土族自治县",
     "科尔沁左翼中旗", "井陉矿区", "石家庄高新技术产业开发区"],
)  # fmt: skip
def test_names_without_a_safe_short_form(name: str) -> None:
    assert name in BY_CODE.values()
    assert forms(name) == (name,)


def test_names_that_are_words_even_in_full() -> None:
    assert forms("城区") == forms("东区") == forms("老城区") == ()


def test_no_form_is_one_character_or_half_a_people() -> None:
    for name in BY_CODE.values():
        for form in forms(name):
            assert len(form) >= 2, name
            assert name.startswith(form)
            assert form == name or not form.endswith(("族", "自治")), (name, form)


def test_former_names_lead_to_names_of_today_and_are_none_themselves() -> None:
    assert {(one.name, BY_CODE[one.code]) for one in former_names()} >= {
        ("崇文区", "东城区"),
        ("宣武区", "西城区"),
        ("卢湾区", "黄浦区"),
        ("闸北区", "静安区"),
        ("白下区", "秦淮区"),
        ("下关区", "鼓楼区"),
        ("金阊区", "姑苏区"),
        ("襄樊市", "襄阳市"),
        ("长乐市", "长乐区"),
        ("思茅市", "普洱市"),
    }
    cities = {code: name for code, name in BY_CODE.items() if len(code) == 4}
    for one in former_names():
        near = {name for code, name in BY_CODE.items() if code.startswith(one.code[:4])}
        assert one.name not in near | set(cities.values()), one
        assert 1990 < one.until < 2024
        # 长乐市 became 长乐区 and nothing else, where there is one of that name
        same = {code for code in BY_CODE if len(code) == 6 and code.startswith(one.code[:4])}
        same = {code for code in same if BY_CODE[code][:-1] == one.name[:-1]}
        assert not same or len(one.code) == 4 or one.code in same


def test_the_command_makes_the_same_file_from_the_package(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    dist.mkdir()
    for name, digits in (("provinces", 2), ("cities", 4), ("areas", 6)):
        rows = [{"code": c, "name": n} for c, n in BY_CODE.items() if len(c) == digits]
        rows = [row for row in rows if row["code"] not in ("71", "81", "82")]
        if digits == 4:
            rows.append({"code": "1101", "name": "市辖区"})
        (dist / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
    towns = [
        {"code": f"{code}{at:03d}", "name": name}
        for code, names in town_names().items()
        for at, name in enumerate(names)
    ]
    (dist / "streets.json").write_text(json.dumps(towns), encoding="utf-8")
    command = [sys.executable, str(ROOT / "scripts" / "admin_names"), "--check", str(tmp_path)]
    same = subprocess.run(command, capture_output=True, text=True)
    assert (same.returncode, same.stdout) == (
        0,
        "3345 names; no change\n2978 counties with towns; no change\n",
    )

    (dist / "areas.json").write_text('[{"code": "350102", "name": "鼓楼新区"}]', encoding="utf-8")
    other = subprocess.run(command, capture_output=True, text=True)
    assert other.returncode == 1
    assert "- 350102 鼓楼区\n+ 350102 鼓楼新区\n" in other.stdout

    (dist / "areas.json").unlink()
    broken = subprocess.run(command, capture_output=True, text=True)
    assert broken.returncode == 2
    assert "areas.json cannot be read" in broken.stderr


def test_the_file_is_plain_csv() -> None:
    path = ROOT / "routing" / "geocoding" / "admin_names.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["code", "name"]
    assert all(len(row) == 2 for row in rows)


def test_every_county_has_its_towns() -> None:
    assert set(town_names()) == {code for code in BY_CODE if len(code) == 6}
    assert "鼓东街道" in town_names()["350102"]
    assert all(names and all(names) for names in town_names().values())


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("鼓东街道", "鼓东"),
        ("洪山镇", "洪山"),
        ("于家务回族乡", "于家务"),
        ("下谷坪土家族乡", "下谷坪"),
        ("小沧畲族乡", "小沧"),
        ("东小口地区", "东小口"),
        ("张镇", "张镇"),
        ("红旗农场", "红旗农场"),
    ],
)
def test_town_stems(name: str, stem: str) -> None:
    assert town_stem(name) == stem
