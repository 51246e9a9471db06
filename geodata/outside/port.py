"""What an outside geocoder is to us, and the ways it can fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from routing.errors import ShudiError
from routing.model import LocationPrecision


class OutsideRefused(ShudiError):
    """Nothing was sent: the words are not a place's name alone, or sending is switched off."""


class OutsideBudgetUsedUp(OutsideRefused):
    """Nothing was sent: the day's requests are used up."""


class OutsideUnavailable(ShudiError):
    """The service did not answer, or answered something that cannot be used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideAnswer:
    """One place as an outside service sees it, with where it comes from."""

    lon: float
    """WGS 84 degrees, converted from ``datum``."""
    lat: float
    """WGS 84 degrees, converted from ``datum``."""
    level: str
    """What the service says it matched, in its own word: ``门牌号``, ``UNKNOWN``."""
    precision: LocationPrecision | None
    """The same in ours; ``None`` where the service's word says nothing: coarser than a district."""
    words: str
    """The service's own wording of the address; empty where it gives none. Not to be believed."""
    provider: str
    """``amap``, ``baidu``, ``tianditu``."""
    api: str
    """Version of its interface."""
    datum: str
    """In which the coordinate came: ``GCJ-02``, ``CGCS2000``."""
    fetched_at: datetime
    """Aware; when it was asked, also where the answer came out of the cache."""


class OutsideGeocoder(Protocol):
    """Asks somebody else where a place is."""

    @property
    def name(self) -> str:
        """``amap``, ``baidu``, ``tianditu``; stands in the provenance of an answer."""
        ...

    def lookup(self, place: str, city: str) -> OutsideAnswer | None:
        """Where the service sees the place; ``None`` where it knows none of that name.

        ``place`` is the place's name cut out of a complaint, never the complaint. Raises
        OutsideRefused where nothing may be sent, OutsideUnavailable where no answer came.
        """
        ...
