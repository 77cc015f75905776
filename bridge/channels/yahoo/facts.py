"""What the adapter believes about Yahoo!ショッピング. The numbers of sections are those of yahoo.md; [A] several
sources agree, [B] one source, [C] inferred or unknown: those are the first to doubt when Yahoo behaves differently."""

from __future__ import annotations

import string
from datetime import timedelta

CALL_EVERY_SECONDS = 1.1  # §0, §5 [A] one call a second and API; programs wait 1.1 to 2 seconds, in one queue
TOKEN_RENEWED_EARLY = timedelta(minutes=5)  # §1.2
CONSENT_LIFE = timedelta(days=28)  # §1.2 [A] 4 weeks from the consent; a refresh does not prolong it
CONSENT_WARNING = timedelta(days=7)  # §1.2
UNSIGNED_LIFE = timedelta(hours=12)  # §1.3 [A] so long order calls go on without a signature that is accepted
KEY_WARNING = timedelta(days=30)  # §1.3 [A] a public key lives a year
AUTHORIZED = "authorized"  # §1.3 [A] any other X-SWS-Authorize-Status, or none [C], is a key that is not accepted
FORBIDDEN_PAUSE_SECONDS = 5.0  # §5 [A] the answer above the limit, and also …
FORBIDDEN_PATIENCE_SECONDS = 600.0  # §1.4 [A] … that of a day used up or a blocked application: then people are told

ITEMS_PAGE = 100  # §4 [A]
ITEM_PREFIXES = string.ascii_lowercase + string.digits + string.ascii_uppercase + "-"  # §4 [B] case may count [C]
NO_SUCH_ITEM = "it-05002"  # §4 [A]
MOST_ITEMS = 200_000  # more than a store has

STOCK_BATCH = 1000  # §2.1, §2.2 [A]
MAX_QUANTITY = 999_999_999  # §2.2 [A]
CODE = r"[A-Za-z0-9-]{1,99}"  # §2.1 [A]
UNLIMITED = MAX_QUANTITY  # §2.1 [A] an empty Quantity is no number but "unlimited": read as the most there can be
BUSY = frozenset({"ed-00006"})  # §2.2 [B for setStock] a publication or upload runs
BUSY_SECONDS = 5.0  # §2.2 [B] 2 to 60
MAINTENANCE = frozenset({"ed-00002", "st-01000", "st-02000"})  # §2.2 [A]
MAINTENANCE_SECONDS = 60.0
SYSTEM_ERRORS = frozenset({"ed-00001", "st-01999", "st-02999"})  # §2.2 [A] may have been carried out
UNREAD = frozenset({"ed-10001", "ed-10002"})  # §2.2 ed-10002 [A] updated but not read back; ed-10001 [C]
BAD_CODE = "st-011"  # §2.2 [C] getStock's errors that are about the codes asked for, as st-021 are setStock's
STORE_ERRORS = frozenset({"ed-00003", "ed-00004", "ed-00005", "st-01100", "st-02100", "px-04001"})  # §2.2, §1.4 [A]

LIST_PAGE = 2000  # §3.2 [A]
LIST_WINDOW = timedelta(days=30)  # §3.2 [B] 30 and 62 days are in use, the limit is unknown [C]
LIST_REACH = timedelta(days=90)  # §3.2 [C]
MOST_PAGES = 200
CLOCK_SKEW = timedelta(hours=1)  # [C] how far Yahoo's clock may be ahead of ours
SWEEPS = (  # §3.2: how often, and how far back, orders are looked at whose change no condition can ask for
    (timedelta(minutes=5), timedelta(hours=48)),
    (timedelta(hours=1), timedelta(days=14)),
    (timedelta(hours=24), LIST_REACH),
)
NOT_EXISTS = "Not Exists"  # §3.6 [B] in the message about an order that isn't there

STATUS_OPEN = frozenset({1, 2, 3})  # §3.5 [A] reserved, in work, on hold: all of them keep stock
STATUS_CANCELLED, STATUS_FINISHED = 4, 5  # §3.5 [A] a cancelled order never revives
SHIPPED = 3  # §3.5 [A] ShipStatus from here on
REASON_RETURNED = 110  # §3.5 [A] a cancellation after shipping
REASON_OUT_OF_STOCK = 210  # §2.4 [A/B] closes the item's stock
CLOSE_TOLD_FOR = timedelta(days=14)  # how long after such an order a person is told to release it
