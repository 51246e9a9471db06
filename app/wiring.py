"""Where ports meet implementations, and nowhere else. No web framework: scripts use it too."""

from __future__ import annotations

import gc
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine

from app.accounts import Accounts
from app.callers import Caller, Callers
from app.config import Config
from app.decisions import routed_decision
from app.outlines import outlines
from app.personal import PersonalData
from app.places import located
from app.snapshots.cache import Snapshot, Snapshots
from app.snapshots.loading import Ground, load_snapshot, snapshot_key
from geodata import boundaries, database, rules_store
from geodata.boundaries import BoundaryWatch
from geodata.cases import PostgresCaseStore
from geodata.database import Scope
from geodata.gazetteer import LoadedGazetteer
from geodata.outside.client import open_geocoder
from geodata.outside.port import OutsideGeocoder
from geodata.outside.settings import OutsideSettings
from geodata.rules_store import StoredRules
from geodata.store import gazetteer_versions
from geodata.store.gazetteer_learning import record_missing
from geodata.units import Units
from routing.casework.cases import Case, Move, RoutedDecision
from routing.dispatch.calibration import shipped_calibration
from routing.dispatch.rules import RuleSet
from routing.errors import UserInputError
from routing.geocoding.reader import Reader
from routing.geocoding.search import PlaceSearch
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import (
    TERRITORIAL_LEVELS,
    Complaint,
    Jurisdiction,
    JurisdictionLevel,
    Unit,
    UnitKind,
)
from routing.pipeline import Deps, route

LOCAL_TIME = ZoneInfo("Asia/Shanghai")

_OUTLINES_KEPT = 32
"""Maps kept ready per process: four levels for today and a few older days."""

_ASKING_AT_ONCE = 4
"""Questions to the outside geocoder per process: one for each of its web server's threads."""

T = TypeVar("T")

Router = Callable[[Complaint, date | None], RoutedDecision]


@dataclass(frozen=True)
class _Loaded:
    """Everything read from the database for one generation: boundaries, units, rules, names."""

    generation: int
    day: date
    """A gazetteer that was activated ahead begins on its day, without any change that day."""
    index: JurisdictionIndex
    units: Units
    rule_sets: Sequence[tuple[StoredRules, RuleSet]]
    gazetteer: LoadedGazetteer
    reader: Reader | None
    """``None`` while no gazetteer is in force."""

    @cached_property
    def search(self) -> PlaceSearch | None:
        """The operator's box, built when it is first opened."""
        places = self.gazetteer.places()
        return PlaceSearch(places, self.index.jurisdictions) if places else None

    @cached_property
    def ground(self) -> BaseGeometry:
        """All jurisdictions of the coarsest level in force; WGS 84, empty where there is none."""
        areas = [one for one in self.index.jurisdictions if _in_force(one, self.day)]
        for level in TERRITORIAL_LEVELS:
            shapes = [one.geometry for one in areas if one.level is level]
            if shapes:
                whole = shapely.union_all(shapes)
                shapely.prepare(whole)
                return whole
        return shapely.MultiPolygon()

    @cached_property
    def city(self) -> str:
        """The city's name, else its code of six digits; empty where neither is known."""
        for unit in self.units:
            if unit.kind is UnitKind.CITY and _in_force(unit, self.day):
                return unit.name
        official = (JurisdictionLevel.DISTRICT, JurisdictionLevel.SUBDISTRICT)
        for area in self.index.jurisdictions:
            if area.level in official and area.code[:6].isdecimal() and len(area.code) >= 6:
                return f"{area.code[:4]}00"
        return ""

    @cached_property
    def map_ground(self) -> Ground:
        """What snapshots share."""
        return Ground(
            generation=self.generation,
            day=self.day,
            jurisdictions=self.index.jurisdictions,
            units=self.units,
        )

    def deps_on(self, day: date) -> Deps:
        """What decides complaints of a day: boundaries and units know their days themselves."""
        # As geodata.rules_store.rules_in_force: the one that begins last, of these the latest.
        covering = [
            (stored.effective_from, place)
            for place, (stored, _) in enumerate(self.rule_sets)
            if stored.effective_from <= day
            and (stored.effective_to is None or day <= stored.effective_to)
        ]
        rules = self.rule_sets[max(covering)[1]][1] if covering else RuleSet.empty()
        return Deps(
            index=self.index,
            rules=rules,
            units=self.units,
            reader=self.reader,
            calibration=shipped_calibration() if self.reader is not None else None,
        )


