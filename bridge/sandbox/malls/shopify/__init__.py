"""Shopify's Admin GraphQL API, as shopify.md describes it."""

from bridge.sandbox.malls.shopify.shop import Shopify
from bridge.sandbox.malls.shopify.switches import ShopifySwitches

__all__ = ["Shopify", "ShopifySwitches"]
