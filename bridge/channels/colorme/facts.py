"""What the adapter believes about Color Me Shop. Sections are those of own_shops_and_files.md §3; [A] several sources
agree, [B] one source, [C] inferred or unknown: those are the first to doubt when a shop behaves differently.

Also believed, without a number: the cart lowers a number that is kept at the order [C]; whether a cancellation put the
units back is told nowhere, so they are taken to have stayed away, which never sells a unit twice; of a sale that was
split, the lines that left it stand in the other one [C].
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bridge.clock import JST

SALES_PAGE = 100  # "Form" [A] more is cut to the most without a word (T7)
SALES_BY_ID = 50
PRODUCTS_PAGE = 50  # [A]
MOST_PAGES = 2000  # more than a shop has: a list that goes on beyond them leads nowhere
MAX_QUANTITY = 999_999  # [C] no limit is told

FIRST_SALE = datetime(2005, 1, 1, tzinfo=JST)  # [C] whether ids alone find a sale of more than seven days ago (T1)

STALE_FOR = timedelta(seconds=10)  # "Products and stock" [A] a GET after a PUT may show the old number
SWEEP_EVERY = timedelta(hours=24)
SHAPES_KNOWN_FOR = timedelta(minutes=10)  # how long it is believed what a product's variants are called
REMEMBERED = 5000  # sales whose units are kept in mind: a cancelled one shows 0 (T2)

CALLS_PER_SECOND, CALLS_HELD = 2.0 * 0.8, 4.0  # "Form" [B] 120 a minute; others may draw on them too

NO_PLAN = 401_200
OUT_OF_RANGE = 422_014
