"""Every code has its Chinese word, and wording needs no framework."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from app import words
from routing.casework.cases import CaseState, Move
from routing.model import (
    DecisionStatus,
    JurisdictionLevel,
    LocationPrecision,
    ReasonCode,
    UnitKind,
)


@pytest.mark.parametrize(
    ("codes", "table"),
    [
        (JurisdictionLevel, words.LEVELS),
        (LocationPrecision, words.PRECISIONS),
        (DecisionStatus, words.STATUSES),
        (CaseState, words.STATES),
        (Move, words.MOVES),
        (UnitKind, words.UNIT_KINDS),
    ],
)
def test_every_code_has_its_word(codes: type, table: dict[str, str]) -> None:
    assert set(table) == set(codes)


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_is_said_in_chinese(code: ReasonCode) -> None:
    said = words.reason(code.value)
    assert re.search(r"[一-鿿]", str(said["label"]))
    assert len(str(said["label"])) <= 6  # a chip, not a sentence
    assert len(str(said["explain"])) > len(str(said["label"]))


def test_reasons_with_a_name_and_unknown_ones_are_shown() -> None:
    assert words.reason("rule:road-damage")["explain"] == "由规则 road-damage 决定"
    assert words.reason("overlay:railway")["explain"] == "位于专属区域（铁路用地）"
    assert words.reason("overlay:depot")["explain"] == "位于专属区域（depot）"
    assert words.reason("something_new")["label"] == "something_new"


def test_words_of_one_table_are_told_apart() -> None:
    for table in (words.CHANNELS, words.OVERLAY_KINDS, words.UNIT_KINDS, words.PERIODS):
        assert len(set(table.values())) == len(table)


def test_explaining_on_a_terminal_loads_no_web_framework() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, app.cli.explanation; sys.exit('flask' in sys.modules)",
        ],
        check=False,
    )
    assert done.returncode == 0
