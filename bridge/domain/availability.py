"""How many a listing may sell (DESIGN §2, §5). Pure arithmetic over balances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bridge.domain.stock import Balance, Component


def sellable(balances: Mapping[str, Balance], locations: Iterable[str], safety: int, held: int) -> int | None:
    """Units of one SKU that may still be sold: on hand − allocated − safety − held over the selling `locations`.

    balances: of this SKU, by location · safety: units never sold, ≥ 0 · held: units sold in a mall that its feed does
    not show yet, ≥ 0. May be below zero. None where none of the locations stocks the SKU: a blank cell is no zero."""
    found = [balances[at] for at in dict.fromkeys(locations) if at in balances]
    if not any(balance.stocked for balance in found):
        return None
    return sum(balance.free for balance in found) - safety - held


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
