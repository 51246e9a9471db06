"""What a density tile costs over ten million cases, beside two other ways of showing them."""

from __future__ import annotations

import functools
import json
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import click
import numpy as np
import shapely
from sqlalchemy import Engine, text

from geodata import database
from geodata.embedded import open_cluster
from geodata.store.copying import copy_in
from geodata.working_plane import WorkingPlane
from maps.model import Areas, Cases, Coded, Filters, TimeWindow
from maps.surfaces.prepared import Prepared
from maps.tiles import tile_png
from routing.model import JurisdictionLevel
from tests.bench.routing import machine

PLANE = WorkingPlane(name="EPSG:4549")
SIDE_KM, DAYS, KINDS, CHANNELS, CENTRES = 50, 1_095, 60, 6, 40
FIRST = date(2023, 1, 1)
MIDDLE = (119.3, 26.08)
ZOOMS = range(9, 21)
VIEW_TILES = 24
"""Tiles of a screen of 1366 × 768."""


def run(*, quick: bool, rounds: int) -> None:
    """Print the tables as Markdown."""
    size = 1_000_000 if quick else 10_000_000
    click.echo(f"## scripts/bench tiles{' --quick' if quick else ''}\n")
    click.echo(machine() + "\n")
    cases, areas = make_cases(size), make_areas()
    began = time.perf_counter()
    prepared = Prepared(cases, areas)
    prepared.surface(_filters(0))  # the ground and its edge correction, once per snapshot
    click.echo(
        f"{size:,} cases of {DAYS} days on {SIDE_KM} km × {SIDE_KM} km: made ready once per "
        f"snapshot in {time.perf_counter() - began:.1f} s, {prepared.index.nbytes / 1e6:.0f} MB.\n"
    )
    whole = _cold(prepared, rounds)
    _warm(prepared, rounds)
    _peers(cases, whole, 100_000 if quick else 1_000_000, rounds)


def make_cases(size: int, seed: int = 7) -> Cases:
    """Two thirds around centres, one third anywhere; every column filled."""
    rng = np.random.default_rng(seed)
    x0, y0 = (float(one[0]) for one in PLANE.from_lonlat(*np.array([[MIDDLE[0]], [MIDDLE[1]]])))
    half = SIDE_KM * 500
    centres = rng.uniform(-0.8 * half, 0.8 * half, (CENTRES, 2))
    at = centres[rng.integers(0, CENTRES, size)] + rng.normal(0, 900, (size, 2))
    anywhere = rng.random(size) < 1 / 3
    at[anywhere] = rng.uniform(-half, half, (int(anywhere.sum()), 2))
    at = at.clip(-half + 1, half - 1)

    def coded(labels: int) -> Coded:
        # Few kinds are common and most are rare, as in life.
        codes = (labels * rng.random(size) ** 2).astype(np.int32)
        return Coded(codes=codes, labels=tuple(f"类别{at}" for at in range(labels)))

    none = Coded(codes=np.full(size, -1, dtype=np.int32), labels=())
    return Cases(
        number=np.empty(size, dtype="S1"),
        x_m=x0 + at[:, 0],
        y_m=y0 + at[:, 1],
        radius_m=np.full(size, 30.0),
        day=((FIRST - date(1970, 1, 1)).days + rng.integers(0, DAYS, size)).astype(np.int32),
        minute=np.zeros(size, dtype=np.int32),
        kind=coded(KINDS),
        channel=coded(CHANNELS),
        district=coded(12),
        subdistrict=coded(150),
        community=none,
        grid=none,
        unit=none,
        overridden=np.full(size, -1, dtype=np.int8),
        returned=np.full(size, -1, dtype=np.int8),
    )


def make_areas() -> Areas:
    """One ground with a ragged border of 2,000 corners."""
    x0, y0 = (float(one[0]) for one in PLANE.from_lonlat(*np.array([[MIDDLE[0]], [MIDDLE[1]]])))
    square = shapely.segmentize(
        shapely.box(x0 - SIDE_KM * 500, y0 - SIDE_KM * 500, x0 + SIDE_KM * 500, y0 + SIDE_KM * 500),
        SIDE_KM * 2,
    )
    return Areas(
        level=JurisdictionLevel.DISTRICT,
        codes=("A",),
        names=("甲区",),
        parents=("",),
        shapes=np.array([square], dtype=object),
        version="",
    )


