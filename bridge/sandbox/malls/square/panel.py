"""What staff do at the tills, for the sandbox's control panel: POST /sandbox/malls/square/till."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.sandbox.malls.mall import Listing
    from bridge.sandbox.malls.square.shop import Square

Body = dict[str, Any]


def routes(shop: Square) -> list[tuple[str, str, Callable[..., Any]]]:
    """(verb, path, work); work takes the request's body, the query and the path's parts."""
    return [("POST", "/sandbox/malls/square/till", partial(_act, shop))]


def _act(shop: Square, body: Body, _query: Mapping[str, str]) -> Body:
    """`act`: what is done · `listing`: to what, as [variation, location] · `units`: of how many."""
    acts: dict[str, Callable[[Body], object]] = {
        "sell": lambda given: shop.place([(_listing(given), _units(given))], till_at=_ago(shop, given)),
        "refund": lambda given: shop.refund(given["order_id"], "1", _units(given), restock=given["restock"]),
        "give_back": lambda given: shop.give_back(_listing(given), _units(given)),
        "recount": lambda given: shop.recount(_listing(given), _units(given)),
        "receive": lambda given: shop.receive(_listing(given), _units(given)),
        "waste": lambda given: shop.lose(_listing(given), _units(given)),
        "transfer": lambda given: shop.transfer(_listing(given), str(given["to"]), _units(given)),
    }
    done = acts[str(body["act"])](body)
    return {"order_id": done} if isinstance(done, str) else {}


def _listing(given: Body) -> Listing:
    variation, place = given["listing"]
    return str(variation), str(place)


def _units(given: Body) -> int:
    return int(given["units"])


def _ago(shop: Square, given: Body) -> datetime:
    """When an offline sale was made: so many seconds ago."""
    return shop.now() - timedelta(seconds=float(given.get("seconds_ago", 0)))
