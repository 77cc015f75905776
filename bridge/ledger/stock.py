"""Movements and the balances they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.stock import Balance, BalanceKey, Cause, Movement
from bridge.domain.till import CAUSES
from bridge.ledger.history import note
from bridge.ledger.schema import balance, movement, order_line, till_row
from bridge.ledger.till_rows import REF

# Asked again and again: made once.
_ALL_BALANCES = select(balance)
_OF_SKUS = select(balance).where(balance.c.sku.in_(bindparam("skus", expanding=True)))
_PUT = upsert(balance)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["sku", "location"],
    set_={name: _PUT.excluded[name] for name in ("typed", "booked", "allocated")},
)
_BOOK = insert(movement)
_OURS = [cause.value for cause in Cause if not cause.typed]
_BOOKED_SINCE = (
    select(movement.c.sku, movement.c.location, func.sum(movement.c.on_hand))
    .where(movement.c.at > bindparam("since"), movement.c.cause.in_(_OURS))
    .group_by(movement.c.sku, movement.c.location)
)
_LINE = order_line.c
_TOLD_LATE = exists().where(
    _LINE.first_seen_at == movement.c.at,
    _LINE.placed_at < bindparam("since"),
    # not by its own index, which leads to all that the till ever sold
    (_LINE.channel + "").in_(bindparam("tills", expanding=True)),
    movement.c.ref == _LINE.channel + "/" + _LINE.shop + "/" + _LINE.order + "/" + _LINE.line,  # booking.line_ref
    movement.c.cause.in_([Cause.PLACED.value, Cause.SHIPPED.value]),
)
_MOVED_SINCE = select(movement).where(
    # the numbers of movements that were forgotten with their product are given out again
    (movement.c.id > bindparam("number")) | (movement.c.at > bindparam("since")),
    movement.c.sku == bindparam("sku"),
    movement.c.location == bindparam("location"),
    ~_TOLD_LATE,
)
_ROWS_BEFORE = select(REF).where(
    till_row.c.channel.in_(bindparam("tills", expanding=True)),
    till_row.c.id.in_(bindparam("ids", expanding=True)),
    till_row.c.at < bindparam("since"),
)


class StockBook:
    def __init__(self, conn: Connection, at: str) -> None:
        self._conn, self._at = conn, at
        self._all: dict[BalanceKey, Balance] | None = None  # read once a transaction, until something changes

    def balances(self, skus: Iterable[str] | None = None) -> dict[BalanceKey, Balance]:
        """Every balance, or those of `skus`."""
        if skus is not None:
            return self._find(_OF_SKUS, skus=sorted(set(skus)))
        if self._all is None:
            self._all = self._find(_ALL_BALANCES)
        return dict(self._all)

    def by_sku(self, skus: Iterable[str] | None = None) -> defaultdict[str, dict[str, Balance]]:
        """The same by SKU, then by location; nothing of a SKU that has none."""
        found: defaultdict[str, dict[str, Balance]] = defaultdict(dict)
        for (sku, location), each in self.balances(skus).items():
            found[sku][location] = each
        return found

    def changed(self) -> None:
        """What was read of the balances is no longer true."""
        self._all = None

    def _find(self, query: Select[Any], **values: Any) -> dict[BalanceKey, Balance]:
        rows = self._conn.execute(query, values)
        return {(row.sku, row.location): Balance(row.typed, row.booked, row.allocated) for row in rows}

    def book(self, movements: Iterable[Movement]) -> None:
        """Append movements and carry their balances along. A first OPENING makes a cell stocked."""
        moved = [m for m in movements if m.on_hand or m.allocated or m.cause is Cause.OPENING]
        if not moved:
            return
        self.changed()
        self._conn.execute(_BOOK, [self._line(m) for m in moved])
        balances = self.balances(m.sku for m in moved)
        told = []
        for m in moved:
            balances[m.sku, m.location] = after = _after(balances.get((m.sku, m.location), Balance()), m)
            told.append((m, after.on_hand))
        note(self._conn, self._at, told)
        touched = {(m.sku, m.location) for m in moved}
        self._conn.execute(
            _PUT,
            [
                {"sku": s, "location": loc, "typed": b.typed, "booked": b.booked, "allocated": b.allocated}
                for (s, loc), b in balances.items()
                if (s, loc) in touched
            ],
        )

    def begin(self, cells: Iterable[BalanceKey], ref: str) -> None:
        """Cells that hold something from now on: those never filled begin with nothing, and so are shown."""
        cells = sorted(set(cells))
        known = self.balances(sku for sku, _ in cells) if cells else {}
        new = [cell for cell in cells if not known.get(cell, Balance()).stocked]
        self.book(Movement(*cell, 0, 0, Cause.OPENING, ref) for cell in new)

    def _line(self, m: Movement) -> dict[str, object]:
        return {
            "at": self._at,
            "sku": m.sku,
            "location": m.location,
            "on_hand": m.on_hand,
            "allocated": m.allocated,
            "cause": m.cause.value,
            "ref": m.ref,
        }

    def booked_since(self, since: str) -> Mapping[BalanceKey, int]:
        """Δ on hand that we booked (not people) after `since`, by cell."""
        rows = self._conn.execute(_BOOKED_SINCE, {"since": since})
        return {(sku, location): int(total) for sku, location, total in rows}

    def moved_at(self, location: str, since: str, sku: str | None = None) -> list[Movement]:
        """What moved at one place, or in one cell of it, after `since`, the oldest first."""
        query = select(movement).where(movement.c.location == location, movement.c.at > since).order_by(movement.c.id)
        if sku is not None:
            query = query.where(movement.c.sku == sku)
        rows = self._conn.execute(query)
        return [
            Movement(row.sku, row.location, row.on_hand, row.allocated, Cause(row.cause), row.ref) for row in rows
        ]  # fmt: skip

    def newest(self) -> int:
        """The number of the last movement."""
        return int(self._conn.execute(select(func.max(movement.c.id))).scalar() or 0)

    def moved_since(
        self, number: int, at: str, sku: str, location: str, tills: Collection[str] = ()
    ) -> Mapping[Cause, tuple[int, int]]:
        """Δ on hand and Δ allocated of one cell after that movement and that time, by cause. `tills`: channels whose
        goods leave at the moment of the sale: what one did before `at` is not since, though it was told later."""
        told = {"since": at, "tills": sorted(tills)}
        cell = {"number": number, "sku": sku, "location": location}
        rows = self._conn.execute(_MOVED_SINCE, told | cell).all()
        ids = sorted({row.ref.partition("/")[2] for row in rows if row.cause in CAUSES})
        late = set(self._conn.execute(_ROWS_BEFORE, told | {"ids": ids}).scalars()) if tills and ids else set()
        found: defaultdict[Cause, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for row in rows:
            if row.ref not in late:
                on_hand, allocated = found[Cause(row.cause)]
                found[Cause(row.cause)] = (on_hand + row.on_hand, allocated + row.allocated)
        return dict(found)

    def movements(self, sku: str | None = None) -> list[tuple[str, Movement]]:
        """Movements with their times, oldest first."""
        query = select(movement).order_by(movement.c.id)
        if sku is not None:
            query = query.where(movement.c.sku == sku)
        return [
            (row.at, Movement(row.sku, row.location, row.on_hand, row.allocated, Cause(row.cause), row.ref))
            for row in self._conn.execute(query)
        ]

    def forget(self, cells: Iterable[BalanceKey]) -> None:
        """A cell becomes *never filled* again; used only when everything is opened anew."""
        self.changed()
        for sku, location in cells:
            self._conn.execute(balance.delete().where(balance.c.sku == sku, balance.c.location == location))


def _after(before: Balance, m: Movement) -> Balance:
    if m.cause.typed:
        return Balance((before.typed or 0) + m.on_hand, before.booked, before.allocated + m.allocated)
    return Balance(before.typed, before.booked + m.on_hand, before.allocated + m.allocated)
