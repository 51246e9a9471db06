"""A run kept as JSON, and two runs compared line by line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.evaluation.judging import Judged
from app.evaluation.metrics import mcnemar
from routing.errors import UserInputError

FORMAT = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What changed since a saved run, on the sentences both have."""

    common: int
    new_failures: tuple[str, ...]
    """Ids that passed before and fail now."""
    new_passes: tuple[str, ...]
    p: float
    """McNemar's, exact and two-sided: below 0.05 the two runs differ by more than luck."""


def save_run(path: Path, judged: Sequence[Judged], about: Mapping[str, str]) -> None:
    """Write pass or fail, status and unit of each sentence; no text, which may be a citizen's.

    Raises UserInputError where the file cannot be written.
    """
    lines = {
        one.sentence.id: {
            "passed": one.as_expected, "status": one.status, "unit": one.code,
            "confidence": round(one.confidence, 4),
        }
        for one in judged
    }  # fmt: skip
    text = json.dumps(
        {"format": FORMAT, "about": dict(about), "sentences": lines}, ensure_ascii=False, indent=0
    )
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UserInputError(f"{str(path)!r} cannot be written: {error.strerror}") from error


def load_run(path: Path) -> dict[str, bool]:
    """Id → passed, of a saved run; UserInputError where it is none."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        if given["format"] != FORMAT:
            raise UserInputError(f"{path.name} has format {given['format']!r}; save the run again")
        return {str(name): bool(line["passed"]) for name, line in given["sentences"].items()}
    except OSError as error:
        raise UserInputError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserInputError(
            f"{str(path)!r} is not a saved run ({error}); make one with --save"
        ) from error


def compare(judged: Sequence[Judged], before: Mapping[str, bool]) -> Comparison:
    """This run against a saved one."""
    both = [one for one in judged if one.sentence.id in before]
    was = np.array([before[one.sentence.id] for one in both], dtype=np.bool_)
    now = np.array([one.as_expected for one in both], dtype=np.bool_)
    _, _, p = mcnemar(was, now)
    return Comparison(
        common=len(both),
        new_failures=tuple(
            one.sentence.id for one, a, b in zip(both, was, now, strict=True) if a and not b
        ),
        new_passes=tuple(
            one.sentence.id for one, a, b in zip(both, was, now, strict=True) if b and not a
        ),
        p=p,
    )
