"""Reports and schedules as the page lists them; nothing in them says where files lie."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import wiring
from app.reporting.grounds import place_name
from app.reporting.wanted import FORMATS, Wanted, wanted_from
from app.schedules import due_next
from geodata.store.jobs import STALE_AFTER, Job
from geodata.store.report_schedules import Schedule
from maps.reports.content import title_of
from maps.reports.periods import KINDS, days_words
from routing.model import JurisdictionLevel

SCHEDULED = {
    "daily": "每天7:30，前一日",
    "weekly": "每周一7:30，上周",
    "monthly": "每月1日7:30，上月",
}
_STATES = {
    "queued": "等待中",
    "running": "生成中",
    "done": "已完成",
    "failed": "未成功",
    "cancelled": "已取消",
}


def shown(one: Job) -> dict[str, Any]:
    """A report as the list shows it."""
    wish = wanted_from(one.wanted)
    place = _place(wish)
    stale = (
        one.state == "running"
        and one.heartbeat_at is not None
        and datetime.now(wiring.LOCAL_TIME) - one.heartbeat_at > STALE_AFTER
    )
    return {
        "id": one.id,
        "title": wish.title or title_of(wish.kind, wish.period.name, place, frozenset(wish.kinds)),
        "kind": KINDS[wish.kind],
        "days": days_words(wish.period.window),
        "place": place,
        "kinds": list(wish.kinds),
        "state": one.state,
        "state_label": "没有响应，稍后自动重试" if stale else _STATES[one.state],
        "progress": one.progress,
        "note": one.note,
        "files": [
            {"form": form, "name": FORMATS[form]}
            for form in FORMATS
            if any(name.endswith(f".{form}") for name in one.files)
        ],
        "by": "定时生成" if one.requested_by.startswith("schedule:") else one.wanted.get("by_name"),
        "at": one.requested_at.isoformat(),
    }


def schedule_shown(one: Schedule) -> dict[str, Any]:
    """A schedule as the list shows it."""
    wish = wanted_from(one.wanted)
    now = datetime.now(wiring.LOCAL_TIME)
    return {
        "id": one.id,
        "kind": KINDS[one.period],
        "when": SCHEDULED[one.period],
        "place": _place(wish),
        "kinds": list(wish.kinds),
        "formats": [FORMATS[form] for form in wish.formats],
        "enabled": one.enabled,
        "next": due_next(one, now)["at"],
        "by": one.wanted.get("by_name") or one.created_by,
    }


def _place(wish: Wanted) -> str:
    within = wish.within
    if within is None and wish.subdistrict:
        within = (JurisdictionLevel.SUBDISTRICT, wish.subdistrict)
    return place_name(within)
