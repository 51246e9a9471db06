"""Elements of real delivery addresses against a plain regular expression, by span F1.

``python -m tests.acceptance.address_elements`` prints the table of ``docs/accuracy.md``. The
addresses are research data that is not in the repository. Sentences of even number, counted from 0,
were looked at while the grammar was written; those of odd number are only counted, here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from routing.geocoding.elements import elements

DATA = Path(__file__).parents[3] / "shared" / "data" / "address_elements" / "dev.txt"

REPORTED = {
    "district": "区县 district",
    "town": "街道（镇） town",
    "road": "道路 road",
    "houseno": "楼栋号 houseno",
    "roadno": "门牌号 roadno",
}
"""What is compared; the first four are those of the micro average that counts."""
COUNTED = ("district", "town", "road", "houseno")

Span = tuple[int, int, str]
"""Start, end and label of an element in the text of its sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One address and what people marked in it."""

    number: int
    """From 0, in the order of the file."""
    text: str
    spans: frozenset[Span]


def sentences(path: Path = DATA) -> list[Sentence]:
    """All of the file. Its labels are lower-cased, as ours."""
    blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())
    return [_sentence(number, block) for number, block in enumerate(blocks)]


def _sentence(number: int, block: str) -> Sentence:
    text, spans = "", list[list[int | str]]()
    for line in block.splitlines():
        token, tag = line.rsplit(" ", 1)
        place, _, label = tag.partition("-")
        if place == "I" and spans and spans[-1][2] == label.lower():
            spans[-1][1] = len(text) + len(token)
        else:
            spans.append([len(text), len(text) + len(token), label.lower()])
        text += token
    return Sentence(
        number=number,
        text=text,
        spans=frozenset((int(start), int(end), str(label)) for start, end, label in spans),
    )


_BASELINE = re.compile(
    r"(?P<prov>[^省市区县]{2,7}?(?:省|自治区))?"
    r"(?P<city>[^省市区县]{2,6}?(?:市|自治州|地区|盟))?"
    r"(?P<district>[^省市区县镇乡路街道]{1,7}?[区县市旗])?"
    r"(?P<town>[^省市区县镇乡路街道]{1,7}?(?:街道|镇|乡))?"
    r"(?P<community>[^路街道号]{1,7}?(?:村|社区|居委会))?"
    r"(?P<road>[^镇乡路街道弄巷\d]{1,8}?(?:大道|公路|路|街|巷|弄|胡同))?"
    r"(?P<roadno>[\d一二三四五六七八九十]+(?:-\d+)?号(?!楼))?"
)
_BASELINE_HOUSE = re.compile(r"(?:\d+|[A-Za-z]\d*|[一二三四五六七八九十]+)(?:幢|栋|座|号楼|#楼?)")


def baseline(text: str) -> list[Span]:
    """What one regular expression with the usual endings finds, from coarse to fine.

    Written with the same care for each element as one writes such an expression for a form field:
    every part is optional, endings are excluded from the names before them, and the expression may
    begin anywhere, so that words in front do no harm. The building has an expression of its own,
    since anything may stand before it.
    """
    best: list[Span] = []
    for start in range(min(len(text), 12)):
        found = _BASELINE.match(text, start)
        if found is None:
            continue
        spans = [
            (found.start(label), found.end(label), label)
            for label in found.re.groupindex
            if found[label]
        ]
        if len(spans) > len(best):
            best = spans
    house = _BASELINE_HOUSE.search(text)
    return best + ([(*house.span(), "houseno")] if house else [])


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """Exact spans of one label, or of several together."""

    marked: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.marked if self.marked else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(
    given: Iterable[Sentence], find: Callable[[str], Iterable[Span]], labels: Iterable[str]
) -> dict[str, Score]:
    """By label, and ``micro`` over all of ``labels``; a span counts where its ends are exact."""
    wanted = set(labels)
    marked, found, right = Counter[str](), Counter[str](), Counter[str]()
    for one in given:
        ours = {span for span in find(one.text) if span[2] in wanted}
        theirs = {span for span in one.spans if span[2] in wanted}
        for spans, count in ((theirs, marked), (ours, found), (ours & theirs, right)):
            count.update(label for _, _, label in spans)
    scores = {
        label: Score(marked=marked[label], found=found[label], right=right[label])
        for label in labels
    }
    scores["micro"] = Score(
        marked=sum(marked.values()), found=sum(found.values()), right=sum(right.values())
    )
    return scores


def report_lines() -> list[str]:
    """The Markdown table by element; one line that says so where the data is absent."""
    if not DATA.is_file():
        return ["Left out: the addresses are not beside the checkout."]
    given = sentences()
    held_out = [one for one in given if one.number % 2]
    lines = [
        f"{len(held_out):,} of {len(given):,} addresses, those of odd number in the "
        "file; those of even number were looked at while the grammar was written. A span counts "
        "where both ends and the label are exact. Names: the shipped list of provinces, cities, "
        "counties, subdistricts and towns, and no other.",
        "",
        "| element | marked | precision | recall | F1 | F1 of a regular expression | difference |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    ours = score(held_out, elements, REPORTED) | {
        "counted": score(held_out, elements, COUNTED)["micro"]
    }
    plain = score(held_out, baseline, REPORTED) | {
        "counted": score(held_out, baseline, COUNTED)["micro"]
    }
    names = {**REPORTED, "counted": "**first four together**", "micro": "all five together"}
    for label, name in names.items():
        one, other = ours[label], plain[label]
        lines.append(
            f"| {name} | {one.marked:,} | {one.precision:.1%} | {one.recall:.1%} | {one.f1:.1%} "
            f"| {other.f1:.1%} | {(one.f1 - other.f1) * 100:+.1f} |"
        )
    return lines


if __name__ == "__main__":
    click.echo("\n".join(report_lines()))
