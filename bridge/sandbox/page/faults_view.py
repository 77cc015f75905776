"""The fault dial: for Google and each mall, what is wrong with it on purpose."""

from __future__ import annotations

import httpx
from nicegui import events, ui

from bridge.sandbox.page import words
from bridge.sandbox.page.panel import Refused
from bridge.sandbox.page.visit import Visit

GOOGLE, OTHER = "sheets", "other"


class FaultsView:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._dials: dict[str, tuple[ui.select, ui.element]] = {}
        with ui.element("section").classes("card faults"):
            with ui.row().classes("w-full items-center justify-between gap-x-4 gap-y-0"):
                ui.label(visit.say("faults")).classes("card-title")
                ui.button(visit.say("all_well"), on_click=self._all_well).props("flat dense no-caps size=sm")
            ui.label(visit.say("faults_hint")).classes("hint mb-2")
            self._place = ui.element("div")
        self.refresh()

    def refresh(self) -> None:
        """Only what is there to be seen: Google, and the malls that sell something."""
        watcher = self._visit.watcher
        servers = [server for server in watcher.dials if server == GOOGLE or server in watcher.shops]
        for server in servers:
            kind = words.fault_kind(watcher.dials[server]) or OTHER
            if server not in self._dials:
                self._add(server, kind)
            choice, dot = self._dials[server]
            if choice.value != kind:
                choice.set_value(kind)
            dot.classes(add="on") if kind != "none" else dot.classes(remove="on")

    def _add(self, server: str, kind: str) -> None:
        kinds = {**words.fault_names(self._visit.language), OTHER: self._visit.say("own_dial")}
        with self._place, ui.element("div").classes("dial").props(f"data-server={server}"):
            with ui.element("div"):
                dot = ui.element("span").classes("dial-dot")
                ui.label(self._visit.name(server)).classes("inline")
            choice = ui.select(kinds, value=kind).props("dense outlined options-dense")
            choice.on_value_change(lambda event: self._turned(server, event))
        self._dials[server] = (choice, dot)

    async def _turned(self, server: str, event: events.ValueChangeEventArguments[str]) -> None:
        now = words.fault_kind(self._visit.watcher.dials[server]) or OTHER
        if event.value not in (now, OTHER):
            await self._turn(server, event.value)
            self.refresh()

    async def _all_well(self) -> None:
        for server in self._dials:
            if words.fault_kind(self._visit.watcher.dials[server]) != "none":
                await self._turn(server, "none")
        self.refresh()

    async def _turn(self, server: str, kind: str) -> None:
        try:
            await self._visit.watcher.turn(server, kind)
        except (Refused, httpx.TransportError):
            self._visit.tell(self._visit.say("gone"), bad=True)
