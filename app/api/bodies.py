"""Reading a JSON body, once, without trusting it."""

from __future__ import annotations

import json

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType


def read_json() -> object:
    """Return the parsed body.

    Raises BadRequest for what is not JSON in UTF-8, UnsupportedMediaType for another content type.
    """
    if not request.is_json:
        raise UnsupportedMediaType("send the body as Content-Type: application/json")
    try:
        return json.loads(request.get_data().decode("utf-8-sig"), parse_constant=_no_constant)
    except RecursionError:
        raise BadRequest("the body is nested too deeply; send plain objects") from None
    except UnicodeDecodeError:
        raise BadRequest("the body is not UTF-8; send it in UTF-8") from None
    except json.JSONDecodeError as wrong:
        raise BadRequest(
            f"the body is not JSON: {wrong.msg} at line {wrong.lineno} column {wrong.colno}"
        ) from None
    except ValueError:
        # A number with thousands of digits, for one.
        raise BadRequest("the body holds a number that cannot be read") from None


def _no_constant(name: str) -> float:
    raise BadRequest(f"{name} is not JSON; leave the field out where there is no number")
