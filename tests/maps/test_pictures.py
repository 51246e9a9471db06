"""Maps as pictures: what they always say, what is drawn, and what odd data do to them."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import shapely
from PIL import Image

from maps.counts import Unlocated
from maps.drawing import style
from maps.drawing.frame import bar_length_m, frame_on, length_words
from maps.drawing.parts import NOT_THE_TROUBLE, datum_words
from maps.drawing.style import SIZES, text_mm, wrapped
from maps.fonts import MissingGlyph
from maps.model import Areas
from maps.pictures import (
    AreaLayer,
    CellLayer,
    Key,
    Notes,
    PointLayer,
    ShapeLayer,
    SurfaceLayer,
    draw_map,
)
from routing.errors import UserInputError
from routing.model import JurisdictionLevel
from tests.maps import report_city

pytestmark = pytest.mark.usefixtures("small_pictures")

CITY = report_city.hierarchy(districts=2, subdistricts=3, communities=3)
COMMUNITIES = CITY[JurisdictionLevel.COMMUNITY]
KEY = Key(title="诉求（件）", colours=("#ffeda0", "#f03b20"), labels=("少", "多"), counted="个")
NOTES = Notes(
    period="2026年11月1日至11月30日",
    located=960,
    total=1000,
    unlocated=[Unlocated(code="1", name="鼓楼区", n=40, total=1000)],
    method=["方法 按社区计数"],
    version="界线@2026",
    crs="EPSG:4549",
)


def _areas(**changes: Any) -> AreaLayer:
    places = np.arange(len(COMMUNITIES)) % 2
    return AreaLayer(**{"areas": COMMUNITIES, "places": places, "key": KEY, **changes})


def _image(png: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def _has(picture: np.ndarray[Any, Any], colour: str) -> int:
    """Pixels of exactly this colour."""
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return int((picture == wanted).all(axis=2).sum())


def _said(monkeypatch: pytest.MonkeyPatch, **given: Any) -> list[str]:
    """Every text that a map draws."""
    from matplotlib.text import Text

    texts: list[str] = []
    draw = Text.draw

    def seen(self: Text, *args: Any, **kwargs: Any) -> None:
        if self.get_visible() and self.get_text():
            texts.append(self.get_text())
        draw(self, *args, **kwargs)

    monkeypatch.setattr(Text, "draw", seen)
    draw_map(**{"title": "诉求", "layers": [_areas()], "notes": NOTES, **given})
    return texts


def test_every_map_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = _said(monkeypatch, title="诉求数量", outlines=COMMUNITIES)
    whole = "".join(texts)
    for words in (
        "诉求数量",
        NOTES.period,
        "诉求 1,000 件，上图 960 件（96.0%）",
        "鼓楼区",
        "4.0%（40/1,000）",
        "方法 按社区计数",
        "界线@2026",
        "EPSG:4549",
        NOT_THE_TROUBLE,
        "北",
        "社区（村）界",
    ):
        assert words in whole
    assert re.search(r"\d+(米|公里)", whole)


def test_classes_are_drawn_in_their_colours_and_hatched_ones_are_not() -> None:
    plain = _image(draw_map(title="图", layers=[_areas()], notes=NOTES))
    assert _has(plain, "#ffeda0") > 300
    assert _has(plain, "#f03b20") > 300
    hatched = _areas(hatched=np.asarray(_areas().places) == 1)
    few = _image(draw_map(title="图", layers=[hatched], notes=NOTES))
    assert _has(few, "#f03b20") < _has(plain, "#f03b20") / 10  # the key alone has it
    assert _has(few, "#ffeda0") > 300


def test_the_key_counts_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    n = len(COMMUNITIES)
    places = np.zeros(n, dtype=int)
    places[0], places[1] = 1, -1
    hatched = np.zeros(n, dtype=bool)
    hatched[2] = True
    texts = _said(monkeypatch, layers=[_areas(places=places, hatched=hatched)])
    assert [one for one in texts if one.endswith("个")] == [f"{n - 3}个", "1个", "1个", "1个"]
    assert {"无数据", "数量过少，不公布"} <= set(texts)


def test_no_name_lies_over_another(monkeypatch: pytest.MonkeyPatch) -> None:
    from maps.drawing import labels

    boxes: list[list[labels.Box]] = []
    draw = labels.draw_names

    def seen(axes: Any, frame: Any, areas: Areas, **given: Any) -> int:
        drawn = draw(axes, frame, areas, **given)
        boxes.append(given["taken"])
        assert all(box[0] >= 0 and box[2] <= frame.width_pt for box in given["taken"][2:])
        return drawn

    monkeypatch.setattr("maps.pictures.draw_names", seen)
    many = report_city.hierarchy(districts=2, subdistricts=6, communities=8)
    draw_map(title="图", layers=[], notes=NOTES, names=many[JurisdictionLevel.COMMUNITY])
    (taken,) = boxes
    assert len(taken) > 20
    shapes = [shapely.box(*box) for box in taken]
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (pairs[0] == pairs[1]).all()


def test_all_kinds_of_layers_in_all_sizes() -> None:
    middles = COMMUNITIES.middles
    ring = np.array([[-250.0, -250.0], [250.0, -250.0], [250.0, 250.0], [-250.0, 250.0]])
    west, south, east, north = shapely.total_bounds(COMMUNITIES.shapes)
    layers = [
        SurfaceLayer(
            places=np.arange(12).reshape(3, 4) % 3 - 1,
            extent_m=(west, south, east, north),
            key=KEY,
        ),
        CellLayer(
            x_m=middles[:, 0],
            y_m=middles[:, 1],
            ring=ring,
            places=np.arange(len(middles)) % 3 - 1,
            key=KEY,
        ),
        PointLayer(x_m=middles[:3, 0], y_m=middles[:3, 1], label="堆积点", colour="#00ff00"),
        ShapeLayer(
            shapes=np.array([shapely.Point(middles[0]).buffer(900)], dtype=object),
            texts=("聚集区1",),
            label="聚集区",
        ),
    ]
    for name in ("report", "screen"):
        size = style.SIZES[name]
        picture = _image(
            draw_map(
                title="图",
                layers=layers,
                notes=NOTES,
                outlines=COMMUNITIES,
                borders=CITY[JurisdictionLevel.DISTRICT],
                ground=report_city.ground(),
                size=name,
            )
        )
        assert abs(picture.shape[1] - size.inches[0] * size.dpi) <= 1
        assert _has(picture, "#00ff00") > 1


def test_nothing_to_draw_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = Areas(
        level=JurisdictionLevel.COMMUNITY,
        codes=(),
        names=(),
        parents=(),
        shapes=np.array([], dtype=object),
        version="",
    )
    nothing = Notes(period="2026年", located=0, total=0)
    texts = _said(
        monkeypatch,
        layers=[_areas(areas=empty, places=np.array([], dtype=int))],
        notes=nothing,
        outlines=empty,
        names=empty,
    )
    assert "无可上图的内容" in texts
    assert "诉求 0 件，上图 0 件" in texts


def test_one_place_is_shown_with_its_surroundings() -> None:
    layer = PointLayer(x_m=np.array([5.0]), y_m=np.array([5.0]), label="点", colour="#00ff00")
    assert _has(_image(draw_map(title="图", layers=[layer], notes=NOTES)), "#00ff00") > 1


def test_a_title_of_300_characters_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = _said(monkeypatch, title="很长的标题" * 60)
    title = next(one for one in texts if one.startswith("很长"))
    assert title.endswith("…")
    assert text_mm(title, 8.0) <= SIZES["report"].width_mm


def test_a_missing_glyph_fails_instead_of_a_box() -> None:
    # pytest turns matplotlib's warning into an error; the check says it beforehand.
    from maps import fonts

    with pytest.raises((UserWarning, MissingGlyph), match=r"[Gg]lyph"):
        draw_map(title="图\U0003fffd", layers=[], notes=NOTES)
    with pytest.raises(MissingGlyph):
        fonts.check(["图\U0003fffd"])


def test_threads_draw_the_same_picture() -> None:
    def draw(_: int) -> bytes:
        return draw_map(title="图", layers=[_areas()], notes=NOTES, names=COMMUNITIES)

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(draw, range(3)))) == 1


def test_svg_and_what_is_neither() -> None:
    svg = draw_map(title="图", layers=[_areas()], notes=NOTES, form="svg")
    assert b"<svg" in svg
    assert b"<script" not in svg
    with pytest.raises(UserInputError, match="gif"):
        draw_map(title="图", layers=[], notes=NOTES, form="gif")
    with pytest.raises(UserInputError, match=r"poster.*report"):
        draw_map(title="图", layers=[], notes=NOTES, size="poster")


def test_the_bar_is_round_and_at_most_a_quarter() -> None:
    for metres in (150.0, 3_333.0, 12_000.0, 410_000.0):
        frame = frame_on(SIZES["a4"], (0.0, 0.0, metres, metres))
        bar = bar_length_m(frame)
        assert bar <= frame.width_mm * frame.metres_per_mm / 4 < bar * 2.6
        assert str(bar)[0] in "125"
    assert [length_words(one) for one in (500, 1000, 20_000)] == ["500米", "1公里", "20公里"]


def test_the_ground_is_not_distorted_and_lies_inside() -> None:
    frame = frame_on(SIZES["screen"], (1000.0, 2000.0, 9000.0, 4000.0))
    west, south, east, north = frame.extent_m
    assert west < 1000 < 9000 < east
    assert south < 2000 < 4000 < north
    assert frame.to_pt(*frame.to_m(10.0, 20.0)) == pytest.approx((10.0, 20.0))
    assert (east - west) / frame.width_mm == pytest.approx((north - south) / frame.height_mm)


def test_text_breaks_where_chinese_may() -> None:
    for text in ("统计时段内的诉求，按受理时间。", "EPSG:4549（中央经线120°E）", "一" * 50):
        rows = wrapped(text, 7.0, 20.0)
        assert "".join(rows).replace(" ", "") == text.replace(" ", "")
        assert all(text_mm(row.rstrip("，。、）"), 7.0) <= 20.0 for row in rows)
        assert not any(row[0] in "，。、）" for row in rows if row)


def test_the_datum_is_named() -> None:
    assert "中央经线117°E" in datum_words("EPSG:4548")
    assert datum_words("EPSG:32650") == "EPSG:32650"
