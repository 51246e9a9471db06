"""What wiring and the package may bring in, and what they hold together."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from app import wiring
from app.personal import PersonalData
from app.wiring import Services


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


def test_what_is_activated_is_loaded_before_anybody_asks(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = Services(engine, PersonalData([Fernet.generate_key()]))
    loaded = threading.Event()
    plainly = Services._load

    def load(self: Services, *before: object) -> object:
        found = plainly(self, *before)  # type: ignore[arg-type]
        loaded.set()
        return found

    monkeypatch.setattr(Services, "_load", load)
    watch = services.watch()
    try:
        assert loaded.wait(10)
        loaded.clear()
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE boundary_state SET generation = generation + 1")
            connection.exec_driver_sql(
                "SELECT pg_notify('shudi_boundaries', generation::text) FROM boundary_state"
            )
        assert loaded.wait(10)
    finally:
        watch.stop()
