"""The complaints of the demonstration as the tests read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import shapely

from geodata.demo.partition import to_metres


@dataclass(frozen=True)
class Row:
    complaint: dict[str, str]
    truth: dict[str, str]

    @property
    def day(self) -> date:
        return datetime.fromisoformat(self.complaint["received_at"]).date()

    @property
    def true_place(self) -> tuple[float, float]:
        return float(self.truth["true_lon"]), float(self.truth["true_lat"])


def of_kind(rows: list[Row], kind: str) -> list[Row]:
    return [row for row in rows if row.truth["kind_of_case"] == kind]


def area_m2(geometry: shapely.Geometry) -> float:
    return float(shapely.transform(geometry, to_metres).area)


def vertices(geometry: shapely.Geometry) -> set[tuple[float, float]]:
    return {(x, y) for x, y in shapely.get_coordinates(geometry).tolist()}
