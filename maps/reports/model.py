"""What a report is made of before it becomes a file of any kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

Cell = str | int | float | None
"""``None`` is a value that does not exist; it is printed as a dash and never as zero."""

FORMS = ("text", "word", "count", "share", "rate", "change", "signed")
"""How a column is written: names that may break, short words that do not, and numbers:
1,234 · 12.3% · 4.56 · +4.8% · +56."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    form: str = "text"
    """One of FORMS."""
    wide: bool = False
    """Takes what room the others leave: names."""

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise ValueError(f"column form {self.form!r} is none of {FORMS}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table with its heading; in XLSX each is a sheet."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    total: bool = False
    """Whether the last row is the sum of the others, set apart by a line."""
    most: int = 0
    """Rows shown on pages, the rest being in the XLSX only; 0 shows all."""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.title}: {len(row)} cells for {len(self.columns)} columns")


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A map or chart."""

    png: bytes
    caption: str
    alt: str
    """What somebody who cannot see it has to know; one sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Warn:
    """A sentence that must not be overlooked: missing data, no comparison, few cases."""

    text: str


Block = str | Table | Picture | Warn


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A numbered part: 一、总体情况."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """One figure at the top of the first page."""

    name: str
    value: str
    changes: Sequence[str] = ()
    """``环比 +4.8%``; what cannot be compared says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Everything a report says."""

    kind: str
    """日报, 周报, 月报 or 专报."""
    title: str
    place: str
    """全市, or the jurisdiction's name."""
    period: str
    """In words: ``2026年11月``."""
    days: str
    """``2026年11月1日至11月30日``."""
    made_at: datetime
    as_of: str
    """When the data were read, in words."""
    headlines: Sequence[Headline]
    sections: Sequence[Section]
    notes: Sequence[str]
    """On method, denominators and limits; the last section of every report."""
    limits: str
    """The one sentence at the foot of every page."""

    @property
    def tables(self) -> list[Table]:
        """All tables in order."""
        return [
            block for part in self.sections for block in part.blocks if isinstance(block, Table)
        ]

    @property
    def texts(self) -> list[str]:
        """Every word of it, for looking whether the fonts can draw them."""
        words = [self.title, self.place, self.period, self.days, self.limits, *self.notes]
        for one in self.headlines:
            words += [one.name, one.value, *one.changes]
        for part in self.sections:
            words.append(part.title)
            for block in part.blocks:
                if isinstance(block, str):
                    words.append(block)
                elif isinstance(block, Warn):
                    words.append(block.text)
                elif isinstance(block, Picture):
                    words.append(block.caption)
                else:
                    words += [block.title, block.note, *(one.title for one in block.columns)]
                    words += [cell for row in block.rows for cell in row if isinstance(cell, str)]
        return words


_MOST_BYTES = 180
"""Of a file's name without its ending: systems end at 255, and programs add their own."""
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


def file_name(report_title: str, ending: str) -> str:
    """A file name for every system: nothing that a path means, cut with ``…`` where it is long.

    >>> file_name("鼓楼区/2026年11月诉求月报", "pdf")
    '鼓楼区_2026年11月诉求月报.pdf'
    """
    plain = unicodedata.normalize("NFC", report_title)
    plain = "".join(char for char in plain if unicodedata.category(char)[0] != "C" or char == " ")
    plain = _FORBIDDEN.sub("_", plain).strip(" ._") or "报告"
    if len(plain.encode()) > _MOST_BYTES:
        cut = plain.encode()[: _MOST_BYTES - len("…".encode())].decode(errors="ignore")
        plain = f"{cut.rstrip(' ._')}…"
    return f"{plain}.{ending}"
