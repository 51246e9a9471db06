"""What a version would change against another: codes, names, units, shapes, and stored cases."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping, text

from geodata.database import transaction
from routing.errors import NotFoundError

# Below this part of its area a shape is "the same": a millionth of the smallest grids seen
# (0.05 km²) is 0.05 m², less than the coordinates of any published border are good for.
_SAME_SHARE = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """One jurisdiction that differs."""

    level: str
    code: str
    name: str
    """The new name, or the old one where the code is gone."""
    before: str = ""
    """What it was called, or whose it was; empty where that is not the difference."""
    after: str = ""
    area_share: float = 0.0
    """Reshaped: area gained and lost, over the area it had; geodesic."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseShift:
    """Stored cases that would belong to another unit, by the territory of the finest level."""

    before: str | None
    """Unit code; ``None``: outside the version compared against."""
    after: str | None
    """Unit code; ``None``: outside the new version."""
    cases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionDiff:
    """Everything that would change. All empty: the two decide alike."""

    version: str
    against: str | None
    """Version text; ``None`` where the source was never in force: everything is added."""
    added: tuple[Changed, ...]
    retired: tuple[Changed, ...]
    renamed: tuple[Changed, ...]
    reassigned: tuple[Changed, ...]
    """Same code, another unit."""
    reshaped: tuple[Changed, ...]
    area_share: dict[str, float]
    """Per level: area that changes hands over the whole area before, 0–1; absent where 0."""
    level: str | None
    """The finest level, by which the cases are compared; ``None`` for a version without areas."""
    cases: int
    """Stored cases with a point inside either version."""
    shifts: tuple[CaseShift, ...]
    """Most cases first."""

    @property
    def cases_changed(self) -> int:
        """How many of ``cases`` would change unit."""
        return sum(shift.cases for shift in self.shifts)


def diff(engine: Engine, version_id: int, against: int | None = None) -> VersionDiff:
    """Compare a version with ``against``, by default what the same source has in force last.

    The cases are compared by territory alone: rules on categories and overlays of other sources
    come after it and are not replayed. Ties go to the lowest code, as in routing.
    """
    with transaction(engine) as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        names = _names(connection, version_id, against)
        asked = {"new": version_id, "old": names["against_id"]}
        added, retired, renamed, reassigned = _codes(connection, asked)
        reshaped, area = _shapes(connection, asked)
        level = connection.execute(text(_FINEST), asked).scalar()
        counted, shifts = _cases(connection, {**asked, "level": level})
    return VersionDiff(
        version=names["version"],
        against=names["against"],
        added=added,
        retired=retired,
        renamed=renamed,
        reassigned=reassigned,
        reshaped=reshaped,
        area_share=area,
        level=level,
        cases=counted,
        shifts=shifts,
    )


def _names(connection: Connection, version_id: int, against: int | None) -> RowMapping:
    row = (
        connection.execute(text(_VERSIONS), {"new": version_id, "old": against}).mappings().first()
    )
    if row is None or (against is not None and row["against_id"] is None):
        missing = version_id if row is None else against
        raise NotFoundError(f"no boundary version {missing}; `shudi boundaries list` shows them")
    return row


def _codes(connection: Connection, asked: dict[str, int | None]) -> tuple[tuple[Changed, ...], ...]:
    added, retired, renamed, reassigned = [], [], [], []
    for row in connection.execute(text(_CODES), asked):
        one = {"level": row.level, "code": row.code, "name": row.new_name or row.old_name}
        if row.old_name is None:
            added.append(Changed(**one))
            continue
        if row.new_name is None:
            retired.append(Changed(**one))
            continue
        if row.old_name != row.new_name:
            renamed.append(Changed(**one, before=row.old_name, after=row.new_name))
        if row.old_unit != row.new_unit:
            reassigned.append(Changed(**one, before=row.old_unit, after=row.new_unit))
    return tuple(added), tuple(retired), tuple(renamed), tuple(reassigned)


