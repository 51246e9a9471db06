"""Numbers that stand before 号, 巷, 栋 …, and the written forms of names that hold numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import cn2an

CHINESE = "零一二三四五六七八九十百千两廿卅"
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰", "一二三四五六七八九十百")
_CIRCLED = {chr(0x2460 + n): n + 1 for n in range(20)}
NUM = rf"(?:\d{{1,5}}|[{CHINESE}壹贰叁肆伍陆柒捌玖拾佰]{{1,6}}|[①-⑳])"
"""A number as people write it, Arabic or Chinese; at most five digits: no telephone, no date."""

_TENS = {"廿": "二十", "卅": "三十", "两": "二"}
_DIGITS = "零一二三四五六七八九"
_COUNTED = re.compile(rf"(\d{{1,4}}|[{CHINESE}]{{1,5}})号?(?=巷|弄|里|条|支巷|支路|胡同)")
_ANY = re.compile(rf"\d{{1,3}}|[{CHINESE}]{{1,4}}")


@lru_cache(maxsize=4096)
def value(written: str) -> int | None:
    """The number that is written; ``None`` where the characters make none (百零)."""
    if written in _CIRCLED:
        return _CIRCLED[written]
    if written.isascii() and written.isdigit():
        return int(written)
    written = written.translate(_FORMAL)
    plain = "".join(_TENS.get(char, char) for char in written)
    try:
        return int(cn2an.cn2an(plain, "smart"))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def chinese(number: int) -> str:
    """The usual Chinese form up to 9,999: 12 is 十二, 20 is 二十."""
    said = str(cn2an.an2cn(number))
    return said[1:] if said.startswith("一十") else said


def numeral_forms(name: str) -> Iterator[str]:
    """Other ways to write a name that holds a number: 五一路 and 51路, 32号巷, 32巷, 三十二巷.

    The name itself is not among them. A digit-by-digit form is given where it differs (五一 is
    51, and 五十一 is 51 too). Names without a number give nothing.
    """
    forms: set[str] = set()
    counted = _COUNTED.search(name)
    if counted is not None:
        number = value(counted[1])
        if number is not None:
            before, after = name[: counted.start()], name[counted.end() :]
            for written in (str(number), chinese(number)):
                forms.add(f"{before}{written}{after}")
                if after[0] not in "里条":  # 二条巷 is never 二号条巷
                    forms.add(f"{before}{written}号{after}")
    else:
        found = _ANY.search(name)
        if found is not None:
            before, after = name[: found.start()], name[found.end() :]
            forms |= {f"{before}{written}{after}" for written in _other_forms(found[0])}
    yield from sorted(forms - {name})


def _other_forms(written: str) -> Iterator[str]:
    if written.isdigit():
        yield chinese(int(written))
        yield "".join(_DIGITS[int(digit)] for digit in written)
        return
    if all(char in _DIGITS for char in written):
        yield "".join(str(_DIGITS.index(char)) for char in written)
    number = value(written)
    if number is not None and not (len(written) > 1 and all(c in _DIGITS for c in written)):
        yield str(number)
