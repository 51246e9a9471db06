"""Labelled sentences from a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from routing.errors import UserInputError

EXPECTATIONS = ("place", "conflict", "ambiguous", "outside", "unlocated")
"""place: one unit is right · conflict: the same, and the wrong district has to be shown ·
ambiguous: a person has to choose · outside: another city · unlocated: there is no such place."""

_OTHER_WORDS = {
    "": "place", "routed": "place", "located": "place", "review": "place", "unit": "place",
    "point": "place", "line": "place", "area": "place", "district_conflict": "conflict",
    "not_found": "unlocated", "none": "unlocated",
}  # fmt: skip
_NEVER_SURE = frozenset({"review"})
"""Words of ``expect`` that say a person should look: such a sentence is not an ordinary one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledSentence:
    """One sentence and what is true of it."""

    id: str
    text: str
    expect: str
    """One of EXPECTATIONS."""
    units: tuple[str, ...] = ()
    """Codes that are right: the decision's finest code must start with one of them."""
    also_right: tuple[str, ...] = ()
    """Codes that the place touches as well: said apart, never counted as right."""
    point_units: tuple[str, ...] = ()
    """For a stretch: codes that have the true point itself; empty where that is ``units``."""
    point: tuple[float, float] | None = None
    """Longitude and latitude of the true point, WGS 84 degrees; ``None`` where there is none."""
    tolerance_m: float | None = None
    """How far off the best point may be; ``None`` where only the reader's radius is judged."""
    structure: str = ""
    noise: tuple[str, ...] = ()
    ordinary: bool = True
    category: str | None = None


def read_corpus(path: Path) -> list[LabelledSentence]:
    """The rows of a file with at least the columns id, text, expect, unit.

    Raises UserInputError where the file cannot be used, naming the row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"id", "text", "expect", "unit"} - set(reader.fieldnames or ())
            if missing:
                raise UserInputError(
                    f"corpus {str(path)!r} has no column {', '.join(sorted(missing))}; "
                    "it needs id, text, expect, unit"
                )
            return [_sentence(path, n, row) for n, row in enumerate(reader, 2)]
    except OSError as error:
        raise UserInputError(f"corpus {str(path)!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserInputError(f"corpus {str(path)!r} is not UTF-8; save it as UTF-8") from error


def _sentence(path: Path, line: int, row: Mapping[str, str | None]) -> LabelledSentence:
    given = {key: (value or "").strip() for key, value in row.items() if key is not None}
    word = given["expect"]
    expect = word if word in EXPECTATIONS else _OTHER_WORDS.get(word)
    if expect is None:
        raise UserInputError(
            f"{path.name}, line {line}: expect {word!r}; write one of {', '.join(EXPECTATIONS)}"
        )
    try:
        lon, lat = given.get("lon", ""), given.get("lat", "")
        point = (float(lon), float(lat)) if lon and lat else None
        tolerance = float(given["tolerance_m"]) if given.get("tolerance_m") else None
    except ValueError as error:
        raise UserInputError(f"{path.name}, line {line}: {error}; write numbers") from error
    ordinary = given.get("ordinary", "")
    return LabelledSentence(
        id=given["id"],
        text=row["text"] or "",
        expect=expect,
        units=_codes(given["unit"]),
        also_right=_codes(given.get("also_right", "")),
        point_units=_codes(given.get("true_unit", "")),
        point=point,
        tolerance_m=tolerance,
        structure=given.get("structure") or given.get("pattern", ""),
        noise=_codes(given.get("noise", "")),
        ordinary=ordinary not in ("0", "false") and expect == "place" and word not in _NEVER_SURE,
        category=given.get("category") or None,
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for code in text.replace("；", ";").split(";") if code)
