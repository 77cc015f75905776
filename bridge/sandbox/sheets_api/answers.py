"""An answer as JSON. What stands in a row is written once, however often it is asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from typing import Any

_HERE = "\ud800"
"""Stands where something written goes. Half of a character by itself: no text that can be sent holds it"""


@dataclass(frozen=True, slots=True)
class Written:
    """A part of an answer that is JSON already."""

    text: str


def written(content: Any) -> str:
    """Content with parts in it that are written already."""
    parts: list[str] = []

    def put_by(part: Written) -> str:
        parts.append(part.text)
        return _HERE

    around = _text(content, default=put_by).split(f'"{_HERE}"')
    return "".join(chain.from_iterable(zip(around, [*parts, ""], strict=True)))


def as_written(content: Any) -> Written:
    return Written(_text(content))


def _text(content: Any, **how: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), **how)
