"""Everything about Smaregi that is unconfirmed or differs from contract to contract, as a switch (pos.md §3.5)."""

from __future__ import annotations

from dataclasses import dataclass, field

ALL_SCOPES = frozenset(
    {
        "pos.stock:read",
        "pos.stock:write",
        "pos.stock-changes:read",
        "pos.products:read",
        "pos.stores:read",
        "pos.transactions:read",
    }
)


@dataclass
class SmaregiSwitches:
    reads_per_second: int = 50
    """§1.3 [B]."""
    writes_per_second: int = 20
    """§1.3 [B]."""
    scopes: frozenset[str] = field(default_factory=lambda: ALL_SCOPES)
    """What the app may do: less is a 403."""
    plan_has_changes: bool = True
    """Whether the plan has the history of stock changes [B]."""
    division_of_api: str = "15"
    """The division of a row that the API wrote [C]."""
    void_division: str = "02"
    """The division of the row that a void or a 返品取消 writes [C]."""
    negative_returns: bool = True
    """Whether the quantity of a line that came back is below zero [C]."""
    returns_by_line: bool = False
    """Whether what comes back is a line of its own kind, on a receipt that is else a sale; both are done (§1.6)."""
    layaway_outside: bool = True
    """Whether what is set aside for a customer leaves `stockAmount`, with a row of its own [C]."""
    link: bool = True
    """Whether a list says by a Link header that it goes on; else only the length of the page tells."""
