"""What a deployment says of somebody else's tile server under our maps: off by default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from routing.errors import UserInputError

DATUMS = ("WGS84", "GCJ-02")
TIANDITU = (
    "https://t{n}.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}",
    "https://t{n}.tianditu.gov.cn/cva_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=cva"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}",
)
"""Ground and names. ``_w`` is Web Mercator on CGCS2000, which is WGS 84 to decimetres; the other
set, ``_c``, is in degrees and would lie wrong here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TileSettings:
    """Whether another company's tiles lie under the maps. Off in every doubt."""

    urls: tuple[str, ...] = field(default=(), repr=False)
    """Templates with {z}, {x}, {y} and perhaps {n}, {key}; drawn over each other in this order.
    May hold a secret: never in a message, a log line or a page."""
    name: str = ""
    """As pages call it: the host, or 天地图."""
    datum: str = "WGS84"
    """One of DATUMS."""
    offline: bool = True
    """The hard switch: nothing is fetched, whatever else is set."""
    daily_budget: int = 0
    """Requests a day; 0 sends none."""
    key: str = field(default="", repr=False)
    """The server's key; empty where it needs none."""

    @property
    def on(self) -> bool:
        """Whether anything would be fetched at all."""
        return bool(self.urls) and not self.offline and self.daily_budget > 0

    @property
    def words(self) -> str:
        """One line for the doctor, without the key."""
        if self.on:
            return f"{self.name} ({self.datum}) is on, at most {self.daily_budget} requests a day"
        if not self.urls:
            return "off (none is named)"
        if self.offline:
            return f"off ({self.name} is named, but SHUDI_OFFLINE is on)"
        return f"off ({self.name} is named, but SHUDI_TILE_DAILY_BUDGET is 0)"


def tile_settings(env: Mapping[str, str]) -> TileSettings:
    """What the environment says of a tile server; UserInputError naming the key and what to set."""
    given = env.get("SHUDI_TILE_SERVER", "").strip()
    offline = env.get("SHUDI_OFFLINE", "1").strip().lower() not in {"0", "false", "no", "off"}
    if given.lower() in {"", "none", "off"}:
        return TileSettings(offline=offline)
    budget = env.get("SHUDI_TILE_DAILY_BUDGET", "0").strip() or "0"
    if not re.fullmatch(r"[0-9]{1,7}", budget):
        raise UserInputError(
            f"SHUDI_TILE_DAILY_BUDGET={budget!r}; set a whole number of requests a day, 0 for none"
        )
    key = env.get("SHUDI_TIANDITU_KEY", "").strip()
    datum = _datum(env.get("SHUDI_TILE_DATUM", "").strip())
    if given.lower() == "tianditu":
        if datum == "GCJ-02":
            raise UserInputError(
                "SHUDI_TILE_DATUM='GCJ-02' and Tianditu, whose tiles are CGCS2000; leave it out"
            )
        made = TileSettings(
            urls=TIANDITU,
            name="天地图",
            offline=offline,
            daily_budget=int(budget),
            key=key,
        )
        if made.on and not key:
            raise UserInputError(
                "SHUDI_TILE_SERVER=tianditu is on and SHUDI_TIANDITU_KEY is not set; set the key "
                "that Tianditu gave you, or SHUDI_OFFLINE=1"
            )
        return made
    if not env.get("SHUDI_TILE_DATUM", "").strip():
        # An undeclared datum is an error, never a default: half a kilometre hangs on it.
        raise UserInputError(
            "SHUDI_TILE_SERVER names a server and SHUDI_TILE_DATUM does not say its datum; set "
            "WGS84 or GCJ-02"
        )
    return TileSettings(
        urls=(_checked(given),),
        name=urlsplit(given).hostname or "",
        datum=datum,
        offline=offline,
        daily_budget=int(budget),
    )


def _datum(given: str) -> str:
    plain = given.upper().replace("-", "").replace("_", "").replace(" ", "")
    known = {"": "WGS84", "WGS84": "WGS84", "CGCS2000": "WGS84", "GCJ02": "GCJ-02"}
    if plain not in known:
        raise UserInputError(f"SHUDI_TILE_DATUM={given!r}; use WGS84 or GCJ-02")
    return known[plain]


def _checked(template: str) -> str:
    host = urlsplit(template)
    names = set(re.findall(r"\{([^}]*)\}", template))
    if (
        host.scheme not in {"http", "https"}
        or not host.hostname
        or not {"z", "x", "y"} <= names <= {"z", "x", "y", "n"}
    ):
        # The template may hold a key, so only its host is repeated.
        raise UserInputError(
            f"SHUDI_TILE_SERVER for host {host.hostname!r} cannot be used; write none, tianditu, "
            "or http(s)://host/…{z}…{x}…{y}, perhaps with {n} for a mirror's number"
        )
    return template
