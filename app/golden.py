"""The golden set, replayed before a gazetteer is published: what was right and would be no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.evaluation.corpus import LabelledSentence, read_corpus
from app.evaluation.deciding import judged_all
from app.evaluation.judging import Judged
from geodata.units import Units
from routing.dispatch.calibration import shipped_calibration
from routing.dispatch.rules import RuleSet
from routing.errors import UserInputError
from routing.geocoding.reader import Reader
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Jurisdiction
from routing.pipeline import Deps
from routing.ports import Gazetteer


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """The same sentences read with two gazetteers."""

    sentences: int
    passed_before: int
    passed_after: int
    new_failures: tuple[str, ...]
    """One line each: id, the code before, the code now, the code that is right. No text: it may
    be a citizen's."""


def replay(
    corpus: Path,
    before: Gazetteer,
    after: Gazetteer,
    areas: Sequence[Jurisdiction],
    day: date,
) -> Replay:
    """Decide every sentence of the corpus twice, by territory alone; ``areas`` as on ``day``.

    Rules are left out: they do not change with a gazetteer. A gazetteer without places passes
    nothing, so nothing can newly fail against it. Raises UserInputError for an unusable corpus or
    one without sentences.
    """
    sentences = read_corpus(corpus)
    if not sentences:
        raise UserInputError(f"golden set {str(corpus)!r} has no sentences; nothing to replay")
    index = JurisdictionIndex(areas, ())
    old = _judged(sentences, before, areas, index, day)
    new = _judged(sentences, after, areas, index, day)
    pairs = [
        (was, now)
        for was, now in zip(old, new, strict=True)
        if was.as_expected and not now.as_expected
    ]
    return Replay(
        sentences=len(sentences),
        passed_before=sum(one.as_expected for one in old),
        passed_after=sum(one.as_expected for one in new),
        new_failures=tuple(_line(was, now) for was, now in pairs) if before.places() else (),
    )


def _judged(
    sentences: Sequence[LabelledSentence],
    gazetteer: Gazetteer,
    areas: Sequence[Jurisdiction],
    index: JurisdictionIndex,
    day: date,
) -> list[Judged]:
    reader = Reader(gazetteer.places(), areas, version=gazetteer.version)
    deps = Deps(
        index=index,
        rules=RuleSet.empty(),
        units=Units([]),
        reader=reader,
        calibration=shipped_calibration(),
    )
    return list(judged_all(sentences, day, deps))


def _line(was: Judged, now: Judged) -> str:
    right = ";".join(was.sentence.units) or was.sentence.expect
    codes = f"{was.code or was.status} → {now.code or now.status}"
    return f"{was.sentence.id}: {codes}, right is {right}"
