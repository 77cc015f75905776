"""Ten fewer here, and ten more there, typed within a minute: perhaps a transfer. 要対応 asks; no number hangs on it."""

from __future__ import annotations

import pytest

from tests.support.world import World

HQ, SHIBUYA = "本社倉庫", "渋谷店"


def asked(shop: World) -> bool:
    return "続けて" in shop.open_questions()


def test_it_is_asked_which_way_it_was_typed(shop: World) -> None:
    shop.type("B", SHIBUYA, 3)
    shop.rounds(2)
    shop.type("B", HQ, 4)
    shop.rounds(3)
    assert "B: 本社倉庫で3個減り、続けて渋谷店で3個増えました" in shop.open_questions()


def test_what_is_typed_again_is_one_change(shop: World) -> None:
    shop.type("A", HQ, 4)
    shop.rounds(2)
    shop.type("A", HQ, 3)
    shop.rounds(2)
    shop.type("A", SHIBUYA, 4)
    shop.rounds(3)
    assert "A: 本社倉庫で2個減り、続けて渋谷店で2個増えました" in shop.open_questions()


@pytest.mark.parametrize(("there", "pause"), [(4, 70.0), (3, 0.0)])
def test_another_number_or_a_later_one_is_no_transfer(shop: World, there: int, pause: float) -> None:
    shop.type("A", HQ, 3)
    shop.rounds(2)
    shop.clock.sleep(pause)
    shop.type("A", SHIBUYA, there)
    shop.rounds(3)
    assert not asked(shop)


def test_another_product_is_no_transfer(shop: World) -> None:
    shop.type("A", HQ, 3)
    shop.type("B", SHIBUYA, 2)
    shop.rounds(3)
    assert not asked(shop)


def test_whoever_does_not_answer_is_asked_for_a_day(shop: World) -> None:
    shop.type("A", HQ, 3)
    shop.type("A", SHIBUYA, 4)
    shop.rounds(3)
    assert asked(shop)
    shop.clock.sleep(25 * 3600)
    shop.rounds(2)
    assert not asked(shop)
    assert (shop.row("A")[HQ], shop.row("A")[SHIBUYA]) == ("3", "4")
