"""What the adapter believes about EC-CUBE 4 with the Web API plug-in. Sections are those of own_shops_and_files.md §1;
[B] one source (the plug-in's own code), [C] inferred or unknown: those are the first to doubt when a shop behaves
differently.

Also believed, without a number: a return (status 9) brings all that was sent back to the shop, to be inspected; the
cart itself puts nothing back then [B]. A line that staff make anew when they edit an order is another line. A refresh
token dies with its use [C]: where the answer to it is lost, a person has to authorise bridge anew.
"""

from __future__ import annotations

from datetime import timedelta

ORDERS_PAGE = 100  # "Products and stock" [B] no upper bound; 50 by itself
ORDERS_BY_ID = 20  # [C] aliased fields in one document
PRODUCTS_PAGE = 200
MOST_PAGES = 1000  # more than a shop has: a list that goes on beyond them leads nowhere
PUSH_BATCH = 50  # "Calls" [C] aliased fields in one document, in order, not one transaction
READ_BATCH = 200
MAX_QUANTITY = 999_999  # [C] no limit is told; the schema's Int ends at 2**31
GOODS = "1"  # "Orders" [B] OrderItemType; the others are fees, discounts, taxes, points

OPEN = frozenset({"1", "4", "6", "7"})  # "Orders" [B] nothing has left; 7 holds stock though lists hide it (T2)
SHIPPED, CANCELLED, RETURNED = "5", "3", "9"
BUYING = "8"  # somebody stands at the checkout, or went back to it after a payment that failed
HIDDEN = ("7", "8")  # left out of a list that isn't asked for them

SWEEP_EVERY = timedelta(hours=24)
TOKEN_RENEWED_EARLY = timedelta(minutes=5)
CALLS_PER_SECOND, CALLS_HELD = 3.0, 6.0  # [C] the host's limits are unknown