def _filters(at: int, days: int | None = None) -> Filters:
    """A filter set that differs for every number: kinds, channels and window."""
    last = FIRST.toordinal() + DAYS
    start = FIRST.toordinal() + at % 30 if days is None else last - days - at
    end = last - at % 7 if days is None else last - at
    return Filters(
        window=TimeWindow(start=date.fromordinal(start), end=date.fromordinal(end)),
        kinds=frozenset(f"类别{one}" for one in range(at % KINDS, KINDS)) if at else frozenset(),
        channels=frozenset({f"类别{one}" for one in range(1 + at % CHANNELS)}),
    )


def _cold(prepared: Prepared, rounds: int) -> float:
    click.echo(
        "| cold: a filter set not seen before, surface and first tile | n | p50 ms | p95 ms |"
    )
    click.echo("| --- | ---: | ---: | ---: |")
    asked: dict[str, list[tuple[Filters, float]]] = {
        "three years, all kinds": [(_whole(at), 300) for at in range(8)],
        "three years, kinds and channels": [(_filters(at), 300) for at in range(1, 9)],
        "three years, one subdistrict": [(_within(at), 300) for at in range(8)],
        "a quarter": [(_filters(at, 90), 300) for at in range(1, 9)],
        "three years, bandwidth 100 m": [(_filters(at), 100) for at in range(1, 9)],
        "three years, bandwidth 1 km": [(_filters(at), 1000) for at in range(1, 9)],
    }
    medians = []
    for name, sets in asked.items():
        prepared.surface(sets[0][0], bandwidth_m=sets[0][1])  # this bandwidth's edge correction
        spent = []
        for _ in range(rounds):
            for filters, bandwidth in sets:
                began = time.perf_counter()
                surface = prepared.surface(filters, bandwidth_m=bandwidth)
                tile_png(surface, PLANE, *_tile(13))
                spent.append((time.perf_counter() - began) * 1_000)
        p50, p95 = np.percentile(spent, [50, 95])
        medians.append(float(p50))
        click.echo(f"| {name} | {len(spent)} | {p50:.0f} | {p95:.0f} |")
    click.echo("")
    return medians[0]


def _warm(prepared: Prepared, rounds: int) -> None:
    surfaces = [prepared.surface(_filters(at)) for at in range(3)]
    click.echo("| warm, zoom | tiles | p50 ms | p95 ms | mean kB |")
    click.echo("| --- | ---: | ---: | ---: | ---: |")
    everything: list[float] = []
    for z in ZOOMS:
        spent, sizes = [], []
        for at in range(rounds):
            for surface in surfaces:
                for tile in around(z, 12, seed=at):
                    began = time.perf_counter()
                    made = tile_png(surface, PLANE, *tile)
                    spent.append((time.perf_counter() - began) * 1_000)
                    sizes.append(len(made))
        everything += spent
        p50, p95 = np.percentile(spent, [50, 95])
        click.echo(f"| {z} | {len(spent)} | {p50:.1f} | {p95:.1f} | {np.mean(sizes) / 1e3:.1f} |")
    p50, p95 = np.percentile(everything, [50, 95])
    click.echo(f"| **all** | {len(everything)} | {p50:.1f} | {p95:.1f} | |\n")


