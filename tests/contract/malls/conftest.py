from __future__ import annotations

import pytest

from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.rakuten import Rakuten
from bridge.sandbox.malls.shopify import Shopify
from bridge.sandbox.malls.yahoo import Yahoo
from tests.contract.malls.clients import AmazonClient, RakutenClient, ShopifyClient
from tests.contract.malls.yahoo_client import YahooClient
from tests.support.virtual_clock import VirtualClock


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def rakuten(clock: VirtualClock) -> RakutenClient:
    return RakutenClient(Rakuten(clock), clock)


@pytest.fixture
def shopify(clock: VirtualClock) -> ShopifyClient:
    return ShopifyClient(Shopify(clock), clock)


@pytest.fixture
def amazon(clock: VirtualClock) -> AmazonClient:
    return AmazonClient(Amazon(clock), clock)


@pytest.fixture
def yahoo(clock: VirtualClock) -> YahooClient:
    return YahooClient(Yahoo(clock), clock)
