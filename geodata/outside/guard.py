"""What may leave the machine: the name of a place, and nothing of the person who complains."""

from __future__ import annotations

import re
import unicodedata

from geodata.outside.port import OutsideRefused

_MOST_CHARACTERS = 40
"""The longest of 2,985 real delivery addresses has 39; a complaint of one sentence is longer."""

# Everything that separates the digits of a number that was read out or typed in groups.
_BETWEEN_DIGITS = re.compile(
    r"(?<=[0-9一二三四五六七八九零〇幺两])[\s\-_.·]+(?=[0-9一二三四五六七八九零〇幺两])"
)
# A telephone has 7 digits and more, an identity card 15 or 18; no house, road or kilometre has 7.
_LONG_NUMBER = re.compile(r"[0-9]{7,}")
_SPOKEN_NUMBER = re.compile(r"[一二三四五六七八九零〇幺两]{7,}")
_SENTENCE = re.compile(r"[。！？；…!?;\n\r]|[，,].*[，,]")
_PERSON = re.compile(
    r"先生|女士|小姐|同志|来电人|投诉人|市民|本人|姓名|身份证|电话|手机|微信|邮箱|车牌|@|qq", re.I
)


def checked_place(place: str) -> str:
    """The place's name as it may be sent; raises OutsideRefused for anything else.

    The message says what is wrong and never repeats the words, since it may be logged.
    """
    plain = unicodedata.normalize("NFKC", place).strip()
    if not plain:
        raise OutsideRefused("an empty place is not sent; give the name of a place")
    if len(plain) > _MOST_CHARACTERS:
        raise OutsideRefused(
            f"{len(plain)} characters are not sent; a place's name has at most {_MOST_CHARACTERS}: "
            "cut it out of the complaint first"
        )
    if any(unicodedata.category(character).startswith("C") for character in plain):
        raise OutsideRefused("control characters are not sent; give the name of a place")
    if _SENTENCE.search(plain):
        raise OutsideRefused("a sentence is not sent; give the name of a place alone")
    joined = _BETWEEN_DIGITS.sub("", plain)
    if _LONG_NUMBER.search(joined) or _SPOKEN_NUMBER.search(joined):
        raise OutsideRefused(
            "a number of 7 digits or more is not sent, it may be a telephone or an identity card; "
            "give the name of a place alone"
        )
    if _PERSON.search(plain):
        raise OutsideRefused("words about a person are not sent; give the name of a place alone")
    return plain


def checked_city(city: str) -> str:
    """The city's name or code as it may be sent; raises OutsideRefused for anything else."""
    plain = unicodedata.normalize("NFKC", city).strip()
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,15}|[0-9]{6}", plain):
        raise OutsideRefused(
            f"city of {len(plain)} characters is not sent; set a name such as 福州市, or a code of "
            "6 digits"
        )
    return plain
