"""What a report is made from, as ``app`` hands it in, and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from maps.drawing.parts import Ground
from maps.incidents import Incidents
from maps.model import Areas, Cases, Filters
from maps.reports.periods import Period
from routing.model import JurisdictionLevel


@dataclass(frozen=True, kw_only=True, slots=True)
class Divisor:
    """A denominator of one level."""

    level: JurisdictionLevel
    measure: str
    """A key of ``maps.rates.MEASURES``."""
    values: Mapping[str, float]
    """Code → value."""
    as_of: date | None
    """The day the values are of; ``None`` where unknown."""
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmLine:
    """One alarm as a report lists it."""

    day: date
    place: str
    kind: str
    """Empty means all kinds together."""
    method: str
    observed: float
    expected: float
    q: float | None
    state: str
    """待处理, 已认领 or 已排除."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """The data of one moment and one scope."""

    cases: Cases
    areas: Mapping[JurisdictionLevel, Areas]
    crs: str
    """Name of the working CRS: ``EPSG:4549``."""
    names: Mapping[str, str]
    """Code → name of jurisdictions and units."""
    as_of: datetime
    """When the data were read; aware, in local time."""
    divisors: Sequence[Divisor] = ()
    holidays: Sequence[tuple[date, str]] = ()
    """Days off that have a name."""
    alarms: Sequence[AlarmLine] | None = None
    """``None`` where early warning is not run; empty where it ran and found nothing."""
    ground: Ground = field(default_factory=Ground)
    incidents: Incidents | None = None
    """Of all ``cases``, where they were merged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One report that somebody wants."""

    kind: str
    """``daily``, ``weekly``, ``monthly`` or ``special``."""
    period: Period
    filters: Filters
    """Its window is the period's; kinds, channels and the jurisdiction say what it is about."""
    place: str
    """全市, or the jurisdiction's name."""
    title: str
