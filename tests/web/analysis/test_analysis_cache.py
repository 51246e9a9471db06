"""Answers kept ready: never old, never another's, computed once."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable

import pytest

from app.analysis.cache import AT_ONCE, Kept, StillComputing
from geodata.cases import PostgresCaseStore
from maps.incidents import Incidents
from maps.model import Cases
from tests.web.analysis import city
from tests.web.analysis.office import Office


def test_a_new_case_changes_the_next_answer(
    make_office: Callable[[str], Office], city_template: str
) -> None:
    office = make_office(city_template)
    analyst = office.seat("analyst")

    def numbers() -> tuple[int, ...]:
        return (
            analyst.get("summary")["n"],
            analyst.get("areas", level="grid")["values"]["G00"]["n"],
            sum(analyst.get("trend")["counts"]),
            sum(n for _, _, n in analyst.get("cells")["items"]),
            analyst.get("cases", area="grid:G00")["total"],
            analyst.get("hotspots", level="grid")["areas"]["G00"]["n"],
        )

    before = numbers()
    assert numbers() == before
    point = (city.WEST + 0.5 * city.STEP, city.SOUTH + 0.5 * city.STEP)
    PostgresCaseStore(office.services.engine).receive_many(
        [city.case("x-1", 1, point, city.codes(0, 0))], actor="api:12345", actor_name="12345"
    )
    assert numbers() == tuple(n + 1 for n in before)


def test_many_who_ask_the_same_wait_for_one() -> None:
    kept: Kept[bytes] = Kept(100, len)
    made = []
    go = threading.Event()

    def make() -> bytes:
        go.wait(5)
        made.append(1)
        return b"answer"

    got: list[bytes] = []
    threads = [threading.Thread(target=lambda: got.append(kept.get("key", make))) for _ in range(8)]
    for one in threads:
        one.start()
    go.set()
    for one in threads:
        one.join(5)
    assert got == [b"answer"] * 8 and made == [1]


def test_an_error_is_not_kept_and_reaches_all_who_wait() -> None:
    kept: Kept[bytes] = Kept(100, len)

    def fail() -> bytes:
        raise ValueError("broken")

    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            kept.get("key", fail)
    assert kept.get("key", lambda: b"mended") == b"mended"


def test_what_is_kept_stays_within_its_weight() -> None:
    kept: Kept[bytes] = Kept(10, len)
    for name in "abc":
        kept.get(name, lambda: b"1234")
    again: list[str] = []
    for name in "cba":
        kept.get(name, lambda name=name: again.append(name) or b"1234")  # type: ignore[misc]
    assert again == ["a"], "the two latest were kept, the oldest was not"
    kept.get("large", lambda: b"x" * 11)
    assert kept.get("large", lambda: b"new") == b"x" * 11, "the latest stays, alone"
    assert kept.get("a", lambda: b"new") == b"new"


def test_who_waits_too_long_is_told_to_ask_again() -> None:
    kept: Kept[bytes] = Kept(100, len, wait_s=0.05)
    go = threading.Event()

    def slow() -> bytes:
        go.wait(5)
        return b"late"

    threads = [
        threading.Thread(target=kept.get, args=(name, slow), kwargs={"long": True})
        for name in range(AT_ONCE)
    ]
    for one in threads:
        one.start()
    while len(kept._running) < AT_ONCE:
        time.sleep(0.001)
    with pytest.raises(StillComputing, match="请几秒后重试"):
        kept.get(0, slow)
    with pytest.raises(StillComputing, match="较长的计算"):
        kept.get("another", slow, long=True)
    assert kept.get("short", lambda: b"now") == b"now", "what is quick does not queue"
    go.set()
    for one in threads:
        one.join(5)


def test_what_is_made_behind_an_answer_is_made_once() -> None:
    kept: Kept[bytes] = Kept(100, len)
    made, go, done = [], threading.Event(), threading.Event()

    def make() -> bytes:
        go.wait(5)
        made.append(1)
        done.set()
        return b"ready"

    assert [kept.soon("key", make) for _ in range(3)] == [None] * 3
    go.set()
    assert done.wait(5)
    assert kept.get("key", make) == b"ready" and kept.soon("key", make) == b"ready"
    assert made == [1]


def test_incidents_of_a_large_city_are_merged_behind_the_answer(
    make_office: Callable[[str], Office], city_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for them: the numbers come without, then with; what needs them says when."""
    from app.analysis import prepared

    monkeypatch.setattr(prepared, "LARGE", 10)
    merging, merge = threading.Event(), prepared.incidents.merge

    def slowly(cases: Cases) -> Incidents:
        merging.wait(5)
        return merge(cases)

    monkeypatch.setattr(prepared.incidents, "merge", slowly)
    analyst = make_office(city_template).seat("analyst")
    first = analyst.get("summary")
    assert first["incidents"] is None and any("正在合并" in one for one in first["warnings"])
    assert {one["incidents"] for one in analyst.get("areas")["values"].values()} == {None}
    refused = analyst.ask("areas", count="incidents")
    assert refused.status_code == 503 and refused.headers["Retry-After"]
    merging.set()
    deadline = time.monotonic() + 5
    while analyst.get("summary")["incidents"] is None:
        assert time.monotonic() < deadline
    assert analyst.get("areas", count="incidents")["values"][city.HOT]["incidents"] > 0


def test_a_large_answer_is_packed_for_who_can_unpack_it(office: Office) -> None:
    client = office.seat("analyst").client
    plain = client.get("/analysis/areas?level=grid")
    assert "Content-Encoding" not in plain.headers
    packed = client.get("/analysis/areas?level=grid", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_an_answer_that_is_not_ready_is_503_with_a_time(office: Office) -> None:
    from app.analysis.answering import still_computing

    with office.app.test_request_context("/analysis/hotspots"):
        answer = still_computing(StillComputing("同样的结果正在计算，请几秒后重试"))
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert answer.get_json()["detail"] == "同样的结果正在计算，请几秒后重试"
