"""The malls of the simulation: what each calls a listing, how its simulator is set, what is its own alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.sandbox.faults import Faults
from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.amazon.records import BY_AMAZON
from bridge.sandbox.malls.mall import Mall
from bridge.sandbox.malls.rakuten import Rakuten
from bridge.sandbox.malls.shopify import Shopify
from bridge.sandbox.malls.yahoo import Yahoo
from bridge.sandbox.malls.yahoo.records import UNDER_REVIEW
from bridge.sandbox.server import Sandbox

MALLS = ("rakuten", "shopify", "amazon", "yahoo")
KINDS: Mapping[str, Any] = {"rakuten": Rakuten, "shopify": Shopify, "amazon": Amazon, "yahoo": Yahoo}

FBA = ("A-FBA", BY_AMAZON)
"""Lies in Amazon's warehouse, and stands in 出品 by mistake: a number of ours would strand it there."""

REVIEW_SECONDS = 60.0
HELD_HOURS = 0.125
"""What the bridge counts on: a review, the five minutes between two looks at the orders of two days, and some more."""


def number_of(mall: str, wire: tuple[str, str]) -> str:
    """A listing as the ledger and 出品 name it."""
    if mall == "shopify":
        return "@".join(part.rsplit("/", 1)[1] for part in wire)
    return {"rakuten": "/".join(wire), "amazon": wire[0], "yahoo": ":".join(wire)}[mall]


def new_malls(sandbox: Sandbox, faults: Mapping[str, Faults]) -> dict[str, Mall]:
    """Malls without a past: their rate limits and caches would remember times to come."""
    for name in MALLS:
        setattr(sandbox, name, KINDS[name](sandbox.rakuten.clock))
        faults[name].app = getattr(sandbox, name)
    set_up(sandbox)
    return {name: getattr(sandbox, name) for name in MALLS}


def set_up(sandbox: Sandbox) -> None:
    """Amazon's feed as prompt as the bridge is told, and as often to be asked as its turn comes; Yahoo's consent
    outlasts every seed."""
    amazon, yahoo = sandbox.amazon.switches, sandbox.yahoo.switches
    amazon.update_delay, amazon.order_search_rate = 0.0, 1.0
    yahoo.held_seconds, yahoo.consent_days = REVIEW_SECONDS, 10_000.0


def shown_by(mall: Mall) -> dict[tuple[str, str], int]:
    """What buyers see: below zero is sold out."""
    return {wire: max(0, units) for wire, units in mall.stock().items()}


def under_review(order: Any) -> bool:
    """Whether Yahoo keeps an order back from everybody, its shop too."""
    return bool(getattr(order, "fraud_hold", 0) == UNDER_REVIEW)


def ours(order: Any) -> bool:
    """Whether the shop sees the order, and is the one to ship it."""
    return not under_review(order) and not getattr(order, "by_amazon", False)


def reviewed(yahoo: Yahoo) -> Iterator[str]:
    """Every review comes to its end."""
    for order in yahoo.orders():
        if under_review(order):
            yahoo.review(order.id)
            yield order.id
