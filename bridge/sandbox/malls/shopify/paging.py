"""Relay connections, as Shopify pages them (shopify.md §3.2)."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from graphql import GraphQLError

T = TypeVar("T")


def connection(
    rows: Sequence[T],
    render: Callable[[T], dict[str, Any]],
    sort_key: Callable[[T], tuple[str, ...]],
    max_page: int,
    *,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
    reverse: bool = False,
) -> dict[str, Any]:
    """One page of `rows` in the order of `sort_key` (unique). A cursor is the key itself, so a row that comes or goes
    between two pages never shifts the others."""
    size = first if first is not None else last
    if size is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if not 0 <= size <= max_page:
        message = f"the page size must be between 0 and {max_page}"
        raise GraphQLError(message, extensions={"code": "BAD_REQUEST"})
    keyed = sorted(((sort_key(row), row) for row in rows), key=lambda pair: pair[0], reverse=reverse)
    total = len(keyed)
    if after is not None:
        keyed = [pair for pair in keyed if _beyond(pair[0], _decode(after), reverse)]
    skipped = total - len(keyed)
    if before is not None:
        keyed = [pair for pair in keyed if _beyond(_decode(before), pair[0], reverse)]
    page = keyed[:size] if first is not None else keyed[max(len(keyed) - size, 0) :]
    edges = [{"cursor": _encode(key), "node": render(row)} for key, row in page]
    info = {
        "hasNextPage": first is not None and len(keyed) > size,
        "hasPreviousPage": skipped > 0 or (first is None and len(keyed) > size),
        "startCursor": edges[0]["cursor"] if edges else None,
        "endCursor": edges[-1]["cursor"] if edges else None,
    }
    return {"edges": edges, "nodes": [edge["node"] for edge in edges], "pageInfo": info}


def _beyond(one: tuple[str, ...], other: tuple[str, ...], reverse: bool) -> bool:
    return one < other if reverse else one > other


def _encode(key: tuple[str, ...]) -> str:
    return urlsafe_b64encode("\0".join(key).encode()).decode()


def _decode(cursor: str) -> tuple[str, ...]:
    try:
        return tuple(b64decode(cursor, altchars=b"-_", validate=True).decode().split("\0"))
    except ValueError:
        raise GraphQLError(f"Invalid cursor for current pagination sort: {cursor}") from None
