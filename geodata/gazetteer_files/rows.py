"""Rows of texts and shapes → places; a row that cannot be used is noted and left out."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow.compute as pc
import shapely

from geodata.findings import Finding
from geodata.gazetteer_files.cells import (
    Texts,
    aliases_of,
    codes_of,
    days_of,
    kinds_of,
    number_of,
    usable_words,
)
from geodata.gazetteer_files.columns import COLUMNS
from geodata.gazetteer_files.declaration import GazetteerSource
from geodata.gazetteer_files.formats import RawPlaces
from geodata.gazetteer_files.placed import placed
from geodata.gazetteer_files.row_notes import RowNotes
from geodata.gazetteer_files.shape_columns import Mask
from routing.model import Place, PlaceKind


def read_rows(
    raw: RawPlaces, source: GazetteerSource, seen: set[str]
) -> tuple[list[Place], list[Finding]]:
    """The places of one table in its order, and what was found; ``seen`` are ids used already.

    Raises UndeclaredCrs and UnknownCrs where the whole table cannot be placed.
    """
    texts = {name: _texts(raw, name) for name in COLUMNS if name in raw.columns or name in _ALWAYS}
    ids, names, kinds = texts["place_id"], texts["name"], texts["kind"]
    notes = RowNotes(source.name, raw.label, raw.first_row, ids)
    good = np.ones(raw.rows, dtype=bool)
    for at, why in raw.broken.items():
        good[at] = False
        notes.row("bad_row", at, f"不能读取：{why}", "改正该行的格数和引号")
        notes.silence(at)
    shapes = placed(raw, source, [code or None for code in texts["admin_code"].tolist()], notes)
    good &= ~shapely.is_missing(shapes)
    good &= usable_words(texts, notes)
    kind_of = kinds_of(kinds, notes)
    good &= np.array([kind is not None for kind in kind_of], dtype=bool)
    begins, ends, dated = days_of(texts["valid_from"], texts["valid_to"], notes)
    good &= dated
    _duplicates(ids, good, seen, notes)
    codes = codes_of(texts["admin_code"], notes)
    aliases = aliases_of(texts["aliases"], names, good, notes)
    numbers = [number_of(text) for text in texts["number"].tolist()]
    columns: tuple[list[Any], ...] = (
        ids.tolist(), names.tolist(), kind_of, shapes.tolist(), aliases, _shared(texts["road"]),
        numbers, codes, _shared(texts["source"]), begins, ends,
    )  # fmt: skip
    rows = zip(good.tolist(), *columns, strict=True)
    places = [_place(*row) for usable, *row in rows if usable]
    return places, list(notes.findings())


def _place(
    id_: str,
    name: str,
    kind: PlaceKind,
    geometry: Any,
    aliases: tuple[str, ...],
    road: str,
    number: str,
    admin_code: str,
    source: str,
    valid_from: date | None,
    valid_to: date | None,
) -> Place:
    return Place(
        id=id_,
        name=name,
        kind=kind,
        geometry=geometry,
        aliases=aliases,
        road=road,
        number=number,
        admin_code=admin_code,
        source=source,
        valid_from=valid_from,
        valid_to=valid_to,
    )


_ALWAYS = (
    "place_id", "name", "kind", "aliases", "road", "number", "admin_code", "source", "valid_from",
    "valid_to",
)  # fmt: skip
_CODES = ("place_id", "number", "admin_code")  # what a spreadsheet makes 59.0 of 59


def _texts(raw: RawPlaces, name: str) -> Texts:
    column = raw.columns.get(name)
    if column is None:
        return np.full(raw.rows, "", dtype=object)
    if name in _CODES:
        column = pc.replace_substring_regex(column, r"^(\d+)\.0+$", r"\1")
    texts: Texts = column.to_numpy(zero_copy_only=False)
    return texts


def _duplicates(ids: Texts, good: Mask, seen: set[str], notes: RowNotes) -> None:
    """The first usable row of an id stays."""
    for at, id_ in enumerate(ids.tolist()):
        if not good[at]:
            continue
        if id_ in seen:
            good[at] = False
            notes.row(
                "duplicate_place_id",
                at,
                "的 place_id 已在前面用过，本行未载入",
                "每个地名一个编号：删去重复的行，或另编号；又名写在 aliases 列",
            )
        seen.add(id_)


def _shared(texts: Texts) -> list[str]:
    """The same texts, each once in memory."""
    once: dict[str, str] = {}
    return [once.setdefault(text, text) for text in texts.tolist()]
