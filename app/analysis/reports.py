"""The page of reports: what was made, what is being made, what is made by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request, send_file
from pydantic import BaseModel, ConfigDict, Field

from app import wiring, words
from app.analysis.report_lists import SCHEDULED, schedule_shown, shown
from app.auth import SignedIn, current_user, require_role, scope
from app.jobs import reports_folder
from app.reporting.grounds import names
from app.reporting.wanted import FORMATS, MIMES, Wanted, wanted, wanted_from
from app.schedules import REPORT, last_due
from geodata.store import jobs, report_schedules
from geodata.store.jobs import Job
from maps.reports.periods import KINDS, last_complete
from routing.errors import NotAllowed, NotFoundError, UserInputError
from routing.model import JurisdictionLevel

reports = Blueprint("analysis_reports", __name__, url_prefix="/analysis/reports")

MAY_REPORT = ("analyst", "supervisor", "admin", "street")
"""Who may ask for reports; street-level staff for their own subdistrict only."""
MAY_SCHEDULE = ("analyst", "supervisor", "admin")
MOST_WAITING = 10
"""Reports of one person that may wait at a time: at a minute each, a quarter of an hour."""
MOST_LISTED = 50
_MONTHS = 24


class ReportBody(BaseModel):
    """A report that somebody wants."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=20)
    first: date
    last: date | None = None
    within: str = Field(default="", max_length=80)
    kinds: list[str] = Field(default_factory=list, max_length=100)
    formats: list[str] = Field(default_factory=lambda: ["pdf"], max_length=3)
    title: str = Field(default="", max_length=1000)


class ScheduleBody(BaseModel):
    """A report that is to be made by itself."""

    model_config = ConfigDict(extra="forbid")

    period: str = Field(max_length=20)
    within: str = Field(default="", max_length=80)
    kinds: list[str] = Field(default_factory=list, max_length=100)
    formats: list[str] = Field(default_factory=lambda: ["pdf"], max_length=3)


