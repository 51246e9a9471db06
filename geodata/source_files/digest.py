"""What a source consists of, as eight hex digits: the same content is the same version."""

from __future__ import annotations

import hashlib
from pathlib import Path

from geodata.sources import BoundarySource


def digest(source: BoundarySource) -> str:
    """Eight hex digits over the declaration and the files, a shapefile's companions included."""
    total = hashlib.sha256(source.path.read_bytes())
    named = [layer.file for layer in source.layers] + [layer.file for layer in source.borders]
    for file in sorted({Path(str(file).partition("!")[0]) for file in named}):
        for part in _parts(file):
            total.update(part.name.encode())
            total.update(part.read_bytes())
    return total.hexdigest()[:8]


def _parts(file: Path) -> list[Path]:
    if file.is_dir():
        return sorted(item for item in file.rglob("*") if item.is_file())
    if file.suffix.lower() != ".shp":
        return [file]
    companions = {".shp", ".dbf", ".shx", ".prj", ".cpg"}
    return sorted(
        item
        for item in file.parent.iterdir()
        if item.stem == file.stem and item.suffix.lower() in companions
    )
