"""Password hashing and channel keys; the only file that knows how either is made and compared."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from routing.errors import UserInputError

LEAST_PASSWORD_LENGTH = 10
"""Characters. NIST SP 800-63B asks for 8 at least; 10 because lock-out counts per address only."""
MOST_PASSWORD_LENGTH = 256
"""Characters; hashing must not be a way to keep the server busy."""

# RFC 9106, second recommended option (argon2id, 64 MiB, 3 passes): the library's own default.
_hasher = PasswordHasher()
# Compared for logins that do not exist, so that they cost what a wrong password costs.
_nobody = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Return the argon2id hash; raises UserInputError for a password too short or too long."""
    if not LEAST_PASSWORD_LENGTH <= len(password) <= MOST_PASSWORD_LENGTH:
        raise UserInputError(
            f"the password has {len(password)} characters; "
            f"use {LEAST_PASSWORD_LENGTH} to {MOST_PASSWORD_LENGTH}"
        )
    return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; takes the same time where there is no account (``None``)."""
    try:
        right = _hasher.verify(password_hash or _nobody, password[:MOST_PASSWORD_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


def new_channel_key() -> str:
    """Return a fresh API key: 256 random bits, so its hash needs neither salt nor slowness."""
    return f"shudi_{secrets.token_urlsafe(32)}"


def hash_channel_key(key: str) -> str:
    """Return the SHA-256 of a key, as stored."""
    return hashlib.sha256(key.encode()).hexdigest()