def _peers(cases: Cases, whole_ms: float, size: int, rounds: int) -> None:
    few = cases.take(np.arange(size))
    prepared = Prepared(few, make_areas())
    filters = _whole(0)
    surface = prepared.surface(filters)
    own_ms = _best(lambda: tile_png(prepared.surface(filters), PLANE, *_tile(13)), rounds)
    view = sum(len(tile_png(surface, PLANE, *one)) for one in around(13, VIEW_TILES, seed=1))
    lon, lat = PLANE.to_lonlat(few.x_m, few.y_m)
    points = len(json.dumps(np.column_stack([lat.round(5), lon.round(5)]).tolist()))
    click.echo(f"Beside it, {size:,} cases:\n")
    click.echo("| way | what | measured | ratio to ours |")
    click.echo("| --- | --- | ---: | ---: |")
    click.echo(f"| tiles | bytes for a screen ({VIEW_TILES} tiles, zoom 13) | {view:,} | 1 |")
    click.echo(
        f"| all points sent (as Leaflet.heat needs) | bytes | {points:,} | {points / view:.0f} |"
    )
    click.echo(f"| tiles | cold surface and tile, ms | {own_ms:.0f} | 1 |")
    with _postgis(lon, lat, few.day) as engine:
        for z in (13, 9):
            sql = _GROUPED.format(**dict(zip("zxy", _tile(z), strict=True)))
            took = _best(functools.partial(_ask, engine, sql), rounds)
            name = f"PostGIS, grouped by cells of 75 m, zoom {z}"
            click.echo(f"| {name} | one tile, ms | {took:.0f} | {took / own_ms:.1f} |")
    click.echo(f"\nAll kinds over all {len(cases):,} cases cost {whole_ms:.0f} ms cold here.")


_GROUPED = """
SELECT ST_SnapToGrid(geom, 75) AS cell, count(*) FROM point_case
WHERE geom && ST_TileEnvelope({z}, {x}, {y}) GROUP BY 1
"""


class _postgis:
    """A throw-away cluster with the points in Web Mercator, indexed, as a tile query wants them."""

    def __init__(self, lon: np.ndarray, lat: np.ndarray, day: np.ndarray) -> None:
        self._columns = lon, lat, day
        self._folder = tempfile.TemporaryDirectory(prefix="shudi-", dir="/tmp")

    def __enter__(self) -> Engine:
        folder = Path(self._folder.name)
        folder.chmod(0o711)
        self._cluster = open_cluster(folder, settings={"fsync": "off"})
        self._cluster.start()
        self._engine = database.engine(self._cluster.create_database("bench"))
        with database.transaction(self._engine) as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("CREATE TABLE raw (lon float8, lat float8, day int)"))
            copy_in(connection, "raw", ("lon", "lat", "day"), self._rows())
            connection.execute(
                text(
                    "CREATE TABLE point_case AS SELECT day, ST_Transform(ST_SetSRID("
                    "ST_MakePoint(lon, lat), 4326), 3857) AS geom FROM raw"
                )
            )
            connection.execute(text("CREATE INDEX ON point_case USING gist (geom)"))
            connection.execute(text("ANALYZE point_case"))
        return self._engine

    def _rows(self) -> Iterator[tuple[float, float, int]]:
        yield from zip(*(column.tolist() for column in self._columns), strict=True)

    def __exit__(self, *error: object) -> None:
        self._engine.dispose()
        self._cluster.stop("immediate")
        self._folder.cleanup()


def _ask(engine: Engine, sql: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(sql)).all()


def _best(work: Callable[[], object], rounds: int) -> float:
    spent = []
    for _ in range(max(rounds, 1)):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1_000)
    return float(np.median(spent))


def _whole(at: int) -> Filters:
    end = date.fromordinal(FIRST.toordinal() + DAYS - at)
    return Filters(window=TimeWindow(start=FIRST, end=end))


def _within(at: int) -> Filters:
    return Filters(
        window=_whole(at).window, within=(JurisdictionLevel.SUBDISTRICT, f"类别{at * 15}")
    )


def _tile(z: int) -> tuple[int, int, int]:
    """The tile of the city's middle."""
    lat = math.radians(MIDDLE[1])
    x = (MIDDLE[0] + 180) / 360 * 2**z
    y = (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * 2**z
    return z, int(x), int(y)


def around(z: int, tiles: int, seed: int) -> list[tuple[int, int, int]]:
    """Tiles anywhere in the city at one zoom; the same one may come twice at small zooms."""
    rng = np.random.default_rng(seed)
    _, x, y = _tile(z)
    reach = SIDE_KM * 500 / (40_075_017 / 2**z * math.cos(math.radians(MIDDLE[1])))
    away = rng.uniform(-0.8 * reach, 0.8 * reach, (tiles, 2)).round().astype(int)
    return [(z, x + int(dx), y + int(dy)) for dx, dy in away]
