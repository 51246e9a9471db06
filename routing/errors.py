"""One base error, one class per situation; every message shows the value and says what to do."""

from __future__ import annotations


class ShudiError(Exception):
    """Base of every error shudi raises on purpose."""


class UserInputError(ShudiError):
    """The call or the input cannot be used. Shown as one clear line, without a stack trace."""


class FindingsError(UserInputError):
    """Several things are wrong with one input; all of them are listed, each with its place."""

    def __init__(self, subject: str, findings: list[str]) -> None:
        self.subject = subject
        self.findings = tuple(findings)
        lines = "\n".join(f"  {finding}" for finding in findings)
        super().__init__(f"{subject}: {len(findings)} error(s)\n{lines}")


class UndeclaredCrs(UserInputError):
    """A coordinate or a file without a declared coordinate reference system."""


class UnknownCrs(UserInputError):
    """A CRS name that neither shudi nor PROJ knows."""


class ContradictedCrs(UserInputError):
    """The coordinates cannot be what the declared CRS says they are."""


class UnusableSource(UserInputError):
    """A boundary declaration, or the file it names, cannot be read or lacks what it declares."""


class UnusableComplaints(UserInputError):
    """A file of complaints cannot be read at all (a bad row alone never raises)."""


class UnwritableOutput(UserInputError):
    """The output cannot be written; what stood there before is unchanged."""


class UnusableRules(FindingsError):
    """A rules file with mistakes; all of them are listed with their lines."""


class UnusableUnits(FindingsError):
    """A unit directory with mistakes; all of them are listed with their lines."""


class NotFoundError(ShudiError):
    """The thing asked for does not exist, or the asker may not know that it does."""


class MoveRefused(ShudiError):
    """The workflow table does not allow this move from this state."""


class MoveConflict(ShudiError):
    """Somebody else moved the case first; carries the state as it is now."""

    def __init__(self, message: str, current: dict[str, object]) -> None:
        super().__init__(message)
        self.current = current


class NotAllowed(ShudiError):
    """The signed-in person's role or territory does not permit this."""


class StoreUnavailable(ShudiError):
    """The database cannot be reached; nothing was changed, the same request can be sent again."""
