"""The demonstration city, built and written once for all tests of it."""

from __future__ import annotations

import csv

import pytest

from geodata.demo import DemoFiles, write_demo
from geodata.demo.gazetteer import build_gazetteer, demo_ground
from geodata.demo.oracle import Oracle
from geodata.demo.partition import City, build_city
from routing.model import Place
from tests.geodata.demo.rows import Row


@pytest.fixture(scope="session")
def city() -> City:
    return build_city()


@pytest.fixture(scope="session")
def places(city: City) -> tuple[Place, ...]:
    return build_gazetteer(demo_ground(city))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return write_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def oracle(city: City, made: DemoFiles) -> Oracle:
    return Oracle(city, made.rules.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def rows(made: DemoFiles) -> list[Row]:
    with made.complaints.open(encoding="utf-8", newline="") as file:
        complaints = list(csv.DictReader(file))
    with made.truth.open(encoding="utf-8", newline="") as file:
        truths = list(csv.DictReader(file))
    assert [row["id"] for row in complaints] == [row["id"] for row in truths]
    return [Row(*pair) for pair in zip(complaints, truths, strict=True)]
