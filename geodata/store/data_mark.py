"""Whether anything that maps are made from has changed, without reading it."""

from __future__ import annotations

from sqlalchemy import Engine, text

from geodata.database import transaction

Mark = tuple[object, ...]

_MARK = text(
    """
    SELECT (SELECT max(updated_at) FROM case_),
           (SELECT max(complaint_id) FROM case_),
           pg_stat_get_tuples_inserted('case_'::regclass),
           pg_stat_get_tuples_updated('case_'::regclass),
           (SELECT coalesce(max(id), 0) FROM calendar_day),
           (SELECT max(superseded_at) FROM calendar_day),
           (SELECT coalesce(max(id), 0) FROM denominator),
           (SELECT max(superseded_at) FROM denominator)
    """
)


def data_mark(engine: Engine) -> Mark:
    """Return values that differ where cases, the calendar or denominators have changed.

    Index look-ups and two counters, never a count of rows. The newest change and the newest
    complaint see what people and channels do. Cases taken over with dates of the past, and a
    change that is committed after a later one, leave both as they are; PostgreSQL's counters of
    rows written see those, within a second or so of the commit. Counters also grow by what is
    rolled back and start again after a crash: then data are read again that did not change, which
    costs time and is never wrong. Raises StoreUnavailable where the database is gone.
    """
    with transaction(engine) as connection:
        return tuple(connection.execute(_MARK).one())
