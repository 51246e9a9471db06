"""A report as PDF: HTML with everything escaped, laid out by WeasyPrint, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import weasyprint
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint.urls import URLFetcher, URLFetcherResponse

from maps import fonts
from maps.reports.model import Picture, Report, Table, Warn
from maps.reports.numbering import numbers
from maps.reports.wording import cell_words, chinese_number

_TEMPLATES = Path(__file__).with_name("templates")
_SCHEME = "report:"
_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Refused(ValueError):
    """A page asked for something that is no part of its report."""


class OwnPictures(URLFetcher):  # type: ignore[misc]
    """Gives the pages their own pictures and nothing else: no network, no files.

    A name or a kind that somebody made look like markup is escaped before it comes here; this is
    the second lock on the same door.
    """

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._pictures = pictures

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return one of the report's pictures; Refused for any other address."""
        found = self._pictures.get(url)
        if found is None:
            raise Refused(f"a report shows its own pictures only, not {url[:80]!r}")
        return URLFetcherResponse(url, found, {"Content-Type": "image/png"})


def as_html(report: Report) -> tuple[str, dict[str, bytes]]:
    """Return the pages as HTML, and the pictures by the address that the HTML gives them."""
    numbered = numbers(report)
    addresses: dict[int, str] = {}
    pictures: dict[str, bytes] = {}
    for part in report.sections:
        for block in part.blocks:
            if isinstance(block, Picture):
                address = f"{_SCHEME}{len(pictures) + 1}.png"
                addresses[id(block)] = address
                pictures[address] = block.png
    html = _environment.get_template("report.html").render(
        report=report,
        kind_of=_kind,
        address_of=lambda block: addresses[id(block)],
        number_of=lambda block: numbered[id(block)],
        cell_words=cell_words,
        chinese_number=chinese_number,
    )
    return html, pictures


def as_pdf(report: Report) -> bytes:
    """Return the PDF.

    Raises NoChineseFont before anything is laid out: Pango would draw boxes and not say so.
    """
    fonts.find()
    html, pictures = as_html(report)
    fetcher = OwnPictures(pictures)
    style = weasyprint.CSS(
        string=(_TEMPLATES / "report.css").read_text(encoding="utf-8"), url_fetcher=fetcher
    )
    made: bytes = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None).write_pdf(
        stylesheets=[style]
    )
    return made


def _kind(block: object) -> str:
    if isinstance(block, Picture):
        return "picture"
    if isinstance(block, Table):
        return "table"
    return "warn" if isinstance(block, Warn) else "text"
