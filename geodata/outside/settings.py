"""What a deployment allows; read from the environment by ``app.config``."""

from __future__ import annotations

from dataclasses import dataclass, field

PROVIDERS: tuple[str, ...] = ("amap", "baidu", "tianditu")


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideSettings:
    """Whether anything may be sent, to whom, and how often. Off in every doubt."""

    provider: str | None = None
    """One of ``PROVIDERS``; ``None`` where none is named."""
    offline: bool = True
    """The hard switch: nothing is sent, whatever else is set."""
    daily_budget: int = 0
    """Requests a day; 0 sends none."""
    key: str = field(default="", repr=False)
    """The provider's key. A secret: never in a message, a log line or a page."""

    @property
    def on(self) -> bool:
        """Whether anything would be sent at all."""
        return not self.offline and self.provider is not None and self.daily_budget > 0

    @property
    def words(self) -> str:
        """One line for the doctor, without the key."""
        if self.on:
            return f"{self.provider} is on, at most {self.daily_budget} requests a day"
        if self.provider is None:
            return "off (none is named)"
        if self.offline:
            return f"off ({self.provider} is named, but SHUDI_OFFLINE is on)"
        return f"off ({self.provider} is named, but SHUDI_OUTSIDE_DAILY_BUDGET is 0)"
