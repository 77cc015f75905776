"""What the adapter believes about Smaregi. Sections are those of pos.md; [A] several sources agree, [B] one source,
[C] inferred or unknown: those are the first to doubt when a shop behaves differently.

Also believed, without a number: a row of the history is found by the time at which the server had it (`updDateTime`),
also the sale of a till that was offline [C]; our own writes have the division 15 [C], and are known by their memo, not
by that; a void comes as a row of division 02 that brings units back [C]; what is set aside for a customer has left
`stockAmount` with a row of its own, or has not left it and has none [C]: the rows are believed either way.
"""

from __future__ import annotations

from datetime import timedelta

STOCK_PAGE = CHANGES_PAGE = PRODUCTS_PAGE = STORES_PAGE = 1000  # §1.2 [A]
LATEST = 20  # rows of a pair's history that are looked at for a write of ours
RECEIPTS_PAGE = 100  # §1.6 [A] with details
MOST_PAGES = 1000  # more than a shop has: a list that goes on beyond them leads nowhere
WINDOW = timedelta(days=31)  # §1.2, §1.5 [A] the longest period that one question may have
OVERLAP = timedelta(minutes=10)  # §1.8 so far back what changed is asked for: our clock may be ahead of theirs
AHEAD = timedelta(minutes=5)  # how far beyond now is asked, so that what sells meanwhile doesn't leave the list
COARSE = timedelta(seconds=2)  # their times are cut to the second: what is younger may have another row to come
READ_AGAIN_FOR = timedelta(hours=1)  # how long a history that isn't whole is read at every look
NO_SUCH_ID = 404  # §1.3 [A] the status where a path names what is not there
MAX_QUANTITY = 999_999_999  # §1.3

TOKEN_RENEWED_EARLY = timedelta(minutes=5)  # §1.1
READS_PER_SECOND, WRITES_PER_SECOND = 50 / 2, 20 / 2  # §1.3 [B], at most half: others may draw on them too
LOOKS = (3.0, 9.0)  # seconds after a lost answer at which the history is looked at for it [C]
WRITE_ATTEMPTS, WRITE_SECONDS = 3, 45.0
PRODUCTS_KNOWN_FOR = timedelta(minutes=10)

SCOPES = (
    "pos.stock:read",
    "pos.stock:write",
    "pos.stock-changes:read",
    "pos.products:read",
    "pos.stores:read",
    "pos.transactions:read",
)  # §1.1
