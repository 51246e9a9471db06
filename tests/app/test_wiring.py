"""What wiring and the package may bring in, and what they hold together."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app import wiring


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [("app.wiring", "flask"), ("app", "flask"), ("app.cli", "sqlalchemy"), ("app.cli", "flask")],
)
def test_importing_brings_in_no_more_than_it_should(module: str, unwanted: str) -> None:
    code = f"import sys, {module}; sys.exit({unwanted!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 0, f"importing {module} imports {unwanted}"


def test_services_of_a_parent_process_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "_current", (1, object()))
    with pytest.raises(RuntimeError, match=r"wiring\.use"):
        wiring.services()
