"""An outside geocoder at the desk: when it is asked, what it is told, and that it only hints."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely import Point
from sqlalchemy import select

from app import wiring
from app.desks import outside
from app.personal import PersonalData
from app.wiring import Services
from geodata import database
from geodata.crs import GCJ02, from_wgs84
from geodata.outside import client as outside_client
from geodata.outside import vendors
from geodata.outside.settings import OutsideSettings
from geodata.tables import place_correction
from routing.model import Place, PlaceKind
from tests import town_names
from tests.geodata.outside_server import ANSWERS, Stub, stub_server
from tests.web import town
from tests.web.people import DATA_KEY, People

pytestmark = pytest.mark.postgis

FORM = "0f0f0f0f-1111-2222-3333-444444444444"
UNKNOWN = "乌有路88号路灯不亮，电话13812345678，王女士"
"""The gazetteer has no 乌有路."""
SETTINGS = {"provider": "amap", "offline": False, "daily_budget": 50, "key": "top-secret-key"}
Read = Callable[..., dict[str, Any]]


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    """The services' stand-in, at the address the program has for AMap."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with stub_server() as one:
        monkeypatch.setitem(vendors.ADDRESSES, "amap", (one.url, "stand-in"))  # type: ignore[arg-type]
        yield one


@pytest.fixture
def settings() -> dict[str, Any]:
    """What the deployment allows; tests change it before the services are made."""
    return dict(SETTINGS)


@pytest.fixture
def services(
    town_url: str, stub: Stub, settings: dict[str, Any], tmp_path: Path
) -> Iterator[Services]:
    made = Services(
        database.engine(town_url),
        PersonalData([DATA_KEY]),
        outside=OutsideSettings(**settings),
        var_dir=tmp_path,
    )
    names = town_names.in_a_row(town.WEST, town.SOUTH, town.STEP)
    for at, grid in enumerate(("W-1", "E-2")):
        for name in ("幸福超市", "市民中心"):
            spot = Point(*town.middle(grid))
            names.append(Place(id=f"{name}-{at}", name=name, kind=PlaceKind.POI, geometry=spot))
    town_names.publish(made.engine, names)
    yield made
    made.engine.dispose()


@pytest.fixture
def read(signed_in: Callable[[str], FlaskClient], people: People) -> Read:
    """Read a text as the dispatcher."""

    def send(text: str, **more: object) -> dict[str, Any]:
        answer = people.post(signed_in("dispatcher"), "/desk/read", {"text": text, **more})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found

    return send


def sees(
    stub: Stub, at: tuple[float, float], level: str = "兴趣点", words: str = "测试市某处"
) -> None:
    """The service will see every place at a WGS 84 point."""
    lon, lat = from_wgs84([at[0]], [at[1]], GCJ02)
    body = json.loads((ANSWERS / "amap_door.json").read_text("utf-8"))
    body["geocodes"][0] |= {
        "location": f"{lon[0]:.6f},{lat[0]:.6f}",
        "level": level,
        "formatted_address": words,
    }
    stub.answers = [(200, json.dumps(body).encode())]


def test_a_name_we_have_not_is_asked_and_shown_as_a_hint(stub: Stub, read: Read) -> None:
    sees(stub, town.middle("E-1"), words="测试市东镇乌有路<b>")
    said = read(UNKNOWN, category="路灯")
    [(path, query)] = stub.asked
    assert path == "/v3/geocode/geo"
    # The name and the city; nothing else of the complaint.
    assert {**query, "key": ""} == {
        "address": "乌有路", "city": "测试市", "output": "JSON", "key": "",
    }  # fmt: skip
    hint = said["outside"]
    assert hint["line"] == "外部地图（高德）认为在："
    place = hint["place"]
    assert (place["lon"], place["lat"]) == pytest.approx(town.middle("E-1"), abs=1e-5)
    assert (place["words"], place["kind"]) == ("测试市东镇乌有路<b>", "兴趣点")
    assert (place["unit_name"], place["agrees"]) == ("东镇第一网格", False)
    assert place["hint"] == {"provider": "amap", "precision": "poi"}
    # A hint decides nothing.
    assert (said["place"], said["nobody"], said["said"]["outcome"]) == (None, True, "not_found")


def test_a_road_is_made_finer_where_the_answer_agrees(stub: Stub, read: Read) -> None:
    lon, lat = town.middle("W-2")
    sees(stub, (lon, lat + 0.0001))  # 11 m from the road
    said = read("西洪路不平")
    assert stub.asked[0][1]["address"] == "西洪路"
    assert said["outside"]["place"]["agrees"] is True
    assert said["place"]["precision"] == "road"


