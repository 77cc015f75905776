"""What the channels' catalogues show and 出品 has no line for: proposals, and what no product could be found for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bridge.domain.orders import ListingKey
from bridge.ledger.schema import found


class FoundState(StrEnum):
    """What became of a listing that was found."""

    UNMATCHED = "unmatched"  # no SKU bears its code
    DUE = "due"  # its line is to be proposed, or was sent and not seen yet
    SHOWN = "shown"  # its line was seen in 出品: if it is gone now, a person has declined it


@dataclass(frozen=True)
class Found:
    """One listing. `code`: the seller's own there · `sku`: what it seems to be, "" unmatched · `sent_at`: ISO text."""

    key: ListingKey
    code: str
    sku: str
    state: FoundState
    sent_at: str | None = None
    trap: Mapping[str, str] | None = None


_DUE = (
    select(found)
    .where(found.c.state == FoundState.DUE)
    .order_by(found.c.channel, found.c.listing)
    .limit(bindparam("most"))
)
_MINE = (found.c.channel == bindparam("of")) & (found.c.listing == bindparam("id"))


class FoundBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def of(self, channel: str) -> dict[ListingKey, Found]:
        """As its catalogue was read last."""
        rows = self._conn.execute(select(found).where(found.c.channel == channel).order_by(found.c.listing))
        return {each.key: each for each in map(_found, rows)}

    def due(self, most: int) -> list[Found]:
        return [_found(row) for row in self._conn.execute(_DUE, {"most": most})]

    def replace(self, channel: str, now: Iterable[Found]) -> None:
        """The catalogue was read again."""
        self._conn.execute(delete(found).where(found.c.channel == channel))
        rows = [
            {**vars(each), "channel": channel, "listing": each.key.id, "trap": dict(each.trap) if each.trap else None}
            for each in now
        ]
        for row in rows:
            del row["key"]
        if rows:
            self._conn.execute(insert(found), rows)

    def change(self, keys: Sequence[ListingKey], **values: object) -> None:
        self._each(update(found).where(_MINE).values(**values), keys)

    def drop(self, keys: Sequence[ListingKey]) -> None:
        """They have lines of their own now."""
        self._each(delete(found).where(_MINE), keys)

    def _each(self, statement: object, keys: Sequence[ListingKey]) -> None:
        if keys:
            self._conn.execute(statement, [{"of": key.channel, "id": key.id} for key in keys])  # type: ignore[call-overload]


def _found(row: object) -> Found:
    values = dict(row._mapping)  # type: ignore[attr-defined]
    key = ListingKey(values.pop("channel"), values.pop("listing"))
    return Found(key, **{**values, "state": FoundState(values["state"])})
