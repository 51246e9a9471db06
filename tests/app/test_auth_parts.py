"""The parts of signing in that need no database."""

from __future__ import annotations

import pytest

from app.auth import require_role, safe_next
from app.passwords import (
    hash_channel_key,
    hash_password,
    new_channel_key,
    password_matches,
)
from routing.errors import UserInputError


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/desk", "/desk"),
        ("/desk?tab=review&q=%E6%B4%AA", "/desk?tab=review&q=%E6%B4%AA"),
        ("/login", "/"),
        ("/login?next=/desk", "/"),
        ("", "/"),
        (None, "/"),
        ("desk", "/"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/desk\\..\\x", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example/desk", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/\n//evil.example", "/"),
        (" //evil.example", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(target: str | None, goes_to: str) -> None:
    assert safe_next(target) == goes_to


def test_a_role_that_does_not_exist_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match=r"unknown roles \['dispacher'\]"):
        require_role("dispacher")


def test_password_round_trip() -> None:
    made = hash_password("正确的密码 horse")
    assert made.startswith("$argon2id$")
    assert password_matches(made, "正确的密码 horse")
    assert not password_matches(made, "正确的密码 hors")
    assert not password_matches(None, "正确的密码 horse")


@pytest.mark.parametrize("password", ["short", "x" * 257])
def test_a_password_too_short_or_too_long_is_refused_without_printing_it(password: str) -> None:
    with pytest.raises(UserInputError, match=f"{len(password)} characters") as wrong:
        hash_password(password)
    assert password not in str(wrong.value)


def test_channel_keys_are_long_different_and_compared_by_hash() -> None:
    first, second = new_channel_key(), new_channel_key()
    assert first != second and len(first) > 40
    stored = hash_channel_key(first)
    assert first not in stored
    assert stored == hash_channel_key(first) != hash_channel_key(second)
