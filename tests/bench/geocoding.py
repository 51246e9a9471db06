"""Words to a place and to a unit: what it costs with a big gazetteer, beside other ways.

The city is invented (``tests.acceptance.generator.city``), the sentences are the generator's, each
method is asked the same ones in the same process, taking turns. Nothing is asserted.
"""

from __future__ import annotations

import csv
import ctypes
import gc
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import shapely

from geodata.demo.gazetteer import write_gazetteer
from geodata.units import Units
from routing.dispatch.rules import RuleSet
from routing.geocoding.reader import Reader
from routing.geocoding.search import PlaceSearch
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Complaint, Jurisdiction, JurisdictionLevel
from routing.pipeline import Deps, route
from tests.acceptance.generator import REGRESSION_SEEDS, Row, Sentences, World
from tests.acceptance.generator.city import BuiltCity, build_city
from tests.bench.geocoding_rivals import side_by_side
from tests.bench.routing import DAY, ROOT, machine
from tests.bench.search import workload

_READ_TARGET_US = (500, 3_000)  # p50 and p99 of text → decision
_SEARCH_TARGET_MS = 20  # p99
_BUILD_TARGET_S = 10
_ROWS_TARGET = 2_000  # rows a second of the command


def run(*, quick: bool, rounds: int) -> None:
    """Print everything as Markdown."""
    say = click.echo
    say(f"## scripts/bench geocoding{' --quick' if quick else ''}\n")
    say(machine() + "\n")
    city = build_city(30_000 if quick else 300_000)
    before = _resident_mb()
    start = time.perf_counter()
    reader = Reader(city.places, city.areas, version="bench", city=city.code)
    built = time.perf_counter() - start
    grown = _resident_mb() - before
    gc.freeze()  # as a server does that never unloads it: a full collection takes 300 ms
    rows = _sentences(city, 1_000 if quick else 5_000)
    say(
        f"{len(city.places):,} places, {len(city.areas):,} areas, {len(rows):,} sentences of the "
        f"generator, seed {REGRESSION_SEEDS[0]}, {rounds} rounds after one to get warm\n"
    )
    say("### The reader is built\n")
    say("| s | / target of 10 s | MB beside the places |\n|---|---|---|")
    say(f"| {built:.1f} | {built / _BUILD_TARGET_S:.2f} | {grown:,.0f} |\n")
    say("### One text, in process, warm\n")
    say(one_text(reader, city.areas, rows, rounds=rounds) + "\n")
    say("### Slowest kinds of sentence\n")
    say(by_structure(reader, rows) + "\n")
    say("### shudi route on texts, end to end\n")
    say(whole_file(city, rows) + "\n")
    say("### The operator's box\n")
    say(typed(city) + "\n")
    say("### Beside other ways, on the same sentences\n")
    say(side_by_side(city, reader, rows[:100]))


def _sentences(city: BuiltCity, count: int) -> list[Row]:
    world = World(city.places, city.areas, day=DAY)
    writer = Sentences(world, city=city.name, city_code=city.code)
    return list(writer.rows(REGRESSION_SEEDS[0], count))


def timed(calls: Sequence[Callable[[], object]], rounds: int) -> tuple[float, float, float]:
    """Medians over the rounds of (p50, p99, mean) in µs; a first round is not counted."""
    found = []
    for _ in range(rounds + 1):
        taken = np.empty(len(calls))
        for at, call in enumerate(calls):
            start = time.perf_counter_ns()
            call()
            taken[at] = (time.perf_counter_ns() - start) / 1_000
        found.append((np.percentile(taken, 50), np.percentile(taken, 99), taken.mean()))
    p50, p99, mean = (statistics.median(column) for column in zip(*found[1:], strict=True))
    return float(p50), float(p99), float(mean)


def one_text(
    reader: Reader, areas: Sequence[Jurisdiction], rows: Sequence[Row], *, rounds: int
) -> str:
    """The reading alone, and the whole decision."""
    deps = Deps(
        index=JurisdictionIndex(areas), rules=RuleSet.empty(), units=Units([]), reader=reader
    )
    complaints = [Complaint(id=row.id, text=row.text) for row in rows]
    reads = [lambda text=row.text: reader.read(text, DAY) for row in rows]
    decides = [lambda one=one: route(one, DAY, deps) for one in complaints]
    lines = [
        "| | p50 µs | p99 µs | mean µs | p50 / target | p99 / target |",
        "|---|---|---|---|---|---|",
    ]
    for name, calls in (("Reader.read", reads), ("text → decision", decides)):
        p50, p99, mean = timed(calls, rounds)
        lines.append(
            f"| {name} | {p50:,.0f} | {p99:,.0f} | {mean:,.0f} | {p50 / _READ_TARGET_US[0]:.2f} "
            f"| {p99 / _READ_TARGET_US[1]:.2f} |"
        )
    return "\n".join(lines)


