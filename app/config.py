"""Configuration from the environment: typed, every key with what unset means.

``docs/configuration.md`` is checked against ``KEYS`` by a test, so a key cannot be added in
silence. Nothing is read at import; ``Config.from_env`` is called once by whoever starts a process.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography.fernet import Fernet

from app.tile_server import TileSettings, tile_settings
from geodata.outside.settings import PROVIDERS, OutsideSettings
from geodata.working_plane import named_plane
from routing.errors import UserInputError


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One environment variable."""

    name: str
    unset: str
    """What happens where it is not set; printed in the documentation."""


KEYS: tuple[Key, ...] = (
    # Signs session cookies and CSRF tokens; changing it signs everybody out.
    Key(name="SHUDI_SECRET_KEY", unset="refuses to start (made once under var/ in demonstration)"),
    # Fernet keys, comma-separated: the first encrypts, all decrypt, so a key can be rotated.
    Key(name="SHUDI_DATA_KEY", unset="refuses to start (made once under var/ in demonstration)"),
    # Set by scripts/serve while it runs its own demonstration cluster; never in a deployment.
    Key(name="SHUDI_DEMO", unset="off: secrets are required, no demonstration accounts are shown"),
    Key(name="DATABASE_URL", unset="the private PostGIS cluster under SHUDI_VAR is used"),
    Key(name="SHUDI_VAR", unset="`var/` beside the program"),
    # Behind TLS the cookie must never travel in clear; plain http on one machine cannot set it.
    Key(name="SHUDI_SECURE_COOKIES", unset="on; off in demonstration, which is served by http"),
    Key(name="SHUDI_SESSION_HOURS", unset="12 hours: a shift; then people sign in again"),
    # How many reverse proxies may be believed about the caller's address and scheme.
    Key(name="SHUDI_PROXIES", unset="0: forwarded headers are ignored"),
    Key(name="SHUDI_WORKERS", unset="2 processes"),
    Key(name="SHUDI_THREADS", unset="4 threads in each process"),
    Key(name="SHUDI_BIND", unset="127.0.0.1:8000"),
    Key(name="SHUDI_LOG_LEVEL", unset="INFO"),
    # Three switches for what would send a place's name to another company; all three must be set.
    Key(name="SHUDI_OFFLINE", unset="1: nothing is ever sent to an outside geocoder"),
    Key(name="SHUDI_OUTSIDE_GEOCODER", unset="none is asked"),
    Key(name="SHUDI_OUTSIDE_DAILY_BUDGET", unset="0 requests a day: none is asked"),
    # Secrets of their providers; only the one that is named is read.
    Key(name="SHUDI_AMAP_KEY", unset="AMap cannot be turned on"),
    Key(name="SHUDI_BAIDU_KEY", unset="Baidu cannot be turned on"),
    Key(name="SHUDI_TIANDITU_KEY", unset="Tianditu cannot be turned on"),
    # Tiles below our own base map; off, as outside geocoders are, unless SHUDI_OFFLINE=0.
    Key(name="SHUDI_TILE_SERVER", unset="none: the base map is our own data"),
    Key(name="SHUDI_TILE_DATUM", unset="refused where a template is given; Tianditu needs none"),
    Key(name="SHUDI_TILE_DAILY_BUDGET", unset="0 requests a day: none is asked"),
    # Metres for maps and statistics; a city across two zones, or with a CRS of its own, sets it.
    Key(name="SHUDI_WORKING_CRS", unset="the CGCS2000 zone of three degrees of the city's middle"),
)

