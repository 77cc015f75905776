"""EC-CUBE 4 with its Web API plug-in, as own_shops_and_files.md §1 describes it."""

from bridge.sandbox.malls.eccube.shop import EcCube
from bridge.sandbox.malls.eccube.switches import EcCubeSwitches

__all__ = ["EcCube", "EcCubeSwitches"]
