from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geodata.units import Units, read_units
from routing.errors import UnusableUnits
from routing.model import Unit, UnitKind
from routing.ports import UnitDirectory

HEADER = "code,name,kind,parent_code,effective_from,effective_to,phone\n"
DAY = date(2025, 6, 1)


def written(folder: Path, rows: str, header: str = HEADER) -> Path:
    path = folder / "units.csv"
    path.write_text(header + rows, encoding="utf-8")
    return path


def mistakes(path: Path) -> tuple[str, ...]:
    with pytest.raises(UnusableUnits) as raised:
        read_units(path)
    return raised.value.findings


def test_a_file_is_read_in_its_order_with_open_dates_and_all_fields(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "350102,鼓楼区,district,,2024-01-01,,0591-00000001\n"
        "350102-JSJ,区建设局,department,350102,2024-01-01,2025-12-31,\n",
    )
    assert read_units(path) == [
        Unit(
            code="350102",
            name="鼓楼区",
            kind=UnitKind.DISTRICT,
            effective_from=date(2024, 1, 1),
            phone="0591-00000001",
        ),
        Unit(
            code="350102-JSJ",
            name="区建设局",
            kind=UnitKind.DEPARTMENT,
            parent_code="350102",
            effective_from=date(2024, 1, 1),
            effective_to=date(2025, 12, 31),
        ),
    ]


def test_optional_columns_may_be_absent_and_a_byte_order_mark_does_not_matter(
    tmp_path: Path,
) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes("code,name,kind\nA,甲,city\n\n".encode("utf-8-sig"))
    assert read_units(path) == [Unit(code="A", name="甲", kind=UnitKind.CITY)]


def test_a_parent_may_stand_below_its_child(tmp_path: Path) -> None:
    path = written(tmp_path, "B,乙,district,A,,,\nA,甲,city,,,,\n")
    assert [unit.code for unit in read_units(path)] == ["B", "A"]


def test_every_mistake_is_reported_at_once_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "A,甲,city,,2024-01-01,,\n"
        ",无码,city,,,,\n"
        "B,乙,office,A,,,\n"
        "C,丙,grid,A,2024-13-01,,\n"
        "D,丁,grid,NOBODY,,,\n"
        "A,甲二,city,,2025-01-01,,\n"
        "E,戊,grid,A,2025-01-01,2024-01-01,\n"
        "F,己,grid,G,,,\n"
        "G,庚,grid,F,,,\n",
    )
    found = mistakes(path)
    assert [text.partition(":")[0] for text in found] == [
        "line 3",
        "line 4",
        "line 5",
        "line 6",
        "line 7",
        "line 8",
        "line 9",
    ]
    assert "code is empty" in found[0]
    assert "'office'" in found[1] and "subdistrict" in found[1]
    assert "'2024-13-01'" in found[2]
    assert "'NOBODY'" in found[3]
    assert "line 2" in found[4]
    assert "lies before" in found[5]
    assert "F → G → F" in found[6]


def test_a_wrong_row_is_still_known_as_a_parent(tmp_path: Path) -> None:
    found = mistakes(written(tmp_path, "A,甲,office,,,,\nB,乙,grid,A,,,\n"))
    assert len(found) == 1 and "'office'" in found[0]


def test_versions_of_one_code_may_follow_but_not_share_a_day(tmp_path: Path) -> None:
    first = "A,旧名,city,,2024-01-01,2024-12-31,\n"
    assert len(read_units(written(tmp_path, first + "A,新名,city,,2025-01-01,,\n"))) == 2
    assert len(mistakes(written(tmp_path, first + "A,新名,city,,2024-12-31,,\n"))) == 1


def test_a_unit_that_is_its_own_parent_is_a_circle(tmp_path: Path) -> None:
    assert "A → A" in mistakes(written(tmp_path, "A,甲,city,A,,,\n"))[0]


def test_missing_columns_are_named(tmp_path: Path) -> None:
    found = mistakes(written(tmp_path, "A,甲\n", header="code,title\n"))
    assert [text.split("'")[1] for text in found] == ["name", "kind"]


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (HEADER.encode(), "no rows"),
        (HEADER.encode() + "A,甲,city,,,,\n".encode("gb18030"), "UTF-8"),
        (HEADER.encode() + b"A,x,city,,,,,extra\n", "more cells"),
    ],
)
def test_unusable_files_say_what_to_do(tmp_path: Path, content: bytes, hint: str) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(content)
    assert hint in mistakes(path)[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "no such file" in mistakes(tmp_path / "nothing.csv")[0]


def directory() -> Units:
    return Units(
        [
            Unit(code="A", name="甲", kind=UnitKind.CITY),
            Unit(code="C", name="丙", kind=UnitKind.GRID, parent_code="A"),
            Unit(
                code="B",
                name="旧名",
                kind=UnitKind.GRID,
                parent_code="A",
                effective_to=date(2024, 12, 31),
            ),
            Unit(
                code="B",
                name="新名",
                kind=UnitKind.GRID,
                parent_code="C",
                effective_from=date(2025, 1, 1),
                effective_to=date(2025, 12, 31),
            ),
        ]
    )


def test_the_directory_answers_by_day_last_day_included() -> None:
    units: UnitDirectory = directory()
    names = [
        found.name if (found := units.unit("B", day)) else None
        for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert names == ["旧名", "新名", "新名", None]
    assert units.unit("X", DAY) is None


def test_children_are_those_of_the_day_in_code_order() -> None:
    units = directory()
    assert [unit.code for unit in units.children("A", date(2024, 6, 1))] == ["B", "C"]
    assert [unit.code for unit in units.children("A", DAY)] == ["C"]
    assert [unit.name for unit in units.children("C", DAY)] == ["新名"]
    assert units.children("X", DAY) == ()
    assert len(units) == 4
