"""How many a listing may sell (DESIGN §2, §5). Pure arithmetic over balances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bridge.domain.stock import Balance, Component


def sellable(balances: Mapping[str, Balance], locations: Iterable[str], safety: int, held: int) -> int | None:
    """Units of one SKU that may still be sold: on hand − allocated − safety − held over the selling `locations`.

    balances: of this SKU, by location · safety: units never sold, ≥ 0 · held: units sold in a mall that its feed does
    not show yet, ≥ 0. May be below zero. None where none of the locations stocks the SKU: a blank cell is no zero."""
    found = _found(balances, locations)
    if not any(balance.stocked for balance in found):
        return None
    return sum(balance.free for balance in found) - safety - held


def sellable_at(
    place: str,
    places: Mapping[str, Sequence[str]],
    balances: Mapping[str, Balance],
    *,
    safety: int,
    held: int,
    held_at: Mapping[str, int],
) -> int | None:
    """Of one SKU, what one of the places of a channel may sell that keeps a number for each, ≥ 0.

    places: the stock columns that each sells from, in the channel's order, no column in two · held_at: units held for
    unseen sales at each place · held: those sold elsewhere. None where none of its columns stocks the SKU.

    What was sold at a place comes off that place. Safety stock, what is held for sales elsewhere, and what any place
    lacks are no place's own: they come off the first that has any, then off the next. So all the places together show
    what `sellable` makes of all their columns, and no more."""
    if not any(balance.stocked for balance in _found(balances, places[place])):
        return None
    free = {
        name: sum(balance.free for balance in _found(balances, columns)) - held_at.get(name, 0)
        for name, columns in places.items()
    }
    off = safety + held - sum(min(0, units) for units in free.values())
    for name, units in free.items():
        if name == place:
            return max(0, units - off)
        off -= min(off, max(0, units))
    raise ValueError(f"{place} is none of {list(places)}")


def _found(balances: Mapping[str, Balance], locations: Iterable[str]) -> list[Balance]:
    return [balances[at] for at in dict.fromkeys(locations) if at in balances]


def wanted(components: Sequence[Component], sellable_by_sku: Mapping[str, int | None], maximum: int) -> int | None:
    """The quantity a listing should show, 0…maximum: as many as its scarcest component makes.

    None where there is no component, or one of them has no number: such a listing pushes nothing."""
    makes: list[int] = []
    for component in components:
        units = sellable_by_sku.get(component.sku)
        if units is None:
            return None
        makes.append(units // component.units)
    return max(0, min([*makes, maximum])) if makes else None
