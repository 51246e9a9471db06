"""The corpus of hand-written sentences, worked out from what its writer meant.

``sentences_source.txt`` holds, line by line, ``pattern|relation|text|note``; relations are those
of ``sentence_relations``. This module turns it into ``sentences.csv`` over the generated city:

    .venv/bin/python -m tests.acceptance.sentence_truth

A line may begin its relation with ``!conflict`` (located, and the wrong district is told), or be
``!ambiguous``, ``!outside`` or ``!unlocated`` alone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely

from geodata.demo.partition import City, build_city, to_degrees
from tests.acceptance.sentence_relations import Meant, Truth

SOURCE = Path(__file__).with_name("sentences_source.txt")
CORPUS = Path(__file__).with_name("sentences.csv")
COLUMNS = (
    "id", "text", "expect", "unit", "lon", "lat", "tolerance_m", "geometry", "pattern", "note",
)  # fmt: skip
NOWHERE = ("ambiguous", "outside", "unlocated")


def rows(city: City) -> Iterator[dict[str, str]]:
    """The corpus, one dictionary a sentence; raises LookupError with the line that is wrong."""
    truth = Truth(city)
    count: dict[str, int] = {}
    for line in SOURCE.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern, relation, text, *note = line.split("|")
        count[pattern] = count.get(pattern, 0) + 1
        row = dict.fromkeys(COLUMNS, "") | {
            "id": f"{pattern}-{count[pattern]:02d}", "text": text, "pattern": pattern,
            "note": note[0] if note else "", "expect": "place",
        }  # fmt: skip
        if relation.startswith("!"):
            row["expect"], _, relation = relation[1:].partition(" ")
        if row["expect"] not in NOWHERE:
            try:
                row |= _place_cells(truth, truth.meant(relation))
            except LookupError as wrong:
                raise LookupError(f"{line}: {wrong}") from None
        yield row


def _place_cells(truth: Truth, meant: Meant) -> dict[str, str]:
    degrees = shapely.transform(meant.shape, to_degrees)
    point = degrees.geom_type == "Point"
    rounded = shapely.transform(degrees.simplify(1e-6), lambda xy: np.round(xy, 6))
    return {
        "unit": ";".join(truth.units(meant)),
        "lon": f"{degrees.x:.7f}" if point else "",
        "lat": f"{degrees.y:.7f}" if point else "",
        "tolerance_m": f"{meant.tolerance_m:.0f}",
        "geometry": "" if point else shapely.to_wkt(rounded, rounding_precision=6),
    }


def write() -> None:
    """``sentences.csv`` anew."""
    found = list(rows(build_city()))
    with CORPUS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)


if __name__ == "__main__":
    write()
