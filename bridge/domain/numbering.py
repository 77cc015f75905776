"""The numbers that the bridge gives to lines people write, and to its own: what stands in a cell is one of them only as
far as we may have given it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")

FAR = 10_000  # a number so far beyond all that were given out was typed by a person


def number_in(text: str) -> int:
    """0 where the text is no number that we may have given."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def misplaced(
    given_back: Mapping[int, object], lines: Iterable[T], number: Callable[[T], str], said: Callable[[T], object]
) -> list[T]:
    """Lines that bear a number that was given back to another one, which stands there without any: a number is written
    by position into a cell that was blank, and somebody sorted in that moment. `given_back`: what that line says."""
    if not given_back:
        return []
    known = list(lines)
    numberless = [said(line) for line in known if not number(line)]
    found: list[T] = []
    for each, meant in given_back.items():
        bearing = [line for line in known if number_in(number(line)) == each]
        if meant in numberless and all(said(line) != meant for line in bearing):
            found += bearing
    return found


def floor(here: Iterable[int], given: Iterable[int]) -> int:
    """New numbers begin above what stands in the tab (`here`), but for what a person typed. `given`: those of ours."""
    highest = max([*here, 0])
    return highest if highest <= max([*given, 0]) + FAR else 0
