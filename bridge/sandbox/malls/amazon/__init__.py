"""Amazon's Selling Partner API, as amazon.md describes it."""

from bridge.sandbox.malls.amazon.shop import Amazon
from bridge.sandbox.malls.amazon.switches import AmazonSwitches

__all__ = ["Amazon", "AmazonSwitches"]
