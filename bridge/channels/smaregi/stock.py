"""Reading and writing numbers: what is to be is sent as a difference to what is, one pair a call (pos.md §1.5, §1.9).

An addition that is sent twice is added twice (T2). So before every write the history is looked at for the mark of this
very push; and where an answer is lost, it is looked at again after some seconds before anything else is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from bridge.channels.answers import whole
from bridge.channels.batches import RowsRefused
from bridge.channels.http import Operation
from bridge.channels.marks import nonce_in
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.channels.smaregi import facts
from bridge.channels.smaregi.ids import Pair, pair_of
from bridge.channels.smaregi.marks import Mark, mark
from bridge.channels.smaregi.wire import ONE_PRODUCT, PRODUCTS, READS, STOCK, WRITES, Api, SmaregiRefused, changes
from bridge.clock import Clock
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, TryAgain
from bridge.fault_points import Point, reached

KEEPS_STOCK = "0"  # stockControlDivision [A]; one tool has it the other way round


class Stock:
    """The numbers of the stores of the settings."""

    def __init__(self, stores: Iterable[str], api: Api, clock: Clock) -> None:
        self._stores, self._api, self._clock = frozenset(stores), api, clock
        self._products: dict[str, tuple[float, bool]] = {}  # when asked, and whether its stock is kept

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read. What was never counted has no row there (T1): it shows as 0, and nothing is ever booked from
        a number. What isn't there, or of which no stock is kept (T17), is left out."""
        wanted = {pair: listing for listing in listings if (pair := self._pair(listing)) is not None}
        kept = self._kept({product for product, _ in wanted})
        shown = self._numbers(wanted)
        return {listing: shown.get(pair, 0) for pair, listing in wanted.items() if pair[0] in kept}

    def send(self, batch: Sequence[PushItem], key: str) -> list[Pushed]:
        """One listing. Raises RowsRefused, TryAgain, NeedsPerson."""
        [item] = batch
        pair = self._pair(item.listing)
        if pair is None:
            return [Pushed(item.listing, Outcome.REFUSED, _NO_LISTING)]
        try:
            return [self._write(item, pair, mark(key, pair))]
        except SmaregiRefused as refusal:
            raise RowsRefused(refusal.hint, {0: (Outcome.REFUSED, refusal.hint)}) from refusal

    def _write(self, item: PushItem, pair: Pair, mine: Mark) -> Pushed:
        """A write whose answer was lost: nobody knows whether it was carried out, or will be. What shows after a while
        settles it [C]."""
        lost: TryAgain | None = None
        for pause in (0.0, *facts.LOOKS):
            self._clock.sleep(pause)
            try:
                return Pushed(item.listing, *self._once(item, pair, mine))
            except TryAgain as error:
                if lost is None and not error.ambiguous:
                    raise
                lost = error if error.ambiguous else lost
                reached(Point.LOST_ANSWER_LOOKED_AT)
        assert lost is not None
        raise lost

    def _once(self, item: PushItem, pair: Pair, mine: Mark) -> tuple[Outcome, Hint | None]:
        if self._carried_out(pair, mine):
            return Outcome.DONE, None
        now, quantity = self._api.number(pair), min(item.quantity, facts.MAX_QUANTITY)
        if (now or 0) != item.shown:
            return Outcome.STALE, _MOVED
        if now is None:
            self._set(pair, quantity, mine)
        elif now != quantity:
            self._add(pair, quantity - now, mine)
        return Outcome.DONE, None

    def _carried_out(self, pair: Pair, mine: Mark) -> bool:
        """Whether the history has the mark of this push."""
        rows = self._api.call(changes(pair), query={"limit": str(facts.LATEST), "sort": "updDateTime:desc"}).json
        return any(nonce_in(row.get("memo")) == mine.nonce for row in rows)

    def _add(self, pair: Pair, units: int, mine: Mark) -> None:
        operation = _writing("stock.add", "POST", f"/stock/{pair[0]}/add")
        self._api.call(operation, _body(pair, units, mine.adding(units)))

    def _set(self, pair: Pair, units: int, mine: Mark) -> None:
        """The first number of a pair that was never counted."""
        self._api.call(_writing("stock.set", "PATCH", f"/stock/{pair[0]}"), _body(pair, units, mine.setting(units)))

    # --- what is there -----------------------------------------------------------------------------------------------

    def _pair(self, listing: ListingKey) -> Pair | None:
        """None where it is no listing, or of a store that the settings don't name."""
        pair = pair_of(listing)
        return pair if pair is not None and pair[1] in self._stores else None

    def _numbers(self, wanted: Iterable[Pair]) -> dict[Pair, int]:
        """By pair, of one store after the other, with others at times: a few are asked for one by one."""
        found: dict[Pair, int] = {}
        by_store: dict[str, list[Pair]] = {}
        for pair in wanted:
            by_store.setdefault(pair[1], []).append(pair)
        for store, pairs in by_store.items():
            if len(pairs) <= facts.LATEST:
                alone = {pair: self._api.number(pair) for pair in pairs}
                found |= {pair: units for pair, units in alone.items() if units is not None}
            else:
                found |= self._all(store)
        return found

    def _all(self, store: str) -> dict[Pair, int]:
        found: dict[Pair, int] = {}
        for page in self._api.pages(STOCK, facts.STOCK_PAGE, store_id=store, sort="productId"):
            for row in page:
                found[str(row["productId"]), str(row["storeId"])] = whole(row["stockAmount"])
        return found

    def _kept(self, products: Set[str]) -> set[str]:
        """Those that are there and whose stock is kept. Many are asked for at once, a few one by one."""
        now, known_for = self._clock.monotonic(), facts.PRODUCTS_KNOWN_FOR.total_seconds()
        stale = {each for each in products if each not in self._products or now - self._products[each][0] > known_for}
        answers = self._listed() if len(stale) > facts.LATEST else {each: self._ask(each) for each in stale}
        self._products |= {each: (now, answers.get(each, False)) for each in stale}
        return {each for each in products if self._products[each][1]}

    def _listed(self) -> dict[str, bool]:
        pages = self._api.pages(PRODUCTS, facts.PRODUCTS_PAGE, sort="productId")
        return {str(product["productId"]): keeps_stock(product) for page in pages for product in page}

    def _ask(self, product: str) -> bool:
        operation = Operation(ONE_PRODUCT, "GET", f"/products/{product}", READS)
        try:
            return keeps_stock(self._api.call(operation).json)
        except SmaregiRefused:
            return False


def keeps_stock(product: Mapping[str, Any]) -> bool:
    return str(product["stockControlDivision"]) == KEEPS_STOCK


def _writing(name: str, method: str, path: str) -> Operation:
    return Operation(
        name, method, path, WRITES, writes=True, repeatable=False, attempts=facts.WRITE_ATTEMPTS,
        seconds=facts.WRITE_SECONDS,
    )  # fmt: skip


def _body(pair: Pair, units: int, memo: str) -> dict[str, Any]:
    return {"storeId": pair[1], "stockAmount": str(units), "stockHistory": {"memo": memo}}


_NO_LISTING = Hint(
    "スマレジの商品 ID と、設定にある店舗 ID の組ではありません。出品 ID を「商品ID@店舗ID」で書いてください。",
    'This is no Smaregi product at a store of the settings. Write "product@store" as the listing, in numbers.',
)
_MOVED = Hint("レジの数が変わったので、読み直します。", "The till's number has moved; it is read again.")
