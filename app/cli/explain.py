"""``shudi explain``: one complaint, the whole why."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import click

from app.cli.files import load_files, parse_day, today
from routing.errors import UndeclaredCrs, UserInputError
from routing.model import Complaint, Location
from routing.pipeline import Routed


@click.command("explain")
@click.argument("text", default="")
@click.option(
    "-b", "--boundaries", "boundaries", multiple=True, required=True,
    type=click.Path(path_type=Path), metavar="SOURCE.toml",
    help="A declared boundary source; may be given several times.",
)  # fmt: skip
@click.option("-g", "--gazetteer", type=click.Path(path_type=Path), help="Known place names.")
@click.option("--rules", type=click.Path(path_type=Path), help="Dispatch rules (TOML).")
@click.option("--units", type=click.Path(path_type=Path), help="Unit directory (CSV).")
@click.option("--city", metavar="CODE", help="Administrative code of the city the words speak of.")
@click.option("--point", metavar="LON,LAT", help="Where it is, in the CRS given by --crs.")
@click.option("--crs", metavar="CRS", help="CRS of --point: GCJ-02, BD-09, EPSG:4490 …")
@click.option("--accuracy", "accuracy_m", type=float, metavar="METRES", help="95 % radius.")
@click.option("--category", metavar="CATEGORY", help="诉求类别, as the rules name it.")
@click.option("--date", "day", metavar="DATE", help="Day to decide for; today where not given.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text to read, or JSON for programs.",
)
def explain_command(
    text: str,
    boundaries: tuple[Path, ...],
    gazetteer: Path | None,
    rules: Path | None,
    units: Path | None,
    city: str | None,
    point: str | None,
    crs: str | None,
    accuracy_m: float | None,
    category: str | None,
    day: str | None,
    form: str,
) -> None:
    """Show the whole why of one complaint.

    The place, every jurisdiction it touches with its share and distance, each rule tried and
    what it said, who leads, who assists, who catches the rest, and the versions used.
    """
    from routing.pipeline import route

    if not text.strip() and point is None:
        raise UserInputError("neither words nor --point given; one of them is needed")
    on = parse_day(day, "--date") if day else today()
    place = _place(point, crs, accuracy_m)
    loaded = load_files(boundaries, rules, units, gazetteer=gazetteer, city=city)
    if place is None and gazetteer is None:
        told = "without -g GAZETTEER words are not read: the place is unknown (unlocated)"
        click.echo(told, err=True)
    for line in (line for line in loaded.summary if line.startswith("warning")):
        click.echo(line, err=True)
    complaint = Complaint(id="explain", text=text, category=category, location=place)
    routed = route(complaint, on, loaded.deps)
    version = loaded.deps.reader.version if loaded.deps.reader is not None else ""
    if form == "json":
        shown = explained(complaint, routed, on, version)
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    from app.cli.explanation import explanation

    def name(code: str) -> str:
        unit = loaded.deps.units.unit(code, on)
        return f"{unit.name}（{code}）" if unit else code

    given = f"{crs} {point}" if point else ""
    click.echo(
        explanation(complaint, routed, on, given=given, name=name, gazetteer_version=version)
    )


def explained(
    complaint: Complaint, routed: Routed, day: date, gazetteer_version: str
) -> dict[str, Any]:
    """Columns of a decision as JSON values (``None`` where empty), with candidates and trace, and
    what was read from the words (``text_place``, geometry as GeoJSON)."""
    from app.decisions import routed_decision
    from geodata.decisions import DECIMALS
    from routing.columns import decision_columns, place_columns

    hits, answer = routed.hits, routed.recommendation
    decision = routed_decision(complaint, hits, answer, day, routed.text_place, gazetteer_version)
    shown: dict[str, Any] = {"id": complaint.id} | decision_columns(answer, hits)
    shown |= place_columns(routed.location)
    shown |= {
        "edge_distance_m": decision.edge_distance_m,
        "gazetteer_version": gazetteer_version,
        "text_place": decision.text_place,
        "as_of": day.isoformat(),
        "text": complaint.text,
        "category": complaint.category,
        "candidates": [
            {key: _json_number(value) for key, value in one.items()} for one in decision.candidates
        ],
        "trace": [
            {"rule_id": step.rule_id, "outcome": step.outcome, "why": step.why}
            for step in answer.trace
        ],
    }
    for name, decimals in DECIMALS.items():
        if decimals is not None and isinstance(shown[name], float):
            shown[name] = round(shown[name], decimals)
    return {key: _json_number(value) for key, value in shown.items()}


def _json_number(value: Any) -> Any:
    """JSON has no nan and no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _place(point: str | None, crs: str | None, accuracy_m: float | None) -> Location | None:
    from app.places import located

    if point is None:
        if crs is not None:
            raise UserInputError(f"--crs {crs} without --point; give --point LON,LAT")
        return None
    parts = point.replace("，", ",").split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError as error:
        raise UserInputError(f"--point {point!r} is not LON,LAT; write 119.2971,26.0853") from error
    if crs is None:
        raise UndeclaredCrs(
            f"--point {point} without a CRS; add --crs GCJ-02, BD-09, EPSG:4490 or WGS84"
        )
    if accuracy_m is not None and not 0 < accuracy_m < math.inf:
        raise UserInputError(f"--accuracy {accuracy_m} is not a radius; give metres above 0")
    return located(lon, lat, crs, accuracy_m)
