"""What a tile of the base map costs in a large city, by zoom, made anew and kept."""

from __future__ import annotations

import tempfile
import time
from datetime import date
from pathlib import Path

import click
import numpy as np
from sqlalchemy import Engine, text

from geodata import database
from geodata.embedded import open_cluster
from geodata.store.base_map import LEAST_ZOOM, MOST_ZOOM, BaseMap
from tests.bench.tiles import MIDDLE, SIDE_KM, around

DAY = date(2026, 11, 26)
STEMS = "湖洪山金牛鼓楼台江仓乌石屏华林安泰水部温泉凤国货白马新店长乐晋尾福连南后东西北"


def run(*, quick: bool, rounds: int) -> None:
    """Print the table as Markdown."""
    times = 10 if quick else 1
    with tempfile.TemporaryDirectory(prefix="shudi-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        cluster = open_cluster(folder, settings={"fsync": "off"})
        cluster.start()
        try:
            engine = database.engine(cluster.create_database("bench"))
            database.migrate(engine)
            places = make_city(engine, times)
            _measure(BaseMap(engine, today=lambda: DAY), places, rounds)
            engine.dispose()
        finally:
            cluster.stop("immediate")


def make_city(engine: Engine, times: int) -> int:
    """Roads, compounds, houses, shops and stops on 50 km × 50 km, and four levels of squares."""
    kinds = {
        "road": (
            12_000,
            "ST_MakeLine(ARRAY[p, ST_Translate(p, dx, dy), ST_Translate(p, dx*2, dy)])",
        ),
        "compound": (20_000, "ST_Buffer(p, 0.001, 2)"),
        "building": (60_000, "ST_Buffer(p, 0.0002, 1)"),
        "poi": (120_000, "p"),
        "stop": (12_000, "p"),
        "address": (300_000, "p"),
    }
    half = SIDE_KM / 2 / 100
    with database.transaction(engine) as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(
            text(
                "INSERT INTO gazetteer_version (name, version, places, sha256, recorded_by) "
                "VALUES ('b', 'b', 1, 'b', 'b')"
            )
        )
        for kind, (most, shape) in kinds.items():
            connection.execute(
                text(
                    "INSERT INTO gazetteer_place (version_id, place_id, ordinal, name, kind, "
                    f"number, geom) SELECT 1, :kind || n, n, {_NAME}, :kind, n::text, {shape} FROM "
                    "(SELECT n, ST_SetSRID(ST_MakePoint(:lon + (random()-0.5)*:half*2, "
                    ":lat + (random()-0.5)*:half*2), 4326) AS p, "
                    "(random()-0.5)*0.02*(random()^3) AS dx, "
                    "(random()-0.5)*0.02*(random()^3) AS dy "
                    "FROM generate_series(1, :most) AS n) AS made"
                ),
                {"kind": kind, "lon": MIDDLE[0], "lat": MIDDLE[1], "half": half,
                 "most": most // times},
            )  # fmt: skip
        connection.execute(
            text(
                "INSERT INTO boundary_version (name, version, authority, licence, crs, retrieved, "
                "declared_from, sha256, recorded_by) VALUES "
                "('b', 'b', 'b', 'b', 'b', '2020-01-01', '2020-01-01', 'b', 'b')"
            )
        )
        for level, side in (("district", 4), ("subdistrict", 12), ("community", 55), ("grid", 140)):
            connection.execute(
                text(
                    "INSERT INTO jurisdiction (version_id, level, code, name, unit_code, geom) "
                    "SELECT 1, :level, :level || i || '-' || j, '辖区' || i || j, 'U', "
                    "ST_Multi(ST_Segmentize(ST_MakeEnvelope(:west + i*:step, :south + j*:step, "
                    ":west + (i+1)*:step, :south + (j+1)*:step, 4326), 0.0005)) "
                    "FROM generate_series(0, :side - 1) AS i, generate_series(0, :side - 1) AS j"
                ),
                {"level": level, "side": side, "step": 2 * half / side,
                 "west": MIDDLE[0] - half, "south": MIDDLE[1] - half},
            )  # fmt: skip
        for table in ("gazetteer_version", "boundary_version"):
            connection.execute(
                text(
                    f"UPDATE {table} SET state = 'active', effective_from = '2020-01-01', "
                    "activated_at = now(), activated_by = 'b'"
                )
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return sum(most // times for most, _ in kinds.values())


_NAME = (
    f"substr('{STEMS}', 1 + (random()*30)::int, 2) || CASE :kind WHEN 'road' THEN "
    "(ARRAY['路','街','大道','巷','支路'])[1 + (random()*4)::int] WHEN 'compound' THEN '小区' "
    "WHEN 'poi' THEN (ARRAY['超市','药店','小学','公园','银行'])[1 + (random()*4)::int] "
    "ELSE '号' END"
)


def _measure(base: BaseMap, places: int, rounds: int) -> None:
    began = time.perf_counter()
    base.tile(LEAST_ZOOM, 0, 0)
    click.echo(
        f"\nBase map of {places:,} places and 22,785 jurisdictions: boxes read once per version in "
        f"{time.perf_counter() - began:.1f} s.\n"
    )
    click.echo(
        "| zoom of the tile | tiles | anew p50 ms | anew p95 ms | kept p95 ms | largest kB |"
    )
    click.echo("| --- | ---: | ---: | ---: | ---: | ---: |")
    for z in range(8, MOST_ZOOM + 1):
        anew, kept, sizes = [], [], []
        for tile in dict.fromkeys(around(z, 8 * rounds, seed=z)):
            began = time.perf_counter()
            made = base.tile(*tile)
            anew.append((time.perf_counter() - began) * 1_000)
            began = time.perf_counter()
            base.tile(*tile)
            kept.append((time.perf_counter() - began) * 1_000)
            sizes.append(len(made.content))
        p50, p95 = np.percentile(anew, [50, 95])
        click.echo(
            f"| {z} | {len(anew)} | {p50:.0f} | {p95:.0f} | {np.percentile(kept, 95):.1f} "
            f"| {max(sizes) / 1e3:.0f} |"
        )
