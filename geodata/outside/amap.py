"""AMap (高德), ``/v3/geocode/geo``: GCJ-02, a level per answer, errors by ``infocode``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geodata.outside.vendors import FaultKind, Found, Vendor, VendorFault
from routing.model import LocationPrecision as P

_AGAIN = {"10004", "10014", "10015", "10016", "10019", "10020", "10021", "10029"}  # too fast, busy
_QUOTA = {"10003", "10010", "10044", "10045", "40000"}  # of the day, of the key, of the account
_NOTHING = {"30001"}  # ENGINE_RESPONSE_DATA_ERROR: no such address


def _ask(place: str, city: str, key: str) -> dict[str, str]:
    return {"address": place, "city": city, "output": "JSON", "key": key}


def _read(body: Mapping[str, Any]) -> Found | None:
    if str(body["status"]) != "1":
        code, info = str(body["infocode"]), str(body.get("info", ""))
        if code in _NOTHING:
            return None
        kind = FaultKind.BROKEN
        if code in _AGAIN:
            kind = FaultKind.AGAIN
        elif code in _QUOTA:
            kind = FaultKind.QUOTA
        raise VendorFault(kind, f"infocode {code} {info[:60]}")
    places = body["geocodes"]
    if not places:
        return None
    x, y = str(places[0]["location"]).split(",")
    words = places[0].get("formatted_address")
    return Found(
        x=float(x),
        y=float(y),
        level=str(places[0]["level"]),
        words=words if isinstance(words, str) else "",  # an empty value comes as an empty list
    )


AMAP = Vendor(
    name="amap",
    api="v3",
    datum="GCJ-02",
    path="/v3/geocode/geo",
    ask=_ask,
    read=_read,
    levels={
        "门牌号": P.DOOR,
        "单元号": P.BUILDING,
        "门址": P.DOOR,
        "楼栋号": P.BUILDING,
        "兴趣点": P.POI,
        "公交站台、地铁站": P.STOP,
        "公交站台": P.STOP,
        "地铁站": P.STOP,
        "道路交叉路口": P.JUNCTION,
        "住宅区": P.COMPOUND,
        "村庄": P.VILLAGE,
        "热点商圈": P.COMMUNITY,
        "道路": P.ROAD,
        "乡镇": P.SUBDISTRICT,
        "开发区": P.DISTRICT,
        "区县": P.DISTRICT,
    },
)
