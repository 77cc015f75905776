"""Writing and reading quantities at Yahoo: absolute numbers only, in batches, row by row (yahoo.md §2)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bridge.channel_settings import Yahoo
from bridge.channels.answers import senseless, whole
from bridge.channels.batches import RowsRefused, cut, write_and_look
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.channels.yahoo import facts
from bridge.channels.yahoo.snapshots import listing_key
from bridge.channels.yahoo.wire import GET_STOCK, MALL, SET_STOCK, Wire, YahooRefused
from bridge.channels.yahoo.xmltext import Node, nodes, text
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, TryAgain

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Row:
    """What getStock tells of a listing. `overdraft`: sent back as it is, since leaving it out may change it [C]."""

    quantity: int
    overdraft: str


class Stock:
    """The quantities of one store."""

    def __init__(self, settings: Yahoo, wire: Wire, closed: Callable[[], frozenset[str]]) -> None:
        """`closed`: the listings whose stock Yahoo has closed."""
        self._settings, self._http, self._closed = settings, wire.stock, closed
        self._rows: dict[ListingKey, Row] = {}  # as they were last read

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read. What is sold below zero shows zero; what is unlimited shows the most there can be."""
        shown: dict[ListingKey, int] = {}
        for batch in cut([each for each in dict.fromkeys(listings) if _is_code(each)], facts.STOCK_BATCH):
            found = self.rows(batch)
            for listing in batch:
                self._note(listing, found.get(listing))
            shown |= {listing: max(row.quantity, 0) for listing, row in found.items() if listing in set(batch)}
        return shown

    def _note(self, listing: ListingKey, row: Row | None) -> None:
        known = self._rows.get(listing)
        if row is None:
            self._rows.pop(listing, None)
            return
        self._rows[listing] = row
        if row.overdraft == "1" and (known is None or known.overdraft != "1"):
            log.warning("yahoo %s: %s", listing.id, OVERDRAFT)
        if row.quantity == facts.UNLIMITED and (known is None or known.quantity != facts.UNLIMITED):
            log.warning("yahoo %s: %s", listing.id, STOCK_UNLIMITED)

    def rows(self, batch: Sequence[ListingKey]) -> dict[ListingKey, Row]:
        """One batch, as getStock shows it. A code that it finds malformed is left out, as one that it doesn't know."""
        try:
            answer = self._http.call(GET_STOCK, self._form(batch))
        except YahooRefused as refusal:
            if len(batch) == 1:
                if not refusal.code.startswith(facts.BAD_CODE):  # nothing is known of the listing then
                    raise TryAgain(refusal.hint) from refusal
                return {}
            middle = len(batch) // 2
            return self.rows(batch[:middle]) | self.rows(batch[middle:])
        rows = nodes(answer.json, "ResultSet", "Result")
        if len(rows) < len(batch):
            raise senseless(MALL, f"getStock: {len(rows)} rows for {len(batch)}")
        return {_listing(row): _row(row) for row in rows if text(row, "Status") == "1"}

    def send(self, batch: Sequence[PushItem]) -> list[Pushed]:
        """One batch, each row with its own outcome. Raises RowsRefused, TryAgain, NeedsPerson."""
        return write_and_look(batch, self._unsendable(batch), self._write, self.read, facts.MAX_QUANTITY)

    def _unsendable(self, batch: Sequence[PushItem]) -> dict[ListingKey, Pushed]:
        """What must not be sent: a number for an unknown code "succeeds", and waits for an item of that name."""
        strange = [item.listing for item in batch if item.listing not in self._rows]
        if strange:
            self.read(strange)
        refused: dict[ListingKey, Pushed] = {}
        folded: dict[str, ListingKey] = {}
        for listing in sorted(self._rows.keys() | {item.listing for item in batch}):
            folded.setdefault(listing.id.lower(), listing)
        with_subs = {listing.id.partition(":")[0] for listing in self._rows if ":" in listing.id}
        for item in batch:
            listing = item.listing
            hint = None
            if not _is_code(listing):
                hint = _MALFORMED
            elif listing not in self._rows:
                hint = _UNKNOWN
            elif folded[listing.id.lower()] != listing:
                hint = _ONLY_CASE
            elif listing.id in with_subs:
                hint = _BARE_CODE
            if hint is not None:
                refused[listing] = Pushed(listing, Outcome.REFUSED, hint)
        return refused

    def _write(self, batch: Sequence[PushItem]) -> dict[ListingKey, Pushed]:
        """The outcomes of one call. A good row and a bad one stand in the same answer (207)."""
        form = self._form([item.listing for item in batch]) | {
            "quantity": ",".join(str(_quantity(item)) for item in batch),
            "allow_overdraft": ",".join(self._rows[item.listing].overdraft for item in batch),
        }
        if self._settings.stock_close == "release" and self._closed() & {item.listing.id for item in batch}:
            form |= {"stock_close": "0"}
        try:
            answer = self._http.call(SET_STOCK, form)
        except YahooRefused as refusal:
            raise RowsRefused(refusal.hint, {}) from refusal
        rows = {_listing(row): row for row in nodes(answer.json, "ResultSet", "Result")}
        settled: dict[ListingKey, Pushed] = {}
        unsure: list[PushItem] = []
        for item in batch:
            fate = _fate(item, rows.get(item.listing))
            if fate is None:
                unsure.append(item)
            else:
                settled[item.listing] = fate
        return settled | self._read_back(unsure)

    def _read_back(self, unsure: Sequence[PushItem]) -> dict[ListingKey, Pushed]:
        """Rows that were updated, perhaps: what shows now tells."""
        if not unsure:
            return {}
        try:
            shown = self.read(item.listing for item in unsure)
        except TryAgain:
            shown = {}
        return {
            item.listing: Pushed(item.listing, Outcome.DONE)
            if shown.get(item.listing) == _quantity(item)
            else Pushed(item.listing, Outcome.UNKNOWN, _NOT_READ_BACK)
            for item in unsure
        }

    def _form(self, batch: Sequence[ListingKey]) -> dict[str, str]:
        return {"seller_id": self._settings.shop, "item_code": ",".join(listing.id for listing in batch)}


