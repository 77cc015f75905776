"""What 履歴 says: of every cause, in both languages; and which movements a tick may take back."""

from __future__ import annotations

import pytest

from bridge.domain.stock import Cause, Movement
from bridge.flows.history import _ref
from bridge.ledger.ledger import Ledger
from bridge.sheet.texts import known, say
from tests.support.virtual_clock import VirtualClock


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_its_words(cause: Cause) -> None:
    assert known("history", cause.value)
    for language in ("ja", "en"):
        assert "{" not in say("history", cause.value, language, units=3)


@pytest.mark.parametrize(
    ("cause", "ref", "told"),
    [
        (Cause.PLACED, "rakuten/shop/123-456/1", "rakuten 123-456"),
        (Cause.SHIPPED, "shopify/a.myshopify.com/gid://shopify/Order/7/L1", "shopify gid://shopify/Order/7"),
        (Cause.SHIPPED, "odd", "odd"),
        (Cause.SENT, "move 3", "3"),
        (Cause.EDIT, "✓ 17", None),
        (Cause.UNDONE, "12", "12"),
        (Cause.LOWER_READING, "", None),
    ],
)
def test_what_a_person_may_look_up(cause: Cause, ref: str, told: str | None) -> None:
    assert _ref(Movement("A", "本社", 1, 0, cause, ref)) == told


def test_a_number_is_never_given_out_again() -> None:
    ledger = Ledger(None, VirtualClock(), migrate=False)

    def edit() -> None:
        with ledger.write() as tx:
            tx.stock.book([Movement("A", "本社", 1, 0, Cause.EDIT, "")])

    def numbers() -> list[int]:
        with ledger.read() as tx:
            return [each.number for each in tx.history.due(99)]

    edit()
    edit()
    assert numbers() == [1, 2]
    with ledger.write() as tx:
        tx.forget_everything()
    edit()
    assert numbers() == [3]
    with ledger.write() as tx:
        tx.history.raise_number(40)
        tx.history.raise_number(7)
    edit()
    assert numbers() == [3, 41]


def test_the_ledger_keeps_no_more_than_the_newest() -> None:
    ledger = Ledger(None, VirtualClock(), migrate=False)
    with ledger.write() as tx:
        tx.stock.book(Movement("A", "本社", 1, 0, Cause.EDIT, "") for _ in range(30))
        tx.history.keep(10)
        assert [each.number for each in tx.history.due(99)] == list(range(21, 31))
        assert [each.after for each in tx.history.due(99)] == list(range(21, 31))
        tx.history.keep(10)
        assert len(tx.history.due(99)) == 10
