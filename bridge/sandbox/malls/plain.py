"""Dataclasses to JSON and back, by their type hints: what lets a mall's whole state lie in one file."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """What json.dumps takes. A dict becomes a list of pairs, since its keys may be tuples."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return [[to_plain(key), to_plain(entry)] for key, entry in value.items()]
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(entry) for entry in value]
    kind: Any = type(value)
    assert hasattr(kind, "__dataclass_fields__"), f"{kind} has no plain form"
    return {name: to_plain(getattr(value, name)) for name in _names(kind)}


def from_plain(kind: type[T], plain: Any) -> T:
    """The inverse of to_plain for the dataclass `kind`; members missing in `plain` take their defaults."""
    return _build(kind, plain)  # type: ignore[no-any-return]


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(member.name for member in fields(kind))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, plain: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if plain is None else _build(next(arg for arg in inner if arg is not types.NoneType), plain)
    if origin is dict:
        return {_build(inner[0], key): _build(inner[1], entry) for key, entry in plain}
    if origin in (list, set, frozenset):
        return origin(_build(inner[0], entry) for entry in plain)
    if origin is tuple:
        parts = inner[:1] * len(plain) if inner[1:] == (...,) else inner
        return tuple(_build(part, entry) for part, entry in zip(parts, plain, strict=True))
    if kind is datetime:
        return datetime.fromisoformat(plain)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _build(hints[name], plain[name]) for name in _names(kind) if name in plain})
    return plain
