"""One stored version out of several, by what a person types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from routing.errors import NotFoundError, UserInputError


class Named(Protocol):
    """Anything stored under a number and a version text."""

    @property
    def id(self) -> int:
        """Number in the database."""
        ...

    @property
    def version(self) -> str:
        """As decisions quote it: name@date#digest."""
        ...


Stored = TypeVar("Stored", bound=Named)


def one_named(versions: Sequence[Stored], named: str, kind: str, command: str) -> Stored:
    """The version with this id, version text, or ending of it (its digest).

    ``kind`` and ``command`` stand in the errors: NotFoundError where there is none, UserInputError
    where several end so.
    """
    found = [
        one
        for one in versions
        if str(one.id) == named or one.version == named or one.version.endswith(f"#{named}")
    ]
    if not found:
        raise NotFoundError(f"no {kind} version {named!r}; `{command}` shows them")
    if len(found) > 1:
        raise UserInputError(
            f"{named!r} names {len(found)} versions: {[one.version for one in found]}; "
            "give the whole text or the number"
        )
    return found[0]
