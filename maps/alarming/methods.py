"""The methods that raise alarms: the keys under which alarms are stored, and their names.

Apart from what judges, so that a page which only names a method loads no statistics.
"""

from __future__ import annotations

FARRINGTON, EARS_WEEK, EARS_DAY = "farrington", "ears_week", "ears_day"
SPACE_TIME = "space_time"
METHODS = {
    FARRINGTON: "Farrington 弹性法",
    EARS_WEEK: "EARS C2（按周）",
    EARS_DAY: "EARS C2（按日）",
    SPACE_TIME: "时空重排扫描",
}
"""The name of each method, as pages show it."""
