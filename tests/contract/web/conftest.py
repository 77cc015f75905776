from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client

from bridge.channel_settings import Shopify
from bridge.channels.http import Seams
from bridge.channels.shopify import ShopifyChannel
from bridge.flows.health import Health, health
from bridge.flows.shop import ChannelFacts, Shop
from bridge.flows.wake import MALL_LOOKS, SHEET_LOOKS, Doorbell, Wake
from bridge.ledger.ledger import Ledger
from bridge.settings import Secret
from bridge.sheet.edit_hook import EditHook
from bridge.web.app import WebEdge
from tests.contract.web.sender import KEY, OLD_KEY, SHOP, Sent
from tests.support.virtual_clock import VirtualClock

SCRIPT_KEY = "shared with the spreadsheet's script"


class Door:
    """The web edge of a bridge whose Shopify app has the key KEY; no service behind it."""

    def __init__(self, path: Path | None = None) -> None:
        self.clock = VirtualClock()
        self.ledger = Ledger(path, self.clock, migrate=False)
        settings = Shopify(SHOP, "1", ("本社倉庫",), client_secret=Secret(KEY), webhook_secret=Secret(OLD_KEY))
        channel = ShopifyChannel(settings, Seams(self.clock, may_write=lambda: False))
        assert channel.webhooks is not None
        facts = ChannelFacts("shopify", SHOP, ("本社倉庫",), 10**9, timedelta(0), timedelta(days=60), True)
        self._shop = Shop({"shopify": facts})
        script = EditHook(SCRIPT_KEY, "the-spreadsheet", self.clock)
        self.wakes = {"shopify": Wake(self.clock, MALL_LOOKS), "sheet": Wake(self.clock, SHEET_LOOKS)}
        hooks = {"shopify": channel.webhooks.understand, "sheet": script.understand}
        self.edge = WebEdge(hooks, Doorbell(self.ledger, self.clock, self.wakes), self.health, self.clock)
        self.http = Client(self.edge)

    def health(self) -> Health:
        return health(self.ledger, self._shop)

    def send(self, sent: Sent, to: str = "/webhooks/shopify") -> int:
        headers = {name: value.encode().decode("latin-1") for name, value in sent.headers.items()}  # as on the wire
        return self.http.post(to, data=sent.body, headers=headers).status_code

    def remembered(self) -> int:
        with self.ledger.read() as tx:
            return tx.webhooks.count()

    def figures(self) -> Mapping[str, float]:
        """/metrics, by the name and labels of each line."""
        lines = self.http.get("/metrics").text.splitlines()
        return {name: float(value) for name, _, value in (x.rpartition(" ") for x in lines if not x.startswith("#"))}

    def came(self, outcome: str, sender: str = "shopify") -> float:
        return self.figures().get(f'bridge_webhooks_total{{outcome="{outcome}",sender="{sender}"}}', 0.0)


@pytest.fixture
def door() -> Door:
    return Door()
