"""What an order line books: what its newest snapshot implies, minus what it has booked already (DESIGN §2).

So late, doubled, shuffled, partial and withdrawn messages need no rules of their own. Per component (units of the SKU):

    allocated = open × units     shipped = shipped × units     returned = returned × units

Two exceptions, both kept on the line, both towards less stock:
* what had left before the opening is ignored forever (the column opened without it);
* a line with nothing open that says it shipped less than before was cancelled after its shipment: nobody has seen the
  goods come back, so they stay booked as shipped and a person is asked.

What people have taken off the shelf for a line (picks) is booked as shipped at once. The mall's own word of the same
shipment comes later and books nothing more: the greater of the two counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot
from bridge.domain.picks import ByHand, Owed, Progress, excess, owed
from bridge.domain.shelf import Assigned, ComponentBook, Shelf, Target
from bridge.domain.shelf import Share as Share
from bridge.domain.stock import Balance, BalanceKey, Component, Movement

SellsFrom = Callable[[ListingKey], Sequence[str]]
"""Where a listing sells from, in order, in a channel that keeps a number for each of its places."""


class ProblemCode(StrEnum):
    """What a person is told about a line."""

    UNMAPPED = "unmapped"  # no listing explains it: kept, booked once it is mapped
    OVERSOLD = "oversold"  # `units` of `sku` were promised that no location has
    CANCELLED_AFTER_SHIPMENT = "cancelled after shipment"  # `units` of the listing left: do they come back?
    OPENING_SHIPMENT_WITHDRAWN = "opening shipment withdrawn"  # `units` ignored as shipped are said not to have left
    PICKED_AND_CANCELLED = "picked and cancelled"  # `units` of `sku` are packed, and nobody wants them any more


@dataclass(frozen=True)
class LineProblem:
    """Reported when it arises; UNMAPPED as long as it lasts. `units` ≥ 1, of `sku`, or of the listing if that is ""."""

    key: LineKey
    code: ProblemCode
    units: int
    sku: str = ""


@dataclass(frozen=True)
class LineState:
    """A line as booked.

    components:       frozen when first booked; empty while no listing explains the line
    ignored_shipped:  listing units shipped before the opening
    ignored_returned: listing units returned before the opening, or booked at a person's word
    kept_shipped:     listing units that stay booked as shipped though the channel no longer says so
    by_hand:          what people did with its components in 受注; only those they touched
    """

    snapshot: LineSnapshot
    version: str
    components: tuple[Component, ...] = ()
    shares: tuple[Share, ...] = ()
    ignored_shipped: int = 0
    ignored_returned: int = 0
    kept_shipped: int = 0
    by_hand: tuple[ByHand, ...] = ()

    @property
    def shipped(self) -> int:
        """Listing units to be booked as shipped."""
        return max(0, self.snapshot.shipped + self.kept_shipped - self.ignored_shipped)

    @property
    def returned(self) -> int:
        """Listing units to be booked as returned."""
        return max(0, self.snapshot.returned - self.ignored_returned)

    def hand(self, sku: str) -> ByHand:
        """What people did with one component."""
        return next((each for each in self.by_hand if each.sku == sku), ByHand(sku))

    def handled(self, hand: ByHand) -> LineState:
        """The line after people did something with one component. Its shares are still those of before."""
        others = [each for each in self.by_hand if each.sku != hand.sku]
        kept = [] if hand == ByHand(hand.sku) else [hand]
        return replace(self, by_hand=tuple(sorted([*others, *kept], key=lambda each: each.sku)))

    def owed(self, component: Component) -> Owed:
        """What is to be booked of one component."""
        units = component.units
        open, shipped = self.snapshot.open * units, self.shipped * units
        return owed(self.hand(component.sku), open, shipped, self.returned * units)

    def progress(self, sku: str) -> Progress:
        """How one component stands. All nothing, where the line is not made of it."""
        part = next((each for each in self.components if each.sku == sku), Component(sku, 0))
        reported, hand = self.shipped * part.units, self.hand(sku)
        ordered = self.snapshot.open * part.units + reported
        return Progress(ordered, reported, self.owed(part).open, hand.picked, excess(hand, ordered))

    @property
    def excess(self) -> dict[str, int]:
        """Units of each SKU that were picked though they are not ordered any more."""
        found = {part.sku: self.progress(part.sku).excess for part in self.components}
        return {sku: units for sku, units in found.items() if units}


class Booked(NamedTuple):
    """The line's new state and what it moved."""

    state: LineState
    movements: tuple[Movement, ...] = ()
    problems: tuple[LineProblem, ...] = ()


def line_ref(key: LineKey) -> str:
    """The line's name in the history that people read."""
    return "/".join((key.channel, key.shop, key.order, key.line))


