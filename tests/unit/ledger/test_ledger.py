"""The ledger keeps what it is told, whole or not at all, and says Stop when it can't."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from bridge.domain.booking import LineState, Share
from bridge.domain.edit_book import Standing
from bridge.domain.invariants import conservation
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey
from bridge.domain.push import ListingState, Push, Unseen
from bridge.domain.stock import Cause, Component, Movement
from bridge.errors import Stop
from bridge.instance import OneInstance
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.schema import metadata
from bridge.ledger.sheet import RowIntent
from bridge.ledger.values import iso
from tests.support.virtual_clock import VirtualClock

KEY = LineKey("rakuten", "shop", "1", "2")
LISTING = ListingKey("rakuten", "item/v")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(None, VirtualClock(), migrate=False)


def test_the_migrations_make_exactly_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path, VirtualClock()).close()
    with create_engine(f"sqlite:///{path}").connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_a_ledger_keeps_its_id(tmp_path: Path) -> None:
    ids = set()
    for _ in range(2):
        ledger = Ledger(tmp_path / "ledger.sqlite", VirtualClock())
        with ledger.read() as tx:
            ids.add(tx.get("ledger_id"))
        ledger.close()
    assert len(ids) == 1


movements = st.lists(
    st.builds(
        Movement,
        st.sampled_from(["A", "B"]),
        st.sampled_from(["本社倉庫", "渋谷店"]),
        st.integers(-9, 9),
        st.integers(-9, 9),
        st.sampled_from(list(Cause)),
        st.just("test"),
    ),
    max_size=12,
)


@given(st.lists(movements, max_size=4))
def test_balances_are_openings_plus_movements(batches: list[list[Movement]]) -> None:
    ledger = Ledger(None, VirtualClock(), migrate=False)
    for batch in batches:
        with ledger.write() as tx:
            tx.stock.book(batch)
    with ledger.read() as tx:
        kept = [movement for _, movement in tx.stock.movements()]
        assert conservation({}, kept, tx.stock.balances()) == ()
        assert len(kept) == sum(
            bool(m.on_hand or m.allocated or m.cause is Cause.OPENING) for batch in batches for m in batch
        )


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.write() as tx:
            tx.stock.book([Movement("A", "本社倉庫", 5, 0, Cause.OPENING, "")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with ledger.read() as tx:
        assert tx.stock.balances() == {}


def test_a_read_writes_nothing(ledger: Ledger) -> None:
    with ledger.read() as tx:
        tx.put("x", 1)
    with ledger.read() as tx:
        assert tx.get("x") is None


def test_a_ledger_that_cannot_be_written_says_stop(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite", VirtualClock())
    with ledger.write() as tx:
        tx.conn.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(Stop), ledger.write() as tx:
        tx.put("x", 1)


def test_an_order_stands_in_the_books_of_another_channel_once_a_listing_explains_it(ledger: Ledger) -> None:
    waiting = LineState(LineSnapshot(KEY, LISTING, 5, 2, 3, 1, 4), "v1")
    for state, known in ((waiting, set()), (replace(waiting, components=(Component("A", 1),)), {KEY.order})):
        with ledger.write() as tx:
            tx.orders.put({KEY: state}, tx.at)
            assert tx.orders.of_other_channels("warehouse", [KEY.order, "other"]) == known
            assert tx.orders.of_other_channels(KEY.channel, [KEY.order]) == set()


def test_an_order_line_comes_back_as_it_was_put(ledger: Ledger) -> None:
    state = LineState(
        LineSnapshot(KEY, LISTING, 5, 2, 3, 1, 4),
        "v1",
        (Component("A", 2), Component("B", 1)),
        (Share("A", "本社倉庫", 4, 6, 2), Share("B", "渋谷店", 2, 3, 1)),
        1,
        1,
        2,
    )
    with ledger.write() as tx:
        tx.orders.put({KEY: state}, tx.at)
        tx.orders.put({KEY: replace(state, version="v2")}, tx.at)
        tx.orders.renew({KEY: "v3"})
    with ledger.read() as tx:
        assert tx.orders.of_orders("rakuten", "shop", ["1"]) == {KEY: replace(state, version="v3")}
        assert tx.orders.open_orders("rakuten") == ["1"]
        assert tx.orders.count() == 1


def test_a_listing_comes_back_as_it_was_put_and_is_found_by_its_skus(ledger: Ledger) -> None:
    with ledger.write() as tx:
        state = ListingState(LISTING, 1, 2, 3, 4, tx.at, 5, tx.at, (Unseen(tx.at, tx.at, 2),), 6)
        record = ListingRecord(state, (Component("A", 3), Component("B", 1)), True, "no", 7, tx.at, tx.at, 8, 9)
        tx.listings.put([record])
        assert tx.listings.touching(["B"]) == {LISTING: record}
        tx.listings.put([replace(record, components=(Component("C", 1),))])
        assert tx.listings.touching(["A", "B"]) == {}
        tx.listings.change([replace(state, wanted=9)])
    with ledger.read() as tx:
        assert tx.listings.all("rakuten")[LISTING].state.wanted == 9
        assert set(tx.listings.touching(["C"])) == {LISTING}


def test_a_push_under_way_is_remembered_with_its_key(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.listings.intend("rakuten", "key-1", [Push(LISTING, 3, 5)], tx.at)
    with ledger.read() as tx:
        intent = tx.listings.intent("rakuten")
        assert intent is not None
        assert (intent.key, intent.items) == ("key-1", (Push(LISTING, 3, 5),))
    with ledger.write() as tx:
        tx.listings.pushed("rakuten")
        assert tx.listings.intent("rakuten") is None


def test_numbers_are_never_handed_out_twice(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert [tx.sheet.take_numbers(3), tx.sheet.take_numbers(1)] == [1, 4]
        tx.sheet.raise_number(10)
        tx.sheet.raise_number(2)
        assert tx.sheet.take_numbers(1) == 11


def test_a_row_update_under_way_is_one_per_sku(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.sheet.intend([RowIntent("A", "stock", 1), RowIntent("B", "owned", 2)])
        tx.sheet.intend([RowIntent("A", "stock", 1, 9)])
        assert tx.sheet.intents() == [RowIntent("A", "stock", 1, 9), RowIntent("B", "owned", 2)]
        tx.sheet.done(["A"])
        assert tx.sheet.intents() == [RowIntent("B", "owned", 2)]


def test_the_same_question_is_asked_once_and_brought_up_to_date(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.questions.ask("oversold", "x", {"units": 1})
        tx.questions.ask("oversold", "x", {"units": 2})
        (question,) = tx.questions.open()
        assert question.data == {"units": 2}
        tx.questions.settle("oversold", "x", {"ja": "済", "en": "done"})
        assert tx.questions.open() == []
        tx.questions.ask("oversold", "x", {"units": 3})
        assert [each.id for each in tx.questions.open()] == [question.id + 1]


def test_only_one_process_keeps_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with OneInstance(path), pytest.raises(Stop, match="もう動いています"), OneInstance(path):
        pass
    with OneInstance(path):
        pass


def test_only_another_number_wakes_those_who_wait(ledger: Ledger) -> None:
    """A thread that waits for a raise reads its listing again and again; that must not wake the others each time."""
    state = ListingState(LISTING, wanted=5, shown=5)
    with ledger.write() as tx:
        tx.listings.put([ListingRecord(state, ())])
    seen = ledger.wanted_changes
    with ledger.write() as tx:
        tx.listings.change([replace(state, shown=4, shown_at=tx.at)])
    assert ledger.wanted_changes == seen
    with ledger.write() as tx:
        tx.listings.change([replace(state, wanted=4)])
    assert ledger.wanted_changes == seen + 1


def test_a_listing_waits_from_its_first_change_until_it_shows_what_is_wanted() -> None:
    state = ListingState(LISTING, wanted=5, confirmed=5, shown=5)
    clock = VirtualClock()
    ledger = Ledger(None, clock, migrate=False)

    def due(now: ListingState) -> object:
        clock.sleep(1)
        with ledger.write() as tx:
            tx.listings.put([ListingRecord(now, ())])
            return tx.listings.all()[LISTING].due_since

    assert due(state) is None
    began = due(replace(state, wanted=3))
    assert began is not None
    assert due(replace(state, wanted=2)) == began  # another change before the first was confirmed
    assert due(replace(state, wanted=2, confirmed=4, shown=4)) == began  # a sale there is no answer to it
    assert due(replace(state, wanted=1, sent=2, confirmed=2, shown=2)) != began  # ours arrived; only the newer waits
    assert due(replace(state, wanted=1, sent=1, confirmed=1, shown=1)) is None


def test_what_the_tokens_of_a_product_say_outlives_its_being_given_up(ledger: Ledger) -> None:
    """Ctrl+Z may bring its row back, with a number in it that a write of another row had hit."""
    with ledger.write() as tx:
        tx.sheet.greet("C", Standing.NEW)
        tx.sheet.note({("C", 9): {"本社倉庫": 2}})
        tx.give_up_sku("C")
    with ledger.read() as tx:
        assert tx.sheet.skus() == {}
        assert tx.sheet.amounts([9]) == {("C", 9): {"本社倉庫": 2}}


def test_what_was_read_in_a_transaction_is_kept_up_to_date(ledger: Ledger) -> None:
    other = ListingKey("rakuten", "other")
    with ledger.write() as tx:
        tx.listings.put([ListingRecord(ListingState(LISTING, wanted=1), ())])
        tx.channels.greet("rakuten")
        tx.sheet.intend([RowIntent("A", "stock", 7)])
    with ledger.write() as tx:
        assert set(tx.listings.get([LISTING, other])) == {LISTING}
        assert not tx.channels.get("rakuten").live
        assert [each.sku for each in tx.sheet.intents()] == ["A"]
        assert tx.sheet.previous_edit(("A", "本社")) is None
        tx.listings.put([ListingRecord(ListingState(key, wanted=2), ()) for key in (LISTING, other)])
        tx.channels.change("rakuten", live=True)
        tx.channels.heard("rakuten", "orders", iso(tx.at), iso(tx.at), watermark=iso(tx.at))
        tx.channels.change("a stranger", live=True)
        tx.sheet.intend([RowIntent("B", "stock", 8)])
        tx.sheet.done(["A"])
        tx.sheet.record_edit("A", "本社", 3, "5", "applied")
        seen = _memory(tx)
    with ledger.read() as tx:
        assert seen == _memory(tx)
        assert {key: each.state.wanted for key, each in tx.listings.all().items()} == {LISTING: 2, other: 2}
        assert (tx.channels.get("rakuten").live, tx.channels.get("rakuten").watermark) == (True, iso(tx.at))
        assert (tx.sheet.previous_edit(("A", "本社")), [each.sku for each in tx.sheet.intents()]) == (2, ["B"])
        assert list(tx.channels.all()) == ["rakuten"]
    with ledger.write() as tx:
        assert tx.sheet.intents()
        tx.forget_everything()
        assert tx.sheet.intents() == []


def _memory(tx: Tx) -> object:
    return tx.listings.all(), tx.channels.all(), tx.sheet.intents(), tx.sheet.previous_edit(("A", "本社"))
