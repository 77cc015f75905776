"""Order lines as booked: newest snapshot, what it was booked with, and where."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.booking import LineState, Share
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, Portion
from bridge.domain.oversold import Claim
from bridge.domain.picks import ByHand
from bridge.domain.stock import BalanceKey, Component
from bridge.ledger.schema import order_line, share
from bridge.ledger.values import iso, time_of

_KEY = ("channel", "shop", "order", "line")
_SHARED = and_(*(order_line.c[name] == share.c[name] for name in _KEY))
_IS_OPEN = order_line.c.open > 0
_PUT = upsert(order_line)
_PUT = _PUT.on_conflict_do_update(
    index_elements=list(_KEY),
    set_={c.name: _PUT.excluded[c.name] for c in order_line.c if c.name not in (*_KEY, "first_seen_at", "placed_at")},
)
_DROP_SHARES = delete(share).where(*(share.c[name] == bindparam(f"k_{name}") for name in _KEY))
_Lines = tuple[Select[Any], Select[Any]]  # lines, and their shares


def _lines_where(*conditions: ColumnElement[bool]) -> _Lines:
    return select(order_line).where(*conditions), select(share).join(order_line, _SHARED).where(*conditions)


_ALL = _lines_where(true())
_OPEN = _lines_where(order_line.c.channel.in_(bindparam("channels", expanding=True)), _IS_OPEN)
_UNMAPPED = _lines_where(order_line.c.components == [])
_OF_ORDERS = _lines_where(
    order_line.c.channel == bindparam("channel"),
    order_line.c.shop == bindparam("shop"),
    order_line.c.order.in_(bindparam("orders", expanding=True)),
)
_OPEN_ORDERS = (
    select(order_line.c.order)
    .where(order_line.c.channel == bindparam("channel"), _IS_OPEN)
    .distinct()
    .order_by(order_line.c.order)
)
_RENEW = update(order_line).where(*(order_line.c[name] == bindparam(f"k_{name}") for name in _KEY))
_RENEW = _RENEW.values(version=bindparam("v"))
_CLAIMS = select(*(order_line.c[name] for name in ("channel", "order", "placed_at", "components"))).where(_IS_OPEN)


class OrderBook:
    def __init__(self, conn: Connection, at: str) -> None:
        self._conn, self._at = conn, at

    def of_orders(self, channel: str, shop: str, orders: Iterable[str]) -> dict[LineKey, LineState]:
        """Every known line of these orders."""
        ids, found = sorted(set(orders)), dict[LineKey, LineState]()
        for start in range(0, len(ids), 500):
            found |= self._lines(_OF_ORDERS, channel=channel, shop=shop, orders=ids[start : start + 500])
        return found

    def of_other_channels(self, channel: str, orders: Iterable[str]) -> set[str]:
        """Those of these order numbers that stand in the books of another channel, and are booked there: what no
        listing explains yet is not."""
        ids, found = sorted(set(orders)), set[str]()
        table = order_line.c
        booked = (table.channel != channel) & (table.components != [])
        for start in range(0, len(ids), 500):
            part = table.order.in_(ids[start : start + 500])
            found |= set(self._conn.execute(select(table.order).where(booked, part)).scalars())
        return found

    def renew(self, versions: Mapping[LineKey, str]) -> None:
        """The same content was said again by a newer message."""
        if versions:
            rows = [{**_bound(key), "v": version} for key, version in versions.items()]
            self._conn.execute(_RENEW, rows)

    def open_orders(self, channel: str) -> list[str]:
        """Order ids of a channel with a line still to be shipped."""
        return list(self._conn.execute(_OPEN_ORDERS, {"channel": channel}).scalars())

    def claims(self) -> list[Claim]:
        """Orders with a line still to be shipped, of every channel: one a line."""
        return [
            Claim(channel, order, time_of(placed_at), frozenset(sku for sku, _ in components))
            for channel, order, placed_at, components in self._conn.execute(_CLAIMS)
        ]

    def open_lines(self, channels: Iterable[str]) -> dict[LineKey, LineState]:
        """Lines of these channels with something still to be shipped, as the channel says."""
        return self._lines(_OPEN, channels=sorted(channels))

    def open_shops(self, channel: str) -> set[str]:
        """Whose orders with a line still to be shipped are in the books."""
        query = select(order_line.c.shop).where(order_line.c.channel == channel, _IS_OPEN).distinct()
        return set(self._conn.execute(query).scalars())

    def sold(self, channel: str, after: str, until: str) -> dict[str, int]:
        """Units of each listing (by id) in orders placed after `after`, not after `until`, as far as they stand."""
        query = (
            select(order_line.c.listing, func.sum(order_line.c.taken))
            .where(order_line.c.channel == channel, order_line.c.placed_at > after, order_line.c.placed_at <= until)
            .group_by(order_line.c.listing)
        )
        return {listing: int(units) for listing, units in self._conn.execute(query)}

    def placed(self, after: str, until: str) -> dict[str, tuple[int, int]]:
        """Orders placed after `after`, not after `until`, and the units ordered in them, by channel."""
        query = (
            select(order_line.c.channel, func.count(order_line.c.order.distinct()), func.sum(order_line.c.ordered))
            .where(order_line.c.placed_at > after, order_line.c.placed_at <= until)
            .group_by(order_line.c.channel)
            .order_by(order_line.c.channel)
        )
        return {channel: (orders, int(units)) for channel, orders, units in self._conn.execute(query)}

    def sold_since(self, listing: ListingKey, at: str) -> int:
        """The same of one listing, in orders placed after `at`."""
        query = select(func.sum(order_line.c.taken)).where(
            order_line.c.channel == listing.channel, order_line.c.listing == listing.id, order_line.c.placed_at > at
        )
        return int(self._conn.execute(query).scalar() or 0)

    def unmapped(self) -> dict[LineKey, LineState]:
        """Lines that no listing explained when they were last seen."""
        return self._lines(_UNMAPPED)

    def taken_before(self, at: str) -> dict[BalanceKey, int]:
        """Units promised or shipped by lines placed until then, by cell."""
        query = (
            select(share.c.sku, share.c.location, func.sum(share.c.allocated + share.c.shipped))
            .join(order_line, _SHARED)
            .where(order_line.c.placed_at <= at)
            .group_by(share.c.sku, share.c.location)
        )
        return {(sku, location): int(units) for sku, location, units in self._conn.execute(query)}

    def placed_at(self, key: LineKey) -> datetime:
        query = select(order_line.c.placed_at).where(*_is(order_line, key))
        return time_of(str(self._conn.execute(query).scalar_one()))

    def all(self) -> dict[LineKey, LineState]:
        return self._lines(_ALL)

    def count(self) -> int:
        return int(self._conn.execute(select(func.count()).select_from(order_line)).scalar_one())

    def touches(self, sku: str) -> bool:
        """Whether any line was ever booked as made of this SKU."""
        return self._conn.execute(select(order_line.c.line).where(_made_of(sku)).limit(1)).first() is not None

    def rename_components(self, old: str, new: str) -> None:
        """A SKU's code changed: lines made of it go on under the new one, also those that hold nothing now."""
        query = select(order_line).where(_made_of(old))
        for row in list(self._conn.execute(query)):
            renamed = [[new if code == old else code, units] for code, units in row.components]
            by_hand = [[new if code == old else code, *rest] for code, *rest in row.by_hand]
            if renamed != row.components:
                values = {"components": renamed, "by_hand": by_hand}
                self._conn.execute(update(order_line).where(*_is(order_line, _key_of(row))).values(**values))

    def put(self, states: Mapping[LineKey, LineState], placed_at: datetime) -> None:
        """Write lines whole: their snapshot and all their shares."""
        if not states:
            return
        self._conn.execute(_PUT, [self._values(state, placed_at) for state in states.values()])
        self._conn.execute(_DROP_SHARES, [_bound(key) for key in states])
        shares = [{**_key_values(key), **vars(each)} for key, state in states.items() for each in state.shares]
        if shares:
            self._conn.execute(insert(share), shares)

    def _values(self, state: LineState, placed_at: datetime) -> dict[str, Any]:
        snapshot = state.snapshot
        return {
            **_key_values(snapshot.key),
            "listing": snapshot.listing.id,
            "version": state.version,
            "ordered": snapshot.ordered,
            "open": snapshot.open,
            "shipped": snapshot.shipped,
            "returned": snapshot.returned,
            "taken": snapshot.taken,
            "portions": [[each.listing.id, each.open, each.shipped, each.taken] for each in snapshot.portions],
            "ignored_shipped": state.ignored_shipped,
            "ignored_returned": state.ignored_returned,
            "kept_shipped": state.kept_shipped,
            "by_hand": [[each.sku, each.picked, each.before, each.left, each.at] for each in state.by_hand],
            "components": [[component.sku, component.units] for component in state.components],
            "placed_at": iso(placed_at),
            "first_seen_at": self._at,
        }

    def _lines(self, queries: _Lines, **values: Any) -> dict[LineKey, LineState]:
        of_lines, of_shares = queries
        rows = self._conn.execute(of_lines, values).all()
        shares: defaultdict[LineKey, list[Share]] = defaultdict(list)
        for row in self._conn.execute(of_shares, values).all() if rows else ():
            shares[_key_of(row)].append(Share(row.sku, row.location, row.allocated, row.shipped, row.returned))
        return {key: _state(row, key, shares[key]) for row in rows for key in (_key_of(row),)}


