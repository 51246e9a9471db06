"""What counts are divided by: people, households, kilometres of road, places of business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine, func, insert, select, tuple_, update

from geodata.database import transaction
from geodata.tables_analysis import denominator

MEASURES = {"population": "常住人口", "household": "户数", "road_km": "道路里程", "poi": "兴趣点数"}
"""Every measure there is, with its Chinese name."""
UNITS = {"population": "人", "household": "户", "road_km": "千米", "poi": "处"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Denominator:
    """One value of one jurisdiction."""

    level: str
    """``district``, ``subdistrict``, ``community`` or ``grid``."""
    code: str
    measure: str
    """A key of ``MEASURES``."""
    value: float
    """In the unit of the measure (``UNITS``); never negative."""
    as_of: date
    """The day it was true, e.g. of the census."""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Denominators:
    """The values in force, by level and measure."""

    rows: Mapping[tuple[str, str], Mapping[str, Denominator]] = field(default_factory=dict)
    """(level, measure) → code → value."""

    def values(self, level: str, measure: str) -> dict[str, float]:
        """Code → value; empty where nothing of that kind was loaded."""
        return {code: one.value for code, one in self.rows.get((level, measure), {}).items()}

    def measures(self, level: str) -> tuple[str, ...]:
        """The measures loaded for a level, in the order of ``MEASURES``."""
        return tuple(one for one in MEASURES if self.rows.get((level, one)))

    def as_of(self, level: str, measure: str) -> date | None:
        """The newest day any value is of; ``None`` where there is none."""
        return max(
            (one.as_of for one in self.rows.get((level, measure), {}).values()), default=None
        )

    def sources(self, level: str, measure: str) -> tuple[str, ...]:
        """Where the values are from, each once."""
        found = self.rows.get((level, measure), {}).values()
        return tuple(sorted({one.source for one in found if one.source}))


def load_denominators(engine: Engine) -> Denominators:
    """Return the values in force; none where nothing was imported."""
    asked = select(denominator).where(denominator.c.superseded_at.is_(None))
    with transaction(engine) as connection:
        rows = connection.execute(asked.order_by(denominator.c.code)).all()
    return denominators_of(
        Denominator(
            level=row.level,
            code=row.code,
            measure=row.measure,
            value=row.value,
            as_of=row.as_of,
            source=row.source,
        )
        for row in rows
    )


def store_denominators(
    engine: Engine, values: Sequence[Denominator], *, by: str, replace: bool = False
) -> tuple[int, int]:
    """Put these values in force; return (recorded, superseded).

    A value takes the place of the one its jurisdiction had for the measure; those of other
    jurisdictions stay, unless ``replace`` makes each level and measure given be exactly these. One
    that is as recorded stays, so the same file again changes nothing. Nothing is deleted.
    """
    given = {_key(one): one for one in values}
    pairs = sorted({(one.level, one.measure) for one in values})
    with transaction(engine) as connection:
        connection.exec_driver_sql("LOCK TABLE denominator IN SHARE ROW EXCLUSIVE MODE")
        rows = connection.execute(
            select(denominator).where(
                denominator.c.superseded_at.is_(None),
                tuple_(denominator.c.level, denominator.c.measure).in_(pairs),
            )
        ).all()
        same, gone = set(), []
        for row in rows:
            wanted = given.get((row.level, row.code, row.measure))
            if wanted is None and not replace:
                continue
            if wanted is not None and all(
                getattr(row, name) == getattr(wanted, name) for name in _FIELDS
            ):
                same.add(_key(wanted))
            else:
                gone.append(row.id)
        if gone:
            connection.execute(
                update(denominator)
                .where(denominator.c.id.in_(gone))
                .values(superseded_at=func.clock_timestamp())
            )
        new = [one for key, one in given.items() if key not in same]
        if new:
            connection.execute(
                insert(denominator),
                [
                    {**{name: getattr(one, name) for name in _FIELDS}, "recorded_by": by}
                    for one in new
                ],
            )
    return len(new), len(gone)


_FIELDS = ("level", "code", "measure", "value", "as_of", "source")


def _key(one: Denominator) -> tuple[str, str, str]:
    return one.level, one.code, one.measure


def denominators_of(values: Iterable[Denominator]) -> Denominators:
    """Values by level and measure; of one jurisdiction the last one holds."""
    rows: dict[tuple[str, str], dict[str, Denominator]] = {}
    for one in values:
        rows.setdefault((one.level, one.measure), {})[one.code] = one
    return Denominators(rows=rows)
