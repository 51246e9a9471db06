"""Which column of a file is which: ours by name, by Chinese heading, or as declared on the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from routing.errors import UnusableComplaints

COLUMNS: tuple[str, ...] = (
    "id",
    "text",
    "lon",
    "lat",
    "crs",
    "accuracy_m",
    "category",
    "received_at",
    "channel",
)
"""The columns of a complaints file, in the contract's order."""

CHINESE_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "工单编号", "工单号", "诉求编号"),
    "text": ("诉求内容", "内容描述", "工单内容", "诉求描述"),
    "lon": ("经度",),
    "lat": ("纬度",),
    "crs": ("坐标系", "坐标系统"),
    "accuracy_m": ("定位精度", "精度（米）", "精度(米)"),
    "category": ("类别", "诉求类别", "事项类别"),
    "received_at": ("受理时间", "生成时间", "来电时间", "登记时间"),
    "channel": ("渠道", "来源渠道", "诉求来源"),
}
"""Headings as city hotlines print them in their exports."""

_OURS_BY_HEADING = {name: name for name in COLUMNS} | {
    heading: name for name, headings in CHINESE_HEADINGS.items() for heading in headings
}


class ColumnNames:
    """The reading of headings for one call."""

    def __init__(self, declared: Mapping[str, str] | None = None) -> None:
        """``declared`` maps our column to the file's heading and goes before all else."""
        self.declared: Mapping[str, str] = dict(declared or {})
        for ours in self.declared:
            if ours not in COLUMNS:
                raise UnusableComplaints(
                    f"--column {ours}={self.declared[ours]}: {ours!r} is not a column of "
                    f"complaints{_did_you_mean(ours, COLUMNS)}; columns are {', '.join(COLUMNS)}"
                )
        self._theirs = {_plain(theirs): ours for ours, theirs in self.declared.items()}

    def ours(self, heading: str) -> str | None:
        """Our name for one heading; ``None`` where it is no column of ours.

        A column of ours that was declared to stand under another heading is not found under
        its usual one.
        """
        plain = _plain(heading)
        if plain in self._theirs:
            return self._theirs[plain]
        ours = _OURS_BY_HEADING.get(plain)
        return None if ours in self.declared else ours

    def resolve(
        self, headings: Sequence[str], subject: str, *, has_geometry: bool = False
    ) -> tuple[dict[str, int], tuple[str, ...]]:
        """Position of each of our columns in ``headings``, and what to tell the caller about it.

        Where one column is found under two headings, its own English name wins and the choice
        is told. Raises UnusableComplaints where a declared heading is absent, where ``id`` is
        absent, where only one of ``lon`` and ``lat`` is there, where there is neither text nor
        place, and where a heading in use stands twice.
        """
        shown = ", ".join(repr(heading) for heading in headings) or "none"
        plain = [_plain(heading) for heading in headings]
        for ours, theirs in self.declared.items():
            if _plain(theirs) not in plain:
                raise UnusableComplaints(
                    f"{subject} has no column {theirs!r} (declared by --column {ours}={theirs})"
                    f"{_did_you_mean(theirs, headings)}; columns found: {shown}"
                )
        found: dict[str, int] = {}
        notes: list[str] = []
        for position, heading in enumerate(headings):
            name = self.ours(heading)
            if name is None:
                continue
            if name not in found:
                found[name] = position
                continue
            if plain[position] == plain[found[name]]:
                raise UnusableComplaints(
                    f"{subject} has two columns headed {heading!r}; rename one of them"
                )
            chosen = position if plain[position] == name else found[name]
            left = found[name] if chosen == position else position
            notes.append(f"{name}: {headings[chosen]!r} used, {headings[left]!r} left")
            found[name] = chosen
        self._require(found, headings, subject, shown, has_geometry)
        renamed = [
            f"{headings[position]} → {name}"
            for name, position in found.items()
            if plain[position] != name
        ]
        if renamed:
            notes.insert(0, "columns read as: " + ", ".join(renamed))
        return found, tuple(notes)

    def _require(
        self,
        found: Mapping[str, int],
        headings: Sequence[str],
        subject: str,
        shown: str,
        has_geometry: bool,
    ) -> None:
        if "id" not in found:
            close = _did_you_mean("id", headings)
            raise UnusableComplaints(
                f"{subject} has no column 'id'{close}; columns found: {shown}; "
                "name it with --column id=…"
            )
        for have, miss in (("lon", "lat"), ("lat", "lon")):
            if have in found and miss not in found and not has_geometry:
                raise UnusableComplaints(
                    f"{subject} has {have!r} but no {miss!r}{_did_you_mean(miss, headings)}; "
                    f"columns found: {shown}; name it with --column {miss}=…"
                )
        if not has_geometry and not {"text", "lon"} & found.keys():
            raise UnusableComplaints(
                f"{subject} has neither 'text' nor 'lon' and 'lat'; columns found: {shown}; "
                "name them with --column text=… or --column lon=… --column lat=…"
            )


def parse_declarations(declarations: Sequence[str]) -> dict[str, str]:
    """``ours=theirs`` pairs as given on the command line; UnusableComplaints where one is not."""
    declared: dict[str, str] = {}
    for declaration in declarations:
        ours, equals, theirs = declaration.partition("=")
        if not (equals and ours.strip() and theirs.strip()):
            raise UnusableComplaints(
                f"--column {declaration!r} is not ours=theirs, for example --column id=工单编号"
            )
        if ours.strip() in declared:
            raise UnusableComplaints(f"--column {ours.strip()} is given twice")
        declared[ours.strip()] = theirs.strip()
    return declared


def _plain(heading: str) -> str:
    return heading.strip().strip("\ufeff").strip().casefold()


def _did_you_mean(wanted: str, candidates: Sequence[str]) -> str:
    by_plain = {_plain(candidate): candidate for candidate in candidates}
    close = get_close_matches(_plain(wanted), by_plain, n=1, cutoff=0.6)
    if not close:
        parts = [plain for plain in by_plain if plain.endswith(("_id", "编号", "单号"))]
        close = parts[:1] if wanted == "id" else []
    return f" (did you mean {by_plain[close[0]]!r}?)" if close else ""
