"""What is on sale at the places of the settings, and what the seller calls it, for the mapping (§2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.channels.port import Listed
from bridge.channels.square.ids import listing_key
from bridge.channels.square.variations import Variation, Variations


def pages(variations: Variations, places: Sequence[str]) -> Iterator[list[Listed]]:
    """A call a page. A variation is listed at each place that sells it; where none does, at the first, with what is
    wrong about it."""
    for page in variations.pages():
        yield [_listed(each, place) for each in page for place in _where(each, places)]


def _where(variation: Variation, places: Sequence[str]) -> Sequence[str]:
    return [place for place in places if variation.is_at(place)] or places[:1]


def _listed(variation: Variation, place: str) -> Listed:
    codes = (variation.sku,) if variation.sku else ()  # T39: two may have the same; then the mapping asks
    return Listed(listing_key(variation.id, place), codes, variation.trap(place))
