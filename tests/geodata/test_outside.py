"""Outside geocoders against a stand-in on this machine: what is sent, and every fault."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from shapely import LineString, Point, box

from geodata.crs import GCJ02, to_wgs84
from geodata.outside.accept import accept
from geodata.outside.client import VENDORS, OutsideClient, open_geocoder
from geodata.outside.limits import Breaker
from geodata.outside.port import (
    OutsideAnswer,
    OutsideBudgetUsedUp,
    OutsideRefused,
    OutsideUnavailable,
)
from geodata.outside.settings import PROVIDERS, OutsideSettings
from geodata.outside.vendors import ADDRESSES
from routing.model import Location, LocationPrecision
from tests.geodata.outside_server import Stub, stub_server

KEY = "top-secret-key"


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Shanghai

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with stub_server() as one:
        yield one


Open = Callable[..., OutsideClient]


@pytest.fixture
def client(stub: Stub, clock: Clock, tmp_path: Path) -> Iterator[Open]:
    """Opens clients of the stub; sleeping is written down and not done."""
    opened: list[OutsideClient] = []

    def open_one(
        provider: str = "amap",
        *,
        budget: int = 100,
        offline: bool = False,
        slept: list[float] | None = None,
        timeout_s: float = 2.0,
    ) -> OutsideClient:
        settings = OutsideSettings(provider=provider, offline=offline, daily_budget=budget, key=KEY)
        one = OutsideClient(
            VENDORS[provider],
            settings,
            state_dir=tmp_path,
            base_url=stub.url,
            clock=clock,
            sleep=[].append if slept is None else slept.append,
            timeout_s=timeout_s,
        )
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.close()


# ------------------------------------------------------------------ what is sent and understood


def test_amap_is_asked_for_the_place_and_the_city_only(
    stub: Stub, client: Open, clock: Clock
) -> None:
    stub.will_answer("amap_door")
    answer = client().lookup(" 西洪路５９号 ", "福州市")
    assert stub.asked == [
        (
            "/v3/geocode/geo",
            {"address": "西洪路59号", "city": "福州市", "output": "JSON", "key": KEY},
        )
    ]
    assert answer is not None
    lon, lat = to_wgs84(119.29, 26.085, GCJ02)
    assert (answer.lon, answer.lat) == (pytest.approx(float(lon)), pytest.approx(float(lat)))
    assert np.hypot(answer.lon - 119.29, answer.lat - 26.085) > 0.003, "the datum was taken off"
    assert (answer.level, answer.precision) == ("门牌号", LocationPrecision.DOOR)
    assert (answer.provider, answer.api, answer.datum) == ("amap", "v3", "GCJ-02")
    assert (answer.fetched_at, answer.words) == (clock.now, "福建省福州市鼓楼区西洪路59号")


def test_baidu_is_asked_for_gcj02(stub: Stub, client: Open) -> None:
    stub.will_answer("baidu_junction")
    answer = client("baidu").lookup("西洪路与祭酒岭路交叉口", "福州市")
    path, query = stub.asked[0]
    assert path == "/geocoding/v3/"
    assert query["ret_coordtype"] == "gcj02ll"
    assert answer is not None and answer.precision is LocationPrecision.JUNCTION
    assert (answer.lon, answer.lat) == tuple(
        pytest.approx(float(one)) for one in to_wgs84(119.29, 26.085, GCJ02)
    )


def test_baidu_takes_84_bytes(stub: Stub, client: Open) -> None:
    stub.will_answer("baidu_junction")
    one = client("baidu")
    assert one.lookup("路" * 28, "福州市") is not None
    with pytest.raises(OutsideRefused, match="87 bytes"):
        one.lookup("路" * 29, "福州市")
    assert len(stub.asked) == 1


def test_baidu_s_guess_has_no_precision(stub: Stub, client: Open) -> None:
    stub.will_answer("baidu_guess")
    answer = client("baidu").lookup("西洪路59号", "福州市")
    assert answer is not None and answer.precision is None


def test_tianditu_is_not_shifted(stub: Stub, client: Open) -> None:
    stub.will_answer("tianditu_door")
    answer = client("tianditu").lookup("西洪路59号", "福州市")
    path, query = stub.asked[0]
    assert path == "/geocoder"
    assert json.loads(query["ds"]) == {"keyWord": "福州市西洪路59号"}
    assert query["tk"] == KEY
    assert answer is not None
    assert (answer.lon, answer.lat, answer.datum) == (119.29, 26.085, "CGCS2000")


@pytest.mark.parametrize(
    ("provider", "recorded"),
    [
        ("amap", "amap_none"),
        ("amap", "amap_unknown"),
        ("baidu", "baidu_none"),
        ("tianditu", "tianditu_none"),
        ("tianditu", "tianditu_weak"),
    ],
)
def test_nothing_found_is_an_answer(stub: Stub, client: Open, provider: str, recorded: str) -> None:
    stub.will_answer(recorded)
    one = client(provider)
    assert one.lookup("某某路", "福州市") is None
    assert one.lookup("某某路", "福州市") is None
    assert len(stub.asked) == 1, "a miss is remembered too"


# ------------------------------------------------------------------ the guard


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("路" * 41, "41 characters"),
        ("西洪路59号13800138000", "7 digits"),
        ("西洪路138 0013 8000", "7 digits"),
        ("西洪路１３８－００１３－８０００", "7 digits"),
        ("五四路0591-87654321", "7 digits"),
        ("西洪路一三八零零一三八零零零", "7 digits"),
        ("35010219800101123X", "7 digits"),
        ("西洪路59号林先生", "person"),
        ("西洪路59号 微信abc", "person"),
        ("西洪路59号漏水。请处理", "sentence"),
        ("您好，西洪路，路灯不亮", "sentence"),
        ("西洪路\n59号", "control"),
        ("西洪路\u200b59号", "control"),
    ],
)
def test_what_is_more_than_a_place_never_leaves(
    stub: Stub, client: Open, place: str, why: str
) -> None:
    stub.will_answer("amap_door")
    with pytest.raises(OutsideRefused, match=why) as refused:
        client().lookup(place, "福州市")
    assert stub.asked == []
    assert len(place) < 3 or place not in str(refused.value), "the message repeats nothing"


@pytest.mark.parametrize(
    "place", ["西洪路59号", "201省道K12+300", "文二路391号西湖国际科技大厦B座1208", "一二三四路口"]
)
def test_places_pass_the_guard(stub: Stub, client: Open, place: str) -> None:
    stub.will_answer("amap_door")
    client().lookup(place, "350100")
    assert len(stub.asked) == 1


def test_the_city_is_checked_too(stub: Stub, client: Open) -> None:
    stub.will_answer("amap_door")
    with pytest.raises(OutsideRefused, match="福州市"):
        client().lookup("西洪路", "我住福州电话13800138000")
    assert stub.asked == []


# ------------------------------------------------------------------ switches


def test_offline_sends_nothing(stub: Stub, client: Open) -> None:
    stub.will_answer("amap_door")
    with pytest.raises(OutsideRefused, match="SHUDI_OFFLINE"):
        client(offline=True).lookup("西洪路", "福州市")
    with pytest.raises(OutsideRefused, match="SHUDI_OUTSIDE_DAILY_BUDGET"):
        client(budget=0).lookup("西洪路", "福州市")
    assert stub.asked == []


def test_off_in_every_doubt(tmp_path: Path) -> None:
    assert open_geocoder(OutsideSettings(), tmp_path) is None
    named = OutsideSettings(provider="amap", key=KEY, daily_budget=10)
    assert open_geocoder(named, tmp_path) is None
    assert open_geocoder(OutsideSettings(offline=False, daily_budget=10), tmp_path) is None
    on = OutsideSettings(provider="tianditu", key=KEY, daily_budget=10, offline=False)
    one = open_geocoder(on, tmp_path)
    assert one is not None and one.name == "tianditu"
    one.close()
    assert KEY not in repr(on)


def test_one_table_of_addresses() -> None:
    assert set(ADDRESSES) == set(VENDORS) == set(PROVIDERS)
    assert all(address.startswith("https://") for address, _ in ADDRESSES.values())


def test_the_budget_of_a_day_holds_over_restarts(stub: Stub, client: Open, clock: Clock) -> None:
    stub.will_answer("amap_door")
    client(budget=2).lookup("一路", "福州市")
    client(budget=2).lookup("二路", "福州市")
    with pytest.raises(OutsideBudgetUsedUp, match="2 of 2 requests of 2026-11-23"):
        client(budget=2).lookup("三路", "福州市")
    clock.now += timedelta(hours=11)  # 23:00
    with pytest.raises(OutsideBudgetUsedUp):
        client(budget=2).lookup("三路", "福州市")
    clock.now += timedelta(hours=1)
    assert client(budget=2).lookup("三路", "福州市") is not None
    assert len(stub.asked) == 3


def test_a_budget_that_cannot_be_kept_sends_nothing(
    stub: Stub, client: Open, tmp_path: Path
) -> None:
    stub.will_answer("amap_door")
    (tmp_path / "outside-amap.json").write_text("[", encoding="utf-8")
    with pytest.raises(OutsideUnavailable, match="damaged"):
        client().lookup("一路", "福州市")
    (tmp_path / "outside-amap.json").unlink()
    (tmp_path / "outside-amap.json").mkdir()
    with pytest.raises(OutsideUnavailable, match="cannot be kept"):
        client().lookup("一路", "福州市")
    assert stub.asked == []


def test_threads_together_keep_within_the_budget(stub: Stub, client: Open, tmp_path: Path) -> None:
    stub.will_answer("amap_door")
    clients = [client(budget=30) for _ in range(4)]

    def ask(at: int) -> bool:
        try:
            return clients[at % 4].lookup(f"{at}路", "福州市") is not None
        except OutsideBudgetUsedUp:
            return False

    with ThreadPoolExecutor(8) as threads:
        answered = sum(threads.map(ask, range(60)))
    assert answered == len(stub.asked) == 30
    kept = json.loads((tmp_path / "outside-amap.json").read_text(encoding="utf-8"))
    assert kept["used"] == 30


# ------------------------------------------------------------------ cache


def test_an_answer_lasts_90_days_and_keeps_its_own_time(
    stub: Stub, client: Open, clock: Clock
) -> None:
    stub.will_answer("amap_door")
    one, asked_at = client(), clock.now
    one.lookup("西洪路59号", "福州市")
    clock.now += timedelta(days=89)
    again = one.lookup("西洪路５９号", "福州市")
    assert again is not None and again.fetched_at == asked_at
    assert len(stub.asked) == 1
    one.lookup("西洪路59号", "厦门市")
    assert len(stub.asked) == 2, "another city is another question"
    clock.now += timedelta(days=1)
    one.lookup("西洪路59号", "福州市")
    assert len(stub.asked) == 3


def test_a_miss_lasts_a_day(stub: Stub, client: Open, clock: Clock) -> None:
    stub.will_answer("amap_none", "amap_door")
    one = client()
    assert one.lookup("新路", "福州市") is None
    clock.now += timedelta(hours=23)
    assert one.lookup("新路", "福州市") is None
    clock.now += timedelta(hours=1)
    assert one.lookup("新路", "福州市") is not None


# ------------------------------------------------------------------ faults


def test_a_hiccup_is_asked_again_with_pauses(stub: Stub, client: Open, tmp_path: Path) -> None:
    stub.will_answer("amap_too_fast", "amap_too_fast", "amap_door")
    slept: list[float] = []
    assert client(slept=slept).lookup("西洪路59号", "福州市") is not None
    assert slept == [0.2, 0.8]
    kept = json.loads((tmp_path / "outside-amap.json").read_text(encoding="utf-8"))
    assert kept == {"day": "2026-11-23", "used": 3}, "every attempt is on the budget"


@pytest.mark.parametrize(
    ("status", "body", "requests", "said"),
    [
        (500, b"oops", 3, "HTTP 500"),
        (503, b"", 3, "HTTP 503"),
        (429, b"", 3, "HTTP 429"),
        (403, b"", 1, "HTTP 403"),
        (200, b"<html>", 1, "JSONDecodeError"),
        (200, b"[]", 1, "TypeError"),
        (200, b"{}", 1, "KeyError"),
        (200, b'{"status":"1","geocodes":[{"location":"here","level":"x"}]}', 1, "ValueError"),
        (200, b'{"status":"1","geocodes":[{"location":"nan,26","level":"x"}]}', 1, "none"),
        (200, b'"\xff"', 1, "UnicodeDecodeError"),
        (200, b" " * 100_000, 1, "65536 bytes"),
    ],
)
def test_faults_end_in_one_clear_error(
    stub: Stub, client: Open, caplog: pytest.LogCaptureFixture,
    status: int, body: bytes, requests: int, said: str,
) -> None:  # fmt: skip
    stub.answers = [(status, body)]
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(OutsideUnavailable, match=said) as wrong,
    ):
        client().lookup("西洪路59号", "福州市")
    assert len(stub.asked) == requests
    assert KEY not in str(wrong.value) + caplog.text
    assert "西洪路" not in str(wrong.value)


def test_a_redirect_is_not_followed(stub: Stub, client: Open) -> None:
    stub.answers = [(302, b"")]
    stub.location = f"{stub.url}/elsewhere"
    with pytest.raises(OutsideUnavailable, match="HTTP 302"):
        client().lookup("西洪路59号", "福州市")
    assert [path for path, _ in stub.asked] == ["/v3/geocode/geo"]


def test_a_time_out_is_tried_three_times(stub: Stub, client: Open) -> None:
    stub.will_answer("amap_door")
    stub.delay_s = 0.3
    slept: list[float] = []
    with pytest.raises(OutsideUnavailable, match="ReadTimeout"):
        client(timeout_s=0.05, slept=slept).lookup("西洪路59号", "福州市")
    assert slept == [0.2, 0.8]


def test_nobody_there(client: Open, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stub, "url", "http://127.0.0.1:9")  # discard: nothing listens
    with pytest.raises(OutsideUnavailable, match="ConnectError"):
        client().lookup("西洪路59号", "福州市")


@pytest.mark.parametrize(
    ("provider", "recorded"),
    [("amap", "amap_quota"), ("baidu", "baidu_quota"), ("tianditu", "tianditu_quota")],
)
def test_a_quota_used_up_ends_the_day(
    stub: Stub, client: Open, clock: Clock, provider: str, recorded: str
) -> None:
    stub.will_answer(recorded)
    one = client(provider)
    with pytest.raises(OutsideUnavailable):
        one.lookup("一路", "福州市")
    with pytest.raises(OutsideBudgetUsedUp):
        one.lookup("二路", "福州市")
    assert len(stub.asked) == 1
    clock.now += timedelta(days=1)
    with pytest.raises(OutsideUnavailable):
        one.lookup("二路", "福州市")
    assert len(stub.asked) == 2


def test_a_wrong_key_is_not_tried_again(stub: Stub, client: Open) -> None:
    stub.will_answer("amap_wrong_key")
    with pytest.raises(OutsideUnavailable, match="INVALID_USER_KEY"):
        client().lookup("一路", "福州市")
    assert len(stub.asked) == 1


def test_after_some_faults_it_pauses_and_then_one_tries(
    stub: Stub, client: Open, clock: Clock
) -> None:
    stub.answers = [(403, b"")]
    one = client()
    for at in range(Breaker.MOST_FAULTS):
        with pytest.raises(OutsideUnavailable, match="HTTP 403"):
            one.lookup(f"{at}路", "福州市")
    with pytest.raises(OutsideUnavailable, match="60 s left"):
        one.lookup("九路", "福州市")
    assert len(stub.asked) == Breaker.MOST_FAULTS
    clock.now += Breaker.PAUSE
    with pytest.raises(OutsideUnavailable, match="HTTP 403"):
        one.lookup("九路", "福州市")
    with pytest.raises(OutsideUnavailable, match="paused"):
        one.lookup("九路", "福州市")
    clock.now += Breaker.PAUSE
    stub.will_answer("amap_door")
    assert one.lookup("九路", "福州市") is not None
    assert one.lookup("十路", "福州市") is not None


# ------------------------------------------------------------------ what counts

CITY = box(119.2, 26.0, 119.4, 26.2)


def _answer(
    lon: float = 119.3, lat: float = 26.1, precision: LocationPrecision | None = None
) -> OutsideAnswer:
    return OutsideAnswer(
        lon=lon, lat=lat, level="", precision=precision, words="", provider="amap", api="v3",
        datum="GCJ-02", fetched_at=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip


def _local(precision: LocationPrecision, radius_m: float = 100.0) -> Location:
    return Location(geometry=Point(119.3, 26.1), radius_m=radius_m, precision=precision)


DOOR, ROAD = LocationPrecision.DOOR, LocationPrecision.ROAD
FAR = 119.3 + 101 / 100_020  # 101 m east at 26.1 degrees of latitude


@pytest.mark.parametrize(
    ("answer", "local", "reason"),
    [
        (_answer(precision=DOOR), _local(DOOR), "agrees"),
        (_answer(lon=119.3009, precision=DOOR), _local(DOOR), "agrees"),
        (_answer(lon=FAR + 2e-4, precision=DOOR), _local(DOOR), "disagrees"),
        (_answer(lon=119.5, precision=DOOR), _local(DOOR, 1e6), "outside_city"),
        (_answer(precision=DOOR), None, "no_local_reading"),
        (_answer(precision=None), _local(DOOR), "coarse"),
        (_answer(precision=ROAD), _local(ROAD), "coarse"),
        (_answer(precision=LocationPrecision.DISTRICT), None, "coarse"),
        (_answer(precision=LocationPrecision.COMPOUND), _local(DOOR), "coarser_than_local"),
        (_answer(precision=DOOR), _local(LocationPrecision.COMPOUND), "agrees"),
    ],
)
def test_an_answer_counts_only_where_it_agrees(
    answer: OutsideAnswer, local: Location | None, reason: str
) -> None:
    found = accept(answer, local, CITY)
    assert (found.reason, found.accepted) == (reason, reason == "agrees")


def test_the_distance_is_from_the_line_in_metres() -> None:
    road = Location(
        geometry=LineString([(119.29, 26.1), (119.31, 26.1)]), radius_m=50, precision=ROAD
    )
    found = accept(_answer(lat=26.1004, precision=DOOR), road, CITY)
    assert found.accepted
    assert found.distance_m == pytest.approx(44.3, abs=0.1)