class Services:
    """Everything the web and the command line ask for; one per process, shared by its threads."""

    def __init__(
        self,
        engine: Engine,
        personal: PersonalData,
        *,
        demo: bool = False,
        outside: OutsideSettings | None = None,
        var_dir: Path = Path("var"),
        working_crs: str | None = None,
    ) -> None:
        """``outside`` turns another company's geocoder on, by default none; ``var_dir`` keeps its
        count of the day; ``working_crs`` is the metric CRS of maps, by default the city's zone."""
        self.engine = engine
        self._outside, self._var_dir = outside or OutsideSettings(), var_dir
        self._opening = threading.Lock()
        self.accounts = Accounts(engine, demo=demo)
        self.callers = Callers(engine, personal)
        self._loading = threading.Lock()
        self._held: _Loaded | None = None
        self._outlines: OrderedDict[tuple[object, ...], dict[str, object]] = OrderedDict()
        self._working_crs = working_crs
        self._snapshots = Snapshots(self._snapshot_key, self._load_snapshot)

    @classmethod
    def from_config(cls, config: Config) -> Services:
        """Join to the database the configuration names, else to the private cluster."""
        url = config.database_url or database.resolve_url(config.var_dir)
        # One connection per thread, and one for a request that needs a second.
        engine = database.engine(url, pool_size=config.threads + 1)
        return cls(
            engine,
            PersonalData(config.data_keys),
            demo=config.demo,
            outside=config.outside,
            var_dir=config.var_dir,
            working_crs=config.working_crs,
        )

    def deps(self) -> tuple[Deps, int]:
        """Return what decides complaints of today, and its generation.

        The generation is read from the database on every call, so an activated boundary serves
        the next request of every process; the index is rebuilt only where it changed.
        """
        held = self._current()
        return held.deps_on(today()), held.generation

    def watch(self) -> BoundaryWatch:
        """Load what is activated as soon as PostgreSQL tells, before a request has to wait for it.

        Only a head start: every request asks for the generation itself. Returns the running
        watch; a daemon thread, so a worker that ends need not stop it.
        """
        return BoundaryWatch(self.engine, lambda generation: self._warm()).start()

    def _warm(self) -> None:
        self._newest()

    def store(self, scope: Scope | None) -> PostgresCaseStore:
        """Return the cases that ``scope`` may see; ``None`` sees all."""
        return PostgresCaseStore(self.engine, scope)

    def router(self) -> Router:
        """Return a function that decides complaints, all on the generation in force now."""
        held, now = self._current(), today()

        def decide(complaint: Complaint, day: date | None = None) -> RoutedDecision:
            on = day or received_day(complaint) or now
            deps = held.deps_on(on)
            routed = route(complaint, on, deps)
            return routed_decision(
                complaint,
                routed.hits,
                routed.recommendation,
                on,
                routed.text_place,
                deps.reader.version if deps.reader is not None else "",
            )

        return decide

    def route(self, complaint: Complaint, day: date | None = None) -> RoutedDecision:
        """Decide one complaint, by default for the day it was received, else for today."""
        return self.router()(complaint, day)

    def complaint(
        self,
        *,
        id: str,
        text: str = "",
        lon: float | None = None,
        lat: float | None = None,
        crs: str | None = None,
        accuracy_m: float | None = None,
        category: str | None = None,
        received_at: datetime | None = None,
        channel: str = "",
    ) -> Complaint:
        """Return a complaint with its place in WGS 84; UserInputError where it cannot have one."""
        return Complaint(
            id=id,
            text=text,
            category=category or None,
            received_at=received_at,
            location=located(lon, lat, crs, accuracy_m),
            channel=channel,
        )

    def receive(
        self,
        complaint: Complaint,
        external_id: str,
        *,
        actor: str,
        actor_name: str,
        caller: Caller | None = None,
    ) -> tuple[Case, bool]:
        """Decide and store; the second value says whether the case is new."""
        sealed = self.callers.seal(caller)
        decision = self.route(complaint)
        case, first = PostgresCaseStore(self.engine).receive(
            complaint,
            external_id,
            decision,
            actor=actor,
            actor_name=actor_name,
            caller_name_enc=sealed.name_enc,
            caller_phone_enc=sealed.phone_enc,
        )
        names = (decision.text_place or {}).get("missing", ())
        if first and isinstance(names, list) and names:  # for curators; the case has its answer
            record_missing(self.engine, [str(name) for name in names], case_no=case.no)
        return case, first

    def move(
        self,
        scope: Scope | None,
        case_no: str,
        move: Move,
        *,
        version: int,
        actor: str,
        actor_name: str,
        role: str,
        unit_code: str | None = None,
        co_units: Sequence[str] | None = None,
        reason: str = "",
    ) -> Case:
        """Make one move; a unit that the directory does not know on this day is refused."""
        names = self.units()
        for code in [unit_code, *(co_units or ())]:
            if code and names.unit(code, today()) is None:
                raise UserInputError(f"单位代码 {code!r} 不在现行单位名录中，请核对后重试")
        unit = names.unit(unit_code, today()) if unit_code else None
        return self.store(scope).move(
            case_no,
            move,
            version=version,
            actor=actor,
            actor_name=actor_name,
            role=role,
            unit_code=unit_code,
            unit_name=unit.name if unit else None,
            co_units=co_units,
            reason=reason,
        )

    def reader(self) -> Reader | None:
        """Return what reads places out of words; ``None`` while no gazetteer is in force."""
        return self._current().reader

    def search(self) -> PlaceSearch | None:
        """Return the search over the gazetteer in force; ``None`` while there is none."""
        held = self._current()
        with self._loading:  # built once, however many open the box at the same time
            return held.search

    def outside_geocoder(self) -> OutsideGeocoder | None:
        """Return the geocoder that the deployment turned on, for hints at the desk only; ``None``
        where it is off, as it is by default."""
        if not self._outside.on:
            return None
        with self._opening:
            return self._opened_geocoder

    @cached_property
    def _opened_geocoder(self) -> OutsideGeocoder | None:
        return open_geocoder(self._outside, self._var_dir)

    def in_background(self, work: Callable[[], T]) -> Future[T]:
        """Begin something nobody may have to wait for."""
        with self._opening:
            return self._threads.submit(work)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_ASKING_AT_ONCE, thread_name_prefix="outside")

    def city(self) -> str:
        """Return the name or code of the city, as an outside geocoder is told it; may be empty."""
        return self._current().city

    def city_ground(self) -> BaseGeometry:
        """Return the whole ground of the boundaries in force today, WGS 84; may be empty."""
        held = self._current()
        with self._loading:
            return held.ground

    def units(self) -> Units:
        """Return the unit directory in force now."""
        return self._current().units

    def unit(self, code: str, day: date | None = None) -> Unit | None:
        """Return a unit as it is on a day, by default today."""
        return self.units().unit(code, day or today())

    def jurisdictions_geojson(
        self, level: str, day: date | None = None, within: str | None = None
    ) -> dict[str, object]:
        """Return one level as GeoJSON (see ``app.outlines``); raises UserInputError for a level
        that does not exist."""
        levels = [known.value for known in JurisdictionLevel]
        if level not in levels:
            raise UserInputError(f"level {level!r} is unknown; use one of {levels}")
        held, on = self._current(), day or today()
        key = (held.generation, level, on, within)
        made = self._outlines.get(key)
        if made is None:

            def name(code: str) -> str:
                unit = held.units.unit(code, on)
                return unit.name if unit else code

            made = outlines(held.index.jurisdictions, level, on, within=within, unit_name=name)
            with self._loading:
                self._outlines[key] = made
                while len(self._outlines) > _OUTLINES_KEPT:
                    self._outlines.popitem(last=False)
        return made

    def snapshot(self, scope: Scope | None) -> Snapshot:
        """Return what maps of a scope are made from (``None``: the whole city), as it is now; see
        ``Snapshots.get``. Raises StoreUnavailable where the database is gone."""
        return self._snapshots.get(scope)

    def _snapshot_key(self, scope: Scope | None) -> tuple[object, ...]:
        return snapshot_key(self.engine, scope, self._current().map_ground, self._working_crs)

    def _load_snapshot(self, scope: Scope | None) -> Snapshot:
        return load_snapshot(self.engine, scope, self._current().map_ground, self._working_crs)

    def readiness(self) -> dict[str, bool]:
        """Return each condition of being able to serve; StoreUnavailable without a database."""
        held = self._current()
        on = today()
        return {
            "database": True,
            "boundaries": any(_in_force(one, on) for one in held.index.jurisdictions),
        }

    def _current(self) -> _Loaded:
        box = _one_version.get()
        if box:
            return box[0]
        held = self._newest()
        if box is not None:
            box.append(held)
        return held

    def _newest(self) -> _Loaded:
        wanted = boundaries.generation(self.engine)
        held = self._held
        if held is not None and held.generation == wanted and held.day == today():
            return held
        with self._loading:  # one thread loads, the others wait for what it loaded
            held = self._held
            wanted = boundaries.generation(self.engine)
            # unequal, not less: a restored database may stand at a lower number
            if held is None or held.generation != wanted or held.day != today():
                held = self._held = self._load(held)
                self._outlines.clear()
        return held

    def _load(self, before: _Loaded | None) -> _Loaded:
        day = today()
        generation, jurisdictions, borders = boundaries.load(self.engine)
        if before is not None and before.gazetteer.version == (
            gazetteer_versions.version_in_force(self.engine)
        ):
            names = before.gazetteer  # 700,000 places take half a minute to read
        else:
            names = gazetteer_versions.load(self.engine)
        places = names.places()
        reader = Reader(places, jurisdictions, version=names.version) if places else None
        gc.collect()
        gc.freeze()  # hundreds of thousands of names that live as long as the process
        return _Loaded(
            generation=generation,
            day=day,
            index=JurisdictionIndex(jurisdictions, borders),
            gazetteer=names,
            reader=reader,
            units=Units(rules_store.load_units(self.engine)),
            rule_sets=[
                (one, RuleSet.parse(one.toml, f"rules {one.version}"))
                for one in rules_store.list_rules(self.engine)
            ],
        )