_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """What one process was told."""

    secret_key: str
    data_keys: tuple[str, ...]
    """Fernet keys; the first encrypts, all decrypt."""
    database_url: str | None = None
    """``None`` means the private cluster under ``var_dir``."""
    demo: bool = False
    var_dir: Path = Path("var")
    secure_cookies: bool = True
    session_lifetime: timedelta = timedelta(hours=12)
    proxies: int = 0
    workers: int = 2
    threads: int = 4
    bind: str = "127.0.0.1:8000"
    log_level: str = "INFO"
    outside: OutsideSettings = field(default_factory=OutsideSettings)
    """Whether places may be asked of another company's geocoder; by default not."""
    tiles: TileSettings = field(default_factory=TileSettings)
    """Whether another company's map may lie below ours; by default not."""
    working_crs: str | None = None
    """Metric CRS of maps and statistics; ``None`` means the zone of the city's middle."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Read and check every key; raises UserInputError naming the key and what to set."""
        env = os.environ if environ is None else environ
        demo = _flag(env, "SHUDI_DEMO", default=False)
        var_dir = Path(env.get("SHUDI_VAR") or Path(__file__).resolve().parent.parent / "var")
        secret = env.get("SHUDI_SECRET_KEY") or _demo_secret(demo, var_dir, "SHUDI_SECRET_KEY")
        if len(secret) < 32:
            raise UserInputError(
                f"SHUDI_SECRET_KEY has {len(secret)} characters, at least 32 are needed; make one "
                'with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        data = env.get("SHUDI_DATA_KEY") or _demo_secret(demo, var_dir, "SHUDI_DATA_KEY")
        log_level = (env.get("SHUDI_LOG_LEVEL") or "INFO").upper()
        if log_level not in _LOG_LEVELS:
            raise UserInputError(f"SHUDI_LOG_LEVEL={log_level!r}; use one of {_LOG_LEVELS}")
        return cls(
            secret_key=secret,
            data_keys=_data_keys(data),
            database_url=env.get("DATABASE_URL") or None,
            demo=demo,
            var_dir=var_dir,
            secure_cookies=_flag(env, "SHUDI_SECURE_COOKIES", default=not demo),
            session_lifetime=timedelta(hours=_number(env, "SHUDI_SESSION_HOURS", 12, 1, 720)),
            proxies=_number(env, "SHUDI_PROXIES", 0, 0, 5),
            workers=_number(env, "SHUDI_WORKERS", 2, 1, 64),
            threads=_number(env, "SHUDI_THREADS", 4, 1, 64),
            bind=env.get("SHUDI_BIND") or "127.0.0.1:8000",
            log_level=log_level,
            outside=outside_settings(env),
            tiles=tile_settings(env),
            working_crs=working_crs(env),
        )


_MOST_REQUESTS = 1_000_000  # a day; more is a typing error, whatever was bought


def outside_settings(env: Mapping[str, str]) -> OutsideSettings:
    """What may be asked of outside geocoders; raises UserInputError naming the key and what to set.

    Off is always accepted, so a wrong key of something that is off keeps nobody from starting; a
    name that is none is an error either way.
    """
    given = env.get("SHUDI_OUTSIDE_GEOCODER", "").strip().lower()
    if given in ("", "none", "off"):
        given = ""
    elif given not in PROVIDERS:
        raise UserInputError(
            f"SHUDI_OUTSIDE_GEOCODER={given!r}; use one of {', '.join(PROVIDERS)}, or leave it out"
        )
    keys = {
        "amap": env.get("SHUDI_AMAP_KEY", ""),
        "baidu": env.get("SHUDI_BAIDU_KEY", ""),
        "tianditu": env.get("SHUDI_TIANDITU_KEY", ""),
    }
    settings = OutsideSettings(
        provider=given or None,
        offline=_flag(env, "SHUDI_OFFLINE", default=True),
        daily_budget=_number(env, "SHUDI_OUTSIDE_DAILY_BUDGET", 0, 0, _MOST_REQUESTS),
        key=keys.get(given, "").strip(),
    )
    if settings.on and not settings.key:
        raise UserInputError(
            f"SHUDI_OUTSIDE_GEOCODER={given!r} is on and SHUDI_{given.upper()}_KEY is not set; set "
            "the key that the provider gave you, or SHUDI_OFFLINE=1"
        )
    return settings


def working_crs(env: Mapping[str, str]) -> str | None:
    """The metric CRS of maps as set, ``None`` where it is not; UserInputError for any other CRS."""
    given = env.get("SHUDI_WORKING_CRS", "").strip()
    if not given:
        return None
    try:
        return named_plane(given).name
    except UserInputError as wrong:
        raise UserInputError(
            f"SHUDI_WORKING_CRS={given!r}: {wrong}; set a projected CRS in metres, such as "
            "EPSG:4549 (CGCS2000, three degrees around 120° east), or leave it out for the zone "
            "of the city's middle"
        ) from None


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    given = env.get(name, "").strip().lower()
    if not given:
        return default
    if given in {"1", "true", "yes", "on"}:
        return True
    if given in {"0", "false", "no", "off"}:
        return False
    raise UserInputError(f"{name}={given!r} is neither on nor off; set 1 or 0")


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    given = env.get(name, "").strip()
    if not given:
        return default
    if not given.isdecimal() or not least <= int(given) <= most:
        raise UserInputError(f"{name}={given!r}; set a whole number from {least} to {most}")
    return int(given)


def _data_keys(given: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in given.split(",") if key.strip())
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError as wrong:
            # The value is a secret: the message says which one is wrong, never what it is.
            raise UserInputError(
                f"SHUDI_DATA_KEY: key {place} of {len(keys)} is not a Fernet key; make one with: "
                'python3 -c "from cryptography.fernet import Fernet; '
                'print(Fernet.generate_key().decode())"'
            ) from wrong
    if not keys:
        raise UserInputError("SHUDI_DATA_KEY holds no key; set one Fernet key")
    return keys


def _demo_secret(demo: bool, var_dir: Path, name: str) -> str:
    """Return the demonstration's own secret, made once and readable by its owner only."""
    if not demo:
        raise UserInputError(
            f"{name} is not set; set it to a secret of your own (docs/configuration.md), or start "
            "the demonstration with scripts/serve"
        )
    path = var_dir / "secrets" / name.lower()
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = Fernet.generate_key().decode() if "DATA" in name else secrets.token_urlsafe(48)
        # Written whole under another name first: two workers may start at the same moment, and
        # the link fails for the second, which then reads what the first one made.
        part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made)
        try:
            os.link(part, path)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_text().strip()
