"""Decisions as columns → CSV, XLSX, GeoJSON or Parquet, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata.whole_file import check_writable, whole_file
from routing.errors import UnwritableOutput

DECIMALS: Mapping[str, int | None] = {
    "id": None,
    "status": None,
    "unit_code": None,
    "unit_name": None,
    "co_units": None,
    "fallback_unit": None,
    "district_code": None,
    "subdistrict_code": None,
    "community_code": None,
    "grid_code": None,
    "overlay_codes": None,
    "confidence": 4,
    "share": 4,
    "runner_up_unit": None,
    "runner_up_share": 4,
    "edge_distance_m": 1,
    "reasons": None,
    "lon": 7,  # a centimetre
    "lat": 7,
    "radius_m": 1,
    "precision": None,
    "place_id": None,
    "matched_text": None,
    "reading": None,
    "basis": None,
    "boundary_version": None,
    "gazetteer_version": None,
    "rules_version": None,
}
"""The columns in the contract's order; ``None`` for text, else decimals kept."""

_WRITERS: Mapping[str, str] = {
    ".csv": "geodata.decision_files.text:write_csv",
    ".geojson": "geodata.decision_files.text:write_geojson",
    ".xlsx": "geodata.decision_files.xlsx:write_xlsx",
    ".parquet": "geodata.decisions:write_parquet",
}


def check_output(path: Path) -> None:
    """Raise UnwritableOutput where decisions could not be written, before any work is done."""
    if path.suffix.lower() not in _WRITERS:
        raise UnwritableOutput(
            f"output {str(path)!r}: ending {path.suffix!r} is not known; "
            f"use one of {', '.join(_WRITERS)}"
        )
    check_writable(path)


def write_decisions(path: Path, columns: Mapping[str, np.ndarray], *, bom: bool = False) -> None:
    """Write one row per decision in the order given; the format goes by the ending.

    ``columns`` holds each column of ``DECIMALS``: objects of text (``None`` is empty) or float64
    (nan is empty). ``bom`` marks CSV as UTF-8 for old spreadsheet programs. Text that a
    spreadsheet would run as a formula leaves as text: CSV with an apostrophe before it, XLSX as a
    text cell. Raises UnwritableOutput; the old file then stays.
    """
    check_output(path)
    module, _, function = _WRITERS[path.suffix.lower()].partition(":")
    write: Callable[[pa.Table, BinaryIO], None] = getattr(import_module(module), function)
    table = decision_table(columns)
    with whole_file(path) as file:
        if bom and path.suffix.lower() == ".csv":
            file.write(b"\xef\xbb\xbf")
        write(table, file)


def decision_table(columns: Mapping[str, np.ndarray]) -> pa.Table:
    """The columns in order: text never null, numbers rounded, null where empty."""
    missing = DECIMALS.keys() - columns.keys()
    if missing:
        raise ValueError(f"decision columns missing: {', '.join(sorted(missing))}")
    arrays = []
    for name, decimals in DECIMALS.items():
        if decimals is None:
            values = pa.array(columns[name], pa.large_string(), from_pandas=True)
            arrays.append(pc.fill_null(values, ""))
        else:
            rounded = np.round(columns[name].astype(np.float64), decimals)
            # inf stands for "farther than was looked", which no format can say
            finite = np.where(np.isfinite(rounded), rounded, np.nan)
            arrays.append(pa.array(finite, from_pandas=True))
    return pa.table(arrays, names=list(DECIMALS))


def write_parquet(table: pa.Table, file: BinaryIO) -> None:
    """Plain Parquet: the place stands in ``lon`` and ``lat``."""
    import pyarrow.parquet as pq

    pq.write_table(table.cast(_narrow(table.schema)), file)


def _narrow(schema: pa.Schema) -> pa.Schema:
    """``string`` is read by more programs than ``large_string``."""
    text = pa.string()
    return pa.schema(
        (field.name, text if pa.types.is_large_string(field.type) else field.type)
        for field in schema
    )
