"""``python -m tests.acceptance.calibrate``: the calibration that comes with the program.

Fitted on generated sentences over the demonstration city and over invented cities of other names,
so that it does not know one city's stock of names only. Seeds 1001 to 1003 are for this alone; the
seeds that judge (9001, 9002) are never fitted on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from app.evaluation.corpus import read_corpus
from app.evaluation.deciding import judged_all
from app.evaluation.fit import Cases, fit
from app.evaluation.judging import Judged
from geodata.demo import write_demo
from geodata.gazetteer import read_gazetteer
from geodata.read import read_sources
from geodata.units import Units
from routing.dispatch.calibration import Calibration
from routing.dispatch.rules import RuleSet
from routing.geocoding.reader import Reader
from routing.jurisdiction.borders import BorderSegment
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Jurisdiction, JurisdictionLevel, Place
from routing.pipeline import Deps
from tests.acceptance.generator import Sentences, World, neighbours_of, write_rows
from tests.acceptance.generator.city import build_city

DAY = date(2026, 11, 1)
OUT = Path("routing/dispatch/calibration.json")
FIT_SEEDS = (1001, 1002, 1003)
CITIES = ((20_000, 11), (40_000, 12))
"""(places, seed) of the invented cities; the tests use others."""


@dataclass(frozen=True)
class City:
    """Everything to read and decide with in one city."""

    name: str
    code: str
    places: tuple[Place, ...]
    areas: tuple[Jurisdiction, ...]
    borders: tuple[BorderSegment, ...] = ()
    neighbours: tuple[str, ...] = ()

    def deps(self, calibration: Calibration | None) -> Deps:
        """Decided by territory alone: no rules, no overlay zones."""
        return Deps(
            index=JurisdictionIndex(self.areas, self.borders),
            rules=RuleSet.empty(),
            units=Units([]),
            reader=Reader(self.places, self.areas, city=self.code),
            calibration=calibration,
        )

    def sentences(self, seed: int, count: int, folder: Path) -> Path:
        """A corpus of this city as a file."""
        world = World(
            self.places, self.areas, self.borders, day=DAY, neighbours=self.neighbours
        )
        path = folder / f"{self.name}-{seed}.csv"
        rows = Sentences(world, city=self.name, city_code=self.code).rows(seed, count)
        write_rows(path, rows)
        return path


def demonstration(folder: Path) -> City:
    """The demonstration city, its territories only."""
    files = write_demo(folder)
    sources = read_sources([files.source])
    areas = [area for source in sources for area in source.jurisdictions]
    return City(
        "福州市",
        "350100",
        read_gazetteer(files.gazetteer).places(),
        tuple(area for area in areas if area.level is not JurisdictionLevel.OVERLAY),
        tuple(border for source in sources for border in source.borders),
        tuple(neighbours_of("350100")),
    )


def invented(size: int, seed: int) -> City:
    """A generated city of three districts."""
    made = build_city(size, seed=seed)
    return City(made.name, made.code, tuple(made.places), tuple(made.areas))


def cities(folder: Path) -> Iterator[City]:
    """All that is fitted on."""
    yield demonstration(folder)
    for size, seed in CITIES:
        yield invented(size, seed)


@click.command()
@click.option("--count", default=3000, show_default=True, help="Sentences of each city and seed.")
@click.option("-o", "--output", default=OUT, show_default=True, type=click.Path(path_type=Path))
def main(count: int, output: Path) -> None:
    """Fit the calibration and write it."""
    judged: list[Judged] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, city in enumerate(cities(folder)):
            deps = city.deps(None)
            seed = FIT_SEEDS[number % len(FIT_SEEDS)]
            corpus = read_corpus(city.sentences(seed, count, folder))
            judged += judged_all(corpus, DAY, deps)
            click.echo(f"{city.name} {len(city.places)} places, seed {seed}: {len(judged)}", err=True)
    told = {
        "cities": "demonstration; " + "; ".join(f"invented {n} places, seed {s}" for n, s in CITIES),
        "seeds": ", ".join(map(str, FIT_SEEDS)),
        "sentences": str(len(judged)),
    }
    fitted = fit(Cases.of(judged), version=f"words@{DAY.isoformat()}", fitted_on=told)
    output.write_text(fitted.to_json(), encoding="utf-8")
    click.echo(f"wrote {output}: thresholds {dict(fitted.thresholds)}", err=True)
    for said, came, n in fitted.reliability:
        click.echo(f"  {said:.3f} said, {came:.3f} came true, {n}", err=True)


if __name__ == "__main__":
    main()
