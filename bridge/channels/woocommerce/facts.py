"""What the adapter believes about WooCommerce. Sections are those of own_shops_and_files.md §2; [A] several sources
agree, [B] one source, [C] inferred or unknown: those are the first to doubt when a shop behaves differently.

Also believed, without a number: a refund that puts goods back on sale takes them off the line's `_reduced_stock` [C];
where it doesn't, nothing is taken to have come back, and a person types it. A refund raises the order's date_modified
[C]; the daily look at all that is open finds what doesn't. An empty batch is a success that changes nothing [C].
"""

from __future__ import annotations

from datetime import timedelta

PUSH_BATCH = 100  # "Products and stock" [A] create, update and delete together
READ_BATCH = 100  # "Auth and form" [A] per_page
ORDERS_PAGE = 100  # [A]
ORDERS_BY_ID = 100
PRODUCTS_PAGE = 100  # [A]
MOST_PAGES = 1000  # more than a shop has: a list that goes on beyond them leads nowhere
MAX_QUANTITY = 999_999  # [C] no limit is told

OPEN = frozenset({"pending", "processing", "on-hold"})  # "Orders" [A] nothing has left; pending holds invisibly (T5)
SHIPPED = frozenset({"completed"})  # [A]
OVER = frozenset({"cancelled", "refunded", "failed", "trash"})  # [A]
NO_ORDER_YET = frozenset({"checkout-draft", "auto-draft"})  # [A] somebody stands at the checkout

REDUCED = "_reduced_stock"  # "How the cart moves stock" [B] units by which a line keeps the shop's number lowered
REFUNDED_LINE = "_refunded_item_id"  # "Orders" [A]

SWEEP_EVERY = timedelta(hours=24)
TRASH_EVERY = timedelta(minutes=5)
PARENT_KNOWN_FOR = timedelta(hours=1)  # how long it is believed on which of the two a variation's stock lies

CALLS_PER_SECOND, CALLS_HELD = 4.0, 8.0  # "Auth and form" [A] no limit of its own; the host's is unknown [C]
