"""Color Me Shop's API v1, as own_shops_and_files.md §3 describes it."""

from bridge.sandbox.malls.colorme.shop import ColorMe
from bridge.sandbox.malls.colorme.switches import ColorMeSwitches

__all__ = ["ColorMe", "ColorMeSwitches"]
