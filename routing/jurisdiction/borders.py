"""Border segments with a declared side rule: who owns the road that is the border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry

SIDES = ("centre", "left", "right", "outer_edge", "unknown")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class BorderSegment:
    """One stretch of a shared border, usually a road or a river, and the rule for its width.

    Notices say 以道路中心线为界, 以河外沿为界, or only 至某路; the last is ``unknown`` and a tie.
    """

    line: BaseGeometry
    """LineString or MultiLineString, WGS 84 degrees, in the direction left and right refer to."""
    side: str
    """``centre`` the polygons decide · ``left``/``right`` the whole width is that side's ·
    ``outer_edge`` the whole width is ``inside_code``'s · ``unknown`` nobody knows: a tie."""
    left_code: str
    """Jurisdiction on the left of the line's direction."""
    right_code: str
    inside_code: str | None = None
    """For ``outer_edge``: the jurisdiction that has the whole width."""
    width_m: float = 0.0
    """Full width of the corridor in metres, half on each side of the line."""
    effective_from: date = date.min
    effective_to: date | None = None
    """Last day, inclusive; ``None`` while in force."""
    version: str = ""

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise ValueError(f"side must be one of {SIDES}, was {self.side!r}")
        if self.side == "outer_edge" and self.inside_code not in (self.left_code, self.right_code):
            raise ValueError(
                f"outer_edge needs inside_code {self.left_code} or {self.right_code}, "
                f"was {self.inside_code!r}"
            )
        if not 0 <= self.width_m < 1_000:
            raise ValueError(f"width_m must be 0 to 1,000 metres, was {self.width_m!r}")

    @property
    def owner_code(self) -> str | None:
        """The jurisdiction that has the whole width; ``None`` for centre and unknown."""
        return {
            "left": self.left_code,
            "right": self.right_code,
            "outer_edge": self.inside_code,
        }.get(self.side)
