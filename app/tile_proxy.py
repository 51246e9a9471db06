"""A tile server of somebody else under our maps: asked by us and never by browsers.

The key stays here, the day's requests are counted, answers are kept on disk, and a server whose
tiles are in GCJ-02 has its tiles moved: our points stay where they are.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
from PIL import Image

from app.tile_server import TileSettings
from app.tile_shift import shifted_tile
from geodata.outside.limits import Breaker, Clock, DailyBudget
from geodata.outside.port import OutsideBudgetUsedUp, OutsideUnavailable
from maps.tiles import TILE_PX

_TIMEOUT_S = 4.0
_MOST_BYTES = 1_000_000
"""Of one tile: pictures of 256 pixels have 5 to 60 kB; what is larger is no tile."""
_KEPT_DAYS = 30
"""Days a tile is kept on disk; then it is asked for again."""
_DISK_BYTES = 512 * 1024 * 1024
"""A city of 50 km × 50 km from zoom 9 to 17 has 20,000 tiles of 15 kB."""
_SWEEP_EVERY = 200
"""Tiles written between two looks at how much the folder holds."""

_log = logging.getLogger(__name__)


class TileServer:
    """One server's tiles in WGS 84, kept on disk; used by several threads."""

    def __init__(
        self,
        settings: TileSettings,
        *,
        state_dir: Path,
        clock: Clock = lambda: datetime.now(UTC),
        disk_bytes: int = _DISK_BYTES,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        """``state_dir`` keeps the tiles and the count of the day."""
        self.settings = settings
        named = hashlib.sha256("\n".join((*settings.urls, settings.datum)).encode()).hexdigest()
        self._folder = state_dir / "tiles" / named[:12]
        self._clock, self._disk_bytes, self._timeout_s = clock, disk_bytes, timeout_s
        self._budget = DailyBudget(settings.daily_budget, clock, state_dir / "tile-server.json")
        self._breaker = Breaker(clock)
        self._written = 0
        # A redirect would carry the key to somebody who was never named.
        self._http = httpx.Client(timeout=timeout_s, follow_redirects=False)
        # httpx logs whole addresses, which hold the key.
        logging.getLogger("httpx").setLevel(logging.WARNING)

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """A PNG of 256 pixels; ``None`` where the server or the day's budget give none."""
        if not self.settings.on:
            return None
        try:
            if self.settings.datum == "GCJ-02":
                return self._moved(z, x, y)
            return self._source(z, x, y)
        except (OutsideUnavailable, OutsideBudgetUsedUp) as wrong:
            _log.warning("tile server %s: %s", self.settings.name, wrong)
            return None

    def close(self) -> None:
        self._http.close()

    def _moved(self, z: int, x: int, y: int) -> bytes:
        def picture(z: int, x: int, y: int) -> Image.Image:
            return Image.open(io.BytesIO(self._source(z, x, y))).convert("RGBA")

        return _png(shifted_tile(z, x, y, picture))

    def _source(self, z: int, x: int, y: int) -> bytes:
        """The server's own tile, its layers drawn over each other."""
        file = self._folder / str(z) / str(x) / f"{y}.png"
        kept = self._kept(file)
        if kept is not None:
            return kept
        whole = Image.new("RGBA", (TILE_PX, TILE_PX))
        for template in self.settings.urls:
            layer = self._fetched(template, z, x, y)
            whole.alpha_composite(layer)
        made = _png(whole)
        self._keep(file, made)
        return made

    def _fetched(self, template: str, z: int, x: int, y: int) -> Image.Image:
        self._breaker.ask()
        self._budget.take()
        address = template.format(z=z, x=x, y=y, n=(x + y) % 8, key=self.settings.key)
        try:
            return self._read(address)
        except OutsideUnavailable:
            self._breaker.bad()
            raise

    def _read(self, address: str) -> Image.Image:
        until = time.monotonic() + self._timeout_s
        body = bytearray()
        try:
            with self._http.stream("GET", address) as response:
                if response.status_code in {403, 418, 429}:
                    self._budget.stop_for_today()  # the server says that its own quota is used up
                if response.status_code != 200:
                    raise OutsideUnavailable(f"HTTP {response.status_code}")
                for part in response.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES or time.monotonic() > until:
                        raise OutsideUnavailable(f"over {_MOST_BYTES} bytes or {self._timeout_s} s")
        except httpx.HTTPError as wrong:
            # Its text may hold the address with the key in it; its class says enough.
            raise OutsideUnavailable(type(wrong).__name__) from None
        try:
            picture = Image.open(io.BytesIO(bytes(body)), formats=("PNG", "JPEG", "WEBP"))
            if picture.size != (TILE_PX, TILE_PX):
                raise OutsideUnavailable(f"a tile of {picture.size} pixels, not {TILE_PX}")
            made = picture.convert("RGBA")
        except (OSError, ValueError, SyntaxError) as wrong:
            raise OutsideUnavailable(f"no picture ({type(wrong).__name__})") from None
        self._breaker.good()
        return made

    def _kept(self, file: Path) -> bytes | None:
        try:
            age_s = self._clock().timestamp() - file.stat().st_mtime
            return file.read_bytes() if age_s < _KEPT_DAYS * 86_400 else None
        except OSError:
            return None

    def _keep(self, file: Path, content: bytes) -> None:
        part = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(file)  # whole or not at all, whoever else writes it
            now = self._clock().timestamp()
            os.utime(file, (now, now))
            self._written += 1
            if self._written % _SWEEP_EVERY == 1:
                self._sweep()
        except OSError as full:
            _log.warning("tiles cannot be kept in %s: %s", self._folder, full)

    def _sweep(self) -> None:
        """Drop the oldest until four fifths of the bound remain."""
        found = [(file.stat().st_mtime, file.stat().st_size, file)
                 for file in self._folder.rglob("*.png")]  # fmt: skip
        total = sum(size for _, size, _ in found)
        if total <= self._disk_bytes:
            return
        for _, size, file in sorted(found, key=lambda one: one[0]):
            file.unlink(missing_ok=True)
            total -= size
            if total <= self._disk_bytes * 4 // 5:
                return


def open_tile_server(settings: TileSettings, state_dir: Path) -> TileServer | None:
    """The server the deployment turned on; ``None`` where it is off, as it is by default."""
    return TileServer(settings, state_dir=state_dir) if settings.on else None


def _png(picture: Image.Image) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, "PNG", compress_level=4)
    return kept.getvalue()
