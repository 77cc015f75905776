"""The page itself, served on loopback alone, and how it is put together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from fastapi import Request
from nicegui import app, ui
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bridge.sandbox.page import words
from bridge.sandbox.page.charts_view import ChartsView
from bridge.sandbox.page.faults_view import FaultsView
from bridge.sandbox.page.panel import Panel
from bridge.sandbox.page.sheet_view import SheetView
from bridge.sandbox.page.shops_view import ShopsView
from bridge.sandbox.page.story_view import StoryView
from bridge.sandbox.page.visit import Visit
from bridge.sandbox.page.watcher import Watcher

HOST = "127.0.0.1"
EVERY = 0.1  # seconds between two looks of one page, each of which waits for something new
KEY_FILE = "service_account.json"  # of the sandbox: its token_uri tells the sandbox's address
_STYLE = Path(__file__).parent / "style.css"


class Page:
    """`spreadsheet`: its id; "" is the newest that the staff may open."""

    def __init__(self, address: str, spreadsheet: str = "") -> None:
        self.watcher = Watcher(Panel(address), spreadsheet)

    async def root(self, request: Request) -> None:
        """One visit. `?lang=en` speaks English."""
        visit = Visit(self.watcher, "en" if request.query_params.get("lang") == "en" else "ja")
        ui.colors(primary="#2f6f5e")
        ui.add_css(_STYLE)
        await self.watcher.look([])
        head = Head(visit)
        with ui.element("main").classes("page-body"):
            with ui.element("div").classes("column"):
                sheet = SheetView(visit)
                story = StoryView(visit)
            with ui.element("div").classes("column"):
                shops = ShopsView(visit)
                charts = ChartsView(visit)
                faults = FaultsView(visit)
        visit.views += [head.refresh, sheet.refresh, shops.refresh, story.refresh, charts.refresh, faults.refresh]
        ui.timer(EVERY, visit.wait)


class Head:
    """The title, whether all is alive, and the other language."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        other = "/" if visit.language == "en" else "/?lang=en"
        with ui.element("header").classes("page-head"), ui.row().classes("w-full items-center gap-x-4 gap-y-1"):
            ui.label(visit.say("title")).classes("page-title")
            ui.label(visit.say("safe")).classes("page-safe grow")
            self._alive = ui.label().classes("page-alive")
            ui.link(visit.say("language"), other).classes("page-safe")
        self.refresh()

    def refresh(self) -> None:
        watcher = self._visit.watcher
        stock = watcher.stock()
        banner = stock.banner if stock else ""
        if not watcher.alive:
            banner = self._visit.say("gone")
        elif not watcher.spreadsheet:
            banner = self._visit.say("empty")
        self._alive.set_text(banner)
        self._alive.set_visibility(bool(banner))
        self._alive.classes(remove="bad", add="" if banner.startswith("✓") else "bad")


def serve(
    state: Path, port: int, spreadsheet: str = "", *, say: Callable[[str], None] = lambda line: print(line, flush=True)
) -> None:
    """`bridge page`: the page of the sandbox that keeps its state there, until stopped. It says its address first."""
    page = Page(address_of(state), spreadsheet)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])  # no other name leads here
    app.on_startup(lambda: say(f"http://{HOST}:{port}"))
    ui.run(
        page.root,
        host=HOST,
        port=port,
        title=words.say("title", "ja"),
        favicon="📦",
        language="ja",
        show=False,
        reload=False,
        show_welcome_message=False,
        timeout_graceful_shutdown=1,  # seconds; a page that is open somewhere would keep the server for good
    )


def address_of(state: Path) -> str:
    """Where the sandbox listens that keeps its state there. Raises FileNotFoundError."""
    token_uri = str(json.loads((state / KEY_FILE).read_text(encoding="utf-8"))["token_uri"])
    return token_uri.removesuffix("/token")
