"""Eleven weeks of cases in the drawn town, and an outbreak in its first grid in the last week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.wiring import Services
from geodata.cases import PostgresCaseStore, Received
from tests.web import town

SHANGHAI = ZoneInfo("Asia/Shanghai")
KIND = "路灯不亮"
OUTBREAK = 14
HOSTILE = '<img src=x onerror="document.title=1">路灯坏了，请回电13812345678'


def fill(services: Services, last: date) -> list[str]:
    """Store the cases up to a day and return the numbers of the outbreak's."""
    decide = services.router()
    rows, mine = [], []
    for back in range(77):
        day = last - timedelta(days=back)
        for grid in town.GRIDS:
            n = 1 if (back + town.GRIDS.index(grid)) % 6 == 0 else 0
            if grid == "W-1" and 1 <= back < 5:
                n += 4 if back < 3 else 3
            for at in range(n):
                lon, lat = town.middle(grid)
                received = datetime.combine(day, time(9 + at), tzinfo=SHANGHAI)
                complaint = services.complaint(
                    id=f"{grid}-{back}-{at}",
                    text=HOSTILE if back == 2 else "路灯坏了。",
                    lon=lon + at * 0.0005,
                    lat=lat,
                    crs="EPSG:4326",
                    accuracy_m=20.0,
                    category=KIND,
                    received_at=received,
                    channel="12345",
                )
                rows.append(
                    Received(
                        complaint=complaint,
                        external_id=complaint.id,
                        decision=decide(complaint, None),
                    )
                )
                mine.append(grid == "W-1" and back < 7)
    told = PostgresCaseStore(services.engine).receive_many(
        rows, actor="api:12345", actor_name="12345热线"
    )
    return sorted(number for (number, _), own in zip(told, mine, strict=True) if own)
