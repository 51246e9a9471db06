"""A tile server under the maps: off unless asked for, moved where its datum says, never a secret
told. Only a server of this machine is asked here, never a real one."""

from __future__ import annotations

import io
import logging
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.tile_proxy import TileServer, open_tile_server
from app.tile_server import TIANDITU, TileSettings, tile_settings
from app.tile_shift import shifted_tile
from geodata.crs import GCJ02, from_wgs84
from routing.errors import UserInputError

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
LON, LAT = 119.3, 26.08


@dataclass
class Stub:
    url: str = ""
    asked: list[str] = field(default_factory=list)
    status: int = 200
    body: bytes = b""


@pytest.fixture
def stub() -> Iterator[Stub]:
    """Answers every address with one body."""
    made = Stub(body=png((200, 30, 30, 255)))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(made.body)))
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(made.body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def png(colour: tuple[int, int, int, int], size: int = 256) -> bytes:
    kept = io.BytesIO()
    Image.new("RGBA", (size, size), colour).save(kept, "PNG")
    return kept.getvalue()


def opened(stub: Stub, folder: Path, **more: object) -> TileServer:
    given: dict[str, object] = {
        "urls": (stub.url + "/{z}/{x}/{y}?tk={key}",),
        "name": "测试",
        "offline": False,
        "daily_budget": 100,
        "key": "geheim",
    }
    clock = more.pop("clock", lambda: NOW)
    disk = {"disk_bytes": more.pop("disk_bytes")} if "disk_bytes" in more else {}
    settings = TileSettings(**{**given, **more})  # type: ignore[arg-type]
    return TileServer(settings, state_dir=folder, clock=clock, **disk)  # type: ignore[arg-type]


# --- what the environment says


def test_off_unless_three_things_are_set() -> None:
    full = {
        "SHUDI_TILE_SERVER": "tianditu",
        "SHUDI_TIANDITU_KEY": "geheim",
        "SHUDI_OFFLINE": "0",
        "SHUDI_TILE_DAILY_BUDGET": "10",
    }
    on = tile_settings(full)
    assert on.on
    assert on.urls == TIANDITU
    assert on.datum == "WGS84"
    for missing, said in (
        ("SHUDI_TILE_SERVER", "none is named"),
        ("SHUDI_OFFLINE", "SHUDI_OFFLINE is on"),
        ("SHUDI_TILE_DAILY_BUDGET", "BUDGET is 0"),
    ):
        off = tile_settings({key: value for key, value in full.items() if key != missing})
        assert not off.on
        assert said in off.words
        assert open_tile_server(off, Path("nowhere")) is None
    with pytest.raises(UserInputError, match="SHUDI_TIANDITU_KEY is not set"):
        tile_settings({**full, "SHUDI_TIANDITU_KEY": " "})
    for shown in (repr(on), on.words):
        assert "geheim" not in shown


def test_addresses_of_tianditu_have_row_column_and_key_in_their_places() -> None:
    ground, words = (one.format(z=5, x=1, y=2, n=3, key="k") for one in TIANDITU)
    for address, layer in ((ground, "vec"), (words, "cva")):
        assert address.startswith(f"https://t3.tianditu.gov.cn/{layer}_w/wmts?")
        for part in (f"LAYER={layer}&", "TILEMATRIX=5&", "TILEROW=2&", "TILECOL=1&", "tk=k"):
            assert part in address


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SHUDI_TILE_SERVER": "https://tiles/{z}/{x}/{y}"}, "SHUDI_TILE_DATUM"),
        ({"SHUDI_TILE_SERVER": "https://tiles/{z}/{x}/{y}", "SHUDI_TILE_DATUM": "BD-09"}, "BD-09"),
        ({"SHUDI_TILE_SERVER": "https://tiles/{z}/{x}", "SHUDI_TILE_DATUM": "WGS84"}, "tiles"),
        ({"SHUDI_TILE_SERVER": "ftp://tiles/{z}/{x}/{y}", "SHUDI_TILE_DATUM": "WGS84"}, "tiles"),
        (
            {
                "SHUDI_TILE_SERVER": "https://t/{z.__class__}/{z}/{x}/{y}",
                "SHUDI_TILE_DATUM": "WGS84",
            },
            "cannot be used",
        ),
        ({"SHUDI_TILE_SERVER": "tianditu", "SHUDI_TILE_DATUM": "GCJ-02"}, "CGCS2000"),
        ({"SHUDI_TILE_SERVER": "tianditu", "SHUDI_TILE_DAILY_BUDGET": "-1"}, "-1"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, str], said: str) -> None:
    with pytest.raises(UserInputError, match=said):
        tile_settings(changes)


