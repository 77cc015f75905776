"""What a product's variants are called, and which of them keep a number of their own (T6): a sale's line names a
variant by the texts of its options only."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.channels.colorme import facts
from bridge.channels.colorme.ids import CHANNEL, listing_key
from bridge.channels.colorme.wire import BUCKET, ColorMeRefused
from bridge.channels.http import MallHttp, Operation
from bridge.clock import Clock
from bridge.domain.orders import ListingKey

Options = tuple[str, str]


@dataclass(frozen=True)
class Shape:
    """One product: the ids of the variants that keep a number, by the texts of their options · `managed`: whether any
    number is kept of it."""

    variants: Mapping[Options, int]
    managed: bool


NO_PRODUCT = Shape({}, managed=True)


class Shapes:
    """What was read of products lately, and what is asked where nothing was."""

    def __init__(self, http: MallHttp, clock: Clock) -> None:
        self._http, self._clock = http, clock
        self._known: dict[int, tuple[float, Shape]] = {}

    def learn(self, product: Mapping[str, Any]) -> Shape:
        """A product as the shop shows it."""
        shape = shape_of(product)
        self._known[product["id"]] = self._clock.monotonic(), shape
        return shape

    def listing_of(self, line: Mapping[str, Any]) -> tuple[ListingKey, bool]:
        """The listing whose number a sale's line lowers, and whether it does. Where no variant is called so any more,
        the line is shown by its product and options until somebody maps it."""
        product = int(line["product_id"] or 0)
        if not product:
            return ListingKey(CHANNEL, f"sku:{line.get('product_model_number') or ''}"), True
        options = options_of(line)
        shape = self._shape(product, options)
        if not shape.variants or options == ("", ""):
            return listing_key(product), shape.managed
        variant = shape.variants.get(options)
        named = "/".join(filter(None, options))
        return listing_key(product, variant) if variant else ListingKey(CHANNEL, f"{product}?{named}"), shape.managed

    def _shape(self, product: int, options: Options) -> Shape:
        at, shape = self._known.get(product, (None, NO_PRODUCT))
        fresh = at is not None and self._clock.monotonic() - at <= facts.SHAPES_KNOWN_FOR.total_seconds()
        if fresh and (options in shape.variants or not shape.variants):
            return shape
        try:
            answer = self._http.call(Operation("product", "GET", f"/products/{product}", BUCKET)).json
            return self.learn(answer["product"])
        except ColorMeRefused:  # it was deleted
            self._known[product] = self._clock.monotonic(), shape
            return shape


def shape_of(product: Mapping[str, Any]) -> Shape:
    kept = [each for each in product.get("variants") or [] if each["stocks"] is not None]
    managed = product["stock_managed"] is not False and (bool(kept) or product["stocks"] is not None)
    return Shape({options_of(each): int(each["id"]) for each in kept}, managed)


def options_of(row: Mapping[str, Any]) -> Options:
    """The two texts, whatever their width and blanks."""
    return _text(row.get("option1_value")), _text(row.get("option2_value"))


def _text(value: object) -> str:
    return " ".join(unicodedata.normalize("NFKC", str(value or "")).split())
