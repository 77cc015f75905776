"""The sandbox's control panel over HTTP, as the page asks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

PATIENCE = 10.0  # seconds


class Refused(Exception):
    """The panel said no, in a sentence."""


class Panel:
    """Raises Refused, httpx.TransportError (the sandbox doesn't answer)."""

    def __init__(self, address: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{address}/sandbox", timeout=PATIENCE, trust_env=False)

    async def get(self, path: str, **query: Any) -> Any:
        return _said(await self._http.get(path, params=query))

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return _said(await self._http.post(path, json=body))

    async def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return _said(await self._http.put(path, json=body))


def _said(response: httpx.Response) -> Any:
    try:
        said = response.json()
    except ValueError:
        raise Refused(f"{response.status_code} {response.text[:200]}") from None
    if response.status_code >= 400:
        raise Refused(said["error"])
    return said
