"""jionlp's ``parse_location`` and PostgreSQL's ``pg_trgm`` on the sentences that we read.

They answer less: jionlp knows provinces, cities and districts and leaves the rest as text; pg_trgm
gives the name of the list that is most like a part of the text. So what is compared is which name
of the gazetteer a method finds, beside the time it takes. An invented city is in no dictionary:
what jionlp finds is counted over the demonstration city, whose district is real.
"""

from __future__ import annotations

import io
import shutil
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import psycopg

from geodata.demo import write_demo
from geodata.embedded import open_cluster
from geodata.gazetteer import read_gazetteer
from geodata.read import read_sources
from geodata.units import Units
from routing.dispatch.rules import RuleSet
from routing.geocoding.reader import Reader
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Complaint, Jurisdiction, JurisdictionLevel, Place, PlaceKind
from routing.pipeline import Deps, route
from tests.acceptance.generator import REGRESSION_SEEDS, Row, Sentences, World, neighbours_of
from tests.acceptance.generator.city import BuiltCity

_DAY = date(2026, 9, 1)
_ALIKE = 0.01
"""Least similarity of name and whole text, so that the index leaves nothing out: a name of three
characters shares one trigram of some sixty with its sentence, since a trigram knows the ends of
words and Chinese writes none. What passes is ordered by word similarity."""
_INSTALL = "pip install jionlp (for this benchmark only; 85 MB with what it brings along)"

Names = Callable[[str], set[str]]
"""A text → names of the gazetteer that a method finds in it, the best answer only."""


def side_by_side(city: BuiltCity, reader: Reader, rows: Sequence[Row]) -> str:
    """Both tables: time with the big gazetteer, what is found in both cities."""
    lines = [
        "| method | gazetteer | ms a sentence, p50 | ours is × faster | right name found |"
        " right district found |",
        "|---|---|---|---|---|---|",
    ]
    for city_name, made in (
        ("invented", _Asked(city.places, city.areas, reader, rows)),
        ("demonstration", _demo()),
    ):
        places, one = made.places, made.reader
        name = f"{city_name}, {len(places):,} places"
        located = [
            row for row in made.rows if row.expect in ("place", "conflict") and row.place_ids
        ]
        right = _right_names(places, located)
        ours = _Ours(one, places, made.areas)
        best, found = _measure(ours.names, located, right)
        lines.append(
            f"| ours | {name} | {best:.2f} | 1 | {found:.1%} | {ours.districts(located):.1%} |"
        )
        with _Trigrams(places) as trigrams:
            spent, found = _measure(trigrams.names, located, right)
            lines.append(
                f"| {trigrams.version}, GIN | {name} | {spent:.2f} | {spent / best:,.0f} "
                f"| {found:.1%} | — |"
            )
        lines.append(_jionlp(located, name, best, real=city_name == "demonstration"))
    lines += [
        "",
        "Right name: the best answer is the place meant, or the road or compound it belongs to. "
        "jionlp has no names below the district, finds no district where the text names none, and "
        "does not know the invented city.",
    ]
    return "\n".join(lines)


def _right_names(places: Sequence[Place], rows: Sequence[Row]) -> list[set[str]]:
    by_id = {place.id: place for place in places}
    return [
        {
            word
            for key in row.place_ids.split(";")
            if (place := by_id.get(key)) is not None
            for word in (place.name, place.road)
            if word
        }
        for row in rows
    ]


def _measure(names: Names, rows: Sequence[Row], right: Sequence[set[str]]) -> tuple[float, float]:
    """(median ms of a sentence, share for which a right name is found); a first pass is warm-up."""
    for row in rows[:20]:
        names(row.text)
    spent, good = [], 0
    for row, wanted in zip(rows, right, strict=True):
        start = time.perf_counter()
        found = names(row.text)
        spent.append((time.perf_counter() - start) * 1_000)
        good += bool(found & wanted)
    return statistics.median(spent), good / max(len(rows), 1)


