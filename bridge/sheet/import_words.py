"""The headers that `bridge import` knows, from sheets_templates/import.toml and from the template of 在庫表 itself."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from bridge.domain.import_header import Role, Vocabulary, key
from bridge.sheet.layout import tab_spec, templates

_OURS = (Role.SKU, Role.JAN, Role.PRODUCT)


@cache
def vocabulary() -> Vocabulary:
    data: dict[str, Any] = tomllib.loads((templates() / "import.toml").read_text(encoding="utf-8"))
    headers = data["headers"]
    columns = [column for column in tab_spec("stock").columns if column.role != "locations"]
    titles = {column.role: _keys((column.ja, column.en)) for column in columns}
    ours = {role: titles.get(role.value, frozenset()) for role in _OURS}
    others = frozenset[str]().union(*(each for role, each in titles.items() if role not in ours))
    return Vocabulary(
        names={role: _keys(headers[role.value]) for role in (*_OURS, Role.PLACE)},
        own=ours,
        quantity=_keys(headers["quantity"]),
        total=_keys(headers["total"]),
        unwanted=_keys(headers["unwanted"]) | others,
        unwanted_parts=tuple(sorted(_keys(headers["unwanted_parts"]))),
        totals=_keys(data["rows"]["totals"]),
    )


def _keys(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(key, texts))
