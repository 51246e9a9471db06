"""Without a Chinese face nothing is drawn, and the error names the package; a box is an error."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from maps import fonts
from maps.fonts import MissingGlyph, NoChineseFont

UNASSIGNED = "\U0003fffd"
"""In no font: the code point is not a character."""


def test_an_empty_folder_names_the_package(tmp_path: Path) -> None:
    with pytest.raises(NoChineseFont, match=r"apt-get install fonts-noto-cjk$") as raised:
        fonts.find((tmp_path,))
    assert str(tmp_path) in str(raised.value)
    with pytest.raises(NoChineseFont):
        fonts.prepare((tmp_path, tmp_path / "missing"))


def test_latin_faces_alone_are_not_enough(tmp_path: Path) -> None:
    (tmp_path / "DejaVuSans.ttf").write_bytes(b"not looked into")
    with pytest.raises(NoChineseFont):
        fonts.find((tmp_path,))


def test_the_simplified_face_comes_before_all_others(tmp_path: Path) -> None:
    real = fonts.find().file
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    (folder / "wqy-zenhei.ttc").write_bytes(b"")
    assert fonts.find((tmp_path,)).family == "WenQuanYi Zen Hei"
    shutil.copy(real, folder / "NotoSansCJK-Regular.ttc")
    assert fonts.find((tmp_path,)).family == "Noto Sans CJK SC"
    families = fonts.prepare()
    assert families[0] == "Noto Sans CJK SC"
    assert "DejaVu Sans" in families  # what the Chinese face lacks comes from the next


def test_every_character_we_print_has_a_glyph() -> None:
    printed = "比10月增加56件（+4.8%）≥50−≤–—“”…·①②°′㎡²■●▲▼→骨直门　"
    assert fonts.missing(printed) == ""
    fonts.check([printed])


def test_a_character_without_a_glyph_is_an_error_that_names_it() -> None:
    assert fonts.missing(f"鼓楼{UNASSIGNED}区{UNASSIGNED}") == UNASSIGNED
    with pytest.raises(MissingGlyph, match=r"U\+3FFFD"):
        fonts.check(["鼓楼区", f"某{UNASSIGNED}街"])
