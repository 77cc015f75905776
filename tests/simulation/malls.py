"""The malls of the simulation: what each calls a listing, how its simulator is set, what is its own alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json import loads
from typing import Any

from bridge.sandbox.faults import Faults
from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.amazon.records import BY_AMAZON, MERCHANT
from bridge.sandbox.malls.colorme import ColorMe
from bridge.sandbox.malls.eccube import EcCube
from bridge.sandbox.malls.mall import Mall
from bridge.sandbox.malls.rakuten import Rakuten
from bridge.sandbox.malls.shopify import Shopify
from bridge.sandbox.malls.smaregi import Smaregi
from bridge.sandbox.malls.square import Square
from bridge.sandbox.malls.woocommerce import WooCommerce
from bridge.sandbox.malls.yahoo import Yahoo
from bridge.sandbox.malls.yahoo.records import UNDER_REVIEW
from bridge.sandbox.server import Sandbox
from tests.simulation.cast import SERVERS

KINDS: Mapping[str, Any] = {
    each.name: each for each in (Rakuten, Shopify, Amazon, Yahoo, WooCommerce, ColorMe, EcCube, Smaregi, Square)
}

FBA = ("A-FBA", BY_AMAZON)
"""Lies in Amazon's warehouse, and stands in 出品 by mistake: a number of ours would strand it there."""

SETS: Mapping[str, tuple[str, str]] = {
    "rakuten": ("item-set", "v-set"),
    "amazon": ("SET", MERCHANT),
    "yahoo": ("item-set", "v-set"),
}
"""Where a set is on sale, and as what."""

REVIEW_SECONDS = 60.0
HELD_HOURS = 0.125
"""What the bridge counts on: a review, the five minutes between two looks at the orders of two days, and some more."""


def number_of(mall: str, wire: tuple[str, str]) -> str:
    """A listing as the ledger and 出品 name it."""
    if mall == "shopify":
        return "@".join(part.rsplit("/", 1)[1] for part in wire)
    return _JOINED[mall].join(wire) if mall in _JOINED else wire[0]


_JOINED: Mapping[str, str] = {"rakuten": "/", "yahoo": ":", "colorme": "/", "smaregi": "@", "square": "@"}
"""The others are known by the first part alone."""


def new_malls(sandbox: Sandbox, faults: Mapping[str, Faults], amazon_late: float) -> dict[str, Mall]:
    """Malls without a past: their rate limits and caches would remember times to come."""
    for name in SERVERS:
        setattr(sandbox, name, KINDS[name](sandbox.rakuten.clock))
        faults[name].app = getattr(sandbox, name)
    set_up(sandbox, amazon_late)
    return {name: getattr(sandbox, name) for name in SERVERS}


def set_up(sandbox: Sandbox, amazon_late: float = 0.0) -> None:
    """Amazon may be asked for orders whenever its turn comes, and shows no change of the last `amazon_late` seconds;
    Yahoo's consent and what nobody has paid for outlast every seed."""
    amazon, yahoo = sandbox.amazon.switches, sandbox.yahoo.switches
    amazon.update_delay, amazon.order_search_rate = amazon_late, 1.0
    yahoo.held_seconds, yahoo.consent_days, amazon.unpaid_life = REVIEW_SECONDS, 10_000.0, 1e9


def shown_by(mall: Mall) -> dict[tuple[str, str], int]:
    """What buyers see: below zero is sold out."""
    return {wire: max(0, units) for wire, units in mall.stock().items()}


def lying_there(amazon: Any) -> int:
    """Units in Amazon's own warehouse; none, while it says that we ship them too: nobody knows then whose they are."""
    offer = amazon.item(FBA[0])
    return 0 if MERCHANT in offer.channels else int(offer.warehouse.fulfillable)


def under_review(order: Any) -> bool:
    """Whether Yahoo keeps an order back from everybody, its shop too."""
    return bool(getattr(order, "fraud_hold", 0) == UNDER_REVIEW)


def ours(order: Any) -> bool:
    """Whether the shop sees the order, and is the one to ship it."""
    return not under_review(order) and not getattr(order, "by_amazon", False)


def end_reviews(yahoo: Yahoo) -> None:
    for order in yahoo.orders():
        if under_review(order):
            yahoo.review(order.id)


def refusal(mall: Any, number: str) -> tuple[set[str], str] | None:
    """Where a mall that can refuse one item among others notes it, and by what name."""
    if isinstance(mall, Amazon):
        return mall.switches.refused_skus, number
    return (mall.switches.refused_codes, number.partition(":")[0]) if isinstance(mall, Yahoo) else None


def takes_everything(mall: Any) -> bool:
    """Whether it had refused something, and refuses nothing any more."""
    refused = found[0] if (found := refusal(mall, "")) else set[str]()
    did = bool(refused)
    refused.clear()
    return did


@dataclass
class FeedWatch:
    """Amazon works off a feed later than it was sent. What one does that nobody waits for any more comes as a surprise.

    own: those that the round under way has sent · ended: those that are known to be over · refused: SKUs whose message
    one of the round's own feeds didn't take"""

    amazon: Amazon
    own: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def begins(self) -> None:
        """A round begins."""
        self.own.clear()
        self.refused.clear()

    def see_sent(self, by_us: bool) -> None:
        """A call was made."""
        new = self.amazon.state.feeds.keys() - self.known
        self.known |= new
        self.own |= new if by_us else set()

    def see_ended(self) -> Iterator[tuple[bool, list[str], bool]]:
        """Of each feed that came to its end: whether the round waits for it, its SKUs, whether only some were taken."""
        self.amazon.advance()
        for feed in self.amazon.state.feeds.values():
            if feed.ended is None or feed.id in self.ended:
                continue
            self.ended.add(feed.id)
            documents = self.amazon.state.documents
            messages = loads(documents[feed.document].content or "{}").get("messages", [])
            report = loads(documents[feed.report].content or "{}") if feed.report else {}
            refused = {issue["sku"] for issue in report.get("issues", ()) if "sku" in issue}
            self.refused |= refused if feed.id in self.own else set()
            partly = 0 < len(refused) < len(messages)
            yield feed.id in self.own, [message["sku"] for message in messages], partly
