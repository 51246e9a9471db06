"""What a decision costs, and bulk point → grid against the usual ways, in one run.

Every comparison is of the same points and polygons in the same process, the methods taking turns,
and every answer is compared with ours: a fast wrong answer is a mismatch in the table.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import click
import geopandas
import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from geodata.demo import write_demo
from geodata.embedded import open_cluster
from geodata.read import read_sources
from geodata.units import Units, read_units
from routing.dispatch.rules import RuleSet
from routing.jurisdiction.bulk import covering_pairs
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import (
    Complaint,
    Jurisdiction,
    JurisdictionLevel,
    Location,
    LocationPrecision,
)
from routing.pipeline import Deps, route
from tests.bench.city import BenchCity, make_city, make_points

Floats = NDArray[np.float64]
Pairs = NDArray[np.int64]
"""Keys ``point * number of grids + grid``, ascending: the whole answer as one array."""

ROOT = Path(__file__).resolve().parents[2]
CHICAGO = ROOT.parent / "shared" / "data" / "chicago"
DAY = date(2026, 9, 1)
PACKAGES = ("shapely", "numpy", "geopandas", "rtree", "pyogrio", "psycopg")


def run(*, quick: bool, rounds: int) -> None:
    """Print everything as Markdown."""
    say = click.echo
    say(f"## scripts/bench routing{' --quick' if quick else ''}\n")
    say(machine() + "\n")
    # first, while this process is small: Linux counts its size at the fork in the peak of the child
    command = whole_file(rounds=rounds)
    say("### One decision from a point, in process\n")
    say(one_decision(quick=quick, rounds=rounds) + "\n")
    say("### Bulk point → grid\n")
    part = 10 if quick else 1
    cities = [("144 grids", 144, 61.0, 1_000_000), ("20,000 grids", 20_000, 13_433.0, 1_000_000)]
    for name, grids, km2, points in cities:
        size = grids if grids < 1_000 else grids // part
        made = make_city(name, size, km2 * size / grids)
        say(bulk(made, points // part, rounds=rounds) + "\n")
    say("### shudi route on the Chicago file, end to end\n")
    say(command)


def machine() -> str:
    """One line on the machine, one on the versions."""
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.processor(),
    )  # fmt: skip
    load = os.getloadavg()[0]
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{cpu}, {os.cpu_count()} cores, load before the run {load:.1f}\n"
        f"Python {platform.python_version()}, GEOS {shapely.geos_version_string}, {packages}"
    )


# ------------------------------------------------------------------ one decision


def one_decision(*, quick: bool, rounds: int) -> str:
    """All levels, overlays, border roads, rules and basis of the demonstration city."""
    folder = Path(tempfile.mkdtemp(prefix="shudi-bench-"))
    try:
        files = write_demo(folder)
        sources = read_sources([files.source])
        jurisdictions = [one for source in sources for one in source.jurisdictions]
        borders = [one for source in sources for one in source.borders]
        rules = RuleSet.parse(files.rules.read_text(encoding="utf-8"), files.rules.name)
        units = Units(read_units(files.units))
    finally:
        shutil.rmtree(folder)
    deps = Deps(index=JurisdictionIndex(jurisdictions, borders), rules=rules, units=units)
    grids = [one.geometry for one in jurisdictions if one.level is JurisdictionLevel.GRID]
    demo = BenchCity(name="demo", grids=np.array(grids, dtype=object))
    lon, lat = make_points(demo, 2_000 if quick else 20_000)
    categories = [None, *rules.categories]
    complaints = [
        Complaint(
            id=str(at),
            category=categories[at % len(categories)],
            location=Location(
                geometry=shapely.Point(x, y), radius_m=30.0, precision=LocationPrecision.PIN
            ),
        )
        for at, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
    ]
    middle, slow = [], []
    for _ in range(rounds + 1):  # the first works out what lies around each square
        taken = np.empty(len(complaints))
        for at, complaint in enumerate(complaints):
            start = time.perf_counter_ns()
            route(complaint, DAY, deps)
            taken[at] = (time.perf_counter_ns() - start) / 1_000
        middle.append(float(np.median(taken)))
        slow.append(float(np.percentile(taken, 99)))
    p50, p99 = statistics.median(middle[1:]), statistics.median(slow[1:])
    return (
        f"{len(jurisdictions)} jurisdictions at 4 levels and overlays, {len(borders)} border rules,"
        f" {len(rules.rules)} rules; {len(complaints):,} points, radius 30 m, {rounds} rounds\n\n"
        "| p50 µs | p99 µs | p50 / target of 150 µs | p50 µs of the first round |\n"
        "|---|---|---|---|\n"
        f"| {p50:.0f} | {p99:.0f} | {p50 / 150:.2f} | {middle[0]:.0f} |"
    )


# ------------------------------------------------------------------ bulk


def bulk(city: BenchCity, n: int, *, rounds: int) -> str:
    """Ours, a tree query with predicate, a spatial join of frames, and a join in PostGIS."""
    lon, lat = make_points(city, n)
    methods: dict[str, Callable[[], Pairs]] = {
        "routing.jurisdiction.bulk": _ours(city, lon, lat),
        "shapely STRtree.query(intersects)": _tree(city, lon, lat),
        "geopandas.sjoin(intersects)": _join(city, lon, lat),
    }
    with _PostGIS(city, lon, lat) as postgis:
        methods["PostGIS ST_Covers join, GiST"] = postgis.pairs
        taken: dict[str, list[float]] = {name: [] for name in methods}
        answers: dict[str, Pairs] = {}
        for nth in range(rounds):
            order = list(methods)[nth % len(methods) :] + list(methods)[: nth % len(methods)]
            for name in order:
                start = time.perf_counter()
                answers[name] = methods[name]()
                taken[name].append(time.perf_counter() - start)
                if name.startswith("PostGIS"):
                    taken[name][-1] = postgis.seconds
        server = postgis.version
    ours, *_ = methods
    best = statistics.median(taken[ours])
    lines = [
        f"{city.name}: {len(city.grids):,} grids, {city.vertices:.0f} vertices each, {n:,} points, "
        f"{len(answers[ours]):,} pairs, {rounds} interleaved rounds, one thread; {server}\n",
        "| method | s | points/s | ours is × faster | mismatches |",
        "|---|---|---|---|---|",
    ]
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        wrong = len(np.setxor1d(answers[ours], answers[name], assume_unique=True))
        lines.append(
            f"| {name} | {median:.2f} | {n / median:,.0f} | {median / best:.1f} | {wrong} |"
        )
    return "\n".join(lines)


def _ours(city: BenchCity, lon: Floats, lat: Floats) -> Callable[[], Pairs]:
    index = JurisdictionIndex(
        [
            Jurisdiction(
                code=f"{at:06d}", name=str(at), level=JurisdictionLevel.GRID, geometry=polygon,
                unit_code=str(at),
            )
            for at, polygon in enumerate(city.grids)
        ]
    )  # fmt: skip
    edition = index.edition(DAY.toordinal())
    assert edition is not None

    def pairs() -> Pairs:
        row, number = covering_pairs(index, edition, lon, lat)
        return row * len(city.grids) + number

    return pairs


def _tree(city: BenchCity, lon: Floats, lat: Floats) -> Callable[[], Pairs]:
    tree = shapely.STRtree(city.grids)

    def pairs() -> Pairs:
        row, number = tree.query(shapely.points(lon, lat), predicate="intersects")
        return np.sort(row * len(city.grids) + number)

    return pairs


def _join(city: BenchCity, lon: Floats, lat: Floats) -> Callable[[], Pairs]:
    areas = geopandas.GeoDataFrame(
        {"number": np.arange(len(city.grids))}, geometry=city.grids, crs=4326
    )

    def pairs() -> Pairs:
        points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat, crs=4326))
        joined = geopandas.sjoin(points, areas, predicate="intersects")
        keys: Pairs = joined.index.to_numpy() * len(city.grids) + joined["number"].to_numpy()
        return np.sort(keys)

    return pairs


class _PostGIS:
    """A private server with the points and grids in tables; only the join itself is timed."""

    def __init__(self, city: BenchCity, lon: Floats, lat: Floats) -> None:
        self.city, self.lon, self.lat = city, lon, lat
        self.seconds = 0.0

    def __enter__(self) -> _PostGIS:
        self.folder = Path(tempfile.mkdtemp(prefix="shudi-bench-"))
        self.folder.chmod(0o711)
        self.cluster = open_cluster(
            self.folder, settings={"fsync": "off", "shared_buffers": "512MB", "work_mem": "256MB"}
        )
        url = self.cluster.start().replace("postgresql+psycopg", "postgresql")
        self.connection = psycopg.connect(url, autocommit=True)
        run = self.connection.execute
        run("SET max_parallel_workers_per_gather = 0")
        run("SET jit = off")
        run("CREATE UNLOGGED TABLE grids (id bigint, geom geometry(Polygon, 4326))")
        run("CREATE UNLOGGED TABLE points (id bigint, geom geometry(Point, 4326))")
        self._copy("grids", self.city.grids)
        self._copy("points", shapely.points(self.lon, self.lat))
        run("CREATE INDEX ON grids USING gist (geom)")
        run("VACUUM ANALYZE grids")
        run("VACUUM ANALYZE points")
        row = run("SELECT version(), postgis_lib_version()").fetchone()
        assert row is not None
        self.version = f"PostgreSQL {row[0].split()[1]}, PostGIS {row[1]}, one worker"
        return self

    def _copy(self, table: str, geometries: NDArray[np.object_]) -> None:
        words = shapely.to_wkb(shapely.set_srid(geometries, 4326), hex=True, include_srid=True)
        with self.connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:  # type: ignore[call-overload]
            for at, word in enumerate(words):
                copy.write_row((at, word))

    def pairs(self) -> Pairs:
        run = self.connection.execute
        run("DROP TABLE IF EXISTS answers")
        start = time.perf_counter()
        run(
            "CREATE UNLOGGED TABLE answers AS SELECT p.id AS point, g.id AS grid"
            " FROM points p JOIN grids g ON ST_Covers(g.geom, p.geom)"
        )
        self.seconds = time.perf_counter() - start
        found = self.connection.execute("SELECT point, grid FROM answers").fetchall()
        keys = np.array(found, dtype=np.int64).reshape(-1, 2)
        return np.sort(keys[:, 0] * len(self.city.grids) + keys[:, 1])

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.cluster.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)


# ------------------------------------------------------------------ the whole command


def whole_file(*, rounds: int) -> str:
    """``shudi route`` on 74,377 real complaints against three layers of boundaries."""
    if not CHICAGO.is_dir():
        return f"left out: no data at {CHICAGO.relative_to(ROOT.parent)} beside the checkout"
    declared = ROOT / "tests" / "acceptance" / "chicago"
    sources = [word for path in sorted(declared.glob("*.toml")) for word in ("-b", str(path))]
    folder = Path(tempfile.mkdtemp(prefix="shudi-bench-"))
    out = folder / "out.csv"
    seconds, peaks, rows = [], [], 0
    try:
        for _ in range(rounds):
            start = time.perf_counter()
            pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-c", "from app.cli import main; main()", "route",
                 str(CHICAGO / "complaints.csv.gz"), *sources, "--crs", "OGC:CRS84",
                 "-o", str(out)],
                {**os.environ, "PYTHONPATH": str(ROOT)},
                file_actions=[(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)],
            )  # fmt: skip
            _, status, usage = os.wait4(pid, 0)
            seconds.append(time.perf_counter() - start)
            peaks.append(usage.ru_maxrss / 1024)
            if status:
                return f"shudi route ended with {os.waitstatus_to_exitcode(status)}"
        with out.open("rb") as lines:
            rows = sum(1 for _ in lines) - 1
    finally:
        shutil.rmtree(folder)
    took = statistics.median(seconds)
    return (
        "| rows | s | rows/s | × target of 20,000 | peak MB |\n|---|---|---|---|---|\n"
        f"| {rows:,} | {took:.2f} | {rows / took:,.0f} | {rows / took / 20_000:.2f} "
        f"| {max(peaks):,.0f} |"
    )
