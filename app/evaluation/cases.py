"""What a calibration is fitted on: evidence, geometry, and whether the unit was right."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.evaluation.judging import Judged
from routing.errors import UserInputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cases:
    """Judged sentences as arrays; only those where a unit was named. No text is in them."""

    evidence: Sequence[Mapping[str, float]]
    p_geometry: Floats
    precision: Sequence[str]
    right: Floats
    """1 right, 0 wrong."""

    @classmethod
    def of(cls, judged: Sequence[Judged]) -> Cases:
        """The placed ones among them, decided without a calibration: their confidence is the
        geometry's alone."""
        placed = [one for one in judged if one.precision and one.code]
        return cls(
            evidence=[one.evidence for one in placed],
            p_geometry=np.array([one.confidence for one in placed], dtype=np.float64),
            precision=[one.precision for one in placed],
            right=np.array([one.right for one in placed], dtype=np.float64),
        )

    def __len__(self) -> int:
        return len(self.precision)

    def where(self, chosen: NDArray[np.bool_]) -> Cases:
        """Some of them."""
        kept = np.flatnonzero(chosen).tolist()
        return Cases(
            evidence=[self.evidence[n] for n in kept],
            p_geometry=self.p_geometry[chosen],
            precision=[self.precision[n] for n in kept],
            right=self.right[chosen],
        )

    def shuffled(self, seed: int) -> Cases:
        """In another order: what is held out shall not depend on the order of the corpora."""
        order = np.random.default_rng(seed).permutation(len(self))
        numbers = order.tolist()
        return Cases(
            evidence=[self.evidence[n] for n in numbers],
            p_geometry=self.p_geometry[order],
            precision=[self.precision[n] for n in numbers],
            right=self.right[order],
        )

    @classmethod
    def joined(cls, parts: Sequence[Cases]) -> Cases:
        """All of several, in order."""
        return cls(
            evidence=[one for part in parts for one in part.evidence],
            p_geometry=np.concatenate([part.p_geometry for part in parts]),
            precision=[one for part in parts for one in part.precision],
            right=np.concatenate([part.right for part in parts]),
        )


def save_cases(path: Path, cases: Cases, about: str) -> None:
    """Write them as JSON, to be joined with those of another gazetteer.

    Raises UserInputError where the file cannot be written.
    """
    shown = {
        "about": about,
        "cases": [
            [dict(evidence), p, precision, int(right)]
            for evidence, p, precision, right in zip(
                cases.evidence, cases.p_geometry.tolist(), cases.precision, cases.right.tolist(),
                strict=True,
            )
        ],
    }  # fmt: skip
    try:
        path.write_text(json.dumps(shown, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserInputError(f"{str(path)!r} cannot be written: {error.strerror}") from error


def load_cases(path: Path) -> tuple[Cases, str]:
    """(cases, what they are of) of a file of ``save_cases``; UserInputError where it is none."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        rows = given["cases"]
        cases = Cases(
            evidence=[{str(k): float(v) for k, v in row[0].items()} for row in rows],
            p_geometry=np.array([row[1] for row in rows], dtype=np.float64),
            precision=[str(row[2]) for row in rows],
            right=np.array([row[3] for row in rows], dtype=np.float64),
        )
        return cases, str(given["about"])
    except OSError as error:
        raise UserInputError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise UserInputError(
            f"{str(path)!r} holds no cases ({error}); make them with --cases"
        ) from error
