"""Words for the tests of order lines: one mall, one order, a listing of A."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bridge.domain.booking import LineState, OrderBooked, book
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot
from bridge.domain.stock import Balance, BalanceKey, Component, Movement

LISTING = ListingKey("mall", "listing")
ONE_A = (Component("A", 1),)
LOCATIONS = ("main", "shop")
INSPECT = "inspection"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def key(line: str = "1", order: str = "100") -> LineKey:
    return LineKey("mall", "shop", order, line)


def snapshot(
    open: int = 0, shipped: int = 0, returned: int = 0, *, line: str = "1", ordered: int = 5, taken: int | None = None
) -> LineSnapshot:
    lowered = ordered if taken is None else taken
    return LineSnapshot(key(line), LISTING, ordered, open, shipped, returned, lowered)


def order(version: str, *lines: LineSnapshot) -> OrderSnapshot:
    return OrderSnapshot("mall", "shop", "100", version, NOON, lines)


def by_listing(booked: OrderBooked) -> dict[ListingKey, int]:
    """By how many units the mall has newly lowered each of its numbers."""
    return {listing: units for (listing, _), units in booked.taken.items()}


def stock(main: int | None = 100, shop: int | None = 100, sku: str = "A") -> dict[BalanceKey, Balance]:
    return {(sku, "main"): Balance(typed=main), (sku, "shop"): Balance(typed=shop)}


def moved(balances: Mapping[BalanceKey, Balance], movements: Iterable[Movement]) -> dict[BalanceKey, Balance]:
    """The balances after some movements, as the ledger would keep them."""
    after = dict(balances)
    for each in movements:
        old = after.get((each.sku, each.location), Balance())
        booked, allocated = old.booked + each.on_hand, old.allocated + each.allocated
        after[each.sku, each.location] = Balance(old.typed, booked, allocated)
    return after


class Books:
    """One line and the balances it moves."""

    def __init__(self, balances: Mapping[BalanceKey, Balance], components: Iterable[Component] = ONE_A) -> None:
        self.balances = dict(balances)
        self.components = tuple(components)
        self.state: LineState | None = None
        self.movements: list[Movement] = []

    def hear(self, seen: LineSnapshot, version: str, *, opening: bool = False) -> list[str]:
        """Book one message; answers the codes of the problems it raised."""
        booked = book(
            self.state,
            seen,
            version,
            components=self.components,
            balances=self.balances,
            locations=LOCATIONS,
            inspect=INSPECT,
            opening=opening,
        )
        self.state = booked.state
        self.movements += booked.movements
        self.balances = moved(self.balances, booked.movements)
        return [problem.code.value for problem in booked.problems]

    def at(self, location: str, sku: str = "A") -> tuple[int, int]:
        """On hand and allocated there."""
        balance = self.balances.get((sku, location), Balance())
        return balance.on_hand, balance.allocated
