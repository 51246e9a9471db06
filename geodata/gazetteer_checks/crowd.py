"""Findings about places, with crowds of one kind put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import shapely

from geodata.findings import Finding, Severity
from routing.model import Place

LISTED = 200
"""Of one kind and severity; nobody works through more at a time, and the page stays readable."""


class Crowd:
    """Where the checks put what they find."""

    def __init__(self, source: str) -> None:
        """``source``: the gazetteer's version."""
        self._source = source.partition("@")[0]
        self._found: list[Finding] = []
        self._told: Counter[tuple[str, Severity]] = Counter()
        self._advice: dict[tuple[str, Severity], str] = {}

    def add(
        self,
        code: str,
        severity: Severity,
        message: str,
        advice: str,
        places: Sequence[Place] = (),
    ) -> None:
        """Note one finding; the first of the places is where it is shown on a map."""
        key = code, severity
        self._told[key] += 1
        if self._told[key] > LISTED:
            self._advice[key] = advice
            return
        shape = places[0].geometry if places else None
        at = None if shape is None else shapely.point_on_surface(shape)
        self._found.append(
            Finding(
                code=code,
                severity=severity,
                message=message,
                advice=advice,
                codes=tuple(place.id for place in places[:10]),
                lon=None if at is None or at.is_empty else float(at.x),
                lat=None if at is None or at.is_empty else float(at.y),
                geometry=shape,
                source=self._source,
            )
        )

    def findings(self) -> list[Finding]:
        """All of them; each kind's beyond ``LISTED`` are one."""
        rest = [
            Finding(
                code=code,
                severity=severity,
                message=f"另有 {count - LISTED} 处同类问题",
                advice=self._advice[code, severity],
                source=self._source,
                places=count - LISTED,
            )
            for (code, severity), count in self._told.items()
            if count > LISTED
        ]
        return [*self._found, *rest]


def called(place: Place) -> str:
    """A place for a message: name and id, without anything that drives a terminal."""
    name = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in place.name
    )
    return f"{name}（{place.id}）"


def together(one: Place, other: Place) -> bool:
    """Whether both names are in use on some day; an old name and its successor are not."""
    return not (
        (one.valid_to and other.valid_from and one.valid_to < other.valid_from)
        or (other.valid_to and one.valid_from and other.valid_to < one.valid_from)
    )
