"""Results kept ready: the same thing asked twice is computed once, and by one thread.

A key holds the scope, the snapshot's key (which changes with the data) and the view, so nothing has
to be thrown away by hand and nobody is ever handed what another scope may see.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillRunning
from typing import Generic, TypeVar

from routing.errors import ShudiError

_log = logging.getLogger("shudi.analysis")

T = TypeVar("T")

WAIT_S = 20.0
"""Seconds a request waits for another that computes the same, or for a turn to compute; then it
is told to ask again. Longer than the slowest test takes on a city."""
AT_ONCE = 2
"""Long computations side by side per process: of four threads two stay free for the desks."""


class StillComputing(ShudiError):
    """The answer is being computed, or every place to compute it is taken; ask again shortly."""


class Kept(Generic[T]):
    """Results of one process, the least recently used dropped first."""

    def __init__(self, most: int, weight: Callable[[T], int], *, wait_s: float = WAIT_S) -> None:
        """``most`` is the weight of all that is kept; the latest is kept whatever it weighs."""
        self._most, self._weight, self._wait_s = most, weight, wait_s
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._running: dict[Hashable, Future[T]] = {}
        self._held = 0

    def get(self, key: Hashable, make: Callable[[], T], *, long: bool = False) -> T:
        """Return what is kept under the key, else make it and keep it.

        Threads that ask for the same key meanwhile wait for the one that computes, and get its
        error where it fails; an error is not kept. ``long`` computations take turns. Raises
        StillComputing after ``wait_s`` of waiting.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            running = self._running.get(key)
            first = running is None
            if running is None:
                running = self._running[key] = Future()
        if not first:
            return self._wait(running)
        try:
            made = self._in_turn(make) if long else make()
        except BaseException as error:
            with self._lock:
                del self._running[key]
            running.set_exception(error)
            raise
        with self._lock:
            del self._running[key]
            self._keep(key, made)
        running.set_result(made)
        return made

    def soon(self, key: Hashable, make: Callable[[], T]) -> T | None:
        """Return what is kept under the key; else ``None``, and make it in a thread of its own.

        However often it is asked for, one thread makes it. Where it fails, the next call begins
        again.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            if key in self._running:
                return None
        threading.Thread(target=self._behind, args=(key, make), name="kept", daemon=True).start()
        return None

    def _behind(self, key: Hashable, make: Callable[[], T]) -> None:
        try:
            self.get(key, make)
        except ShudiError as failed:  # the next who asks begins again; others are seen by all
            _log.warning("a result was not made ready: %s", type(failed).__name__)

    def _wait(self, running: Future[T]) -> T:
        try:
            return running.result(self._wait_s)
        except StillRunning as late:
            raise StillComputing("同样的结果正在计算，请几秒后重试") from late

    def _in_turn(self, make: Callable[[], T]) -> T:
        if not self._turns.acquire(timeout=self._wait_s):
            raise StillComputing(
                f"已有 {AT_ONCE} 项较长的计算正在进行，请几秒后重试，或先缩小时段、类别、范围"
            )
        try:
            return make()
        finally:
            self._turns.release()

    def _keep(self, key: Hashable, made: T) -> None:
        self._kept[key] = made
        self._held += self._weight(made)
        while self._held > self._most and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._held -= self._weight(dropped)