@pytest.mark.parametrize("written", ["GCJ-02", "gcj02", "GCJ_02"])
def test_a_server_of_another_datum(written: str) -> None:
    given = tile_settings(
        {
            "SHUDI_TILE_SERVER": "http://map.inside/{z}/{x}/{y}.png",
            "SHUDI_TILE_DATUM": written,
            "SHUDI_OFFLINE": "0",
            "SHUDI_TILE_DAILY_BUDGET": "10",
        }
    )
    assert (given.on, given.datum, given.name) == (True, "GCJ-02", "map.inside")


# --- fetching and keeping


def test_a_tile_is_fetched_once_and_then_kept(stub: Stub, tmp_path: Path) -> None:
    server = opened(stub, tmp_path)
    first = server.tile(14, 13620, 6950)
    assert first is not None
    assert Image.open(io.BytesIO(first)).getpixel((9, 9)) == (200, 30, 30, 255)
    assert server.tile(14, 13620, 6950) == first
    assert opened(stub, tmp_path).tile(14, 13620, 6950) == first  # over a restart
    assert stub.asked == ["/14/13620/6950?tk=geheim"]
    later = opened(stub, tmp_path, clock=lambda: NOW + timedelta(days=40))
    assert later.tile(14, 13620, 6950) == first
    assert len(stub.asked) == 2


def test_layers_lie_over_each_other(stub: Stub, tmp_path: Path) -> None:
    stub.body = png((0, 0, 200, 128))
    both = opened(stub, tmp_path, urls=(stub.url + "/a/{z}/{x}/{y}", stub.url + "/b/{z}/{x}/{y}"))
    made = both.tile(3, 1, 2)
    assert made is not None
    assert stub.asked == ["/a/3/1/2", "/b/3/1/2"]
    assert Image.open(io.BytesIO(made)).getpixel((0, 0))[3] > 128  # type: ignore[index]


