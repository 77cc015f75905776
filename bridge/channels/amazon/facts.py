"""What the adapter believes about Amazon's Selling Partner API. The numbers of sections are those of amazon.md; [M] the
official model, [D] official pages, [I] implementers, [?] unconfirmed: those are the first to doubt when Amazon behaves
differently. Each [?] here is a switch of the simulator (sandbox/malls/amazon/switches.py).
"""

from __future__ import annotations

from datetime import timedelta

TOKEN_RENEWED_EARLY = timedelta(minutes=5)  # §2.1 of the hour that a token lives

RATES = {  # §3.3 requests a second, and the most at once; every answer tells the seller's own rate
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "getListingsItem": (5.0, 5),  # [?] the model says 10 at once, a page of the documentation 5
    "searchListingsItems": (5.0, 5),
    "patchListingsItem": (5.0, 5),
    "createFeedDocument": (0.5, 15),
    "createFeed": (0.0083, 5),  # §6 five in five minutes of this kind
    "getFeed": (2.0, 15),
    "getFeeds": (0.0222, 10),
    "getFeedDocument": (0.0222, 10),
    "getInventorySummaries": (2.0, 2),
    "getMarketplaceParticipations": (0.016, 15),
}
SHARE = 0.95  # of a rate: our clock and Amazon's don't tick alike
UNLIMITED = ("token", "document")  # the token server and the store of documents name no limit
UNLIMITED_RATE = 2.0  # a second: what we allow ourselves there

INCLUDED = (
    "FULFILLMENT",
    "CANCELLATION",
)  # §4.1 [M] without FULFILLMENT no status; nothing about the buyer is asked for
ORDERS_PAGE = 100  # §4.1 [M]
OVERLAP = timedelta(minutes=20)  # §4.4 [I] the index of changes is late at times, or loses one: each poll looks back
SWEEP = timedelta(days=3)  # §4.4 and once a day all orders placed since then are looked at
SWEEP_EVERY = timedelta(hours=24)
READ_PATIENCE = timedelta(minutes=4)  # a longer paging is interrupted, and taken up at the next poll
PAGING_IDLE = timedelta(minutes=30)  # one without headway for so long begins anew (a page's token lives a day, §4.1)
LOOKS_AT_A_TIME = 20  # orders asked for one by one in a poll: of the 30 calls that getOrder takes at once (§3.3)

PENDING = frozenset({"PENDING_AVAILABILITY", "PENDING"})  # §4.3 ordered, not paid: held, up to 6 days (trap 1)
TO_SHIP = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED"})
SHIPPED = "SHIPPED"
CANCELLED = "CANCELLED"
UNFULFILLABLE = "UNFULFILLABLE"  # [M] orders of other stores that Amazon ships
STATUSES = PENDING | TO_SHIP | {SHIPPED, CANCELLED, UNFULFILLABLE}
# Also believed, without a number [?]: while an order is pending its item's quantityUnfulfilled says nothing (v0 shows
# 0 then); a cancellation does not put units back on sale by itself, as far as the feed tells; the quantities of a
# cancelled order may be 0 (§4.3).

MERCHANT = "DEFAULT"  # §5.1 the code of stock that we ship; every other code is Amazon's (AMAZON_JP)
FNSKU_REFUSES = True  # §5.6 [?] "strong hint only": an offer with a label of Amazon's warehouses is not touched
GUARD_LIFE = timedelta(hours=24)  # §5.6 how long an inspection of an offer holds
GENERIC_TYPE = "PRODUCT"  # §5.1 [?] where an offer's own product type is not told
LONGEST_SKU = 40  # trap 13
SEARCH_SKUS = 20  # §5.4 [M]
SEARCH_MOST = 1000  # §5.4 results of a search without SKUs; the next one begins where it ended
SUMMARY_SKUS = 50  # §7 [M]
MAX_QUANTITY = 1_000_000  # [?] the model names none
SETTLING = timedelta(minutes=15)  # §5.3 [?] how long ACCEPTED may take until it shows

BULK_FROM = 250  # §0, §6 "a few hundred": so many one by one take 50 seconds, a decision is good for 60 (gate.py)
FEED_MESSAGES = 25_000  # §6 [D]
FEED_TYPE = "JSON_LISTINGS_FEED"
FEED_CONTENT = "application/json; charset=UTF-8"  # §6 the PUT must say it letter by letter
FEED_WAITS = (30.0, 60.0, 60.0, 90.0)  # §6 seconds between two looks at a feed, while we wait for it
FEED_ALONE = timedelta(minutes=30)  # §5.2 [?] a PATCH and a feed may overtake each other: not both within that time

FBA_PAGES = 2000  # more than any warehouse's summary has (50 on a page [?])
