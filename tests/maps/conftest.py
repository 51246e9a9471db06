"""What tests of pictures share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from maps.drawing import style


@pytest.fixture(scope="module")
def small_pictures() -> Iterator[None]:
    """Pictures with fewer dots: drawing and packing them was half of the time of these tests."""
    before = style.SIZES
    style.SIZES = {name: replace(size, dpi=72) for name, size in before.items()}
    yield
    style.SIZES = before
