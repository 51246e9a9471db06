"""The OpenAPI 3.1 document, made from the models, and the same as a page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.answers import ANSWERS
from app.api.cases import FILTERS, MOST_IN_PAGE
from app.api.endpoints import ENDPOINTS, Endpoint
from app.api.examples import EXAMPLES
from app.api.given import ComplaintIn, MoveIn, NewComplaint
from app.api.schemas import (
    CallerOut,
    CaseOut,
    CasePage,
    CaseWithEvents,
    DecisionOut,
    Problem,
)

_MODELS: tuple[type[BaseModel], ...] = (
    ComplaintIn,
    NewComplaint,
    MoveIn,
    DecisionOut,
    CaseOut,
    CaseWithEvents,
    CasePage,
    CallerOut,
    Problem,
)
_TEMPLATE = "#/components/schemas/{model}"


def register(api: Blueprint) -> None:
    """Add the two addresses."""
    api.add_url_rule("/openapi.json", view_func=openapi, methods=["GET"])
    api.add_url_rule("/docs", view_func=docs, methods=["GET"])


def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(document())


def docs() -> str:
    """The page for people; works offline and without scripts."""
    made = document()
    return render_template(
        "api_docs.html",
        endpoints=ENDPOINTS,
        examples=EXAMPLES,
        schemas=made["components"]["schemas"],
        field_rows=field_rows,
        shown=partial(json.dumps, ensure_ascii=False, indent=2),  # the template escapes it
        answers=[answer for _, answer in ANSWERS],
        filters=FILTERS,
    )


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the document as plain data."""
    _, definitions = models_json_schema(
        [(model, "validation") for model in _MODELS], ref_template=_TEMPLATE
    )
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "属地 shudi",
            "version": "1",
            "description": "12345诉求属地派单：诉求进，承办单位出，附依据。",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"channelKey": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "channelKey": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "shudi_session"},
            },
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    made: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": endpoint.operation,
        "description": endpoint.description,
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint)],
        "responses": {
            str(status): _response(model, words)
            for status, (model, words) in endpoint.answers.items()
        },
    }
    if endpoint.body is not None:
        one: dict[str, Any] = {"$ref": _TEMPLATE.format(model=endpoint.body.__name__)}
        schema = one
        if endpoint.many:
            schema = {"oneOf": [one, {"type": "array", "items": one, "maxItems": 1000}]}
        content: dict[str, Any] = {"schema": schema}
        example = EXAMPLES.get(endpoint.operation)
        if example:
            content["example"] = example["request"]
        made["requestBody"] = {"required": True, "content": {"application/json": content}}
    if endpoint.open:
        made["security"] = []
    return made


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    if "{no}" not in endpoint.path:
        return []
    return [
        {
            "name": "no",
            "in": "path",
            "required": True,
            "description": "工单编号",
            "schema": {"type": "string"},
        }
    ]


def _query_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": words,
            "schema": {"type": "integer", "minimum": 1, "maximum": MOST_IN_PAGE}
            if name == "limit"
            else {"type": "string"},
        }
        for name, words in endpoint.query.items()
    ]


def _response(model: type[BaseModel] | None, words: str) -> dict[str, Any]:
    if model is None:
        return {"description": words}
    kind = "application/problem+json" if model is Problem else "application/json"
    one: dict[str, Any] = {"$ref": _TEMPLATE.format(model=model.__name__)}
    if model is DecisionOut:
        one = {"oneOf": [one, {"type": "array", "items": one}]}
    return {"description": words, "content": {kind: {"schema": one}}}


def field_rows(schema: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return name, type, whether it must be given, and description of each field of a schema."""
    required = set(schema.get("required", ()))
    return [
        {
            "name": name,
            "type": _type_words(field),
            "required": "必填" if name in required else "",
            "description": field.get("description", ""),
        }
        for name, field in schema.get("properties", {}).items()
    ]


_TYPE_WORDS = {
    "string": "文本",
    "number": "数字",
    "integer": "整数",
    "boolean": "是/否",
    "array": "列表",
    "object": "对象",
}


def _type_words(field: Mapping[str, Any]) -> str:
    kinds = [part.get("type") for part in field.get("anyOf", [field])]
    formats = [part.get("format") for part in field.get("anyOf", [field])]
    words = [_TYPE_WORDS[kind] for kind in kinds if kind in _TYPE_WORDS]
    if "date-time" in formats:
        return "时间"
    return words[0] if words else "对象"
