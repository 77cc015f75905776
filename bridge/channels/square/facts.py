"""What the adapter believes about Square. Sections are those of pos.md, Part 2; [A] several sources agree, [B] one
source, [C] inferred or unknown: those are the first to doubt when Square behaves differently, and switches of the
simulator.

Also believed, without a number: a request with a bad row is refused whole [C], and should it not be, the history tells
what of it was carried out; an adjustment that is inferred from a count is not revised when a sale from before the count
arrives later [C]; both location fields of an adjustment must be sent [C].

Orders and refunds are not read: the history of movements says all that moves stock, and a refund alone brings no goods
back (§2.5).
"""

from __future__ import annotations

from datetime import timedelta

VERSION = "2026-07-15"  # §2.1 [A] from here on a recount leaves an adjustment, and transfers are adjustments

PUSH_BATCH = 100  # §2.4 [A]
READ_BATCH = 250
OBJECTS_AT_ONCE = 250
CATALOG_PAGE = 100
PAGE = 1000  # §2.4 [A] the longest page of counts and changes
MOST_PAGES = 2000  # more than a shop has: a list that goes on beyond them leads nowhere
MAX_QUANTITY = 999_999  # [C] no limit is told

IN_STOCK, NONE, WASTE = "IN_STOCK", "NONE", "WASTE"
SOLD = frozenset({"SOLD", "SOLD_ONLINE"})
GIVEN_BACK = frozenset({"UNLINKED_RETURN", "RETURNED_BY_CUSTOMER"}) | SOLD
ON_THE_WAY = frozenset({"IN_TRANSIT", "IN_TRANSIT_TO"})
FROM_VENDOR = frozenset({NONE, "ORDERED_FROM_VENDOR", "RECEIVED_FROM_VENDOR"})
WRITTEN_DOWN, WRITTEN_UP = "SOLD", NONE  # §2.8 what our own adjustments are said to be: sold elsewhere, received
RECOUNT = "RECOUNT"  # §2.1 the reason of an adjustment that was inferred from a count
GOODS = "ITEM_VARIATION"  # T29 rows of other objects (items of a restaurant) are of nothing that we list

OVERLAP = timedelta(minutes=10)  # §2.7 rows are read again so far back
SWEEP = timedelta(days=4)  # §2.7 and so far once a day: a restock may have been edited, which nothing tells [C]
SWEEP_EVERY = timedelta(hours=24)
READ_AGAIN_FOR = timedelta(hours=24)  # rows that could not be understood

COUNTS_LAG = timedelta(seconds=5)  # §2.8 [C] "counts may lag by seconds"
DOUBT = timedelta(seconds=60)  # §2.8 [C] a write that the history doesn't show by then was not carried out
BEFORE_NOW = timedelta(seconds=1)  # §2.8 a count is dated so much before the moment that we read its number
VARIATIONS_KNOWN_FOR = timedelta(minutes=10)  # how long it is believed that a variation is tracked
REMEMBERED = 5000  # rows of ours whose ids are kept in mind, beside the mark that they bear
KEPT = 64  # requests whose bytes are kept, to be sent again as they were

CALLS_PER_SECOND, CALLS_HELD = 4.0, 2.0  # §2.2 [B] limits are unpublished; some complain at six a second
TOKEN_USED_FOR = timedelta(days=7)  # §2.1 [A] it lives 30 days and is to be renewed weekly
TOKEN_RENEWED_EARLY = timedelta(days=1)

RIGHTS = ("MERCHANT_PROFILE_READ", "ITEMS_READ", "INVENTORY_READ", "INVENTORY_WRITE")  # §2.1
