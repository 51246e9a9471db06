"""The report of a run as Markdown: targets first, then where it is weak."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from app.evaluation.deciding import percentile_ms
from app.evaluation.judging import Judged
from app.evaluation.metrics import BINS, reliability
from app.evaluation.saved import Comparison
from app.evaluation.summary import (
    Share,
    by_border,
    by_noise,
    by_precision,
    by_structure,
    ordinary,
    summarise,
    wrong_districts,
)
from routing.errors import UserInputError

BEGIN, END = "<!-- shudi evaluate{name}: begin -->", "<!-- shudi evaluate{name}: end -->"
"""What lies between is written anew; what people wrote around it stays."""

FEW = 20
"""Sentences. Of fewer no 95th percentile is shown."""
LISTED = 40
"""New failures and passes named one by one."""


def report(
    judged: Sequence[Judged], about: Mapping[str, str], comparison: Comparison | None = None
) -> str:
    """The whole text, ending in a line break."""
    parts = [
        _about(about, len(judged)),
        _targets(judged),
        _slices("By structure", by_structure(judged)),
        _slices("By noise", by_noise(judged)),
        _slices("By what the place was matched to", by_precision(judged)),
        _radii(judged),
        _slices("By distance to the nearest border", by_border(judged)),
        _reliability(judged),
    ]
    if comparison is not None:
        parts.append(_changes(comparison))
    return "\n".join(parts)


def write_report(path: Path, text: str, section: str = "") -> None:
    """Write between the marks of a file that has them, else the whole file; ``section`` is the
    name in the marks, where one file holds several reports.

    Raises UserInputError where the file cannot be written.
    """
    name = f" {section}" if section else ""
    if section:  # its tables stand below a heading of the file's own
        text = text.replace("\n## ", "\n### ")
    begin, end = BEGIN.format(name=name), END.format(name=name)
    inner = f"{begin}\n{text}{end}\n"
    try:
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if begin in old and end in old:
            before, _, rest = old.partition(begin)
            after = rest.partition(end)[2].removeprefix("\n")
            inner = before + inner + after
        elif old.strip():
            raise UserInputError(
                f"{str(path)!r} has no marks of a report; name another file, or add the lines "
                f"{begin} and {end}"
            )
        else:
            inner = f"# Accuracy\n\n{inner}"
        path.write_text(inner, encoding="utf-8")
    except OSError as error:
        raise UserInputError(f"{str(path)!r} cannot be written: {error.strerror}") from error


def _about(about: Mapping[str, str], n: int) -> str:
    lines = [f"{n:,} sentences.", ""]
    lines += [f"- {key}: {value}" for key, value in about.items()]
    lines += [f"- machine: {_machine()}", ""]
    return "\n".join(lines)


def _machine() -> str:
    names = ("shudi", "numpy", "shapely", "ahocorasick-rs")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{platform.machine()}, Python {platform.python_version()}, {versions}"


def _targets(judged: Sequence[Judged]) -> str:
    whole, plain = summarise(judged), summarise(ordinary(judged))
    shown, right_too, routed_too = wrong_districts(judged)
    thousand = Share(hits=whole.confidently_wrong.hits, n=whole.confidently_wrong.n)
    low, high = thousand.interval
    sure, covered = whole.routed_right, plain.coverage
    rows = [
        _line("right unit among the routed", sure, "≥ 99 %", sure.value >= 0.99),
        _line("… by the drawn point, stretches too", whole.routed_at_point, "", None),
        _line("coverage of ordinary sentences", covered, "≥ 85 %", covered.value >= 0.85),
        ("wrong and confident, per 1,000",
         f"{1000 * thousand.value:.1f} ({1000 * low:.1f}–{1000 * high:.1f})", "≤ 5",
         _mark(1000 * thousand.value <= 5), f"{thousand.hits} of {thousand.n:,}"),
        _line("true point in the 95 % geometry", whole.in_geometry, "93–97 %",
              0.93 <= whole.in_geometry.value <= 0.97),
        _line("… in the radius of the best point, as put out", whole.in_radius, "", None),
        ("expected calibration error, 15 equal-mass bins", _number(whole.ece), "≤ 0.02",
         _mark(whole.ece <= 0.02), ""),
        _line("wrong district: placed by the rest, conflict shown", shown, "≥ 97 %",
              shown.value >= 0.97),
        _line("… and the unit right", right_too, "", None),
        _line("… and routed as well", routed_too, "", None),
        _line("right unit, routed or not", whole.right, "", None),
        _line("coverage of all sentences", whole.coverage, "", None),
        ("Brier score", _number(whole.brier), "", "", ""),
        ("area under risk and coverage (AURC)", _number(whole.aurc), "", "", ""),
        ("best point to true point, median · 90 %", _metres(whole.error_m), "", "", ""),
        ("text to decision, median · 99 %",
         f"{percentile_ms(judged, 0.5):.2f} · {percentile_ms(judged, 0.99):.2f} ms", "", "", ""),
    ]  # fmt: skip
    return "\n".join(
        ["| measure | result (95 % interval) | target | met | cases |",
         "| --- | --- | --- | --- | --- |",
         *(f"| {' | '.join(row)} |" for row in rows), ""]
    )  # fmt: skip


def _line(name: str, share: Share, target: str, met: bool | None) -> tuple[str, str, str, str, str]:
    mark = "" if met is None or not share.n else _mark(met)
    return name, _percent(share, interval=True), target, mark, f"{share.hits:,} of {share.n:,}"


def _slices(title: str, groups: Mapping[str, Sequence[Judged]]) -> str:
    if not groups:
        return ""
    lines = [
        f"## {title}", "",
        "| | n | routed | right of routed | wrong and confident | right unit | in geometry "
        "| median · 90 % error |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]  # fmt: skip
    for name, group in groups.items():
        one = summarise(group)
        cells = (
            name, f"{one.n:,}", _percent(one.coverage), _percent(one.routed_right),
            str(one.confidently_wrong.hits), _percent(one.right), _percent(one.in_geometry),
            _metres(one.error_m),
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _radii(judged: Sequence[Judged]) -> str:
    """By class, the radius said and the one that would have held 95 % of the true points."""
    lines = [
        "## Radius by class", "",
        "Of places read to the right unit: the radius around point, line or area, how many true "
        "points it held, and the radius that would have held 95 of 100.", "",
        "| | n | radius, median | true points in it | 95 % within |",
        "| --- | --: | --: | --: | --: |",
    ]  # fmt: skip
    for name, group in by_precision(judged).items():
        known = [one for one in group if one.right and not math.isnan(one.outside_m)]
        if len(known) < FEW:
            continue
        held = Share(hits=sum(one.in_geometry for one in known), n=len(known))
        said = float(np.median([one.across_m for one in known]))
        needed = float(np.percentile([one.outside_m for one in known], 95))
        lines.append(
            f"| {name} | {len(known):,} | {said:.0f} m | {_percent(held)} | {needed:.0f} m |"
        )
    return "\n".join([*lines, ""])


def _reliability(judged: Sequence[Judged]) -> str:
    said = [one for one in judged if one.code]
    if not said:
        return ""
    confidence = np.array([one.confidence for one in said], dtype=np.float64)
    right = np.array([one.right for one in said], dtype=np.bool_)
    lines = [
        "## Reliability", "",
        f"What was said against what came true: {BINS} bins of equal size, all that have a unit.",
        "", "| confidence | n | said | came true |", "| --- | --: | --: | --: |",
    ]  # fmt: skip
    for b in reliability(confidence, right):
        lines.append(f"| {b.low:.4f}–{b.high:.4f} | {b.n} | {b.said:.4f} | {b.came:.4f} |")
    return "\n".join([*lines, ""])


def _changes(found: Comparison) -> str:
    lines = [
        "## Since the saved run", "",
        f"{found.common:,} sentences in both: {len(found.new_failures)} new failures, "
        f"{len(found.new_passes)} new passes, McNemar p = {found.p:.4f}.", "",
    ]  # fmt: skip
    for title, names in (("failures", found.new_failures), ("passes", found.new_passes)):
        if names:
            more = f" … and {len(names) - LISTED} more" if len(names) > LISTED else ""
            lines += [f"New {title}: {', '.join(names[:LISTED])}{more}", ""]
    return "\n".join(lines)


def _percent(share: Share, *, interval: bool = False) -> str:
    if not share.n:
        return "–"
    low, high = share.interval
    return f"{100 * share.value:.2f} % ({100 * low:.2f}–{100 * high:.2f})" if interval else (
        f"{100 * share.value:.1f} %"
    )  # fmt: skip


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4f}"


def _metres(pair: tuple[float, float]) -> str:
    return "–" if math.isnan(pair[0]) else f"{pair[0]:.0f} · {pair[1]:.0f} m"


def _mark(met: bool) -> str:
    return "yes" if met else "**no**"
