"""A stock-take: people count what lies at a place while orders go on, and each count is judged as of the moment the
stock-take began. What moved since is added to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Stocktake:
    """`number`: of the line that began it · `since`: the last movement before it · `open`: counts are still taken."""

    number: int
    place: str
    since: int
    at: datetime
    open: bool = True

    @property
    def ref(self) -> str:
        return f"move {self.number}"


@dataclass(frozen=True)
class Counted:
    """One line of a stock-take, by its own number. `units`: what was counted, None until then · `had`: what the books
    had as of the beginning · `packed`: units that were packed already and are not in the count, as a person said ·
    `shown`: whether its line was ever seen in the tab · `sent_at`: when it was last sent."""

    number: int
    stocktake: int
    sku: str
    place: str
    units: int | None = None
    had: int = 0
    packed: int = 0
    at: datetime | None = None
    shown: bool = True
    sent_at: datetime | None = None

    @property
    def ref(self) -> str:
        return f"move {self.number}"


@dataclass(frozen=True)
class Books:
    """One SKU at one place as of the beginning. `taken`: what counts of this stock-take have changed since ·
    `allocated`: promised then, and on the shelf or packed already."""

    had: int
    taken: int
    allocated: int

    def change(self, units: int) -> int:
        """What is to be booked where so many were counted."""
        return units - self.had - self.taken

    def packed(self, units: int) -> int:
        """Units that are missing and may lie packed beside the shelf; 0 where that can't be the reason."""
        short = self.had - units
        return short if 0 < short <= self.allocated else 0
