"""A simulated Smaregi contract: its stores, tills and history of stock."""

from bridge.sandbox.malls.smaregi.shop import Smaregi
from bridge.sandbox.malls.smaregi.switches import SmaregiSwitches

__all__ = ["Smaregi", "SmaregiSwitches"]
