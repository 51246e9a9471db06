"""Three switches have to be set before anything is sent, and a mistake in one is told."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from app.cli.doctor import doctor_command
from app.config import outside_settings
from routing.errors import UserInputError

ON = {
    "SHUDI_OUTSIDE_GEOCODER": "AMap",
    "SHUDI_OFFLINE": "0",
    "SHUDI_OUTSIDE_DAILY_BUDGET": "500",
    "SHUDI_AMAP_KEY": "k",
    "SHUDI_BAIDU_KEY": "other",
}


def test_off_by_default() -> None:
    settings = outside_settings({})
    assert not settings.on and settings.offline and settings.daily_budget == 0
    assert settings.words.startswith("off")


def test_all_three_turn_it_on_with_its_own_key() -> None:
    settings = outside_settings(ON)
    assert settings.on
    assert (settings.provider, settings.key, settings.daily_budget) == ("amap", "k", 500)
    assert settings.words == "amap is on, at most 500 requests a day"


@pytest.mark.parametrize(
    "left_out", ["SHUDI_OUTSIDE_GEOCODER", "SHUDI_OFFLINE", "SHUDI_OUTSIDE_DAILY_BUDGET"]
)
def test_two_of_three_are_off(left_out: str) -> None:
    settings = outside_settings({key: value for key, value in ON.items() if key != left_out})
    assert not settings.on
    assert settings.words.startswith("off")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SHUDI_OUTSIDE_GEOCODER": "gogle"}, "'gogle'; use one of amap, baidu, tianditu"),
        ({"SHUDI_AMAP_KEY": ""}, "SHUDI_AMAP_KEY is not set"),
        ({"SHUDI_OFFLINE": "perhaps"}, "SHUDI_OFFLINE='perhaps'"),
        ({"SHUDI_OUTSIDE_DAILY_BUDGET": "many"}, "SHUDI_OUTSIDE_DAILY_BUDGET='many'"),
    ],
)
def test_a_mistake_names_its_key(change: dict[str, str], said: str) -> None:
    with pytest.raises(UserInputError, match=said):
        outside_settings({**ON, **change})


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({}, "ok", "amap is on, at most 500 requests a day"),
        ({"SHUDI_OFFLINE": "1"}, "ok", "off (amap is named, but SHUDI_OFFLINE is on)"),
        ({"SHUDI_OUTSIDE_GEOCODER": ""}, "ok", "off (none is named)"),
        ({"SHUDI_AMAP_KEY": ""}, "failed", "SHUDI_AMAP_KEY is not set"),
    ],
)
def test_the_doctor_says_which_one_is_on(
    change: dict[str, str],
    status: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    for key, value in {**ON, **change}.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("SHUDI_VAR", str(tmp_path_factory.mktemp("var")))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    printed = CliRunner().invoke(doctor_command, ["--format", "json"]).stdout
    [found] = [one for one in json.loads(printed) if one["title"] == "Outside geocoders"]
    assert found["status"] == status
    assert said in found["found"]
