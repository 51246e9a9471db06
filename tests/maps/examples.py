"""Published examples and small lattices that several tests of the statistics share."""

from __future__ import annotations

import csv
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libpysal
import numpy as np

from maps.model import Floats
from maps.weights import Weights, cells, from_pairs

FIXTURES = Path(__file__).with_name("fixtures")


@dataclass(frozen=True, kw_only=True)
class Carolina:
    """The 100 counties of ``fixtures/nc_sids.csv`` with the neighbours of Cressie and Read."""

    names: list[str]
    columns: dict[str, Floats]
    weights: Weights
    expected: dict[str, Floats]


def carolina() -> Carolina:
    def read(name: str) -> list[dict[str, str]]:
        with (FIXTURES / name).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    rows, expected = read("nc_sids.csv"), read("nc_expected.csv")
    names = [row["name"] for row in rows]
    at = {name: place for place, name in enumerate(names)}
    pairs = [
        (at[row["name"]], at[other])
        for row in read("nc_neighbours.csv")
        for other in row["neighbours"].split(";")
        if other
    ]
    left, right = np.array(pairs).T
    numbers = [key for key in rows[0] if key != "name"]
    return Carolina(
        names=names,
        columns={key: np.array([float(row[key]) for row in rows]) for key in numbers},
        weights=from_pairs(len(rows), left, right, about="Cressie–Read 1985"),
        expected={
            key: np.array([float(row[key]) for row in expected])
            for key in expected[0]
            if key != "name"
        },
    )


def shipped(weights: str, table: str, *names: str) -> tuple[Any, Weights, list[Floats]]:
    """A neighbour file and columns that libpysal ships: its own weights, ours, the columns."""
    with closing(libpysal.io.open(libpysal.examples.get_path(weights))) as file:
        theirs = file.read()
    at = {name: place for place, name in enumerate(theirs.id_order)}
    pairs = [(at[one], at[other]) for one in at for other in theirs.neighbors[one]]
    left, right = np.array(pairs).T
    return theirs, from_pairs(len(at), left, right, about=weights), columns(table, *names)


def columns(table: str, *names: str) -> list[Floats]:
    """Columns of a table that libpysal ships."""
    with closing(libpysal.io.open(libpysal.examples.get_path(table))) as file:
        return [np.asarray(file.by_col(name), dtype=np.float64) for name in names]


def lattice(side: int) -> Weights:
    """``side`` × ``side`` cells, row by row."""
    return cells(np.argwhere(np.ones((side, side))))
