"""Rakuten Ichiba's RMS Web Service, as rakuten.md describes it."""

from bridge.sandbox.malls.rakuten.shop import Rakuten
from bridge.sandbox.malls.rakuten.switches import RakutenSwitches

__all__ = ["Rakuten", "RakutenSwitches"]
