"""``shudi evaluate``: labelled sentences in, accuracy and calibration out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.files import load_files, parse_day, today
from app.cli.progress import progress
from routing.errors import UserInputError
from routing.model import JurisdictionLevel

if TYPE_CHECKING:
    from app.evaluation.cases import Cases
    from app.evaluation.corpus import LabelledSentence
    from app.evaluation.judging import Judged
    from routing.dispatch.calibration import Calibration
    from routing.jurisdiction.index import JurisdictionIndex
    from routing.pipeline import Deps

_AT_ONCE = 200
"""Sentences between two steps of the progress bar."""


@click.command("evaluate")
@click.argument("corpus", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-b", "--boundaries", "boundaries", multiple=True, required=True,
    type=click.Path(path_type=Path), metavar="SOURCE.toml",
    help="A declared boundary source; may be given several times.",
)  # fmt: skip
@click.option(
    "-g", "--gazetteer", required=True, type=click.Path(path_type=Path), help="Known place names."
)
@click.option("--rules", type=click.Path(path_type=Path), help="Dispatch rules (TOML).")
@click.option("--units", type=click.Path(path_type=Path), help="Unit directory (CSV).")
@click.option("--city", metavar="CODE", help="Administrative code of the city the words speak of.")
@click.option("--date", "day", metavar="DATE", help="Day to decide for; today where not given.")
@click.option(
    "--report", type=click.Path(path_type=Path), metavar="OUT.md",
    help="Write the report here, between its marks; else it is printed.",
)  # fmt: skip
@click.option(
    "--section", default="", metavar="NAME",
    help="Name in the marks, where one file holds several reports.",
)  # fmt: skip
@click.option(
    "--calibration", type=click.Path(path_type=Path), metavar="CALIBRATION.json",
    help="Decide with this instead of the calibration that comes with the program.",
)  # fmt: skip
@click.option("--save", type=click.Path(path_type=Path), metavar="RUN.json", help="Keep this run.")
@click.option(
    "--compare", "before", type=click.Path(path_type=Path), metavar="RUN.json",
    help="Name new failures and new passes against a kept run; status 1 where there are failures.",
)  # fmt: skip
@click.option(
    "--fit", "fit_to", type=click.Path(path_type=Path), metavar="CALIBRATION.json",
    help="Fit confidence and thresholds on these sentences and write them here.",
)  # fmt: skip
@click.option(
    "--cases", "keep_cases", type=click.Path(path_type=Path), metavar="CASES.json",
    help="Write what a fit needs of these sentences, without their words.",
)  # fmt: skip
@click.option(
    "--with-cases", "more_cases", multiple=True, type=click.Path(path_type=Path),
    metavar="CASES.json", help="Fit on these as well; may be given several times.",
)  # fmt: skip
@click.option(
    "--error-rate", type=click.FloatRange(0.0, 0.5, min_open=True), default=0.0075,
    show_default=True, help="Share wrong among the routed that --fit chooses thresholds for.",
)  # fmt: skip
def evaluate_command(
    corpus: tuple[Path, ...],
    boundaries: tuple[Path, ...],
    gazetteer: Path,
    rules: Path | None,
    units: Path | None,
    city: str | None,
    day: str | None,
    report: Path | None,
    section: str,
    calibration: Path | None,
    save: Path | None,
    before: Path | None,
    fit_to: Path | None,
    keep_cases: Path | None,
    more_cases: tuple[Path, ...],
    error_rate: float,
) -> None:
    """Decide labelled sentences and measure how right, how sure and how near the answers are.

    CORPUS is CSV with the columns id, text, expect (place, conflict, ambiguous, outside,
    unlocated), unit (codes that are right, ";" between; a coarser code is right for all below it),
    and optionally lon, lat, tolerance_m, also_right, structure (or pattern), noise, ordinary,
    category. Without rules the unit is the territory's own.
    """
    from app.evaluation.cases import Cases, load_cases, save_cases
    from app.evaluation.corpus import read_corpus
    from app.evaluation.report import report as report_text
    from app.evaluation.report import write_report
    from app.evaluation.saved import compare, load_run, save_run
    from routing.dispatch.calibration import Calibration

    on = parse_day(day, "--date") if day else today()
    kept = load_run(before) if before else None
    sentences = [sentence for path in corpus for sentence in read_corpus(path)]
    if not sentences:
        raise UserInputError(f"{', '.join(map(str, corpus))}: no sentence; nothing to measure")
    loaded = load_files(boundaries, rules, units, gazetteer=gazetteer, city=city)
    deps = loaded.deps if rules else replace(loaded.deps, index=_territories(boundaries))
    about = {
        "corpus": ", ".join(path.name for path in corpus),
        "gazetteer": gazetteer.name,
        "boundaries": ", ".join(path.name for path in boundaries),
        "day": on.isoformat(),
        "command": "`shudi evaluate " + " ".join(_said(corpus, boundaries, gazetteer)) + "`",
    }
    if calibration is not None:
        deps = replace(deps, calibration=Calibration.from_json(_text(calibration)))
    if fit_to is not None or keep_cases is not None:
        cases = Cases.of(_judged(sentences, on, replace(deps, calibration=None)))
        told = ", ".join(about[key] for key in ("corpus", "gazetteer", "boundaries", "day"))
        if keep_cases is not None:
            save_cases(keep_cases, cases, told)
            click.echo(f"wrote {keep_cases}: {len(cases)} cases", err=True)
            if not (fit_to or report or save or before):
                return
        if fit_to is not None:
            parts = [(cases, told), *map(load_cases, more_cases)]
            fitted = _fitted(parts, fit_to, about["day"], error_rate)
            deps = replace(deps, calibration=fitted)
    judged = _judged(sentences, on, deps)
    comparison = compare(judged, kept) if kept is not None else None
    text = report_text(judged, about, comparison)
    if report is None:
        click.echo(text, nl=False)
    else:
        write_report(report, text, section)
        click.echo(f"wrote {report}", err=True)
    if save is not None:
        save_run(save, judged, about)
        click.echo(f"wrote {save}", err=True)
    if comparison is not None and comparison.new_failures:
        raise SystemExit(1)


def _judged(sentences: Sequence[LabelledSentence], on: date, deps: Deps) -> list[Judged]:
    from app.evaluation.deciding import judged_all

    parts = [sentences[at : at + _AT_ONCE] for at in range(0, len(sentences), _AT_ONCE)]
    judged: list[Judged] = []
    for part in progress(parts, "evaluating"):
        judged += judged_all(part, on, deps)
    return judged


def _territories(boundaries: tuple[Path, ...]) -> JurisdictionIndex:
    """Without overlays: with no rules to say what is theirs, they would take every complaint."""
    from geodata.read import read_sources
    from routing.jurisdiction.index import JurisdictionIndex

    sources = read_sources(list(boundaries))
    return JurisdictionIndex(
        [
            area
            for source in sources
            for area in source.jurisdictions
            if area.level is not JurisdictionLevel.OVERLAY
        ],
        [border for source in sources for border in source.borders],
    )


def _said(corpus: tuple[Path, ...], boundaries: tuple[Path, ...], gazetteer: Path) -> list[str]:
    """The call by file names only: a report names no folder of a machine."""
    named = [path.name for path in corpus]
    for path in boundaries:
        named += ["-b", path.name]
    return [*named, "-g", gazetteer.name]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserInputError(f"calibration {str(path)!r} cannot be read: {error}") from error


def _fitted(
    parts: Sequence[tuple[Cases, str]], path: Path, day: str, error_rate: float
) -> Calibration:
    """Fit one calibration on all cases, decided without one, and write it."""
    from app.evaluation.cases import Cases
    from app.evaluation.fit import fit

    cases = Cases.joined([part for part, _ in parts])
    told = {f"corpus {n}": words for n, (_, words) in enumerate(parts, 1)}
    told |= {"placed sentences": str(len(cases))}
    try:
        fitted = fit(cases, version=f"words@{day}", fitted_on=told, error_rate=error_rate)
    except ValueError as error:
        raise UserInputError(str(error)) from error
    try:
        path.write_text(fitted.to_json(), encoding="utf-8")
    except OSError as error:
        raise UserInputError(f"{str(path)!r} cannot be written: {error.strerror}") from error
    click.echo(f"wrote {path}: {len(fitted.reading)} terms, {len(cases)} sentences", err=True)
    return fitted