def test_the_day_has_a_budget_and_a_servers_own_end_is_believed(stub: Stub, tmp_path: Path) -> None:
    few = opened(stub, tmp_path, daily_budget=2)
    assert [few.tile(5, x, 1) is None for x in range(4)] == [False, False, True, True]
    assert len(stub.asked) == 2
    stub.status = 418
    other = opened(stub, tmp_path / "other")
    assert other.tile(5, 9, 9) is None
    stub.status = 200
    assert other.tile(5, 9, 8) is None
    assert len(stub.asked) == 3


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (302, b""), (200, b"<html>"), (200, png((1, 1, 1, 255), 300)),
     (200, b"\x89PNG" + b"0" * 2_000_000)],
    ids=["down", "redirect", "no picture", "wrong size", "too large"],
)  # fmt: skip
def test_what_is_no_tile_is_neither_shown_nor_kept(
    stub: Stub, tmp_path: Path, status: int, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    good, stub.status, stub.body = stub.body, status, body
    server = opened(stub, tmp_path)
    with caplog.at_level(logging.DEBUG):
        assert server.tile(5, 1, 1) is None
    assert "geheim" not in caplog.text
    stub.status, stub.body = 200, good
    assert server.tile(5, 1, 1) is not None


def test_a_server_that_is_gone_is_left_alone_for_a_while(tmp_path: Path) -> None:
    nobody = Stub(url="http://127.0.0.1:9")
    server = opened(nobody, tmp_path, daily_budget=50)
    assert all(server.tile(6, x, 1) is None for x in range(20))
    used = (tmp_path / "tile-server.json").read_text()
    assert '"used": 5' in used  # then the pause, which costs nothing


def test_the_disk_is_bounded(stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.tile_proxy._SWEEP_EVERY", 5)
    server = opened(stub, tmp_path, disk_bytes=6_000)
    for x in range(40):
        server.tile(10, x, 1)
    kept = sum(file.stat().st_size for file in tmp_path.rglob("*.png"))
    size = len(server.tile(10, 0, 1) or b"")
    assert 0 < kept <= 6_000 + 5 * size


# --- the shift


def world_pixel(lon: float, lat: float, z: int) -> tuple[float, float]:
    north = math.asinh(math.tan(math.radians(lat)))
    return (lon + 180) / 360 * 2**z * 256, (1 - north / math.pi) / 2 * 2**z * 256


def drawn(z: int, marks: list[tuple[float, float]]) -> dict[tuple[int, int], Image.Image]:
    """Tiles of a pyramid in GCJ-02, with a round blot at the place of each mark (WGS 84)."""
    tiles: dict[tuple[int, int], Image.Image] = {}
    columns, rows = np.meshgrid(np.arange(256) + 0.5, np.arange(256) + 0.5)
    for lon, lat in marks:
        there = (float(one) for one in from_wgs84(lon, lat, GCJ02))
        x, y = world_pixel(*there, z)
        for tile_x in {int((x - 12) // 256), int((x + 12) // 256)}:
            for tile_y in {int((y - 12) // 256), int((y + 12) // 256)}:
                away = (columns + tile_x * 256 - x) ** 2 + (rows + tile_y * 256 - y) ** 2
                blot = np.zeros((256, 256, 4), dtype=np.uint8)
                blot[..., 0] = np.round(255 * np.exp(-away / 2 / 3**2))
                blot[..., 3] = 255
                tiles[tile_x, tile_y] = Image.fromarray(blot)
    return tiles


@pytest.mark.parametrize("z", [4, 8, 11, 14, 16, 18])
@pytest.mark.parametrize(
    ("lon", "lat"), [(119.3, 26.08), (116.45, 39.85), (87.6, 43.8), (109.5, 18.3)]
)
def test_marks_come_to_lie_where_they_belong(z: int, lon: float, lat: float) -> None:
    tiles = drawn(z, [(lon, lat)])
    asked = []

    def fetch(at_z: int, x: int, y: int) -> Image.Image:
        asked.append((x, y))
        return tiles.get((x, y), Image.new("RGBA", (256, 256), (0, 0, 0, 255)))

    column, row = world_pixel(lon, lat, z)
    x, y = int(column // 256), int(row // 256)
    column, row = column - x * 256, row - y * 256
    assert 10 < column < 246, "choose another mark: half of this one is cut off"
    assert 10 < row < 246, "choose another mark: half of this one is cut off"
    made = np.asarray(shifted_tile(z, x, y, fetch))[..., 0].astype(float)
    columns, rows = np.meshgrid(np.arange(256) + 0.5, np.arange(256) + 0.5)
    off = (made * columns).sum() / made.sum() - column, (made * rows).sum() / made.sum() - row
    assert math.hypot(*off) < (0.2 if z > 7 else 0.5)
    assert 1 <= len(asked) <= 4


def test_outside_china_nothing_moves() -> None:
    plain = Image.fromarray(
        np.random.default_rng(1).integers(0, 255, (256, 256, 4), dtype=np.uint8)
    )
    moved = shifted_tile(10, 500, 340, lambda z, x, y: plain)
    assert (np.asarray(moved) == np.asarray(plain)).all()


def test_a_moved_tile_comes_from_the_servers_own(stub: Stub, tmp_path: Path) -> None:
    server = opened(stub, tmp_path, datum="GCJ-02", urls=(stub.url + "/{z}/{x}/{y}",))
    column, row = world_pixel(LON, LAT, 15)
    made = server.tile(15, int(column // 256), int(row // 256))
    assert made is not None
    assert Image.open(io.BytesIO(made)).getpixel((128, 128)) == (200, 30, 30, 255)
    assert 1 < len(stub.asked) <= 4
    before = len(stub.asked)
    server.tile(15, int(column // 256) + 1, int(row // 256))
    assert len(stub.asked) - before <= 2  # its neighbour needs two more at most
