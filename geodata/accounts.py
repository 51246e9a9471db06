"""Accounts of people, their sign-ins, and keys of machine channels; hashes are made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from geodata.database import transaction
from geodata.store.case_rows import storable
from geodata.tables import account, api_key, sign_in_attempt
from routing.errors import NotFoundError, UserInputError


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """One person who can sign in."""

    login: str
    name: str
    role: str
    unit_code: str | None
    unit_name: str | None
    subdistrict_code: str | None
    """For street-level staff, the only subdistrict they see."""
    password_hash: str
    session_epoch: int
    """Sessions that carry another number are over."""
    demo: bool
    """Made by ``demo load``; never in a deployment."""
    disabled_at: datetime | None

    @property
    def disabled(self) -> bool:
        return self.disabled_at is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKey:
    """One key of a machine channel; the key itself is known to the channel alone."""

    id: int
    channel: str
    created_at: datetime
    disabled_at: datetime | None


_FIELDS = [account.c[name] for name in Account.__dataclass_fields__]


def save_account(
    engine: Engine,
    *,
    login: str,
    name: str,
    role: str,
    password_hash: str,
    by: str,
    unit_code: str | None = None,
    unit_name: str | None = None,
    subdistrict_code: str | None = None,
    demo: bool = False,
) -> bool:
    """Make the account, or change it, enable it and sign it out everywhere; ``True`` if made."""
    if not login.strip():
        raise UserInputError("an account needs a login name, was empty")
    values = {
        "name": name,
        "role": role,
        "password_hash": password_hash,
        "unit_code": unit_code,
        "unit_name": unit_name,
        "subdistrict_code": subdistrict_code,
        "demo": demo,
    }
    with transaction(engine) as connection:
        known = connection.execute(
            select(account.c.login).where(account.c.login == login).with_for_update()
        ).one_or_none()
        connection.execute(
            upsert(account)
            .values(login=login, created_by=by, **values)
            .on_conflict_do_update(
                index_elements=["login"],
                set_={
                    **values,
                    "disabled_at": None,
                    "session_epoch": account.c.session_epoch + 1,
                },
            )
        )
    return known is None


def find_account(engine: Engine, login: str) -> Account | None:
    """Return the account, disabled or not; ``None`` where nobody has this login."""
    with transaction(engine) as connection:
        row = connection.execute(
            select(*_FIELDS).where(account.c.login == storable(login))
        ).one_or_none()
    return Account(**row._mapping) if row is not None else None


def list_accounts(engine: Engine) -> list[Account]:
    """Return all accounts by login, also the disabled ones."""
    with transaction(engine) as connection:
        rows = connection.execute(select(*_FIELDS).order_by(account.c.login)).all()
    return [Account(**row._mapping) for row in rows]


def disable_account(engine: Engine, login: str) -> None:
    """Close the account and sign it out everywhere; NotFoundError for an unknown login."""
    with transaction(engine) as connection:
        done = connection.execute(
            update(account)
            .where(account.c.login == storable(login))
            .values(
                disabled_at=func.coalesce(account.c.disabled_at, func.clock_timestamp()),
                session_epoch=account.c.session_epoch + 1,
            )
        )
        if done.rowcount == 0:
            raise NotFoundError(f"no account {login!r}; `shudi user list` shows them")


def end_sessions(engine: Engine, login: str) -> int:
    """Sign the account out everywhere; return its new epoch. NotFoundError where unknown."""
    with transaction(engine) as connection:
        epoch = connection.execute(
            update(account)
            .where(account.c.login == storable(login))
            .values(session_epoch=account.c.session_epoch + 1)
            .returning(account.c.session_epoch)
        ).scalar_one_or_none()
    if epoch is None:
        raise NotFoundError(f"no account {login!r}; `shudi user list` shows them")
    return int(epoch)


def set_password_hash(engine: Engine, login: str, password_hash: str) -> None:
    """Store a new hash of the same password (a stronger setting); sessions stay."""
    with transaction(engine) as connection:
        connection.execute(
            update(account).where(account.c.login == login).values(password_hash=password_hash)
        )


def record_sign_in(engine: Engine, login: str, address: str, *, ok: bool) -> None:
    """Keep one attempt to sign in; the login is as typed and need not exist."""
    with transaction(engine) as connection:
        connection.execute(
            insert(sign_in_attempt).values(
                login=storable(login)[:200], address=storable(address)[:100], ok=ok
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Failures:
    """Failed sign-ins of the last while."""

    of_login_at_address: int
    """Since this login last signed in from this address, within the window."""
    at_address: int
    """For any login from this address, within the window."""
    latest: datetime | None
    """Of the first kind."""


def recent_failures(engine: Engine, login: str, address: str, *, within: timedelta) -> Failures:
    """Return what throttling goes by: failures inside the window that ends now."""
    table = sign_in_attempt.c
    since = func.clock_timestamp() - within
    here = (table.address == storable(address)[:100]) & (table.at > since)
    mine = here & (table.login == storable(login)[:200])
    success = select(func.max(table.at)).where(mine, table.ok).scalar_subquery()
    failed = mine & ~table.ok & (table.at > func.coalesce(success, since))
    with transaction(engine) as connection:
        count, latest = connection.execute(
            select(func.count(), func.max(table.at)).where(failed)
        ).one()
        everywhere = connection.execute(select(func.count()).where(here, ~table.ok)).scalar_one()
    return Failures(of_login_at_address=count, at_address=everywhere, latest=latest)


def add_api_key(engine: Engine, *, channel: str, key_hash: str, by: str) -> int:
    """Store the hash of a channel's new key; older keys go on working. Returns its id."""
    with transaction(engine) as connection:
        return int(
            connection.execute(
                insert(api_key)
                .values(channel=channel, key_hash=key_hash, created_by=by)
                .returning(api_key.c.id)
            ).scalar_one()
        )


def channel_of(engine: Engine, key_hash: str) -> str | None:
    """Return the channel a key belongs to; ``None`` where it is unknown or withdrawn."""
    with transaction(engine) as connection:
        found: str | None = connection.execute(
            select(api_key.c.channel).where(
                api_key.c.key_hash == key_hash, api_key.c.disabled_at.is_(None)
            )
        ).scalar_one_or_none()
    return found


def list_api_keys(engine: Engine) -> Sequence[ApiKey]:
    """Return all keys, oldest first, also the withdrawn ones."""
    fields = [api_key.c[name] for name in ApiKey.__dataclass_fields__]
    with transaction(engine) as connection:
        rows = connection.execute(select(*fields).order_by(api_key.c.id)).all()
    return [ApiKey(**row._mapping) for row in rows]


def disable_api_keys(engine: Engine, channel: str) -> int:
    """Withdraw every key of a channel; return how many were in use."""
    with transaction(engine) as connection:
        return connection.execute(
            update(api_key)
            .where(api_key.c.channel == channel, api_key.c.disabled_at.is_(None))
            .values(disabled_at=func.clock_timestamp())
        ).rowcount