def _shapes(
    connection: Connection, asked: dict[str, int | None]
) -> tuple[tuple[Changed, ...], dict[str, float]]:
    reshaped = []
    before: dict[str, float] = {}
    differing: dict[str, float] = {}
    for row in connection.execute(text(_SHAPES), asked):
        before[row.level] = before.get(row.level, 0.0) + row.old_m2
        differing[row.level] = differing.get(row.level, 0.0) + row.differing_m2
        if row.in_both and row.differing_m2 > _SAME_SHARE * row.old_m2:
            share = row.differing_m2 / row.old_m2
            reshaped.append(
                Changed(level=row.level, code=row.code, name=row.name, area_share=share)
            )
    # What one area loses another gains, so each changed square metre was counted twice.
    shares = {
        level: min(1.0, differing[level] / 2 / whole)
        for level, whole in before.items()
        if whole > 0 and differing[level] / 2 / whole > _SAME_SHARE
    }
    return tuple(sorted(reshaped, key=lambda one: -one.area_share)), shares


def _cases(
    connection: Connection, asked: dict[str, int | str | None]
) -> tuple[int, tuple[CaseShift, ...]]:
    counted, shifts = 0, []
    for row in connection.execute(text(_CASES), asked):
        counted += row.cases
        if row.old_unit != row.new_unit:
            shifts.append(CaseShift(before=row.old_unit, after=row.new_unit, cases=row.cases))
    return counted, tuple(shifts)


_VERSIONS = """
SELECT new.version, old.id AS against_id, old.version AS against
FROM boundary_version AS new
LEFT JOIN LATERAL (
    SELECT id, version FROM boundary_version AS other
    WHERE CASE WHEN CAST(:old AS bigint) IS NOT NULL THEN other.id = CAST(:old AS bigint)
               ELSE other.name = new.name AND other.id <> new.id
                    AND other.activated_at IS NOT NULL
                    AND (other.effective_to IS NULL OR other.effective_to >= other.effective_from)
          END
    ORDER BY effective_from DESC LIMIT 1
) AS old ON true
WHERE new.id = :new
"""

_LEVEL = "level || coalesce(':' || overlay_kind, '')"

_PAIRS = f"""
WITH old AS (SELECT *, {_LEVEL} AS kind FROM jurisdiction WHERE version_id = CAST(:old AS bigint)),
     new AS (SELECT *, {_LEVEL} AS kind FROM jurisdiction WHERE version_id = :new)
"""

_CODES = f"""
{_PAIRS}
SELECT kind AS level, code, old.name AS old_name, new.name AS new_name,
       old.unit_code AS old_unit, new.unit_code AS new_unit
FROM old FULL JOIN new USING (kind, code)
ORDER BY kind, code
"""

_SHAPES = f"""
{_PAIRS}
SELECT kind AS level, code, coalesce(new.name, old.name) AS name,
       old.id IS NOT NULL AND new.id IS NOT NULL AS in_both,
       coalesce(ST_Area(old.geom::geography), 0) AS old_m2,
       CASE WHEN old.id IS NULL THEN ST_Area(new.geom::geography)
            WHEN new.id IS NULL THEN ST_Area(old.geom::geography)
            WHEN ST_AsBinary(old.geom) = ST_AsBinary(new.geom) THEN 0
            ELSE ST_Area(ST_SymDifference(old.geom, new.geom)::geography) END AS differing_m2
FROM old FULL JOIN new USING (kind, code)
ORDER BY kind, code
"""

_FINEST = """
SELECT level FROM jurisdiction WHERE version_id = :new
ORDER BY array_position(
    ARRAY['grid', 'community', 'subdistrict', 'district', 'overlay'], level) LIMIT 1
"""

_CASES = """
SELECT old.unit_code AS old_unit, new.unit_code AS new_unit, count(*) AS cases
FROM case_
LEFT JOIN LATERAL (
    SELECT unit_code FROM jurisdiction WHERE version_id = CAST(:old AS bigint) AND level = :level
        AND ST_Covers(geom, case_.point) ORDER BY code LIMIT 1) AS old ON true
LEFT JOIN LATERAL (
    SELECT unit_code FROM jurisdiction WHERE version_id = :new AND level = :level
        AND ST_Covers(geom, case_.point) ORDER BY code LIMIT 1) AS new ON true
WHERE case_.point IS NOT NULL AND (old.unit_code IS NOT NULL OR new.unit_code IS NOT NULL)
GROUP BY old.unit_code, new.unit_code
ORDER BY cases DESC, old_unit, new_unit
"""
