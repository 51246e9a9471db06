"""The known names of a city, from a file or from memory; in PostGIS: ``geodata.store``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geodata.findings import Finding, Severity, blocking
from geodata.gazetteer_files.declaration import GazetteerSource, find_source
from geodata.gazetteer_files.formats import read_raw
from geodata.gazetteer_files.rows import read_rows
from routing.errors import ContradictedCrs, UnusableSource
from routing.model import Place


class GazetteerOf:
    """A gazetteer of places in memory; port ``routing.ports.Gazetteer``."""

    def __init__(self, places: Iterable[Place], version: str = "") -> None:
        self._places, self._version = tuple(places), version

    @property
    def version(self) -> str:
        """As given."""
        return self._version

    def places(self) -> tuple[Place, ...]:
        """As given, the same order on every call."""
        return self._places


class LoadedGazetteer(GazetteerOf):
    """A gazetteer with where it came from and what was found on reading it."""

    def __init__(
        self,
        places: Iterable[Place],
        version: str,
        *,
        source: GazetteerSource | None = None,
        findings: Iterable[Finding] = (),
        sha256: str = "",
    ) -> None:
        super().__init__(places, version)
        self.source = source
        """``None`` where it came from the database."""
        self.findings = tuple(findings)
        """Rows left out and what else was odd; ``geodata.gazetteer_checks.check`` adds the rest."""
        self.sha256 = sha256
        """Of declaration and file, in hexadecimal; empty where there is neither."""


@dataclass(frozen=True, slots=True)
class _Content:
    sha256: str
    version: str


def read_gazetteer(path: str | Path, *, keep_going: bool = False) -> LoadedGazetteer:
    """Read a gazetteer: CSV, GeoJSON, GeoPackage or Parquet, with the TOML beside it if there is
    one, or a TOML that names its file (docs/gazetteer.md).

    All shapes come in WGS 84 degrees. A row that cannot be used is left out, each with a blocking
    finding; the others are read. Version: ``<name>@<day retrieved, or blank>#<8 hex digits of
    declaration and file>``.

    Raises UnusableSource where the file cannot be read or no row is usable, UndeclaredCrs and
    UnknownCrs where no CRS is declared or none is known by that name, ContradictedCrs where the
    coordinates cannot be in it. With ``keep_going`` a file whose rows are all unusable comes back
    with its findings and without places.
    """
    source = find_source(path)
    content = _content(source)
    places: list[Place] = []
    findings = list(_about_declaration(source))
    seen: set[str] = set()
    rows = 0
    for raw in read_raw(source):
        read, found = read_rows(raw, source, seen)
        places += read
        findings += found
        rows += raw.rows
    if not places and not (keep_going and rows):
        raise _useless(source, rows, findings)
    return LoadedGazetteer(
        places, content.version, source=source, findings=findings, sha256=content.sha256
    )


def _about_declaration(source: GazetteerSource) -> Iterator[Finding]:
    if source.unknown_keys:
        yield Finding(
            code="unknown_key",
            severity=Severity.INFO,
            message=f"声明中的 {'、'.join(source.unknown_keys)} 不是地名库的声明项，未使用",
            advice="无需处理；写法见 docs/gazetteer.md",
            source=source.name,
            layer=source.declaration.name if source.declaration else "",
        )


def _content(source: GazetteerSource) -> _Content:
    total = hashlib.sha256()
    for file in (source.declaration, source.file):
        if file is None:
            continue
        try:
            with file.open("rb") as opened:
                while part := opened.read(1 << 20):
                    total.update(part)
        except OSError as wrong:
            raise UnusableSource(
                f"gazetteer {str(file)!r} cannot be read: {wrong.strerror or wrong}"
            ) from None
    digest = total.hexdigest()
    return _Content(digest, f"{source.name}@{source.retrieved or ''}#{digest[:8]}")


def _useless(source: GazetteerSource, rows: int, findings: list[Finding]) -> Exception:
    name = str(source.file)
    if not rows:
        return UnusableSource(f"gazetteer {name!r} has no rows; export it again")
    worst = blocking(findings)
    for finding in worst:
        if finding.code in ("crs_contradicted", "crs_mismatch"):
            return ContradictedCrs(f"gazetteer {name!r}: {finding.message}; {finding.advice}")
    first = f": {worst[0].message}；{worst[0].advice}" if worst else ""
    return UnusableSource(f"gazetteer {name!r} has no usable row among {rows}{first}")
