"""The numbers that the bridge gives to lines people write, and to its own: what stands in a cell is one of them only as
far as we may have given it."""

from __future__ import annotations

from collections.abc import Iterable

FAR = 10_000  # a number so far beyond all that were given out was typed by a person


def number_in(text: str) -> int:
    """0 where the text is no number that we may have given."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def floor(here: Iterable[int], given: Iterable[int]) -> int:
    """New numbers begin above what stands in the tab (`here`), but for what a person typed. `given`: those of ours."""
    highest = max([*here, 0])
    return highest if highest <= max([*given, 0]) + FAR else 0
