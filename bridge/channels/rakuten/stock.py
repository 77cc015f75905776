"""Writing and reading quantities at Rakuten: absolute numbers only, in batches (rakuten.md §2)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bridge.channel_settings import Rakuten
from bridge.channels.answers import whole
from bridge.channels.batches import RowsRefused, cut, write_and_look
from bridge.channels.http import MallHttp, Operation
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.channels.rakuten import facts
from bridge.channels.rakuten.catalogue import Catalogue
from bridge.channels.rakuten.snapshots import listing_key
from bridge.channels.rakuten.wire import RmsRefused
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson

PUSH_ATTEMPTS, PUSH_SECONDS = 3, 30.0  # what was decided on is old soon: the whole push may take only a short while

MOST_LEFT_OUT = 10  # keys refused by themselves before any is taken: then the others are not tried any more


class Stock:
    """The quantities of one shop."""

    def __init__(self, settings: Rakuten, http: MallHttp, catalogue: Catalogue) -> None:
        self._http, self._catalogue = http, catalogue
        path = f"/es/{settings.inventory_api_version}/inventories"
        self._upsert = Operation(
            "inventories.bulk.upsert", "POST", f"{path}/bulk-upsert", "bulkUpsert",
            writes=True, repeatable=False, attempts=PUSH_ATTEMPTS, seconds=PUSH_SECONDS,
        )  # fmt: skip
        self._seen: set[ListingKey] = set()
        self._bulk_get = Operation("inventories.bulk.get", "POST", f"{path}/bulk-get", "bulkGet")

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read. A row that no item has (any more) is left out: nobody can buy from it (§2.1)."""
        wanted = {_fold(listing): listing for listing in listings}
        shown: dict[ListingKey, int] = {}
        for batch in cut(list(wanted), facts.READ_BATCH):
            for row in self._rows(batch):
                folded = listing_key(row["manageNumber"], row["variantId"])
                if folded in wanted:
                    shown[folded] = whole(row["quantity"])
        orphans = self._catalogue.missing(shown)
        self._seen |= shown.keys() - orphans
        return {wanted[folded]: units for folded, units in shown.items() if folded not in orphans}

    def alarms(self) -> dict[str, Hint] | None:
        """As OrdersRead.alarms: of the listings that were read so far."""
        return self._catalogue.warnings(self._seen) if self._seen else None

    def _rows(self, batch: Sequence[ListingKey]) -> list[dict[str, Any]]:
        """What RMS answers for a batch. A key that it finds malformed is left out, as one that it doesn't know; where
        RMS doesn't say which, it is looked for by halves. Where no key is taken, it is our request that is wrong."""
        waiting, rows, answered, left_out = deque([batch]), list[dict[str, Any]](), False, 0
        while waiting:
            part = waiting.popleft()
            try:
                answer = self._http.call(self._bulk_get, {"inventories": [_row(listing) for listing in part]})
            except RmsRefused as refusal:
                if malformed := _rows_of(refusal).keys():
                    rest = [listing for row, listing in enumerate(part) if row not in malformed]
                    waiting.extendleft([rest] if rest else [])
                elif len(part) > 1:
                    waiting.extendleft((part[len(part) // 2 :], part[: len(part) // 2]))
                else:
                    left_out += 1
                    if not answered and (not waiting or left_out == MOST_LEFT_OUT):
                        raise NeedsPerson(refusal.hint) from refusal
            else:
                answered = True
                rows += answer.json["inventories"]
        return rows

    def send(self, batch: Sequence[PushItem]) -> list[Pushed]:
        """One batch: all of it is taken or none. Raises RowsRefused, TryAgain, NeedsPerson."""
        orphans = self._catalogue.missing(_fold(item.listing) for item in batch)
        unsendable = {
            item.listing: Pushed(item.listing, Outcome.REFUSED, _ORPHAN)
            for item in batch
            if _fold(item.listing) in orphans
        }
        return write_and_look(batch, unsendable, self._write, self.read, facts.MAX_QUANTITY)

    def _write(self, batch: Sequence[PushItem]) -> dict[ListingKey, Pushed]:
        rows = [_row(item.listing) | {"mode": "ABSOLUTE", "quantity": _quantity(item)} for item in batch]
        try:
            self._http.call(self._upsert, {"inventories": rows})
        except RmsRefused as refusal:
            raise RowsRefused(refusal.hint, _rows_of(refusal)) from refusal
        return {item.listing: Pushed(item.listing, Outcome.DONE) for item in batch}


_ORPHAN = Hint(
    "楽天にこの商品管理番号・SKU管理番号の商品がありません。数は送りません。出品 ID を確かめてください。",
    "Rakuten has no item with this manageNumber and variantId, so no number is sent. Look at the listing's id.",
)


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
