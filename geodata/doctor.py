"""Is this deployment sound? Each check is one function with a title; a failure says what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from geodata.calendar import load_calendar
from geodata.cluster.binaries import PostgresMissing, find_binaries
from geodata.database import revisions, transaction
from geodata.rules_store import load_units, rules_in_force
from geodata.store import gazetteer_versions
from geodata.versions import list_versions
from routing.errors import ShudiError

OK, WARNING, FAILED, SKIPPED = "ok", "warning", "failed", "skipped"

# The oldest that the tests have run on; ST_Covers and geography are older by far.
_OLDEST_POSTGIS = (3, 3)
# A city's boundaries and a year of its cases take about 2 GB, and PostgreSQL stops on a full disk.
_LEAST_FREE_BYTES = 2 * 1024**3
# A deadline is counted in minutes, so a minute between the two clocks already shows.
_MOST_CLOCK_DIFFERENCE_S = 60
# Holidays of the next year are announced in November; from 1 January early warning needs them.
_CALENDAR_AHEAD_DAYS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one check found."""

    title: str
    status: str
    """``ok`` · ``warning`` works but should be seen to · ``failed`` does not work · ``skipped``."""
    found: str
    hint: str = ""
    """What to do; empty where nothing is to be done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """What is examined."""

    engine: Engine | None
    """``None`` where no database could be named."""
    private: bool
    """Whether it is the private cluster, whose programs must be on this machine."""
    var_dir: Path
    today: date
    """In the deployment's time zone."""


def examine(deployment: Deployment) -> list[Finding]:
    """Run every check; those that need a database are skipped where it cannot be reached."""
    found = [_run(check, deployment) for check in _WITHOUT_DATABASE]
    found.append(_run(_connection, deployment))
    reachable = found[-1].status == OK
    for check in _WITH_DATABASE:
        if reachable:
            found.append(_run(check, deployment))
        else:
            found.append(Finding(title=_title(check), status=SKIPPED, found="no database"))
    return found


Check = Callable[[Deployment], tuple[str, str, str]]
"""Returns status, what was found, and what to do."""


def _title(check: Check) -> str:
    return (check.__doc__ or check.__name__).strip().rstrip(".")


def _run(check: Check, deployment: Deployment) -> Finding:
    try:
        status, found, hint = check(deployment)
    except ShudiError as wrong:
        status, found, hint = FAILED, str(wrong), ""
    return Finding(title=_title(check), status=status, found=found, hint=hint)


def _binaries(at: Deployment) -> tuple[str, str, str]:
    """PostgreSQL and PostGIS are installed."""
    if not at.private:
        return SKIPPED, "DATABASE_URL names a server", ""
    try:
        binaries = find_binaries()
    except PostgresMissing as missing:
        return FAILED, "not found", str(missing)
    return OK, f"PostgreSQL {binaries.major} in {binaries.folder}", ""


def _disk(at: Deployment) -> tuple[str, str, str]:
    """There is room on the disk."""
    place = at.var_dir.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    said = f"{free / 1024**3:.1f} GB free at {place}"
    if free < _LEAST_FREE_BYTES:
        return FAILED, said, f"free at least {_LEAST_FREE_BYTES // 1024**3} GB"
    return OK, said, ""


def _connection(at: Deployment) -> tuple[str, str, str]:
    """The database answers."""
    if at.engine is None:
        return FAILED, "no database", "start the private cluster with scripts/serve"
    with transaction(at.engine) as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
    return OK, f"PostgreSQL {version}", ""


def _postgis(at: Deployment) -> tuple[str, str, str]:
    """PostGIS and pg_trgm are in the database."""
    rows = _rows(at, "SELECT extname, extversion FROM pg_extension")
    found = {str(name): str(version) for name, version in rows}
    missing = [name for name in ("postgis", "pg_trgm") if name not in found]
    if missing:
        creates = " ".join(f"CREATE EXTENSION {name};" for name in missing)
        return FAILED, f"missing: {', '.join(missing)}", f"as a superuser run: {creates}"
    version = found["postgis"]
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_POSTGIS:
        return WARNING, f"PostGIS {version}", "3.3 is the oldest that was tested; upgrade"
    return OK, f"PostGIS {version}", ""


def _encoding(at: Deployment) -> tuple[str, str, str]:
    """Chinese text can be stored and searched."""
    [(encoding, locale)] = _rows(
        at,
        "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database "
        "WHERE datname = current_database()",
    )
    said = f"{encoding}, {locale}"
    hint = "dump, make the database anew with ENCODING 'UTF8' LC_CTYPE 'C.UTF-8', restore"
    if encoding != "UTF8":
        return FAILED, said, hint
    if not _rows(at, "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"):
        return SKIPPED, f"{said}; pg_trgm is missing", ""
    # In the C locale pg_trgm takes Chinese characters for no letters and finds nothing.
    if not _rows(at, "SELECT 1 WHERE show_trgm('人民') <> '{}'"):
        return FAILED, f"{said}: pg_trgm is blind to Chinese", hint
    return OK, said, ""


