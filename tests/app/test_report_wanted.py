"""What somebody asks of a report is checked once and reads back as it was written."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reporting.wanted import FORMATS, Wanted, wanted, wanted_from
from geodata.database import Scope
from maps.model import TimeWindow
from maps.reports.periods import KINDS
from routing.errors import UserInputError
from routing.model import JurisdictionLevel

WISHES = st.builds(
    wanted,
    kind=st.sampled_from(["daily", "weekly", "monthly"]),
    first=st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    within=st.sampled_from(["", "subdistrict:350102008", "grid:a:b"]),
    kinds=st.lists(st.text(min_size=1, max_size=10), max_size=4),
    formats=st.lists(st.sampled_from(sorted(FORMATS)), min_size=1, max_size=3),
    title=st.text(max_size=300),
    subdistrict=st.none() | st.just("W"),
)


@given(WISHES)
def test_it_survives_the_database(wish: Wanted) -> None:
    assert wanted_from(json.loads(json.dumps(wish.as_json()))) == wish


def test_any_day_of_a_period_means_the_period() -> None:
    march = {wanted(kind="monthly", first=date(2026, 3, day)) for day in (1, 15, 31)}
    assert len(march) == 1
    (one,) = march
    assert (one.first, one.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert one.period.window == TimeWindow(start=date(2026, 3, 1), end=date(2026, 4, 1))
    week = wanted(kind="weekly", first=date(2026, 11, 26))
    assert (week.first, week.last) == (date(2026, 11, 23), date(2026, 11, 29))


def test_the_scope_is_that_of_the_one_who_asked() -> None:
    assert wanted(kind="daily", first=date(2026, 1, 1)).scope is None
    own = wanted(kind="daily", first=date(2026, 1, 1), subdistrict="350102008")
    assert own.scope == Scope(subdistrict="350102008")


def test_a_level_and_a_code() -> None:
    wish = wanted(kind="daily", first=date(2026, 1, 1), within="community:a:b")
    assert wish.within == (JurisdictionLevel.COMMUNITY, "a:b")
    for wrong in ("overlay:park", "subdistrict", "subdistrict:", ":350102"):
        with pytest.raises(UserInputError, match="层级:代码"):
            wanted(kind="daily", first=date(2026, 1, 1), within=wrong)


def test_every_kind_is_known_and_no_other() -> None:
    for kind in KINDS:
        wanted(kind=kind, first=date(2026, 1, 1), last=date(2026, 1, 2))
    with pytest.raises(UserInputError, match=r"“hourly”.*daily"):
        wanted(kind="hourly", first=date(2026, 1, 1))
    with pytest.raises(UserInputError, match="101 个类别"):
        wanted(kind="daily", first=date(2026, 1, 1), kinds=[str(one) for one in range(101)])
