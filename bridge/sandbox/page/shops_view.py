"""The shop fronts: in each mall the chosen product with its number and a button to buy it, and what moved last."""

from __future__ import annotations

import httpx
from nicegui import ui

from bridge.sandbox.page import words
from bridge.sandbox.page.panel import Refused
from bridge.sandbox.page.visit import Visit

RECENT = 4


class ShopsView:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._fronts: dict[str, Front] = {}
        with ui.element("section").classes("card shops"):
            ui.label(visit.say("shops")).classes("card-title")
            self._product = (
                ui.select({}, label=visit.say("product"), with_input=True, on_change=self._chosen)
                .props(f'dense outlined options-dense hint="{visit.say("product_hint")}"')
                .classes("w-full mt-2")
            )
            self._place = ui.element("div").classes("shop-grid")
        self.refresh()

    def _chosen(self) -> None:
        if self._product.value:
            self._visit.choose(str(self._product.value))

    def refresh(self) -> None:
        products = self._visit.products()
        if not self._visit.sku and products:
            self._visit.sku = next(iter(products))
        if products != self._product.options:
            self._product.set_options(products)
        if self._visit.sku in products and self._product.value != self._visit.sku:
            self._product.set_value(self._visit.sku)
        for mall in self._visit.watcher.shops:
            if mall not in self._fronts:
                with self._place:
                    self._fronts[mall] = Front(self._visit, mall)
        for front in self._fronts.values():
            front.refresh()


class Front:
    """One mall."""

    def __init__(self, visit: Visit, mall: str) -> None:
        self._visit, self._mall = visit, mall
        self._shown: tuple[str, int | None] = ("", None)
        self._recent: list[tuple[str, int]] | None = None
        with ui.element("div").classes("shop").style(f"--shop: {words.colour(mall)}").props(f"data-mall={mall}"):
            ui.label(visit.name(mall)).classes("shop-name")
            with ui.row().classes("w-full items-center justify-between no-wrap mt-1"):
                self._number = ui.label().classes("shop-number")
                self._buy = ui.button(visit.say("buy"), on_click=self._bought).props(
                    "unelevated dense no-caps padding='4px 16px'"
                )
                self._buy.style("background: var(--shop) !important")
            self._list = ui.element("div").classes("shop-recent mt-2")

    def refresh(self) -> None:
        shop = self._visit.watcher.shops[self._mall]
        listings = shop.listings(self._visit.sku)
        number = shop.numbers[listings[0]] if listings else None
        if self._shown != (self._visit.sku, number):
            flash = self._shown[0] == self._visit.sku and number is not None
            self._shown = (self._visit.sku, number)
            self._number.set_text(self._visit.say("not_here") if number is None else str(number))
            self._number.classes(remove="flash none", add="none" if number is None else "")
            self._buy.set_visibility(number is not None)
            if flash:  # taken away and given again, or the browser would not play it twice
                ui.timer(0.05, lambda: self._number.classes(add="flash"), once=True)
        recent = [
            (sku, shop.numbers[listing]) for sku in shop.last_changed(RECENT) for listing in shop.listings(sku)[:1]
        ]
        if recent != self._recent:
            self._recent = recent
            self._show(recent)

    def _show(self, recent: list[tuple[str, int]]) -> None:
        self._list.clear()
        with self._list:
            ui.label(self._visit.say("recent") if recent else self._visit.say("quiet"))
            for sku, number in recent:
                with ui.row().classes("w-full no-wrap justify-between items-center gap-2 cursor-pointer") as line:
                    ui.label(sku)
                    ui.label(str(number)).classes("font-bold")
                line.on("click", lambda sku=sku: self._visit.choose(sku))

    async def _bought(self) -> None:
        visit = self._visit
        words_of_it = {"mall": visit.name(self._mall), "sku": visit.sku}
        try:
            got = await visit.watcher.buy(self._mall, visit.sku)
            visit.tell(visit.say("bought" if got else "sold_out", **words_of_it), bad=not got)
        except (Refused, httpx.TransportError):
            visit.tell(visit.say("gone"), bad=True)
        await visit.look()
