"""One address for everything, over real sockets, and a state that survives."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from google.auth.transport.requests import Request as AuthRequest
from google.oauth2.service_account import Credentials

from bridge.channel_settings import Amazon
from bridge.channels.amazon import AmazonChannel
from bridge.channels.http import Seams
from bridge.channels.port import Outcome, PushItem
from bridge.clock import SystemClock
from bridge.domain.orders import ListingKey
from bridge.sandbox.faults import Dial
from bridge.sandbox.server import KEY_FILE, STATE_FILE, Server
from bridge.settings import Secret
from tests.contract.malls.clients import esa

SCOPES = ["https://www.googleapis.com/auth/spreadsheets"]


class Listener(BaseHTTPRequestHandler):
    """Takes what is posted to it."""

    heard: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.headers["X-Shopify-Topic"], body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing on the screen."""


@pytest.fixture
def listener() -> Iterator[str]:
    """An address on this machine that webhooks may be sent to."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


@pytest.fixture
def server(start: Callable[..., Server]) -> Server:
    return start(empty=True)


def google(folder: Path) -> httpx.Client:
    """Signed in by google-auth with the sandbox's key. The calls go by httpx: google-auth's own session looks up the
    account's regions at Google's real address."""
    credentials = Credentials.from_service_account_file(str(folder / KEY_FILE), scopes=SCOPES)
    credentials.refresh(AuthRequest())
    return httpx.Client(headers={"Authorization": f"Bearer {credentials.token}"})


def panel(server: Server, method: str, path: str, body: Any = None) -> Any:
    answer = httpx.request(method, f"{server.address}/sandbox/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_google_at_the_root(server: Server, tmp_path: Path) -> None:
    session = google(tmp_path)
    made = session.post(f"{server.address}/v4/spreadsheets", json={"properties": {"title": "在庫"}})
    assert made.status_code == 200, made.text
    book = session.get(f"{server.address}/v4/spreadsheets/{made.json()['spreadsheetId']}")
    assert book.json()["properties"]["title"] == "在庫"
    assert httpx.get(f"{server.address}/v4/spreadsheets/x").status_code in (401, 403)


def test_the_key_file_points_at_the_sandbox_itself(server: Server, tmp_path: Path) -> None:
    key = json.loads((tmp_path / KEY_FILE).read_text())
    assert key["token_uri"] == f"{server.address}/token"
    assert key["type"] == "service_account"
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0


def test_the_malls_under_their_names(server: Server) -> None:
    panel(server, "POST", "world", {"skus": 12, "hot": 2})
    rakuten = httpx.get(
        f"{server.address}/malls/rakuten/es/2.0/items/search",
        headers={"Authorization": esa("SP123456_sandbox", "SL123456_sandbox")},
    )
    assert rakuten.json()["numFound"] == 4  # three sizes share a page
    shopify = httpx.post(
        f"{server.address}/malls/shopify/admin/api/2026-10/graphql.json",
        headers={"X-Shopify-Access-Token": "shpat_sandbox"},
        json={"query": "{ productVariants(first: 50) { nodes { sku } } }"},
    )
    assert len(shopify.json()["data"]["productVariants"]["nodes"]) == 12
    httpx.get(f"{server.address}/v4/spreadsheets/x")
    calls = panel(server, "GET", "state")["calls"]
    assert calls == {"sandbox POST": 1, "rakuten GET": 1, "shopify POST": 1, "sheets GET": 1, "sandbox GET": 1}


def test_amazon_where_the_world_is_asked_to_have_it(server: Server) -> None:
    panel(server, "POST", "world", {"skus": 10, "hot": 2, "malls": ["rakuten", "shopify", "amazon"]})
    root = f"{server.address}/malls/amazon"
    settings = Amazon(
        server.sandbox.amazon.seller,
        server.sandbox.amazon.client_id,
        Secret("amzn1.oa2-cs.v1.sandbox"),
        Secret("Atzr|sandbox"),
        ("本社倉庫",),
        base_url=root,
        token_url=f"{root}/auth/o2/token",
    )
    channel = AmazonChannel(settings, Seams(SystemClock(), lambda: True))
    fba = ListingKey("amazon", "00010-M-FBA")
    assert channel.counted().keys() == {fba}
    tea = ListingKey("amazon", "00001-M")
    shown = channel.read([tea])[tea]
    [pushed] = channel.push([PushItem(tea, 1, shown)], "key")
    assert pushed.outcome is Outcome.DONE
    assert channel.read([tea]) == {tea: 1}
    channel.close()


def test_an_empty_sandbox(server: Server) -> None:
    assert panel(server, "GET", "state")["malls"]["rakuten"]["listings"] == 0
    assert panel(server, "GET", "health")["ok"] is True


def test_otherwise_a_first_start_has_a_world(start: Callable[..., Server]) -> None:
    state = panel(start(), "GET", "state")
    assert [state["malls"][name]["listings"] for name in ("rakuten", "shopify")] == [200, 200]


# The panel


def test_one_sale_from_the_panel(server: Server) -> None:
    (product, *_) = panel(server, "POST", "world", {"skus": 3, "hot": 0, "stock": [10, 10]})["products"]
    for name in ("rakuten", "shopify"):
        mall = f"malls/{name}"
        panel(server, "PUT", f"{mall}/feed", {"visible_after": 0})
        bought = panel(server, "POST", f"{mall}/buy", {"listing": product["listings"][name], "units": 2})
        assert panel(server, "POST", f"{mall}/ship", bought) == {"units": 2}
        other = panel(server, "POST", f"{mall}/buy", {"listing": product["listings"][name], "units": 1})
        assert panel(server, "POST", f"{mall}/cancel", other) == {"units": 1}
        panel(server, "PUT", f"{mall}/stock", {"listing": product["listings"][name], "quantity": 3})
        rows = panel(server, "GET", f"{mall}/stock")["stock"]
        assert [row["quantity"] for row in rows if row["sku"] == product["sku"]] == [3]
        orders = panel(server, "GET", f"{mall}/orders")["orders"]
        assert [order["id"] for order in orders] == [bought["order_id"], other["order_id"]]
        changes = panel(server, "GET", f"{mall}/history?from=3")["history"]
        assert [change["cause"] for change in changes] == ["order", "order", "restock", "hand"]
    assert panel(server, "GET", "state")["malls"]["shopify"]["orders"] == 2


def test_people_come_and_go(server: Server) -> None:
    panel(server, "POST", "world", {"skus": 20})
    panel(server, "POST", "shoppers", {"rate_per_second": 200.0, "hot_skus": [], "seed": 1})
    panel(server, "POST", "packer", {"ship_after": [0.0, 0.1]})
    for name in ("rakuten", "shopify"):
        panel(server, "PUT", f"malls/{name}/feed", {"visible_after": 0})
    deadline = time.monotonic() + 20
    while panel(server, "GET", "state")["crowd"].get("packer", {}).get("shipped", 0) < 5:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    panel(server, "DELETE", "shoppers")
    panel(server, "DELETE", "packer")
    state = panel(server, "GET", "state")
    assert state["crowd"]["shoppers"]["orders"] == sum(one["orders"] for one in state["malls"].values())
    time.sleep(0.2)
    assert panel(server, "GET", "state")["malls"] == state["malls"]


def test_shopify_tells_of_an_order_by_itself(start: Callable[..., Server], listener: str) -> None:
    server = start()
    dial = {"doubled": 1.0, "late": [0.0, 0.2], "lost": 0.0}
    assert panel(server, "PUT", "malls/shopify/webhooks", dial)["dial"] == dial
    text = """mutation($uri: String!) { webhookSubscriptionCreate(topic: ORDERS_CREATE,
      webhookSubscription: {uri: $uri, format: JSON, includeFields: ["id"]}) { userErrors { message } } }"""
    url = f"{server.address}/malls/shopify/admin/api/2026-10/graphql.json"
    headers = {"X-Shopify-Access-Token": "shpat_sandbox"}
    httpx.post(url, json={"query": text, "variables": {"uri": listener}}, headers=headers).raise_for_status()
    listing = panel(server, "GET", "malls/shopify/stock")["stock"][0]["listing"]
    order = panel(server, "POST", "malls/shopify/buy", {"listing": listing})["order_id"]
    until = time.monotonic() + 30
    while panel(server, "GET", "malls/shopify/webhooks")["counts"].get("sent", 0) < 2:
        assert time.monotonic() < until
        time.sleep(0.05)
    said = json.dumps({"id": int(order.rsplit("/", 1)[1])}).encode()
    assert Listener.heard == [("orders/create", said)] * 2
    assert panel(server, "GET", "malls/shopify/webhooks")["counts"] == {"sent": 2, "tried": 1, "taken": 1}


def test_the_fault_dial(server: Server) -> None:
    assert panel(server, "PUT", "faults/rakuten", {"too_many": 1.0})["too_many"] == 1.0
    assert httpx.get(f"{server.address}/malls/rakuten/es/2.0/items/search").status_code == 429
    panel(server, "PUT", "faults/rakuten", {"reply_lost": 1.0})
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{server.address}/malls/rakuten/es/2.0/items/search")
    panel(server, "PUT", "faults/rakuten", {})
    assert server.sandbox.faults["rakuten"].dial == Dial()
    assert panel(server, "GET", "state")["faults"]["rakuten"] == 2
    malls = {"rakuten", "shopify", "amazon", "yahoo", "woocommerce", "colorme", "eccube", "smaregi", "square"}
    assert set(panel(server, "GET", "faults")) == {"sheets"} | malls


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nope", b"", 404),
        ("PUT", "faults/nope", b"{}", 404),
        ("PUT", "faults/sheets", b'{"nope":1}', 400),
        ("PUT", "malls/rakuten/feed", b'{"visible_after":500}', 400),
        ("POST", "malls/rakuten/buy", b"{", 400),
        ("POST", "malls/rakuten/buy", b"[]", 400),
        ("POST", "malls/rakuten/buy", b"{}", 400),
        ("POST", "malls/rakuten/ship", b'{"order_id":"x"}', 400),
        ("GET", "malls/mercari/stock", b"", 404),
        ("DELETE", "health", b"", 405),
    ],
)
def test_mistakes_at_the_panel_are_told(server: Server, method: str, path: str, body: bytes, status: int) -> None:
    answer = httpx.request(method, f"{server.address}/sandbox/{path}", content=body)
    assert answer.status_code == status
    assert answer.json()["error"]


# State


def test_state_survives_a_restart(start: Callable[..., Server], tmp_path: Path) -> None:
    first = start(empty=True)
    (product, *_) = panel(first, "POST", "world", {"skus": 3})["products"]
    panel(first, "POST", "malls/shopify/buy", {"listing": product["listings"]["shopify"]})
    made = google(tmp_path).post(f"{first.address}/v4/spreadsheets", json={}).json()["spreadsheetId"]
    before = {name: part.to_json() for name, part in first.sandbox.parts().items()}
    key = json.loads((tmp_path / KEY_FILE).read_text())
    start.finish()  # type: ignore[attr-defined]

    second = start()
    assert {name: part.to_json() for name, part in second.sandbox.parts().items()} == before
    assert panel(second, "GET", "state")["malls"]["shopify"]["orders"] == 1
    assert json.loads((tmp_path / KEY_FILE).read_text())["private_key"] == key["private_key"]
    session = google(tmp_path)  # the address is another one, the key the same
    assert session.get(f"{second.address}/v4/spreadsheets/{made}").status_code == 200


def test_changes_are_saved_while_it_runs(server: Server, tmp_path: Path) -> None:
    panel(server, "POST", "world", {"skus": 3})
    deadline = time.monotonic() + 10
    while "00001-M" not in _saved(tmp_path, "rakuten"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _saved(folder: Path, part: str) -> str:
    file = sqlite3.connect(folder / STATE_FILE)
    try:
        row = file.execute("SELECT body FROM part WHERE name = ?", (part,)).fetchone()
        return "" if row is None else str(row[0])
    finally:
        file.close()


def test_sigterm_is_a_clean_stop(tmp_path: Path) -> None:
    code = f"from pathlib import Path; from bridge.sandbox.server import serve; serve(0, Path({str(tmp_path)!r}))"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        products = httpx.get(f"{address}/sandbox/malls/shopify/stock").json()["stock"]
        httpx.post(f"{address}/sandbox/malls/shopify/buy", json={"listing": products[-1]["listing"]})
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert len(dict(json.loads(_saved(tmp_path, "shopify"))["orders"])) == 1


def test_staff_at_the_tills_of_square(server: Server) -> None:
    square, listing = server.sandbox.square, ["VAR-TEA", "LSANDBOX1"]
    square.add_product(("VAR-TEA", "LSANDBOX1"), "tea", 10)
    square.add_place("LSANDBOX2", "本社倉庫")

    def at_the_till(act: str, units: int, **more: object) -> dict[str, Any]:
        return panel(server, "POST", "malls/square/till", {"act": act, "listing": listing, "units": units, **more})

    order = at_the_till("sell", 3)["order_id"]
    at_the_till("sell", 1, seconds_ago=3600)  # before it was counted at all: the number stays
    at_the_till("refund", 1, order_id=order, restock=True)
    at_the_till("give_back", 2)
    at_the_till("receive", 5)
    at_the_till("waste", 1)
    at_the_till("transfer", 4, to="LSANDBOX2")
    [here, there] = panel(server, "GET", "malls/square/stock")["stock"]
    assert (here["quantity"], there["quantity"]) == (10, 4)
    at_the_till("recount", 20)
    assert panel(server, "GET", "malls/square/stock")["stock"][0]["quantity"] == 20
