"""Requests to stop, by SIGTERM or Ctrl-C, told apart from errors and never taken half-way."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(Exception):
    """SIGTERM or SIGINT arrived; not an error."""


class StopRequests:
    """SIGTERM and SIGINT as Stopped, raised at once or, while something starts, right after.

    A cluster or server interrupted half-way through its start would be left running by itself.
    """

    def __init__(self) -> None:
        self._holding = False
        self._asked: str | None = None

    def listen(self) -> None:
        """From now on both signals raise; to be called in the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._arrived)

    def ignore(self) -> None:
        """From now on neither does anything: the stopping itself is not to be cut short."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep a request back until the block is done."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self._asked is not None:
            raise Stopped(self._asked)

    def check(self) -> None:
        """Raise Stopped where a request has come, also if its own exception was lost on the way.

        Python drops what a handler raises while an object is being cleared up.
        """
        if self._asked is not None:
            raise Stopped(self._asked)

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        if self._asked is not None:
            return  # the stopping has begun; a second exception in the midst of it would end it
        self._asked = signal.Signals(number).name
        if not self._holding:
            raise Stopped(self._asked)
