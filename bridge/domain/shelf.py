"""One component of an order line on the shelves: from what it has booked to what it should have booked.

The order of steps is fixed: shipments taken back, units that the channel gave to another of its places, units placed or
released, units shipped, returns. A shipment seen first is placed and shipped at once, so it ends where it would have
ended if we had seen it placed.

How much is booked never hangs on the places, only where: a channel may move a line about, or say nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bridge.domain.stock import Balance, BalanceKey, Cause, Movement


@dataclass(frozen=True)
class Share:
    """What a line has booked at one location, in units of the SKU, each ≥ 0."""

    sku: str
    location: str
    allocated: int
    shipped: int
    returned: int


@dataclass(frozen=True)
class Assigned:
    """What the channel has given to one of its places, which sells from `columns` in that order (≥ 1)."""

    columns: tuple[str, ...]
    open: int
    shipped: int


@dataclass(frozen=True)
class Target:
    """What a line should have booked of one SKU, over all locations, in units of the SKU, each ≥ 0. `assigned`: how it
    lies at the channel's places, where the channel keeps a number for each."""

    sku: str
    open: int
    shipped: int
    returned: int
    assigned: tuple[Assigned, ...] = ()


class Shelf:
    """The balances as they stand while lines are booked one after the other: each sees what the others took."""

    def __init__(self, balances: Mapping[BalanceKey, Balance], locations: Sequence[str], inspect: str) -> None:
        if not locations:
            raise ValueError("a channel needs at least one location")
        self._balances = balances
        self._moved: dict[BalanceKey, int] = {}
        self._rank = {location: rank for rank, location in enumerate(locations)}
        self.locations = tuple(locations)
        self.inspect = inspect

    def free(self, sku: str, location: str) -> int:
        """Units there that nobody was promised; below zero where more was promised than there is."""
        key = (sku, location)
        return self._balances.get(key, Balance()).free + self._moved.get(key, 0)

    def first(self, sku: str, locations: Sequence[str]) -> str:
        """Where a shortage stands: the first of `locations` that stocks the SKU, else the first of all."""
        stocked = (at for at in locations if self._balances.get((sku, at), Balance()).stocked)
        return next(stocked, locations[0])

    def rank(self, location: str) -> tuple[int, str]:
        """The channel's order; a location it no longer sells from comes last."""
        return (self._rank.get(location, len(self._rank)), location)

    def move(self, movement: Movement) -> None:
        key = (movement.sku, movement.location)
        self._moved[key] = self._moved.get(key, 0) + movement.on_hand - movement.allocated


