"""What the three services have in common, and the one table of their addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from routing.model import LocationPrecision

ADDRESSES: Mapping[str, tuple[str, str]] = {
    # name: (base address, where its provider documents it)
    "amap": ("https://restapi.amap.com", "高德开放平台 · Web服务 API · 地理编码"),
    "baidu": ("https://api.map.baidu.com", "百度地图开放平台 · Web服务 API · 地理编码"),
    "tianditu": ("https://api.tianditu.gov.cn", "国家地理信息公共服务平台 · 地理编码查询"),
}


class FaultKind(StrEnum):
    """What an answer that is none means for the next question."""

    AGAIN = "again"  # too fast, or a hiccup: the same question may succeed in a moment
    QUOTA = "quota"  # the day's quota at the provider is used up
    BROKEN = "broken"  # a wrong key, a changed interface: asking again does not help


class VendorFault(Exception):
    """The service answered that it does not answer; never leaves this package."""

    def __init__(self, kind: FaultKind, message: str) -> None:
        self.kind = kind
        super().__init__(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The part of an answer that is used, as the service gave it."""

    x: float
    """Longitude in degrees of the service's datum."""
    y: float
    level: str
    words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vendor:
    """One service: how it is asked and how its answer is read."""

    name: str
    api: str
    datum: str
    """As ``geodata.crs.parse_crs`` knows it."""
    path: str
    ask: Callable[[str, str, str], dict[str, str]]
    """(place, city, key) → query parameters; raises OutsideRefused where the service's own limit
    does not hold the place."""
    read: Callable[[Mapping[str, Any]], Found | None]
    """The JSON → what was found, ``None`` for nothing; raises VendorFault, and KeyError, TypeError
    or ValueError where the answer has not the documented shape."""
    levels: Mapping[str, LocationPrecision]
    """The service's words for what it matched → ours; words left out are coarser than a district
    or say nothing."""

    @property
    def base_url(self) -> str:
        return ADDRESSES[self.name][0]
