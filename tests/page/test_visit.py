"""The page without a browser: NiceGUI's own simulated visitor before a sandbox on a real socket."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("nicegui", reason="the page is an extra")

from nicegui import ui
from nicegui.testing import User, UserInteraction
from nicegui.testing.user_simulation import user_simulation

from bridge.sandbox.faults import Dial
from bridge.sandbox.page.app import Page
from bridge.sandbox.server import Server

LISTING = ("item-0001", "v-0001")
PATIENCE = 60.0  # seconds, on a busy machine
Visit = Callable[[User], Awaitable[None]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One product in one mall, and a table in which it stands; no bridge."""
    server = Server(0, tmp_path, empty=True, quota=None)
    server.sandbox.rakuten.add_product(LISTING, "A", 2)
    sheet = server.sandbox.new_spreadsheet("在庫")
    frozen = {"properties": {"sheetId": 0, "title": "在庫表", "gridProperties": {"frozenRowCount": 1}}}
    sheet.apply([{"updateSheetProperties": {**frozen, "fields": "title,gridProperties.frozenRowCount"}}])
    for row, texts in enumerate((("商品名", "SKU", "本社倉庫"), ("緑茶", "A", "2"))):
        for column, text in enumerate(texts):
            sheet.type(0, row, column, text)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join(timeout=10)


def visit(server: Server, what: Visit) -> None:
    """One visitor, from the first request to the end of what they do."""

    async def run() -> None:
        async with user_simulation(root=Page(server.address).root) as user:
            await what(user)

    asyncio.run(run())


async def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


def grid(user: User) -> ui.aggrid:
    (found,) = user.find(ui.aggrid).elements
    return found


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", ("bridge 練習場", "スプレッドシート", "楽天市場", "できごと", "わざと調子を悪くする")),
        ("/?lang=en", ("bridge sandbox", "Spreadsheet", "Rakuten", "What happened", "Make trouble on purpose")),
    ],
)
def test_everything_is_there_in_both_languages(server: Server, address: str, words: tuple[str, ...]) -> None:
    async def see(user: User) -> None:
        await user.open(address)
        for text in words:
            await user.should_see(text)
        assert [column["headerName"] for column in grid(user).options["columnDefs"]] == ["商品名", "SKU", "本社倉庫"]
        assert [row["c1"] for row in grid(user).options["rowData"][:2]] == ["A", ""]

    visit(server, see)


def test_only_malls_that_sell_something_have_a_front(server: Server) -> None:
    async def see(user: User) -> None:
        await user.open("/")
        await user.should_see("楽天市場")
        await user.should_not_see("Shopify")

    visit(server, see)


def test_buying_is_an_order_in_the_mall_and_stops_at_nothing(server: Server) -> None:
    async def buy(user: User) -> None:
        await user.open("/")
        for left in (1, 0):
            user.find("買う").click()
            await until(lambda left=left: server.sandbox.rakuten.stock()[LISTING] == left)
        await user.should_see("楽天市場で 1個 売れた（1 → 0）")
        user.find("買う").click()
        await user.should_see("売り切れです")
        assert len(server.sandbox.rakuten.orders()) == 2

    visit(server, buy)


def test_what_is_typed_into_the_grid_stands_in_the_sheet(server: Server) -> None:
    async def type_it(user: User) -> None:
        await user.open("/")
        row = grid(user).options["rowData"][0]
        UserInteraction(user, {grid(user)}, None).trigger(
            "cellEditRequest", {"data": row, "colId": "c2", "newValue": "15"}
        )
        (sheet,) = server.sandbox.sheets.store.spreadsheets.values()
        await until(lambda: sheet.shown(0, 1, 2) == "15")
        await user.should_see("「本社倉庫」に 15 と入力")

    visit(server, type_it)


def test_the_dial_turns_the_faults_of_one_server(server: Server) -> None:
    async def turn(user: User) -> None:
        await user.open("/")
        (choice,) = (each for each in user.find(ui.select).elements if _server(each) == "sheets")
        choice.set_value("down")
        faults = server.sandbox.faults
        await until(lambda: faults["sheets"].dial.server_error == 1.0)
        assert faults["rakuten"].dial == Dial()
        user.find("すべて正常に戻す").click()
        await until(lambda: faults["sheets"].dial.server_error == 0.0)

    visit(server, turn)


def _server(choice: ui.select) -> str:
    """Whose dial it is."""
    return str(choice.parent_slot.parent.props.get("data-server", "")) if choice.parent_slot else ""


def test_a_sandbox_that_is_gone_is_told(server: Server) -> None:
    async def see(user: User) -> None:
        await user.open("/")
        server.stop()
        await user.should_see("サンドボックスから返事がありません", retries=600)

    visit(server, see)
