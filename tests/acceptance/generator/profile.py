"""How often each kind of noise comes, and the named seeds."""

from __future__ import annotations

from dataclasses import dataclass

CALIBRATION_SEEDS = (1001, 1002, 1003)
"""The confidence model and its thresholds are fitted on sentences of these."""
REGRESSION_SEEDS = (2001,)
"""Looked at while the reader is worked on."""
TEST_SEEDS = (9201, 9202)
"""For the stated results only: nothing is ever tuned on them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """Probabilities, 0–1, of each kind of noise in one sentence."""

    missing_district: float = 0.35
    wrong_district: float = 0.04
    opener: float = 0.5
    closer: float = 0.5
    caller_home: float = 0.05
    passing: float = 0.04
    bus: float = 0.04
    office: float = 0.04
    time: float = 0.12
    plate: float = 0.03
    phone: float = 0.05
    two_places: float = 0.015
    spoken: float = 0.15
    sms: float = 0.06
    wide_digits: float = 0.03
    chinese_numbers: float = 0.06
    traditional: float = 0.03
    alias: float = 0.12
    typo: float = 0.03
    homophone: float = 0.03
    negative: float = 0.05
    keep_ambiguous: float = 0.2
    """Share of the drafts that fit several places which is kept; the rest are drawn again."""


CLEAN = Profile(
    missing_district=0.0, wrong_district=0.0, opener=0.0, closer=0.0, caller_home=0.0, passing=0.0,
    bus=0.0, office=0.0, time=0.0, plate=0.0, phone=0.0, two_places=0.0, spoken=0.0, sms=0.0,
    wide_digits=0.0, chinese_numbers=0.0, traditional=0.0, alias=0.0, typo=0.0, homophone=0.0,
    negative=0.0, keep_ambiguous=0.0,
)  # fmt: skip
"""No noise at all."""
