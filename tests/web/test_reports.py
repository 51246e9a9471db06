"""Reports on the web: who may ask for what, who may have the file, and what goes wrong in words."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import wiring
from app.jobs import reports_folder, run_job
from app.wiring import Services
from geodata.store import jobs
from maps.drawing import style
from tests.web import town
from tests.web.people import People

SignIn = Callable[[str], FlaskClient]
LONG = "占道经营与噪声扰民情况专题分析" * 20  # 300 characters


@pytest.fixture
def app(
    services: Services,
    make_app: Callable[..., Flask],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Flask:
    small = {name: replace(size, dpi=60) for name, size in style.SIZES.items()}
    monkeypatch.setattr(style, "SIZES", small)  # what is on pictures is tested elsewhere
    return make_app(services, var_dir=tmp_path)


@pytest.fixture
def cases(services: Services) -> None:
    """Three in the west and two in the east, three days ago."""
    for at, grid in enumerate(("W-1", "W-1", "W-2", "E-1", "E-2")):
        lon, lat = town.middle(grid)
        complaint = services.complaint(
            id=f"c{at}",
            text="西洪路路灯不亮",
            lon=lon + at * 1e-3,
            lat=lat,
            crs="EPSG:4326",
            category="路灯",
            received_at=datetime.now(wiring.LOCAL_TIME) - timedelta(days=3),
            channel="12345",
        )
        services.receive(complaint, f"c{at}", actor="api:12345", actor_name="热线")


def _wish(**changes: Any) -> dict[str, Any]:
    today = wiring.today()
    given = {
        "kind": "special",
        "first": (today - timedelta(days=6)).isoformat(),
        "last": (today - timedelta(days=1)).isoformat(),
        "formats": ["pdf"],
    }
    return {**given, **changes}


def _run(services: Services, var_dir: Path) -> jobs.Job:
    """What the worker's process does."""
    taken = jobs.claim(services.engine)
    assert taken is not None
    run_job(services.engine, taken, var_dir, working_crs=None)
    return jobs.get(services.engine, taken.id)


def _words(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(pdf)
    found = []
    for page in opened:
        text = page.get_textpage()
        found.append(text.get_text_bounded())
        text.close()
        page.close()
    opened.close()
    return "".join("".join(found).split())


def _file(client: FlaskClient, number: int, form: str) -> bytes:
    got = client.get(f"/analysis/reports/{number}/{form}")
    content = got.data
    got.close()
    assert got.status_code == 200
    return content


def _list(client: FlaskClient) -> list[dict[str, Any]]:
    answer = client.get("/analysis/reports/list", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.get_json()["reports"]
    return found


@pytest.mark.usefixtures("cases")
def test_a_report_is_asked_for_made_and_fetched(
    signed_in: SignIn, people: People, services: Services, tmp_path: Path
) -> None:
    analyst = signed_in("analyst")
    page = analyst.get("/analysis/reports").get_data(as_text=True)
    assert "subdistrict:W" in page
    assert "西镇" in page
    answer = people.post(
        analyst, "/analysis/reports", _wish(formats=["pdf", "docx", "xlsx"], title=LONG)
    )
    assert answer.status_code == 201
    number = answer.get_json()["id"]
    assert _list(analyst)[0]["state"] == "queued"
    assert analyst.get(f"/analysis/reports/{number}/pdf").status_code == 404  # not yet
    done = _run(services, tmp_path)
    assert (done.state, done.note) == ("done", "")
    listed = _list(analyst)[0]
    assert [one["form"] for one in listed["files"]] == ["pdf", "docx", "xlsx"]
    assert listed["title"] == LONG
    assert listed["by"] == "分析员"
    got = analyst.get(f"/analysis/reports/{number}/pdf")
    assert got.mimetype == "application/pdf"
    assert got.headers["Cache-Control"] == "no-store"
    assert "attachment" in got.headers["Content-Disposition"]
    words = _words(got.data)
    assert LONG in words  # wrapped on the page, cut in the name
    assert "受理诉求5件" in words
    names = sorted(one.name for one in reports_folder(tmp_path, number).iterdir())
    assert len(names) == 3
    assert all("…" in name and len(name.encode()) < 255 for name in names)
    got.close()
    assert _file(analyst, number, "docx").startswith(b"PK")
    assert analyst.get(f"/analysis/reports/{number}/exe").status_code == 404


@pytest.mark.usefixtures("cases")
def test_street_staff_see_their_own_subdistrict_and_nothing_else(
    signed_in: SignIn, people: People, services: Services, tmp_path: Path
) -> None:
    west, analyst = signed_in("west"), signed_in("analyst")
    page = west.get("/analysis/reports").get_data(as_text=True)
    assert "subdistrict:W" in page
    assert "subdistrict:E" not in page
    assert "设为定时" not in page
    whole = people.post(analyst, "/analysis/reports", _wish()).get_json()["id"]
    _run(services, tmp_path)
    for within in ("subdistrict:E", "grid:W-1", "district:350102"):
        refused = people.post(west, "/analysis/reports", _wish(within=within))
        assert refused.status_code == 422, within
    own = people.post(west, "/analysis/reports", _wish()).get_json()["id"]
    assert _run(services, tmp_path).state == "done"
    # The city's report is not theirs, though they know its number.
    assert [one["id"] for one in _list(west)] == [own]
    for path in (f"{whole}/pdf", f"{whole}/docx"):
        assert west.get(f"/analysis/reports/{path}").status_code == 404
    assert people.post(west, f"/analysis/reports/{whole}/cancel", {}).status_code == 404
    words = _words(_file(west, own, "pdf"))
    assert "西镇受理诉求3件" in words
    assert "东镇" not in words
    assert len(_list(analyst)) == 2  # who sees everything sees theirs too
    assert people.post(west, "/analysis/reports/schedules", {"period": "daily"}).status_code == 403


@pytest.mark.parametrize("login", ["dispatcher", "roads"])
def test_others_may_not(login: str, signed_in: SignIn, people: People) -> None:
    client = signed_in(login)
    assert client.get("/analysis/reports").status_code == 403
    assert people.post(client, "/analysis/reports", _wish()).status_code == 403
    assert client.get("/analysis/reports/1/pdf").status_code == 403


def test_nobody_is_sent_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/analysis/reports").status_code == 302
    json = {"Accept": "application/json"}
    assert client.get("/analysis/reports/list", headers=json).status_code == 401


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"kind": "yearly"}, "“yearly”不能识别"),
    ({"first": "2026-11-20", "last": "2026-11-10"}, "时段颠倒"),
    ({"last": None}, "开始日期和结束日期"),
    ({"first": "1200-01-01"}, "超出可用范围"),
    ({"first": "2020-01-01"}, "最多 1096 天"),
    ({"kind": "monthly", "first": "2100-01-01", "last": None}, "还没有到"),
    ({"within": "street:W"}, "无法识别"),
    ({"within": "subdistrict:nowhere"}, "没有代码为“nowhere”"),
    ({"formats": []}, "格式“（空）”"),
    ({"formats": ["odt"]}, "格式“odt”"),
    ({"title": "长" * 301}, "301 个字"),
]


