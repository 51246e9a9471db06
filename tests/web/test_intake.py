"""The form for complaints by telephone: suggestions, reading, saving, and corrections."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.wiring import Services
from geodata.store import gazetteer_learning
from geodata.tables import place_correction
from tests import town_names
from tests.web import town
from tests.web.people import People

pytestmark = pytest.mark.postgis

PROGRAM = {"Accept": "application/json"}
FORM = "0f0f0f0f-1111-2222-3333-444444444444"
SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


@pytest.fixture
def named(services: Services) -> Services:
    """The town with a gazetteer in force."""
    town_names.publish(services.engine, town_names.in_a_row(town.WEST, town.SOUTH, town.STEP))
    return services


@pytest.fixture
def post(signed_in: SignIn, people: People) -> Post:
    """Post JSON as the dispatcher, or another."""

    def send(path: str, body: object, login: str = "dispatcher") -> TestResponse:
        return people.post(signed_in(login), path, body)

    return send


@pytest.mark.parametrize("path", ["/desk/intake", "/desk/places?q=x"])
@pytest.mark.parametrize("login", ["west", "roads", "analyst"])
def test_only_those_who_dispatch_may_take_calls(signed_in: SignIn, login: str, path: str) -> None:
    assert signed_in(login).get(path, headers=PROGRAM).status_code == 403


@pytest.mark.parametrize("path", ["/desk/read", "/desk/intake", "/desk/cases/1-1/place"])
def test_nothing_is_done_without_the_pages_token(signed_in: SignIn, path: str) -> None:
    answer = signed_in("dispatcher").post(path, json={"text": "西洪路"}, headers=PROGRAM)
    assert answer.status_code == 400


def test_without_a_gazetteer_every_answer_says_what_to_do(signed_in: SignIn, post: Post) -> None:
    client = signed_in("dispatcher")
    found = client.get("/desk/places?q=西洪").get_json()
    assert (found["ready"], found["places"]) == (False, [])
    assert "shudi gazetteer import" in found["advice"]
    assert "shudi gazetteer import" in client.get("/desk/intake").get_data(as_text=True)
    read = post("/desk/read", {"text": "西洪路不平"}).get_json()
    assert (read["ready"], read["place"]) == (False, None)


def test_suggestions_carry_where_they_are(named: Services, signed_in: SignIn) -> None:
    client = signed_in("dispatcher")
    found = client.get("/desk/places?q=xhl5").get_json()["places"]
    assert [one["name"] for one in found] == ["西洪路5号", "西洪路50号", "西洪路59号"]
    assert found[0]["full_name"] == "西镇W-2网格 · 西洪路5号"
    assert (found[0]["grid_code"], found[0]["kind_label"]) == ("W-2", "门牌")
    assert len(client.get("/desk/places?q=x&limit=1").get_json()["places"]) == 1
    for odd in ("", "%00", "%F0%9F%99%82", "x" * 3000, "' or 1=1"):
        assert client.get(f"/desk/places?q={odd}").status_code == 200
    assert client.get("/desk/places?q=x&limit=-5").status_code == 200
    assert client.get("/desk/places?q=x&limit=much").status_code == 200


def test_a_text_is_read_before_anything_is_stored(named: Services, post: Post) -> None:
    answer = post("/desk/read", {"text": "西洪路59号路灯不亮", "category": "路灯"})
    read = answer.get_json()
    assert answer.status_code == 200
    assert read["segments"][0]["role"] == "site"
    assert read["segments"][0]["text"].startswith("西洪路59号")
    assert read["said"]["words"].startswith("西洪路")
    assert read["place"]["path"][-1]["code"] == "W-2"
    assert read["lead"]["code"] == "W-2"
    assert read["around"]["in_view"] is True
    assert named.store(None).counts()["total"] == 0


def test_a_chosen_place_outranks_the_words(named: Services, post: Post) -> None:
    body = {"text": "西洪路59号路灯不亮", "place": {"place_id": "c-yg"}}
    read = post("/desk/read", body).get_json()
    assert (read["chosen"], read["lead"]["code"]) == (True, "E-2")
    assert read["said"]["words"].startswith("阳光小区")
    lon, lat = town.middle("E-1")
    clicked = post("/desk/read", {"text": "", "place": {"lon": lon, "lat": lat}}).get_json()
    assert clicked["lead"]["code"] == "E-1"


def test_a_road_is_drawn_as_a_road(named: Services, post: Post) -> None:
    read = post("/desk/read", {"text": "", "place": {"place_id": "r-xh"}}).get_json()
    extent = read["around"]["extent"]
    assert extent["shape"]["type"] == "LineString"
    assert extent["reach"]["type"] == "Polygon"
    assert {one["role"] for one in read["shares"]} >= {"winner", "rival"}


@pytest.mark.parametrize(
    "place",
    [
        {"place_id": "gone"},
        {},
        {"lon": 119.3},
        {"lon": 999, "lat": 26},
        {"place_id": "r-xh", "extra": 1},
        "r-xh",
    ],
    ids=str,
)
def test_places_that_are_none_are_refused(named: Services, post: Post, place: object) -> None:
    assert post("/desk/read", {"text": "x", "place": place}).status_code == 422
    body = {"text": "x", "form_id": FORM, "place": place}
    assert post("/desk/intake", body).status_code == 422
    assert named.store(None).counts()["total"] == 0


def test_saving_opens_one_case_however_often_it_is_sent(named: Services, post: Post) -> None:
    body = {
        "text": "西洪路59号路灯不亮，电话13812345678",
        "form_id": FORM,
        "category": "道路破损",
        "place": {"place_id": "a-xh-59"},
        "caller_name": "王女士",
        "caller_phone": "13812345678",
    }
    first, again = post("/desk/intake", body), post("/desk/intake", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["no"] == again.get_json()["no"]
    assert first.get_json()["url"] == f"/desk?case={first.get_json()['no']}"
    case = named.store(None).case(first.get_json()["no"])
    assert (case.complaint.channel, case.complaint.category) == ("12345", "道路破损")
    assert case.complaint.location is not None
    assert case.complaint.location.place_ids == ("a-xh-59",)
    assert case.decision.codes["grid"] == "W-2"
    assert case.decision.gazetteer_version == town_names.VERSION
    caller = named.callers.to_mask(None, case.no)
    assert caller is not None and caller.phone == "13812345678"


def test_words_alone_place_a_case(named: Services, post: Post, signed_in: SignIn) -> None:
    made = post("/desk/intake", {"text": "阳光小区里垃圾没人清", "form_id": FORM}).get_json()
    shown = signed_in("dispatcher").get(f"/desk/cases/{made['no']}").get_json()
    assert shown["place"]["path"][-1]["code"] == "E-2"
    assert any(one["role"] == "site" and "阳光小区" in one["text"] for one in shown["segments"])
    assert shown["said"]["words"].startswith("阳光小区")


@pytest.mark.parametrize(
    "change",
    [
        {"text": "   "},
        {"text": ""},
        {"form_id": "x"},
        {"form_id": None},
        {"category": "没有的类别"},
        {"channel": "nowhere"},
        {"caller_phone": "1" * 41},
        {"unknown": 1},
        {"text": "x" * 30_000},
    ],
    ids=str,
)
def test_unusable_forms_store_nothing(
    services: Services, post: Post, change: dict[str, object]
) -> None:
    answer = post("/desk/intake", {"text": "路灯不亮", "form_id": FORM, **change})
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert services.store(None).counts()["total"] == 0


def _case(services: Services, text: str = "老洪路路灯不亮，电话13812345678") -> str:
    lon, lat = town.middle("W-1")
    complaint = services.complaint(
        id="c", text=text, lon=lon, lat=lat, crs="EPSG:4326", channel="12345"
    )
    case, _ = services.receive(complaint, "c", actor="api:12345", actor_name="12345")
    return case.no


def test_a_correction_is_kept_and_the_case_is_not_edited(named: Services, post: Post) -> None:
    no = _case(named)
    before = named.store(None).case(no)
    answer = post(f"/desk/cases/{no}/place", {"place": {"place_id": "c-yg"}, "mention": "老洪路"})
    run = answer.get_json()
    assert answer.status_code == 200
    assert (run["lead"]["code"], run["same_unit"], run["learnt"]) == ("E-2", False, True)
    assert run["words"] == "东镇E-2网格 · 阳光小区"
    assert "E-2" in run["basis"]
    assert named.store(None).case(no) == before
    assert len(named.store(None).events(no)) == 1
    with named.engine.connect() as connection:
        [row] = connection.execute(select(place_correction)).all()
    assert (row.case_no, row.mention, row.place_id, row.actor) == (
        no,
        "老洪路",
        "c-yg",
        "dispatcher",
    )


def test_a_point_and_a_place_without_words_are_kept_as_points(named: Services, post: Post) -> None:
    no = _case(named)
    lon, lat = town.middle("W-1")
    clicked = post(f"/desk/cases/{no}/place", {"place": {"lon": lon, "lat": lat}}).get_json()
    assert (clicked["same_unit"], clicked["learnt"]) == (True, False)
    assert clicked["words"].endswith(f"地图点选 {lon:.6f}, {lat:.6f}")
    wordless = post(f"/desk/cases/{no}/place", {"place": {"place_id": "c-yg"}}).get_json()
    assert wordless["learnt"] is False
    with named.engine.connect() as connection:
        rows = connection.execute(select(place_correction).order_by(place_correction.c.id)).all()
    assert [row.place_id for row in rows] == [None, None]
    assert rows[1].lon == pytest.approx(town.middle("E-2")[0])


@pytest.mark.parametrize(
    "body",
    [
        {"place": {"place_id": "c-yg"}, "mention": "原文没有的话"},
        {"place": {"place_id": "gone"}},
        {"mention": "老洪路"},
        {"place": {"place_id": "c-yg"}, "mention": "x" * 61},
    ],
    ids=str,
)
def test_unusable_corrections_are_not_kept(
    named: Services, post: Post, body: dict[str, object]
) -> None:
    no = _case(named)
    assert post(f"/desk/cases/{no}/place", body).status_code == 422
    with named.engine.connect() as connection:
        assert connection.execute(select(func.count(place_correction.c.id))).scalar_one() == 0


def test_two_people_make_a_candidate_and_the_curator_decides(
    named: Services, post: Post, signed_in: SignIn, people: People
) -> None:
    no = _case(named)
    body = {"place": {"place_id": "r-xh"}, "mention": "老洪路"}
    for login in ("dispatcher", "dispatcher2"):
        assert post(f"/desk/cases/{no}/place", body, login).status_code == 200
    curator = signed_in("admin")
    page = curator.get("/admin/names").get_data(as_text=True)
    assert "老洪路" in page and "西洪路" in page and "核准" in page
    [candidate] = gazetteer_learning.alias_candidates(named.engine)
    form = {"csrf_token": people.token(curator), "decision": "approve"}
    answer = curator.post(f"/admin/names/{candidate.id}", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/names")
    page = curator.get("/admin/names").get_data(as_text=True)
    assert "“老洪路”已成为“西洪路”的别名" in page
    assert gazetteer_learning.alias_candidates(named.engine) == []
    found = curator.get("/desk/places?q=老洪").get_json()["places"]
    assert (found[0]["place_id"], found[0]["matched"]) == ("r-xh", "alias")


def test_missing_names_are_listed_with_their_counts(services: Services, signed_in: SignIn) -> None:
    no = _case(services)
    gazetteer_learning.record_missing(services.engine, ["乌有<b>路"], case_no=no)
    gazetteer_learning.record_missing(services.engine, ["乌有<b>路"])
    page = signed_in("supervisor").get("/admin/names").get_data(as_text=True)
    assert "乌有&lt;b&gt;路" in page and f"/desk?case={no}" in page
    assert '<td class="number">2</td>' in page


@pytest.mark.parametrize("login", ["dispatcher", "west", "roads", "analyst"])
def test_others_do_not_curate(signed_in: SignIn, people: People, login: str) -> None:
    client = signed_in(login)
    assert client.get("/admin/names", headers=PROGRAM).status_code == 403
    form = {"csrf_token": people.token(client), "decision": "approve"}
    assert client.post("/admin/names/1", data=form, headers=PROGRAM).status_code == 403


def test_odd_decisions_are_refused(signed_in: SignIn, people: People) -> None:
    client = signed_in("admin")
    token = people.token(client)
    odd = {"csrf_token": token, "decision": "maybe"}
    assert client.post("/admin/names/1", data=odd, headers=PROGRAM).status_code == 422
    unknown = {"csrf_token": token, "decision": "approve"}
    assert client.post("/admin/names/999", data=unknown, headers=PROGRAM).status_code == 404
    assert client.post("/admin/names/1", data={"decision": "approve"}).status_code == 400