class ComponentBook:
    """One component of one line: what it has booked by location, moved step by step to what it should have booked."""

    def __init__(self, shelf: Shelf, ref: str, shares: Iterable[Share], target: Target) -> None:
        mine = [share for share in shares if share.sku == target.sku]
        self.sku = target.sku
        self.movements: list[Movement] = []
        self.short = 0
        self._shelf = shelf
        self._ref = ref
        self._open = target.open
        self._assigned = target.assigned
        self._to_ship = target.shipped - sum(share.shipped for share in mine)
        self._to_return = target.returned - sum(share.returned for share in mine)
        self._allocated = {share.location: share.allocated for share in mine}
        self._shipped = {share.location: share.shipped for share in mine}
        self._returned = {share.location: share.returned for share in mine}

    def settle(self) -> None:
        """Book the difference; `movements` and `short` (units that no location has) tell what came of it."""
        self._withdraw(max(0, -self._to_ship))
        self._follow()
        missing = self._open + max(0, self._to_ship) - sum(self._allocated.values())
        self._release(max(0, -missing))
        for columns, units in self._missing_at(max(0, missing)):
            self._place(units, columns)
        self._ship(max(0, self._to_ship))
        self._take_back(max(0, self._to_return))
        self._send_again(max(0, -self._to_return))

    def shares(self) -> list[Share]:
        """By location in the channel's order, without empty ones."""
        found = []
        for at in sorted({*self._allocated, *self._shipped, *self._returned}, key=self._shelf.rank):
            counts = (self._allocated.get(at, 0), self._shipped.get(at, 0), self._returned.get(at, 0))
            if any(counts):
                found.append(Share(self.sku, at, *counts))
        return found

    def _withdraw(self, units: int) -> None:
        """Shipped units are on their shelf again, still promised to this line: the last location first."""
        for at, count in _fill(units, self._held(self._shipped, backwards=True)):
            self._shipped[at] -= count
            self._allocated[at] = self._allocated.get(at, 0) + count
            self._move(at, count, count, Cause.WITHDRAWN)

    def _release(self, units: int) -> None:
        """The last allocated first: what was promised beyond the stock came last, then the last location."""
        held = self._held(self._allocated, backwards=True)
        short = [(at, min(count, max(0, -self._shelf.free(self.sku, at)))) for at, count in held]
        for at, count in _fill_in_turn(units, self._allocated, self._beyond(leaving=True), short, held).items():
            self._allocated[at] -= count
            self._move(at, 0, -count, Cause.RELEASED)

    def _place(self, units: int, columns: Sequence[str]) -> None:
        """The first of `columns` that covers it all; else split in order, these first, the remainder on the first:
        oversold."""
        order = tuple(dict.fromkeys([*columns, *self._shelf.locations]))
        room = self._room(order)
        covering = [(at, free) for at, free in room[: len(columns)] if free >= units]
        found = list(_fill(units, covering[:1] or room))
        short = units - sum(count for _, count in found)
        if short:
            found.append((self._shelf.first(self.sku, order), short))
            self.short += short
        for at, count in _together(found):
            self._allocated[at] = self._allocated.get(at, 0) + count
            self._move(at, 0, count, Cause.PLACED)

    def _ship(self, units: int) -> None:
        """Goods leave from where they were allocated: where more is than the channel still has open there, then in the
        channel's order."""
        held = self._held(self._allocated)
        for at, count in _fill_in_turn(units, self._allocated, self._beyond(leaving=False), held).items():
            self._allocated[at] -= count
            self._shipped[at] = self._shipped.get(at, 0) + count
            self._move(at, -count, -count, Cause.SHIPPED)

    def _take_back(self, units: int) -> None:
        """Goods that came back wait to be inspected, never straight on the shelf."""
        for at, count in _fill(units, [(self._shelf.inspect, units)]):
            self._returned[at] = self._returned.get(at, 0) + count
            self._move(at, count, 0, Cause.RETURNED)

    def _send_again(self, units: int) -> None:
        """Fewer came back than was said."""
        for at, count in _fill(units, self._held(self._returned, backwards=True)):
            self._returned[at] -= count
            self._move(at, -count, 0, Cause.RETURNED)

    # --- the channel's places ----------------------------------------------------------------------------------------

    def _missing_at(self, units: int) -> Iterable[tuple[Sequence[str], int]]:
        """Which places the units to be allocated belong to: open ones, shipped ones, the rest."""
        lacks = [(each.columns, each.open - _sum(self._allocated, each.columns)) for each in self._assigned]
        lacks += [(each.columns, each.shipped - _sum(self._shipped, each.columns)) for each in self._assigned]
        for columns, lack in lacks:
            here = max(0, min(units, lack))
            if here:
                yield columns, here
                units -= here
        if units:
            first = self._assigned[0].columns if self._assigned else self._shelf.locations
            yield first, units

    def _follow(self) -> None:
        """Units that the channel has given to another of its places are promised there, as far as there is room."""
        for each in self._assigned:
            lack = max(0, each.open + self._leaving(each) - _sum(self._allocated, each.columns))
            spare = self._beyond(leaving=True)
            units = min(lack, sum(count for _, count in spare), sum(free for _, free in self._room(each.columns)))
            for at, count in _fill(units, [(at, count) for at, count in spare if at not in each.columns]):
                self._allocated[at] -= count
                self._move(at, 0, -count, Cause.RELEASED)
                self._place(count, each.columns)

    def _leaving(self, each: Assigned) -> int:
        """Units that are to be booked as shipped from there now."""
        return max(0, min(self._to_ship, each.shipped - _sum(self._shipped, each.columns)))

    def _beyond(self, *, leaving: bool) -> list[tuple[str, int]]:
        """What is allocated beyond what the channel has open there, and, if `leaving`, beyond what leaves from there
        now: the last location first. Nothing where the channel has no places."""
        if not self._assigned:
            return []
        most = dict(self._allocated)
        found: list[tuple[str, int]] = []
        for each in self._assigned:
            due = each.open + (self._leaving(each) if leaving else 0)
            here = [(at, most.pop(at)) for at in reversed(each.columns) if at in most]
            found += _fill(sum(count for _, count in here) - due, here)
        found += most.items()
        return sorted(found, key=lambda item: self._shelf.rank(item[0]), reverse=True)

    def _room(self, columns: Iterable[str]) -> list[tuple[str, int]]:
        return [(at, max(0, self._shelf.free(self.sku, at))) for at in columns]

    def _held(self, counts: Mapping[str, int], backwards: bool = False) -> list[tuple[str, int]]:
        return sorted(counts.items(), key=lambda item: self._shelf.rank(item[0]), reverse=backwards)

    def _move(self, at: str, on_hand: int, allocated: int, cause: Cause) -> None:
        movement = Movement(self.sku, at, on_hand, allocated, cause, self._ref)
        self.movements.append(movement)
        self._shelf.move(movement)


def _fill(units: int, room: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    """`units` poured into `room` in its order: (location, count ≥ 1)."""
    for at, most in room:
        count = min(units, most)
        if count > 0:
            yield at, count
            units -= count


def _fill_in_turn(units: int, most: Mapping[str, int], *rooms: Iterable[tuple[str, int]]) -> dict[str, int]:
    """`units` poured into one room after the other, into no location more than `most` of it."""
    found: dict[str, int] = {}
    for room in rooms:
        left = [(at, min(count, most[at] - found.get(at, 0))) for at, count in room]
        for at, count in _fill(units - sum(found.values()), left):
            found[at] = found.get(at, 0) + count
    return found


def _sum(counts: Mapping[str, int], columns: Iterable[str]) -> int:
    return sum(counts.get(at, 0) for at in columns)


def _together(parts: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    """Each location once, where it first stood."""
    total: dict[str, int] = {}
    for at, count in parts:
        total[at] = total.get(at, 0) + count
    return total.items()
