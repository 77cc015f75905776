"""Everything about an EC-CUBE shop that is unconfirmed or differs from shop to shop, as a switch."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class EcCubeSwitches:
    access_seconds: int = 3600
    """How long an access token lives."""
    refresh_days: float = 30.0
    """How long an unused refresh token lives [C]."""
    utc_offset_hours: int = 9
    """The server's own time zone, in which it answers."""
    scopes: frozenset[str] = field(default=frozenset({"read", "write"}))
    """What the operator granted."""
    internal_error: bool = False
    """Every mutation ends in an error of the shop's own."""
    page: str = ""
    """T8: this page of HTML answers everything (Basic authentication, a WAF, maintenance)."""
