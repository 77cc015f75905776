"""Yahoo!ショッピング's merchant APIs ("circus"), as yahoo.md describes them."""

from bridge.sandbox.malls.yahoo.shop import Yahoo
from bridge.sandbox.malls.yahoo.switches import YahooSwitches

__all__ = ["Yahoo", "YahooSwitches"]
