"""The sandbox's control panel under /sandbox/: people, faults, and the truth, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from bridge.clock import Clock
from bridge.sandbox.faults import Dial, Faults
from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.mall import Listing, Mall
from bridge.sandbox.malls.plain import to_plain
from bridge.sandbox.malls.shopify import Shopify
from bridge.sandbox.malls.shopify.courier import CourierDial
from bridge.sandbox.malls.stalls import KEYS
from bridge.sandbox.malls.world import seed_world
from bridge.sandbox.packer import PackerDials
from bridge.sandbox.shoppers import ShopperDials

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Body = dict[str, Any]
Route = tuple[str, str, Callable[..., Any]]
"""verb, path, and what it does with the request's body, the query and the path's parts"""
_MALL = "/sandbox/malls/<name>"


class Crowd(Protocol):
    """The people who act on their own (server.py)."""

    def start_shoppers(self, dials: ShopperDials, hot_skus: list[str], seed: int) -> None: ...

    def start_packer(self, dials: PackerDials, seed: int) -> None: ...

    def stop_shoppers(self) -> None: ...

    def stop_packer(self) -> None: ...

    def counts(self) -> dict[str, dict[str, int]]: ...

    def demand(self) -> dict[str, int]: ...


class Control:
    """Mistakes in a request answer 400 with a sentence; nothing here is part of any mall's wire."""

    def __init__(
        self,
        clock: Clock,
        shopify: Shopify,
        faults: Mapping[str, Faults],
        crowd: Crowd,
        calls: Mapping[str, int],
        more: Sequence[Route] = (),
        *,
        amazon: Amazon,
        malls: Mapping[str, Mall],
    ) -> None:
        """`calls`: what was asked for, by part · `more`: what another part of the sandbox adds · `malls`: all of them,
        by name."""
        self._clock = clock
        self._shopify, self._amazon = shopify, amazon
        self._malls = malls
        self._faults = faults
        self._crowd = crowd
        self._calls = calls
        routes = [*self._routes(), *((verb, path, _plainly(work)) for verb, path, work in more)]
        self._map = Map([Rule(path, methods=[verb], endpoint=work) for verb, path, work in routes])

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            work, args = self._map.bind_to_environ(environ).match()
            response = _json(work(request, **args))
        except HTTPException as error:
            response = _json({"error": error.description}, error.code or 500)
        except (KeyError, TypeError, ValueError, AssertionError, StopIteration) as error:
            response = _json({"error": f"{type(error).__name__}: {error}"}, 400)
        return response(environ, start_response)

    def _routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        return [
            ("GET", "/sandbox/health", self._health),
            ("GET", "/sandbox/state", self._state),
            ("POST", "/sandbox/world", self._world),
            ("POST", "/sandbox/shoppers", self._start_shoppers),
            ("DELETE", "/sandbox/shoppers", self._stop_shoppers),
            ("POST", "/sandbox/packer", self._start_packer),
            ("DELETE", "/sandbox/packer", self._stop_packer),
            ("GET", "/sandbox/faults", self._dials),
            ("PUT", "/sandbox/faults/<name>", self._turn),
            ("GET", _MALL + "/stock", self._stock),
            ("GET", _MALL + "/orders", self._orders),
            ("GET", _MALL + "/history", self._history),
            ("POST", _MALL + "/products", self._put_on_sale),
            ("PUT", _MALL + "/stock", self._set_stock),
            ("GET", _MALL + "/feed", self._told),
            ("PUT", _MALL + "/feed", self._feed),
            ("PUT", "/sandbox/malls/shopify/plan", self._plan),
            ("GET", "/sandbox/malls/shopify/webhooks", self._webhooks),
            ("PUT", "/sandbox/malls/shopify/webhooks", self._turn_webhooks),
            ("PUT", "/sandbox/malls/amazon/pace", self._amazon_pace),
            ("GET", _MALL + "/keys", self._keys),
            ("POST", _MALL + "/buy", self._buy),
            ("POST", _MALL + "/ship", self._ship),
            ("POST", _MALL + "/cancel", self._cancel),
        ]

    # The whole.

    def _health(self, _request: Request) -> Body:
        return {"ok": True, "time": self._clock.now().isoformat()}

    def _state(self, _request: Request) -> Body:
        malls = {
            name: {
                "listings": len(mall.stock()),
                "orders": len(mall.orders()),
                "open_units": sum(order.open for order in mall.orders()),
                "write_count": mall.write_count,
                "history": len(mall.history),
                "visible_after": mall.visible_after,
            }
            for name, mall in self._malls.items()
        }
        return {
            "time": self._clock.now().isoformat(),
            "malls": malls,
            "crowd": self._crowd.counts(),
            "demand": self._crowd.demand(),
            "faults": {name: faults.injected for name, faults in self._faults.items()},
            "calls": dict(self._calls),
        }

    def _world(self, request: Request) -> Body:
        """`malls`: where everything is put on sale; the rest as seed_world has it."""
        given = _read(request)
        malls = [self._mall(name) for name in given.pop("malls", ("rakuten", "shopify"))]
        products = seed_world(malls, **_with_spans(given))
        return {"products": [asdict(product) for product in products]}

    # People.

    def _start_shoppers(self, request: Request) -> Body:
        given = _read(request)
        hot, seed = given.pop("hot_skus", []), given.pop("seed", 0)
        self._crowd.start_shoppers(ShopperDials(**_with_spans(given)), hot, seed)
        return self._crowd.counts()

    def _stop_shoppers(self, _request: Request) -> Body:
        self._crowd.stop_shoppers()
        return self._crowd.counts()

    def _start_packer(self, request: Request) -> Body:
        given = _read(request)
        seed = given.pop("seed", 0)
        self._crowd.start_packer(PackerDials(**_with_spans(given)), seed)
        return self._crowd.counts()

    def _stop_packer(self, _request: Request) -> Body:
        self._crowd.stop_packer()
        return self._crowd.counts()

    # Faults.

    def _dials(self, _request: Request) -> Body:
        return {name: asdict(faults.dial) for name, faults in self._faults.items()}

    def _turn(self, request: Request, name: str) -> Body:
        if name not in self._faults:
            raise NotFound(f"{name} is none of {', '.join(self._faults)}")
        self._faults[name].dial = Dial(**_read(request))
        return asdict(self._faults[name].dial)

    # One mall.

    def _stock(self, _request: Request, name: str) -> Body:
        mall = self._mall(name)
        skus = mall.skus()
        rows = [{"listing": key, "sku": skus.get(key), "quantity": count} for key, count in mall.stock().items()]
        return {"stock": rows}

    def _orders(self, request: Request, name: str) -> Body:
        mall = self._mall(name)
        with mall.lock:
            return {"orders": to_plain(list(mall.orders()[_from(request) :]))}

    def _told(self, _request: Request, name: str) -> Body:
        """Every order as the mall's feed names it, whether it shows it yet or not."""
        mall = self._mall(name)
        with mall.lock:
            return {"orders": to_plain(list(mall.told()))}

    def _history(self, request: Request, name: str) -> Body:
        mall = self._mall(name)
        with mall.lock:
            return {"history": to_plain(mall.history[_from(request) :])}

    def _put_on_sale(self, request: Request, name: str) -> Body:
        """Things of somebody's own: {listing, sku, stock} each."""
        mall: Any = self._mall(name)  # each mall's own add_product knows more than these three
        given = _read(request)["products"]
        return {"listings": [mall.add_product(_listing(one), one["sku"], int(one["stock"])) for one in given]}

    def _set_stock(self, request: Request, name: str) -> Body:
        given = _read(request)
        self._mall(name).set_stock_by_hand(_listing(given), int(given["quantity"]))
        return {}

    def _feed(self, request: Request, name: str) -> Body:
        mall = self._mall(name)
        mall.visible_after = float(_read(request)["visible_after"])
        return {"visible_after": mall.visible_after}

    def _plan(self, request: Request) -> Body:
        """What the shop pays Shopify for: points a second, and a bucket of twenty times as many."""
        rate = float(_read(request)["restore_rate"])
        self._shopify.switches.restore_rate, self._shopify.switches.bucket = rate, 20 * rate
        return {"restore_rate": rate, "bucket": 20 * rate}

    def _webhooks(self, _request: Request) -> Body:
        courier = self._shopify.courier
        return {"dial": asdict(courier.dial), "counts": {**courier.counts, **courier.different()}}

    def _turn_webhooks(self, request: Request) -> Body:
        self._shopify.courier.dial = CourierDial(**_with_spans(_read(request)))
        return self._webhooks(request)

    def _amazon_pace(self, request: Request) -> Body:
        """How late its order search is (seconds), and how often it may be asked (a second). A large seller may ask more
        often (amazon.md §13); the two minutes are for everybody."""
        given = _read(request)
        switches = self._amazon.switches
        switches.update_delay, switches.order_search_rate = float(given["update_delay"]), float(given["search_rate"])
        return {"update_delay": switches.update_delay, "search_rate": switches.order_search_rate}

    def _keys(self, _request: Request, name: str) -> Body:
        """What the shop's person would copy from the mall's pages into the settings."""
        return KEYS[name](self._mall(name)) if name in KEYS else {}

    def _buy(self, request: Request, name: str) -> Body:
        given = _read(request)
        return {"order_id": self._mall(name).buy(_listing(given), int(given.get("units", 1)))}

    def _ship(self, request: Request, name: str) -> Body:
        given = _read(request)
        units = self._mall(name).ship(given["order_id"], given.get("line_id"), given.get("units"))
        return {"units": units}

    def _cancel(self, request: Request, name: str) -> Body:
        given = _read(request)
        mall, restock = self._mall(name), given.get("restock", True)
        return {"units": mall.cancel(given["order_id"], given.get("line_id"), given.get("units"), restock)}

    def _mall(self, name: str) -> Mall:
        if name not in self._malls:
            raise NotFound(f"{name} is none of {', '.join(self._malls)}")
        return self._malls[name]


def _plainly(work: Callable[..., Any]) -> Callable[..., Any]:
    """For work that knows nothing of HTTP."""

    def endpoint(request: Request, **parts: str) -> Any:
        return work(_read(request), request.args, **parts)

    return endpoint


def _read(request: Request) -> Body:
    data = request.get_data()
    try:
        body = json.loads(data) if data else {}
    except ValueError:
        raise BadRequest("the body is no JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("the body is no object")
    return body


def _from(request: Request) -> int:
    """`?from=n`: leave the first n out, which the caller has already."""
    return request.args.get("from", 0, type=int)


def _listing(given: Body) -> Listing:
    first, second = given["listing"]
    return str(first), str(second)


def _with_spans(given: Body) -> Body:
    """JSON's lists as the pairs (from, to) that the dials are."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=utf-8")
