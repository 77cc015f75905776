"""`bridge check` for EC-CUBE: each right by the smallest harmless call."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.channels.adapter import line
from bridge.channels.eccube import documents
from bridge.channels.eccube.wire import MALL, Graph
from bridge.channels.port import Check
from bridge.errors import Hint


def check(graph: Graph) -> Iterator[Check]:
    """One line per right. Never raises."""
    yield line(MALL, "token", graph.tokens.headers)
    yield line(MALL, "orders", lambda: graph.ask("orders", documents.PROBE_ORDERS))
    yield line(MALL, "order", lambda: graph.ask("orders", documents.orders_by_id(1), {"i0": "0"}))
    yield line(MALL, "products", lambda: graph.ask("products", documents.PROBE_PRODUCTS))
    yield Check(
        "updateProductStock",
        True,
        Hint(
            "書き込まずには試せません。API のクライアントに write の権限があるか確かめてください。",
            "This can't be tried without writing: see for yourself that the API client has the scope write.",
        ),
    )
