"""Roads and water of the gazetteer in force, for maps on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine, func, or_, select

from geodata.database import transaction
from geodata.tables import gazetteer_place, gazetteer_version


@dataclass(frozen=True, kw_only=True, slots=True)
class GroundShapes:
    """Shapes in WGS 84 degrees."""

    roads: NDArray[Any]
    """(n,) lines; roads known as a point only are left out."""
    water: NDArray[Any]
    """(n,) polygons; rivers known as a line only are left out."""


def ground_shapes(engine: Engine, day: date) -> GroundShapes:
    """Return them as of a day; empty arrays while no gazetteer is in force."""
    version, place = gazetteer_version.c, gazetteer_place.c
    in_force = (
        select(version.id)
        .where(
            version.effective_from <= day,
            or_(version.effective_to.is_(None), version.effective_to >= day),
        )
        .order_by(version.effective_from.desc(), version.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    asked = (
        select(place.kind, func.ST_AsBinary(place.geom).label("shape"))
        .where(
            place.version_id == in_force,
            place.kind.in_(("road", "water")),
            func.ST_Dimension(place.geom) >= 1,
        )
        .order_by(place.place_id)
    )
    with transaction(engine) as connection:
        rows = connection.execute(asked).all()
    return GroundShapes(
        roads=_shapes([bytes(row.shape) for row in rows if row.kind == "road"], 1),
        water=_shapes([bytes(row.shape) for row in rows if row.kind == "water"], 2),
    )


def _shapes(given: list[bytes], dimensions: int) -> NDArray[Any]:
    shapes = np.empty(len(given), dtype=object)
    shapes[:] = shapely.from_wkb(given) if given else []
    kept: NDArray[Any] = shapes[
        np.array([shapely.get_dimensions(one) >= dimensions for one in shapes], dtype=bool)
    ]
    return kept
