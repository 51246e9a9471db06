"""From a computation to a response: kept per view, as JSON, with the signed-in person's scope."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Hashable, Mapping
from urllib.parse import quote

from flask import Response, request

from app.analysis.cache import StillComputing
from app.analysis.prepared import prepared
from app.analysis.sight import Sight, sight
from app.errors import problem
from maps.fonts import PACKAGE, NoChineseFont

PACKED_FROM = 20_000
"""Bytes; below, packing costs more than it saves on an office's network."""
RETRY_AFTER_S = 5
"""Seconds; most tests of a city are over by then."""


def looked_at() -> Sight:
    """What this request's address and this person's role mean together."""
    return sight(request.args)


def json_of(
    what: str,
    seen: Sight,
    make: Callable[[], Mapping[str, object] | bytes],
    *extra: Hashable,
    long: bool = False,
) -> bytes:
    """Return the answer as JSON, computed once per view; ``extra`` is what else it depends on."""

    def finished() -> bytes:
        made = make()
        return made if isinstance(made, bytes) else encoded(made)

    return prepared().answers.get((what, *seen.key, *extra), finished, long=long)


def respond(content: bytes) -> Response:
    """A JSON response; never kept by a browser (``app.security``).

    A large one is packed where the browser can unpack it: outlines and cells shrink to a tenth.
    No answer holds a secret beside text of the address, so its length tells nothing.
    """
    answer = Response(content, mimetype="application/json")
    if len(content) >= PACKED_FROM and request.accept_encodings["gzip"]:
        answer.set_data(gzip.compress(content, compresslevel=1))
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding, Cookie"
    return answer


def as_file(content: bytes, name: str, content_type: str) -> Response:
    """A response that is saved under a name, which may be Chinese.

    RFC 6266: the name in UTF-8, and a plain one for programs that do not read it.
    """
    answer = Response(content, content_type=content_type)
    safe = re.sub(r'[\\/:*?"<>|\x00-\x20]', "", name)  # what a file's name may not hold anywhere
    plain = f"shudi.{safe.rpartition('.')[2]}"
    disposition = f"attachment; filename={plain}; filename*=UTF-8''{quote(safe, safe='')}"
    answer.headers["Content-Disposition"] = disposition
    return answer


def still_computing(error: StillComputing) -> Response:
    """503 with the time after which to ask again; nothing went wrong."""
    made = problem(
        503, "still-computing", "正在计算", str(error), advice="请稍候，页面会自动重试。"
    )
    made.headers["Retry-After"] = str(RETRY_AFTER_S)
    return made


def encoded(answer: Mapping[str, object]) -> bytes:
    """As JSON in UTF-8; numpy's numbers too. ValueError for NaN."""
    # allow_nan: a NaN that slipped through would be JSON that no browser reads
    return json.dumps(
        answer, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain
    ).encode("utf-8", "replace")


def _plain(value: object) -> object:
    """numpy's numbers as Python's."""
    item = getattr(value, "item", None)
    if item is None:
        raise TypeError(f"{type(value).__name__} cannot be written as JSON")
    return item()


def no_font(error: NoChineseFont) -> Response:
    """503 that names the package: whoever runs the server has to install it."""
    detail = f"服务器没有中文字体，画不出图片；请系统管理员安装软件包 {PACKAGE} 后重试"
    return problem(503, "no-chinese-font", "缺少中文字体", detail, advice=str(error))


def number(value: float | None, digits: int = 4) -> float | None:
    """A number for JSON: rounded, ``None`` where it is missing or not finite."""
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return None
    return round(float(value), digits)
