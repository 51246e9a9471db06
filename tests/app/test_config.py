"""Configuration: required secrets, demonstration secrets, and every key documented."""

from __future__ import annotations

import re
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from app.config import KEYS, Config
from routing.errors import UserInputError

ROOT = Path(__file__).resolve().parents[2]
SECRET = "s" * 40


def env(**more: str) -> dict[str, str]:
    return {
        "SHUDI_SECRET_KEY": SECRET,
        "SHUDI_DATA_KEY": Fernet.generate_key().decode(),
        **more,
    }


@pytest.mark.parametrize("missing", ["SHUDI_SECRET_KEY", "SHUDI_DATA_KEY"])
def test_refuses_to_start_without_a_secret(missing: str) -> None:
    given = env()
    del given[missing]
    with pytest.raises(UserInputError, match=f"{missing} is not set"):
        Config.from_env(given)


def test_a_short_secret_is_refused_with_a_command_that_makes_one() -> None:
    with pytest.raises(UserInputError, match=r"9 characters.*token_urlsafe"):
        Config.from_env(env(SHUDI_SECRET_KEY="too short"))


def test_a_bad_data_key_is_refused_without_printing_it() -> None:
    good = Fernet.generate_key().decode()
    with pytest.raises(UserInputError, match="key 2 of 2") as wrong:
        Config.from_env(env(SHUDI_DATA_KEY=f"{good},hunter2"))
    assert "hunter2" not in str(wrong.value) and good not in str(wrong.value)


def test_demonstration_makes_its_secrets_once_for_the_owner_only(tmp_path: Path) -> None:
    given = {"SHUDI_DEMO": "1", "SHUDI_VAR": str(tmp_path)}
    first, second = Config.from_env(given), Config.from_env(given)
    assert first == second
    assert not first.secure_cookies
    files = sorted((tmp_path / "secrets").iterdir())
    assert [file.name for file in files] == ["shudi_data_key", "shudi_secret_key"]
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_defaults_of_a_deployment() -> None:
    config = Config.from_env(env())
    assert config.secure_cookies
    assert not config.demo
    assert config.database_url is None
    assert config.session_lifetime == timedelta(hours=12)
    assert (config.workers, config.threads, config.proxies) == (2, 4, 0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SHUDI_DEMO", "maybe"),
        ("SHUDI_WORKERS", "0"),
        ("SHUDI_WORKERS", "two"),
        ("SHUDI_SESSION_HOURS", "-1"),
        ("SHUDI_PROXIES", "9"),
        ("SHUDI_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_value_that_makes_no_sense_names_its_key(key: str, value: str) -> None:
    with pytest.raises(UserInputError, match=f"{key}='{value}'"):
        Config.from_env(env(**{key: value}))


def test_every_key_is_documented_and_no_other() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", page, flags=re.MULTILINE))
    assert rows == {key.name for key in KEYS}


def test_no_key_is_read_that_the_table_does_not_have() -> None:
    files = (ROOT / "app" / "config.py", ROOT / "app" / "tile_server.py")
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    read = set(re.findall(r'env\.get\("([A-Z_]+)"', source))
    read |= set(re.findall(r'_(?:flag|number)\(env, "([A-Z_]+)"', source))
    assert read == {key.name for key in KEYS}


@pytest.mark.parametrize("wrong", ["EPSG:4490", "GCJ-02", "EPSG:3857", "EPSG:2263", "福州城建"])
def test_a_working_crs_that_does_not_count_in_metres_is_refused_with_what_to_set(
    wrong: str,
) -> None:
    with pytest.raises(UserInputError, match=rf"SHUDI_WORKING_CRS='{wrong}'.*set a projected CRS"):
        Config.from_env(env(SHUDI_WORKING_CRS=wrong))


def test_a_working_crs_is_kept_and_may_be_left_out() -> None:
    assert Config.from_env(env(SHUDI_WORKING_CRS=" EPSG:4549 ")).working_crs == "EPSG:4549"
    assert Config.from_env(env(SHUDI_WORKING_CRS="")).working_crs is None
