"""The alarms of a report's ground, as its list shows them."""

from __future__ import annotations

from sqlalchemy import Engine

from app.reporting.wanted import Wanted
from app.snapshots.cache import Snapshot
from geodata.store.alarm_rows import AlarmState, StoredAlarm
from geodata.store.alarms import MOST_IN_PAGE, count_alarms, list_alarms
from maps.alarming.methods import METHODS
from maps.reports.grounds import inside
from maps.reports.material import AlarmLine
from routing.model import JurisdictionLevel

STATES = {
    AlarmState.OPEN: "待处理",
    AlarmState.ACKNOWLEDGED: "已认领",
    AlarmState.DISMISSED: "已排除",
}


def alarm_lines(engine: Engine, wanted: Wanted, snapshot: Snapshot) -> tuple[AlarmLine, ...] | None:
    """Return the alarms of the report's days, ground and kinds; ``None`` where none was ever made:
    early warning does not run then, and silence would read as calm."""
    if not any(count_alarms(engine).values()):
        return None
    window = wanted.period.window
    top = wanted.within
    if top is None and wanted.subdistrict:
        top = (JurisdictionLevel.SUBDISTRICT, wanted.subdistrict)
    own = {level.value: set(areas.codes) for level, areas in inside(snapshot.areas, top).items()}
    found: list[AlarmLine] = []
    mark = None
    while True:
        page, mark = list_alarms(engine, before=mark, limit=MOST_IN_PAGE)
        for one in page:
            inside_days = window.start <= one.new.day < window.end
            here = top is None or one.new.code in own.get(one.new.level, set())
            about = not wanted.kinds or one.new.kind in wanted.kinds
            if inside_days and here and about:
                found.append(_line(one, snapshot))
        if mark is None or mark[0] < window.start:
            return tuple(found)


def _line(one: StoredAlarm, snapshot: Snapshot) -> AlarmLine:
    return AlarmLine(
        day=one.new.day,
        place=snapshot.names.get(one.new.code, one.new.code) or "全市",
        kind=one.new.kind,
        method=METHODS.get(one.new.method, one.new.method),
        observed=one.new.observed,
        expected=one.new.expected,
        q=one.new.q,
        state=STATES[one.state],
    )
