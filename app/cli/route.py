"""``shudi route``: a file of complaints in, one responsible unit per complaint out."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from app.cli.files import LoadedFiles, load_files, parse_day, today
from app.cli.progress import progress
from routing.errors import UserInputError
from routing.model import DecisionStatus, ReasonCode

if TYPE_CHECKING:
    from geodata.complaints import Complaints

_ROWS_AT_ONCE = 100_000
"""Bounds memory and gives the progress bar its steps; 100,000 decisions take about 100 MB."""

_TEXTS_AT_ONCE = 500
"""A step of the bar where words are read: about a quarter of a second."""

_MOST = 0.5
"""Above this share outside, the call rather than the complaints is likely wrong."""


@click.command("route")
@click.argument("complaints", type=click.Path(path_type=Path))
@click.option(
    "-b", "--boundaries", "boundaries", multiple=True, required=True,
    type=click.Path(path_type=Path), metavar="SOURCE.toml",
    help="A declared boundary source; may be given several times.",
)  # fmt: skip
@click.option("-g", "--gazetteer", type=click.Path(path_type=Path), help="Known place names.")
@click.option("--rules", type=click.Path(path_type=Path), help="Dispatch rules (TOML).")
@click.option("--units", type=click.Path(path_type=Path), help="Unit directory (CSV).")
@click.option("--city", metavar="CODE", help="Administrative code of the city the words speak of.")
@click.option(
    "--as-of", default="received", show_default=True, metavar="DATE|received",
    help="Decide by what was in force on this day, or on the day of each complaint.",
)  # fmt: skip
@click.option(
    "--crs", metavar="CRS",
    help="CRS of coordinates whose row names none: GCJ-02, BD-09, EPSG:4490 …",
)  # fmt: skip
@click.option(
    "--column", "columns", multiple=True, metavar="ours=theirs",
    help="Which heading stands for a column of ours; may be given several times.",
)  # fmt: skip
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="OUT",
    help="CSV, XLSX, GeoJSON or Parquet by its ending.",
)  # fmt: skip
@click.option("--bom", is_flag=True, help="Mark CSV as UTF-8 for old spreadsheet programs.")
@click.option("-q", "--quiet", is_flag=True, help="No summary on standard error.")
def route_command(
    complaints: Path,
    boundaries: tuple[Path, ...],
    gazetteer: Path | None,
    rules: Path | None,
    units: Path | None,
    city: str | None,
    as_of: str,
    crs: str | None,
    columns: tuple[str, ...],
    output: Path,
    bom: bool,
    quiet: bool,
) -> None:
    """Name the responsible unit for each complaint in a file.

    COMPLAINTS is CSV (also .csv.gz), XLSX, GeoJSON, GeoPackage or Parquet with the columns id,
    text, lon, lat, crs, accuracy_m, category, received_at, channel; id is required. A row that
    cannot be used is reported in the output as invalid and stops no other. The output is written
    whole or not at all.
    """
    from geodata.complaint_files.columns import parse_declarations
    from geodata.complaints import read_complaints
    from geodata.crs import parse_crs
    from geodata.decisions import check_output, write_decisions

    day = None if as_of == "received" else parse_day(as_of, "--as-of")
    check_output(output)
    _keep_inputs(output, [complaints, *boundaries, gazetteer, rules, units])
    declared = parse_declarations(columns)
    if crs is not None:
        parse_crs(crs)
    with _uncollected():
        read = read_complaints(complaints, crs=crs, columns=declared, as_of=day, today=today())
        loaded = load_files(boundaries, rules, units, gazetteer=gazetteer, city=city)
        decided = decide(read, loaded)
        write_decisions(output, decided, bom=bom)
    if not quiet:
        lines = [f"read {len(read)} rows from {complaints.name}", *read.notes]
        lines += [*loaded.summary, *_counted(decided), *_hints(decided, loaded, day)]
        for line in [*lines, f"wrote {output}"]:
            click.echo(line, err=True)


def decide(read: Complaints, loaded: LoadedFiles) -> dict[str, np.ndarray]:
    """Every column of the output, one row per row read; rows that are invalid are not routed."""
    from app.suspects import suspected
    from geodata.decisions import DECIMALS
    from routing.batch import DEFAULT_PIN_RADIUS_M, ComplaintBatch, route_batch

    n = len(read)
    columns: dict[str, np.ndarray] = {
        name: np.full(n, "", dtype=object) if decimals is None else np.full(n, np.nan)
        for name, decimals in DECIMALS.items()
    }
    columns["id"] = read.id
    usable = np.flatnonzero(read.invalid == "")
    radius_m = np.where(np.isnan(read.radius_m), DEFAULT_PIN_RADIUS_M, read.radius_m)
    texts = read.text.to_numpy(zero_copy_only=False) if loaded.deps.reader is not None else None
    at_once = _ROWS_AT_ONCE if texts is None else _TEXTS_AT_ONCE
    starts = range(0, len(usable), at_once)
    for rows in progress([usable[at : at + at_once] for at in starts], "routing"):
        batch = ComplaintBatch(
            lon=read.lon[rows],
            lat=read.lat[rows],
            radius_m=radius_m[rows],
            day=read.day[rows],
            category=read.category[rows],
            text=texts[rows] if texts is not None else None,
        )
        for name, values in route_batch(batch, loaded.deps).columns.items():
            columns[name][rows] = values
    outside = np.flatnonzero(columns["status"] == DecisionStatus.OUTSIDE.value)
    wrong = suspected(loaded.index, read.lon[outside], read.lat[outside], read.day[outside])
    _add_reason(columns, outside[wrong], ReasonCode.SUSPECT_CRS)
    bad = np.flatnonzero(read.invalid != "")
    columns["status"][bad] = DecisionStatus.INVALID.value
    columns["reasons"][bad] = read.invalid[bad]
    columns["basis"][bad] = read.explanation[bad]
    repeated = np.flatnonzero(read.repeated & (read.invalid == ""))
    _add_reason(columns, repeated, ReasonCode.DUPLICATE_ID)
    return columns


def _add_reason(columns: dict[str, np.ndarray], rows: np.ndarray, reason: ReasonCode) -> None:
    columns["reasons"][rows] = [
        ";".join(filter(None, (codes, reason.value))) for codes in columns["reasons"][rows]
    ]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cycle collector: the answers of a run hold no cycles, and looking for some
    among them takes a tenth of its time (measured on the Chicago file)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _keep_inputs(output: Path, inputs: Sequence[Path | None]) -> None:
    for given in inputs:
        if given is not None and given.exists() and output.exists() and given.samefile(output):
            raise UserInputError(f"output {str(output)!r} is one of the inputs; name another file")


def _counted(decided: dict[str, np.ndarray]) -> list[str]:
    statuses = Counter(decided["status"].tolist())
    counts = [f"{status.value} {statuses[status.value]}" for status in DecisionStatus]
    lines = [" · ".join(counts)]
    bad = decided["reasons"][decided["status"] == DecisionStatus.INVALID.value]
    reasons = Counter(code for codes in bad.tolist() for code in codes.split(";"))
    if reasons:
        lines.append("invalid: " + ", ".join(f"{c[8:]} {n}" for c, n in reasons.most_common()))
    return lines


def _hints(decided: dict[str, np.ndarray], loaded: LoadedFiles, day: date | None) -> list[str]:
    """What may be wrong with the call where most places lie outside everything."""
    placed = np.isfinite(decided["lon"])
    outside = decided["status"] == DecisionStatus.OUTSIDE.value
    if not outside.any() or outside.sum() <= _MOST * placed.sum():
        return []
    first = min((j.effective_from for j in loaded.index.jurisdictions), default=date.max)
    early = sum(
        ReasonCode.NOT_IN_FORCE.value in reasons.split(";")
        for reasons in decided["reasons"][outside].tolist()
    )
    lines = [f"hint: {outside.sum()} of {placed.sum()} places are outside every jurisdiction"]
    if early > _MOST * outside.sum():
        when = f"--as-of {day}" if day else "the complaints' received_at"
        lines.append(f"hint: nothing is in force before {first}; look at {when}, or give --as-of")
        return lines
    from shapely import total_bounds

    west, south, east, north = total_bounds([j.geometry for j in loaded.index.jurisdictions])
    lon, lat = decided["lon"][outside], decided["lat"][outside]
    turned = (west <= lat) & (lat <= east) & (south <= lon) & (lon <= north)
    if turned.sum() > _MOST * outside.sum():
        lines.append("hint: lon and lat look exchanged; try --column lon=lat --column lat=lon")
        return lines
    lines.append(
        f"hint: boundaries span {west:.4f},{south:.4f} to {east:.4f},{north:.4f} and those places "
        f"{lon.min():.4f},{lat.min():.4f} to {lon.max():.4f},{lat.max():.4f} (WGS 84); "
        "look at --crs and at the sources' crs"
    )
    return lines
