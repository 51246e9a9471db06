"""The structure of Chinese administrative codes: 6, 9, 12 and 15 digits, each within the last.

GB/T 2260 (6 digits to the district), GB/T 10114 (3 for the subdistrict), the statistical code (3
for the community) and the unit grid's 3. Ranges of a segment are published for the second and
partly read off the data for the third, so an unusual one is worth a look and not an error.
"""

from __future__ import annotations

from collections.abc import Sequence

from geodata.datums.provinces import is_province
from routing.model import JurisdictionLevel

LENGTHS = {
    JurisdictionLevel.DISTRICT: 6,
    JurisdictionLevel.SUBDISTRICT: 9,
    JurisdictionLevel.COMMUNITY: 12,
    JurisdictionLevel.GRID: 15,
}


def structured(code: str) -> bool:
    """Whether a code is 6, 9, 12 or 15 digits beginning with a province."""
    return (
        code.isascii()
        and code.isdigit()
        and len(code) in LENGTHS.values()
        and is_province(code)
    )  # fmt: skip


def follows_structure(codes: Sequence[str], level: JurisdictionLevel) -> bool:
    """Whether most codes of a level are administrative codes, so that the others are mistakes.

    Districts' six digits alone may be anything; there nine of ten must look right.
    """
    if level not in LENGTHS or not codes:
        return False
    alike = sum(structured(code) for code in codes) / len(codes)
    return alike >= 0.9 if level is JurisdictionLevel.DISTRICT else alike > 0.5


def core(code: str) -> str:
    """A code without the zeros that fill it up: 350102001000 is 350102001."""
    while len(code) > 6 and len(code) % 3 == 0 and code.endswith("000"):
        code = code[:-3]
    return code


def mistake(code: str, level: JurisdictionLevel) -> str | None:
    """What is wrong with a code that should have the structure, as a Chinese clause."""
    if not (code.isascii() and code.isdigit()):
        return "含有数字以外的字符"
    if not is_province(code):
        return f"前两位 {code[:2]} 不是省级代码"
    want = LENGTHS[level]
    if len(core(code)) < want <= len(code):
        return f"第 {len(core(code)) + 1} 位起全为 0，像是上级的编码"
    if len(core(code)) != want or len(code) not in LENGTHS.values():
        return f"应为 {want} 位数字，实为 {len(code)} 位"
    return None


def unusual(code: str, level: JurisdictionLevel) -> str | None:
    """What is rare about the last segment of a well-formed code, as a Chinese clause."""
    code = core(code)
    if level is JurisdictionLevel.SUBDISTRICT and not 1 <= int(code[6:9]) <= 599:
        return f"第 7–9 位 {code[6:9]} 不在街道（001–099）、镇（100–199）、乡（200–399）等常用区段"
    if level is JurisdictionLevel.COMMUNITY and not 1 <= int(code[9:12]) <= 699:
        return f"第 10–12 位 {code[9:12]} 不在居委会（001–199）、村委会（200–399）等常用区段"
    return None
