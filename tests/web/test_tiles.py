"""Addresses of tiles: who may ask, what does not exist, what a browser may keep, whose cases."""

from __future__ import annotations

import functools
import io
import math
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app import create_app
from app.config import Config
from app.personal import PersonalData
from app.wiring import Services
from geodata import database
from maps.tiles import empty_png
from tests.web import town
from tests.web.people import DATA_KEY, People

if TYPE_CHECKING:
    from tests.conftest import TestServer

KEYS = PersonalData([DATA_KEY])

pytestmark = pytest.mark.postgis

PROGRAM = {"Accept": "application/json"}
SignIn = Callable[[str], FlaskClient]
Z = 14


def tile_of(grid: str, z: int = Z) -> str:
    lon, lat = town.middle(grid)
    north = math.asinh(math.tan(math.radians(lat)))
    return f"{z}/{int((lon + 180) / 360 * 2**z)}/{int((1 - north / math.pi) / 2 * 2**z)}"


def receive(services: Services, number: int, grid: str) -> None:
    lon, lat = town.middle(grid)
    complaint = services.complaint(
        id=f"t-{number}",
        text="路面塌陷",
        lon=lon + number % 6 * 1e-4,
        lat=lat,
        crs="EPSG:4326",
        category="道路破损" if number % 2 else "噪声",
        channel="12345",
        received_at=datetime.now(UTC) - timedelta(days=3),
    )
    services.receive(complaint, complaint.id, actor="api:12345", actor_name="12345")


# One town for all tests here: they read, but for the last.


@pytest.fixture(scope="module")
def services(test_server: TestServer, town_template: tuple[str, str]) -> Iterator[Services]:
    """Twenty cases in the west and six in the east, near the middle of a grid each."""
    name = f"tiles_{uuid.uuid4().hex[:12]}"
    made = Services(database.engine(test_server.create(name, town_template[0])), KEYS)
    for number in range(26):
        receive(made, number, "W-1" if number < 20 else "E-2")
    yield made
    made.engine.dispose()
    test_server.drop(name)


@pytest.fixture(scope="module")
def app(services: Services) -> Flask:
    config = Config(secret_key="k" * 40, data_keys=(DATA_KEY,), secure_cookies=False)
    return create_app(config, services)


@pytest.fixture(scope="module")
def signed_in(app: Flask, people: People) -> SignIn:
    @functools.cache
    def make(login: str) -> FlaskClient:
        made = app.test_client()
        assert people.sign_in(made, login).status_code == 303
        return made

    return make


def test_nobody_and_machines_get_none(client: FlaskClient, channel: FlaskClient) -> None:
    at = tile_of("W-1")
    for address in (
        "/basemap.json",
        f"/basemap/{at}.mvt",
        f"/tiles/{at}.png",
        "/analysis/density.json",
        f"/analysis/density/{at}.png",
    ):
        assert client.get(address, headers=PROGRAM).status_code == 401, address
        assert channel.get(address, headers=PROGRAM).status_code == 403, address


@pytest.mark.parametrize("where", ["/basemap/{}.mvt", "/analysis/density/{}.png", "/tiles/{}.png"])
def test_tiles_that_do_not_exist(signed_in: SignIn, where: str) -> None:
    for tile in ("14/99999/3", "14/3/99999", "99/0/0", "-1/0/0", "a/b/c", "14/3.5/2", "14/3"):
        answer = signed_in("analyst").get(where.format(tile), headers=PROGRAM)
        assert answer.status_code == 404, tile


def test_everybody_at_work_sees_the_ground(signed_in: SignIn) -> None:
    for login in ("west", "roads", "dispatcher", "analyst", "admin"):
        answer = signed_in(login).get(f"/basemap/{tile_of('E-2')}.mvt", headers=PROGRAM)
        assert answer.status_code == 200
        assert b"ground" in answer.data
        assert answer.mimetype == "application/vnd.mapbox-vector-tile"


def test_a_browser_keeps_the_ground_privately_and_asks_again(signed_in: SignIn) -> None:
    client = signed_in("west")
    address = f"/basemap/{tile_of('W-1')}.mvt"
    first = client.get(address)
    assert first.headers["Cache-Control"].startswith("private, max-age=")
    assert "Cookie" in first.headers["Vary"]
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    other = client.get(address, headers={"If-None-Match": '"other"'})
    assert other.status_code == 200
    assert client.get("/basemap/14/0/0.mvt").status_code == 200  # empty, not missing
    assert client.get("/basemap.json").headers["Cache-Control"] == "no-store"
    assert client.get("/basemap/99/0/0.mvt").headers["Cache-Control"] == "no-store"


