"""3,000 complaints of the demonstration city, each with its true place and its right unit.

Model of the coordinates: the true place is moved by a two-dimensional normal error whose 95 %
radius is ``accuracy_m`` (standard deviation per axis = accuracy / 2.4477, the 95 % quantile of the
Rayleigh distribution), then written in the declared datum, rounded to 1e-7 degrees. Places exactly
on a border are written as they are, with all digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.crs import from_wgs84, parse_crs
from geodata.demo.gazetteer_parts.ground import NamedRoad
from geodata.demo.oracle import Oracle, Truth
from geodata.demo.partition import City, to_degrees
from geodata.demo.places import CASE_COUNTS, DrawnPlace, PlaceSource
from geodata.demo.sentences import BY_PLACE, CLOSERS, NIGHT, OPENERS, SENTENCES
from geodata.demo.wording import Wording
from routing.model import Place

TOTAL = 3000
FIRST_DAY, LAST_DAY = date(2024, 11, 1), date(2026, 10, 31)
RAYLEIGH_95 = 2.4477
"""Radius that holds 95 % of a two-dimensional normal error, in standard deviations per axis."""
_SEED = 20241101
_SHANGHAI = timezone(timedelta(hours=8))
_DATUMS = (("WGS84", 0.45), ("GCJ-02", 0.30), ("BD-09", 0.15), ("CGCS2000", 0.10))
_DATUM_KIND = {"WGS84": "plain", "GCJ-02": "gcj02", "BD-09": "bd09", "CGCS2000": "cgcs2000"}
_ACCURACIES = (5, 8, 10, 15, 20, 30, 50)
_CHANNELS = (("12345", 0.55), ("app", 0.2), ("grid", 0.15), ("wechat", 0.1))
_BY_HOUR = (0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 1, 3, 7, 9, 9, 7, 4, 4, 7, 8, 8, 6, 4, 4, 4, 3, 2, 1)
_BY_HOUR_AT_NIGHT = (4, 1, *(0,) * 16, 3, 6, 9, 12, 12, 8)
"""Added for noise, fumes and the like, which people report while they last."""
NEAR_BORDER_M = 15.0
"""A true place this near a grid border is marked ``near_border`` unless it is marked already."""

COMPLAINT_COLUMNS = (
    "id", "text", "lon", "lat", "crs", "accuracy_m", "category", "received_at", "channel",
)  # fmt: skip
TRUTH_COLUMNS = (
    "id", "true_unit", "true_grid", "true_community", "true_subdistrict", "true_lon", "true_lat",
    "kind_of_case", "also_right", "why",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoComplaint:
    """One row of the complaints with its row of the truth; ``None`` becomes an empty cell."""

    received_at: datetime
    text: str
    lon: float | None
    lat: float | None
    crs: str
    accuracy_m: int | None
    category: str
    channel: str
    true_lon: float
    true_lat: float
    kind_of_case: str
    truth: Truth

    def row(self, number: int) -> tuple[object, ...]:
        """In the order of COMPLAINT_COLUMNS."""
        return (
            f"DEMO-{number:05d}", self.text, _cell(self.lon), _cell(self.lat), self.crs,
            _cell(self.accuracy_m), self.category, self.received_at.isoformat(), self.channel,
        )  # fmt: skip

    def truth_row(self, number: int) -> tuple[object, ...]:
        """In the order of TRUTH_COLUMNS."""
        return (
            f"DEMO-{number:05d}", self.truth.unit, self.truth.grid, self.truth.community,
            self.truth.subdistrict, self.true_lon, self.true_lat, self.kind_of_case,
            ";".join(self.truth.also_right), self.truth.why,
        )  # fmt: skip


def _cell(value: float | None) -> object:
    return "" if value is None else value


def build_complaints(
    city: City, rules_text: str, roads: Sequence[NamedRoad], places: Sequence[Place]
) -> list[DemoComplaint]:
    """All complaints in the order of their receipt; the same on every run.

    ``roads`` and ``places`` are those of the gazetteer whose names the complaints use.
    """
    return _Writer(city, rules_text, roads, places).all()


class _Writer:
    def __init__(
        self, city: City, rules_text: str, roads: Sequence[NamedRoad], places: Sequence[Place]
    ) -> None:
        self._rng = np.random.default_rng(_SEED)
        # words have numbers of their own: another way of saying it moves no place
        self._word_rng = np.random.default_rng([_SEED, 1])
        self._oracle = Oracle(city, rules_text)
        self._places = PlaceSource(city, self._oracle, self._rng)
        self._wording = Wording(city, self._oracle, places, roads, self._word_rng)
        days = (LAST_DAY - FIRST_DAY).days + 1
        self._days = [FIRST_DAY + timedelta(days=n) for n in range(days)]
        weekly = np.array([(1.0, 0.95, 0.9, 0.9, 0.95, 0.6, 0.5)[d.weekday()] for d in self._days])
        # reports grow with the platform's use, about a third in two years
        self._weights = weekly * np.linspace(1.0, 1.33, days)

    def all(self) -> list[DemoComplaint]:
        kinds = [kind for kind, count in CASE_COUNTS.items() for _ in range(count)]
        kinds += ["plain"] * (TOTAL - len(kinds))
        made = [self._one(kind) for kind in kinds]
        return sorted(made, key=lambda complaint: complaint.received_at)

    def _pick(self, options: Any) -> Any:
        names, weights = zip(*options, strict=True)
        shares = np.array(weights, dtype=float)
        return names[self._rng.choice(len(names), p=shares / shares.sum())]

    def _one(self, kind: str) -> DemoComplaint:
        place = self._places.draw(kind)
        category = self._category(place)
        received = self._received(category)
        lon, lat, crs, accuracy = self._coordinates(kind, place)
        if kind == "plain":
            near = self._oracle.border_distance_m(place.lon, place.lat) <= NEAR_BORDER_M
            kind = "near_border" if near else _DATUM_KIND[crs]
        truth = self._oracle.truth(place.lon, place.lat, category or None, received.date())
        return DemoComplaint(
            received_at=received,
            text=self._text(kind, place, category),
            lon=lon,
            lat=lat,
            crs=crs,
            accuracy_m=accuracy,
            category=category,
            channel=self._pick(_CHANNELS),
            true_lon=place.lon,
            true_lat=place.lat,
            kind_of_case=kind,
            truth=truth,
        )

    def _category(self, place: DrawnPlace) -> str:
        """Empty for one in twelve: nobody has classified it."""
        if self._rng.random() < 1 / 12:
            return ""
        kinds = {overlay.kind for overlay in self._oracle.overlays_at(place.lon, place.lat)}
        fitting = next(kind for kind in BY_PLACE if not kind or kind in kinds)
        return str(self._pick(BY_PLACE[fitting].items()))

    def _received(self, category: str) -> datetime:
        weights = self._weights
        if category == "路面积水":
            weights = weights * [3.0 if day.month in (5, 6, 7, 8) else 0.6 for day in self._days]
        day = self._days[self._rng.choice(len(self._days), p=weights / weights.sum())]
        hours = np.array(_BY_HOUR) + (np.array(_BY_HOUR_AT_NIGHT) if category in NIGHT else 0.0)
        hour = int(self._rng.choice(24, p=hours / hours.sum()))
        minute, second = (int(n) for n in self._rng.integers(0, 60, 2))
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_SHANGHAI)

    def _coordinates(
        self, kind: str, place: DrawnPlace
    ) -> tuple[float | None, float | None, str, int | None]:
        if kind == "text_only":
            return None, None, "", None
        if kind == "zero_zero":
            return 0.0, 0.0, "WGS84", None
        if place.exact:
            return place.lon, place.lat, "WGS84", 5
        crs = str(self._pick(_DATUMS))
        accuracy = int(self._rng.choice(_ACCURACIES))
        shift = self._rng.standard_normal(2) * accuracy / RAYLEIGH_95
        moved = _moved(place.lon, place.lat, shift)
        x, y = from_wgs84(moved[0], moved[1], parse_crs(crs))
        return round(float(x), 7), round(float(y), 7), crs, accuracy

    def _text(self, kind: str, place: DrawnPlace, category: str) -> str:
        sentences = SENTENCES[category or "其他"]
        sentence = sentences[self._word_rng.integers(len(sentences))]
        opener = OPENERS[self._word_rng.integers(len(OPENERS))]
        closer = CLOSERS[self._word_rng.integers(len(CLOSERS))]
        words = self._wording.place(kind, place.lon, place.lat)
        return f"{opener}{sentence.format(place=words)}{closer}"


def _moved(lon: float, lat: float, shift_m: NDArray[np.float64]) -> NDArray[np.float64]:
    unit = to_degrees(np.array([[0.0, 0.0], [1000.0, 1000.0]]))
    moved: NDArray[np.float64] = np.array([lon, lat]) + (unit[1] - unit[0]) / 1000.0 * shift_m
    return moved
