"""What the operator's box costs with 700,000 names: cold and warm, by kind of query."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np
import shapely

from routing.geocoding.search import PlaceSearch
from routing.geocoding.searching.pieces import plain
from routing.geocoding.searching.sounds import sounds
from routing.model import Jurisdiction, JurisdictionLevel, Place, PlaceKind
from tests.bench.routing import machine

WEST, SOUTH, STEP, SIDE = 119.20, 26.00, 0.002, 100
"""10,000 grids of about 200 m."""
STEMS = (
    "西东南北湖洪山金牛鼓楼台江仓乌石屏华林安泰水部温泉凤五四六一国货白马新店长乐晋马尾福晋连江南后"
)
ROADS = ("路", "街", "大道", "巷", "支路", "弄", "东路", "西路", "一路", "二路")
HOMES = ("小区", "花园", "新村", "公寓", "苑", "大厦", "广场", "家园", "阳光城", "名郡")
SHOPS = (
    "超市",
    "药店",
    "幼儿园",
    "小学",
    "卫生服务站",
    "农贸市场",
    "银行",
    "酒店",
    "餐厅",
    "停车场",
)


def run(*, quick: bool, rounds: int) -> None:
    """Print the table as Markdown."""
    size = 70_000 if quick else 700_000
    click.echo(f"## scripts/bench search{' --quick' if quick else ''}\n")
    click.echo(machine() + "\n")
    places = make_places(size)
    areas = make_areas()
    before = _resident_mb()
    began = time.perf_counter()
    search = PlaceSearch(places, areas)
    took = time.perf_counter() - began
    click.echo(
        f"{len(places):,} places, {len(areas):,} areas: built in {took:.1f} s, "
        f"{_resident_mb() - before:.0f} MB more than the places themselves, "
        f"peak of the process {_peak_mb():.0f} MB.\n"
    )
    click.echo("| what is typed | queries | p50 ms | p99 ms | worst ms | found nothing |")
    click.echo("| --- | ---: | ---: | ---: | ---: | ---: |")
    everything: list[float] = []
    for name, queries in workload(places).items():
        spent, nothing = [], 0
        for at in range(rounds):
            for query in queries[at::rounds]:  # each query once: nothing is asked twice
                start = time.perf_counter()
                answer = search.find(query)
                spent.append((time.perf_counter() - start) * 1_000)
                nothing += not answer
        everything += spent
        click.echo(_row(name, spent, nothing))
    click.echo(_row("**all of these**", everything, -1))


def make_places(size: int, seed: int = 3) -> list[Place]:
    """A gazetteer of mostly house numbers and buildings, as cities have."""
    rng = np.random.default_rng(seed)

    def stems(n: int, longest: int = 4) -> list[str]:
        picked = rng.integers(0, len(STEMS), (n, longest))
        sizes = rng.integers(2, longest + 1, n)
        return [
            "".join(STEMS[at] for at in row[:end]) for row, end in zip(picked, sizes, strict=True)
        ]

    def ends(words: Sequence[str], n: int) -> list[str]:
        return [words[at] for at in rng.integers(0, len(words), n)]

    spots = np.array([WEST, SOUTH]) + rng.random((size, 2)) * STEP * SIDE
    points = shapely.points(spots)
    made: list[Place] = []

    def add(kind: PlaceKind, name: str, **more: str) -> None:
        at = len(made)
        made.append(Place(id=f"p{at}", name=name, kind=kind, geometry=points[at], **more))

    part = size // 700
    roads = [a + b for a, b in zip(stems(part * 8), ends(ROADS, part * 8), strict=True)]
    homes = [a + b for a, b in zip(stems(part * 14), ends(HOMES, part * 14), strict=True)]
    for name in roads:
        add(PlaceKind.ROAD, name)
    for name in homes:
        add(PlaceKind.COMPOUND, name)
    for name in ends(roads, part * 6):
        add(PlaceKind.STOP, name + "公交站")
    for name, shop in zip(stems(part * 240), ends(SHOPS, part * 240), strict=True):
        add(PlaceKind.POI, f"福州市{name}{shop}")
    for name in ends(homes, part * 112):
        number = str(rng.integers(1, 40))
        add(PlaceKind.BUILDING, f"{name}{number}号楼", road=name, number=number)
    while len(made) < size:
        name, number = roads[rng.integers(0, len(roads))], str(rng.integers(1, 600))
        add(PlaceKind.ADDRESS, f"{name}{number}号", road=name, number=number)
    return made


def make_areas() -> list[Jurisdiction]:
    """Square grids, communities of 25 of them, subdistricts of 16 communities."""
    made = []
    for level, wide in (("grid", 1), ("community", 5), ("subdistrict", 20)):
        for row in range(0, SIDE, wide):
            for column in range(0, SIDE, wide):
                west, south = WEST + column * STEP, SOUTH + row * STEP
                code = f"{level[0]}{row:03d}{column:03d}"
                made.append(
                    Jurisdiction(
                        code=code,
                        name=code,
                        level=JurisdictionLevel(level),
                        geometry=shapely.box(west, south, west + wide * STEP, south + wide * STEP),
                        unit_code=code,
                    )
                )
    return made


def workload(places: Sequence[Place], seed: int = 5) -> dict[str, list[str]]:
    """Queries by kind; prefixes are what stands in the box while a name is typed."""
    rng = np.random.default_rng(seed)
    picked = [places[at] for at in rng.integers(0, len(places), 400)]
    typed: dict[str, Callable[[Place], str]] = {
        "one character": lambda one: one.name[:1],
        "two characters": lambda one: one.name[:2],
        "three or four": lambda one: one.name[: int(rng.integers(3, 5))],
        "the whole name": lambda one: one.name,
        "two from inside": lambda one: one.name[2:4],
        "last character": lambda one: one.name[-1:],
        "two initials": lambda one: _initials(one.name)[:2],
        "initials": lambda one: _initials(one.name)[: int(rng.integers(3, 7))],
        "whole pinyin": lambda one: _pinyin(one.name, 4),
        "road and a figure": lambda one: (one.road or one.name) + one.number[:1],
        "initials, number": lambda one: _initials(one.road or one.name) + one.number,
        "found nowhere": lambda one: one.name[::-1] + "龘",
    }
    return {
        kind: sorted({made for one in picked if (made := how(one))}) for kind, how in typed.items()
    }


def _syllables(name: str) -> list[str]:
    table = sounds()
    return [table.syllables[table.of_character[ord(one)]] for one in plain(name)]


def _initials(name: str) -> str:
    return "".join(one[:1] for one in _syllables(name))


def _pinyin(name: str, most: int) -> str:
    return "".join(_syllables(name)[:most])


def _row(name: str, spent: list[float], nothing: int) -> str:
    p50, p99 = np.percentile(spent, [50, 99])
    empty = "" if nothing < 0 else str(nothing)
    return f"| {name} | {len(spent)} | {p50:.2f} | {p99:.2f} | {max(spent):.2f} | {empty} |"


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
