"""Places as rows of ``gazetteer_place`` and back, three hundred thousand in seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import shapely
from psycopg import sql
from sqlalchemy import Connection

from geodata.store.copying import copy_in, copy_out
from geodata.tables import SRID
from routing.model import Place, PlaceKind

_COLUMNS = (
    "version_id", "ordinal", "place_id", "name", "kind", "aliases", "road", "number",
    "admin_code", "source", "valid_from", "valid_to", "geom",
)  # fmt: skip
_BETWEEN = "\x1f"  # the unit separator: no name has a control character


def insert_places(connection: Connection, version_id: int, places: Sequence[Place]) -> None:
    """Append the places of a version."""
    copy_in(connection, "gazetteer_place", _COLUMNS, _rows(version_id, places))


def _rows(version_id: int, places: Sequence[Place]) -> Iterator[tuple[Any, ...]]:
    shapes = np.array([place.geometry for place in places] + [None], dtype=object)[:-1]
    hexed = shapely.to_wkb(shapely.set_srid(shapes, SRID), hex=True, include_srid=True)
    for at, (place, geom) in enumerate(zip(places, hexed.tolist(), strict=True)):
        yield (
            version_id, at, place.id, place.name, place.kind.value, list(place.aliases),
            place.road, place.number, place.admin_code, place.source, place.valid_from,
            place.valid_to, geom,
        )  # fmt: skip


_QUERY = """
SELECT place_id, name, kind, array_to_string(aliases, {between}), road, number, admin_code, source,
       valid_from, valid_to, encode(ST_AsBinary(geom), 'hex')
FROM gazetteer_place WHERE version_id = {version} ORDER BY ordinal
"""


def read_rows(connection: Connection, version_id: int) -> bytes:
    """The rows of a version in the file's order, for ``places_of``: to be made into places when
    the transaction has ended, since that takes seconds."""
    query = sql.SQL(_QUERY).format(between=sql.Literal(_BETWEEN), version=sql.Literal(version_id))
    return copy_out(connection, query)


def places_of(data: bytes, learnt: Mapping[str, tuple[str, ...]]) -> list[Place]:
    """The places of ``read_rows``, every double as it was staged.

    ``learnt``: place id → aliases to add, the place's own left as they are.
    """
    if not data:
        return []
    names = [f"f{at}" for at in range(11)]
    table = pacsv.read_csv(
        pa.BufferReader(data),
        read_options=pacsv.ReadOptions(column_names=names, block_size=_block(data)),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    columns = [table.column(name).to_pylist() for name in names[:10]]
    shapes = shapely.from_wkb(table.column("f10").to_numpy()).tolist()
    del table, data
    once: dict[str, str] = {}
    kinds = {kind.value: kind for kind in PlaceKind}
    days: dict[str, date | None] = {"": None}
    for text in {*columns[8], *columns[9]} - {""}:
        days[text] = date.fromisoformat(text)
    places = []
    for id_, name, kind, others, road, number, code, source, begins, ends, shape in zip(
        *columns, shapes, strict=True
    ):
        aliases = tuple(others.split(_BETWEEN)) if others else ()
        if id_ in learnt:
            new = (one for one in learnt[id_] if one != name and one not in aliases)
            aliases = (*aliases, *new)
        places.append(
            Place(
                id=id_,
                name=name,
                kind=kinds[kind],
                geometry=shape,
                aliases=aliases,
                road=once.setdefault(road, road),
                number=number,
                admin_code=once.setdefault(code, code),
                source=once.setdefault(source, source),
                valid_from=days[begins],
                valid_to=days[ends],
            )
        )
    return places


def _block(data: bytes) -> int:
    """Bytes per block: one row has to fit, and a road's or a lake's shape may be long."""
    return min(max(16 << 20, len(data) // 8), 2**31 - 1)