def test_what_cannot_be_made_is_refused_with_its_value(signed_in: SignIn, people: People) -> None:
    analyst = signed_in("analyst")
    for changes, said in WRONG:
        answer = people.post(analyst, "/analysis/reports", _wish(**changes))
        assert answer.status_code == 422, changes
        assert said in answer.get_json()["detail"]
    assert _list(analyst) == []


def test_a_full_disk_fails_in_words_and_leaves_nothing(
    signed_in: SignIn,
    people: People,
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    analyst = signed_in("analyst")
    number = people.post(analyst, "/analysis/reports", _wish(formats=["pdf", "xlsx"])).get_json()[
        "id"
    ]

    from geodata import whole_file

    written: list[int] = []

    def fsync(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 3:  # the PDF and its folder were on the disk, the workbook is not
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(whole_file.os, "fsync", fsync)
    failed = _run(services, tmp_path)
    assert failed.state == "failed"
    assert "磁盘已满" in failed.note
    assert "没有留下不完整的文件" in failed.note
    assert list((tmp_path / "reports").iterdir()) == []
    assert _list(analyst)[0]["note"] == failed.note
    assert analyst.get(f"/analysis/reports/{number}/pdf").status_code == 404


def test_no_chinese_font_names_the_package(
    signed_in: SignIn,
    people: People,
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from maps import fonts

    people.post(signed_in("analyst"), "/analysis/reports", _wish())

    def none(*_: object) -> None:
        fonts.find((tmp_path,))

    monkeypatch.setattr("maps.reports.content.fonts.prepare", none)
    failed = _run(services, tmp_path)
    assert failed.state == "failed"
    assert "fonts-noto-cjk" in failed.note


def test_an_unknown_fault_has_a_number_and_no_details(
    signed_in: SignIn,
    people: People,
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    people.post(signed_in("analyst"), "/analysis/reports", _wish())

    words = f"来电人138{12345678}"  # the line itself is in the log, what it holds must not be

    def broken(*_: object, **__: object) -> None:
        raise KeyError(words)

    monkeypatch.setattr("app.reporting.make.compose", broken)
    failed = _run(services, tmp_path)
    assert failed.state == "failed"
    incident = failed.note.split("事件编号 ")[1].split(" ")[0]
    assert incident in caplog.text
    assert "KeyError" in caplog.text
    assert "13812345678" not in caplog.text + failed.note


def test_a_person_may_not_fill_the_queue(signed_in: SignIn, people: People) -> None:
    analyst = signed_in("analyst")
    for _ in range(10):
        assert people.post(analyst, "/analysis/reports", _wish()).status_code == 201
    refused = people.post(analyst, "/analysis/reports", _wish())
    assert refused.status_code == 422
    assert "10 份报告在等待" in refused.get_json()["detail"]
    first = _list(analyst)[-1]["id"]
    assert people.post(analyst, f"/analysis/reports/{first}/cancel", {}).get_json()["state"] == (
        "cancelled"
    )
    assert people.post(analyst, "/analysis/reports", _wish()).status_code == 201


def test_schedules_are_made_once_and_switched(signed_in: SignIn, people: People) -> None:
    supervisor = signed_in("supervisor")
    body = {"period": "monthly", "within": "subdistrict:W", "formats": ["pdf", "docx"]}
    made = people.post(supervisor, "/analysis/reports/schedules", body)
    assert made.status_code == 201
    (one,) = made.get_json()["schedules"]
    assert (one["kind"], one["place"], one["enabled"]) == ("月报", "西镇", True)
    again = people.post(supervisor, "/analysis/reports/schedules", body)
    assert again.status_code == 422
    assert "已有同样的定时月报" in again.get_json()["detail"]
    off = people.post(supervisor, f"/analysis/reports/schedules/{one['id']}", {"enabled": False})
    assert off.get_json()["schedules"][0]["enabled"] is False
    wrong = people.post(supervisor, "/analysis/reports/schedules", {"period": "special"})
    assert wrong.status_code == 422
    missing = people.post(supervisor, "/analysis/reports/schedules/999", {"enabled": True})
    assert missing.status_code == 404


def test_a_form_of_another_site_is_refused(signed_in: SignIn) -> None:
    assert signed_in("analyst").post("/analysis/reports", json=_wish()).status_code == 400
