"""Each finding drawn, and a clean city that has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.checks.code_structure import core, follows_structure, mistake, unusual
from geodata.checks.topology import gaps_inside, kinship, overlaps, union
from geodata.findings import Finding, Severity
from geodata.read import LoadedSource, read_source, read_sources
from geodata.source_files.measure import areas_m2, mean_widths_m
from geodata.validate import check
from routing.model import Jurisdiction, JurisdictionLevel
from tests.drawing import declare, draw, drawn_source, features_of, jurisdictions, write_geojson
from tests.tilings import EXAMPLES

DISTRICT = JurisdictionLevel.DISTRICT
SUBDISTRICT = JurisdictionLevel.SUBDISTRICT
COMMUNITY = JurisdictionLevel.COMMUNITY
GRID = JurisdictionLevel.GRID


def loaded(*several: Sequence[Jurisdiction], **source: Any) -> LoadedSource:
    """What reading would have given for these jurisdictions."""
    head = {"name": "drawn", "effective_from": date(2020, 1, 1), "effective_to": None, **source}
    whole = SimpleNamespace(
        source=SimpleNamespace(**head),
        jurisdictions=tuple(item for one in several for item in one),
        borders=(),
        version="drawn@2020-01-01#00000000",
        findings=(),
    )
    return cast(LoadedSource, whole)


def found(*several: Sequence[Jurisdiction], **how: Any) -> list[Finding]:
    return check([loaded(*several)], **how)


def only(findings: list[Finding], code: str) -> Finding:
    assert [finding.code for finding in findings] == [code], findings
    return findings[0]


def test_a_clean_city_has_no_findings() -> None:
    streets = jurisdictions(
        "AAABBB\nAAABBB\nAACCBB\nCCCCCC",
        codes={"A": "350102001", "B": "350102002", "C": "350102003"},
    )
    parents = {
        "p": "350102001",
        "q": "350102001",
        "r": "350102002",
        "s": "350102002",
        "t": "350102003",
        "u": "350102003",
    }
    communities = jurisdictions(
        "ppqrrs\nppqrrs\nppttss\ntttuuu",
        COMMUNITY,
        codes={
            letter: f"{parents[letter]}{number:03d}" for number, letter in enumerate("pqrstu", 1)
        },
        parents=parents,
    )
    units = {j.code for j in [*streets, *communities]}
    assert found(streets, communities, units=units, city="350102") == []


def test_a_gap_is_measured_and_its_neighbours_named() -> None:
    finding = only(found(jurisdictions("AAABB\nAA.BB\nAAABB", cell_m=100)), "gap")
    assert finding.severity is Severity.WARNING and finding.codes == ("A", "B")
    assert finding.area_m2 == pytest.approx(10_000, rel=1e-3)
    assert finding.geometry is not None and finding.lon is not None
    assert finding.geometry.covers(shapely.Point(finding.lon, finding.lat))
    assert "10,000 平方米" in finding.message or "9,99" in finding.message


def test_a_slit_open_at_the_edge_is_a_gap_too() -> None:
    drawn = draw("AABB\nAABB\nAABB", cell_m=200)
    west = 119.28
    pulled = shapely.transform(
        drawn["B"], lambda xy: xy + (np.abs(xy - [west, 0])[:, :1] < 0.0041) * [[1.2e-5, 0.0]]
    )
    streets = jurisdictions("AABB\nAABB\nAABB", cell_m=200)
    streets[1] = _with(streets[1], geometry=pulled)
    finding = only(found(streets), "gap")
    assert finding.codes == ("A", "B") and finding.area_m2 == pytest.approx(600 * 1.2, rel=0.02)


def test_a_wide_inlet_is_no_gap() -> None:
    assert found(jurisdictions("AA.BB\nAA.BB\nAACBB", cell_m=50)) == []


def test_a_gap_within_the_parents() -> None:
    findings = found(jurisdictions("AAA\nAAA", SUBDISTRICT), jurisdictions("aab\naa.", COMMUNITY))
    finding = only(findings, "gap")
    assert finding.level == "community" and "上级范围内" in finding.message


def test_a_hole_of_the_parents_too_is_told_once_at_their_level() -> None:
    findings = found(
        jurisdictions("AAA\nA.A\nAAA", SUBDISTRICT), jurisdictions("aab\na.b\nabb", COMMUNITY)
    )
    assert only(findings, "gap").level == "subdistrict"


def test_parents_without_any_child_are_told_together() -> None:
    streets = jurisdictions("AABBCC", SUBDISTRICT)
    finding = only(found(streets, jurisdictions("aa....", COMMUNITY)), "no_children")
    assert finding.severity is Severity.INFO and "B、C" in finding.message


def test_an_overlap_of_more_than_a_hundredth_blocks() -> None:
    streets = jurisdictions("AAAA....", cell_m=100) + jurisdictions("...BBBBB", cell_m=100)
    finding = only(found(streets), "overlap")
    assert finding.severity is Severity.BLOCKING and set(finding.codes) == {"A", "B"}
    assert finding.area_m2 == pytest.approx(10_000, rel=1e-3) and "25.00%" in finding.message


def test_a_small_overlap_is_a_warning() -> None:
    west, south = 119.28, 26.06
    left = shapely.box(west, south, west + 0.02, south + 0.02)
    right = shapely.box(west + 0.0199, south, west + 0.04, south + 0.02)
    assert only(found(_shaped(left, right)), "overlap").severity is Severity.WARNING


def test_a_polygon_inside_another_overlaps_it() -> None:
    inner = jurisdictions("....\n.BB.\n....")
    finding = only(found(jurisdictions("AAAA\nAAAA\nAAAA"), inner), "overlap")
    assert "100.00%" in finding.message and finding.severity is Severity.BLOCKING


def test_touching_at_a_border_or_a_corner_is_no_overlap() -> None:
    assert found(jurisdictions("AABB\nCCDD")) == []


@pytest.mark.parametrize(
    ("width_deg", "code"),
    [
        (1e-10, None),  # 10 micrometres: arithmetic
        (1e-7, "sliver"),  # 1 cm over 2 km
        (3e-7, "sliver"),  # 3 cm
        (1e-6, "overlap"),  # 10 cm over 2 km: 200 m2
    ],
)
def test_an_overlap_thinner_than_five_centimetres_is_a_sliver(
    width_deg: float, code: str | None
) -> None:
    west, south = 119.28, 26.06
    left = shapely.box(west, south, west + 0.02 + width_deg, south + 0.02)
    right = shapely.box(west + 0.02, south, west + 0.04, south + 0.02)
    findings = found(_shaped(left, right))
    assert [finding.code for finding in findings] == ([code] if code else [])


def test_slivers_are_told_together() -> None:
    cells = [
        shapely.box(119.28 + x * 0.001, 26.06, 119.281 + x * 0.001 + 2e-7, 26.061)
        for x in range(30)
    ]
    finding = only(found(_shaped(*cells)), "sliver")
    assert finding.places == 29 and "重叠 29 处" in finding.message and len(finding.codes) == 30


def test_a_thread_of_a_jurisdiction_is_a_sliver() -> None:
    body = shapely.box(119.28, 26.06, 119.29, 26.07)
    thread = shapely.box(119.295, 26.06, 119.295 + 2e-7, 26.07)
    finding = only(found(_shaped(shapely.MultiPolygon([body, thread]))), "sliver")
    assert "碎块" in finding.message


def test_an_exclave() -> None:
    finding = only(found(jurisdictions("AABBA", cell_m=100)), "exclave")
    assert finding.severity is Severity.INFO and finding.codes == ("A",)
    assert finding.area_m2 == pytest.approx(10_000, rel=1e-3)


def test_a_child_partly_outside_its_parent() -> None:
    streets = jurisdictions("AABB\nAABB", SUBDISTRICT)
    communities = jurisdictions("aaab\ncccb", COMMUNITY, parents={"a": "A", "b": "B", "c": "A"})
    findings = found(streets, communities)
    assert {f.codes for f in findings if f.code == "child_outside_parent"} == {("a",), ("c",)}
    assert {f.severity for f in findings} == {Severity.WARNING}
    assert "33.3%" in findings[0].message and "上级 A" in findings[0].message


def test_a_child_wholly_outside_its_parent_blocks() -> None:
    streets = jurisdictions("AABB", SUBDISTRICT)
    communities = jurisdictions("aabb", COMMUNITY, parents={"a": "A", "b": "A"})
    finding = only(found(streets, communities), "child_outside_parent")
    assert finding.severity is Severity.BLOCKING and finding.codes == ("b",)
    assert "完全不在" in finding.message


def test_a_child_without_a_parent_code_must_lie_in_one() -> None:
    streets = jurisdictions("AABB..", SUBDISTRICT)
    findings = found(streets, jurisdictions("aaab.c", COMMUNITY))
    kinds = {f.codes: f.severity for f in findings if f.code == "child_outside_parent"}
    assert kinds == {("a",): Severity.WARNING, ("c",): Severity.BLOCKING}


def test_an_orphan() -> None:
    streets = jurisdictions("AA", SUBDISTRICT)
    findings = found(streets, jurisdictions("ab", COMMUNITY, parents={"a": "A", "b": "Z"}))
    finding = only(findings, "orphan")
    assert finding.codes == ("b",) and "Z" in finding.message


def test_a_grandparent_may_be_declared_as_parent() -> None:
    districts = jurisdictions("DD", DISTRICT)
    streets = jurisdictions("AA", SUBDISTRICT, parents={"A": "D"})
    grids = jurisdictions("ab", GRID, parents={"a": "A", "b": "D"})
    assert found(districts, streets, grids) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("35010200", "应为 9 位数字，实为 8 位"),
        ("35010200X", "含有数字以外的字符"),
        ("990102004", "前两位 99 不是省级代码"),
        ("350102000", "第 7 位起全为 0"),
        ("350102004001", "应为 9 位数字，实为 12 位"),
    ],
)
def test_a_malformed_code_among_good_ones(code: str, words: str) -> None:
    codes = {"A": "350102001", "B": "350102002", "C": "350102003", "D": code}
    finding = only(found(jurisdictions("AABB\nCCDD", codes=codes)), "malformed_code")
    assert words in finding.message and finding.codes == (code,)
    assert finding.severity is Severity.WARNING


def test_codes_that_are_no_administrative_codes_are_left_alone() -> None:
    assert found(jurisdictions("AABB\nCCDD")) == []
    codes = {"A": "0101", "B": "0102", "C": "7", "D": "x"}
    assert found(jurisdictions("AABB\nCCDD", codes=codes)) == []


def test_a_code_that_does_not_continue_its_parent() -> None:
    streets = jurisdictions("AABB", codes={"A": "350102001", "B": "350102002"})
    communities = jurisdictions(
        "aabb",
        COMMUNITY,
        codes={"a": "350102001001", "b": "350102001002"},
        parents={"a": "350102001", "b": "350102002"},
    )
    finding = only(found(streets, communities), "malformed_code")
    assert "与上级编码 350102002 不符" in finding.message


def test_a_code_of_another_city() -> None:
    codes = {"A": "350102001", "B": "350102002", "C": "350203001"}
    streets = jurisdictions("ABC", codes=codes)
    assert only(found(streets, city="350102"), "malformed_code").codes == ("350203001",)
    assert only(found(streets, city="350100"), "malformed_code").codes == ("350203001",)
    assert found(streets, city="350000") == []


def test_an_unusual_code_is_worth_a_look() -> None:
    codes = {"A": "350102001", "B": "350102802"}
    finding = only(found(jurisdictions("AB", codes=codes)), "unusual_code")
    assert finding.severity is Severity.INFO


def test_code_structure() -> None:
    assert core("350102001000") == "350102001" and core("350102000000") == "350102"
    assert (
        mistake("350102001000", SUBDISTRICT) is None and mistake("350102100", SUBDISTRICT) is None
    )
    assert (
        unusual("350102100", SUBDISTRICT) is None and unusual("350102001700", COMMUNITY) is not None
    )
    assert follows_structure(["350102"] * 9 + ["x"], DISTRICT)
    assert not follows_structure(["350102"] * 6 + ["7"] * 4, DISTRICT)
    assert not follows_structure([], GRID)


def test_one_code_twice_on_the_same_day_blocks() -> None:
    streets = jurisdictions("AABB", codes={"A": "1", "B": "1"})
    finding = only(found(streets), "duplicate_code")
    assert finding.severity is Severity.BLOCKING and finding.codes == ("1",)


def test_one_code_in_two_editions_or_two_levels_is_right() -> None:
    old = jurisdictions("AABB", effective_to=date(2022, 12, 31))
    new = jurisdictions("ABBB", effective_from=date(2023, 1, 1))
    assert found(old, new) == []
    again = jurisdictions("ABBB", effective_from=date(2022, 12, 31))
    assert {f.code for f in found(old, again)} == {"duplicate_code", "overlap"}
    assert found(jurisdictions("AA", SUBDISTRICT), jurisdictions("AA", COMMUNITY)) == []


def test_each_edition_is_checked_against_what_stood_with_it() -> None:
    streets = jurisdictions("AAAA", SUBDISTRICT)
    old = jurisdictions("aa.b", COMMUNITY, effective_to=date(2022, 12, 31))
    new = jurisdictions("aabb", COMMUNITY, effective_from=date(2023, 1, 1))
    assert only(found(streets, old, new), "gap").level == "community"


def test_a_missing_unit() -> None:
    streets = jurisdictions("ABC")
    finding = only(found(streets, units={"A", "B"}), "missing_unit")
    assert finding.codes == ("C",) and "C" in finding.message
    assert found(streets, units={"A", "B", "C"}) == [] and found(streets) == []


def test_overlays_may_overlap_and_leave_gaps() -> None:
    streets = jurisdictions("AAAA\nAAAA")
    railway = jurisdictions("r..r", JurisdictionLevel.OVERLAY, overlay_kind="railway")
    river = jurisdictions("wwww", JurisdictionLevel.OVERLAY, overlay_kind="river")
    assert found(streets, railway, river) == []


def test_a_source_in_force_for_a_few_days() -> None:
    one = loaded(jurisdictions("A"), effective_to=date(2020, 1, 9))
    finding = only(check([one]), "short_lived")
    assert "9 天" in finding.message


def test_crowds_of_one_kind_become_twenty_and_a_rest() -> None:
    picture = "\n".join(["A" * 61, "A." * 30 + "A", "A" * 61])
    findings = found(jurisdictions(picture))
    assert [f.code for f in findings] == ["gap"] * 21
    assert findings[-1].places == 10 and "另有 10 处" in findings[-1].message


def test_worst_comes_first() -> None:
    streets = jurisdictions("AAAA.C\nA.AA.C") + jurisdictions("...BB.\n...BBC")
    order = [finding.severity for finding in found(streets, units=set())]
    assert order == sorted(order, key=list(Severity).index) and order[0] is Severity.BLOCKING


# Through files.


def test_findings_of_reading_are_among_those_of_checking(tmp_path: Path) -> None:
    write_geojson(
        tmp_path / "a.geojson",
        [*features_of(draw("AB")), *features_of({"C": draw("..C")["C"]}, {"C": ""})],
    )
    one = read_source(declare(tmp_path, {"file": "a.geojson", "level": "grid"}))
    finding = only(check([one]), "missing_code")
    assert finding.layer == "a.geojson" and finding.source == "drawn"


def test_two_sources_that_disagree_about_the_datum(tmp_path: Path) -> None:
    # The same city read in WGS 84 and, wrongly, as if its GCJ-02 coordinates were WGS 84.
    from geodata.crs import GCJ02, geometry_from_wgs84

    picture = "AAABBB\nAAABBB\nCCCDDD\nCCCDDD"
    streets = drawn_source(tmp_path, picture, name="streets", cell=0.01)
    shifted = dict(
        zip(
            "ABCD", geometry_from_wgs84(list(draw(picture, cell=0.01).values()), GCJ02), strict=True
        )
    )
    write_geojson(tmp_path / "c.geojson", features_of(shifted, {k: f"c{k}" for k in "ABCD"}))
    wrong = declare(tmp_path, {"file": "c.geojson", "level": "community"}, name="communities")
    findings = check(read_sources([streets, wrong]))
    hint = next(finding for finding in findings if finding.code == "crs_suspect")
    assert hint.severity is Severity.WARNING and "GCJ-02" in hint.message
    right = declare(
        tmp_path, {"file": "c.geojson", "level": "community"}, name="communities", crs="GCJ-02"
    )
    assert not [f for f in check(read_sources([streets, right])) if f.code != "sliver"]


# Against brute force.

_CELL = st.sampled_from("ABC.")


@given(st.lists(st.lists(_CELL, min_size=5, max_size=5), min_size=3, max_size=5))
@EXAMPLES
def test_partitions_never_overlap_and_gaps_are_the_enclosed_blanks(rows: list[list[str]]) -> None:
    picture = "\n".join("".join(row) for row in rows)
    drawn = draw(picture, cell=0.01)
    if not drawn:
        return
    shapes = np.array(list(drawn.values()), dtype=object)
    assert overlaps(shapes) == []
    together = union(shapes)
    # A blank is enclosed when no path over edges leads from it to the outside.
    blanks = {
        (row, column)
        for row, line in enumerate(rows)
        for column, letter in enumerate(line)
        if letter == "."
    }
    open_cells: set[tuple[int, int]] = set()
    edge = [
        (row, column)
        for row, column in blanks
        if row in (0, len(rows) - 1) or column in (0, len(rows[0]) - 1)
    ]
    while edge:
        cell = edge.pop()
        if cell in open_cells:
            continue
        open_cells.add(cell)
        edge += [
            near
            for dr, dc in ((0, 1), (0, -1), (1, 0), (-1, 0))
            if (near := (cell[0] + dr, cell[1] + dc)) in blanks
        ]
    gaps = gaps_inside(shapes, together)
    area = sum(gap.geometry.area for gap in gaps)
    assert area == pytest.approx(len(blanks - open_cells) * 1e-4, abs=1e-9)


def test_the_parent_is_the_one_with_the_largest_part() -> None:
    parents = np.array(list(draw("AABB").values()), dtype=object)
    children = np.array(list(draw("aaab.c").values()), dtype=object)
    kin = kinship(children, parents)
    assert [(k.parent, round(k.share, 3)) for k in kin] == [(0, 0.667), (1, 1.0), (None, 0.0)]


def test_measures_on_the_ground() -> None:
    shapes = np.array([draw("A", cell_m=100)["A"], draw("A.A", cell_m=50)["A"]], dtype=object)
    assert areas_m2(shapes) == pytest.approx([10_000, 5_000], rel=1e-4)
    assert mean_widths_m(shapes) == pytest.approx([50, 25], rel=1e-4)
    geod = shapely.box(119.2, 26.0, 119.5, 26.3)
    from pyproj import Geod

    exact = abs(Geod(ellps="WGS84").geometry_area_perimeter(geod)[0])
    assert areas_m2(np.array([geod], dtype=object))[0] == pytest.approx(exact, rel=1e-4)


def _shaped(*shapes: Any) -> list[Jurisdiction]:
    return [
        Jurisdiction(code=f"J{n}", name=f"J{n}", level=GRID, geometry=shape, unit_code="U")
        for n, shape in enumerate(shapes)
    ]


def _with(jurisdiction: Jurisdiction, **changes: Any) -> Jurisdiction:
    from dataclasses import replace

    return replace(jurisdiction, **cast(Mapping[str, Any], changes))
