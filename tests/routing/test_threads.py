"""Threads share one index. Where they may not, GEOS ends the process: so a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

THREADS, LOOKUPS, COLD_STARTS = 8, 2_000, 12

PROGRAM = f"""
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
import numpy as np
from shapely.geometry import Point
from routing.jurisdiction.bulk import covering_pairs
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Location, LocationPrecision
from tests.tilings import hard_points, tiling

DAY = date(2026, 9, 1)
made = tiling(11, cells=5, depth=4, faults=["overlap", "hole"])
points = hard_points(made, 1, each=400)[:{LOOKUPS}].tolist()
assert len(points) == {LOOKUPS}

def in_bulk(index, start, lon, lat):
    start.wait()
    pairs = covering_pairs(index, index.edition(DAY.toordinal()), lon, lat)
    return [column.tolist() for column in pairs]

def one_by_one(index, start):
    start.wait()
    return [
        [(lv.tie, [(h.jurisdiction.code, h.share) for h in lv.hits])
         for lv in index.hits(Location(geometry=Point(x, y), radius_m=20.0,
                                       precision=LocationPrecision.PIN), DAY).levels]
        for x, y in points
    ]

def together(work, *arguments):
    '''What each thread found, all begun at once on one index that was never asked before.'''
    index = JurisdictionIndex(jurisdictions)
    start = threading.Barrier({THREADS})
    with ThreadPoolExecutor({THREADS}) as pool:
        futures = [pool.submit(work, index, start, *arguments) for _ in range({THREADS})]
        found = [future.result() for future in futures]
    alone = work(JurisdictionIndex(jurisdictions), threading.Barrier(1), *arguments)
    assert all(one == alone for one in found)

jurisdictions = made.jurisdictions()
together(one_by_one)

# Many polygons, asked one after the other by all threads: each is a chance that two collide.
many = tiling(3, cells=600, groups=40, depth=5)
jurisdictions = many.jurisdictions()
lon, lat = hard_points(many, 2, each=3_000).T.copy()
for _ in range({COLD_STARTS}):
    together(in_bulk, lon, lat)
print("equal")
"""


def test_eight_threads_on_one_cold_index_give_equal_answers():
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"ended with {done.returncode}:\n{done.stderr[-3000:]}"
    assert done.stdout.strip() == "equal"