_one_version: ContextVar[list[_Loaded] | None] = ContextVar("one_version", default=None)


@contextmanager
def one_version() -> Iterator[None]:
    """Within this block everything is answered from one generation, asked for once.

    The web opens one per request: a request never mixes two versions, and the next one sees what
    was activated in between. Without it each call asks for itself.
    """
    token = _one_version.set([])
    try:
        yield
    finally:
        _one_version.reset(token)


def _in_force(one: Jurisdiction | Unit, day: date) -> bool:
    return one.effective_from <= day and (one.effective_to is None or day <= one.effective_to)


def today() -> date:
    """The calendar day in the deployment's time zone."""
    return datetime.now(LOCAL_TIME).date()


def received_day(complaint: Complaint) -> date | None:
    """The local day a complaint was received; ``None`` where it does not say."""
    received = complaint.received_at
    return received.astimezone(LOCAL_TIME).date() if received else None


_current: tuple[int, Services] | None = None


def use(made: Services) -> None:
    """Make these the services of this process."""
    global _current
    _current = (os.getpid(), made)


def forget() -> None:
    """Drop what a parent process opened; connections and R-trees do not survive a fork."""
    global _current
    if _current is not None:
        _current[1].engine.dispose(close=False)
    _current = None


def services() -> Services:
    """Return this process's services; raises RuntimeError where ``use`` was not called in it."""
    if _current is None or _current[0] != os.getpid():
        raise RuntimeError("wiring.use(services) was not called in this process")
    return _current[1]
