"""Threads share one index. Where they may not, GEOS ends the process: so a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

THREADS, LOOKUPS, COLD_STARTS = 8, 2_000, 4

PROGRAM = f"""
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
import numpy as np
from shapely.geometry import Point
from routing.batch import ComplaintBatch, route_batch
from routing.dispatch.rules import RuleSet
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Location, LocationPrecision
from routing.pipeline import Deps
from geodata.units import Units
from tests.tilings import hard_points, tiling

DAY = date(2026, 9, 1)
made = tiling(11, cells=5, depth=4, faults=["overlap", "hole"])
everywhere = hard_points(made, 1, each=400)[:{LOOKUPS}].tolist()
assert len(everywhere) == {LOOKUPS}

def look(index, points, start):
    start.wait()
    return [
        [(lv.tie, [(h.jurisdiction.code, h.share) for h in lv.hits])
         for lv in index.hits(Location(geometry=Point(x, y), radius_m=20.0,
                                       precision=LocationPrecision.PIN), DAY).levels]
        for x, y in points
    ]

def in_bulk(index, points, start):
    start.wait()
    deps = Deps(index=index, rules=RuleSet.empty(), units=Units([]))
    lon, lat = np.array(points).T.copy()
    n = len(lon)
    batch = ComplaintBatch(lon=lon, lat=lat, radius_m=np.full(n, 20.0),
                           day=np.full(n, DAY.toordinal()), category=np.full(n, None))
    return route_batch(batch, deps).columns["grid_code"].tolist()

for nth in range({COLD_STARTS}):  # a race is likeliest in the first moments: all, then a few
    points = everywhere if nth == 0 else everywhere[nth::20]
    index = JurisdictionIndex(made.jurisdictions())  # no polygon of it has been asked yet
    start = threading.Barrier({THREADS} + 1)
    with ThreadPoolExecutor({THREADS} + 1) as pool:
        singles = [pool.submit(look, index, points, start) for _ in range({THREADS})]
        bulk = pool.submit(in_bulk, index, points, start)
        answers = [one.result() for one in singles]
        codes = bulk.result()
    expected = look(JurisdictionIndex(made.jurisdictions()), points, threading.Barrier(1))
    assert all(answer == expected for answer in answers)
    assert codes == [levels[-1][1][0][0] if levels[-1][1] else "" for levels in expected]
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
