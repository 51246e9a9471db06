"""Requests and answers shown in the documents, as the demonstration city really gave them.

A test decides the first one again and compares.
"""

from __future__ import annotations

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {
    "route": {
        "request": {
            "id": "20261029-1",
            "text": "福州市鼓楼区福飞路375-379号路段机动车道上有个大坑，下雨就积水看不见。",
            "lon": 119.2919524,
            "lat": 26.110005,
            "crs": "EPSG:4490",
            "accuracy_m": 8,
            "category": "道路破损",
            "received_at": "2026-10-29T09:06:44+08:00",
        },
        "answer": {
            "id": "20261029-1",
            "status": "routed",
            "unit_code": "350102-JSJ",
            "unit_name": "区建设局",
            "co_units": ["350102-JJDD", "350102007"],
            "fallback_unit": "350102007",
            "district_code": "350102",
            "subdistrict_code": "350102007",
            "community_code": "350102007001",
            "grid_code": "350102007001002",
            "overlay_codes": ["350102-road-18"],
            "confidence": 0.99,
            "share": 1.0,
            "runner_up_unit": "350102007001002",
            "runner_up_share": 0.0099,
            "edge_distance_m": 6.3,
            "reasons": ["near_edge", "rule:road-damage-main"],
            "lon": 119.2919524,
            "lat": 26.110005,
            "radius_m": 8.0,
            "precision": "pin",
            "place_id": "",
            "matched_text": "",
            "reading": "",
            "basis": (
                "该点位于华大街道琴湖社区第2网格，据《福州市鼓楼区界线（演示数据，非官方界线）》2024"
                "年1月1日版；道路破损由区建设局主办（职责清单（演示）第11条：市管、区管道路破损由区建"
                "设局主办），鼓楼交警大队协办，华大街道兜底。"
            ),
            "boundary_version": "福州市鼓楼区界线（演示数据，非官方界线）@2024-01-01#124c8b7a",
            "gazetteer_version": "",
            "rules_version": "2026-09-demo",
            "candidates": [
                {
                    "level": "district",
                    "code": "350102",
                    "name": "鼓楼区",
                    "unit_code": "350102",
                    "share": 1.0,
                    "covers": True,
                    "edge_distance_m": None,
                },
                {
                    "level": "subdistrict",
                    "code": "350102007",
                    "name": "华大街道",
                    "unit_code": "350102007",
                    "share": 1.0,
                    "covers": True,
                    "edge_distance_m": 6.3322,
                },
                {
                    "level": "community",
                    "code": "350102007001",
                    "name": "琴湖社区",
                    "unit_code": "350102007001",
                    "share": 1.0,
                    "covers": True,
                    "edge_distance_m": 6.3322,
                },
                {
                    "level": "grid",
                    "code": "350102007001002",
                    "name": "琴湖社区第2网格",
                    "unit_code": "350102007001002",
                    "share": 1.0,
                    "covers": True,
                    "edge_distance_m": 6.3322,
                },
                {
                    "level": "overlay",
                    "code": "350102-road-18",
                    "name": "福飞路",
                    "unit_code": "350102-JSJ",
                    "share": 1.0,
                    "covers": True,
                    "edge_distance_m": 8.6683,
                    "overlay_kind": "road",
                },
            ],
            "trace": [
                {
                    "rule_id": "road-damage-main",
                    "outcome": "matched",
                    "why": "在车行道，在市管道路、区管道路",
                },
                {
                    "rule_id": "road-damage-pavement",
                    "outcome": "not_tried",
                    "why": "前面的规则已经适用",
                },
                {
                    "rule_id": "road-damage-lane",
                    "outcome": "not_tried",
                    "why": "前面的规则已经适用",
                },
            ],
            "errors": [],
        },
        "note": "演示城市的真实返回（演示数据，非官方界线）。",
    },
    "receiveComplaint": {
        "request": {
            "text": "福州市鼓楼区福飞路375-379号路段机动车道上有个大坑，下雨就积水看不见。",
            "lon": 119.2919524,
            "lat": 26.110005,
            "crs": "EPSG:4490",
            "accuracy_m": 8,
            "category": "道路破损",
            "received_at": "2026-10-29T09:06:44+08:00",
            "external_id": "20261029-0117",
            "caller_name": "李建国",
            "caller_phone": "13800001234",
        },
        "answer": {
            "no": "20261029-000009",
            "version": 1,
            "state": "pending",
            "channel": "12345",
            "external_id": "20261029-0117",
            "text": "福州市鼓楼区福飞路375-379号路段机动车道上有个大坑，下雨就积水看不见。",
            "category": "道路破损",
            "received_at": "2026-10-29T09:06:44+08:00",
            "unit_code": None,
            "unit_name": None,
            "co_units": [],
            "created_at": "2026-11-23T08:33:29.350142+08:00",
            "updated_at": "2026-11-23T08:33:29.350143+08:00",
            "caller": {"name": "李**", "phone": "138****1234"},
        },
        "note": "返回中另有 decision，内容与判定接口的返回相同，此处略去。",
    },
    "moveCase": {
        "request": {
            "move": "override",
            "version": 1,
            "unit_code": "350102007",
            "reason": "属背街小巷，由街道处理",
        },
        "answer": {
            "type": "/api/docs#move-conflict",
            "title": "工单已被他人处理",
            "status": 409,
            "detail": "case 20261029-000009 was moved first: confirm to "
            "区建设局 by 演示派单员 at 2026-11-23 08:33:29; it is at "
            "version 2 now, look again",
            "advice": "请查看最新状态后再决定是否继续。",
            "current": {
                "state": "dispatched",
                "version": 2,
                "move": "confirm",
                "unit_code": "350102-JSJ",
                "unit_name": "区建设局",
                "actor": "dispatcher",
                "actor_name": "演示派单员",
                "at": "2026-11-23T08:33:29.922540+08:00",
            },
        },
        "note": "另一名派单员已先确认，返回 409：",
    },
}
"""By operation: ``request``, ``answer`` and a ``note`` for the reader."""
