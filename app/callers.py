"""Who called: sealed when the complaint is received, masked on screen, clear only with a trace."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from app.personal import PersonalData
from geodata.cases import PostgresCaseStore, SealedCaller
from geodata.database import Scope
from routing.errors import NotFoundError


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Caller:
    """A citizen's name and telephone in clear; has no repr, so that no log line can show it."""

    name: str | None
    phone: str | None


class Callers:
    """Opens and seals what the store keeps encrypted."""

    def __init__(self, engine: Engine, personal: PersonalData) -> None:
        self._engine = engine
        self._personal = personal

    def seal(self, caller: Caller | None) -> SealedCaller:
        """Return the caller as it may be stored."""
        seal = self._personal.seal
        if caller is None:
            return SealedCaller(name_enc=None, phone_enc=None)
        return SealedCaller(name_enc=seal(caller.name), phone_enc=seal(caller.phone))

    def to_mask(self, scope: Scope | None, case_no: str) -> Caller | None:
        """Return the caller to be shown masked, ``None`` where none is known; leaves no trace.

        NotFoundError where the scope does not include the case.
        """
        return self._opened(PostgresCaseStore(self._engine, scope).sealed_caller(case_no))

    def reveal(self, scope: Scope | None, case_no: str, *, actor: str, purpose: str) -> Caller:
        """Return the caller to be shown in clear; the look is recorded, whatever it finds.

        NotFoundError where the scope does not include the case, or no caller is known.
        """
        store = PostgresCaseStore(self._engine, scope)
        caller = self._opened(store.reveal_caller(case_no, actor=actor, purpose=purpose))
        if caller is None:
            raise NotFoundError(f"no caller was recorded for case {case_no[:40]!r}")
        return caller

    def _opened(self, sealed: SealedCaller) -> Caller | None:
        if sealed.name_enc is None and sealed.phone_enc is None:
            return None
        opened = self._personal.open
        return Caller(name=opened(sealed.name_enc), phone=opened(sealed.phone_enc))
