"""What the signed-in person's maps are made from."""

from __future__ import annotations

from flask import g

from app import auth, wiring
from app.snapshots.cache import Snapshot

__all__ = ["Snapshot", "current"]


def current() -> Snapshot:
    """Return the snapshot of what the signed-in person may see; one and the same per request.

    Raises SignInNeeded or NotAllowed as ``app.auth.scope`` does, StoreUnavailable where the
    database is gone.
    """
    held: Snapshot | None = g.get("snapshot")
    if held is None:
        held = g.snapshot = wiring.services().snapshot(auth.scope())
    return held
