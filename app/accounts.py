"""Signing in, throttled; accounts and channel keys, which the database keeps as hashes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from app.passwords import hash_channel_key, hash_password, new_channel_key, password_matches
from geodata import accounts as stored
from geodata.accounts import Account
from routing.errors import ShudiError

WINDOW = timedelta(minutes=15)
"""Failures count for this long."""
MOST_FAILURES = 5
"""For one login from one address within the window: room for caps lock and an old password."""
MOST_FAILURES_OF_ADDRESS = 50
"""For all logins from one address: an office behind one address mistypes less than this."""


class SignInRefused(ShudiError):
    """Unknown login, wrong password or disabled account; never says which."""


class TooManyAttempts(ShudiError):
    """Signing in failed too often for this login from this address."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Accounts:
    """Who may sign in; every method raises StoreUnavailable where the database is gone."""

    def __init__(self, engine: Engine, *, demo: bool = False) -> None:
        self._engine = engine
        self._demo = demo

    def sign_in(self, login: str, password: str, *, address: str) -> Account:
        """Return the account the password belongs to.

        Raises TooManyAttempts before anything is compared, then SignInRefused, which is the same
        and takes the same time for an unknown login, a disabled account and a wrong password.
        """
        self._throttle(login, address)
        account = stored.find_account(self._engine, login)
        usable = account is not None and not account.disabled
        right = password_matches(account.password_hash if account and usable else None, password)
        stored.record_sign_in(self._engine, login, address, ok=right)
        if not right or account is None:
            raise SignInRefused("login or password is wrong")
        return account

    def _throttle(self, login: str, address: str) -> None:
        failures = stored.recent_failures(self._engine, login, address, within=WINDOW)
        if (
            failures.of_login_at_address < MOST_FAILURES
            and failures.at_address < MOST_FAILURES_OF_ADDRESS
        ):
            return
        # An upper bound: the oldest failure, which opens the door again, is older than the latest.
        last = failures.latest or datetime.now(UTC)
        wait = max(1, math.ceil((last + WINDOW - datetime.now(UTC)).total_seconds()))
        raise TooManyAttempts(f"too many failed sign-ins; wait {wait} s", retry_after_s=wait)

    def account(self, login: str) -> Account | None:
        """Return the account as it is now; ``None`` where nobody has this login."""
        return stored.find_account(self._engine, login)

    def all(self) -> Sequence[Account]:
        """Return every account, by login."""
        return stored.list_accounts(self._engine)

    def demonstration(self) -> Sequence[Account]:
        """Return the demonstration's accounts, for its login page; none in a deployment."""
        if not self._demo:
            return ()
        return [account for account in self.all() if account.demo and not account.disabled]

    def save(
        self,
        *,
        login: str,
        name: str,
        role: str,
        password: str,
        by: str,
        unit_code: str | None = None,
        unit_name: str | None = None,
        subdistrict_code: str | None = None,
        demo: bool = False,
    ) -> bool:
        """Make or change an account and sign it out everywhere; ``True`` where it was made."""
        return stored.save_account(
            self._engine,
            login=login,
            name=name,
            role=role,
            password_hash=hash_password(password),
            by=by,
            unit_code=unit_code,
            unit_name=unit_name,
            subdistrict_code=subdistrict_code,
            demo=demo,
        )

    def disable(self, login: str) -> None:
        """Close an account and sign it out everywhere; NotFoundError for an unknown login."""
        stored.disable_account(self._engine, login)

    def sign_out_everywhere(self, login: str) -> None:
        """End every session of an account."""
        stored.end_sessions(self._engine, login)

    def new_channel_key(self, channel: str, *, by: str) -> str:
        """Return a fresh key for a channel; only its hash is kept. Older keys go on working."""
        key = new_channel_key()
        stored.add_api_key(self._engine, channel=channel, key_hash=hash_channel_key(key), by=by)
        return key

    def revoke_channel_keys(self, channel: str) -> int:
        """Withdraw every key of a channel; returns how many were in use."""
        return stored.disable_api_keys(self._engine, channel)

    def channel_of(self, key: str) -> str | None:
        """Return the channel a key belongs to, ``None`` for an unknown or withdrawn one.

        Found by its SHA-256: what a comparison of hashes could leak by its time says nothing
        about a key of 256 random bits.
        """
        return stored.channel_of(self._engine, hash_channel_key(key))
