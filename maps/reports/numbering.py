"""图1, 表1: the numbers of a report's pictures and tables, the same in every kind of file."""

from __future__ import annotations

from maps.reports.model import Picture, Report, Table


def numbers(report: Report) -> dict[int, str]:
    """``id(block)`` → ``图1`` or ``表1`` in reading order, for one report held alive meanwhile."""
    found: dict[int, str] = {}
    pictures = tables = 0
    for part in report.sections:
        for block in part.blocks:
            if isinstance(block, Picture):
                pictures += 1
                found[id(block)] = f"图{pictures}"
            elif isinstance(block, Table):
                tables += 1
                found[id(block)] = f"表{tables}"
    return found
