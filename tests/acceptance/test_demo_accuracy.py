"""The demonstration city routed by the command, against right answers worked out without shudi.

The oracle (geodata/demo/oracle.py) knows each complaint's true place and tries every polygon and
every rule one by one. ``pytest -s`` prints the tables that docs/rules.md quotes.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.route import route_command
from geodata.demo import DemoFiles, write_demo
from geodata.demo.names import CITY_CODE

BANDS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)


@dataclass(frozen=True, kw_only=True)
class Decided:
    """One decision."""

    row: dict[str, str]
    right: bool
    kind: str
    """Kind of case, as the truth names it."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return write_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def decided(files: DemoFiles) -> list[Decided]:
    """By coordinates alone."""
    return _decided(files, [])


@pytest.fixture(scope="module")
def worded(files: DemoFiles) -> list[Decided]:
    """With the gazetteer, so that words are read too."""
    return _decided(files, ["-g", str(files.gazetteer), "--city", CITY_CODE])


def _decided(files: DemoFiles, more: list[str]) -> list[Decided]:
    out = files.folder / "out.csv"
    arguments = [str(files.complaints), "-b", str(files.source), "--rules", str(files.rules)]
    arguments += ["--units", str(files.units), *more, "-o", str(out)]
    done = CliRunner().invoke(route_command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    truth = {row["id"]: row for row in _rows(files.truth)}
    found = []
    for row in _rows(out):
        right = truth[row["id"]]
        accepted = {right["true_unit"], *filter(None, right["also_right"].split(";"))}
        found.append(
            Decided(row=row, right=row["unit_code"] in accepted, kind=right["kind_of_case"])
        )
    assert len(found) == len(truth) == 3_000
    return found


def _say(line: str) -> None:
    """For the reader of ``pytest -s``: the figures of the documents come from here."""
    sys.stdout.write(line + "\n")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_routed_is_right(decided: list[Decided]) -> None:
    routed = [one.right for one in decided if one.row["status"] == "routed"]
    usable = [one for one in decided if one.row["lon"]]
    _say(f"\nrouted {len(routed)} of {len(usable)} with a place; right {sum(routed)}")
    assert sum(routed) / len(routed) >= 0.99
    assert len(routed) / len(usable) >= 0.75


def test_confidence_is_never_above_what_came_true(decided: list[Decided]) -> None:
    _say("\nconfidence | cases | mean confidence | right")
    for low, high in pairwise(BANDS):
        band = [
            (float(one.row["confidence"]), one.right)
            for one in decided
            if one.row["status"] in ("routed", "review")
            and low <= float(one.row["confidence"]) < high
        ]
        if not band:
            continue
        said = sum(confidence for confidence, _ in band) / len(band)
        came = sum(right for _, right in band) / len(band)
        _say(f"{low:.2f}–{high:.2f} | {len(band)} | {said:.3f} | {came:.3f}")
        if low >= 0.98:  # what may be confirmed without a look
            assert came >= said - 0.005


def test_every_awkward_case_has_an_owner_and_none_is_wrong_and_sure(
    decided: list[Decided],
) -> None:
    table = _by_kind(decided)
    for one in decided:
        if one.row["status"] != "invalid":
            assert one.row["unit_code"] and one.row["fallback_unit"], one.row
    _show(table)
    for kind in ("border_edge", "border_vertex", "outside"):
        assert table[kind]["n"] and not table[kind]["routed and wrong"], kind
    for kind in ("gcj02", "bd09", "cgcs2000"):
        assert table[kind]["routed and wrong"] <= 0.01 * table[kind]["n"], kind
    # a district named wrongly in the words changes nothing: what is left is the pin's own error
    assert table["wrong_district"]["routed and wrong"] <= 0.05 * table["wrong_district"]["n"]
    assert table["text_only"]["routed"] == 0
    assert table["outside"]["routed"] == 0


def test_words_alone_lead_to_the_right_unit(worded: list[Decided]) -> None:
    """120 complaints came without coordinates; none of those routed may be wrong."""
    table = _by_kind(worded)
    _show(table)
    assert table["text_only"]["routed"] >= 0.55 * table["text_only"]["n"]
    assert table["text_only"]["right"] >= 0.8 * table["text_only"]["n"]
    assert not table["text_only"]["routed and wrong"]


def test_a_district_named_wrongly_is_told_and_does_not_win(worded: list[Decided]) -> None:
    wrong = [one for one in worded if one.kind == "wrong_district"]
    told = [one for one in wrong if "district_conflict" in one.row["reasons"].split(";")]
    assert len(told) >= 0.97 * len(wrong) > 0
    assert not any(one.row["status"] == "outside" for one in wrong)
    elsewhere = [one for one in worded if "district_conflict" in one.row["reasons"].split(";")]
    assert {one.kind for one in elsewhere} == {"wrong_district"}


def test_words_do_not_spoil_what_coordinates_say(
    decided: list[Decided], worded: list[Decided]
) -> None:
    for name, some in (("coordinates", decided), ("with words", worded)):
        placed = [one for one in some if one.kind not in ("text_only", "zero_zero", "outside")]
        routed = [one.right for one in placed if one.row["status"] == "routed"]
        _say(f"{name}: routed {len(routed)} of {len(placed)}, right {sum(routed)}")
        assert sum(routed) / len(routed) >= 0.99


def _by_kind(decided: list[Decided]) -> dict[str, Counter[str]]:
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for one in decided:
        routed = one.row["status"] == "routed"
        table[one.kind] += Counter(
            {
                "n": 1,
                "right": one.right,
                "routed": routed,
                "routed and wrong": routed and not one.right,
            }
        )
    return table


def _show(table: dict[str, Counter[str]]) -> None:
    _say("\nkind | n | right | routed | routed and wrong")
    for kind, counts in sorted(table.items()):
        shown = (counts[key] for key in ("n", "right", "routed", "routed and wrong"))
        _say(f"{kind} | {' | '.join(map(str, shown))}")
