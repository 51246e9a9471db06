"""Personal data: encrypted where it is stored, masked where it is shown.

Masking works on text for display only; what is stored and what the machine reads is not changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from routing.errors import ShudiError

# A mainland mobile number: 11 digits, 1 then 3–9 (national numbering plan), written solid or as
# 3-4-4 groups, perhaps with +86. The look-arounds keep longer numbers (orders, meters) whole.
_MOBILE = re.compile(
    r"(?<![0-9])(?P<prefix>(?:\+?86[-\s]?)?)(?P<head>1[3-9][0-9])[-\s]?[0-9]{4}[-\s]?"
    r"(?P<tail>[0-9]{4})(?![0-9])"
)
# GB 11643: six digits of place, eight of birth date, three of order, one check character.
_IDENTITY = re.compile(
    r"(?<![0-9])(?P<head>[1-9][0-9]{5})(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])"
    r"(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
# A landline with its area code: 0591-87654321, (0591)87654321, 059187654321.
_LANDLINE = re.compile(
    r"(?<![0-9])(?P<area>[(（]?0[1-9][0-9]{1,2}[)）]?[-\s]?)[2-9][0-9]{2,3}"
    r"(?P<tail>[0-9]{4})(?![0-9])"
)
# Full-width digits read like digits to a person, so they must be masked like digits.
_NARROW = str.maketrans("０１２３４５６７８９－＋Ｘｘ", "0123456789-+Xx")


class UndecipherableData(ShudiError):
    """Stored personal data that none of the keys in SHUDI_DATA_KEY opens."""


class PersonalData:
    """Encrypts with the first key, decrypts with any: keys can be rotated without downtime."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, plain: str | None) -> bytes | None:
        """Return the encrypted value; ``None`` and the empty string stay ``None``."""
        return self._fernet.encrypt(plain.encode()) if plain else None

    def open(self, sealed: bytes | None) -> str | None:
        """Return the clear value; raises UndecipherableData where no key fits."""
        if sealed is None:
            return None
        try:
            return self._fernet.decrypt(bytes(sealed)).decode()
        except InvalidToken as wrong:
            raise UndecipherableData(
                "stored personal data fits none of the keys in SHUDI_DATA_KEY; "
                "add the key it was written with behind the present one"
            ) from wrong


def mask_phone(phone: str | None) -> str | None:
    """Return a telephone number with its middle hidden; short or odd ones keep two digits.

    >>> mask_phone("13812341234")
    '138****1234'
    >>> mask_phone("87654321")
    '87****21'
    """
    if not phone:
        return None
    masked = mask_text(phone)
    if masked != phone:
        return masked
    keep = 2 if len(phone) > 5 else 0
    return phone[:keep] + "****" + (phone[-keep:] if keep else "")


def mask_name(name: str | None) -> str | None:
    """Return a person's name with all but its first character hidden."""
    return name[0] + "*" * min(max(len(name) - 1, 1), 3) if name else None


def mask_text(text: str) -> str:
    """Return the text with telephone and identity numbers hidden; all else as it was.

    Length may change by the separators inside a number, so offsets into the original are only
    good for the original; see ``masked_parts``.

    >>> mask_text("请回电138-1234-5678，谢谢")
    '请回电138****5678，谢谢'
    """
    pieces, at = [], 0
    for start, end, shown in masked_parts(text):
        pieces += [text[at:start], shown]
        at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def masked_parts(text: str) -> list[tuple[int, int, str]]:
    """Return start and end of each number that is hidden and what is shown in its place.

    Ascending, not overlapping; empty where there is nothing to hide.
    """
    narrow = text.translate(_NARROW)  # one to one, so offsets agree with the original
    found: list[tuple[int, int, str]] = []
    for match in _IDENTITY.finditer(narrow):
        found.append((*match.span(), f"{match['head']}********{match[0][-4:]}"))
    for match in _MOBILE.finditer(narrow):
        found.append((*match.span(), f"{match['prefix']}{match['head']}****{match['tail']}"))
    for match in _LANDLINE.finditer(narrow):
        found.append((*match.span(), f"{match['area']}****{match['tail']}"))
    apart: list[tuple[int, int, str]] = []
    for part in sorted(found):
        if not apart or part[0] >= apart[-1][1]:
            apart.append(part)
    return apart
