"""Baidu (百度), ``/geocoding/v3/``: asked for GCJ-02, at most 84 bytes of address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geodata.outside.port import OutsideRefused
from geodata.outside.vendors import FaultKind, Found, Vendor, VendorFault
from routing.model import LocationPrecision as P

_MOST_BYTES = 84  # in UTF-8, 28 characters; what is longer the service cuts off in silence

_AGAIN = {1, 401, 402}  # trouble inside; too many at once
_QUOTA = {4, 301, 302}  # not within the quota; of the key for ever; of the day


def _ask(place: str, city: str, key: str) -> dict[str, str]:
    size = len(place.encode())
    if size > _MOST_BYTES:
        raise OutsideRefused(
            f"{size} bytes of address are not sent, the service takes {_MOST_BYTES}; "
            "leave out province, city and district"
        )
    return {
        "address": place,
        "city": city,
        "output": "json",
        "ret_coordtype": "gcj02ll",  # else it answers in BD-09 without saying so
        "ak": key,
    }


def _read(body: Mapping[str, Any]) -> Found | None:
    status = int(body["status"])
    if status:
        message = str(body.get("message") or body.get("msg") or "")
        if "无相关结果" in message:
            return None
        kind = FaultKind.BROKEN
        if status in _AGAIN:
            kind = FaultKind.AGAIN
        elif status in _QUOTA:
            kind = FaultKind.QUOTA
        raise VendorFault(kind, f"status {status} {message[:60]}")
    result = body["result"]
    level = str(result["level"])
    # precise=0 is a guess along the road or at the district, whatever the level says.
    if not int(result["precise"]) and level not in ("道路", "区县", "乡镇"):
        level = "UNKNOWN"
    return Found(
        x=float(result["location"]["lng"]), y=float(result["location"]["lat"]), level=level
    )


_POIS = (
    "商务大厦 政府机构 生活服务 休闲娱乐 餐饮 宾馆 购物 金融 教育 医疗 旅游景点 汽车服务 "
    "火车站 长途汽车站 停车场 停车区 桥 加油站 飞机场"
)

BAIDU = Vendor(
    name="baidu",
    api="v3",
    datum="GCJ-02",
    path="/geocoding/v3/",
    ask=_ask,
    read=_read,
    levels={
        **dict.fromkeys(_POIS.split(), P.POI),
        "门址": P.DOOR,
        "交叉路口": P.JUNCTION,
        "地产小区": P.COMPOUND,
        "工业园区": P.COMPOUND,
        "村庄": P.VILLAGE,
        "商圈": P.COMMUNITY,
        "道路": P.ROAD,
        "乡镇": P.SUBDISTRICT,
        "区县": P.DISTRICT,
    },
)
