"""Measures of an evaluation, the fit, and the command."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import Point

from app.evaluation.cases import Cases, load_cases, save_cases
from app.evaluation.corpus import LabelledSentence, read_corpus
from app.evaluation.fit import fit
from app.evaluation.judging import Answer, Judged, judge
from app.evaluation.metrics import (
    area_under_risk_coverage,
    brier,
    expected_calibration_error,
    mcnemar,
    middle_and_ninth,
    reliability,
    wilson,
)
from app.evaluation.report import BEGIN, END, report, write_report
from app.evaluation.saved import compare, load_run, save_run
from app.evaluation.summary import summarise, wrong_districts
from app.evaluation.thresholds import STRICT, chosen_thresholds
from routing.dispatch.recommend import unlocated
from routing.dispatch.rules import RuleSet
from routing.errors import UserInputError
from routing.model import (
    DecisionStatus,
    Hits,
    Jurisdiction,
    JurisdictionHit,
    JurisdictionLevel,
    LevelHits,
    Location,
    LocationPrecision,
    Recommendation,
)

FAR = (119.3, 26.08)
DEGREE_NORTH_M = 110_787.0


def test_wilson_is_the_published_interval() -> None:
    # Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    for hits, n, low, high in (
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):  # fmt: skip
        assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_reliability_has_bins_of_equal_mass_and_parts_no_ties() -> None:
    confidence = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    right = np.array([False, False, True, False, True, True])
    table = reliability(confidence, right, bins=3)
    assert [b.n for b in table] == [2, 2, 2]
    assert [b.came for b in table] == [0.0, 0.5, 1.0]
    tied = reliability(np.array([0.5] * 5 + [0.9]), np.ones(6, dtype=bool), bins=3)
    assert [b.n for b in tied] == [5, 1]


def test_calibration_error_by_hand() -> None:
    confidence = np.array([0.2, 0.2, 0.8, 0.8])
    right = np.array([False, False, True, False])
    # |0.2 − 0| · ½ + |0.8 − 0.5| · ½
    assert expected_calibration_error(confidence, right, bins=2) == pytest.approx(0.25)
    assert brier(confidence, right) == pytest.approx((0.04 + 0.04 + 0.04 + 0.64) / 4)
    assert math.isnan(expected_calibration_error(np.array([]), np.array([], dtype=bool)))


def test_risk_coverage_prefers_the_surest_to_be_right() -> None:
    right = np.array([True, True, False, True])
    good = area_under_risk_coverage(np.array([0.9, 0.8, 0.1, 0.7]), right)
    bad = area_under_risk_coverage(np.array([0.1, 0.2, 0.9, 0.3]), right)
    assert good == pytest.approx((0 + 0 + 0 + 0.25) / 4)
    assert bad == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)


def test_mcnemar_counts_only_what_changed() -> None:
    before = np.array([True] * 10 + [False] * 2 + [True] * 50)
    after = np.array([False] * 10 + [True] * 2 + [True] * 50)
    lost, won, p = mcnemar(before, after)
    assert (lost, won) == (10, 2)
    # two-sided binomial: 2 · (1 + 12 + 66) / 2¹²
    assert p == pytest.approx(2 * 79 / 4096)
    assert mcnemar(before, before)[2] == 1.0
    assert middle_and_ninth(np.arange(11.0)) == (5.0, 9.0)


def _sentence(expect: str = "place", **more: object) -> LabelledSentence:
    given: dict[str, object] = {"id": "1", "text": "东街59号", "expect": expect,
                                "units": ("A1",), "point": FAR}  # fmt: skip
    return LabelledSentence(**(given | more))  # type: ignore[arg-type]


def _answer(
    code: str = "A101", *, status: str = "routed", confidence: float = 0.97, north_m: float = 0.0,
    reasons: tuple[str, ...] = (),
) -> Answer:  # fmt: skip
    at = Point(FAR[0], FAR[1] + north_m / DEGREE_NORTH_M)
    area = Jurisdiction(code=code, name=code, level=JurisdictionLevel.GRID, unit_code=code,
                        geometry=shapely.box(119, 26, 120, 27))  # fmt: skip
    hit = JurisdictionHit(jurisdiction=area, share=1.0, covers=True, edge_distance_m=100.0)
    return Answer(
        recommendation=Recommendation(
            status=DecisionStatus(status), unit_code=code, unit_name=code, confidence=confidence,
            reasons=reasons,
        ),
        hits=Hits(levels=(LevelHits(level=JurisdictionLevel.GRID, hits=(hit,)),)),
        location=Location(geometry=at, radius_m=25.0, precision=LocationPrecision.DOOR),
        evidence={"margin": 1.0},
        milliseconds=0.4,
    )  # fmt: skip


def _nothing() -> Answer:
    return Answer(recommendation=unlocated(RuleSet.empty()), hits=Hits(levels=()), location=None,
                  evidence={}, milliseconds=0.1)  # fmt: skip


def test_a_coarser_code_is_right_for_all_below_it() -> None:
    assert judge(_sentence(units=("A1",)), _answer("A101")).right
    assert judge(_sentence(units=("B", "A101")), _answer("A101")).right
    assert not judge(_sentence(units=("A2",)), _answer("A101")).right
    touching = judge(_sentence(units=("A2",), also_right=("A101",)), _answer("A101"))
    assert touching.touched and not touching.right and touching.confidently_wrong


def test_distance_is_in_metres_and_held_against_the_radius() -> None:
    near, far = judge(_sentence(), _answer(north_m=20.0)), judge(_sentence(), _answer(north_m=30.0))
    assert near.error_m == pytest.approx(20.0, abs=0.01) and near.in_radius and near.in_geometry
    assert far.error_m == pytest.approx(30.0, abs=0.01) and not far.in_radius
    assert not judge(_sentence(tolerance_m=10.0), _answer(north_m=20.0)).as_expected


def test_a_place_with_a_ground_of_its_own_is_held_against_it() -> None:
    known = _answer(north_m=20.0)
    assert known.location is not None
    for ground, held in ((shapely.box(119.2, 26.0, 119.4, 26.2), True),
                         (shapely.box(119.2, 26.1, 119.4, 26.2), False)):  # fmt: skip
        place = replace(known.location, ground=ground)
        assert judge(_sentence(), replace(known, location=place)).in_geometry is held


@pytest.mark.parametrize(
    ("expect", "answer", "passes"),
    [
        ("place", _answer(), True),
        ("place", _answer("B1"), False),
        ("place", _nothing(), False),
        ("conflict", _answer(), False),
        ("conflict", _answer(reasons=("district_conflict",)), True),
        ("ambiguous", _answer("B1", status="review"), True),
        ("ambiguous", _answer("B1"), False),
        ("ambiguous", _answer(), True),
        ("unlocated", _answer(status="review"), True),
        ("unlocated", _answer(), False),
        ("unlocated", _nothing(), True),
        ("outside", _nothing(), True),
        ("outside", _answer(status="review"), False),
        ("outside", _answer(), False),
    ],
)
def test_what_passes(expect: str, answer: Answer, passes: bool) -> None:
    assert judge(_sentence(expect), answer).as_expected is passes


def test_a_summary_counts_each_share_over_its_own_cases() -> None:
    judged = [
        judge(_sentence(), _answer()),
        judge(_sentence(), _answer("B1")),
        judge(_sentence(), _answer(status="review", north_m=40)),
        judge(_sentence("unlocated", units=(), point=None), _answer()),
        judge(_sentence("conflict"), _answer(reasons=("district_conflict",), status="review")),
        judge(_sentence(), _nothing()),
    ]
    found = summarise(judged)
    assert (found.routed_right.hits, found.routed_right.n) == (1, 3)
    assert (found.coverage.hits, found.coverage.n) == (3, 6)
    assert (found.right.hits, found.right.n) == (3, 5)
    assert found.confidently_wrong.hits == 2
    assert (found.in_radius.hits, found.in_radius.n) == (3, 4)
    shown, right, routed = wrong_districts(judged)
    assert (shown.hits, right.hits, routed.hits, shown.n) == (1, 1, 0, 1)
    empty = summarise([])
    assert math.isnan(empty.coverage.value) and math.isnan(empty.ece)


def test_a_run_is_compared_line_by_line(tmp_path: Path) -> None:
    def named(name: str, answer: Answer) -> Judged:
        return judge(_sentence(id=name), answer)

    save_run(tmp_path / "run.json", [named("a", _answer()), named("b", _answer("B")),
                                     named("gone", _answer())], {"day": "2026-01-01"})  # fmt: skip
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    assert "东街" not in text  # no citizen's words are kept
    now = [named("a", _answer("B")), named("b", _answer()), named("new", _answer("B"))]
    found = compare(now, load_run(tmp_path / "run.json"))
    assert found.common == 2
    assert (found.new_failures, found.new_passes) == (("a",), ("b",))
    shown = report(now, {"day": "2026-01-02"}, found)
    assert "1 new failures, 1 new passes" in shown and "New failures: a" in shown
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserInputError, match="not a saved run"):
        load_run(tmp_path / "bad.json")


def test_a_report_says_every_target_and_keeps_what_people_wrote(tmp_path: Path) -> None:
    judged = [judge(_sentence(structure="house", noise=("sms",)), _answer())] * 3
    text = report(judged, {"corpus": "c.csv"})
    for words in ("right unit among the routed", "≥ 99 %", "per 1,000", "93–97 %", "≤ 0.02",
                  "≥ 97 %", "## By structure", "| house |", "| sms |", "## Reliability",
                  "corpus: c.csv"):  # fmt: skip
        assert words in text, words
    path = tmp_path / "accuracy.md"
    write_report(path, text)
    written = path.read_text(encoding="utf-8")
    assert written.startswith("# Accuracy\n")
    assert BEGIN.format(name="") in written and END.format(name="") in written
    path.write_text("前言\n" + written + "后记\n", encoding="utf-8")
    write_report(path, "anew\n")
    again = path.read_text(encoding="utf-8")
    assert again.startswith("前言\n# Accuracy") and again.endswith("后记\n")
    assert "anew" in again and "| house |" not in again
    marks = "\n".join(mark.format(name=" town") for mark in (BEGIN, END))
    path.write_text(again + marks, encoding="utf-8")
    write_report(path, "of a town\n\n## By structure\n", "town")
    both = path.read_text(encoding="utf-8")
    assert "anew" in both and "of a town\n\n### By structure" in both
    other = tmp_path / "other.md"
    other.write_text("something else\n", encoding="utf-8")
    with pytest.raises(UserInputError, match="no marks of a report"):
        write_report(other, text)
    assert other.read_text(encoding="utf-8") == "something else\n"


def test_a_corpus_of_either_kind_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(
        "id,text,expect,unit,lon,lat,tolerance_m,geometry,pattern,note\n"
        "1,东街59号,place,35;36,119.3,26.08,30,point,house,\n"
        "2,没有地点,unlocated,,,,,,,\n"
        "3,中山路,review,35,,,,,road,\n",
        encoding="utf-8",
    )
    one, two, three = read_corpus(path)
    assert one.units == ("35", "36") and one.point == (119.3, 26.08) and one.tolerance_m == 30
    assert one.structure == "house" and one.ordinary
    assert two.expect == "unlocated" and two.point is None and not two.ordinary
    assert three.expect == "place" and not three.ordinary
    path.write_text("id,text,expect,unit\n1,a,perhaps,\n", encoding="utf-8")
    with pytest.raises(UserInputError, match=r"line 2: expect 'perhaps'"):
        read_corpus(path)
    path.write_text("id,text\n1,a\n", encoding="utf-8")
    with pytest.raises(UserInputError, match="no column expect, unit"):
        read_corpus(path)


def _drawn(n: int, seed: int) -> Cases:
    """Sentences whose true probability is known: reading(0.99 or 0.7) times geometry."""
    rng = np.random.default_rng(seed)
    p = rng.beta(6, 0.6, n).clip(0.02, 0.99)
    heard = rng.random(n) < 0.2
    read = np.where(heard, 0.7, 0.995)
    right = rng.random(n) < read * p
    evidence = [{"homophone": 1.0} if h else {"margin": 2.0} for h in heard]
    kinds = np.where(rng.random(n) < 0.5, "door", "stop").tolist()
    return Cases(evidence=evidence, p_geometry=p, precision=kinds, right=right.astype(float))


def test_a_fit_finds_the_probabilities_it_was_drawn_from() -> None:
    fitted = fit(_drawn(8_000, 1), version="trial", fitted_on={})
    fresh = _drawn(8_000, 2)
    said = np.array(
        [
            fitted.probability(*one)
            for one in zip(fresh.evidence, fresh.p_geometry.tolist(), fresh.precision, strict=True)
        ]
    )
    assert expected_calibration_error(said, fresh.right > 0.5) < 0.02
    assert fitted.probability({"homophone": 1.0}, 0.98, "door") == pytest.approx(0.69, abs=0.05)
    assert fitted.probability({"margin": 2.0}, 0.98, "door") == pytest.approx(0.975, abs=0.02)
    assert sum(n for _, _, n in fitted.reliability) == 1_600
    assert fitted == fit(_drawn(8_000, 1), version="trial", fitted_on={})


def test_cases_are_kept_without_words_and_joined(tmp_path: Path) -> None:
    judged = [judge(_sentence(), _answer()), judge(_sentence(), _answer("B1"))]
    nothing = judge(_sentence(), _nothing())
    cases = Cases.of([*judged, nothing])
    assert cases.right.tolist() == [1.0, 0.0] and len(cases) == 2
    save_cases(tmp_path / "cases.json", cases, "a corpus")
    assert "东街" not in (tmp_path / "cases.json").read_text(encoding="utf-8")
    again, about = load_cases(tmp_path / "cases.json")
    assert about == "a corpus"
    both = Cases.joined([cases, again])
    assert both.precision == ["door"] * 4 and both.right.tolist() == [1.0, 0.0, 1.0, 0.0]
    (tmp_path / "bad.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UserInputError, match="holds no cases"):
        load_cases(tmp_path / "bad.json")


def test_a_fit_of_too_little_is_refused() -> None:
    with pytest.raises(ValueError, match="a fit needs 200 or more"):
        fit(_drawn(150, 1), version="", fitted_on={})
    drawn = _drawn(300, 1)
    with pytest.raises(ValueError, match="right and wrong ones"):
        fit(replace(drawn, right=np.ones(300)), version="", fitted_on={})


def test_thresholds_keep_the_rate_with_its_bound() -> None:
    rng = np.random.default_rng(3)
    said = rng.beta(8, 0.4, 20_000)
    right = rng.random(20_000) < said
    kinds = ["door"] * 10_000 + ["stop"] * 9_950 + ["village"] * 50
    by_class, otherwise = chosen_thresholds(said, right, kinds, 0.007)
    above = said >= by_class["door"]
    assert 0.3 < above.mean() < 1
    assert wilson(int((~right[above]).sum()), int(above.sum()), 1.645)[1] <= 0.0075
    assert by_class["village"] >= STRICT and otherwise >= STRICT  # seen too seldom


def test_a_class_worse_than_it_says_is_held_back() -> None:
    rng = np.random.default_rng(4)
    said = np.concatenate([rng.uniform(0.99, 1.0, 8_000), rng.uniform(0.99, 1.0, 400)])
    right = np.concatenate([np.ones(8_000, dtype=bool), rng.random(400) < 0.9])
    by_class, _ = chosen_thresholds(said, right, ["door"] * 8_000 + ["gate"] * 400, 0.007)
    assert by_class["gate"] > by_class["door"]
    above = said[8_000:] >= by_class["gate"]
    assert above.mean() < 0.2


def test_the_run_file_names_no_folder(tmp_path: Path) -> None:
    save_run(tmp_path / "run.json", [judge(_sentence(), _answer())], {"corpus": "c.csv"})
    given = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert given["sentences"]["1"]["passed"] is True
    assert str(tmp_path) not in json.dumps(given)