def test_a_density_tile_is_a_picture_and_is_not_sent_twice(signed_in: SignIn) -> None:
    client = signed_in("analyst")
    address = f"/analysis/density/{tile_of('W-1')}.png?bandwidth=200"
    first = client.get(address)
    assert first.status_code == 200
    picture = Image.open(io.BytesIO(first.data))
    assert picture.size == (256, 256)
    assert np.asarray(picture).any()
    assert Image.open(io.BytesIO(client.get(address.replace(".png", "@2x.png")).data)).size == (
        512,
        512,
    )
    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(address, headers=tag).status_code == 304
    assert client.get(address + "&kind=噪声", headers=tag).status_code == 200
    assert client.get(address.replace("200", "300"), headers=tag).status_code == 200


def test_density_is_of_the_rows_one_may_see(signed_in: SignIn) -> None:
    east = f"/analysis/density/{tile_of('E-2')}.png?bandwidth=100"
    assert signed_in("analyst").get(east).data != empty_png()
    assert signed_in("west").get(east).data == empty_png()
    seen = {
        login: signed_in(login).get("/analysis/density.json").json["n"]
        for login in ("analyst", "west")
    }
    assert seen == {"analyst": 26, "west": 20}
    # Nor does another's tag help to learn anything.
    tag = {"If-None-Match": signed_in("analyst").get(east).headers["ETag"]}
    assert signed_in("west").get(east, headers=tag).status_code == 200


def test_the_legend_says_what_was_done(signed_in: SignIn) -> None:
    client = signed_in("analyst")
    said = client.get("/analysis/density.json?kind=噪声&bandwidth=250").json
    assert said["n"] == 13
    assert said["bandwidth_m"] == 250
    assert said["unit"] == "件/平方公里·30天"
    classes = said["classes"]
    assert len(classes["breaks"]) == len(classes["colours"]) == len(classes["labels"])
    assert said["method"]["choices"]["带宽"].startswith("250 m")
    assert "Silverman" in said["advice"]
    assert said["advice_m"] > 0
    assert client.get("/analysis/density.json?count=incidents").json["n"] < 26
    more = client.get("/analysis/density.json?against=all&kind=噪声").json
    assert more["unit"].startswith("倍")


def test_what_cannot_be_used_is_named(signed_in: SignIn) -> None:
    client = signed_in("analyst")
    for query, said in (
        ("bandwidth=99", "99"),
        ("bandwidth=5001", "5001"),
        ("bandwidth=abc", "abc"),
        ("bandwidth=300.5", "300.5"),
        ("against=moon", "moon"),
        ("against=population", "常住人口"),
        ("from=2026-02-01&to=2026-01-01", "颠倒"),
        ("from=heute", "heute"),
        ("within=grid:none", "none"),
        ("count=weight", "weight"),
    ):
        for address in ("/analysis/density.json", f"/analysis/density/{tile_of('W-1')}.png"):
            answer = client.get(f"{address}?{query}", headers=PROGRAM)
            assert answer.status_code == 422, query
            assert said in answer.json["detail"]


def test_no_case_at_all(signed_in: SignIn) -> None:
    client = signed_in("roads")  # a department that was given none yet
    said = client.get("/analysis/density.json").json
    assert said["n"] == 0
    assert said["advice_m"] is None
    assert client.get(f"/analysis/density/{tile_of('W-1')}.png").data == empty_png()


def test_without_a_tile_server_there_is_none(signed_in: SignIn) -> None:
    client = signed_in("analyst")
    assert client.get("/basemap.json").json["server"] is None
    assert client.get(f"/tiles/{tile_of('W-1')}.png", headers=PROGRAM).status_code == 404


def test_a_new_case_makes_a_new_tile(signed_in: SignIn, services: Services) -> None:
    client = signed_in("analyst")
    address = f"/analysis/density/{tile_of('W-1')}.png"
    before, n = client.get(address), client.get("/analysis/density.json").json["n"]
    receive(services, 26, "W-1")
    after = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert client.get("/analysis/density.json").json["n"] == n + 1