def book(
    state: LineState | None,
    snapshot: LineSnapshot,
    version: str,
    *,
    components: Iterable[Component],
    balances: Mapping[BalanceKey, Balance],
    locations: Sequence[str],
    inspect: str,
    opening: bool = False,
) -> Booked:
    """Book one line. `locations`: the channel's own order, ≥ 1; `inspect`: where returns go; `opening`: the first look
    at this channel. An older version changes nothing; the same version again books what is still missing."""
    shelf = Shelf(balances, locations, inspect)
    ignored = (snapshot.shipped, snapshot.returned) if opening else (0, 0)
    return book_on(shelf, state, snapshot, version, components=components, ignored=ignored)


def gone(state: LineState) -> LineSnapshot:
    """The snapshot of a line that vanished from its order: nothing open, what has left stays.

    Whether the mall put the open units back on sale is unknown. We suppose it: if it did not, they count as unseen
    sales for a while, which holds stock back; the other way round a real sale could hide behind them."""
    old = state.snapshot
    portions = tuple(
        replace(each, open=0, taken=max(min(each.taken, 0), each.taken - each.open)) for each in old.portions
    )
    return replace(old, open=0, taken=max(0, old.taken - old.open), portions=portions)


def _disowned(state: LineState) -> LineState:
    """A line that another channel books, as if nothing of it had ever been told: there is nothing to ask about it."""
    nothing = replace(gone(state), shipped=0, returned=0)
    return replace(state, snapshot=nothing, ignored_shipped=0, ignored_returned=0, kept_shipped=0)


def book_on(
    shelf: Shelf,
    state: LineState | None,
    snapshot: LineSnapshot,
    version: str,
    *,
    components: Iterable[Component],
    ignored: tuple[int, int] = (0, 0),
    sells_from: SellsFrom = lambda _: (),
) -> Booked:
    """`book` against a shelf that other lines were booked on before. `ignored`: units shipped and returned before the
    opening, of a line not known yet."""
    if state is not None and version < state.version:
        return Booked(state)
    new = _next_state(state, snapshot, version, components, ignored)
    if not new.components:
        return Booked(new, problems=_unmapped(new))
    books = [
        ComponentBook(shelf, line_ref(snapshot.key), new.shares, _target(new, component, sells_from))
        for component in new.components
    ]
    for each in books:
        each.settle()
    shares = tuple(share for each in books for share in each.shares())
    movements = tuple(movement for each in books for movement in each.movements)
    short = tuple(
        LineProblem(snapshot.key, ProblemCode.OVERSOLD, each.short, each.sku) for each in books if each.short > 0
    )
    return Booked(replace(new, shares=shares), movements, short + _questions(state, new))


def _next_state(
    state: LineState | None,
    snapshot: LineSnapshot,
    version: str,
    components: Iterable[Component],
    ignored: tuple[int, int],
) -> LineState:
    """The state with the newest snapshot in it, its shares still those of before."""
    if state is None:
        return LineState(snapshot, version, _merged(components), (), *ignored)
    # Nothing open and fewer shipped than before: cancelled after the shipment. Open again: the shipment was withdrawn.
    kept = state.snapshot.shipped + state.kept_shipped - snapshot.shipped if snapshot.open == 0 else 0
    return replace(
        state,
        snapshot=snapshot,
        version=version,
        components=state.components or _merged(components),
        kept_shipped=max(0, kept),
    )


def rebook(shelf: Shelf, state: LineState, sells_from: SellsFrom = lambda _: ()) -> Booked:
    """Book a line of which people said something new, though the channel did not."""
    return book_on(shelf, state, state.snapshot, state.version, components=(), sells_from=sells_from)


def _target(line: LineState, component: Component, sells_from: SellsFrom) -> Target:
    units, due, chosen = component.units, line.owed(component), line.hand(component.sku).at
    if chosen:
        all_there = Assigned((chosen,), due.open, due.shipped)
        return Target(component.sku, due.open, due.shipped, due.returned, (all_there,))
    assigned = tuple(
        Assigned(tuple(columns), portion.open * units, portion.shipped * units)
        for portion in line.snapshot.portions
        if (columns := sells_from(portion.listing))
    )
    return Target(component.sku, due.open, due.shipped, due.returned, assigned)


def _merged(components: Iterable[Component]) -> tuple[Component, ...]:
    """Each SKU once, in the order given."""
    units: dict[str, int] = {}
    for component in components:
        units[component.sku] = units.get(component.sku, 0) + component.units
    return tuple(Component(sku, count) for sku, count in units.items())


def _unmapped(state: LineState) -> tuple[LineProblem, ...]:
    waiting = state.snapshot.open + state.shipped
    return (LineProblem(state.snapshot.key, ProblemCode.UNMAPPED, waiting),) if waiting else ()


