"""``python -m tests.bench WHAT [--quick]``: ratios measured in one run, never asserted."""

from __future__ import annotations

import argparse

from tests.bench import geocoding, routing, search

_BENCHES = {"geocoding": geocoding.run, "routing": routing.run, "search": search.run}


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("what", choices=sorted(_BENCHES))
    parser.add_argument("--quick", action="store_true", help="a tenth of the points and grids")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (default 3)")
    given = parser.parse_args()
    _BENCHES[given.what](quick=given.quick, rounds=given.rounds)


main()
