"""One HTTP call on its way through the server: who calls, with what, and what it will have cost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from werkzeug.wrappers import Request

from .errors import Json, invalid, unknown_name
from .masks import EVERYTHING, Mask, parse_mask
from .store import Store


@dataclass
class Call:
    store: Store
    request: Request
    user: str
    requests: int = 0
    """requests inside a batchUpdate"""
    cells: int = 0
    """cells in the answer"""

    @cached_property
    def body(self) -> Json:
        raw = self.request.get_data()
        if not raw:
            return {}
        try:
            content = json.loads(raw, object_hook=_without_nulls if b"null" in raw else None)
        except ValueError:
            raise invalid("Invalid JSON payload received. Unexpected token.") from None
        if not isinstance(content, dict):
            raise invalid("Invalid JSON payload received. Root element must be a message.")
        return cast(Json, content)

    @cached_property
    def mask(self) -> Mask:
        fields = self.request.args.get("fields")
        return parse_mask(fields) if fields else EVERYTHING

    def members(self, *names: str) -> Json:
        """The body, which may have no other members than these."""
        for name in self.body:
            if name not in names:
                raise unknown_name(name, "")
        return self.body

    @property
    def masked(self) -> bool:
        """Whether a field mask was sent; `*` is one too."""
        return bool(self.request.args.get("fields"))

    @cached_property
    def query(self) -> Json:
        """The query parameters that stand once."""
        return self.request.args.to_dict()

    def flag(self, name: str) -> bool:
        return self.request.args.get(name, "false").lower() == "true"

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """A query parameter with fixed values; the first is the default."""
        return chosen(self.query, name, allowed)

    def args(self, name: str) -> list[str]:
        return self.request.args.getlist(name)


def _without_nulls(item: Json) -> Json:
    """In Google's JSON a member that is null is a member left out; null inside a list stays."""
    return {name: value for name, value in item.items() if value is not None}


def chosen(source: Json, name: str, allowed: tuple[str, ...]) -> str:
    value: Any = source.get(name, allowed[0])
    if value not in allowed:
        raise invalid(f"Invalid value at '{name}': \"{value}\"")
    return cast(str, value)
