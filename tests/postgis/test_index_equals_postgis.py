"""The index in memory and PostGIS's ``ST_Covers`` name the same jurisdictions, on hard points."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from sqlalchemy import Connection, Engine, text

from routing.jurisdiction.bulk import covering_pairs
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Jurisdiction
from tests.tilings import hard_points, in_force, tiling

pytestmark = pytest.mark.postgis

FAULTS = [(), ("hole", "exclave"), ("sliver", "overlap"), ("gap", "overlap", "hole"),
          ("hole", "exclave", "sliver", "overlap", "gap")]  # fmt: skip


def store(connection: Connection, jurisdictions: list[Jurisdiction], points) -> None:
    connection.execute(
        text(
            "CREATE TEMP TABLE areas (key text, first date, last date, shape geometry);"
            "CREATE TEMP TABLE spots (at int, spot geometry)"
        )
    )
    connection.execute(
        text("INSERT INTO areas VALUES (:key, :first, :last, ST_GeomFromWKB(:shape, 4326))"),
        [
            {
                "key": f"{one.level.value}:{one.code}@{one.version}",
                "first": one.effective_from,
                "last": one.effective_to or date.max,
                "shape": shapely.to_wkb(one.geometry),
            }
            for one in jurisdictions
        ],
    )
    connection.execute(
        text("INSERT INTO spots VALUES (:at, ST_GeomFromWKB(:spot, 4326))"),
        [
            {"at": at, "spot": shapely.to_wkb(shapely.Point(lon, lat))}
            for at, (lon, lat) in enumerate(points.tolist())
        ],
    )


def by_postgis(connection: Connection, day: date) -> set[tuple[int, str]]:
    found = connection.execute(
        text(
            "SELECT at, key FROM spots JOIN areas ON ST_Covers(shape, spot)"
            " WHERE :day BETWEEN first AND last"
        ),
        {"day": day},
    )
    return {(at, key) for at, key in found}


@pytest.mark.parametrize("seed", range(15))
def test_all_covering_jurisdictions_are_those_of_st_covers(engine: Engine, seed: int) -> None:
    faults = FAULTS[seed % len(FAULTS)]
    made = tiling(seed, cells=3 + seed, depth=seed % 4, faults=faults)
    redrawn = tiling(seed + 100, cells=8, depth=2)
    jurisdictions = [
        *in_force(made.jurisdictions(), date(2024, 1, 1), date(2025, 6, 30), "v1"),
        *in_force(redrawn.jurisdictions(), date(2025, 7, 1), None, "v2"),
    ]
    index = JurisdictionIndex(jurisdictions)
    points = hard_points(made, seed, each=80)
    with engine.begin() as connection:
        store(connection, jurisdictions, points)
        for day in (date(2023, 12, 31), date(2025, 6, 30), date(2025, 7, 1)):
            expected = by_postgis(connection, day)
            one_by_one = {
                (at, f"{j.level.value}:{j.code}@{j.version}")
                for at, (lon, lat) in enumerate(points.tolist())
                for j in index.covering(lon, lat, day)
            }
            assert one_by_one == expected
            edition = index.edition(day.toordinal())
            if edition is None:
                assert expected == set()
                continue
            row, number = covering_pairs(index, edition, points[:, 0].copy(), points[:, 1].copy())
            members = edition.jurisdictions
            keys = [f"{j.level.value}:{j.code}@{j.version}" for j in members]
            bulk = {(int(r), keys[n]) for r, n in zip(row, number, strict=True)}
            assert bulk == expected
