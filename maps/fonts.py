"""The Chinese faces that pictures and reports are set in, and what a text lacks in them.

matplotlib draws an empty box for a character it has no glyph for and only warns; Pango, under
WeasyPrint, does not even warn. So the faces are looked for before anything is drawn, and
``missing`` says beforehand which characters would become boxes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import matplotlib
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from routing.errors import ShudiError

PACKAGE = "fonts-noto-cjk"
"""The Debian and Ubuntu package with the faces below."""

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts").expanduser(),
    Path("~/.fonts").expanduser(),
)
"""Where fontconfig looks on Debian; PDF reports find their faces through it."""

_SANS = (
    # Family to ask for, and the file names it comes in. Simplified Chinese first: with the
    # Japanese face 骨, 直 and 门 take Japanese shapes.
    ("Noto Sans CJK SC", "NotoSansCJK-Regular.ttc"),
    ("Noto Sans CJK SC", "NotoSansCJKsc-Regular.otf"),
    ("Noto Sans SC", "NotoSansSC-Regular.otf"),
    ("Noto Sans SC", "NotoSansSC-Regular.ttf"),
    ("Source Han Sans SC", "SourceHanSansSC-Regular.otf"),
    ("Source Han Sans CN", "SourceHanSansCN-Regular.otf"),
    ("WenQuanYi Zen Hei", "wqy-zenhei.ttc"),
)
_LAST = ("Noto Sans CJK JP", "DejaVu Sans")
"""Asked for what the first face lacks; DejaVu comes with matplotlib."""


class NoChineseFont(ShudiError):
    """No face with Chinese glyphs is installed; the message names the package that brings one."""


class MissingGlyph(ShudiError):
    """A text has characters that no installed face can draw."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """One installed face with Chinese glyphs."""

    family: str
    """As matplotlib, fontconfig and CSS know it."""
    file: Path
    """The regular weight; bold lies beside it or is not installed."""


def find(folders: Sequence[Path] = FOLDERS) -> Face:
    """Return the best face for simplified Chinese below these folders.

    Raises NoChineseFont, which names the package to install, where there is none.
    """
    there = {path.name: path for folder in folders for path in _font_files(folder)}
    for family, file in _SANS:
        if file in there:
            return Face(family=family, file=there[file])
    looked = ", ".join(str(folder) for folder in folders)
    raise NoChineseFont(
        f"no Chinese font below {looked}; pictures and reports would show boxes instead of "
        f"words: install it with: apt-get install {PACKAGE}"
    )


def _font_files(folder: Path) -> Iterable[Path]:
    if not folder.is_dir():
        return ()
    return (
        Path(where) / name
        for where, _, names in os.walk(folder, followlinks=True)
        for name in names
        if name.lower().endswith((".ttc", ".otf", ".ttf"))
    )


_registering = threading.Lock()


@lru_cache(maxsize=4)
def prepare(folders: Sequence[Path] = FOLDERS) -> tuple[str, ...]:
    """Make matplotlib draw Chinese, once per process; return the families it asks in turn.

    The families hold per glyph: what the first lacks comes from the next. Sets matplotlib's
    default family, which nothing else in this program sets. Raises NoChineseFont.
    """
    face = find(folders)
    manager = font_manager.fontManager
    with _registering:
        for file in (face.file, face.file.with_name(face.file.name.replace("Regular", "Bold"))):
            # The list is cached between runs and may be older than the font.
            known = any(Path(entry.fname) == file for entry in manager.ttflist)
            if file.exists() and not known:
                manager.addfont(file)
        names = {entry.name for entry in manager.ttflist}
        families = tuple(name for name in (face.family, *_LAST) if name in names)
        matplotlib.rcParams["font.family"] = list(families)
    return families


@lru_cache(maxsize=4)
def _drawable(folders: Sequence[Path]) -> frozenset[int]:
    """Code points that any of the families has a glyph for."""
    wanted, seen = prepare(folders), set[str]()
    found: set[int] = set()
    for entry in font_manager.fontManager.ttflist:
        if entry.name in wanted and entry.fname not in seen:
            seen.add(entry.fname)  # the faces of a Noto collection have the same characters
            found.update(FT2Font(entry.fname).get_charmap())
    return frozenset(found)


def missing(text: str, folders: Sequence[Path] = FOLDERS) -> str:
    """Return the characters of a text that would be drawn as boxes, each once, in order.

    >>> missing("11月受理诉求 1,234 件（+4.8%）")
    ''
    """
    have = _drawable(folders)
    return "".join(
        char for char in dict.fromkeys(text) if ord(char) not in have and not char.isspace()
    )


def check(texts: Iterable[str], folders: Sequence[Path] = FOLDERS) -> None:
    """Raise MissingGlyph where any of the texts has a character that no face can draw."""
    lacking = missing("".join(texts), folders)
    if lacking:
        named = ", ".join(f"{char} (U+{ord(char):04X})" for char in lacking[:12])
        raise MissingGlyph(
            f"no installed font has a glyph for {named}; install one that does, for rare "
            "characters for example: apt-get install fonts-noto-cjk-extra fonts-hanazono"
        )