def _questions(before: LineState | None, after: LineState) -> tuple[LineProblem, ...]:
    """What only a person can say about this line, where the newest snapshot raises it."""
    if before is None:
        return ()
    key = after.snapshot.key
    found: list[LineProblem] = []
    if after.kept_shipped > before.kept_shipped or _put_back_unseen(before.snapshot, after.snapshot):
        units = after.kept_shipped or _put_back_unseen(before.snapshot, after.snapshot)
        found.append(LineProblem(key, ProblemCode.CANCELLED_AFTER_SHIPMENT, units))
    withdrawn = after.ignored_shipped - after.snapshot.shipped - after.kept_shipped
    if withdrawn > max(0, before.ignored_shipped - before.snapshot.shipped - before.kept_shipped):
        found.append(LineProblem(key, ProblemCode.OPENING_SHIPMENT_WITHDRAWN, withdrawn))
    packed = after.excess
    if any(units > before.excess.get(sku, 0) for sku, units in packed.items()):
        found.append(LineProblem(key, ProblemCode.PICKED_AND_CANCELLED, sum(packed.values()), "、".join(packed)))
    return tuple(found)


def _put_back_unseen(before: LineSnapshot, after: LineSnapshot) -> int:
    """Shipped units that the mall has just put back on sale without saying that they came back."""
    if after.taken >= before.taken:
        return 0
    return max(0, min(after.shipped, after.open + after.shipped - after.returned - after.taken))


@dataclass(frozen=True)
class OrderBooked:
    """`states`: every line of the order, also those gone. `taken`: by how many units the mall has newly lowered its own
    number (below zero: raised), by listing and when, as far as the feed tells; empty at the opening, whose first
    reading of the mall's numbers has it in already."""

    states: Mapping[LineKey, LineState]
    movements: tuple[Movement, ...]
    problems: tuple[LineProblem, ...]
    taken: Mapping[tuple[ListingKey, datetime], int]


def book_order(
    states: Mapping[LineKey, LineState],
    order: OrderSnapshot,
    *,
    components_of: Callable[[ListingKey], tuple[Component, ...]],
    balances: Mapping[BalanceKey, Balance],
    locations: Sequence[str],
    inspect: str,
    opening: bool = False,
    left: Mapping[LineKey, tuple[int, int]] | None = None,
    sells_from: SellsFrom = lambda _: (),
) -> OrderBooked:
    """Book a whole order. A line of it in `states` that it no longer has is gone. The lines see each other's
    allocations, those that give units back first, then by key: nothing hangs on the order they came in.

    left: units shipped and returned when the columns were opened, where known; at the opening, the rest of what has
    left is taken to have left before"""
    snapshots = {line.key: line for line in order.lines}
    mine = {key: state for key, state in states.items() if _of(order, key)}
    if order.elsewhere:
        mine = {key: state if order.version < state.version else _disowned(state) for key, state in mine.items()}
    snapshots |= {key: gone(state) for key, state in mine.items() if key not in snapshots}

    def takes_more(key: LineKey) -> tuple[bool, LineKey]:
        before = mine[key].snapshot.open if key in mine else 0
        return (snapshots[key].open > before, key)

    shelf = Shelf(balances, locations, inspect)
    after: dict[LineKey, LineState] = {}
    movements: list[Movement] = []
    problems: list[LineProblem] = []
    taken: dict[tuple[ListingKey, datetime], int] = {}
    for key in sorted(snapshots, key=takes_more):
        old, snapshot = mine.get(key), snapshots[key]
        components = _explained(snapshot, components_of)
        before = (snapshot.shipped, snapshot.returned) if opening else (0, 0)
        ignored = (left or {}).get(key, before)
        new, moved, found = book_on(
            shelf, old, snapshot, order.version, components=components, ignored=ignored, sells_from=sells_from
        )
        after[key] = new
        movements += moved
        problems += found
        at = order.changed_at if old and order.changed_at else order.placed_at
        for listing, delta in _newly_taken(old.snapshot if old else None, new.snapshot).items():
            if delta and not opening:
                taken[listing, at] = taken.get((listing, at), 0) + delta
    return OrderBooked(after, tuple(movements), tuple(problems), taken)


def _explained(
    line: LineSnapshot, components_of: Callable[[ListingKey], tuple[Component, ...]]
) -> tuple[Component, ...]:
    """All the listings of one line are the same thing, at other places: any of them will do."""
    found = map(components_of, (line.listing, *line.taken_of))
    return next((components for components in found if components), ())


def _newly_taken(old: LineSnapshot | None, new: LineSnapshot) -> dict[ListingKey, int]:
    """By how many units the mall has lowered each number since. What a mall gives to another of its places goes back on
    sale at the first."""
    if old is None:
        return new.taken_of
    if not old.portions and not new.portions:
        return {new.listing: new.taken - old.taken}
    before, after = old.taken_of, new.taken_of
    return {listing: after.get(listing, 0) - before.get(listing, 0) for listing in {**before, **after}}


def _of(order: OrderSnapshot, key: LineKey) -> bool:
    return (key.channel, key.shop, key.order) == (order.channel, order.shop, order.order)
