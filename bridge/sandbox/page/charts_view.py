"""Charts: the chosen product's numbers in every mall and in the sheet, and how long a sale took to reach the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from nicegui import ui

from bridge.sandbox.page import words
from bridge.sandbox.page.shops import lowered, spread
from bridge.sandbox.page.visit import ZONE, Visit

WINDOW = timedelta(minutes=10)  # what the charts show
EVERY = timedelta(seconds=3)  # between two drawings
_SHEET_COLOUR = "#2b2f33"


class ChartsView:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with ui.element("section").classes("card charts"):
            ui.label(visit.say("charts")).classes("card-title")
            self._title = ui.label().classes("hint mt-2")
            self._stock = ui.echart(_chart()).classes("chart")
            ui.label(visit.say("latency_chart")).classes("hint mt-3")
            self._latency = ui.echart(_chart()).classes("chart")
            self._figures = ui.label().classes("hint")
        self._sku, self._drawn = "", datetime.min.replace(tzinfo=UTC)
        self.refresh()

    def refresh(self) -> None:
        now, sku = datetime.now(UTC), self._visit.sku
        if sku == self._sku and now - self._drawn < EVERY:
            return
        self._sku, self._drawn = sku, now
        self._title.set_text(self._visit.say("stock_chart", sku=sku))
        _draw(self._stock, self._numbers(now), now)
        _draw(self._latency, self._times(now), now)

    def _numbers(self, now: datetime) -> list[dict[str, Any]]:
        """A line for each mall that sells it, and one for the sheet."""
        sku, watcher = self._visit.sku, self._visit.watcher
        lines = []
        for mall, shop in watcher.shops.items():
            for listing in shop.listings(sku)[:1]:
                changes = [change for change in shop.changes if change.sku == sku]
                points = [(now - WINDOW, changes[0].old if changes else shop.numbers[listing])]
                points += [(change.at, change.new) for change in changes]
                lines.append(_line(self._visit.name(mall), words.colour(mall), points, now))
        lines.append(_line(self._visit.say("sellable"), _SHEET_COLOUR, watcher.numbers.get(sku, []), now))
        return lines

    def _times(self, now: datetime) -> list[dict[str, Any]]:
        found = [each for each in lowered(list(self._visit.watcher.shops.values())) if each.at > now - WINDOW]
        if not found:
            self._figures.set_text(self._visit.say("latency_none"))
            return []
        p50, p95 = spread([each.seconds for each in found])
        self._figures.set_text(self._visit.say("latency_hint", p50=f"{p50:.1f}", p95=f"{p95:.1f}", count=len(found)))
        return [
            {
                "name": self._visit.name(mall),
                "type": "scatter",
                "symbolSize": 6,
                "itemStyle": {"color": words.colour(mall), "opacity": 0.7},
                "data": [[_time(each.at), round(each.seconds, 1)] for each in found if each.lowered == mall],
            }
            for mall in sorted({each.lowered for each in found})
        ]


def _line(name: str, colour: str, points: list[tuple[datetime, int]], now: datetime) -> dict[str, Any]:
    """A stair of what held when, from the beginning of the window up to now."""
    held = [number for at, number in points if at <= now - WINDOW][-1:]
    inside = [(at, number) for at, number in points if at > now - WINDOW]
    stair = [*((now - WINDOW, number) for number in held), *inside]
    stair += [(now, stair[-1][1])] if stair else []
    return {
        "name": name,
        "type": "line",
        "step": "end",
        "showSymbol": False,
        "lineStyle": {"color": colour, "width": 2},
        "itemStyle": {"color": colour},
        "data": [[_time(at), number] for at, number in stair],
    }


def _time(at: datetime) -> str:
    """As the chart's axis reads it: the shop's wall time, without a zone."""
    return at.astimezone(ZONE).replace(tzinfo=None).isoformat(timespec="milliseconds")


def _chart() -> dict[str, Any]:
    return {
        "animation": False,
        "grid": {"left": 36, "right": 14, "top": 34, "bottom": 26},
        "legend": {"type": "scroll", "top": 0, "itemWidth": 14, "itemHeight": 8, "textStyle": {"fontSize": 11}},
        "tooltip": {"trigger": "item"},
        "xAxis": {"type": "time", "axisLabel": {"fontSize": 10, "hideOverlap": True, "formatter": "{HH}:{mm}"}},
        "yAxis": {"type": "value", "minInterval": 1, "min": 0, "axisLabel": {"fontSize": 10}},
        "series": [],
    }


def _draw(chart: ui.echart, series: list[dict[str, Any]], now: datetime) -> None:
    chart.options["xAxis"] |= {"min": _time(now - WINDOW), "max": _time(now)}
    chart.options["series"] = series
    chart.update()
