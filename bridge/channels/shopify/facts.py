"""What the adapter believes about Shopify. The numbers of sections are those of shopify.md; [S] the schema, [D]
official pages, [I] implementers, [?] unconfirmed: those are the first to doubt when Shopify behaves differently.

Also believed, without a number: a query for orders without a `status:` shows closed and cancelled ones too [?];
`unfulfilledQuantity` leaves out units that were refunded before they were shipped [?], see `snapshots`.
"""

from __future__ import annotations

from datetime import timedelta

POINTS_PER_SECOND = 100.0  # §3.1 [D] the smallest plan's; every answer tells the shop's own
POINTS_HELD = 2000.0  # §3.1 [?]

ORDERS_PAGE = 20  # §3.1 [D] a query may ask for 1000 points: 20 orders with 10 lines stay below
LINES_AT_ONCE = 10
PARTS_AT_ONCE = 3  # refunds and fulfillments shown with an order; of those with more the whole list is asked for
PAGE = 100
LIST = 200  # §6 [S] refunds and fulfillments are plain lists, without a cursor
ORDERS_BY_ID = 20
ROUTED_ORDERS_PAGE = 7  # the same with the locations they are assigned to
LARGEST_PAGE = 250  # §3.1 [D]
ROUTED_WITHIN = timedelta(hours=1)  # §6 [?] after it was placed an order is assigned, or it never will be
ROUTES_EVERY = timedelta(minutes=15)  # §6 [I] a move to another location doesn't always show in updatedAt

VARIANTS_PAGE = 100  # §3.1 [D] a query may ask for 1000 points: some 4 for each
OVERSELLS = "CONTINUE"  # §4 [S] inventoryPolicy

PUSH_BATCH = 250  # §3.1 [D]
READ_BATCH = 250  # §3.1 [D] 3 points each
MAX_QUANTITY = 1_000_000_000  # §5.1 [S]

TOKEN_RENEWED_EARLY = timedelta(hours=1)  # §2.1
SWEEP_EVERY = timedelta(hours=24)  # §6

IDS_BELOW = 10**18  # §8 an id beyond it is none

NOT_SHIPPED = frozenset({"CANCELLED", "ERROR", "FAILURE"})  # [S] states of a fulfillment that shipped nothing
