"""Names of every subdistrict, town and township of the country, by the county they belong to.

From the same code release as ``admin_names``; ``scripts/admin_names`` makes the file anew.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from routing.geocoding.admin_names import PEOPLES

# 小沧|畲族|乡, 下谷坪|土家族|乡, before the plain ending is tried.
_OF_A_PEOPLE = re.compile(rf"(?P<stem>.{{2,}}?)(?:(?:{PEOPLES})族)+乡")
_ENDING = re.compile(r"(?P<stem>.+?)(?:街道|地区办事处|地区|镇|乡)")


@cache
def town_names() -> Mapping[str, tuple[str, ...]]:
    """Code of a county, 6 digits → its subdistricts, towns and townships in the list's order."""
    packed = resources.files(__package__).joinpath("town_names.csv.gz").read_bytes()
    rows = (line.split(",") for line in gzip.decompress(packed).decode().splitlines())
    return {code: tuple(names.split(" ")) for code, names in rows}


def town_stem(name: str) -> str:
    """The name without what it is: ``鼓东街道`` → ``鼓东``; unchanged where less than two
    characters would be left, or where it ends otherwise (farms, parks, mines).

    >>> town_stem("鼓东街道"), town_stem("小沧畲族乡"), town_stem("徐镇镇"), town_stem("东镇")
    ('鼓东', '小沧', '徐镇', '东镇')
    """
    for pattern in (_OF_A_PEOPLE, _ENDING) if "族" in name else (_ENDING,):
        found = pattern.fullmatch(name)
        if found and len(found["stem"]) >= 2:
            return found["stem"]
    return name
