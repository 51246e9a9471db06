"""What is declared of a gazetteer: in a TOML beside its file, or in one that names the file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from geodata.complaint_files.formats import ending_of
from geodata.gazetteer_files.columns import COLUMNS
from geodata.source_files.declaration import Table, read_toml
from routing.errors import UnusableSource

_KEYS = (
    "file", "layer", "name", "authority", "licence", "crs", "retrieved", "notes", "axis_order",
    "columns", "effective_from", "effective_to",
)  # fmt: skip
_TABLES = ("gazetteer", "source")
ENDINGS = (".csv", ".csv.gz", ".geojson", ".json", ".gpkg", ".parquet")


@dataclass(frozen=True, kw_only=True, slots=True)
class GazetteerSource:
    """A gazetteer file and what is said of it; nothing of the file itself is read yet."""

    file: Path
    name: str
    """As declared, else the file's name without its ending."""
    authority: str = ""
    licence: str = ""
    crs: str = ""
    """As declared; empty where the file must say it."""
    axis_order: Literal["xy", "yx"] = "xy"
    """``yx``: the file holds latitude or northing first."""
    retrieved: date | None = None
    notes: str = ""
    layers: tuple[str, ...] = ()
    """Layers of a GeoPackage to read; empty reads each that has the columns of a gazetteer."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Our column → the file's heading, where declared."""
    declaration: Path | None = None
    """The TOML; ``None`` where there is none."""
    unknown_keys: tuple[str, ...] = ()
    """Keys of the TOML that mean nothing here and were left aside."""


def find_source(path: str | Path) -> GazetteerSource:
    """What belongs to a path: a data file with the TOML beside it, or a TOML naming its file.

    Raises UnusableSource where neither can be, listing every mistake of the TOML with its line.
    """
    path = Path(path)
    if path.suffix.lower() == ".toml":
        return _declared(path, None)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise UnusableSource(f"gazetteer {str(path)!r} {what}")
    ending = ending_of(path)
    if ending not in ENDINGS:
        raise UnusableSource(
            f"gazetteer {str(path)!r}: ending {ending!r} is not known; shudi reads "
            f"{', '.join(ENDINGS)}, or a .toml that names one"
        )
    stem = path.name[: -len(ending)]
    for name in (f"{stem}.toml", f"{path.name}.toml"):
        if (beside := path.with_name(name)).is_file():
            return _declared(beside, path)
    return GazetteerSource(file=path, name=stem)


def _declared(toml: Path, file: Path | None) -> GazetteerSource:
    document, lines = read_toml(toml)
    if isinstance(document.get("layer"), list):
        if file is None:
            raise UnusableSource(
                f"{toml} declares boundaries ([[layer]]), not a gazetteer; name it with -b"
            )
        return GazetteerSource(file=file, name=file.name[: -len(ending_of(file))])
    mistakes: list[str] = []
    table = next((name for name in _TABLES if isinstance(document.get(name), dict)), "")
    loose = {key: value for key, value in document.items() if key not in _TABLES}
    given = {**loose, **document.get(table, {})}
    unknown = [key for key in given if key not in _KEYS]
    # A deployment may keep more in its declaration; a slip of the pen must not pass for that.
    slips = [key for key in unknown if difflib.get_close_matches(key, _KEYS, n=1, cutoff=0.65)]
    known = (*_KEYS, *(key for key in unknown if key not in slips))
    head = Table(given, table, 0, lines, mistakes, known)
    file = _file(head, toml, mistakes) if file is None or "file" in head else file
    columns = _columns(head, document, mistakes)
    order = head.text("axis_order", default="xy")
    if order not in ("xy", "yx"):
        head.wrong("axis_order", f'must be "xy" or "yx", was {order!r}')
    layer = head.raw("layer")
    layers = (layer.strip(),) if isinstance(layer, str) else head.texts("layer")
    source = GazetteerSource(
        file=file or toml,
        name=head.text("name", default=(file or toml).stem) or (file or toml).stem,
        authority=head.text("authority"),
        licence=head.text("licence"),
        crs=head.text("crs"),
        axis_order="yx" if order == "yx" else "xy",
        retrieved=head.day("retrieved") or head.day("effective_from"),
        notes=head.text("notes"),
        layers=layers,
        columns=columns,
        declaration=toml,
        unknown_keys=tuple(unknown),
    )
    if mistakes:
        told = [text.replace("[] ", "") for text in mistakes]
        shown = told[0] if len(told) == 1 else "\n  ".join([f"{len(told)} errors", *told])
        raise UnusableSource(f"{toml}: {shown}")
    return source


def _file(head: Table, toml: Path, mistakes: list[str]) -> Path | None:
    named = head.text("file")
    if named:
        file = toml.parent / named
        if not file.is_file():
            head.wrong("file", f"{named!r} does not exist in {str(toml.parent)!r}")
        elif ending_of(file) not in ENDINGS:
            head.wrong("file", f"{named!r}: shudi reads {', '.join(ENDINGS)}")
        return file
    beside = [one for ending in ENDINGS if (one := toml.with_name(toml.stem + ending)).is_file()]
    if len(beside) == 1:
        return beside[0]
    mistakes.append('which file is meant? write file = "….csv"')
    return None


def _columns(head: Table, document: Mapping[str, Any], mistakes: list[str]) -> dict[str, str]:
    given = head.raw("columns")
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        head.wrong("columns", f'must be a table such as place_id = "编号", was {given!r}')
        return {}
    for ours in given:
        if ours not in COLUMNS:
            mistakes.append(
                f"[columns] {ours}: is no column of a gazetteer; known: {', '.join(COLUMNS)}"
            )
    return dict(given)
