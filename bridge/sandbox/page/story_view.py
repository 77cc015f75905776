"""The timeline: what the bridge did, and what came just before it."""

from __future__ import annotations

from nicegui import ui

from bridge.sandbox.page.story import Event
from bridge.sandbox.page.visit import Visit, clock

SHOWN = 40


class StoryView:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._events: list[Event] | None = None
        with ui.element("section").classes("card story-card"):
            with ui.row().classes("w-full items-baseline justify-between gap-x-4 gap-y-0"):
                ui.label(visit.say("story")).classes("card-title")
                self._only = (
                    ui.checkbox(visit.say("this_only"), on_change=self.refresh).props("dense size=sm").classes("hint")
                )
            ui.label(visit.say("story_hint")).classes("hint")
            self._place = ui.element("div").classes("story mt-2")
        self.refresh()

    def refresh(self) -> None:
        events = self._visit.watcher.story.newest(SHOWN, self._visit.sku if self._only.value else "")
        if events == self._events:
            return
        self._events = events
        self._place.clear()
        with self._place:
            if not events:
                ui.label(self._visit.say("quiet")).classes("hint")
            for event in events:
                self._line(event)

    def _line(self, event: Event) -> None:
        with ui.element("div").classes("event"):
            ui.label(clock(event.at)).classes("event-time")
            ui.label(self._visit.say(event.who)).classes(f"event-who who-{event.who}")
            with ui.element("div").classes("event-text"):
                if event.sku:
                    ui.label(event.sku).classes("event-sku inline")
                ui.label(event.text(self._visit.language)).classes("inline")
                if why := event.why(self._visit.language):
                    ui.label(why).classes("event-why")
