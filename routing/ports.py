"""What the decision asks of the world. ``app/wiring.py`` joins these to implementations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from shapely.geometry.base import BaseGeometry

from routing.casework.cases import Case, CaseEvent, Move, RoutedDecision
from routing.model import Complaint, Hits, Location, Place, TextPlace, Unit


class BoundaryIndex(Protocol):
    """Which jurisdictions a place touches on a day."""

    def hits(self, location: Location, day: date) -> Hits:
        """Everything the boundaries in force on ``day`` say of the place."""
        ...


class Gazetteer(Protocol):
    """Known names, one version of them."""

    @property
    def version(self) -> str:
        """As printed in ``gazetteer_version``: name, date and digest of the content."""
        ...

    def places(self) -> Sequence[Place]:
        """Every entry, old names included; the same order on every call."""
        ...


class TextReader(Protocol):
    """Finds the place that the words of a complaint mean."""

    @property
    def version(self) -> str:
        """Version of the gazetteer it reads with."""
        ...

    def read(self, text: str, day: date, pin: BaseGeometry | None = None) -> TextPlace:
        """What the words say, by the names in use on ``day``; never raises for a text.

        ``pin``: where the complaint came from (WGS 84 degrees). It tells apart what bears one
        name, and the areas the text names are compared with it.
        """
        ...


class UnitDirectory(Protocol):
    """Who the units are."""

    def unit(self, code: str, day: date) -> Unit | None:
        """The unit with this code on that day; ``None`` where the directory does not know it."""
        ...

    def change_days(self) -> Sequence[date]:
        """Days on which any unit comes, goes or is renamed; empty where nothing ever changes."""
        ...


class CaseStore(Protocol):
    """Cases and their append-only history; each call is one transaction."""

    def receive(
        self,
        complaint: Complaint,
        external_id: str,
        decision: RoutedDecision,
        *,
        actor: str,
        actor_name: str,
    ) -> tuple[Case, bool]:
        """Store the complaint with its first decision.

        Idempotent by (channel, external_id): the same pair again returns the same case and
        ``False``, and changes nothing.
        """
        ...

    def move(
        self,
        case_no: str,
        move: Move,
        *,
        version: int,
        actor: str,
        actor_name: str,
        role: str,
        unit_code: str | None = None,
        unit_name: str | None = None,
        co_units: Sequence[str] | None = None,
        reason: str = "",
    ) -> Case:
        """Append one event and move the pointer.

        Idempotent: the same actor repeating the very same move on the same version gets the case
        as it stands. Raises MoveConflict (with state, version, unit, actor and time of the latest
        event) where somebody else was first, MoveRefused where the table forbids it,
        NotFoundError for an unknown number, StoreUnavailable where the database is gone.
        """
        ...

    def case(self, case_no: str) -> Case:
        """One case; NotFoundError where there is none, or the viewer's rows do not include it."""
        ...

    def events(self, case_no: str) -> tuple[CaseEvent, ...]:
        """Its history, oldest first."""
        ...

    def cases(
        self, filters: Mapping[str, str], *, limit: int, after: str | None = None
    ) -> tuple[Sequence[Case], str | None]:
        """A page of cases, those that need a person first, and the mark of the next page."""
        ...
