"""Sizes, colours and type of drawn maps and charts, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routing.errors import UserInputError

MM_PER_INCH = 25.4
PT_PER_MM = 72 / MM_PER_INCH

INK, INK_2, INK_3 = "#1d2733", "#4a5866", "#7b8794"
RULE = "#b9c2cb"
LAND, LAND_OUTSIDE, WATER, ROAD, ROAD_MAIN = "#fbfaf6", "#eef0ee", "#c9dfec", "#ded8cc", "#cdbf9f"
BORDER_THIN, BORDER_THICK, BORDER_BAND = "#8f99a3", "#5b3f6b", "#c7b3d3"
NO_VALUE = "#e6e8ea"
ACCENT, ACCENT_SOFT, COMPARED, WARM = "#1a5fa6", "#dbe8f5", "#9aa7b4", "#c4511a"


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """The paper or screen a picture is for; type is in points, so it stays readable on each."""

    width_mm: float
    height_mm: float
    dpi: int
    tall: bool = False
    """Legend and notes stand below the map instead of beside it."""
    margin_mm: float = 4.0
    fits: bool = False
    """The height follows from the ground and the words; ``height_mm`` is then not used."""
    printed: bool = True
    """A ratio such as 1:50,000 is stated only where millimetres are millimetres."""

    @property
    def inches(self) -> tuple[float, float]:
        """As matplotlib wants them."""
        return self.width_mm / MM_PER_INCH, self.height_mm / MM_PER_INCH


SIZES: Mapping[str, Size] = {
    # 170 mm is the text width of an A4 page with margins of 20 mm; 200 dpi is what an office
    # laser printer shows of flat colour.
    "report": Size(width_mm=170, height_mm=170, dpi=200, tall=True, margin_mm=0.6, fits=True),
    "a4": Size(width_mm=297, height_mm=210, dpi=200),
    "a4_tall": Size(width_mm=210, height_mm=297, dpi=200, tall=True),
    "screen": Size(width_mm=320, height_mm=200, dpi=127, printed=False),  # 1600 x 1000 pixels
    "chart": Size(width_mm=170, height_mm=66, dpi=200),
}


def size_named(name: str) -> Size:
    """Return one of SIZES; UserInputError naming them for another name."""
    if name not in SIZES:
        raise UserInputError(f"picture size {name!r} is unknown; use one of {sorted(SIZES)}")
    return SIZES[name]


def text_mm(text: str, points: float) -> float:
    """How wide one line is drawn, millimetres: a Chinese character is as wide as it is high, a
    digit of Noto Sans 0.555 of that, and Latin letters are about as wide on average."""
    ems = sum(1.0 if ord(char) > 0x2E7F or char in "—…“”‘’" else 0.56 for char in text)
    return ems * points / PT_PER_MM


def wrapped(text: str, points: float, width_mm: float) -> list[str]:
    """Break a text into lines no wider than this.

    Chinese breaks anywhere, but not before closing punctuation and not within a number or a Latin
    word that fits on a line by itself.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if piece == "\n":
            lines.append(line)
            line = ""
        elif line and text_mm(line + piece, points) > width_mm and piece not in _NEVER_FIRST:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
        while text_mm(line, points) > width_mm and len(line) > 1 and line[-1] not in _NEVER_FIRST:
            fits = max(1, int(len(line) * width_mm / text_mm(line, points)))
            if fits >= len(line):
                break
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line] if line or not lines else lines


_NEVER_FIRST = set("，。、；：！？）】》”’%‰）")


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for char in text:
        together = char.isascii() and not char.isspace()
        if together and pieces and pieces[-1][-1].isascii() and not pieces[-1][-1].isspace():
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces
