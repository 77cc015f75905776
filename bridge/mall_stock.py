"""What a channel shows, as a table for `bridge import`: where a hub has no stock to give, the malls themselves have."""

from __future__ import annotations

from bridge.channels.port import Channel, CountsStock, KeepsPlaces
from bridge.domain.orders import ListingKey
from bridge.sheet.other_tables import Table, text_cell

SKU, PLACE, UNITS = "SKU", "場所", "在庫数"  # headers that `bridge import` knows


def mall_stock(channel: Channel) -> Table:
    """A row for each of the seller's codes, and for each stock column where the channel keeps them apart. Left out:
    what has no code, no number or no limit, and what the mall ships itself. A code on several listings has the lowest
    of their numbers. Reads only; as many calls as a catalogue takes. Raises TryAgain, NeedsPerson."""
    listed = {each.listing: each for page in channel.catalogue() for each in page}
    theirs = channel.fulfils(listed) if isinstance(channel, CountsStock) else frozenset[ListingKey]()
    wanted = {key: each for key, each in listed.items() if each.codes and each.trap is None and key not in theirs}
    kept = channel if isinstance(channel, KeepsPlaces) and channel.places else None
    units: dict[tuple[str, ...], int] = {}
    for key, shown in channel.read(wanted).items():
        place = (kept.places[kept.place_of(key)][0],) if kept else ()
        what = (wanted[key].codes[0], *place)
        units[what] = min(shown, units.get(what, shown))
    head = (SKU, PLACE, UNITS) if kept else (SKU, UNITS)
    rows = [head, *((*what, str(shown)) for what, shown in sorted(units.items()))]
    return [[text_cell(text) for text in row] for row in rows]
