"""``shudi user``: accounts and channel keys from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from app.accounts import Accounts, SignInRefused
from app.cli.user import user_group
from geodata import database
from routing.errors import NotFoundError, UserInputError

PASSWORD = "correct horse battery"


@pytest.fixture
def environment(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SHUDI_VAR", str(tmp_path))
    monkeypatch.setenv("SHUDI_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("SHUDI_DATA_KEY", Fernet.generate_key().decode())
    monkeypatch.delenv("SHUDI_NEW_PASSWORD", raising=False)
    monkeypatch.delenv("SHUDI_DEMO", raising=False)


def run(*words: str, password: str | None = None, typed: str | None = None) -> Result:
    env = {} if password is None else {"SHUDI_NEW_PASSWORD": password}
    return CliRunner().invoke(user_group, list(words), env=env, input=typed)


def add(login: str, role: str, *more: str, password: str | None = PASSWORD) -> Result:
    return run("add", login, "--name", "某人", "--role", role, *more, password=password)


@pytest.mark.usefixtures("environment")
def test_an_account_is_added_changed_listed_and_disabled(database_url: str) -> None:
    engine = database.engine(database_url)
    accounts = Accounts(engine)
    assert add("li", "dispatcher").output == "added li (dispatcher)\n"
    assert accounts.sign_in("li", PASSWORD, address="local").role == "dispatcher"
    assert add("li", "analyst", password="another password").output == "changed li (analyst)\n"
    with pytest.raises(SignInRefused):
        accounts.sign_in("li", PASSWORD, address="local")
    assert accounts.sign_in("li", "another password", address="local").session_epoch == 1
    assert run("disable", "li").output == "disabled li\n"
    assert run("list").output == "li\tanalyst\t-\t-\tdisabled\t某人\n"
    with pytest.raises(SignInRefused):
        accounts.sign_in("li", "another password", address="local")
    engine.dispose()


@pytest.mark.usefixtures("environment")
def test_the_password_is_typed_twice_where_it_is_not_in_the_environment() -> None:
    done = run("add", "li", "--name", "某人", "--role", "admin", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output


def test_there_is_no_option_for_a_password() -> None:
    assert "--password" not in run("add", "--help").output


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("role", "more", "words"),
    [
        ("street", (), "--subdistrict"),
        ("analyst", ("--subdistrict", "350102001"), "role street only"),
        ("department", (), "--unit"),
        ("department", ("--unit", "NOBODY"), "'NOBODY'"),
    ],
)
def test_an_account_half_described_is_refused(role: str, more: tuple[str, ...], words: str) -> None:
    refused = add("li", role, *more).exception
    assert isinstance(refused, UserInputError)
    assert words in str(refused)


@pytest.mark.usefixtures("environment")
def test_a_short_password_and_an_unknown_login_are_refused() -> None:
    assert isinstance(add("li", "admin", password="short").exception, UserInputError)
    assert isinstance(run("disable", "nobody").exception, NotFoundError)


@pytest.mark.usefixtures("environment")
def test_a_channel_key_is_printed_once_works_and_can_be_withdrawn(database_url: str) -> None:
    engine = database.engine(database_url)
    accounts = Accounts(engine)
    key = run("channel-key", "12345").output.strip()
    assert accounts.channel_of(key) == "12345"
    assert run("channel-key", "12345", "--revoke").output == "withdrew 1 key(s) of channel 12345\n"
    assert accounts.channel_of(key) is None
    engine.dispose()