class _Ours:
    def __init__(
        self, reader: Reader, places: Sequence[Place], areas: Sequence[Jurisdiction]
    ) -> None:
        self._reader = reader
        self._deps = Deps(
            index=JurisdictionIndex(areas), rules=RuleSet.empty(), units=Units([]), reader=reader
        )
        self._by_id = {place.id: place for place in places}

    def names(self, text: str) -> set[str]:
        """Names of the places that the best candidate was made of."""
        location = self._reader.read(text, _DAY).location
        found = [self._by_id[key] for key in (location.place_ids if location else ())
                 if key in self._by_id]  # fmt: skip
        return {word for place in found for word in (place.name, place.road) if word}

    def districts(self, rows: Sequence[Row]) -> float:
        """Share of the sentences whose best place lies in the true district."""
        good = 0
        for row in rows:
            hits = route(Complaint(id=row.id, text=row.text), _DAY, self._deps).hits
            district = hits.at(JurisdictionLevel.DISTRICT)
            good += district is not None and row.unit.startswith(district.jurisdiction.code)
        return good / max(len(rows), 1)


class _Trigrams:
    """A private server with every distinct name once, a trigram index, and nothing else."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._given = sorted(
            {
                word
                for place in places
                # a house number is no name, and a district would win where it is only the frame
                if place.kind not in (PlaceKind.ADDRESS, PlaceKind.ADMIN)
                for word in (place.name, *place.aliases)
            }
        )

    def __enter__(self) -> _Trigrams:
        self.folder = Path(tempfile.mkdtemp(prefix="shudi-bench-"))
        self.folder.chmod(0o711)
        self.cluster = open_cluster(
            self.folder, settings={"fsync": "off", "shared_buffers": "256MB"}
        )
        url = self.cluster.start().replace("postgresql+psycopg", "postgresql")
        self.connection = psycopg.connect(url, autocommit=True)
        run = self.connection.execute
        run("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        run("CREATE UNLOGGED TABLE names (name text)")
        with self.connection.cursor().copy("COPY names FROM STDIN") as copy:
            for name in self._given:
                copy.write_row((name,))
        run("CREATE INDEX ON names USING gin (name gin_trgm_ops)")
        run("VACUUM ANALYZE names")
        # SET takes no parameters; the value is a constant of this file.
        run(f"SET pg_trgm.similarity_threshold = {_ALIKE:.2f}")  # type: ignore[call-overload]
        run("SET enable_seqscan = off")  # some ten times slower at 300,000 names
        row = run("SELECT version(), extversion FROM pg_extension WHERE extname = 'pg_trgm'")
        server, extension = row.fetchone() or ("", "")
        self.version = f"PostgreSQL {server.split()[1]} pg_trgm {extension}"
        return self

    def names(self, text: str) -> set[str]:
        """The name most like a part of the text, the longest of equals."""
        found = self.connection.execute(
            "SELECT name FROM names WHERE name %% %(text)s"
            " ORDER BY word_similarity(name, %(text)s) DESC, length(name) DESC LIMIT 1",
            {"text": text},
        ).fetchone()
        return {found[0]} if found else set()

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.cluster.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)


def _jionlp(rows: Sequence[Row], name: str, best: float, *, real: bool) -> str:
    if find_spec("jionlp") is None:
        return f"| jionlp parse_location | {name} | not installed: {_INSTALL} | | | |"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with redirect_stdout(io.StringIO()):  # it advertises itself
            import jionlp

        spent, good = [], 0
        jionlp.parse_location(rows[0].text)  # loads its dictionary
        for row in rows:
            start = time.perf_counter()
            found = jionlp.parse_location(row.text)
            spent.append((time.perf_counter() - start) * 1_000)
            good += found["county"] == "鼓楼区"
    median = statistics.median(spent)
    district = f"{good / max(len(rows), 1):.1%}" if real else "—"
    return (
        f"| jionlp parse_location | {name} | {median:.2f} | {median / best:,.0f} | — | {district} |"
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One city, and what is asked of it."""

    places: Sequence[Place]
    areas: Sequence[Jurisdiction]
    reader: Reader
    rows: Sequence[Row]


def _demo() -> _Asked:
    folder = Path(tempfile.mkdtemp(prefix="shudi-bench-"))
    try:
        files = write_demo(folder)
        areas = [one for source in read_sources([files.source]) for one in source.jurisdictions]
        places = read_gazetteer(files.gazetteer_source).places()
    finally:
        shutil.rmtree(folder)
    world = World(places, areas, day=_DAY, neighbours=neighbours_of("350100"))
    writer = Sentences(world, city="福州市", city_code="350100")
    reader = Reader(places, areas, version="demo", city="350100")
    return _Asked(places, areas, reader, list(writer.rows(REGRESSION_SEEDS[0], 400)))
