"""What Google was asked for: every call with its kind and, inside batches, the row updates. Counted at the server."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridge.clock import Clock
from bridge.sandbox.faults import WsgiApp

JOURNAL_SKU = 2  # the column of the journal tab that takes the SKU
READING = (":getByDataFilter", ":batchGetByDataFilter", ":search")


@dataclass(frozen=True)
class SheetCall:
    """One call. `locks`: rows locked by content · `journal`: rows written with a journal line · `owned`: rows of which
    only bridge-owned cells were written, unlocked by content."""

    at: datetime
    kind: str  # read | write | other (token, Drive)
    status: int
    seconds: float
    requests: int = 0
    locks: int = 0
    journal: int = 0
    owned: int = 0


class Usage:
    """A layer around the Sheets server that looks and changes nothing."""

    def __init__(self, app: WsgiApp, clock: Clock) -> None:
        self._app, self._clock = app, clock
        self.calls: list[SheetCall] = []

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        began, at = self._clock.monotonic(), self._clock.now()
        kind = _kind(environ)
        counts = _inside(environ) if environ["PATH_INFO"].endswith(":batchUpdate") else {}
        status: list[str] = []

        def started(line: str, *rest: Any) -> Any:
            status.append(line)
            return start_response(line, *rest)

        answer = self._app(environ, started)
        code = int(status[0][:3]) if status else 0
        took = self._clock.monotonic() - began
        self.calls.append(SheetCall(at, kind, code, took, **(counts if code == 200 else {})))
        return answer


def _kind(environ: Any) -> str:
    path = environ["PATH_INFO"]
    if not path.startswith("/v4/"):
        return "other"
    return "read" if environ["REQUEST_METHOD"] == "GET" or path.endswith(READING) else "write"


def _inside(environ: Any) -> dict[str, int]:
    """What a batch is made of; its body is put back for the server."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    try:
        requests = json.loads(body).get("requests", [])
    except (ValueError, AttributeError):
        return {}
    swaps = [request["findReplace"] for request in requests if "findReplace" in request]
    pairs = [(str(swap.get("find", "")), str(swap.get("replacement", ""))) for swap in swaps]
    return {
        "requests": len(requests),
        "locks": sum("🔒" in new for _, new in pairs),
        "owned": sum("🔒" in old and "✓" in new for old, new in pairs),
        "journal": sum(_rows_copied(request.get("copyPaste", {})) for request in requests),
    }


def _rows_copied(paste: Any) -> int:
    """A row goes to its journal line in one or more runs of columns; the run into the SKU's column counts."""
    if paste.get("destination", {}).get("startColumnIndex") != JOURNAL_SKU:
        return 0
    return int(paste["source"]["endRowIndex"] - paste["source"]["startRowIndex"])
