"""The routes of a mall's API, for werkzeug."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from werkzeug.routing import BaseConverter, Map, Rule


class Routed(Protocol):
    """A function of an API."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...


def route_map(routes: Iterable[Routed], converters: Mapping[str, type[BaseConverter]] | None = None) -> Map:
    """Each route as its own endpoint; an address that is not written just so is none."""
    return Map(
        [Rule(route.path, methods=[route.method], endpoint=route) for route in routes],
        strict_slashes=True,
        redirect_defaults=False,
        merge_slashes=False,
        converters=converters,
    )
