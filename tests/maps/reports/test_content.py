"""What a report says, against the cases it is made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest

from maps import fonts
from maps.model import EPOCH, Cases
from maps.reports.material import AlarmLine
from maps.reports.model import Picture, Section, Table
from maps.reports.parts.kinds import kinds
from maps.reports.parts.overview import headlines, overview
from maps.reports.parts.places import places
from maps.reports.parts.quality import alarms, misroutes
from maps.reports.parts.spots import spots
from routing.model import JurisdictionLevel
from tests.maps.reports.reporting import (
    BEIJING,
    asked,
    city,
    figures,
    material,
    november,
    report,
    tables,
    texts,
)

pytestmark = pytest.mark.usefixtures("small_pictures")


def _between(cases: Cases, first: date, after: date) -> int:
    low, high = (first - EPOCH).days, (after - EPOCH).days
    return int(((cases.day >= low) & (cases.day < high)).sum())


def test_the_figures_are_those_of_the_cases() -> None:
    cases = material().cases
    now = _between(cases, date(2026, 11, 1), date(2026, 12, 1))
    before = _between(cases, date(2026, 10, 1), date(2026, 11, 1))
    year = _between(cases, date(2025, 11, 1), date(2025, 12, 1))
    made = november()
    said = texts(made.sections[0])
    assert f"2026年11月受理诉求{now:,}件" in said
    for name, other in (("10月", before), ("去年11月", year)):
        word = "增加" if now > other else "减少"
        assert f"比{name}{word}{abs(now - other):,}件（{(now - other) / other:+.1%}）" in said
    assert made.headlines[0].value == f"{now:,}件"
    by_kind = tables(made)["各类诉求及变化"]
    assert sum(row[1] for row in by_kind.rows[:-1]) == by_kind.rows[-1][1] == now  # type: ignore[misc]
    by_area = tables(made)["各区县诉求"]
    assert sum(row[1] for row in by_area.rows) == now  # type: ignore[misc]


def test_its_parts_and_their_pictures() -> None:
    made = november()
    assert [part.title for part in made.sections] == [
        "总体情况", "诉求类别", "时间分布", "区域分布", "热点", "派单质量",
    ]  # fmt: skip
    pictures = [b for part in made.sections for b in part.blocks if isinstance(b, Picture)]
    assert len(pictures) >= 5
    assert all(one.png.startswith(b"\x89PNG") and one.alt and one.caption for one in pictures)
    assert fonts.missing("".join(made.texts)) == ""  # the check of CI: no boxes
    assert any("投诉量不等于问题量" in note for note in made.notes)
    assert any("常住人口" in note and "2025年12月31日" in note for note in made.notes)
    assert any("演示界线@2026-01-01" in note for note in made.notes)


def test_the_order_of_the_cases_means_nothing() -> None:
    cases = material().cases
    shuffled = cases.take(np.random.default_rng(1).permutation(len(cases)))
    one, other = (kinds(figures(material(rows))) for rows in (cases, shuffled))
    assert one is not None
    assert other is not None
    assert texts(one) == texts(other)


def test_no_data_a_year_before_is_said_and_not_a_fall_to_zero() -> None:
    cases = material().cases
    recent = cases.take(cases.day >= (date(2026, 9, 10) - EPOCH).days)
    said = texts(overview(figures(material(recent))))
    assert "去年11月没有可比数据" in said
    assert "比10月" in said
    partly = cases.take(cases.day >= (date(2026, 10, 12) - EPOCH).days)
    made = figures(material(partly))
    assert made.before().why_not == "10月的数据不全（自2026年10月12日起），不作比较"
    assert made.before().n is None
    alone = cases.take(cases.day >= (date(2026, 11, 2) - EPOCH).days)
    made = figures(material(alone))
    assert "环比、同比均没有可比数据（系统中的诉求自2026年11月2日起）" in texts(overview(made))
    assert headlines(made)[0].changes == ("环比 无可比数据", "同比 无可比数据")


def test_a_running_period_is_not_compared() -> None:
    now = datetime(2026, 11, 20, 10, 0, tzinfo=BEIJING)
    cases = material().cases
    so_far = cases.take(cases.day <= (now.date() - EPOCH).days)
    said = texts(overview(figures(material(so_far, as_of=now))))
    assert "统计期未满：数据截至2026年11月20日10:00" in said
    assert "比10月" not in said


@pytest.mark.parametrize("kind", ["daily", "monthly"])
def test_no_cases_at_all_is_a_report_that_says_so(kind: str) -> None:
    nothing = material().cases.take(np.array([], dtype=int))
    made = report(material(nothing), asked(kind))
    assert "受理诉求0件" in texts(made.sections[0])
    assert "系统中尚无诉求" in texts(made.sections[0])
    assert [part.title for part in made.sections] == ["总体情况"]


def test_one_case_and_all_cases_at_one_point() -> None:
    cases = material().cases
    in_november = np.flatnonzero(cases.day >= (date(2026, 11, 1) - EPOCH).days)
    one = figures(material(cases.take(in_november[:1])))
    assert "受理诉求1件" in texts(overview(one))
    assert places(one) is not None
    pile = cases.take(np.repeat(in_november[0], 500))
    made = report(material(pile))
    assert "受理诉求500件" in texts(made.sections[0])


def test_a_day_has_no_hot_spots_and_a_trend_of_a_month() -> None:
    made = report(None, asked("daily", date(2026, 11, 25)))
    titles = [part.title for part in made.sections]
    assert "热点" not in titles
    assert "时间分布" not in titles
    picture = next(b for b in made.sections[0].blocks if isinstance(b, Picture))
    assert "2026年10月27日至11月25日" in picture.caption


def test_a_jurisdiction_has_its_own_cases_and_areas_only() -> None:
    subdistricts = city()[JurisdictionLevel.SUBDISTRICT]
    code, name = subdistricts.codes[1], subdistricts.names[1]
    wish = asked(filters={"within": (JurisdictionLevel.SUBDISTRICT, code)}, place=name)
    made = figures(wish=wish)
    cases = made.material.cases
    place = cases.subdistrict.labels.index(code)
    own = (cases.subdistrict.codes == place) & (cases.day >= (date(2026, 11, 1) - EPOCH).days)
    assert made.total == int(own.sum()) > 0
    part = places(made)
    assert part is not None
    inside = {
        one
        for one, parent in zip(
            city()[JurisdictionLevel.COMMUNITY].names,
            city()[JurisdictionLevel.COMMUNITY].parents,
            strict=True,
        )
        if parent == code
    }
    listed = {str(row[0]) for b in part.blocks if hasattr(b, "rows") for row in b.rows}
    assert listed - {"未归入"} <= inside
    assert f"2026年11月{name}受理诉求" in texts(overview(made))
    small = spots(made)
    assert small is not None
    assert "少于30个，不做热点检验" in texts(small)


def test_kinds_may_be_chosen() -> None:
    wish = asked(filters={"kinds": frozenset({"噪声扰民"})})
    made = figures(wish=wish)
    cases = made.material.cases
    noise = cases.kind.labels.index("噪声扰民")
    assert (cases.kind.codes[made.rows] == noise).all()
    assert kinds(made) is None  # one kind has no shares
    assert "噪声扰民类诉求" in texts(overview(made))
    assert wish.title == "2026年11月噪声扰民诉求月报"


def test_small_numbers_have_no_rate() -> None:
    cases = material().cases
    few = cases.take(np.flatnonzero(cases.day >= (date(2026, 11, 1) - EPOCH).days)[:60])
    made = material(few)
    part = places(made_figures := figures(made))
    assert part is not None
    assert made_figures.total == 60
    table = next(b for b in part.blocks if isinstance(b, Table) and b.title == "各街镇诉求")
    rate = [column.title for column in table.columns].index("件/千人")
    for row in table.rows:
        if isinstance(row[1], int) and row[1] < 5 and row[0] != "未归入":
            assert row[rate] == "少于 5 件"


def test_without_denominators_it_says_that_more_may_mean_more_people() -> None:
    part = places(figures(material(divisors=())))
    assert part is not None
    assert "没有导入区县、街镇的人口、户数等基数" in texts(part)
    assert not any(
        "件/千人" in c.title for b in part.blocks if hasattr(b, "columns") for c in b.columns
    )


def test_a_cluster_is_found_and_noise_is_not() -> None:
    base = material().cases
    quiet = spots(figures())
    assert quiet is not None
    communities = city()[JurisdictionLevel.COMMUNITY]
    middle = communities.middles - communities.middles.mean(axis=0)
    near = np.argsort(np.hypot(middle[:, 0], middle[:, 1]))[:6]
    in_november = base.day >= (date(2026, 11, 1) - EPOCH).days
    hot = np.flatnonzero(in_november & np.isin(base.community.codes, near))
    rest = np.flatnonzero(~np.isin(np.arange(len(base)), hot))
    crowded = base.take(np.concatenate([rest, np.repeat(hot, 12)]))
    part = spots(figures(material(crowded)))
    assert part is not None
    assert "诉求显著多于随机分布（q≤0.05）" in texts(part)
    named = {str(row[0]) for b in part.blocks if hasattr(b, "rows") for row in b.rows}
    assert named & {communities.names[at] for at in near}
    assert "没有检出统计上显著的热点" in texts(quiet)


def test_overrides_are_counted_and_returns_are_not_invented() -> None:
    made = figures()
    part = misroutes(made)
    assert part is not None
    cases = made.material.cases
    decided = int((made.rows & (cases.overridden >= 0)).sum())
    over = int((made.rows & (cases.overridden == 1)).sum())
    assert f"已派单{decided:,}件，其中{over:,}件改派" in texts(part)
    assert "退单情况目前没有记录，不等于没有退单" in texts(part)
    undecided = replace(cases, overridden=np.full(len(cases), -1, dtype=np.int8))
    assert misroutes(figures(material(undecided))) is None


def test_alarms_are_listed_where_early_warning_runs() -> None:
    assert alarms(figures()) is None
    quiet = alarms(figures(material(alarms=())))
    assert isinstance(quiet, Section)
    assert "没有产生预警" in texts(quiet)
    line = AlarmLine(
        day=date(2026, 11, 9), place="安泰街道", kind="", method="EARS C2", observed=31.0,
        expected=12.4, q=0.01, state="待处理",
    )  # fmt: skip
    earlier = replace(line, day=date(2026, 10, 9))
    found = alarms(figures(material(alarms=(earlier, line))))
    assert found is not None
    assert "共产生预警1条，其中1条尚未处理" in texts(found)


def test_a_character_no_font_has_is_told_and_costs_nothing() -> None:
    nothing = material().cases.take(np.array([], dtype=int))
    made = report(material(nothing), asked(title="某\U0003fffd村专报"))
    assert "可能显示为方框：\U0003fffd" in made.notes[-1]
    assert not any("方框" in note for note in november().notes)


def test_progress_moves_forward_and_can_stop_it() -> None:
    class Stop(Exception):
        pass

    seen: list[float] = []

    def progress(share: float, note: str) -> None:
        assert note
        seen.append(share)
        if share > 0.1:
            raise Stop

    from maps.reports.content import compose

    with pytest.raises(Stop):
        compose(material(), asked(), made_at=datetime.now(BEIJING), progress=progress)
    assert seen == sorted(seen)
    assert 0 <= seen[0] < seen[-1] < 1
