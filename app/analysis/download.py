"""What the map shows, as a file: the numbers of the page, with what has to stand over them."""

from __future__ import annotations

from flask import Response
from werkzeug.datastructures import MultiDict

from app.analysis import tables
from app.analysis.answering import as_file
from app.analysis.filters import choice
from app.analysis.sheets import FORMATS, written
from app.analysis.sight import Sight


def download(seen: Sight, args: MultiDict[str, str]) -> Response:
    """Return the file named for its content and period; errors as the answers themselves have."""
    what = choice(args, "what", tables.TABLES, "areas")
    format = choice(args, "format", FORMATS, "csv")
    sheet = tables.table(seen, what, args)
    window = seen.view.filters.window
    return as_file(written(sheet, format), f"{sheet.title} {window}.{format}", FORMATS[format])
