"""Numbers as they are said and typed."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
_BEFORE_UNIT = re.compile(r"(?<![\dA-Za-z-])\d{1,4}(?=号|栋|幢|座|单元|巷|弄|米)")


def chinese(number: int) -> str:
    """1–9,999 as spoken: 十二, 一百零五, 一千零二十."""
    if not 0 < number < 10_000:
        raise ValueError(f"only 1 to 9,999 are spoken here, was {number}")
    said, zero = "", False
    for digit, unit in zip(f"{number:04d}", ("千", "百", "十", ""), strict=True):
        if digit == "0":
            zero = bool(said)
            continue
        said += ("零" if zero else "") + _DIGITS[int(digit)] + unit
        zero = False
    return said[1:] if said.startswith("一十") else said


def with_chinese_numbers(words: str) -> str:
    """Numbers before 号, 栋, 米 … spelled out."""
    return _BEFORE_UNIT.sub(lambda m: chinese(int(m[0])) if int(m[0]) else m[0], words)


def with_wide_digits(words: str) -> str:
    """Digits and hyphens in full width."""
    return words.translate(_WIDE)
