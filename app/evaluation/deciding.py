"""The product's own decision on one sentence, with all that it was made of."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from app.evaluation.corpus import LabelledSentence
from app.evaluation.judging import Answer, Judged, judge
from routing.model import Complaint
from routing.pipeline import Deps, route


def judged_all(sentences: Iterable[LabelledSentence], day: date, deps: Deps) -> Iterator[Judged]:
    """Each sentence decided and compared, in order.

    Without ``deps.calibration`` the confidence is that of the geometry alone: what a fit needs.
    """
    by_unit = bool(deps.rules.rules)
    for sentence in sentences:
        yield judge(sentence, decided(sentence, day, deps), by_unit=by_unit)


def decided(sentence: LabelledSentence, day: date, deps: Deps) -> Answer:
    """Words → place → hits → recommendation, timed as one."""
    complaint = Complaint(id=sentence.id, text=sentence.text, category=sentence.category)
    started = time.perf_counter()
    routed = route(complaint, day, deps)
    spent = (time.perf_counter() - started) * 1_000
    said = routed.text_place
    return Answer(
        recommendation=routed.recommendation,
        hits=routed.hits,
        location=routed.location,
        evidence=said.evidence if said is not None else {},
        milliseconds=spent,
    )


def percentile_ms(judged: Sequence[Judged], part: float) -> float:
    """Milliseconds that this part (0–1) of the sentences stays under."""
    spent = sorted(one.milliseconds for one in judged)
    return spent[min(len(spent) - 1, int(part * len(spent)))] if spent else 0.0