def test_of_several_it_need_agree_with_one(stub: Stub, read: Read) -> None:
    sees(stub, town.middle("E-2"))
    said = read("幸福超市门前乱停车")
    assert said["said"]["outcome"] == "ambiguous"
    assert said["outside"]["place"]["unit_name"] == "东镇第二网格"
    sees(stub, town.middle("E-1"))
    elsewhere = read("幸福超市门前的路坏了")["outside"]  # asked once, and known from then on
    assert elsewhere["place"]["unit_name"] == "东镇第二网格"
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    ("text", "at", "level", "line"),
    [
        ("西洪路不平", (town.WEST + 0.015, town.SOUTH + 0.009), "兴趣点", "与读出的地点不一致"),
        ("幸福超市门前乱停车", town.middle("E-1"), "兴趣点", "与读出的地点不一致"),
        (UNKNOWN, (town.WEST - 0.02, town.SOUTH), "兴趣点", "在本地界线之外"),
        (UNKNOWN, town.middle("E-1"), "道路", "只知道大致范围"),
        (UNKNOWN, town.middle("E-1"), "区县", "只知道大致范围"),
        (UNKNOWN, town.middle("E-1"), "省", "只知道大致范围"),
    ],
)
def test_what_is_no_help_is_one_quiet_line(
    stub: Stub, read: Read, text: str, at: tuple[float, float], level: str, line: str
) -> None:
    sees(stub, at, level)
    hint = read(text)["outside"]
    assert hint["place"] is None
    assert hint["line"].startswith("外部地图（高德）") and line in hint["line"]


def test_nothing_found_and_faults_are_one_quiet_line(
    stub: Stub, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside_client, "_PAUSES_S", (0.0, 0.0))
    stub.will_answer("amap_none")
    assert read("乌有路8号路灯不亮")["outside"] == {
        "line": "外部地图（高德）也没有“乌有路”", "place": None,
    }  # fmt: skip
    for number, body in enumerate((b"<html>", b"{}")):
        stub.answers = [(200, body)]
        assert read(f"乌{'东西'[number]}路8号路灯不亮")["outside"] == {
            "line": "外部地图（高德）没有回应", "place": None,
        }  # fmt: skip
    stub.will_answer("amap_quota")
    read("乌南路8号路灯不亮")
    asked = len(stub.asked)
    over = read("乌北路8号路灯不亮")
    assert over["outside"] == {"line": "外部地图（高德）今天的查询次数已用完", "place": None}
    assert len(stub.asked) == asked
    assert over["said"]["missing"] == ["乌北路"]


def test_the_desk_does_not_wait_for_a_slow_service(
    stub: Stub, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outside.MOST_WAIT_S == outside_client._TIMEOUT_S
    monkeypatch.setattr(outside, "MOST_WAIT_S", 0.3)
    sees(stub, town.middle("E-1"))
    read("西洪路59号路灯不亮")  # what is loaded on the first reading is not the service's fault
    stub.delay_s = 1.0
    began = time.monotonic()
    said = read(UNKNOWN)
    assert time.monotonic() - began < 0.9
    assert said["outside"] == {"line": "外部地图（高德）没有及时回应", "place": None}
    assert said["said"]["outcome"] == "not_found"
    time.sleep(1.2)  # it came meanwhile
    assert read(UNKNOWN)["outside"]["place"] is not None
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "这里的井盖坏了",
        "西洪路59号路灯不亮",
        "阳光小区里垃圾没人清",
        "家住乌有路88号，灯不亮",
        "我住在乌有路，楼下垃圾没人清",
        "家住西洪路，垃圾没人清",
        "张三反映乌有路灯不亮",
    ],
)
def test_it_is_not_asked_about_what_we_know_nor_about_homes(
    stub: Stub, read: Read, text: str
) -> None:
    sees(stub, town.middle("E-1"))
    assert read(text)["outside"] is None
    assert stub.asked == []


@pytest.mark.parametrize(
    ("text", "missing", "place"),
    [
        ("乌有路88号路灯不亮", ["乌有路"], "乌有路"),
        ("家住乌有路，乌东路路灯不亮", ["乌有路", "乌东路"], "乌东路"),
        ("我住在乌有路", ["乌有路"], ""),
        ("我家门口的乌有路", ["乌有路"], ""),
        ("户籍地址乌有路", ["乌有路"], ""),
        ("张三来电反映乌有路", ["张三来电反映乌有路"], ""),
        ("另一段话", ["乌有路"], ""),
        ("路灯不亮", [], ""),
    ],
)
def test_of_missing_names_only_those_of_the_site(text: str, missing: list[str], place: str) -> None:
    assert outside.place_words(text, {"missing": missing, "spans": []}) == place


