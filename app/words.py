"""What people read in Chinese for each code the program uses. One table per kind of code.

Imports no framework: the desks and the command line share it.
"""

from __future__ import annotations

from routing.casework.cases import CaseState, Move
from routing.model import (
    DecisionStatus,
    JurisdictionLevel,
    LocationPrecision,
    PlaceKind,
    PlaceOutcome,
    ReasonCode,
    SpanRole,
    UnitKind,
)

LEVELS: dict[str, str] = {
    JurisdictionLevel.DISTRICT: "区县",
    JurisdictionLevel.SUBDISTRICT: "街道（镇）",
    JurisdictionLevel.COMMUNITY: "社区（村）",
    JurisdictionLevel.GRID: "网格",
    JurisdictionLevel.OVERLAY: "专属区域",
}

PRECISIONS: dict[str, str] = {
    LocationPrecision.PIN: "来件坐标",
    LocationPrecision.DOOR: "门牌",
    LocationPrecision.DOOR_BETWEEN: "门牌，按相邻号推算",
    LocationPrecision.DOOR_BEYOND: "门牌，超出已知号段",
    LocationPrecision.DOOR_RANGE: "门牌区段",
    LocationPrecision.BUILDING: "楼栋",
    LocationPrecision.POLE: "杆件编号",
    LocationPrecision.POI: "兴趣点",
    LocationPrecision.STOP: "公交站",
    LocationPrecision.GATE: "出入口",
    LocationPrecision.JUNCTION: "路口",
    LocationPrecision.CHAINAGE: "公里桩",
    LocationPrecision.SEGMENT: "路段",
    LocationPrecision.OFFSET: "按方向和距离推算",
    LocationPrecision.OPPOSITE: "对面",
    LocationPrecision.VICINITY: "附近",
    LocationPrecision.COMPOUND: "小区院落",
    LocationPrecision.VILLAGE: "自然村",
    LocationPrecision.WATER: "河湖",
    LocationPrecision.ROAD: "整条道路",
    LocationPrecision.GRID: "网格范围",
    LocationPrecision.COMMUNITY: "社区范围",
    LocationPrecision.SUBDISTRICT: "街道范围",
    LocationPrecision.DISTRICT: "区县范围",
}

SPAN_ROLES: dict[str, str] = {
    SpanRole.SITE: "事发地",
    SpanRole.CALLER: "来电人住址",
    SpanRole.ROUTE: "途经、线路",
    SpanRole.OTHER: "另外提到的地点",
    SpanRole.BOILERPLATE: "套话",
}

READ_OUTCOMES: dict[str, str] = {
    PlaceOutcome.LOCATED: "",
    PlaceOutcome.AMBIGUOUS: "同名地点不止一处，请选出是哪一处",
    PlaceOutcome.NOT_FOUND: "没有读出地点，请在“地点”里输入路名、小区或门牌，或在地图上点选",
    PlaceOutcome.OUTSIDE: "所说的地点在外地，不属本地管辖",
}
"""What a reading without a place says, and asks for."""

PLACE_KINDS: dict[str, str] = {
    PlaceKind.ROAD: "道路",
    PlaceKind.ADDRESS: "门牌",
    PlaceKind.COMPOUND: "小区",
    PlaceKind.BUILDING: "楼栋",
    PlaceKind.POI: "兴趣点",
    PlaceKind.STOP: "公交站",
    PlaceKind.GATE: "出入口",
    PlaceKind.POLE: "杆件",
    PlaceKind.JUNCTION: "路口",
    PlaceKind.VILLAGE: "自然村",
    PlaceKind.ADMIN: "行政区",
    PlaceKind.WATER: "河湖",
}

STATUSES: dict[str, str] = {
    DecisionStatus.ROUTED: "可直接确认",
    DecisionStatus.REVIEW: "需人工研判",
    DecisionStatus.UNLOCATED: "未能定位",
    DecisionStatus.OUTSIDE: "界线之外",
    DecisionStatus.INVALID: "来件有误",
}

STATES: dict[str, str] = {
    CaseState.PENDING: "待派单",
    CaseState.DISPATCHED: "已派单",
}

MOVES: dict[str, str] = {
    Move.RECEIVE: "受理",
    Move.CONFIRM: "确认派单",
    Move.OVERRIDE: "改派",
    Move.WITHDRAW: "撤回",
}

OUTCOMES: dict[str, str] = {
    "matched": "采用",
    "no": "不符",
    "unknown": "无法判断",
    "not_tried": "未再判断",
}

UNIT_KINDS: dict[str, str] = {
    UnitKind.CITY: "市",
    UnitKind.DISTRICT: "区县",
    UnitKind.DEPARTMENT: "职能部门",
    UnitKind.SUBDISTRICT: "街道（镇）",
    UnitKind.COMMUNITY: "社区（村）",
    UnitKind.GRID: "网格",
    UnitKind.COMPANY: "国企、产权单位",
    UnitKind.ZONE: "非标准区域",
    UnitKind.QUEUE: "人工研判队列",
}

