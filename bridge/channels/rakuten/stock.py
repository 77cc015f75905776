"""Writing and reading quantities at Rakuten: absolute numbers only, in batches (rakuten.md §2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from bridge.channels.answers import whole
from bridge.channels.batches import RowsRefused, cut
from bridge.channels.http import MallHttp, Operation
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.channels.rakuten import facts
from bridge.channels.rakuten.snapshots import listing_key
from bridge.channels.rakuten.wire import RmsRefused
from bridge.config import Rakuten
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson, TryAgain
from bridge.fault_points import Point, reached

# An absolute row may be sent twice without harm to itself, but a buyer may have come between: the second would put the
# unit back on sale. So a lost answer is looked into first, and the whole push may take only a short while.
PUSH_ATTEMPTS, PUSH_SECONDS = 3, 30.0
LOOKS_AFTER_A_LOST_ANSWER = 2


class Stock:
    """The quantities of one shop."""

    def __init__(self, settings: Rakuten, http: MallHttp) -> None:
        self._http = http
        path = f"/es/{settings.inventory_api_version}/inventories"
        self._upsert = Operation(
            "inventories.bulk.upsert", "POST", f"{path}/bulk-upsert", "bulkUpsert",
            writes=True, repeatable=False, attempts=PUSH_ATTEMPTS, seconds=PUSH_SECONDS,
        )  # fmt: skip
        self._bulk_get = Operation("inventories.bulk.get", "POST", f"{path}/bulk-get", "bulkGet")

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read."""
        wanted = {_fold(listing): listing for listing in listings}
        shown: dict[ListingKey, int] = {}
        for batch in cut(list(wanted), facts.READ_BATCH):
            for row in self._rows(batch):
                folded = listing_key(row["manageNumber"], row["variantId"])
                if folded in wanted:
                    shown[wanted[folded]] = whole(row["quantity"])
        return shown

    def _rows(self, batch: Sequence[ListingKey]) -> list[dict[str, Any]]:
        """What RMS answers for a batch. A key that it finds malformed is left out, as one that it doesn't know."""
        while batch:
            try:
                answer = self._http.call(self._bulk_get, {"inventories": [_row(listing) for listing in batch]})
                return list(answer.json["inventories"])
            except RmsRefused as refusal:
                malformed = _rows_of(refusal).keys()
                if not malformed:
                    raise NeedsPerson(refusal.hint) from refusal
                batch = [listing for row, listing in enumerate(batch) if row not in malformed]
        return []

    def send(self, batch: Sequence[PushItem]) -> list[Pushed]:
        """One batch: all of it is taken or none. Raises RowsRefused, TryAgain, NeedsPerson."""
        due, settled = list(batch), list[Pushed]()
        for look in count():
            try:
                self._write(due)
                return settled + [Pushed(item.listing, Outcome.DONE) for item in due]
            except TryAgain as lost:
                if not lost.ambiguous or look == LOOKS_AFTER_A_LOST_ANSWER:
                    raise
                fates, due = self._look_after(due, lost)
                reached(Point.LOST_ANSWER_LOOKED_AT)
                settled += fates
            if not due:
                break
        return settled

    def _write(self, batch: Sequence[PushItem]) -> None:
        rows = [_row(item.listing) | {"mode": "ABSOLUTE", "quantity": _quantity(item)} for item in batch]
        try:
            self._http.call(self._upsert, {"inventories": rows})
        except RmsRefused as refusal:
            raise RowsRefused(refusal.hint, _rows_of(refusal)) from refusal

    def _look_after(self, batch: Sequence[PushItem], lost: TryAgain) -> tuple[list[Pushed], list[PushItem]]:
        """Nobody knows whether `batch` was written: what shows now settles it. A row that shows the new number is done,
        one that shows the old is due again, any other has met a buyer and is for the caller to think over."""
        try:
            shown = self.read(item.listing for item in batch)
        except TryAgain:
            raise lost from None
        settled: list[Pushed] = []
        due: list[PushItem] = []
        for item in batch:
            now = shown.get(item.listing)
            if now == _quantity(item):
                settled.append(Pushed(item.listing, Outcome.DONE))
            elif now == item.shown:
                due.append(item)
            else:
                settled.append(Pushed(item.listing, Outcome.UNKNOWN, lost.hint))
        return settled, due


def _quantity(item: PushItem) -> int:
    return min(item.quantity, facts.MAX_QUANTITY)


def _fold(listing: ListingKey) -> ListingKey:
    return listing_key(*_parts(listing))


def _parts(listing: ListingKey) -> tuple[str, str]:
    manage_number, _, variant_id = listing.id.partition("/")
    return manage_number, variant_id


def _row(listing: ListingKey) -> dict[str, Any]:
    manage_number, variant_id = _parts(listing)
    return {"manageNumber": manage_number.lower(), "variantId": variant_id}


def _rows_of(refusal: RmsRefused) -> Mapping[int, tuple[Outcome, Hint]]:
    """The rows that the errors name by their propertyPath."""
    named = [(re.match(r"inventories\[(\d+)\]", error.path), error) for error in refusal.errors]
    return {
        int(row[1]): (
            Outcome.REFUSED,
            Hint(
                f"楽天がこの商品の在庫を受け付けません: {error.code} {error.message}",
                f"Rakuten does not take this listing's stock: {error.code} {error.message}",
            ),
        )
        for row, error in named
        if row
    }
