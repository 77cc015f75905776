"""Everything about Square that is unconfirmed or differs from account to account, as a switch (pos.md §3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass
class SquareSwitches:
    count_lag: float = 0.0
    """§2.8: seconds until a change shows in the counts [C]."""
    clock_behind: float = 0.0
    """T32: by how many seconds Square's clock is behind the world's."""
    page: int = 1000
    """§2.2: the longest page; less than what was asked for is allowed."""
    empty_pages: bool = False
    """§2.2: whether a page may be empty though the list goes on."""
    calls_per_second: float = 10.0
    """§2.2: limits are unpublished [C]."""
    infers: bool = True
    """§2.1: whether a recount leaves an adjustment; perhaps not without a paid plan [C]."""
    links: bool = True
    """§2.1: whether the count names that adjustment; perhaps not without a paid plan [C]."""
    atomic: bool = True
    """§3.5: whether a request with a bad row is refused whole [C]; else the rows before it are carried out."""
    names_rows: bool = True
    """§2.2: whether the refusal of a write names the row that is bad [C]."""
    tells_changes: bool = True
    """§2.4: whether the answer to a write tells the rows that it made: beta."""
    untracked: Literal["refused", "ignored"] = "refused"
    """§3.5: what becomes of a write to a variation that isn't tracked [C]."""
    edits_touch: bool = True
    """§3.5: whether `updated_after` finds a row whose quantity was edited [C]."""
    lowest: int | None = None
    """§3.5: how far a count may go negative [C]; None: as far as it comes."""
    needs_both_places: bool = True
    """§2.4: whether an adjustment must name both of its locations [C]."""
    doubled: float = 0.0
    """§2.6: the share of webhooks that is sent twice."""
    lost: float = 0.0
    """§2.6: the share of webhooks that is never sent."""
    late: float = 0.0
    """§2.6: so many seconds at most until one is sent, so that they change places."""