def by_structure(reader: Reader, rows: Sequence[Row], most: int = 6) -> str:
    """Where the time goes: the structures with the highest p99."""
    spent: dict[str, list[float]] = {}
    for row in rows:
        start = time.perf_counter_ns()
        reader.read(row.text, DAY)
        spent.setdefault(row.structure, []).append((time.perf_counter_ns() - start) / 1_000)
    table = [
        (float(np.percentile(taken, 99)), float(np.percentile(taken, 50)), name, len(taken))
        for name, taken in spent.items()
    ]
    lines = ["| structure | sentences | p50 µs | p99 µs |", "|---|---|---|---|"]
    for p99, p50, name, count in sorted(table, reverse=True)[:most]:
        lines.append(f"| {name or 'none'} | {count} | {p50:,.0f} | {p99:,.0f} |")
    return "\n".join(lines)


def typed(city: BuiltCity) -> str:
    """As-you-type search over the same places."""
    start = time.perf_counter()
    search = PlaceSearch(city.places, city.areas)
    built = time.perf_counter() - start
    spent = []
    for queries in workload(city.places).values():
        for query in queries:  # each once: nothing is asked twice
            start = time.perf_counter()
            search.find(query)
            spent.append((time.perf_counter() - start) * 1_000)
    p50, p99 = np.percentile(spent, [50, 99])
    return (
        "| built s | queries | p50 ms | p99 ms | p99 / target of 20 ms |\n|---|---|---|---|---|\n"
        f"| {built:.1f} | {len(spent):,} | {p50:.2f} | {p99:.2f} | {p99 / _SEARCH_TARGET_MS:.2f} |"
    )


# ------------------------------------------------------------------ the whole command


def whole_file(city: BuiltCity, rows: Sequence[Row]) -> str:
    """``shudi route``: 200 rows and all, since most of a short run is loading the gazetteer."""
    folder = Path(tempfile.mkdtemp(prefix="shudi-bench-"))
    try:
        source, gazetteer = _written(city, folder)
        few = _routed(folder, source, gazetteer, rows[:200])
        many = _routed(folder, source, gazetteer, rows)
    finally:
        shutil.rmtree(folder)
    for one in (few, many):
        if one.trouble:
            return one.trouble
    more = len(rows) - 200
    speed = more / max(many.seconds - few.seconds, 1e-9)
    in_cpu = more / max(many.cpu_s - few.cpu_s, 1e-9)
    return (
        "Rows/s are of the rows beyond the first 200, by the difference of the two runs.\n\n"
        "| rows | s | s for the first 200 | rows/s | / target of 2,000 | rows per s of processor "
        "| peak MB |\n|---|---|---|---|---|---|---|\n"
        f"| {len(rows):,} | {many.seconds:.1f} | {few.seconds:.1f} | {speed:,.0f} "
        f"| {speed / _ROWS_TARGET:.2f} | {in_cpu:,.0f} | {many.peak_mb:,.0f} |"
    )


def _written(city: BuiltCity, folder: Path) -> tuple[Path, Path]:
    """The city as the files the command takes: boundary declaration and gazetteer."""
    source = [
        '[source]\nname = "澜江市（基准测试）"\nauthority = "程序生成"\nlicence = "Apache-2.0"\n'
        'crs = "EPSG:4326"\neffective_from = 2024-01-01\nretrieved = 2026-01-01\n'
    ]
    for level in JurisdictionLevel:
        areas = [one for one in city.areas if one.level is level]
        if areas:
            name = f"{level.value}.geojson"
            features = [
                {
                    "type": "Feature",
                    "properties": {"code": one.code, "name": one.name},
                    "geometry": shapely.geometry.mapping(one.geometry),
                }
                for one in areas
            ]
            collection = {"type": "FeatureCollection", "features": features}
            (folder / name).write_text(json.dumps(collection, ensure_ascii=False))
            source.append(
                f'[[layer]]\nfile = "{name}"\nlevel = "{level.value}"\ncode = "code"\n'
                'name = "name"\n'
            )
    declaration = folder / "city.toml"
    declaration.write_text("\n".join(source), encoding="utf-8")
    gazetteer = folder / "gazetteer_demo.geojson"  # the name its declaration gives it
    write_gazetteer(city.places, gazetteer, folder / "gazetteer_demo.toml")
    return declaration, gazetteer


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    seconds: float
    cpu_s: float
    peak_mb: float
    trouble: str
    """Empty where the command ended well."""


# In a small process of its own: Linux counts the parent's size at the fork in the child's peak.
_MEASURED = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stderr=subprocess.PIPE, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([
    time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024,
    done.returncode, done.stderr.strip().splitlines()[-1:],
]))
"""


def _routed(folder: Path, source: Path, gazetteer: Path, rows: Sequence[Row]) -> _Run:
    """One run of the command on these rows."""
    given, out = folder / "texts.csv", folder / "out.csv"
    with given.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "text"))
        writer.writerows((row.id, row.text) for row in rows)
    words = [
        sys.executable, "-c", _MEASURED,
        sys.executable, "-c", "from app.cli import main; main()", "route", str(given),
        "-b", str(source), "-g", str(gazetteer), "--as-of", DAY.isoformat(), "-o", str(out),
    ]  # fmt: skip
    done = subprocess.run(
        words, check=True, capture_output=True, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    seconds, cpu_s, peak_mb, status, said = json.loads(done.stdout.splitlines()[-1])
    trouble = f"shudi route ended with {status}: {' '.join(said)}" if status else ""
    return _Run(seconds=seconds, cpu_s=cpu_s, peak_mb=peak_mb, trouble=trouble)


def _resident_mb() -> float:
    """Of this process, with what was freed given back first."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
