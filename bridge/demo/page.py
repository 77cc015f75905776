"""The sandbox's page beside a demo: the same day in the browser."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from bridge.demo.processes import Processes, free_port

MISSING = (
    "ページは make install のあと（または pip install '.[page]'） / the page: make install, or pip install '.[page]'"
)


def open_page(processes: Processes, state: Path, spreadsheet: str) -> str:
    """Start it; where it will be in a moment, or how to get it where its parts are not installed."""
    if find_spec("nicegui") is None:
        return MISSING
    port = free_port()
    processes.start("page", "page", "--state", str(state), "--port", str(port), "--spreadsheet", spreadsheet)
    return f"http://127.0.0.1:{port}"
