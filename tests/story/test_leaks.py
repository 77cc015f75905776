"""Whatever the bridge writes is searched for every key and for every buyer that the malls told it of."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest

from bridge.config import load
from bridge.logs import log_to
from bridge.recorder import Recorder
from bridge.sandbox.faults import Dial
from bridge.sandbox.malls.buyers import BUYERS, buyer_of
from bridge.sandbox.malls.shopify.records import Webhook
from bridge.settings import secrets_in
from tests.support.sheets_client import service_account
from tests.support.world import World

EVERYBODY = [mark for buyer in BUYERS for mark in buyer.marks]


@pytest.fixture
def shop(shop: World, tmp_path: Path) -> Iterator[World]:
    """A live shop that logs everything and records everything, as `bridge run --record` does."""
    stream = (tmp_path / "bridge.log").open("w", encoding="utf-8")
    object.__setattr__(shop.config.bridge, "log_level", "debug")
    level, handler = logging.getLogger().level, log_to(stream, shop.config)
    with Recorder(tmp_path / "record.jsonl") as recorder:
        outside = shop.outside()
        said = recorder.outside()
        object.__setattr__(outside, "on_sheet_call", said.on_sheet_call)
        object.__setattr__(outside, "on_mall_call", said.on_mall_call)
        shop.service.close()
        shop.outside = lambda: outside  # type: ignore[method-assign]
        shop.start()
        yield shop
        shop.service.close()
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(level)
    stream.close()


class Told(httpx.BaseTransport):
    """Keeps what crossed the line to the bridge, and breaks off some answers of Rakuten."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner, self.heard, self.count = inner, io.BytesIO(), 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        raw = b"".join(response.stream)  # type: ignore[arg-type]
        self.heard.write(raw)
        if b"getOrder" in request.url.raw_path:
            self.count += 1
            raw = raw if self.count % 3 else _broken(raw)
        return httpx.Response(response.status_code, headers=response.headers, content=raw)


def _broken(raw: bytes) -> bytes:
    """The same orders, the buyer first and the end missing."""
    orders = json.loads(raw)["OrderModelList"]
    turned = [dict(sorted(order.items(), key=lambda member: member[0] != "OrdererModel")) for order in orders]
    return json.dumps({"OrderModelList": turned}, ensure_ascii=False).encode()[:-9]


def written(shop: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in shop.ledger.parent.rglob("*") if path.is_file()}


def found(texts: Iterable[str], files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Also as JSON would have escaped it."""
    forms = [(text, form) for text in texts for form in {text.encode(), json.dumps(text)[1:-1].encode()}]
    return [(name, text) for name, content in files.items() for text, form in forms if form in content]


def test_nothing_that_is_written_tells_a_key_or_a_buyer(shop: World) -> None:
    told = Told(shop.outside().transport or httpx.HTTPTransport())
    for channel in shop.service.channels:
        http = getattr(channel, "_http", None) or channel._graph._http  # type: ignore[attr-defined]
        http._client._transport = told
    edge = shop.web()
    hook = Webhook("gid://1", "ORDERS_CREATE", "https://bridge.example/webhooks/shopify", shop.clock.now())
    shop.sandbox.shopify.state.webhooks["gid://1"] = hook  # somebody's own: it sends everything
    orders = [(mall, shop.buy(mall, sku, 1)) for mall in ("rakuten", "shopify") for sku in "ABABAB"]
    courier = shop.sandbox.shopify.courier
    bodies: list[bytes] = []
    inner = courier.transport
    assert inner is not None
    courier.transport = httpx.MockTransport(lambda r: bodies.append(r.content) or inner.handle_request(r))
    courier.step()
    assert edge is not None
    shop.sandbox.faults["rakuten"].dial = Dial(server_error=0.1, lost=0.1)
    shop.sandbox.faults["shopify"].dial = Dial(server_error=0.1, lost=0.1)
    for mall, order in orders:
        guarded(shop)
        getattr(shop.sandbox, mall).ship(order)
    shop.sandbox.rakuten.service_secret = "changed"  # from now on our key is refused
    shop.sandbox.shopify.static_token = "changed"
    for _ in range(3):
        guarded(shop)

    heard = told.heard.getvalue() + b"".join(bodies)
    assert not [mark for mark in EVERYBODY if not found([mark], {"": heard})], "the malls told of too few buyers"
    shop.service.ledger.write().__enter__()  # so that the ledger's -wal lies there
    files = written(shop)
    assert {"ledger.sqlite", "bridge.log", "record.jsonl"} <= files.keys()
    assert all(len(files[name]) > 1000 for name in ("bridge.log", "record.jsonl"))
    sheets = shop.spreadsheet.book.sheets
    files["the sheet"] = str([[cell.entered for cell in row.cells] for each in sheets for row in each.rows]).encode()
    assert found(EVERYBODY, files) == []
    keys = [*secrets_in(shop.config), *service_account().private_key_pem.splitlines()[1:3]]
    assert len(keys) >= 6
    assert found(keys, files) == []


def guarded(shop: World) -> None:
    for channel in shop.service.channels:
        shop.service.guarded_round(channel)
    shop.rounds(0)
    shop.clock.sleep(601)


@pytest.mark.long
def test_nothing_that_a_whole_demo_writes_tells_a_key_or_a_buyer(tmp_path: Path) -> None:
    """Real processes, one of them killed, logs and record and ledger as a shop would have them."""
    folder, record = tmp_path / "demo", tmp_path / "record.jsonl"
    call = [sys.executable, "-c", "from bridge.cli import main; main()", "demo", "--seconds", "20", "--kill-at", "8"]
    done = subprocess.run([*call, "--state", str(folder), "--record", str(record)], capture_output=True, text=True)
    made = [folder, *folder.rglob("*"), record]
    assert {f"{path.stat().st_mode & 0o777:o}" for path in made if path.is_file()} == {"600"}
    assert {f"{path.stat().st_mode & 0o777:o}" for path in made if path.is_dir()} == {"700"}

    key = json.loads((folder / "sandbox" / "service_account.json").read_text())["private_key"].splitlines()[1]
    keys = [*secrets_in(load(folder / "bridge.toml", {})), key, "ya29.", "Bearer ey"]
    mine = {path.name: path.read_bytes() for path in made if path.is_file() and path.parent != folder / "sandbox"}
    assert found(keys[:3], {"": mine.pop("bridge.toml")}), "the settings hold the keys, so they can be looked for"
    mine["the screen"] = (done.stdout + done.stderr).encode()
    numbers = {int(n) for n in re.findall(rb"123456-\d{8}-(\d{10})", mine["record.jsonl"])}
    assert {buyer_of(number) for number in numbers} == set(BUYERS)
    assert found([*keys, *EVERYBODY], mine) == []
    size = sum(len(content) for content in mine.values())
    print(f"{len(mine)} files, {size / 1e6:.1f} MB searched for {len(keys)} keys and {len(EVERYBODY)} marks of buyers")
