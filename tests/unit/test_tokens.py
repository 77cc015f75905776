"""A token that ends: one asker at a time, early enough, and once more after it was refused."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest

from bridge.channels.tokens import Renewing, Token
from bridge.errors import Hint, TryAgain
from tests.support.virtual_clock import VirtualClock

AWAY = TryAgain(Hint("不在", "away"))


class Mall:
    """Gives out tokens of an hour, each with its number."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.gate = Event()
        self.gate.set()
        self.away = False
        self.given = 0
        self.token = Renewing(self.clock, timedelta(minutes=5), self.ask)

    def ask(self) -> Token:
        self.gate.wait(5)
        if self.away:
            raise AWAY
        self.given += 1
        return Token(f"token {self.given}", self.clock.monotonic() + 3600)


def test_many_threads_get_one_token() -> None:
    mall, seen = Mall(), list[str]()
    mall.gate.clear()
    threads = [Thread(target=lambda: seen.append(mall.token.value())) for _ in range(8)]
    for thread in threads:
        thread.start()
    mall.gate.set()
    for thread in threads:
        thread.join()
    assert seen == ["token 1"] * 8


def test_a_token_that_was_refused_is_asked_for_anew_once() -> None:
    mall = Mall()
    old = mall.token.value()
    mall.token.refused(old)
    mall.token.refused(old)  # the second who was refused by the same token
    assert mall.token.value() == "token 2"
    mall.token.refused(old)  # and one that comes when a new token is there already
    assert mall.token.value() == "token 2"


def test_it_is_renewed_before_it_ends() -> None:
    mall = Mall()
    assert mall.token.value() == "token 1"
    mall.clock.sleep(3290)
    assert mall.token.value() == "token 1"
    mall.clock.sleep(20)
    assert mall.token.value() == "token 2"


def test_while_nobody_gives_out_tokens_the_old_one_goes_on_to_its_end() -> None:
    mall = Mall()
    mall.token.value()
    mall.away = True
    mall.clock.sleep(3310)
    assert mall.token.value() == "token 1"
    mall.clock.sleep(300)
    with pytest.raises(TryAgain):
        mall.token.value()
