"""Findings about rows of a file, so that a million bad rows stay readable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.findings import Finding, Severity

LISTED = 200
"""Rows of one kind told one by one. Two hundred are more than anybody mends by hand; from there on
the export is what has to be mended, and a file of 700,000 bad rows must not make as many
findings."""

_LONGEST = 40  # characters of a value shown; a cell may hold a book


def shown(value: str) -> str:
    """A value for a message: short, in quotes, without anything that drives a terminal."""
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in value)
    return f"「{plain if len(plain) <= _LONGEST else plain[:_LONGEST] + '…'}」"


class RowNotes:
    """Findings of one table while it is read; rows are numbered as its reader sees them."""

    def __init__(self, source: str, layer: str, first_row: int, ids: npt.NDArray[Any]) -> None:
        """``ids``: the rows' place ids, as they stand there."""
        self._source, self._layer, self._first, self._ids = source, layer, first_row, ids
        self._silent: set[int] = set()
        self._found: list[Finding] = []
        self._more: Counter[tuple[str, Severity, str]] = Counter()
        self._told: Counter[tuple[str, Severity, str]] = Counter()

    def row(
        self,
        code: str,
        at: int,
        message: str,
        advice: str,
        severity: Severity = Severity.BLOCKING,
        **more: Any,
    ) -> None:
        """Note one row (from 0)."""
        if at in self._silent:
            return
        key = code, severity, advice
        self._told[key] += 1
        if self._told[key] > LISTED:
            self._more[key] += 1
            return
        place = str(self._ids[at])
        about = f"第 {at + self._first} 行" + (f"（{shown(place)[1:-1]}）" if place else "")
        self._add(code, severity, f"{about}{message}", advice, (place,) if place else (), **more)

    def silence(self, at: int) -> None:
        """Tell no more of a row: what is wrong with it explains the rest."""
        self._silent.add(at)

    def rows(
        self,
        code: str,
        mask: npt.NDArray[np.bool_],
        message: str,
        advice: str,
        values: npt.NDArray[Any] | None = None,
        severity: Severity = Severity.BLOCKING,
    ) -> None:
        """Note all rows of a mask; ``{}`` in the message becomes the row's value."""
        positions = np.flatnonzero(mask)
        for at in positions[: LISTED + 1].tolist():
            value = "" if values is None else shown(str(values[at]))
            self.row(code, at, message.replace("{}", value), advice, severity)
        rest = max(len(positions) - LISTED - 1, 0)
        if rest:
            self._more[code, severity, advice] += rest

    def file(self, code: str, severity: Severity, message: str, advice: str, **more: Any) -> None:
        """Note something about the whole table."""
        self._add(code, severity, message, advice, (), **more)

    def _add(
        self,
        code: str,
        severity: Severity,
        message: str,
        advice: str,
        codes: tuple[str, ...],
        **more: Any,
    ) -> None:
        self._found.append(
            Finding(
                code=code,
                severity=severity,
                message=message,
                advice=advice,
                codes=codes,
                source=self._source,
                layer=self._layer,
                **more,
            )
        )

    def note(self, code: str, severity: Severity, message: str, advice: str, **more: Any) -> None:
        """As ``file``; the name that the checks of a CRS call."""
        self._add(code, severity, message, advice, (), **more)

    def findings(self) -> Iterable[Finding]:
        """All of them; each kind's rows beyond ``LISTED`` are one."""
        for (code, severity, advice), count in self._more.items():
            self._add(code, severity, f"另有 {count} 行有同类问题", advice, (), places=count)
        self._more.clear()
        return self._found
