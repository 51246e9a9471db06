"""``python -m tests.bench WHAT [--quick]``: ratios measured in one run, never asserted."""

from __future__ import annotations

import argparse
from importlib import import_module

_BENCHES = (
    "base_map",
    "counts",
    "geocoding",
    "maps",
    "noise",
    "reports",
    "routing",
    "search",
    "tiles",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("what", choices=_BENCHES)
    parser.add_argument("--quick", action="store_true", help="a tenth of the points and grids")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (default 3)")
    given = parser.parse_args()
    # only the one asked for: what others import would count in the memory that is measured
    import_module(f"tests.bench.{given.what}").run(quick=given.quick, rounds=given.rounds)


main()
