"""Complaints of a history as columns, before they are put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Complaints before they are told; all of one length."""

    metres: Floats
    """(n, 2) local metres, NaN without a place."""
    day: Ints
    second: Ints
    kind: NDArray[np.object_]
    text: NDArray[np.object_]
    """Empty: a sentence of the kind."""
    app: NDArray[np.bool_]
    """Through the application, whatever the shares of channels are."""

    def __len__(self) -> int:
        return len(self.day)


def joined(parts: Sequence[Columns]) -> Columns:
    """All of them, one after the other."""
    return Columns(
        metres=np.concatenate([one.metres for one in parts]),
        day=np.concatenate([one.day for one in parts]),
        second=np.concatenate([one.second for one in parts]),
        kind=np.concatenate([one.kind for one in parts]),
        text=np.concatenate([one.text for one in parts]),
        app=np.concatenate([one.app for one in parts]),
    )


def columns(
    metres: Floats, day: Ints, second: Ints, kind: Sequence[str] | NDArray[np.object_],
    *, text: str = "", app: bool = False,
) -> Columns:  # fmt: skip
    """Columns with one text and one way in for all."""
    n = len(day)
    return Columns(
        metres=metres,
        day=day,
        second=second,
        kind=np.array(kind, dtype=object),
        text=np.full(n, text, dtype=object),
        app=np.full(n, app),
    )
