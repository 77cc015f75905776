"""What is held back for one channel's sake, as it meets the wanted numbers: pure books, no mall, no sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.domain.orders import ListingKey
from bridge.domain.push import ListingState
from bridge.domain.stock import Cause, Component, Movement
from bridge.flows.replan import replan
from bridge.flows.shop import ChannelFacts, Shop
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.listings import ListingRecord
from tests.support.virtual_clock import VirtualClock

CHANNELS = ("one", "two", "three")
SHELF = "本社倉庫"
SHOP = Shop(
    {
        name: ChannelFacts(name, "shop", (SHELF,), 999, timedelta(0), timedelta(days=60), keeps_sales=False)
        for name in CHANNELS
    }
)
SINGLE, PAIR = (Component("A", 1),), (Component("A", 2),)
units = st.integers(0, 40)


def books(stock: int) -> Ledger:
    ledger = Ledger(None, VirtualClock(), migrate=False)
    with ledger.write() as tx:
        tx.put("places", {"sells": {SHELF: True}, "inspect": ""})
        tx.stock.book([Movement("A", SHELF, stock, 0, Cause.OPENING, "test")])
        for name in CHANNELS:
            tx.listings.put([ListingRecord(ListingState(key(name)), PAIR if name == "three" else SINGLE)])
        replan(tx, SHOP, ["A"])
    return ledger


def key(name: str) -> ListingKey:
    return ListingKey(name, "a")


def wanted(tx: Tx) -> dict[str, int]:
    return {each.channel: record.state.wanted or 0 for each, record in tx.listings.all().items()}


def hold(tx: Tx, reserves: dict[str, int], shrunk: dict[str, int]) -> dict[str, int]:
    records = tx.listings.all()
    tx.listings.put(
        replace(records[key(name)], reserve=reserves.get(name, 0), shrunk=shrunk.get(name, 0)) for name in CHANNELS
    )
    replan(tx, SHOP, ["A"])
    return wanted(tx)


@settings(max_examples=60, deadline=None)
@given(units, st.dictionaries(st.sampled_from(CHANNELS), units), st.dictionaries(st.sampled_from(CHANNELS), units))
def test_each_holds_back_for_the_others_never_for_itself_and_gets_all_of_it_back(
    stock: int, reserves: dict[str, int], shrunk: dict[str, int]
) -> None:
    with books(stock).write() as tx:
        before = wanted(tx)
        held = hold(tx, reserves, shrunk)
        sizes = {"one": 1, "two": 1, "three": 2}
        for name, size in sizes.items():
            others = sum(units * sizes[other] for other, units in reserves.items() if other != name)
            assert held[name] == max(0, max(0, (stock - others) // size) - shrunk.get(name, 0))
        assert hold(tx, {}, {}) == before


@settings(max_examples=60, deadline=None)
@given(units, st.sampled_from(CHANNELS), units, units)
def test_the_more_one_may_have_sold_the_less_the_others_show(stock: int, blind: str, guess: int, more: int) -> None:
    with books(stock).write() as tx:
        first = hold(tx, {blind: guess}, {})
        later = hold(tx, {blind: guess + more}, {})
        assert later[blind] == first[blind]
        assert all(later[name] <= first[name] for name in CHANNELS)
