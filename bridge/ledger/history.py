"""Movements as people read them in 履歴, each under a number that is never given out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bridge.domain.stock import Cause, Movement
from bridge.ledger.schema import history

_UNTOLD = ("opening", "shadow")  # what everything began with stands in 在庫表 itself
_NOTE = insert(history)
_OF = select(history).where(history.c.number.in_(bindparam("numbers", expanding=True)))
_DUE = select(history).where(history.c.shown.is_(False)).order_by(history.c.number).limit(bindparam("most"))
_SENT = select(history.c.number).where(history.c.shown.is_(False), history.c.sent_at.is_not(None)).limit(1)
_HIGHEST = select(func.max(history.c.number))
_ENDS = select(  # each by itself, so that neither reads more than an end of the index
    _HIGHEST.scalar_subquery().label("newest"), select(func.min(history.c.number)).scalar_subquery().label("oldest")
)


@dataclass(frozen=True)
class Told:
    """One movement. `after`: on hand with it · `sent_at`: when its row was sent last · `shown`: it was read in the tab
    · `undone_at`: a person took it back · `refused`: why it can't be, the code of a sentence, while its tick stands"""

    number: int
    at: str
    movement: Movement
    after: int
    shown: bool = False
    sent_at: str | None = None
    undone_at: str | None = None
    refused: str = ""


def note(conn: Connection, at: str, booked: Iterable[tuple[Movement, int]]) -> None:
    """Movements that were just booked, each with what is on hand after it."""
    rows = [
        {"at": at, **vars(movement), "cause": movement.cause.value, "after": after, "shown": False, "refused": ""}
        for movement, after in booked
        if movement.cause is not Cause.OPENING or (movement.on_hand and movement.ref not in _UNTOLD)
    ]
    if rows:
        conn.execute(_NOTE, rows)


class HistoryBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def of(self, numbers: Iterable[int]) -> dict[int, Told]:
        wanted, found = sorted(set(numbers)), dict[int, Told]()
        for start in range(0, len(wanted), 500):
            rows = self._conn.execute(_OF, {"numbers": wanted[start : start + 500]})
            found |= {row.number: _told(row) for row in rows}
        return found

    def after(self, entry: Told) -> list[Told]:
        """What moved in its cell since, the oldest first."""
        here = (history.c.sku == entry.movement.sku, history.c.location == entry.movement.location)
        query = select(history).where(history.c.number > entry.number, *here).order_by(history.c.number)
        return [_told(row) for row in self._conn.execute(query)]

    def due(self, most: int) -> list[Told]:
        """The oldest of those that were not read in the tab yet."""
        return [_told(row) for row in self._conn.execute(_DUE, {"most": most})]

    def on_its_way(self) -> bool:
        """Whether rows were sent that were not read yet."""
        return self._conn.execute(_SENT).first() is not None

    def change(self, numbers: Iterable[int], **values: object) -> None:
        if wanted := sorted(set(numbers)):
            self._conn.execute(update(history).where(history.c.number.in_(wanted)).values(**values))

    def highest(self) -> int:
        return int(self._conn.execute(_HIGHEST).scalar() or 0)

    def raise_number(self, number: int) -> None:
        """The next one is greater than this: another ledger gave it out."""
        if number > self.highest():
            note = {"at": "", "sku": "", "location": "", "cause": Cause.OPENING.value, "ref": "", "refused": ""}
            counts: Mapping[str, object] = {"on_hand": 0, "allocated": 0, "after": 0, "shown": True}
            self._conn.execute(_NOTE, {"number": number, **note, **counts})

    def keep(self, most: int) -> None:
        """Only the newest so many, and some more."""
        ends = self._conn.execute(_ENDS).one()
        if ends.newest is not None and ends.newest - ends.oldest > most + most // 10:
            self._conn.execute(delete(history).where(history.c.number <= ends.newest - most))


def _told(row: Any) -> Told:
    moved = Movement(row.sku, row.location, row.on_hand, row.allocated, Cause(row.cause), row.ref)
    return Told(row.number, row.at, moved, row.after, row.shown, row.sent_at, row.undone_at, row.refused)
