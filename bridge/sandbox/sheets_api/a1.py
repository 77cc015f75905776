"""A1 notation: reading `'My tab'!B2:D`, writing it back the way Google answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PART = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]*)?$")
_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with half-open, zero-based edges; None is an open end."""

    top: int | None = None
    left: int | None = None
    bottom: int | None = None
    right: int | None = None


WHOLE = Box()


@lru_cache(maxsize=4096)
def column_name(index: int) -> str:
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(65 + letter) + name
    return name


@lru_cache(maxsize=4096)
def column_index(name: str) -> int:
    index = 0
    for letter in name.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


@lru_cache(maxsize=4096)
def parse_box(text: str) -> Box | None:
    """`B2`, `B2:D`, `A:A`, `2:3`; None where the text is no cell reference. Reversed corners are put right."""
    first, colon, second = text.partition(":")
    one = _PART.match(first)
    two = _PART.match(second) if colon else one
    if not one or not two or not first or (colon and not second):
        return None
    if not colon and not (one[1] and one[2]):
        return None
    rows = [int(part[2]) - 1 for part in (one, two) if part[2]]
    columns = [column_index(part[1]) for part in (one, two) if part[1]]
    return Box(
        top=min(rows) if rows else None,
        left=min(columns) if columns else None,
        bottom=max(rows) + 1 if len(rows) == 2 else None,
        right=max(columns) + 1 if len(columns) == 2 else None,
    )


@lru_cache(maxsize=4096)
def split_title(text: str) -> tuple[str | None, str]:
    """`'It''s'!A1` → ("It's", "A1"); `A1` → (None, "A1"); a lone `'It''s'` → ("It's", "")."""
    if text.startswith("'"):
        end = 1
        while True:
            end = text.find("'", end)
            if end < 0:
                return None, text
            if text[end + 1 : end + 2] != "'":
                break
            end += 2
        title = text[1:end].replace("''", "'")
        rest = text[end + 1 :]
        if not rest:
            return title, ""
        return (title, rest[1:]) if rest.startswith("!") else (None, text)
    title, mark, rest = text.rpartition("!")
    return (title, rest) if mark else (None, text)


def quote_title(title: str) -> str:
    """Google quotes a title that is not a plain word, or that reads like a cell."""
    if _PLAIN_TITLE.match(title) and parse_box(title) is None:
        return title
    return "'" + title.replace("'", "''") + "'"


def cell_name(row: int, column: int) -> str:
    return f"{column_name(column)}{row + 1}"


def range_name(title: str, top: int, left: int, bottom: int, right: int) -> str:
    """The closed form that answers carry: `Sheet1!A1:C3`, or `Sheet1!A1` for one cell."""
    return f"{quote_title(title)}!{box_name(top, left, bottom, right)}"


def box_name(top: int, left: int, bottom: int, right: int) -> str:
    first, last = cell_name(top, left), cell_name(bottom - 1, right - 1)
    return first if first == last else f"{first}:{last}"
