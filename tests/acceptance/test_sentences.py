"""Some 600 hand-written sentences over the demonstration city, read and routed by the whole spine.

``sentences_known_failures.txt`` lists those that are not right yet. A new failure fails the test,
and so does a new pass, so that the list only shrinks. ``pytest -s`` prints the failures by pattern.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from geodata.demo import write_demo
from geodata.demo.partition import build_city
from geodata.gazetteer import read_gazetteer
from geodata.read import read_source
from geodata.units import Units, read_units
from routing.dispatch.rules import RuleSet
from routing.geocoding.reader import Reader
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Complaint, DecisionStatus
from routing.pipeline import Deps, route
from tests.acceptance import sentence_truth
from tests.acceptance.sentence_judge import fault, wrong_and_sure

KNOWN = Path(__file__).with_name("sentences_known_failures.txt")
DAY = date(2026, 10, 1)
PATTERNS = {
    "crossing", "crossing_gap", "crossing_twice", "crossing_alias", "crossing_named",
    "crossing_bracket", "crossing_offset", "offset_landmark", "segment", "segment_house", "house",
    "house_sub", "house_building", "house_interpolated", "house_gap", "house_range", "old_name",
    "landmark", "landmark_metro", "landmark_gate", "landmark_stop", "opposite",
    "opposite_diagonal", "between", "side", "shopfront", "compound", "compound_building",
    "compound_phase", "village", "water", "railway", "pole", "pole_ambiguous", "spoken", "sms",
    "boilerplate", "numeral_forms", "traditional", "wrong_district", "wrong_subdistrict",
    "role_caller", "role_caller_only", "role_route", "two_places", "trap_same_name",
    "trap_homophone_trio", "trap_street_road", "trap_jurisdiction_name", "trap_stem",
    "trap_nanqu", "trap_stop_crossing", "trap_lane_number", "trap_two_pieces", "trap_three_parts",
    "trap_not_house_number", "trap_no_suffix", "trap_admin_like", "homophone", "typo",
    "missing_char", "outside", "unlocated", "road_only", "admin_only", "grounds", "long", "mixed",
    "crossing_corner", "segment_between", "full_address", "vicinity", "road_and_estate",
    "parity_side", "part_of_road", "grid", "metro_line", "old_and_new", "dictated", "negated",
    "other_city_mention", "noise",
}  # fmt: skip
"""What issue 3 asks for, and more ways to say it."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One sentence and what became of it."""

    row: dict[str, str]
    status: DecisionStatus
    wrong: str
    """Empty where all is right."""
    wrong_and_sure: bool


def corpus() -> list[dict[str, str]]:
    with sentence_truth.CORPUS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def known_failures() -> dict[str, str]:
    """Id → why, of the lines ``id why``."""
    lines = KNOWN.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(" ") for line in lines if line and not line.startswith("#"))
    return {id: why for id, _, why in pairs}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    files = write_demo(tmp_path_factory.mktemp("demo"))
    source = read_source(files.source)
    gazetteer = read_gazetteer(files.gazetteer)
    units = Units(read_units(files.units))
    rules = files.rules.read_text(encoding="utf-8")
    deps = Deps(
        index=JurisdictionIndex(source.jurisdictions, source.borders),
        rules=RuleSet.parse(rules, files.rules.name, units={unit.code for unit in units}),
        units=units,
        reader=Reader(
            gazetteer.places(), source.jurisdictions, version=gazetteer.version, city="350100"
        ),
    )
    found: list[Judged] = []
    for row in corpus():
        said = Complaint(id=row["id"], text=row["text"], category=None, location=None)
        routed = route(said, DAY, deps)
        assert routed.text_place is not None
        answer = routed.recommendation
        found.append(
            Judged(
                row=row,
                status=answer.status,
                wrong=fault(row, routed.text_place, answer),
                wrong_and_sure=wrong_and_sure(row, answer),
            )
        )
    return found


def test_the_corpus_is_what_its_source_says() -> None:
    assert list(sentence_truth.rows(build_city())) == corpus()


def test_the_corpus_has_every_pattern_and_at_least_400_sentences() -> None:
    rows = corpus()
    assert {row["pattern"] for row in rows} == PATTERNS
    assert len({row["text"] for row in rows}) == len(rows) >= 400
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert bool(row["unit"]) == (row["expect"] in ("place", "conflict")), row["id"]


def test_new_failures_and_new_passes(judged: list[Judged]) -> None:
    known = known_failures()
    failed = {one.row["id"]: f"{one.row['text']} -> {one.wrong}" for one in judged if one.wrong}
    _say(judged)
    new = {id: failed[id] for id in failed if id not in known}
    passing = sorted(known.keys() - failed.keys())
    assert not new, "new failures:\n" + "\n".join(f"{id} {told}" for id, told in new.items())
    assert not passing, f"pass now, take them off {KNOWN.name}: {', '.join(passing)}"


def test_hardly_any_sentence_goes_to_a_wrong_unit_for_sure(judged: list[Judged]) -> None:
    """At most 5 in 1,000, known failures included."""
    wrong = [f"{one.row['id']} {one.row['text']}" for one in judged if one.wrong_and_sure]
    assert len(wrong) <= 0.005 * len(judged), wrong


def _say(judged: list[Judged]) -> None:
    total = Counter(one.row["pattern"] for one in judged)
    bad = Counter(one.row["pattern"] for one in judged if one.wrong)
    sure = Counter(one.row["pattern"] for one in judged if one.status is DecisionStatus.ROUTED)
    sys.stdout.write("\npattern | sentences | right | routed\n")
    for pattern, count in total.items():
        sys.stdout.write(f"{pattern} | {count} | {count - bad[pattern]} | {sure[pattern]}\n")
    for one in judged:
        if one.wrong:
            sys.stdout.write(f"{one.row['id']} {one.row['text'][:50]} -> {one.wrong[:160]}\n")
