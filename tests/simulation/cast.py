"""Which channels the simulated shop has: the four malls, or, with CHANNELS=all, every kind that there is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

ALL = os.environ.get("CHANNELS") == "all"

OWN_SHOPS = ("woocommerce", "colorme", "eccube") if ALL else ()
MALLS = ("rakuten", "shopify", "amazon", "yahoo", *OWN_SHOPS)
TILLS = ("smaregi", "square") if ALL else ()
FILE_MALL, WAREHOUSE = "aupay", "warehouse"
PARTNERS = (FILE_MALL, WAREHOUSE) if ALL else ()
SERVERS = (*MALLS, *TILLS)
"""Those that are reached by HTTP."""

CHANNELS = (*SERVERS, *PARTNERS)
JOBS = ("sheet", *CHANNELS)

SHELVES: Mapping[str, str] = {"smaregi": "渋谷店", "square": "横浜店", WAREHOUSE: "外部倉庫"} if ALL else {}
"""Where the goods of each till lie, and those that somebody else's warehouse keeps for us."""

SELLING = ("本社倉庫", *(SHELVES.values() or ("渋谷店",)))
LOCATIONS = (*SELLING, "検品待ち")

STOCK: Mapping[str, Sequence[int | None]] = (
    {"A": (6, 2, 3, 2, None), "B": (9, 0, 4, 3, None), "007": (12, None, None, None, None)}
    if ALL
    else {"A": (6, 2, None), "B": (9, 0, None), "007": (12, None, None)}
)


def sold_at(name: str) -> list[str]:
    """SKUs that a till or a warehouse knows: those that lie there."""
    place = LOCATIONS.index(SHELVES[name])
    return [sku for sku, numbers in STOCK.items() if numbers[place] is not None]
