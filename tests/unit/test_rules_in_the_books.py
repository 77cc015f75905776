"""Rules and stops as they meet the wanted numbers: pure books, no mall, no sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.domain.orders import ListingKey
from bridge.domain.push import ListingState
from bridge.domain.rules import Halt, Rule
from bridge.domain.stock import Cause, Component, Movement
from bridge.flows.replan import replan
from bridge.flows.shop import ChannelFacts, Shop
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.rules import ALL, Entry, Scope
from tests.support.virtual_clock import VirtualClock

CHANNELS = ("one", "two", "three")
SHELF = "本社倉庫"
SHOP = Shop(
    {
        name: ChannelFacts(name, "shop", (SHELF,), 999, timedelta(0), timedelta(days=60), keeps_sales=False)
        for name in CHANNELS
    }
)
KINDS = {"single": (Component("A", 1),), "pair": (Component("A", 2),), "set": (Component("A", 3), Component("B", 1))}
KEYS = [ListingKey(channel, kind) for channel in CHANNELS for kind in KINDS]
SCOPES = [ALL, *map(Scope.sku, "AB"), *map(Scope.channel, CHANNELS), *map(Scope.listing, KEYS)]
small = st.one_of(st.none(), st.integers(0, 20))
rules = st.builds(Rule, split=st.one_of(st.none(), st.integers(0, 100)), buffer=small, zero_at=small, cap=small)
entries = st.dictionaries(
    st.sampled_from(SCOPES),
    st.builds(Entry, rule=rules, stop=st.sampled_from([Halt.NONE, Halt.NONE, Halt.SYNC, Halt.SALES])),
    max_size=6,
)
units = st.integers(0, 60)


def books(a: int, b: int | None) -> Ledger:
    ledger = Ledger(None, VirtualClock(), migrate=False)
    with ledger.write() as tx:
        tx.put("places", {"sells": {SHELF: True}, "inspect": ""})
        tx.stock.book([Movement("A", SHELF, a, 0, Cause.OPENING, "test")])
        if b is not None:
            tx.stock.book([Movement("B", SHELF, b, 0, Cause.OPENING, "test")])
        tx.listings.put(ListingRecord(ListingState(key), KINDS[key.id]) for key in KEYS)
        replan(tx, SHOP, "AB")
    return ledger


def wanted(tx: Tx) -> dict[ListingKey, int | None]:
    return {key: record.state.wanted for key, record in tx.listings.all().items()}


def lay_down(tx: Tx, said: dict[Scope, Entry]) -> None:
    for scope, entry in said.items():
        tx.rules.put(scope, entry)
    replan(tx, SHOP, "AB")


@settings(max_examples=120, deadline=None)
@given(units, st.one_of(st.none(), units), entries)
def test_no_rule_and_no_stop_ever_raises(a: int, b: int | None, said: dict[Scope, Entry]) -> None:
    with books(a, b).write() as tx:
        free = wanted(tx)
        lay_down(tx, said)
        for key, number in wanted(tx).items():
            most, record = free[key], tx.listings.get([key])[key]
            stopped = tx.rules.stop(key, [part.sku for part in record.components]) is Halt.SALES
            assert number == 0 if stopped else number == record.planned
            if most is None:
                assert number in (None, 0)
                assert record.planned is None
            else:
                assert number is not None
                assert 0 <= number <= most
                assert record.planned is not None
                assert number <= record.planned <= most


@settings(max_examples=80, deadline=None)
@given(units, units, entries)
def test_what_is_taken_back_leaves_no_trace(a: int, b: int, said: dict[Scope, Entry]) -> None:
    with books(a, b).write() as tx:
        before = wanted(tx)
        lay_down(tx, said)
        lay_down(tx, dict.fromkeys(said, Entry()))
        assert wanted(tx) == before


@settings(max_examples=80, deadline=None)
@given(units, st.lists(st.integers(0, 100), min_size=3, max_size=3).filter(lambda split: sum(split) <= 100))
def test_shares_of_the_same_are_never_more_than_there_is(a: int, split: list[int]) -> None:
    with books(a, 0).write() as tx:
        lay_down(tx, {Scope.channel(name): Entry(Rule(split=each)) for name, each in zip(CHANNELS, split, strict=True)})
        shown = wanted(tx)
        for kind, size in (("single", 1), ("pair", 2)):
            together = sum(shown[ListingKey(channel, kind)] or 0 for channel in CHANNELS)
            assert together == (a // size) * sum(split) // 100


@settings(max_examples=60, deadline=None)
@given(units, units, entries)
def test_a_stop_is_known_by_where_it_stands(a: int, b: int, said: dict[Scope, Entry]) -> None:
    with books(a, b).write() as tx:
        lay_down(tx, said)
        for key, record in tx.listings.all().items():
            skus = [part.sku for part in record.components]
            by = tx.rules.stopped_by(key, skus)
            over = [
                said[scope].stop for scope in said if scope in (ALL, Scope.channel(key.channel), Scope.listing(key))
            ]
            over += [said[Scope.sku(sku)].stop for sku in skus if Scope.sku(sku) in said]
            assert (Halt.NONE if by is None else tx.rules.get(by).stop) == max(over, default=Halt.NONE)


def test_a_renamed_sku_takes_its_stop_along() -> None:
    with books(5, 5).write() as tx:
        lay_down(tx, {Scope.sku("A"): Entry(stop=Halt.SALES), Scope.sku("C"): Entry(stop=Halt.SYNC)})
        tx.rules.rename_sku("A", "C")
        assert tx.rules.get(Scope.sku("C")).stop is Halt.SALES
        assert tx.rules.get(Scope.sku("A")).stop is Halt.NONE
        tx.rules.rename_sku("A", "B")
        assert tx.rules.get(Scope.sku("B")).stop is Halt.NONE


def test_a_ledger_remembers_rules_and_stops() -> None:
    ledger = books(5, 5)
    entry = Entry(Rule(split=50, buffer=1, zero_at=2, cap=3), Halt.SYNC)
    with ledger.write() as tx:
        tx.rules.put(Scope.channel("one"), entry)
        tx.rules.put(Scope.channel("one"), replace(entry, stop=Halt.SALES))
    with ledger.read() as tx:
        assert tx.rules.all() == {Scope.channel("one"): replace(entry, stop=Halt.SALES)}
