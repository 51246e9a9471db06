"""Every setting of early warning, with its unit and its reason."""

from __future__ import annotations

from dataclasses import dataclass

from routing.errors import UserInputError
from routing.model import JurisdictionLevel

LEVELS = (
    JurisdictionLevel.GRID,
    JurisdictionLevel.COMMUNITY,
    JurisdictionLevel.SUBDISTRICT,
    JurisdictionLevel.DISTRICT,
)
"""Finest first: the order in which an alarm may explain those above it."""
ALL_KINDS = ""
"""In place of a kind: all kinds together."""
WEEK = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a day's run goes by. Figures behind the choices: docs/early-warning.md."""

    q: float = 0.05
    """Share of false ones among a day's alarms that is put up with (Benjamini–Hochberg)."""
    min_cases: int = 5
    """Cases in the period; below that nobody would go and look, whatever the odds."""
    daily_from: float = 3.0
    """Cases per day, mean of eight weeks, from which single days are judged; thinner series are
    judged by weeks only, because a day of 0 or 1 says nothing."""
    years: int = 4
    """At most so many years of past for the seasonal method; older years are another city."""
    least_years: int = 3
    """Years from which season and trend can be told apart (Farrington 1996)."""
    bound_alpha: float = 0.005
    """One-sided level of the seasonal bound (Noufaily 2013 uses 0.01 and less)."""
    alive_days: int = 182
    """A series without a case for so long is not tested and does not count as a test."""
    cool_down_days: int = 7
    """Days without a second alarm of the same series, as long as it does not double: weeks that end
    on following days share six of seven days."""
    most: int = 20
    """Alarms a day that people can look at; the rest is counted, not shown, and the run says so."""
    scan_days: int = 56
    """Days the cluster search compares with: eight weeks, long enough for usual shares, too short
    for seasons to move."""
    scan_radius_m: float = 2000.0
    """Metres; what is wider than a subdistrict is seen by the series of subdistricts and
    districts, and half the radius is a quarter of the work."""
    scan_share: float = 0.2
    """Of all cases of the kind at most, in one circle."""
    permutations: int = 999
    seed: int = 0
    """Added to the day, so that a day's run can be repeated to the digit."""

    def __post_init__(self) -> None:
        if not 0 < self.q < 1:
            raise UserInputError(f"q={self.q}；错误发现率应在 0 到 1 之间，如 0.05")
        if self.min_cases < 1 or self.most < 1:
            raise UserInputError(f"最少件数 {self.min_cases}、每日上限 {self.most}；两者都至少为 1")
