"""Tianditu (天地图), ``/geocoder``: CGCS2000, a score per answer, the question as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from geodata.outside.vendors import FaultKind, Found, Vendor, VendorFault
from routing.model import LocationPrecision as P

_LEAST_SCORE = 60
"""Of 100. A name it does not know comes back as a place of another name with a low score. Chosen
without a measurement, on the strict side: what is left out here costs only a hint."""


def _ask(place: str, city: str, key: str) -> dict[str, str]:
    # There is no parameter for the city, it is part of the words.
    words = place if city.isdecimal() or place.startswith(city) else city + place
    return {"ds": json.dumps({"keyWord": words}, ensure_ascii=False), "tk": key}


def _read(body: Mapping[str, Any]) -> Found | None:
    if "code" in body and "status" not in body:  # of the gate before the service: key, quota
        code, message = str(body["code"]), str(body.get("msg", ""))[:60]
        over = "配额" in message or "超限" in message or "上限" in message
        raise VendorFault(FaultKind.QUOTA if over else FaultKind.BROKEN, f"code {code} {message}")
    status = str(body["status"])
    if status == "101":
        return None
    if status != "0":
        raise VendorFault(FaultKind.BROKEN, f"status {status} {str(body.get('msg', ''))[:60]}")
    place = body["location"]
    if float(place["score"]) < _LEAST_SCORE:
        return None
    return Found(x=float(place["lon"]), y=float(place["lat"]), level=str(place["level"]))


TIANDITU = Vendor(
    name="tianditu",
    api="1",
    datum="CGCS2000",
    path="/geocoder",
    ask=_ask,
    read=_read,
    levels={
        "门址": P.DOOR,
        "门牌号": P.DOOR,
        "地名地址": P.POI,
        "兴趣点": P.POI,
        "POI": P.POI,
        "道路": P.ROAD,
        "村庄": P.VILLAGE,
        "社区": P.COMMUNITY,
        "乡镇": P.SUBDISTRICT,
        "区县": P.DISTRICT,
    },
)
