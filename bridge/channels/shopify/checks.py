"""`bridge check` for Shopify: token, version, location, then each right by the smallest harmless query."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bridge.channel_settings import Shopify
from bridge.channels.adapter import OK, line
from bridge.channels.port import Check
from bridge.channels.shopify import documents
from bridge.channels.shopify.ids import gid
from bridge.channels.shopify.wire import MALL, Graph
from bridge.errors import BridgeError, Hint, NeedsPerson

NEEDED = frozenset({"read_orders", "read_products", "read_locations", "read_inventory", "write_inventory"})
FOR_PLACES = "read_merchant_managed_fulfillment_orders"  # which location an order is assigned to
DAYS_WITHOUT_ALL_ORDERS = 60  # §2.2


def check(settings: Shopify, graph: Graph) -> Iterator[Check]:
    """One line per right. Never raises."""
    yield line(MALL, "token", lambda: graph.ask(documents.SHOP))
    yield line(MALL, "api_version", lambda: _version(settings, graph))
    for number in settings.numbers:
        yield line(MALL, "location" if settings.location else f"location {number}", partial(_location, number, graph))
    yield line(MALL, "read_orders", lambda: graph.ask(documents.PROBE_ORDERS))
    if settings.places is not None:
        yield line(MALL, FOR_PLACES, lambda: _may_follow(graph))
    yield line(MALL, "read_products", lambda: graph.ask(documents.PROBE_PRODUCTS))
    yield line(MALL, "write_inventory", lambda: _may_write(settings, graph))


def _version(settings: Shopify, graph: Graph) -> Hint:
    """An expired version is served by another, quietly (§1)."""
    served, asked = graph.served_version, settings.api_version
    if served is None:
        raise BridgeError(Hint("版を確かめられませんでした。", "The version could not be seen."))
    if served != asked:
        raise BridgeError(
            Hint(
                f"api_version {asked} は終わり、Shopify は {served} で答えています。bridge を更新してください。",
                f"api_version {asked} is no longer served: Shopify answers by {served}. Look for an update of bridge.",
            )
        )
    return OK


def _location(number: str, graph: Graph) -> Hint:
    found = graph.ask(documents.PROBE_STOCK, {"location": gid("Location", number)})["location"]
    if not found or not found["isActive"]:
        raise NeedsPerson(
            Hint(
                f"ロケーション {number} がないか、無効です。設定の location か places を確かめてください。",
                f"Location {number} does not exist or is inactive. Look at location or places in the settings.",
            )
        )
    return Hint(f"「{found['name']}」です。", f'It is "{found["name"]}".')


def _may_follow(graph: Graph) -> Hint:
    if not _scopes(graph) & {FOR_PLACES, FOR_PLACES.replace("read_", "write_")}:
        raise NeedsPerson(
            Hint(
                f"places には、アプリに {FOR_PLACES} の権限が要ります。",
                f"For places the app needs the right {FOR_PLACES}.",
            )
        )
    return OK


def _scopes(graph: Graph) -> set[str]:
    return {each["handle"] for each in graph.ask(documents.SCOPES)["currentAppInstallation"]["accessScopes"]}


def _may_write(settings: Shopify, graph: Graph) -> Hint:
    """Also tells of rights that nobody needs here: whoever gets hold of the key has them too."""
    scopes = _scopes(graph)
    if "write_inventory" not in scopes:
        raise NeedsPerson(
            Hint("アプリに write_inventory の権限を加えてください。", "Grant the app the right write_inventory.")
        )
    needed = NEEDED if settings.look_back_days <= DAYS_WITHOUT_ALL_ORDERS else NEEDED | {"read_all_orders"}
    spare = ", ".join(sorted(scopes - needed - {FOR_PLACES}))
    if not spare:
        return OK
    return Hint(
        f"使えます。bridge には要らない権限もあります。外すとより安全です: {spare}",
        f"It works. Some rights are more than bridge needs; it is safer without them: {spare}",
    )
