from __future__ import annotations

import pytest

from tests.contract.channels.conformance import (
    MALLS,
    AmazonMall,
    ColorMeMall,
    EcCubeMall,
    Mall,
    RakutenMall,
    ShopifyMall,
    WooMall,
    YahooMall,
)


@pytest.fixture(params=MALLS)
def mall(request: pytest.FixtureRequest) -> Mall:
    """Each mall in turn: a test that takes it is part of the conformance suite."""
    return MALLS[request.param]()


@pytest.fixture
def rakuten() -> RakutenMall:
    return RakutenMall()


@pytest.fixture
def shopify() -> ShopifyMall:
    return ShopifyMall()


@pytest.fixture
def amazon() -> AmazonMall:
    return AmazonMall()


@pytest.fixture
def woo() -> WooMall:
    return WooMall()


@pytest.fixture
def colorme() -> ColorMeMall:
    return ColorMeMall()


@pytest.fixture
def eccube() -> EcCubeMall:
    return EcCubeMall()


@pytest.fixture
def yahoo() -> YahooMall:
    return YahooMall()
