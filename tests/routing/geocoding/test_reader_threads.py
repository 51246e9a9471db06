"""Threads share a cold reader and index. Where they may not, GEOS ends the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

THREADS, ROUNDS = 16, 2

PROGRAM = f"""
import threading
from concurrent.futures import ThreadPoolExecutor
from geodata.units import Units
from routing.dispatch.rules import RuleSet
from routing.geocoding.reader import Reader
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Complaint
from routing.pipeline import Deps, route
from tests.routing.geocoding.test_same_meaning import SITES
from tests.routing.geocoding.town import DAY, PLACES, jurisdictions

AREAS = jurisdictions()
TEXTS = [f"{{before}}{{site}}积水" for site in SITES for before in ("", "台江区")]
TEXTS += [one.name + word for one in PLACES for word in ("对面",)]

def fresh():
    return Deps(index=JurisdictionIndex(AREAS), rules=RuleSet.empty(), units=Units([]),
                reader=Reader(PLACES, AREAS, city="350100"))

def told(deps, start):
    start.wait()
    found = []
    for text in TEXTS:
        routed = route(Complaint(id="1", text=text), DAY, deps)
        said, answer = routed.text_place, routed.recommendation
        found.append((said.outcome, said.reasons, said.spans, said.notes, said.missing,
                      dict(said.evidence), answer.unit_code, answer.share, answer.confidence,
                      [(c.location.geometry.wkb, c.location.radius_m, c.location.place_ids,
                        c.penalty) for c in said.candidates]))
    return found

alone = told(fresh(), threading.Barrier(1))
for _ in range({ROUNDS}):
    deps, start = fresh(), threading.Barrier({THREADS})
    with ThreadPoolExecutor({THREADS}) as pool:
        futures = [pool.submit(told, deps, start) for _ in range({THREADS})]
        assert all(future.result() == alone for future in futures)
assert len(alone) > 100 and any(entry[-1] for entry in alone)
print("equal")
"""


def test_sixteen_threads_on_one_cold_reader_decide_what_one_decides() -> None:
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
