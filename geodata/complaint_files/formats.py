"""A complaints file of any format → one table of text columns, and its geometry if it has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import numpy as np
import pyarrow as pa

from geodata.complaint_files.columns import ColumnNames
from routing.errors import UnusableComplaints

_READERS: Mapping[str, str] = {
    ".csv": "geodata.complaint_files.csv_rows:read_csv",
    ".csv.gz": "geodata.complaint_files.csv_rows:read_csv",
    ".xlsx": "geodata.complaint_files.xlsx:read_xlsx",
    ".parquet": "geodata.complaint_files.spatial:read_parquet",
    ".geojson": "geodata.complaint_files.spatial:read_features",
    ".gpkg": "geodata.complaint_files.spatial:read_features",
}
"""By ending; the module, and the library it needs, is imported only when it is called."""

_OTHER_ENDINGS: Mapping[str, str] = {
    ".xls": "the old Excel format; save it as .xlsx",
    ".et": "a WPS sheet; save it as .xlsx",
    ".zip": "an archive; unpack it first",
    ".tsv": "tab-separated text; name it .csv (the separator is found by looking)",
    ".txt": "plain text; if it is a table, name it .csv (the separator is found by looking)",
    ".json": "JSON; if it is GeoJSON, name it .geojson",
}


@dataclass(frozen=True, kw_only=True)
class Points:
    """The geometry column of a file, one row each."""

    x: np.ndarray
    """float64, in ``crs``; nan where the row has no geometry."""
    y: np.ndarray
    not_a_point: np.ndarray
    """Geometry type by name where a row has one that is no point, else empty."""
    crs: str | None
    """As the file declares it; ``None`` where it does not."""


@dataclass(frozen=True, kw_only=True)
class RawComplaints:
    """What stands in a file, before anything is judged."""

    columns: Mapping[str, pa.Array]
    """Ours by name → string, empty where the cell is; only the columns the file has."""
    rows: int
    points: Points | None = None
    broken: Mapping[int, str] = field(default_factory=dict)
    """Row (from 0) → what is wrong with its shape, in Chinese."""
    notes: tuple[str, ...] = ()
    """What was detected or chosen on the way, to be told to the caller."""


def read_raw(path: Path, names: ColumnNames) -> RawComplaints:
    """Read a file by its ending; UnusableComplaints where it cannot be read at all."""
    ending = ending_of(path)
    if ending not in _READERS:
        what = _OTHER_ENDINGS.get(ending, f"ending {ending!r} is not known")
        raise UnusableComplaints(f"{path}: {what}; shudi reads {', '.join(sorted(_READERS))}")
    if not path.exists():
        raise UnusableComplaints(f"complaints file {str(path)!r} does not exist")
    if path.is_dir():
        raise UnusableComplaints(f"complaints file {str(path)!r} is a folder")
    module, _, function = _READERS[ending].partition(":")
    reader: Callable[[Path, ColumnNames], RawComplaints] = getattr(import_module(module), function)
    try:
        return reader(path, names)
    except OSError as error:
        raise UnusableComplaints(f"cannot read {str(path)!r}: {error.strerror or error}") from error


def ending_of(path: Path) -> str:
    """The ending that decides the format, lower case, ``.csv.gz`` as one."""
    lower = path.name.lower()
    return ".csv.gz" if lower.endswith(".csv.gz") else path.suffix.lower()
