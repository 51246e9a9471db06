"""What a person is told of fields that cannot be used."""

from __future__ import annotations

from typing import Literal

import pydantic
import pytest
from pydantic import BaseModel, Field

from app.answers import validation_errors


class _Body(BaseModel):
    text: str = Field(default="", max_length=5)
    kind: Literal["{brace}", "plain"] = "plain"
    place: str = ""

    @pydantic.field_validator("place")
    @classmethod
    def _place(cls, value: str) -> str:
        if value:
            raise ValueError(f"没有地点 {value!r}，例如 {{lon}}")
        return value


def _told(body: object) -> list[dict[str, str]]:
    with pytest.raises(pydantic.ValidationError) as wrong:
        _Body.model_validate(body)
    return validation_errors(wrong.value)


def test_ours_are_filled_in() -> None:
    assert _told({"text": "x" * 6}) == [{"pointer": "/text", "detail": "文本过长，最多 5 个字符"}]


@pytest.mark.parametrize("given", ["{x}", "{", "}", "{0}", "{error}", "%s"])
def test_braces_in_a_message_are_braces(given: str) -> None:
    [told] = _told({"place": given})
    assert told == {"pointer": "/place", "detail": f"没有地点 {given!r}，例如 {{lon}}"}


def test_words_of_pydantic_keep_their_braces() -> None:
    [told] = _told({"kind": "x"})
    assert "'{brace}'" in told["detail"]