def test_words_of_the_site_go_before_missing_names() -> None:
    spans = [{"start": 0, "end": 3, "role": "caller"}, {"start": 4, "end": 7, "role": "site"}]
    read = {"missing": ["甲乙路"], "spans": spans}
    assert outside.place_words("甲乙路、丙丁路", read) == "丙丁路"


def test_the_guard_has_the_last_word(stub: Stub, read: Read) -> None:
    sees(stub, town.middle("E-2"))
    hint = read("市民中心的灯不亮")["outside"]  # ambiguous, and the guard takes 市民 for a person
    assert hint["place"] is None and "没有询问外部地图" in hint["line"]
    assert stub.asked == []


def test_only_readings_ask(
    stub: Stub, read: Read, people: People, signed_in: Callable[..., FlaskClient],
    channel: FlaskClient, services: Services,
) -> None:  # fmt: skip
    sees(stub, town.middle("E-1"))
    lon, lat = town.middle("W-1")
    assert read(UNKNOWN, place={"lon": lon, "lat": lat})["outside"] is None
    saved = people.post(signed_in("dispatcher"), "/desk/intake", {"text": UNKNOWN, "form_id": FORM})
    assert saved.status_code == 201
    sent = {"external_id": "1", "text": UNKNOWN}
    assert channel.post("/api/v1/complaints", json=sent).status_code == 201
    assert channel.post("/api/v1/route", json={"text": UNKNOWN}).status_code == 200
    assert services.route(services.complaint(id="x", text=UNKNOWN)).lon is None
    assert stub.asked == []


@pytest.mark.parametrize("change", [{"offline": True}, {"daily_budget": 0}, {"provider": None}])
def test_it_is_off_in_every_doubt(
    change: dict[str, Any], settings: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    settings |= change
    stub, said = request.getfixturevalue("stub"), request.getfixturevalue("read")(UNKNOWN)
    assert (said["outside"], said["said"]["missing"]) == (None, ["乌有路"])
    assert stub.asked == []
    assert wiring.services().outside_geocoder() is None


def test_a_hint_taken_over_is_the_dispatchers_and_says_whose_it_was(
    stub: Stub, read: Read, people: People, signed_in: Callable[..., FlaskClient],
    services: Services,
) -> None:  # fmt: skip
    sees(stub, town.middle("E-1"), "住宅区")
    place = read(UNKNOWN)["outside"]["place"]
    chosen = {"lon": place["lon"], "lat": place["lat"], "hint": place["hint"]}
    again = read(UNKNOWN, place=chosen)
    assert (again["chosen"], again["lead"]["code"], again["outside"]) == (True, "E-1", None)
    assert again["said"]["words"] == "地图点选，参考外部地图（高德）"
    client = signed_in("dispatcher")
    body = {"text": UNKNOWN, "form_id": FORM, "place": chosen}
    no = people.post(client, "/desk/intake", body).get_json()["no"]
    stored = services.store(None).case(no)
    assert stored.complaint.location is not None
    assert stored.complaint.location.reading == "outside:amap:compound"
    assert stored.complaint.location.precision.value == "pin"
    assert stored.complaint.location.radius_m == 70.0  # a compound of which a point is known
    shown = client.get(f"/desk/cases/{no}").get_json()
    assert shown["said"]["words"] == "地图点选，参考外部地图（高德）"
    answer = people.post(client, f"/desk/cases/{no}/place", {"place": chosen, "mention": "乌有路"})
    assert answer.status_code == 200
    with services.engine.connect() as connection:
        [row] = connection.execute(select(place_correction)).all()
    assert (row.reason, row.place_id) == ("outside:amap:compound", None)


@pytest.mark.parametrize(
    "place",
    [
        {"place_id": "r-xh", "hint": {"provider": "amap", "precision": "poi"}},
        {"lon": 119.3, "lat": 26.08, "hint": {"provider": "somebody", "precision": "poi"}},
        {"lon": 119.3, "lat": 26.08, "hint": {"provider": "amap", "precision": "{brace}"}},
        {"lon": 119.3, "lat": 26.08, "hint": {"provider": "amap"}},
        {"lon": 119.3, "lat": 26.08, "hint": "amap"},
    ],
    ids=str,
)
def test_hints_that_are_none_are_refused(
    app: Flask, people: People, signed_in: Callable[..., FlaskClient], place: object
) -> None:
    answer = people.post(signed_in("dispatcher"), "/desk/read", {"text": "x", "place": place})
    assert answer.status_code == 422
