"""Writing and reading quantities at Shopify: `available`, compared before it is set (shopify.md §4, §5)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from bridge.channels.answers import senseless, whole
from bridge.channels.batches import RowsRefused, cut
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.channels.shopify import documents, facts
from bridge.channels.shopify.ids import gid, listing_key, number_of, numbers_of
from bridge.channels.shopify.wire import MALL, Graph
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson, Refused

KEYS = UUID("6f1d8a0e-4c1b-5c39-9a4e-52f1c1a7b0d3")  # the namespace of our idempotency keys
NEW_KEYS = 3  # tries with a new key after Shopify says that the attempt with the old one failed
FAILED_BEFORE = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
STALE = "CHANGE_FROM_QUANTITY_STALE"


class Stock:
    """The quantities of one shop."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read. An item that isn't tracked or stocked at the location is left out: a number set there would
        land where nobody chose (§5.2)."""
        by_location: dict[str, list[str]] = defaultdict(list)
        for listing in listings:
            item, location = numbers_of(listing)
            if item.isdigit() and location.isdigit():
                by_location[location].append(item)
        shown: dict[ListingKey, int] = {}
        for location, items in by_location.items():
            for batch in cut(items, facts.READ_BATCH):
                shown |= self._levels(location, batch)
        return shown

    def _levels(self, location: str, items: Sequence[str]) -> dict[ListingKey, int]:
        ids = [gid("InventoryItem", item) for item in items]
        try:
            nodes = self._graph.ask(documents.LEVELS, {"ids": ids, "location": gid("Location", location)})["nodes"]
        except Refused as refusal:
            raise NeedsPerson(refusal.hint) from refusal
        shown: dict[ListingKey, int] = {}
        for node in nodes:
            level = node and node["tracked"] and node["inventoryLevel"]
            if level and level["isActive"]:
                [available] = [whole(each["quantity"]) for each in level["quantities"] if each["name"] == "available"]
                shown[listing_key(number_of(node["id"]), location)] = available
        return shown

    def send(self, batch: Sequence[PushItem], key: str) -> list[Pushed]:
        """One batch: all of it is taken or none (§5.1). Raises RowsRefused, TryAgain, NeedsPerson.

        The idempotency key is made of `key` and what is sent: the same call always has the same one, a batch that was
        cut differently another."""
        rows = [_row(item) for item in batch]
        for attempt in range(NEW_KEYS):
            own_key = str(uuid5(KEYS, json.dumps([key, attempt, rows])))
            errors = self._set(rows, own_key)
            if not any(error.get("code") == FAILED_BEFORE for error in errors):
                break
        if errors:
            raise RowsRefused(_refusal(errors[0]), _fates(errors))
        return [Pushed(item.listing, Outcome.DONE) for item in batch]

    def _set(self, rows: Sequence[Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
        """The user errors. Raises RowsRefused where Shopify refuses without saying which row, TryAgain, NeedsPerson."""
        given = {"name": "available", "reason": "correction", "quantities": rows}
        try:
            answer = self._graph.ask(documents.SET_QUANTITIES, {"input": given, "key": key})
        except Refused as refusal:
            raise RowsRefused(refusal.hint, {}) from refusal
        said = answer["inventorySetQuantities"]
        if said is None:  # without an error, which would say why: nobody knows what was carried out
            raise senseless(MALL, documents.SET_QUANTITIES.name, ambiguous=True)
        return list(said.get("userErrors") or [])


def _row(item: PushItem) -> dict[str, Any]:
    number, location = numbers_of(item.listing)
    return {
        "inventoryItemId": gid("InventoryItem", number),
        "locationId": gid("Location", location),
        "quantity": min(item.quantity, facts.MAX_QUANTITY),
        "changeFromQuantity": item.shown,
    }


def _fates(errors: Sequence[Mapping[str, Any]]) -> dict[int, tuple[Outcome, Hint]]:
    """What became of the rows that the errors name: `field` is like ["input", "quantities", "0", …], all text."""
    fates: dict[int, tuple[Outcome, Hint]] = {}
    for error in errors:
        field = error.get("field") or []
        if len(field) > 2 and field[1] == "quantities" and str(field[2]).isdigit():
            outcome = Outcome.STALE if error.get("code") == STALE else Outcome.REFUSED
            fates[int(field[2])] = (outcome, _refusal(error))
    return fates


def _refusal(error: Mapping[str, Any]) -> Hint:
    code = error.get("code")
    if code == STALE:
        return Hint(
            "Shopify の数が見たときから変わっています。読み直します。",
            "Shopify's number has changed since it was read; reading again.",
        )
    return Hint(
        f"Shopify がこの商品の在庫を受け付けません: {code} {error.get('message')}",
        f"Shopify does not take this listing's stock: {code} {error.get('message')}",
    )