def _migrations(at: Deployment) -> tuple[str, str, str]:
    """The tables are those of this program."""
    assert at.engine is not None
    here, head = revisions(at.engine)
    if here == head:
        return OK, f"revision {here}", ""
    return FAILED, f"revision {here}, the program needs {head}", "scripts/serve migrates"


def _boundaries(at: Deployment) -> tuple[str, str, str]:
    """Boundaries are in force today."""
    assert at.engine is not None
    versions = list_versions(at.engine)
    in_force = [one for one in versions if one.in_force(at.today)]
    if in_force:
        return OK, "; ".join(one.version for one in in_force), ""
    staged = [one.id for one in versions if one.state == "staged"]
    if staged:
        return (
            FAILED,
            f"none; staged: {staged}",
            f"shudi boundaries activate {staged[0]} --from DATE --commit",
        )
    return FAILED, "none", "shudi boundaries import SOURCE.toml --commit, then activate"


def _gazetteer(at: Deployment) -> tuple[str, str, str]:
    """A gazetteer is in force today."""
    assert at.engine is not None
    now = gazetteer_versions.in_force(at.engine, at.today)
    if now is not None:
        return OK, f"{now.version}, {now.places} places", ""
    without = "complaints without a coordinate are not located"
    versions = gazetteer_versions.list_versions(at.engine)
    staged = [one.id for one in versions if one.state == "staged"]
    if staged:
        hint = f"shudi gazetteer activate {staged[0]} --from DATE --commit"
        return WARNING, f"none; staged: {staged}; {without}", hint
    hint = "shudi gazetteer import FILE --commit, then activate"
    return WARNING, f"none; {without}", hint


def _rules(at: Deployment) -> tuple[str, str, str]:
    """Rules are in force today."""
    assert at.engine is not None
    rules = rules_in_force(at.engine, at.today)
    if rules is None:
        return WARNING, "none", "territory alone decides; record a rule set"
    return OK, f"{rules.version} since {rules.effective_from}", ""


def _missing_units(at: Deployment) -> tuple[str, str, str]:
    """Every jurisdiction in force has a unit."""
    rows = _rows(
        at,
        """
        SELECT DISTINCT j.unit_code FROM jurisdiction j
        JOIN boundary_version v ON v.id = j.version_id
        WHERE v.activated_at IS NOT NULL AND v.effective_from <= :day
          AND (v.effective_to IS NULL OR v.effective_to >= :day)
          AND NOT EXISTS (SELECT FROM unit u WHERE u.code = j.unit_code
              AND u.superseded_at IS NULL AND u.effective_from <= :day
              AND (u.effective_to IS NULL OR u.effective_to >= :day))
        ORDER BY 1
        """,
        day=at.today,
    )
    codes = [str(row[0]) for row in rows]
    if not codes:
        return OK, "none is missing", ""
    return WARNING, f"{len(codes)} missing: {_some(codes)}", "add them to the unit directory"


def _contacts(at: Deployment) -> tuple[str, str, str]:
    """Every unit has a duty telephone."""
    assert at.engine is not None
    units = [
        one
        for one in load_units(at.engine)
        if one.effective_from <= at.today and (one.effective_to or date.max) >= at.today
    ]
    silent = [one.code for one in units if not one.phone]
    if not units:
        return WARNING, "the unit directory is empty", "load it; else units have codes for names"
    if silent:
        return WARNING, f"{len(silent)} without: {_some(silent)}", "add the column phone"
    return OK, f"{len(units)} units", ""


def _calendar(at: Deployment) -> tuple[str, str, str]:
    """The calendar of holidays reaches ahead."""
    assert at.engine is not None
    until = load_calendar(at.engine).until
    how = "shudi calendar import FILE: without it early warning takes holidays for ordinary days"
    if until is None:
        return WARNING, "none", how
    if until < at.today + timedelta(days=_CALENDAR_AHEAD_DAYS):
        return WARNING, f"until {until}", how
    return OK, f"until {until}", ""


def _clock(at: Deployment) -> tuple[str, str, str]:
    """Program and database agree on time and time zone."""
    [(there, zone)] = _rows(at, "SELECT clock_timestamp(), current_setting('TimeZone')")
    assert isinstance(there, datetime)
    apart = abs((datetime.now(UTC) - there).total_seconds())
    said = f"{apart:.1f} s apart, time zone {zone}"
    if apart > _MOST_CLOCK_DIFFERENCE_S:
        return FAILED, said, "set both clocks by NTP; deadlines are counted by them"
    if zone != "Asia/Shanghai":
        return WARNING, said, "days are counted in Asia/Shanghai; set the database's time zone"
    return OK, said, ""


def _rows(at: Deployment, sql: str, **values: object) -> list[tuple[object, ...]]:
    assert at.engine is not None
    with transaction(at.engine) as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def _some(codes: list[str], most: int = 8) -> str:
    return ", ".join(codes[:most]) + (" …" if len(codes) > most else "")


_WITHOUT_DATABASE: tuple[Check, ...] = (_binaries, _disk)
_WITH_DATABASE: tuple[Check, ...] = (
    _postgis,
    _encoding,
    _migrations,
    _boundaries,
    _gazetteer,
    _rules,
    _missing_units,
    _contacts,
    _calendar,
    _clock,
)
