"""What early warning hands on: alarms, and how a day's batch came about."""

from __future__ import annotations

from dataclasses import dataclass

from maps.alarming.charting import Chart


@dataclass(frozen=True, kw_only=True, slots=True)
class Recent:
    """An alarm of an earlier day, for the cool-down."""

    day: int
    """Days since EPOCH."""
    level: str
    code: str
    kind: str
    observed: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """预警: one thing worth a look."""

    day: int
    """Last day of the data it saw, days since EPOCH."""
    first: int
    """First day of the period; ``day`` is the last."""
    level: str
    """A JurisdictionLevel's value, or ``city``."""
    code: str
    """Jurisdiction; empty for the city."""
    kind: str
    """诉求类别; ``ALL_KINDS`` for all together."""
    method: str
    """A key of ``METHODS``."""
    observed: float
    expected: float
    bound: float | None
    """``None`` where the method has none (scan)."""
    p: float
    q: float
    """After Benjamini–Hochberg over the day's batch."""
    recurrence_days: float | None
    """重现间隔; ``None`` where the method has none."""
    case_numbers: tuple[str, ...]
    """The cases it is made of, ascending."""
    why: str
    """One Chinese sentence."""
    chart: Chart | None = None
    """The series with its bound; of a cluster its communities day by day, without."""
    circle: tuple[float, float, float] | None = None
    """Of a cluster: middle in metres of the working CRS, radius in metres."""
    communities: tuple[str, ...] = ()
    """Of a cluster: the communities it takes in."""
    rest: bool = False
    """The numbers are of what is left when the alarms below are taken away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """All alarms of a day and how they came about."""

    alarms: tuple[Alarm, ...]
    """The most certain first."""
    tested: int
    """Series judged (jurisdiction × kind × method), the quiet ones included."""
    searched: int
    """Kinds searched for clusters."""
    significant: int
    """Tests above their bound and within the budget, the explained ones included."""
    explained: int
    """Of these, said by an alarm below."""
    cooling: int
    """Left out because the same series alarmed a few days before and has not doubled."""
    dropped: int
    """Left out because more than ``Settings.most`` remained."""
    warnings: tuple[str, ...] = ()
