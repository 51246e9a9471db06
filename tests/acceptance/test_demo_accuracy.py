"""The demonstration city routed by the command, against right answers worked out without shudi.

The oracle (geodata/demo/oracle.py) knows each complaint's true place and tries every polygon and
every rule one by one. ``pytest -s`` prints the tables that docs/rules.md quotes.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.route import route_command
from geodata.demo import write_demo

BANDS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[str, str], bool, str]]:
    """Each decision, whether its unit is right, and the kind of case it is."""
    files = write_demo(tmp_path_factory.mktemp("demo"))
    out = files.folder / "out.csv"
    arguments = [str(files.complaints), "-b", str(files.source), "--rules", str(files.rules)]
    arguments += ["--units", str(files.units), "-o", str(out)]
    done = CliRunner().invoke(route_command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    truth = {row["id"]: row for row in _rows(files.truth)}
    found = []
    for row in _rows(out):
        right = truth[row["id"]]
        accepted = {right["true_unit"], *filter(None, right["also_right"].split(";"))}
        found.append((row, row["unit_code"] in accepted, right["kind_of_case"]))
    assert len(found) == len(truth) == 3_000
    return found


def _say(line: str) -> None:
    """For the reader of ``pytest -s``: the figures of the documents come from here."""
    sys.stdout.write(line + "\n")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_routed_is_right(decided: list[tuple[dict[str, str], bool, str]]) -> None:
    routed = [right for row, right, _ in decided if row["status"] == "routed"]
    usable = [row for row, _, _ in decided if row["lon"]]
    _say(f"\nrouted {len(routed)} of {len(usable)} with a place; right {sum(routed)}")
    assert sum(routed) / len(routed) >= 0.99
    assert len(routed) / len(usable) >= 0.75


def test_confidence_is_never_above_what_came_true(
    decided: list[tuple[dict[str, str], bool, str]],
) -> None:
    _say("\nconfidence | cases | mean confidence | right")
    for low, high in pairwise(BANDS):
        band = [
            (float(row["confidence"]), right)
            for row, right, _ in decided
            if row["status"] in ("routed", "review") and low <= float(row["confidence"]) < high
        ]
        if not band:
            continue
        said = sum(confidence for confidence, _ in band) / len(band)
        came = sum(right for _, right in band) / len(band)
        _say(f"{low:.2f}–{high:.2f} | {len(band)} | {said:.3f} | {came:.3f}")
        if low >= 0.98:  # what may be confirmed without a look
            assert came >= said - 0.005


def test_every_awkward_case_has_an_owner_and_none_is_wrong_and_sure(
    decided: list[tuple[dict[str, str], bool, str]],
) -> None:
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for row, right, kind in decided:
        table[kind]["n"] += 1
        table[kind]["right"] += right
        table[kind]["routed"] += row["status"] == "routed"
        table[kind]["routed and wrong"] += row["status"] == "routed" and not right
        if row["status"] != "invalid":
            assert row["unit_code"] and row["fallback_unit"], row
    _say("\nkind | n | right | routed | routed and wrong")
    for kind, counts in sorted(table.items()):
        shown = (counts[key] for key in ("n", "right", "routed", "routed and wrong"))
        _say(f"{kind} | {' | '.join(map(str, shown))}")
    for kind in ("border_edge", "border_vertex", "outside"):
        assert table[kind]["n"] and not table[kind]["routed and wrong"], kind
    for kind in ("gcj02", "bd09", "cgcs2000"):
        assert table[kind]["routed and wrong"] <= 0.01 * table[kind]["n"], kind
    # a district named wrongly in the words changes nothing: what is left is the pin's own error
    assert table["wrong_district"]["routed and wrong"] <= 0.05 * table["wrong_district"]["n"]
    assert table["text_only"]["routed"] == 0
    assert table["outside"]["routed"] == 0
