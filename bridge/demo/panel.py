"""The sandbox's control panel, as its caller sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

MALLS = ("rakuten", "shopify", "amazon", "yahoo")


class Panel:
    """Everything a demo asks of the sandbox beside the wire. `http`'s base address is the sandbox's."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def get(self, path: str, **query: Any) -> Any:
        return self._said(self._http.get(f"/sandbox{path}", params=query))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._said(self._http.post(f"/sandbox{path}", json=body))

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._said(self._http.put(f"/sandbox{path}", json=body))

    def delete(self, path: str) -> Any:
        return self._said(self._http.delete(f"/sandbox{path}"))

    def table(self, spreadsheet: str, tab: str, key: str) -> list[dict[str, str]]:
        """A tab's lines by header; the header is the first row that has `key`."""
        return by_header(self.get(f"/sheets/{spreadsheet}/table", tab=tab)["rows"], key)

    def type(self, spreadsheet: str, tab: str, key: str, entries: Sequence[Mapping[str, str]]) -> int:
        """`entries`: {value, header, text}, in the lines where the column `key` shows `value`. How many were typed."""
        if not entries:
            return 0
        body = {"tab": tab, "key": key, "entries": list(entries)}
        return int(self.post(f"/sheets/{spreadsheet}/type", body)["typed"])

    @staticmethod
    def _said(response: httpx.Response) -> Any:
        if response.status_code >= 400:
            raise RuntimeError(f"sandbox: {response.status_code} {response.text}")
        return response.json()


def by_header(rows: Sequence[Sequence[str]], key: str) -> list[dict[str, str]]:
    top = next((i for i, row in enumerate(rows[:5]) if key in row), None)
    if top is None:
        return []
    header = rows[top]
    return [dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=False)) for row in rows[top + 1 :]]
