"""How an order line lies at the shop's locations, where each shows a number of its own (shopify.md §6, traps 1 and 2).

Shopify assigns what is ordered to locations by fulfillment orders, some time after the order was placed, and people may
move it from one to another, also a part of a line. Its number at a location falls when units are assigned there. What
of a line was shipped from where the fulfillments tell; which units of a line came from which of several is not asked.

How many units are open and shipped is never taken from here (an order says so itself), only where they are. What is not
assigned yet, or is assigned to a location that the settings don't name, is held at the first place, and lowers no
number there: none is known to have fallen for it. So is what stands beyond line 250 of a fulfillment order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.channels.answers import whole
from bridge.channels.shopify.ids import number_of
from bridge.domain.orders import ListingKey, Portion

NOT_ASSIGNED = "CANCELLED"  # a fulfillment order of this status holds nothing and never did


@dataclass(frozen=True)
class Route:
    """Units of one line by the number of the location: still to be shipped from there, and no longer."""

    open: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)

    @property
    def known(self) -> bool:
        return bool(+self.open or +self.done)


Routes = Mapping[str, Route]
"""By the gid of the line."""


def routes_of(fulfillment_orders: Iterable[Mapping[str, Any]], shipped_from: Iterable[str]) -> Routes:
    """`shipped_from`: locations that shipped anything of the order, as far as they are known. Raises KeyError,
    TypeError."""
    routes: defaultdict[str, Route] = defaultdict(Route)
    left = set(shipped_from)
    for each in fulfillment_orders:
        location = each["assignedLocation"]["location"]
        if location is None or each["status"] == NOT_ASSIGNED:
            continue
        number = number_of(location["id"])
        for line in each["lineItems"]["nodes"]:
            remaining, total = whole(line["remainingQuantity"]), whole(line["totalQuantity"])
            route = routes[line["lineItem"]["id"]]
            route.open[number] += remaining
            if not left or number in left:  # one that was moved away as a whole is closed too, and shipped nothing
                route.done[number] += max(0, total - remaining)
    return routes


@dataclass(frozen=True)
class Units:
    """What an order says of a line. left: not shipped yet · shipped: by then · lowered: for how many Shopify lowered
    its numbers; None: for none · held: whether what is left is to be held · ships: whether what was shipped counts."""

    left: int
    shipped: int
    lowered: int | None
    held: bool
    ships: bool


def portions(
    route: Route,
    places: Sequence[str],
    listing: Callable[[str], ListingKey],
    units: Units,
    withdrawn: Mapping[str, int],
    restocked: Mapping[str, int],
) -> tuple[Portion, ...]:
    """A line's portions, those with nothing in them left out. `places`: the locations of the settings · restocked:
    units that were put back at a location, withdrawn: those of them that were never shipped."""
    order = [*places, *sorted({*route.open, *route.done} - set(places))]
    first = next((number for number in order if route.open[number] or route.done[number]), places[0])
    opened = _spread(units.left, route.open, order, first)
    done = _spread(units.shipped, route.done, order, first)
    lowered = opened + done + Counter(withdrawn)
    lowered[first] += (units.lowered or 0) - lowered.total()
    found: dict[str, Portion] = {}
    for number in order:
        here = number if number in places else places[0]
        tells = units.lowered is not None and route.known and number in places
        old = found.get(here, Portion(listing(here), 0, 0, 0))
        found[here] = Portion(
            old.listing,
            old.open + (opened[number] if units.held else 0),
            old.shipped + (done[number] if units.ships else 0),
            old.taken + (lowered[number] - restocked.get(number, 0) if tells else 0),
        )
    return tuple(each for each in found.values() if each.open or each.shipped or each.taken)


def main(split: Sequence[Portion]) -> ListingKey | None:
    """The listing that stands for the line: the first with anything open, else the first."""
    return max(split, key=lambda each: each.open > 0).listing if split else None


def _spread(units: int, room: Mapping[str, int], order: Sequence[str], first: str) -> Counter[str]:
    """`units` poured into `room`, what is left over on the first."""
    found: Counter[str] = Counter()
    for number in order:
        found[number] = min(room.get(number, 0), units)
        units -= found[number]
    found[first] += units
    return found
