"""``shudi user``: accounts of people and keys of machine channels."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from app.config import Config
from routing.errors import UserInputError

_ROLES = ("dispatcher", "street", "department", "analyst", "supervisor", "admin")


if TYPE_CHECKING:
    from app.wiring import Services


@contextmanager
def _services() -> Iterator[Services]:
    from app.wiring import Services  # here, so that --help stays quick

    services = Services.from_config(Config.from_env())
    try:
        yield services
    finally:
        services.engine.dispose()


def _unit_name(services: Services, code: str | None) -> str | None:
    if code is None:
        return None
    unit = services.unit(code)
    if unit is None:
        raise UserInputError(f"--unit {code!r} is not in the unit directory of today")
    return unit.name


@click.group("user")
def user_group() -> None:
    """Add, change, disable and list accounts, and make keys for machine channels."""


@user_group.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Name shown on screen.")
@click.option("--role", required=True, type=click.Choice(_ROLES), help="What the person may do.")
@click.option("--unit", "unit_code", help="Code of the unit the person works for.")
@click.option("--subdistrict", "subdistrict_code", help="For role street: the only one they see.")
def add(
    login: str, name: str, role: str, unit_code: str | None, subdistrict_code: str | None
) -> None:
    """Add an account, or change the one that has this LOGIN.

    The password is asked for on a terminal, or read from SHUDI_NEW_PASSWORD; never from the
    command line, where other users of the machine could read it. Changing an account signs it out
    everywhere.
    """
    if role == "street" and not subdistrict_code:
        raise UserInputError("role street needs --subdistrict: it sees that subdistrict only")
    if role != "street" and subdistrict_code:
        raise UserInputError(f"--subdistrict goes with role street only, role was {role!r}")
    if role == "department" and not unit_code:
        raise UserInputError("role department needs --unit: the department the person works for")
    password = os.environ.get("SHUDI_NEW_PASSWORD")
    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with _services() as services:
        made = services.accounts.save(
            login=login,
            name=name,
            role=role,
            password=password,
            by="shudi user",
            unit_code=unit_code,
            unit_name=_unit_name(services, unit_code),
            subdistrict_code=subdistrict_code,
        )
    click.echo(f"{'added' if made else 'changed'} {login} ({role})")


@user_group.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Disable LOGIN and sign it out everywhere; what it did stays in the history."""
    with _services() as services:
        services.accounts.disable(login)
    click.echo(f"disabled {login}")


@user_group.command("list")
def list_accounts() -> None:
    """List accounts: login, role, unit, subdistrict, state."""
    with _services() as services:
        accounts = services.accounts.all()
    for account in accounts:
        state = "disabled" if account.disabled else "active"
        click.echo(
            "\t".join(
                (
                    account.login,
                    account.role,
                    account.unit_code or "-",
                    account.subdistrict_code or "-",
                    state,
                    account.name,
                )
            )
        )


@user_group.command("channel-key")
@click.argument("channel")
@click.option("--revoke", is_flag=True, help="Withdraw all keys of the channel instead.")
def channel_key(channel: str, revoke: bool) -> None:
    """Make an API key for CHANNEL; it is printed once and cannot be shown again."""
    with _services() as services:
        if revoke:
            count = services.accounts.revoke_channel_keys(channel)
            click.echo(f"withdrew {count} key(s) of channel {channel}")
        else:
            click.echo(services.accounts.new_channel_key(channel, by="shudi user"))