class SwitchBody(BaseModel):
    """Whether a schedule is on."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool


@reports.get("")
@require_role(*MAY_REPORT)
def page() -> str:
    """The page; its script fetches the lists and asks again while something is being made."""
    from app.desks import access  # which registers this page, so it is imported after it

    today = wiring.today()
    own = _own_subdistrict()
    return render_template(
        "analysis/reports.html",
        kinds=KINDS,
        formats=FORMATS,
        categories=access.categories(),
        grounds=_grounds(own),
        whole="" if own else "全部范围",
        may_schedule=current_user().role in MAY_SCHEDULE,
        scheduled=SCHEDULED,
        today=today.isoformat(),
        yesterday=(today - timedelta(days=1)).isoformat(),
        months=_months(today),
        month_ago=(today - timedelta(days=30)).isoformat(),
        last_week=last_complete("weekly", today).isoformat(),
    )


@reports.get("/list")
@require_role(*MAY_REPORT)
def listing() -> Response:
    """The newest reports that the viewer may see, and the schedules where they may see those."""
    engine = wiring.services().engine
    own = _own_subdistrict()
    found = jobs.newest(engine, REPORT, limit=MOST_LISTED, subdistrict=own)
    answer: dict[str, Any] = {"reports": [shown(one) for one in found]}
    if current_user().role in MAY_SCHEDULE:
        answer["schedules"] = [schedule_shown(one) for one in report_schedules.schedules(engine)]
    return jsonify(answer)


@reports.post("")
@require_role(*MAY_REPORT)
def ask() -> tuple[Response, int]:
    """Ask for a report; 201 with the report as it is listed."""
    body = ReportBody.model_validate(request.get_json())
    wish = wanted(
        kind=body.kind,
        first=body.first,
        last=body.last,
        within=body.within,
        kinds=body.kinds,
        formats=body.formats,
        title=body.title,
        subdistrict=_own_subdistrict(),
    )
    if wish.first > wiring.today():
        raise UserInputError(f"时段从 {wish.first} 开始，还没有到；请选择今天或更早的日期")
    _check_ground(wish)
    engine, who = wiring.services().engine, current_user()
    if (n := jobs.waiting(engine, REPORT, by=who.login)) >= MOST_WAITING:
        raise UserInputError(f"您已有 {n} 份报告在等待生成；请等其中一些完成或取消后再试")
    number = jobs.enqueue(engine, REPORT, _stored(wish, who), by=who.login)
    return jsonify(shown(jobs.get(engine, number))), 201


@reports.post("/<int:number>/cancel")
@require_role(*MAY_REPORT)
def cancel(number: int) -> Response:
    """Stop one that waits or is being made; answers with the report as it then is."""
    engine = wiring.services().engine
    _visible(number)
    jobs.cancel(engine, number)
    return jsonify(shown(jobs.get(engine, number)))


@reports.get("/<int:number>/<form>")
@require_role(*MAY_REPORT)
def download(number: int, form: str) -> Response:
    """One file of a finished report, to those who may see what it was made from."""
    found = _visible(number)
    name = next((one for one in found.files if one.endswith(f".{form}")), None)
    if found.state != "done" or form not in FORMATS or name is None:
        raise NotFoundError(f"report {number} has no {form[:10]!r} file")
    folder = reports_folder(current_app.config["SHUDI"].var_dir.absolute(), number)
    file = folder / name
    if not file.is_file():
        raise NotFoundError(f"the file of report {number} is no longer there; ask for it again")
    return send_file(file, mimetype=MIMES[form], as_attachment=True, download_name=name)


@reports.post("/schedules")
@require_role(*MAY_SCHEDULE)
def schedule() -> tuple[Response, int]:
    """Make a schedule; it begins with the next period, the last one can be asked for by hand."""
    body = ScheduleBody.model_validate(request.get_json())
    if body.period not in SCHEDULED:
        raise UserInputError(f"周期“{body.period}”不能识别；可用：{'、'.join(SCHEDULED)}")
    now = _now()
    due = last_due(body.period, now)
    wish = wanted(
        kind=body.period,
        first=due,
        within=body.within,
        kinds=body.kinds,
        formats=body.formats,
    )
    _check_ground(wish)
    engine, who = wiring.services().engine, current_user()
    for one in report_schedules.schedules(engine):
        if one.period == body.period and _same(wanted_from(one.wanted), wish):
            state = "" if one.enabled else "，现已停用，可在列表中启用"
            raise UserInputError(f"已有同样的定时{KINDS[body.period]}{state}；不必重复设置")
    report_schedules.add_schedule(
        engine, body.period, _stored(wish, who), by=who.login, made_for=due
    )
    return jsonify(
        schedules=[schedule_shown(one) for one in report_schedules.schedules(engine)]
    ), 201


@reports.post("/schedules/<int:number>")
@require_role(*MAY_SCHEDULE)
def switch(number: int) -> Response:
    """Turn a schedule on or off."""
    body = SwitchBody.model_validate(request.get_json())
    engine = wiring.services().engine
    period = next(
        (one.period for one in report_schedules.schedules(engine) if one.id == number), "daily"
    )
    due = last_due(period, _now())
    report_schedules.set_enabled(engine, number, body.enabled, due)
    return jsonify(schedules=[schedule_shown(one) for one in report_schedules.schedules(engine)])


def _same(one: Wanted, other: Wanted) -> bool:
    """Whether two schedules would make the same reports, in whatever formats."""
    return one.within == other.within and set(one.kinds) == set(other.kinds)


def _now() -> datetime:
    return datetime.now(wiring.LOCAL_TIME)


def _own_subdistrict() -> str | None:
    """The only subdistrict that the viewer may see; ``None`` for the whole city.

    NotAllowed for an account whose territory is half filled in: it sees nothing, never everything.
    """
    own = scope()
    if own is None:
        return None
    if not own.subdistrict:
        raise NotAllowed("reports are made for a subdistrict or for the whole city")
    return own.subdistrict


def _visible(number: int) -> Job:
    """A report made from no more than the viewer may see; NotFoundError for any other."""
    found = jobs.get(wiring.services().engine, number)
    own = _own_subdistrict()
    made_from = (found.wanted.get("scope") or {}).get("subdistrict")
    if found.kind != REPORT or (own is not None and made_from != own):
        raise NotFoundError(f"there is no report {number}")
    return found


def _check_ground(wish: Wanted) -> None:
    """UserInputError for a ground that does not exist or that the viewer may not see."""
    if wish.within is None:
        return
    level, code = wish.within
    own = wish.subdistrict
    known = code in names(level)
    if own is not None and (level, code) != (JurisdictionLevel.SUBDISTRICT, own):
        known = False
    if not known:
        raise UserInputError(f"没有代码为“{code[:40]}”的范围，或不在您的辖区内；请从列表中重新选择")


def _grounds(own: str | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Districts and subdistricts to choose from, by group; only the own one for street staff."""
    groups = []
    for level in (JurisdictionLevel.DISTRICT, JurisdictionLevel.SUBDISTRICT):
        found = names(level)
        if own is not None:
            allowed = own if level is JurisdictionLevel.SUBDISTRICT else ""
            found = {code: name for code, name in found.items() if code == allowed}
        if found:
            choices = [(f"{level.value}:{code}", name) for code, name in found.items()]
            groups.append((words.LEVELS[level], choices))
    return groups


def _months(today: date) -> list[tuple[str, str]]:
    """The last two years, the last complete month first, the running one after it."""
    found = []
    first = today.replace(day=1)
    for _ in range(_MONTHS):
        running = "（未满）" if first == today.replace(day=1) else ""
        found.append((first.isoformat(), f"{first.year}年{first.month}月{running}"))
        first = (first - timedelta(days=1)).replace(day=1)
    found[0], found[1] = found[1], found[0]
    return found


def _stored(wish: Wanted, who: SignedIn) -> dict[str, Any]:
    return {**wish.as_json(), "by_name": who.name}
