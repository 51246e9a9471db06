"""Three brakes: requests a day, a pause after faults, and no question twice.

All take the time from the caller's clock, which returns aware datetimes.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from geodata.outside.port import OutsideAnswer, OutsideBudgetUsedUp, OutsideUnavailable

Clock = Callable[[], datetime]

_LOCAL = ZoneInfo("Asia/Shanghai")  # the providers count their days there


class DailyBudget:
    """At most so many requests a day, over all processes that share the file and over restarts."""

    def __init__(self, most: int, clock: Clock, file: Path) -> None:
        self.most = most
        self._clock = clock
        self._file = file

    def take(self) -> None:
        """Count one request; raises OutsideBudgetUsedUp, counting nothing, where none is left."""
        self._count(lambda used: used + 1)

    def stop_for_today(self) -> None:
        """The provider says that its own quota is used up: ask no more today."""
        self._count(lambda used: max(used, self.most), ask=False)

    def _count(self, after: Callable[[int], int], *, ask: bool = True) -> None:
        today = self._clock().astimezone(_LOCAL).date().isoformat()
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # let go of when the file is closed
                used = _used(file.read(), today)
                if ask and used >= self.most:
                    raise OutsideBudgetUsedUp(
                        f"{used} of {self.most} requests of {today} are used; raise "
                        "SHUDI_OUTSIDE_DAILY_BUDGET or wait until tomorrow"
                    )
                file.seek(0)
                file.truncate()
                json.dump({"day": today, "used": after(used)}, file)
        except OSError as wrong:  # what cannot be counted is not sent
            raise OutsideUnavailable(
                f"the budget cannot be kept in {self._file}: {wrong}"
            ) from wrong


def _used(content: str, today: str) -> int:
    try:
        kept = json.loads(content or "{}")
        return int(kept["used"]) if kept.get("day") == today else 0
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise OutsideUnavailable(f"the budget's file is damaged ({wrong}); remove it") from wrong


class Breaker:
    """After some faults in a row nothing is sent for a while; then one request tries."""

    MOST_FAULTS = 5
    """A service that is down costs a dispatcher 5 time-outs once, not one with every complaint."""
    PAUSE = timedelta(seconds=60)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._faults = 0
        self._until: datetime | None = None

    def ask(self) -> None:
        """Raises OutsideUnavailable while the pause lasts."""
        with self._lock:
            now = self._clock()
            if self._until is None:
                return
            if now < self._until:
                left = (self._until - now).total_seconds()
                raise OutsideUnavailable(f"paused after {self._faults} faults, {left:.0f} s left")
            self._until = now + self.PAUSE  # this one tries; the others go on waiting

    def good(self) -> None:
        with self._lock:
            self._faults, self._until = 0, None

    def bad(self) -> None:
        with self._lock:
            self._faults += 1
            if self._faults >= self.MOST_FAULTS:
                self._until = self._clock() + self.PAUSE


Key = tuple[str, str, str, str]
"""Provider, version of its interface, place and city as sent."""


class AnswerCache:
    """Answers of this process, in memory only: providers' terms differ about storing them."""

    HIT = timedelta(days=90)
    """Addresses are renumbered rarely."""
    MISS = timedelta(days=1)
    """A name that is missing today may have been added tomorrow."""

    def __init__(self, clock: Clock, most: int = 10_000) -> None:
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[datetime, OutsideAnswer | None]] = OrderedDict()

    def get(self, key: Key) -> tuple[bool, OutsideAnswer | None]:
        """Whether something is known, and the answer; a known miss is (True, None)."""
        with self._lock:
            if key not in self._kept:
                return False, None
            until, answer = self._kept[key]
            if self._clock() >= until:
                del self._kept[key]
                return False, None
            self._kept.move_to_end(key)
            return True, answer

    def put(self, key: Key, answer: OutsideAnswer | None) -> None:
        with self._lock:
            lasts = self.MISS if answer is None else self.HIT
            self._kept[key] = (self._clock() + lasts, answer)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