def _made_of(sku: str) -> Any:
    """Lines whose components may name this SKU (as the JSON text has it)."""
    return cast(order_line.c.components, Text).contains(json.dumps(sku), autoescape=True)


def _is(table: Any, key: LineKey) -> tuple[Any, ...]:
    return tuple(table.c[name] == getattr(key, name) for name in _KEY)


def _key_of(row: Any) -> LineKey:
    return LineKey(row.channel, row.shop, row.order, row.line)


def _key_values(key: LineKey) -> dict[str, str]:
    return {name: getattr(key, name) for name in _KEY}


def _bound(key: LineKey) -> dict[str, str]:
    """The key, for statements that ask for it by `k_` and its names."""
    return {f"k_{name}": value for name, value in _key_values(key).items()}


def _state(row: Any, key: LineKey, shares: list[Share]) -> LineState:
    return LineState(
        snapshot=LineSnapshot(
            key,
            ListingKey(row.channel, row.listing),
            row.ordered,
            row.open,
            row.shipped,
            row.returned,
            row.taken,
            tuple(Portion(ListingKey(row.channel, listing), *units) for listing, *units in row.portions),
        ),
        version=row.version,
        components=tuple(Component(sku, units) for sku, units in row.components),
        shares=tuple(shares),
        ignored_shipped=row.ignored_shipped,
        ignored_returned=row.ignored_returned,
        kept_shipped=row.kept_shipped,
        by_hand=tuple(ByHand(*each) for each in row.by_hand),
    )
