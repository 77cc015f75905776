"""What is about to run out: products for sale of which hardly any may be sold any more."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.domain.availability import sellable
from bridge.domain.edit_book import Standing
from bridge.flows.shop import places, sold_unseen
from bridge.flows.stopped import off_sale
from bridge.ledger.ledger import Tx


def low_stock(tx: Tx, most: int) -> Mapping[str, int]:
    """By SKU the units that may still be sold, safety stock taken off, where they are `most` or fewer; below zero it is
    oversold. Only of products that some listing is made of, and that nobody has taken off sale."""
    listings = [each for each in tx.listings.all().values() if not each.removed]
    for_sale = {part.sku for record in listings for part in record.components}
    held, balances, where = sold_unseen(listings), tx.stock.by_sku(), places(tx)
    selling = where.selling(where.sells)
    found: dict[str, int] = {}
    for sku, product in sorted(tx.sheet.skus().items()):
        if product.standing is not Standing.KNOWN or sku not in for_sale:
            continue
        units = sellable(balances[sku], selling, product.safety, held[sku])
        if units is not None and units <= most and not off_sale(tx, sku):
            found[sku] = units
    return found
