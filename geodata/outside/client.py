"""Ask one service: guard, cache, pause, budget, then the request with time-outs and retries."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from geodata.crs import parse_crs, to_wgs84
from geodata.outside.amap import AMAP
from geodata.outside.baidu import BAIDU
from geodata.outside.guard import checked_city, checked_place
from geodata.outside.limits import AnswerCache, Breaker, Clock, DailyBudget
from geodata.outside.port import OutsideAnswer, OutsideRefused, OutsideUnavailable
from geodata.outside.settings import OutsideSettings
from geodata.outside.tianditu import TIANDITU
from geodata.outside.vendors import FaultKind, Found, Vendor, VendorFault

VENDORS: Mapping[str, Vendor] = {one.name: one for one in (AMAP, BAIDU, TIANDITU)}

_TIMEOUT_S = 2.0  # for connecting, and for the whole answer: a dispatcher is waiting
_PAUSES_S = (0.2, 0.8)  # before the second and the third attempt
_MOST_BYTES = 64 * 1024  # a documented answer has 1 KB

_log = logging.getLogger(__name__)


class OutsideClient:
    """One outside geocoder over HTTP; may be used by several threads."""

    def __init__(
        self,
        vendor: Vendor,
        settings: OutsideSettings,
        *,
        state_dir: Path,
        base_url: str | None = None,
        clock: Clock = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        """``state_dir`` keeps the count of the day; ``base_url`` is for tests and for a city's own
        mirror of the service."""
        self._vendor = vendor
        self._settings = settings
        self._url = (base_url or vendor.base_url).rstrip("/") + vendor.path
        self._clock = clock
        self._sleep = sleep
        self._timeout_s = timeout_s
        self._budget = DailyBudget(
            settings.daily_budget, clock, state_dir / f"outside-{vendor.name}.json"
        )
        self._breaker = Breaker(clock)
        self._cache = AnswerCache(clock)
        # A redirect would carry the question and the key to somebody who was never named.
        self._http = httpx.Client(timeout=timeout_s, follow_redirects=False)
        # httpx logs whole addresses, which hold the key and the place.
        logging.getLogger("httpx").setLevel(logging.WARNING)

    @property
    def name(self) -> str:
        return self._vendor.name

    def lookup(self, place: str, city: str) -> OutsideAnswer | None:
        """See OutsideGeocoder. A question is sent at most three times, each time on the budget."""
        if not self._settings.on:
            raise OutsideRefused(f"nothing is sent, outside geocoders are {self._settings.words}")
        place, city = checked_place(place), checked_city(city)
        parameters = self._vendor.ask(place, city, self._settings.key)
        key = (self._vendor.name, self._vendor.api, place, city)
        known, answer = self._cache.get(key)
        if known:
            return answer
        found = self._found(parameters)
        answer = None if found is None else self._answer(found)
        self._cache.put(key, answer)
        return answer

    def close(self) -> None:
        self._http.close()

    def _found(self, parameters: dict[str, str]) -> Found | None:
        said = ""
        for pause_s in (*_PAUSES_S, None):
            self._breaker.ask()
            self._budget.take()
            try:
                found = self._vendor.read(self._sent(parameters))
            except VendorFault as fault:
                self._breaker.bad()
                said = str(fault)
                if fault.kind is FaultKind.QUOTA:
                    self._budget.stop_for_today()
                if fault.kind is not FaultKind.AGAIN:
                    break
            except (KeyError, TypeError, ValueError, IndexError, AttributeError) as wrong:
                self._breaker.bad()
                said = f"not the documented answer ({type(wrong).__name__})"
                break
            else:
                self._breaker.good()
                return found
            if pause_s is not None:
                self._sleep(pause_s)
        # Neither place nor key may stand in a log.
        _log.warning("outside geocoder %s: %s", self.name, said)
        raise OutsideUnavailable(f"{self.name} gave no answer: {said}")

    def _sent(self, parameters: dict[str, str]) -> Mapping[str, Any]:
        """The JSON object that came; a VendorFault for time-outs and for every status but 200."""
        until = time.monotonic() + self._timeout_s
        body = bytearray()
        try:
            with self._http.stream("GET", self._url, params=parameters) as response:
                status = response.status_code
                if status >= 500 or status == 429:
                    raise VendorFault(FaultKind.AGAIN, f"HTTP {status}")
                if status != 200:
                    raise VendorFault(FaultKind.BROKEN, f"HTTP {status}")
                for part in response.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise VendorFault(FaultKind.BROKEN, f"over {_MOST_BYTES} bytes")
                    if time.monotonic() > until:  # httpx limits the wait for each part only
                        raise VendorFault(FaultKind.AGAIN, f"over {self._timeout_s:g} s")
        except httpx.HTTPError as wrong:
            # Its text may hold the address with the key in it; its class says enough.
            raise VendorFault(FaultKind.AGAIN, type(wrong).__name__) from None
        value = json.loads(body)  # bad JSON and bad UTF-8 are ValueErrors
        if not isinstance(value, dict):
            raise TypeError("not an object")
        return value

    def _answer(self, found: Found) -> OutsideAnswer:
        lon, lat = to_wgs84(found.x, found.y, parse_crs(self._vendor.datum))
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise OutsideUnavailable(f"{self.name} gave a coordinate that is none")
        return OutsideAnswer(
            lon=float(lon),
            lat=float(lat),
            level=found.level,
            precision=self._vendor.levels.get(found.level),
            words=found.words,
            provider=self._vendor.name,
            api=self._vendor.api,
            datum=self._vendor.datum,
            fetched_at=self._clock(),
        )


def open_geocoder(settings: OutsideSettings, state_dir: Path) -> OutsideClient | None:
    """The geocoder that the deployment turned on; ``None`` where it is off, as it is by default."""
    if not settings.on:
        return None
    assert settings.provider is not None  # part of settings.on
    return OutsideClient(VENDORS[settings.provider], settings, state_dir=state_dir)
