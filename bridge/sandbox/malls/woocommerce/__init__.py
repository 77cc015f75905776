"""WooCommerce's REST API v3, as own_shops_and_files.md §2 describes it."""

from bridge.sandbox.malls.woocommerce.shop import WooCommerce
from bridge.sandbox.malls.woocommerce.switches import WooSwitches

__all__ = ["WooCommerce", "WooSwitches"]
