"""The main job on real input: 74,377 complaints against what the city itself stamped on them."""

from __future__ import annotations

import csv
import gzip
import io
import resource
import subprocess
import sys
import time
from pathlib import Path

import click
import geopandas
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
DATA = ROOT.parent / "shared" / "data" / "chicago"
SOURCES = ("wards", "police_beats", "community_areas")
NEAR_M = 30.0
METRIC = "EPSG:26971"  # NAD83 / Illinois East, metres: an independent way to measure distances

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"left out: no data at {DATA}"),
]

Column = np.ndarray


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Column], str]:
    """The output of ``shudi route`` by column, and one line on speed and memory."""
    out = tmp_path_factory.mktemp("chicago") / "out.csv"
    sources = [word for name in SOURCES for word in ("-b", HERE / "chicago" / f"{name}.toml")]
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", "route",
         DATA / "complaints.csv.gz", *sources, "--crs", "OGC:CRS84", "-o", out],
        check=True, cwd=ROOT,
    )  # fmt: skip
    took = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    columns = _columns(out)
    rows = len(columns["id"])
    return columns, (
        f"{rows} rows in {took:.2f} s end to end: {rows / took:,.0f} rows/s; "
        f"peak memory of any child process so far {peak_mb:,.0f} MB"
    )


@pytest.fixture(scope="module")
def stamped() -> dict[str, Column]:
    return _columns(DATA / "complaints.csv.gz")


def _columns(path: Path) -> dict[str, Column]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    heading, *rows = csv.reader(io.StringIO(text, newline=""))
    columns = zip(*rows, strict=True)
    return {name: np.array(cells) for name, cells in zip(heading, columns, strict=True)}


def test_every_row_is_decided_in_order(
    decided: tuple[dict[str, Column], str],
    stamped: dict[str, Column],
    capsys: pytest.CaptureFixture[str],
) -> None:
    columns, speed = decided
    assert columns["id"].tolist() == stamped["id"].tolist()
    assert set(columns["status"]) <= {"routed", "review", "outside"}
    with capsys.disabled():
        click.echo(f"\nChicago: {speed}")


def test_repeated_orders_are_marked(
    decided: tuple[dict[str, Column], str], stamped: dict[str, Column]
) -> None:
    columns, _ = decided
    _, first = np.unique(stamped["id"], return_index=True)
    repeated = np.ones(len(stamped["id"]), dtype=bool)
    repeated[first] = False
    marked = np.array(["duplicate_id" in reasons.split(";") for reasons in columns["reasons"]])
    assert repeated.sum() == 375
    assert (marked == repeated).all()


@pytest.mark.parametrize(
    ("layer", "field", "stamp", "code", "at_least"),
    [
        ("wards", "WARD", "ward", "district_code", 0.959),
        ("police_beats", "district", "police_district", "grid_code", 0.965),
        ("community_areas", "AREA_NUMBE", "community_area", "community_code", 0.981),
    ],
)
def test_agreement_with_the_city_s_own_stamp(
    decided: tuple[dict[str, Column], str],
    stamped: dict[str, Column],
    layer: str,
    field: str,
    stamp: str,
    code: str,
    at_least: float,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Agreement, and that nearly every disagreement near a border says that it is near one."""
    columns, _ = decided
    ours = np.array([int(value or -1) for value in columns[code]])
    theirs = stamped[stamp].astype(float).astype(int)
    agrees = ours == theirs
    frame = geopandas.read_file(DATA / f"{layer}.geojson").to_crs(METRIC)
    borders = frame.dissolve(field).boundary
    points = geopandas.GeoSeries.from_xy(
        stamped["lon"][~agrees].astype(float), stamped["lat"][~agrees].astype(float), crs=4326
    ).to_crs(METRIC)
    apart = geopandas.sjoin_nearest(
        geopandas.GeoDataFrame(geometry=points), borders.to_frame("geometry"), distance_col="m"
    )["m"]
    near = (apart.groupby(level=0).min() <= NEAR_M).to_numpy()
    said = np.array(
        ["near_edge" in reasons.split(";") for reasons in columns["reasons"][~agrees]], dtype=bool
    )
    share, warned = agrees.mean(), said[near].mean()
    with capsys.disabled():
        click.echo(
            f"\nChicago {stamp}: {share:.4%} agree; of {(~agrees).sum()} that do not, {near.sum()} "
            f"lie within {NEAR_M:.0f} m of a border and {warned:.2%} of those carry near_edge"
        )
    assert share >= at_least
    assert warned >= 0.95
