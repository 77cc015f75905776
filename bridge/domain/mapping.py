"""Which product of 在庫表 a mall's listing is, by the code that the seller gave it there. A person decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from bridge.domain.orders import ListingKey
from bridge.domain.reading import needs_quotes, plain


def match(codes: Mapping[ListingKey, Sequence[str]], skus: Collection[str]) -> dict[ListingKey, str]:
    """The SKU of each listing that has one: of its codes, the surest first, the first that is a SKU as it stands; else
    one that differs only in case from a single SKU."""
    folded: defaultdict[str, list[str]] = defaultdict(list)
    for sku in skus:
        folded[sku.casefold()].append(sku)
    found: dict[ListingKey, str] = {}
    for listing, names in codes.items():
        texts = [plain(name) for name in names]
        exact = [text for text in texts if text in skus]
        near = [twins[0] for text in texts if len(twins := folded.get(text.casefold(), [])) == 1]
        if exact or near:
            found[listing] = [*exact, *near][0]
    return found


def doubled(
    matched: Mapping[ListingKey, str], place_of: Callable[[ListingKey], str] = lambda _: ""
) -> dict[str, list[ListingKey]]:
    """SKUs that several listings of one mall seem to be. The same thing at two places of it is no double."""
    by_sku: defaultdict[tuple[str, str], list[ListingKey]] = defaultdict(list)
    for listing, sku in sorted(matched.items()):
        by_sku[sku, place_of(listing)].append(listing)
    found: defaultdict[str, list[ListingKey]] = defaultdict(list)
    for (sku, _), listings in by_sku.items():
        if len(listings) > 1:
            found[sku] += listings
    return found


def written(sku: str) -> str:
    """A SKU as SKU構成 has it: in quotes where it would be misread."""
    if not needs_quotes(sku):
        return sku
    return f"「{sku}」" if '"' in sku else f'"{sku}"'


def few(names: Iterable[str], most: int = 5) -> str:
    """The first of them, as a sentence names them."""
    names = list(names)
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")
