"""What a request of the bridge is, told from its bytes, so that people and network can aim at it."""

from __future__ import annotations

from dataclasses import dataclass
from json import loads
from typing import Any

from bridge.sandbox.faults import Environ

READ, WRITE = "read", "write"
LOCK, SECOND, BEAT = "lock", "second call", "heartbeat"
"""Writes into the spreadsheet: rows are about to be locked; rows that are locked are about to be written or given back;
nothing but the heartbeat."""
FEED = "feed"
"""Many numbers at once to Amazon, which works them off later."""

WRITES_TO = ("bulk-upsert", "/setStock", "/batch", "/batch-create")
GRAPHQL = ("shopify", "eccube")


@dataclass(frozen=True)
class Call:
    """`tokens`: what stands in the lock cells of the rows it is about · `renews`: it spends the one refresh token that
    EC-CUBE gave. Where its answer is lost only a new consent helps, which is told to a person and no matter here."""

    server: str
    what: str = READ
    tokens: frozenset[str] = frozenset()
    renews: bool = False

    @property
    def kind(self) -> str:
        return f"{self.server} {self.what}"


def call_of(server: str, environ: Environ, stock: int, beats: int) -> Call:
    """`stock`, `beats`: the ids of 在庫表 and of the tab with the heartbeat."""
    path = environ["PATH_INFO"]
    if server == "sheet":
        return (
            _batch(loads(_body(environ))["requests"], stock, beats) if path.endswith(":batchUpdate") else Call(server)
        )
    if path.endswith("/feeds") and environ["REQUEST_METHOD"] == "POST":
        return Call(server, FEED)
    writes = path.endswith(WRITES_TO) or environ["REQUEST_METHOD"] in ("PATCH", "PUT")
    writes = writes or (server in GRAPHQL and b"mutation" in _body(environ))
    writes = writes or ("/stock/" in path and environ["REQUEST_METHOD"] == "POST")  # Smaregi's additions
    return Call(server, WRITE if writes else READ, renews=server == "eccube" and path.endswith("/token"))


Requests = list[dict[str, dict[str, Any]]]


def _batch(requests: Requests, stock: int, beats: int) -> Call:
    if all(_tab(request) == beats for request in requests):
        return Call("sheet", BEAT)
    replaced = [(str(said["find"]), str(said["replacement"])) for said in _replaced(requests, stock)]
    journal = any(each["copyPaste"]["destination"]["sheetId"] != beats for each in requests if "copyPaste" in each)
    if journal or any(find.startswith("🔒") for find, _ in replaced):
        return Call("sheet", SECOND)
    locked = frozenset(find for find, by in replaced if by.startswith("🔒"))
    return Call("sheet", LOCK if locked else WRITE, locked)


def _replaced(requests: Requests, stock: int) -> list[dict[str, Any]]:
    return [each["findReplace"] for each in requests if "findReplace" in each and _tab(each) == stock]


def _tab(request: dict[str, dict[str, Any]]) -> int | None:
    (said,) = request.values()
    where: dict[str, int] = said.get("range") or said.get("start") or {}
    return where.get("sheetId")


def _body(environ: Environ) -> bytes:
    found: bytes = environ["wsgi.input"].read()
    environ["wsgi.input"].seek(0)
    return found
