"""Cells of single columns: what a kind, a day, a code, an alias or a number may look like."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geodata.findings import Severity
from geodata.gazetteer_files.days import read_day
from geodata.gazetteer_files.row_notes import RowNotes, shown
from geodata.gazetteer_files.shape_columns import Mask
from routing.model import PlaceKind

Texts = npt.NDArray[Any]
"""Trimmed texts of one column, empty where the cell is."""

KIND_NAMES = {
    "道路": PlaceKind.ROAD, "门牌": PlaceKind.ADDRESS, "门牌号": PlaceKind.ADDRESS,
    "地址": PlaceKind.ADDRESS, "小区": PlaceKind.COMPOUND, "楼栋": PlaceKind.BUILDING,
    "建筑物": PlaceKind.BUILDING, "兴趣点": PlaceKind.POI, "公交站": PlaceKind.STOP,
    "出入口": PlaceKind.GATE, "大门": PlaceKind.GATE, "灯杆": PlaceKind.POLE,
    "路口": PlaceKind.JUNCTION, "自然村": PlaceKind.VILLAGE, "行政区": PlaceKind.ADMIN,
    "河流": PlaceKind.WATER, "水系": PlaceKind.WATER,
}  # fmt: skip
"""Kinds as Chinese registers print them, besides the contract's words."""

MOST_NAME = 100
"""Characters of a name, alias, road or id. The longest standard address of the 2,985 of the
address-element corpus has 62; a cell beyond a hundred holds a sentence, not a name."""

# C0 and C1 controls, zero-width and direction marks, and what stands for bytes that were no
# character: a name with one is never found.
_CONTROL = (
    r"[\x00-\x1f\x7f-\x{9f}\x{ad}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{2069}"
    r"\x{feff}\x{fffd}]"
)
_IN_PYTHON = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufffd]"
)
_SEPARATORS = re.compile(r"[;；|｜\x1f]")
_NUMBER = re.compile(r"^(.*[0-9A-Za-z])\s*号?$")


def usable_words(texts: dict[str, Texts], notes: RowNotes) -> Mask:
    """Where id, name, road and number are usable texts."""
    good = np.ones(len(texts["place_id"]), dtype=bool)
    for name, code, what in (
        ("place_id", "missing_place_id", "place_id"),
        ("name", "missing_name", "名称"),
    ):
        empty = texts[name] == ""
        notes.rows(code, empty, f"没有{what}", f"补上 {name}")
        good &= ~empty
    for name in ("place_id", "name", "road", "number"):
        column = pa.array(texts[name], pa.string())
        hidden = _mask(pc.match_substring_regex(column, _CONTROL))
        notes.rows(
            "bad_text",
            hidden,
            f"的 {name}{{}}含控制字符或乱码",
            f"改正 {name} 的文字或文件编码后重新导出",
            texts[name],
        )
        long = _mask(pc.greater(pc.utf8_length(column), MOST_NAME)) & ~hidden
        notes.rows(
            "bad_text",
            long,
            f"的 {name}{{}}超过 {MOST_NAME} 个字",
            f"{name} 只写名称本身，说明文字移到其他列",
            texts[name],
        )
        good &= ~hidden & ~long
    return good


def _mask(values: pa.Array) -> Mask:
    out: Mask = values.to_numpy(zero_copy_only=False)
    return out


def kinds_of(texts: Texts, notes: RowNotes) -> list[PlaceKind | None]:
    """The kind of each row, ``None`` where it is none; that is noted."""
    known: dict[str, PlaceKind | None] = {}
    for text in set(texts.tolist()):
        plain = text.strip().lower()
        known[text] = KIND_NAMES.get(plain) or next(
            (kind for kind in PlaceKind if kind.value == plain), None
        )
    out = [known[text] for text in texts.tolist()]
    advice = f"kind 须为 {'、'.join(PlaceKind)} 之一"
    wrong = np.array([kind is None for kind in out], dtype=bool)
    notes.rows("unknown_kind", wrong & (texts == ""), "没有写明类别 kind", advice)
    notes.rows("unknown_kind", wrong & (texts != ""), "的类别{}无法识别", advice, texts)
    return out


def days_of(
    starts: Texts, ends: Texts, notes: RowNotes
) -> tuple[list[date | None], list[date | None], Mask]:
    """First and last day of each row, and where both can be read and are in order."""
    good = np.ones(len(starts), dtype=bool)
    read: list[list[date | None]] = []
    for name, texts, last in (("valid_from", starts, False), ("valid_to", ends, True)):
        known: dict[str, date | None] = {}
        wrong: set[str] = set()
        for text in set(texts.tolist()):
            try:
                known[text] = read_day(text, last=last)
            except ValueError:
                wrong.add(text)
        if wrong:
            bad = np.array([text in wrong for text in texts.tolist()], dtype=bool)
            notes.rows("bad_date", bad, f"的 {name}{{}}不是日期", f"{name} 写作 2008-05-01", texts)
            good &= ~bad
        read.append([known.get(text) for text in texts.tolist()])
    for at, (begin, end) in enumerate(zip(*read, strict=True)):
        if begin is not None and end is not None and end < begin:
            good[at] = False
            notes.row(
                "bad_date", at, f"的 valid_to {end} 早于 valid_from {begin}", "核对启用和停用日期"
            )
    return read[0], read[1], good


_CODE = re.compile(r"[0-9A-Za-z_-]{1,20}")


def codes_of(texts: Texts, notes: RowNotes) -> list[str]:
    """Administrative codes; one that a spreadsheet has rounded is dropped and told."""
    fine = {text: text for text in set(texts.tolist()) if not text or _CODE.fullmatch(text)}
    rounded = np.array([text not in fine for text in texts.tolist()], dtype=bool)
    notes.rows(
        "bad_admin_code",
        rounded,
        "的行政编码{}不可用，按未知载入",
        "admin_code 以文本保存，最多 12 位数字；表格软件会把长数字改写成 3.50102E+11",
        texts,
        Severity.WARNING,
    )
    return [fine.get(text, "") for text in texts.tolist()]


def aliases_of(texts: Texts, names: Texts, good: Mask, notes: RowNotes) -> list[tuple[str, ...]]:
    """The aliases of each row, without its own name and without what cannot be one."""
    known: dict[str, tuple[str, ...]] = {"": ()}
    out = []
    for at, (text, name) in enumerate(zip(texts.tolist(), names.tolist(), strict=True)):
        split = known.get(text)
        if split is None:
            parts = dict.fromkeys(part.strip() for part in _SEPARATORS.split(text))
            split = known[text] = tuple(part for part in parts if part)
        if name in split:
            split = tuple(part for part in split if part != name)
        if split and not all(_usable(part) for part in split):
            if good[at]:
                bad = next(part for part in split if not _usable(part))
                notes.row(
                    "bad_alias",
                    at,
                    f"的别名{shown(bad)}含控制字符、乱码或超过 {MOST_NAME} 个字，未载入",
                    "别名之间用分号隔开，只写名称",
                    Severity.WARNING,
                )
            split = tuple(part for part in split if _usable(part))
        out.append(split)
    return out


def _usable(alias: str) -> bool:
    return len(alias) <= MOST_NAME and not _IN_PYTHON.search(alias)


def number_of(text: str) -> str:
    """A number as written, without a 号 at its end: ``59号`` is ``59``."""
    return text if not text.endswith("号") else (m[1] if (m := _NUMBER.match(text)) else text)
