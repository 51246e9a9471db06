"""What is checked together: one level on one day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from routing.model import Jurisdiction, JurisdictionLevel


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Level:
    """The jurisdictions of one level in force on one day, as checked together."""

    level: JurisdictionLevel
    jurisdictions: tuple[Jurisdiction, ...]
    shapes: npt.NDArray[Any]
    """Their geometries, same order."""
    source: str
    """Names of the sources, ``、`` between."""

    @property
    def codes(self) -> list[str]:
        """Their codes, same order."""
        return [jurisdiction.code for jurisdiction in self.jurisdictions]
