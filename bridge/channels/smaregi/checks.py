"""`bridge check` for Smaregi: each right by the smallest harmless call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bridge.channels.adapter import line
from bridge.channels.port import Check
from bridge.channels.smaregi import facts
from bridge.channels.smaregi.history import History
from bridge.channels.smaregi.wire import MALL, PRODUCTS, STOCK, STORES, TRANSACTIONS, Api
from bridge.errors import Hint, NeedsPerson

ONE = {"limit": "1"}


def check(api: Api, history: History, places: Mapping[str, Sequence[str]], since: str, until: str) -> Iterator[Check]:
    """One line per right. Never raises."""
    yield line(MALL, "stores:read", lambda: _stores(api, places))
    yield line(MALL, "products:read", lambda: api.call(PRODUCTS, query=ONE))
    yield line(MALL, "stock:read", lambda: api.call(STOCK, query=ONE))
    yield line(MALL, "stock-changes:read", history.search_one)
    period = {"upd_date_time-from": since, "upd_date_time-to": until}
    yield line(MALL, "transactions:read", lambda: api.call(TRANSACTIONS, query={**ONE, **period}))
    yield Check(
        "stock:write",
        True,
        Hint(
            "書き込まずには試せません。アプリに pos.stock:write のスコープがあるか確かめてください。",
            "This can't be tried without writing: see for yourself that the app has the scope pos.stock:write.",
        ),
    )


def _stores(api: Api, places: Mapping[str, Sequence[str]]) -> None:
    """T18: a store that the settings name and the contract doesn't have, or has paused. Raises NeedsPerson."""
    open_ = {
        str(row["storeId"])
        for page in api.pages(STORES, facts.STORES_PAGE)
        for row in page
        if str(row["pauseFlag"]) != "1"
    }
    missing = sorted(set(places) - open_)
    if missing:
        names = "、".join(missing)
        raise NeedsPerson(
            Hint(
                f"スマレジに、動いている店舗 {names} がありません。places の番号を確かめてください。",
                f"Smaregi has no store {names} that is open. Look at the numbers in places.",
            )
        )
