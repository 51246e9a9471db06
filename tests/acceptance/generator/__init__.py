"""Labelled sentences of every structure over any gazetteer; knows nothing of the reader.

``python -m tests.acceptance.generator --help`` writes a corpus; in code::

    world = World(places, areas, borders, day=day, neighbours=neighbours_of("350100"))
    rows = list(Sentences(world, city="福州市", city_code="350100").rows(seed=2001, count=500))
"""

from __future__ import annotations

from tests.acceptance.generator.profile import (
    CALIBRATION_SEEDS,
    CLEAN,
    REGRESSION_SEEDS,
    TEST_SEEDS,
    Profile,
)
from tests.acceptance.generator.row import COLUMNS, Row, write_rows
from tests.acceptance.generator.sentences import Sentences
from tests.acceptance.generator.structures import (
    COARSE_STRUCTURES,
    LINE_STRUCTURES,
    STRUCTURES,
)
from tests.acceptance.generator.words import NEIGHBOURS
from tests.acceptance.generator.world import World

__all__ = [
    "CALIBRATION_SEEDS",
    "CLEAN",
    "COARSE_STRUCTURES",
    "COLUMNS",
    "LINE_STRUCTURES",
    "REGRESSION_SEEDS",
    "STRUCTURES",
    "TEST_SEEDS",
    "Profile",
    "Row",
    "Sentences",
    "World",
    "neighbours_of",
    "write_rows",
]


def neighbours_of(city_code: str) -> tuple[str, ...]:
    """Districts of a city, loaded or not, for naming a wrong one; empty where none are known."""
    return NEIGHBOURS.get(city_code[:4], ())
