"""One labelled sentence and the table of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What is said, and everything that is known of it."""

    id: str
    text: str
    expect: str
    """``place`` · ``conflict`` (placed, and the wrong district shown) · ``ambiguous`` (a person
    chooses) · ``outside`` (another city) · ``unlocated`` (there is no such place)."""
    unit: str
    """Codes of the finest areas that are right, ``;`` between where several are equally so; for a
    stretch those of its longest part; empty where there is no place."""
    also_right: str = ""
    """For stretches and areas: the other finest areas touched."""
    true_unit: str = ""
    """Finest areas that have the drawn point; differs from ``unit`` for stretches only."""
    lon: str = ""
    """Of the true point, WGS 84 degrees to 1e-7."""
    lat: str = ""
    tolerance_m: str = ""
    """Empty: the reader's own radius is judged."""
    structure: str = ""
    noise: str = ""
    """Names of what was done to the sentence, ``;`` between."""
    place_ids: str = ""
    stated_district: str = ""
    """The district in the words, right or wrong."""
    ordinary: bool = True
    """Without extreme noise, and not only a road or an area: should be routed."""
    seed: str = ""


COLUMNS = tuple(field.name for field in fields(Row))


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """CSV in UTF-8, one line a row; ``ordinary`` as 1 or 0."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            values = [getattr(row, name) for name in COLUMNS]
            writer.writerow([int(v) if isinstance(v, bool) else v for v in values])
