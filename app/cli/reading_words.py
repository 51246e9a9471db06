"""What was read out of a complaint's words, in Chinese, for a terminal."""

from __future__ import annotations

from routing.geocoding.penalties import PENALTY_WORDS
from routing.model import PlaceOutcome, SpanRole, TextPlace

_OUTCOMES = {
    PlaceOutcome.LOCATED: "已定位",
    PlaceOutcome.AMBIGUOUS: "多地同名，分不出是哪一处",
    PlaceOutcome.NOT_FOUND: "没有找到地点",
    PlaceOutcome.OUTSIDE: "说的是别处",
}
_MARKS = {
    SpanRole.SITE: ("【", "】"),
    SpanRole.CALLER: ("〔来电人：", "〕"),
    SpanRole.ROUTE: ("〔途经：", "〕"),
    SpanRole.OTHER: ("〔另提：", "〕"),
    SpanRole.BOILERPLATE: ("", ""),
}
_RIVALS = 4
"""Further candidates that are listed."""


def reading_lines(text: str, said: TextPlace) -> list[str]:
    """The text with its places marked, the reading, what it cost, rivals, and what is missing."""
    lines = ["", f"文字：{_OUTCOMES[said.outcome]}"]
    if any(span.role is not SpanRole.BOILERPLATE for span in said.spans):
        lines.append(f"  原文：{marked(text, said)}")
    if said.candidates:
        best = said.candidates[0]
        lines.append(f"  解读：{best.words}")
        lines.append(f"  读法：{best.location.reading}")
        if any(best.penalties.values()):
            costs = [
                f"{PENALTY_WORDS.get(n, n)} {size:g}" for n, size in best.penalties.items() if size
            ]
            lines.append(f"  扣分：{'、'.join(costs)}")
        if best.location.place_ids:
            lines.append(f"  地名：{'、'.join(best.location.place_ids)}")
    for other in said.candidates[1 : 1 + _RIVALS]:
        lines.append(f"  也可能：{other.words}，扣分 {other.penalty:g}")
    lines += [f"  注意：{note}" for note in said.notes]
    if said.missing and (not said.candidates or said.outcome is PlaceOutcome.NOT_FOUND):
        lines.append(f"  地名库中没有：{'、'.join(said.missing[:3])}")
    return lines


def marked(text: str, said: TextPlace) -> str:
    """The original text with marks around the places in it, on one line."""
    parts, at = [], 0
    for span in said.spans:
        opening, closing = _MARKS[span.role]
        parts += [text[at : span.start], opening, text[span.start : span.end], closing]
        at = span.end
    return " ".join("".join([*parts, text[at:]]).split())
