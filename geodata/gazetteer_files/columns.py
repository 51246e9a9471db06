"""Which column of a gazetteer file is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from routing.errors import UnusableSource

COLUMNS: tuple[str, ...] = (
    "place_id", "name", "kind", "lon", "lat", "geometry", "crs", "aliases", "road", "number",
    "admin_code", "source", "valid_from", "valid_to",
)  # fmt: skip
"""The columns of a gazetteer, in the contract's order."""

REQUIRED = ("place_id", "name", "kind")

_OTHER_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "place_id": ("id", "地名编号", "地名代码", "编号"),
    "name": ("名称", "标准名称", "地名"),
    "kind": ("类别", "地名类别"),
    "lon": ("longitude", "lng", "经度"),
    "lat": ("latitude", "纬度"),
    "geometry": ("wkt", "wkb", "geom", "the_geom", "图形"),
    "crs": ("坐标系", "坐标系统"),
    "aliases": ("alias", "别名", "曾用名"),
    "road": ("所在道路", "道路"),
    "number": ("house_number", "门牌号"),
    "admin_code": ("行政区划代码", "行政代码"),
    "source": ("来源",),
    "valid_from": ("启用日期",),
    "valid_to": ("停用日期",),
}
_OURS = {heading: ours for ours, headings in _OTHER_HEADINGS.items() for heading in headings}


def resolve(headings: Sequence[str], declared: Mapping[str, str], subject: str) -> dict[str, int]:
    """Position of each of our columns among ``headings``; others are left aside.

    Letters' case and blanks around a heading do not matter. What is declared goes before our own
    name, and this before the other usual ones. Raises UnusableSource where a required column or a
    declared heading is absent, or one in use stands twice.
    """
    plain = [_plain(heading) for heading in headings]
    shown = ", ".join(repr(heading) for heading in headings[:40]) or "none"
    found: dict[str, int] = {}
    for ours in COLUMNS:
        names = [_plain(declared[ours])] if ours in declared else [ours]
        if ours not in declared:
            names += _OTHER_HEADINGS.get(ours, ())
        name = next((one for one in names if one in plain), None)
        if name is None:
            if ours in declared:
                raise UnusableSource(
                    f"{subject} has no column {declared[ours]!r}, declared as {ours}"
                    f"{_close(declared[ours], headings)}; columns found: {shown}"
                )
            continue
        if plain.count(name) > 1:
            raise UnusableSource(f"{subject} has two columns {name!r}; rename one of them")
        found[ours] = plain.index(name)
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        wanted = ", ".join(repr(name) + _close(name, headings) for name in missing)
        raise UnusableSource(
            f"{subject} has no column {wanted}; columns found: {shown}; rename it, or write "
            f'{missing[0]} = "…" under [columns] in the TOML beside the file'
        )
    return found


def has_required(headings: Sequence[str], declared: Mapping[str, str]) -> bool:
    """Whether a layer can be part of a gazetteer at all."""
    plain = {_plain(heading) for heading in headings}
    names = plain | {_OURS.get(heading, "") for heading in plain}
    return all(
        _plain(declared[one]) in plain if one in declared else one in names for one in REQUIRED
    )


def _plain(heading: str) -> str:
    return heading.strip().strip("\ufeff").strip().casefold()


def _close(wanted: str, headings: Sequence[str]) -> str:
    by_plain = {_plain(heading): heading for heading in headings}
    close = get_close_matches(_plain(wanted), by_plain, n=1, cutoff=0.6)
    return f" (did you mean {by_plain[close[0]]!r}?)" if close else ""