def _is_code(listing: ListingKey) -> bool:
    """A comma or colon inside a code would break the list."""
    return re.fullmatch(f"{facts.CODE}(:{facts.CODE})?", listing.id) is not None


def _listing(row: Node) -> ListingKey:
    return listing_key(text(row, "ItemCode"), text(row, "SubCode"))


def _row(row: Node) -> Row:
    shown = text(row, "Quantity")
    return Row(whole(shown) if shown else facts.UNLIMITED, "1" if text(row, "AllowOverdraft") == "1" else "0")


def _quantity(item: PushItem) -> int:
    """Plain digits: a sign would make it a change (T1)."""
    return max(0, min(item.quantity, facts.MAX_QUANTITY))


def _fate(item: PushItem, row: Node | None) -> Pushed | None:
    """What became of one row; None where only reading it tells."""
    code = text(row, "ErrorCode") if row is not None else ""
    if row is None or code in facts.UNREAD | facts.SYSTEM_ERRORS:
        return None
    if not code:
        return Pushed(item.listing, Outcome.DONE) if text(row, "Quantity") == str(_quantity(item)) else None
    detail = f"{code} {text(row, 'ErrorMessage')}".rstrip()
    if code in facts.BUSY | facts.MAINTENANCE:
        return Pushed(
            item.listing, Outcome.LATER, Hint(f"Yahoo! が忙しいようです: {detail}", f"Yahoo is busy: {detail}")
        )
    return Pushed(
        item.listing,
        Outcome.REFUSED,
        Hint(
            f"Yahoo! がこの商品の在庫を受け付けません: {detail}",
            f"Yahoo does not take this listing's stock: {detail}",
        ),
    )


_MALFORMED = Hint(
    "商品コードは半角の英数字と「-」だけです。サブコードがあれば「コード:サブコード」と書いてください。",
    'A code has only letters, digits and "-"; with a sub-code write "code:sub-code".',
)
_UNKNOWN = Hint(
    "Yahoo! にこのコードの商品がありません。コードの変更や削除がなかったか確かめてください。",
    "Yahoo has no item of this code. See whether it was renamed or deleted.",
)
_ONLY_CASE = Hint(
    "大文字と小文字だけが違うコードがもう 1 つあります。どちらか 1 つにしてください。",
    "Another code differs from this one only in case. Keep one of them.",
)
_BARE_CODE = Hint(
    "サブコードのある商品です。「コード:サブコード」ごとに対応づけてください。",
    'This item has sub-codes: map each "code:sub-code" of it.',
)
_NOT_READ_BACK = Hint(
    "Yahoo! が更新後の在庫数を返しませんでした。読み直します。",
    "Yahoo did not tell the number after the update; it is read again.",
)
OVERDRAFT = Hint(
    "在庫を超えて注文できる設定 (allow-overdraft) です。売り越しになります。",
    "It may be ordered beyond its stock (allow-overdraft): it will oversell.",
)
STOCK_UNLIMITED = Hint(
    "在庫が無制限になっています。最初の更新で数が入ります。",
    "Its stock is unlimited; the first update gives it a number.",
)
