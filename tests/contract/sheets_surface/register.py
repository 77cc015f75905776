"""Which case tries which public member of gspread, and what is said about it in the table.

A member is what a user of gspread can reach on its classes: a method, or a property. The list is read from the
installed gspread, so that a newer one with a method more fails the tests until somebody has decided about it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gspread
import pytest

from bridge.errors import Hint
from tests.contract.sheets_surface.desk import Desk

CLASSES: tuple[type, ...] = (gspread.Client, gspread.Spreadsheet, gspread.Worksheet, gspread.HTTPClient)
_BY_NAME = {each.__name__: each for each in CLASSES}


@dataclass(frozen=True)
class Case:
    """`members`: `Worksheet.merge_cells`, … · `note`: what the sandbox does otherwise than Google."""

    work: Callable[[Desk], None]
    members: tuple[str, ...]
    note: Hint | None

    @property
    def name(self) -> str:
        part = self.work.__module__.rpartition(".")[2].removesuffix("_cases")
        return f"{part}{self.work.__name__}"


CASES: list[Case] = []


def tries(*members: str, note: Hint | None = None) -> Callable[[Callable[[Desk], None]], Callable[[Desk], None]]:
    """Register a case. With `note`, the members are served in part."""

    def register(work: Callable[[Desk], None]) -> Callable[[Desk], None]:
        CASES.append(Case(work, members, note))
        return work

    return register


def public_members() -> list[str]:
    """Every one of the installed gspread, class by class."""
    return [f"{each.__name__}.{name}" for each in CLASSES for name in dir(each) if not name.startswith("_")]


def watched(monkeypatch: pytest.MonkeyPatch, member: str, seen: set[str]) -> None:
    """Let `seen` know when the member is used."""
    owner, _, name = member.partition(".")
    cls = _BY_NAME[owner]
    found = inspect.getattr_static(cls, name)

    def noted(call: Callable[..., Any]) -> Callable[..., Any]:
        def used(*args: Any, **more: Any) -> Any:
            seen.add(member)
            return call(*args, **more)

        return used

    monkeypatch.setattr(cls, name, property(noted(found.fget)) if isinstance(found, property) else noted(found))
