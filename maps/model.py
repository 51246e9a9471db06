"""What the maps are made from: cases as columns, areas, a time window; and how a result was made.

Coordinates are metres in the deployment's working CRS (``Plane``), days are calendar days of the
deployment's time zone. Nothing here opens a file or a connection: ``app`` carries the columns in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from routing.errors import UserInputError
from routing.model import JurisdictionLevel

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

EPOCH = date(1970, 1, 1)
"""Day 0 of every ``day`` column."""
NONE = -1
"""The code of a case that has no value in a ``Coded`` column."""


class Plane(Protocol):
    """A metric CRS for one city; the only way between metres and degrees."""

    @property
    def name(self) -> str:
        """As printed on maps: ``EPSG:4547``."""

    def to_lonlat(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Metres to WGS 84 degrees, element by element; NaN stays NaN."""

    def from_lonlat(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """WGS 84 degrees to metres, element by element; NaN stays NaN."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Coded:
    """A column of few different values: ``labels[codes[i]]`` is the value of case i."""

    codes: Ints
    """(n,) places in ``labels``; ``NONE`` where the case has no value."""
    labels: tuple[str, ...]
    """Each value once."""

    def __post_init__(self) -> None:
        if len(self.codes) and not NONE <= int(self.codes.min()) <= int(self.codes.max()) < len(
            self.labels
        ):
            raise ValueError(
                f"codes from {self.codes.min()} to {self.codes.max()} do not fit "
                f"{len(self.labels)} labels"
            )

    def code(self, label: str) -> int:
        """The code of a value; ``NONE`` where no case has it."""
        return self.labels.index(label) if label in self.labels else NONE

    def take(self, rows: NDArray[Any]) -> Coded:
        """The same column for some rows (a mask or places); the labels stay."""
        return Coded(codes=self.codes[rows], labels=self.labels)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cases:
    """Cases as columns: place i of every column is the same case. Order means nothing."""

    number: NDArray[Any]
    """(n,) case numbers, fixed-width text; what a person may look up as far as the role may see."""
    x_m: Floats
    """(n,) metres east in the working CRS; NaN where the case has no place."""
    y_m: Floats
    """(n,) metres north; NaN where the case has no place."""
    radius_m: Floats
    """(n,) 95 % radius of the place, metres; NaN where unknown."""
    day: Ints
    """(n,) local calendar day it was received, days since EPOCH."""
    minute: Ints
    """(n,) minute of that day, 0–1439."""
    kind: Coded
    """诉求类别."""
    channel: Coded
    """受理渠道."""
    district: Coded
    """Jurisdiction codes, also of cases without a point whose words name one."""
    subdistrict: Coded
    community: Coded
    grid: Coded
    unit: Coded
    """承办单位 now responsible; none while nobody is."""
    overridden: NDArray[np.int8]
    """1 改派: a person named another unit than the machine; 0 confirmed; -1 not yet decided."""
    returned: NDArray[np.int8]
    """1 退单, 0 not; -1 not recorded (the workflow does not record returns yet)."""

    def __len__(self) -> int:
        return len(self.day)

    @property
    def located(self) -> Bools:
        """(n,) whether the case has a place."""
        found: Bools = np.isfinite(self.x_m) & np.isfinite(self.y_m)
        return found

    def level(self, level: JurisdictionLevel) -> Coded:
        """The column of one territorial level; UserInputError for an overlay."""
        columns = {
            JurisdictionLevel.DISTRICT: self.district,
            JurisdictionLevel.SUBDISTRICT: self.subdistrict,
            JurisdictionLevel.COMMUNITY: self.community,
            JurisdictionLevel.GRID: self.grid,
        }
        if level not in columns:
            raise UserInputError(f"level {level.value!r} has no cases; use one of {list(columns)}")
        return columns[level]

    def take(self, rows: NDArray[Any]) -> Cases:
        """Some of the cases, by a mask or by places."""
        columns: dict[str, Any] = {
            one.name: value.take(rows)
            if isinstance(value := getattr(self, one.name), Coded)
            else value[rows]
            for one in fields(self)
        }
        return Cases(**columns)


@dataclass(frozen=True, kw_only=True)
class Areas:
    """The jurisdictions of one level on one day, as polygons in the working CRS."""

    level: JurisdictionLevel
    codes: tuple[str, ...]
    names: tuple[str, ...]
    parents: tuple[str, ...]
    """Code of the one above; empty text where there is none."""
    shapes: NDArray[Any]
    """(n,) shapely polygons or multipolygons, metres."""
    version: str
    """The boundary versions used, for the foot of a map."""

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def km2(self) -> Floats:
        """(n,) square kilometres."""
        return np.asarray(shapely.area(self.shapes), dtype=np.float64) / 1e6

    @cached_property
    def middles(self) -> Floats:
        """(n, 2) metres: a point inside each, for labels and distances."""
        inside = shapely.point_on_surface(self.shapes)
        return np.column_stack([shapely.get_x(inside), shapely.get_y(inside)])

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        """Code → place in the columns."""
        return {code: at for at, code in enumerate(self.codes)}

    def take(self, places: Sequence[int]) -> Areas:
        """Some of the areas, in the order of the places given."""
        return Areas(
            level=self.level,
            codes=tuple(self.codes[at] for at in places),
            names=tuple(self.names[at] for at in places),
            parents=tuple(self.parents[at] for at in places),
            shapes=self.shapes[np.array(places, dtype=np.intp)],
            version=self.version,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeWindow:
    """统计时段: local calendar days, half-open: ``end`` is the first day no longer in it."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise UserInputError(
                f"时段从 {self.start} 到 {self.end} 颠倒或为空；结束日期应晚于开始日期"
            )

    @property
    def days(self) -> int:
        """How many calendar days."""
        return (self.end - self.start).days

    @property
    def first(self) -> int:
        """First day, days since EPOCH."""
        return (self.start - EPOCH).days

    @property
    def after(self) -> int:
        """First day no longer in it, days since EPOCH."""
        return (self.end - EPOCH).days

    def before(self) -> TimeWindow:
        """The window of the same length just before (环比)."""
        return TimeWindow(start=self.start - timedelta(days=self.days), end=self.start)

    def year_before(self) -> TimeWindow:
        """The same days a year earlier (同比); 29 February becomes 28 February."""
        return TimeWindow(start=_year_before(self.start), end=_year_before(self.end))

    def __str__(self) -> str:
        last = self.end - timedelta(days=1)
        return f"{self.start:%Y-%m-%d} 至 {last:%Y-%m-%d}"


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What an analyst chose to look at."""

    window: TimeWindow
    kinds: frozenset[str] = frozenset()
    """Empty means all."""
    channels: frozenset[str] = frozenset()
    """Empty means all."""
    within: tuple[JurisdictionLevel, str] | None = None
    """Only cases of one jurisdiction; ``None`` means all that the frame holds."""

    def rows(self, cases: Cases, window: TimeWindow | None = None) -> Bools:
        """(n,) which cases are meant; another window may take the place of the own."""
        span = window or self.window
        wanted: Bools = (cases.day >= span.first) & (cases.day < span.after)
        for names, column in ((self.kinds, cases.kind), (self.channels, cases.channel)):
            if names:
                known = [code for code, label in enumerate(column.labels) if label in names]
                wanted &= np.isin(column.codes, known)
        if self.within is not None:
            level, code = self.within
            place = cases.level(level).code(code)
            wanted &= (cases.level(level).codes == place) & (place != NONE)
        return wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """How a result was made, so that anybody can check it; printed beside every picture."""

    name: str
    """Chinese, as an analyst knows it: ``Getis-Ord Gi*``, ``时空重排扫描``."""
    null: str
    """The null hypothesis, one Chinese sentence."""
    alternative: str
    correction: str = ""
    """Of many tests, e.g. ``Benjamini–Hochberg q=0.05``; empty where nothing is tested."""
    permutations: int = 0
    """0 where none are drawn."""
    seed: int | None = None
    n: int = 0
    """Units tested: areas, bins, windows."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Every setting and every choice that was derived, Chinese name → value with its unit."""
    warnings: tuple[str, ...] = ()
    """What an analyst must know before trusting it, Chinese sentences."""
