"""A city of two squares and its files, for the commands on files."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.cli import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one run of ``shudi`` gave."""

    code: int
    out: str
    err: str


def shudi(*arguments: object) -> Outcome:
    """Run the command in this process; an error that is no answer to the user fails the test."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    before = sys.argv
    sys.argv = ["shudi", *map(str, arguments)]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as left:
        code = int(left.code or 0)
    finally:
        sys.argv = before
    return Outcome(code=code, out=out.getvalue(), err=err.getvalue())


def shudi_process(*arguments: object, file_limit: int | None = None) -> Outcome:
    """Run the command as a user does. ``file_limit``: bytes a file may grow to."""

    def limit() -> None:
        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    done = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        preexec_fn=limit,
    )
    return Outcome(code=done.returncode, out=done.stdout, err=done.stderr)


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def source(folder: Path, *, name: str = "城", crs: str = "EPSG:4326") -> Path:
    """东街 (E) and 西街 (W), each 0.01° wide, sharing the meridian 119.30; in force from 2020."""
    shapes = {"W": square(119.29, 26.07, 119.30, 26.08), "E": square(119.30, 26.07, 119.31, 26.08)}
    names = {"W": "西街道", "E": "东街道"}
    features = [
        {"type": "Feature", "properties": {"code": code, "name": names[code]}, "geometry": shape}
        for code, shape in shapes.items()
    ]
    layer = folder / f"{name}.geojson"
    layer.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    path = folder / f"{name}.toml"
    declared = f'crs = "{crs}"\n' if crs else ""
    path.write_text(
        f'[source]\nname = "{name}"\nauthority = "测试"\nlicence = "测试"\n{declared}'
        "effective_from = 2020-01-01\nretrieved = 2026-01-01\n\n"
        f'[[layer]]\nfile = "{name}.geojson"\nlevel = "subdistrict"\n'
        'code = "code"\nname = "name"\n'
    )
    return path


def table(folder: Path, text: str, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
