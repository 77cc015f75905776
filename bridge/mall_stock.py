"""What a channel shows, as a table for `bridge import`: where a hub has no stock to give, the malls themselves have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge.channels.port import Channel, CountsStock, KeepsPlaces, Listed
from bridge.domain.orders import ListingKey
from bridge.sheet.other_tables import Table, text_cell

SKU, PLACE, UNITS = "SKU", "場所", "在庫数"  # headers that `bridge import` knows


def mall_stock(channel: Channel) -> Table:
    """A row for each of the seller's codes, and for each stock column where the channel keeps them apart. Left out:
    what has no code, no number or no limit, and what the mall ships itself. A code on several listings has the lowest
    of their numbers. Reads only; as many calls as a catalogue takes. Raises TryAgain, NeedsPerson."""
    listed = {each.listing: each for page in channel.catalogue() for each in page}
    apart = isinstance(channel, KeepsPlaces) and bool(channel.places)
    units: dict[tuple[str, str], int] = {}
    for code, place, shown in _shown(channel, listed, apart=apart):
        units[code, place] = min(shown, units.get((code, place), shown))
    rows = [(code, place, str(shown)) for (code, place), shown in sorted(units.items())]
    return [[text_cell(text) for text in (row if apart else (row[0], row[2]))] for row in [(SKU, PLACE, UNITS), *rows]]


def _shown(channel: Channel, listed: Mapping[ListingKey, Listed], *, apart: bool) -> Iterator[tuple[str, str, int]]:
    theirs = channel.fulfils(listed) if isinstance(channel, CountsStock) else frozenset[ListingKey]()
    wanted = {key: each for key, each in listed.items() if each.codes and each.trap is None and key not in theirs}
    for key, shown in channel.read(wanted).items():
        place = ""
        if apart and isinstance(channel, KeepsPlaces):
            place = channel.places[channel.place_of(key)][0]
        yield wanted[key].codes[0], place, shown
