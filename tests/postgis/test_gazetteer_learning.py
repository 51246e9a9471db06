"""Corrections become candidates, candidates aliases, and never by themselves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from geodata import boundaries
from geodata.cases import PostgresCaseStore
from geodata.store import gazetteer_learning as learning
from geodata.store import gazetteer_versions as versions
from geodata.store.gazetteer_learning import Correction
from routing.errors import NotFoundError, UserInputError
from tests.postgis.builders import CHANNEL, complaint, decision
from tests.postgis.test_gazetteer_versions import gazetteer

pytestmark = pytest.mark.postgis


@pytest.fixture
def cases(engine: Engine, tmp_path: Path) -> list[str]:
    """Three cases, and a gazetteer of 西洪路 (1), its 59号 (2) and 甲湖 (3) in force."""
    number = versions.stage(engine, gazetteer(tmp_path / "g"), "li")
    versions.activate(engine, number, date(2026, 1, 1), "li")
    store = PostgresCaseStore(engine)
    return [
        store.receive(complaint(f"c-{n}"), f"A-{n}", decision(), **CHANNEL)[0].no for n in range(3)
    ]


def correct(
    engine: Engine, case_no: str, actor: str, mention: str = "老西洪", place: str = "1"
) -> int:
    given = Correction(case_no=case_no, mention=mention, actor=actor, place_id=place)
    return learning.record_correction(engine, given)


def aliases(engine: Engine, place_id: str = "1") -> tuple[str, ...]:
    return next(one.aliases for one in versions.load(engine).places() if one.id == place_id)


def test_two_different_people_make_a_candidate(engine: Engine, cases: list[str]) -> None:
    correct(engine, cases[0], "lin")
    correct(engine, cases[1], "lin")
    assert learning.alias_candidates(engine) == [], "one person twice is one person"
    correct(engine, cases[2], "wang", " 老 西洪")
    (candidate,) = learning.alias_candidates(engine)
    assert (candidate.place_id, candidate.name) == ("1", "西洪路")
    assert (candidate.people, candidate.cases, candidate.rivals) == (2, 3, 0)
    assert aliases(engine) == ("洪路", "大路"), "nothing is learnt by itself"


def test_an_approved_candidate_is_an_alias_and_changes_the_version(
    engine: Engine, cases: list[str]
) -> None:
    correct(engine, cases[0], "lin")
    correct(engine, cases[1], "wang")
    (candidate,) = learning.alias_candidates(engine)
    before, generation = versions.load(engine).version, boundaries.generation(engine)
    learning.decide(engine, candidate.id, approved=True, by="curator", commit=False)
    assert versions.load(engine).version == before
    learning.decide(engine, candidate.id, approved=True, by="curator")
    assert aliases(engine) == ("洪路", "大路", "老西洪")
    assert versions.load(engine).version == f"{before}+1" == versions.version_in_force(engine)
    assert boundaries.generation(engine) > generation, "running processes have to load it"
    assert learning.alias_candidates(engine) == []

    learning.decide(engine, candidate.id, approved=False, by="curator")
    assert aliases(engine) == ("洪路", "大路")
    assert versions.load(engine).version == f"{before}+2", "not the version it was before"


def test_a_rejected_candidate_does_not_come_back_and_changes_nothing(
    engine: Engine, cases: list[str]
) -> None:
    correct(engine, cases[0], "lin")
    correct(engine, cases[1], "wang")
    before = versions.load(engine).version
    (candidate,) = learning.alias_candidates(engine)
    learning.decide(engine, candidate.id, approved=False, by="curator")
    correct(engine, cases[2], "zhao")
    assert learning.alias_candidates(engine) == []
    assert (versions.load(engine).version, aliases(engine)) == (before, ("洪路", "大路"))


def test_learnt_aliases_stay_when_a_new_version_is_published(
    engine: Engine, cases: list[str], tmp_path: Path
) -> None:
    correct(engine, cases[0], "lin")
    correct(engine, cases[1], "wang")
    learning.decide(engine, learning.alias_candidates(engine)[0].id, approved=True, by="curator")
    more = gazetteer(tmp_path / "n", "4,乙桥,poi,POINT (119.29 26.08),,,,,,,,EPSG:4490")
    versions.activate(engine, versions.stage(engine, more, "li"), date(2026, 2, 1), "li")
    assert "老西洪" in aliases(engine)
    assert versions.load(engine).version == f"{more.version}+1"


def test_known_words_unknown_places_and_points_make_no_candidate(
    engine: Engine, cases: list[str]
) -> None:
    for actor, case_no in (("lin", cases[0]), ("wang", cases[1])):
        correct(engine, case_no, actor, "洪路")
        correct(engine, case_no, actor, "某处", "no-such-place")
        point = Correction(case_no=case_no, mention="那里", actor=actor, lon=119.29, lat=26.08)
        learning.record_correction(engine, point)
    assert learning.alias_candidates(engine) == []


def test_a_rival_place_is_counted(engine: Engine, cases: list[str]) -> None:
    correct(engine, cases[0], "lin")
    correct(engine, cases[1], "wang")
    correct(engine, cases[2], "zhao", place="3")
    assert [one.rivals for one in learning.alias_candidates(engine)] == [1]


@pytest.mark.parametrize(
    "given",
    [
        {"mention": "西洪", "place_id": None},
        {"mention": "西洪", "place_id": "1", "lon": 119.0},
        {"mention": "  ", "place_id": "1"},
    ],
)
def test_what_is_no_correction(engine: Engine, cases: list[str], given: dict[str, object]) -> None:
    with pytest.raises(UserInputError):
        learning.record_correction(
            engine,
            Correction(case_no=cases[0], actor="lin", **given),  # type: ignore[arg-type]
        )


@pytest.mark.parametrize("candidate", ["1", "9" * 30, "x", ""])
def test_an_unknown_candidate(engine: Engine, candidate: str) -> None:
    with pytest.raises(NotFoundError, match="gazetteer candidates"):
        learning.decide(engine, candidate, approved=True, by="curator")


def test_missing_names_are_counted_until_the_gazetteer_has_them(
    engine: Engine, cases: list[str], tmp_path: Path
) -> None:
    learning.record_missing(engine, ["乙桥", "丙巷", "", "很长" * 60], case_no=cases[0])
    learning.record_missing(engine, ["乙桥", "乙桥", "西洪路"], case_no=cases[1])
    found = learning.missing_names(engine)
    assert [(one.mention, one.count, one.case_no) for one in found] == [
        ("乙桥", 2, cases[1]),
        ("丙巷", 1, cases[0]),
    ]
    assert learning.missing_names(engine, limit=1) == found[:1]
    assert learning.missing_names(engine, since=date(2999, 1, 1)) == []
    more = gazetteer(tmp_path / "n", "4,乙大桥,poi,POINT (119.29 26.08),乙桥,,,,,,,EPSG:4490")
    versions.activate(engine, versions.stage(engine, more, "li"), date(2026, 2, 1), "li")
    assert [one.mention for one in learning.missing_names(engine)] == ["丙巷"]
