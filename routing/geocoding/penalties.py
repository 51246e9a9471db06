"""What each named penalty is called in Chinese."""

from __future__ import annotations

PENALTY_WORDS: dict[str, str] = {
    "alias": "别名",
    "numeral": "数字写法不同",
    "short": "简称",
    "stem": "省略通名",
    "old": "旧名",
    "homophone": "同音字",
    "near_sound": "近音字",
    "edit": "错一字",
    "not_yet": "当日尚未启用的地名",
    "loose": "没有写明路口或号",
    "number_unknown": "门牌未登记",
    "number_gap": "两侧已知门牌相距很远",
    "no_crossing": "两路不相交",
    "passes": "两路只是靠近",
    "some_junction": "没有说明是哪个路口",
    "stop_unnamed": "没有说明站名",
    "building_unknown": "楼号未登记",
    "gate_unknown": "出入口未登记",
    "far_from_road": "离所说的路较远",
    "endpoint_ambiguous": "端点是哪个路口没有说明",
    "carrier_unsaid": "没有说明沿哪条路",
    "no_carrier": "两端之间没有共同的路",
    "chainage_origin": "不知道公里桩从哪一端起算",
    "outside_stated": "不在所说的区划内",
    "apart": "离文中另一处较远",
    "end": "端点的读法",
    "cut": "只取所说区划内的部分",
}
