"""Square's inventory API and a seller's tills, as pos.md, Part 2, describes them."""

from bridge.sandbox.malls.square.shop import Square
from bridge.sandbox.malls.square.switches import SquareSwitches

__all__ = ["Square", "SquareSwitches"]