CHANNELS: dict[str, str] = {
    "12345": "12345热线",
    "app": "手机应用",
    "web": "网站",
    "wechat": "微信",
    "sms": "短信",
    "grid": "网格员上报",
    "patrol": "巡查上报",
}

OVERLAY_KINDS: dict[str, str] = {
    "road": "道路",
    "pavement": "人行道",
    "compound": "小区",
    "river": "河道",
    "park": "公园绿地",
    "railway": "铁路用地",
    "square": "广场",
    "construction_site": "工地",
    "scenic": "景区",
    "zone": "园区",
}
"""Kinds of overlay; a source may declare others, which are shown as they are written."""

PERIODS: dict[str, str] = {"7": "近7天", "30": "近30天", "90": "近90天", "all": "全部"}
"""How far back a list goes, in days; see ``app.desks.period``."""

# Short words for a chip in the queue, and the sentence that explains the chip beside the case.
_REASONS: dict[str, tuple[str, str]] = {
    ReasonCode.TIE: ("骑线", "最可能的位置正好落在共用边界上，两侧都算覆盖"),
    ReasonCode.NEAR_EDGE: ("临界", "边界落在定位误差范围之内，不能排除在另一侧"),
    ReasonCode.GAP: ("空白", "这一层级在此处没有界线，按上一级兜底"),
    ReasonCode.OVERLAP: ("重叠", "两个同级辖区都把此处划为己有"),
    ReasonCode.COARSE_PLACE: ("位置粗", "只知道大致范围，不知道具体地点"),
    ReasonCode.DISTRICT_CONFLICT: ("区名不符", "诉求里写的区与地图位置不一致"),
    ReasonCode.TEXT_POINT_CONFLICT: ("文图不符", "文字所说的地点与所给坐标不一致"),
    ReasonCode.AMBIGUOUS_PLACE: ("多地同名", "同名地点不止一处"),
    ReasonCode.BOUNDARY_ROAD: ("界路", "此路本身就是分界线，未规定归哪一侧"),
    ReasonCode.CROSSES_UNITS: ("跨界", "所说的地点跨越两个以上辖区"),
    ReasonCode.OVERLAY: ("专属区域", "位于专属区域，由其管理单位主办或协办"),
    ReasonCode.FALLBACK: ("兜底", "没有更细层级能够确定，由上一级兜底"),
    ReasonCode.DEFAULT_POINT: ("默认点", "坐标像是系统填的默认点，不一定是事发地"),
    ReasonCode.SUSPECT_CRS: ("坐标系存疑", "按所报坐标系在界线之外，换一种坐标系则在界内"),
    ReasonCode.PLACE_UNKNOWN: ("地况不明", "规则要问的现场情况没有资料"),
    ReasonCode.NOT_IN_FORCE: ("无有效界线", "来件当天没有生效的界线"),
    ReasonCode.DUPLICATE_ID: ("编号重复", "同一来源里编号重复"),
    "homophone": ("同音", "地名按同音字匹配"),
    "fuzzy": ("近似匹配", "地名与标准地名不完全一致"),
    "caller_address": ("来电人地址", "用的是来电人地址，不一定是事发地"),
}

NEEDS_A_LOOK = frozenset(
    {
        ReasonCode.TIE,
        ReasonCode.NEAR_EDGE,
        ReasonCode.GAP,
        ReasonCode.OVERLAP,
        ReasonCode.COARSE_PLACE,
        ReasonCode.DISTRICT_CONFLICT,
        ReasonCode.TEXT_POINT_CONFLICT,
        ReasonCode.AMBIGUOUS_PLACE,
        ReasonCode.BOUNDARY_ROAD,
        ReasonCode.CROSSES_UNITS,
        ReasonCode.DEFAULT_POINT,
        ReasonCode.SUSPECT_CRS,
        ReasonCode.PLACE_UNKNOWN,
        ReasonCode.NOT_IN_FORCE,
    }
)
"""Reasons that say the answer may be wrong; the others only say how it was found."""


def reason(code: str) -> dict[str, object]:
    """Code, chip word, explaining sentence and whether it calls for a look.

    ``rule:<id>`` and ``overlay:<kind>`` are worded here; a code nobody has worded is shown as
    it is rather than hidden.
    """
    kind, _, rest = code.partition(":")
    if kind == "rule" and rest:
        word, sentence = "按规则", f"由规则 {rest} 决定"
    elif kind == "overlay" and rest:
        word, sentence = "专属区域", f"位于专属区域（{OVERLAY_KINDS.get(rest, rest)}）"
    else:
        word, sentence = _REASONS.get(code, (code, code))
    return {"code": code, "label": word, "explain": sentence, "look": code in NEEDS_A_LOOK}


def channel(code: str) -> str:
    """The channel as people call it; an unknown one as it is written."""
    return CHANNELS.get(code, code) or "未注明"
