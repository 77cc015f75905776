"""What somebody does in the very moment in which the bridge writes."""

from __future__ import annotations

from collections.abc import Callable
from json import loads
from typing import Any

from bridge.sandbox.faults import Environ
from tests.support.world import World

Requests = list[dict[str, dict[str, Any]]]


def before_the_write(shop: World, wanted: Callable[[Requests], bool], act: Callable[[], None]) -> list[Requests]:
    """`act` happens once, right before the first batch that is `wanted`. What is returned is filled when it did."""
    met: list[Requests] = []

    def before(environ: Environ) -> None:
        if not environ["PATH_INFO"].endswith(":batchUpdate") or met:
            return
        body = environ["wsgi.input"].read()
        environ["wsgi.input"].seek(0)
        requests = loads(body)["requests"]
        if wanted(requests):
            met.append(requests)
            act()

    shop.sandbox.faults["sheets"].before = before
    return met


def gives_number(tab: int, number: str) -> Callable[[Requests], bool]:
    """A number is written beside a line of a tab."""

    def wanted(requests: Requests) -> bool:
        replaced = [each["findReplace"] for each in requests if "findReplace" in each]
        return any(each["range"]["sheetId"] == tab and each["replacement"] == number for each in replaced)

    return wanted


def row_down(shop: World, title: str, row: int) -> None:
    """Move a row under the next one."""
    source = {"sheetId": shop.tab(title), "dimension": "ROWS", "startIndex": row, "endIndex": row + 1}
    shop.spreadsheet.apply([{"moveDimension": {"source": source, "destinationIndex": row + 2}}])
