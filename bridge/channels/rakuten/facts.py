"""What the adapter believes about Rakuten. The numbers of sections are those of rakuten.md; [A] several sources agree,
[B] one source, [C] inferred or unknown: those are the first to doubt when Rakuten behaves differently."""

from __future__ import annotations

from datetime import timedelta

ORDER_VERSION = 7  # §4.2 [A] the first with SkuModelList
SEARCH_PAGE = 1000  # §4.1 [A]
SEARCH_CEILING = 15_000  # §4.1 [A] orders that one search can page through
SEARCH_WINDOW = timedelta(days=62)  # §4.1 [A] the limit is 63; whether the ends are included is open [C]
SWEEP_EVERY = timedelta(hours=24)  # §5.3
SEARCH_REACH = timedelta(days=729)  # §4.1 [A] the limit is 730
CLOCK_SKEW = timedelta(hours=1)  # [C] how far Rakuten's clock may be ahead of ours
MOST_PAGES = 1000  # more than a search below the ceiling can have, whatever its pages hold
GET_BATCH = 100  # §4.2 [A]

# Also believed, without a number [C]: a line that was deleted is missing in PurchaseItemAPI, which has no flags of an
# edit (§6.1); if it stands there all the same, it is taken for an ordinary one and its units stay held.

PROGRESS_OPEN = frozenset({100, 200, 300, 400})  # §5.1 [A] stock is held, nothing has left
PROGRESS_SHIPPED = frozenset({500, 600, 700})  # §5.1 [A]
PROGRESS_CANCELLED = frozenset({800, 900})  # §5.1 [A] stock is released; 800 may still come back [C]
PROGRESS_ALL = sorted(PROGRESS_OPEN | PROGRESS_SHIPPED | PROGRESS_CANCELLED)
PROGRESS_SWEPT = sorted(PROGRESS_OPEN | PROGRESS_CANCELLED)
"""What the daily sweep looks for: what is open though nobody knows of it, and what was cancelled late, shipped or not.
An order that is only shipped was seen when it was open."""
CANCEL_FIXED = 900
CANCEL_STEPS = frozenset({0, 1, 2})  # §4.2 [A] changeType: asked for, fixed, completed
CANCEL_WITHDRAWN = 3  # §4.2 [A]

NO_STOCK_KEPT = 0  # §4.2 [A] inventoryType
RESTORES_STOCK = 1  # §4.2 [A] restoreInventoryFlag; 0 follows a setting of the item that the order doesn't show

UPSERT_BATCH = 400  # §2 [B]
READ_BATCH = 1000  # §2 [B]
MAX_QUANTITY = 99_999  # §2.1 [B]
CONFLICT_PAUSE_SECONDS = 3.0  # §2.3 [B] "a short while"

ITEMS_PAGE = 100  # §3 [B-off]
ITEM_PAGES_AT_A_TIME = 10  # at a poll: 2.5 s of calls
MOST_ITEM_PAGES = 2000  # more than any shop has: a search that goes on beyond them leads nowhere
ITEMS_SEARCHED_EVERY = timedelta(hours=6)
ITEMS_TRIED_AGAIN = timedelta(minutes=30)  # after a search that failed
ITEMS_LOOKED_AT = 3  # items asked for by themselves at a read: a call a second
ITEM_LOOK_LIFE = timedelta(minutes=10)
NORMAL_ITEM = "NORMAL"  # §3 itemType
NOT_FOUND = "GE0014"  # §3

NEW_KEY_TRIED_EVERY = timedelta(minutes=10)  # §1.1 [A] a key made just now is accepted after 10 to 30 minutes

SHARE = 0.8  # §8 [C] other programs of the shop probably draw on the same limits
PER_SECOND = {
    "searchOrder": 1.0,  # §4 [A]
    "getOrder": 1.0,
    "bulkUpsert": 1.0,  # §2 [B]
    "bulkGet": 5.0,
    "licence": 1.0,  # [C]
    "itemSearch": 5.0,  # §3 [B]
    "itemSettings": 1.0,
}
