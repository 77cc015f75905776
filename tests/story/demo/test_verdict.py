"""The demo's verdict passes an honest bridge and fails each of three that are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bridge.channels.port import Channel, OrdersRead
from bridge.demo.stalls import TAKER
from bridge.demo.verdict import Line, holds
from bridge.domain.edit_book import Account, Book
from bridge.domain.edits import account
from bridge.domain.table import View
from bridge.domain.tokens import number_of
from bridge.flows import bigchange
from tests.story.demo.day import Day, EveryChannelsDay, EveryMallsDay
from tests.story.demo.every_channel import PLAN

SECONDS = 40.0


def failed(lines: list[Line]) -> set[str]:
    return {line.en for line in lines if line.ok is False}


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
def test_an_honest_bridge_passes(tmp_path: Path, seed: int) -> None:
    lines = Day(tmp_path, seed).trade(SECONDS)
    assert holds(lines), "\n".join(f"{line.en}: {line.found} {line.why}" for line in lines if line.ok is False)


def test_an_honest_bridge_passes_with_every_mall(tmp_path: Path) -> None:
    day = EveryMallsDay(tmp_path)
    lines = day.trade(SECONDS)
    assert holds(lines), "\n".join(f"{line.en}: {line.found} {line.why}" for line in lines if line.ok is False)
    sold = {line.mall for line in day.evidence.sold}
    assert sold == {"rakuten", "shopify", "amazon", "yahoo"}
    assert day.evidence.by_amazon
    assert any(line.returned for line in day.evidence.sold)
    assert any(len(line.parts) > 1 for line in day.evidence.sold)


def test_an_honest_bridge_passes_with_every_channel(tmp_path: Path) -> None:
    day = EveryChannelsDay(tmp_path)
    lines = day.trade(SECONDS)
    assert holds(lines), "\n".join(f"{line.en}: {line.found} {line.why}" for line in lines if line.ok is False)
    evidence = day.evidence
    assert {line.mall for line in evidence.sold} == {*PLAN.stalls} - {TAKER}  # which tells of no order
    at_tills = [line for line in evidence.sold if line.mall in ("smaregi", "square")]
    assert any(line.units == 0 and line.returned for line in at_tills), "a void or a return"
    assert evidence.received
    assert {change.mall for change in evidence.stock_changes if change.cause == "push"} >= {*PLAN.simulated, TAKER}


def test_a_bridge_that_does_nothing_fails(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.bridge = lambda: None
    assert failed(day.trade(SECONDS)) >= {
        "orders taken = booked",
        "staff changes accounted for",
        "staff cells as meant",
        "drift sheet ↔ malls",
    }


def test_a_bridge_that_drops_every_tenth_order_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = Day(tmp_path)
    forgotten = _Forgetful()
    for channel in day.world.service.channels:
        monkeypatch.setattr(channel, "orders", forgotten.around(channel))
    assert "orders taken = booked" in failed(day.trade(SECONDS))
    assert forgotten.dropped


class _Forgetful:
    def __init__(self) -> None:
        self.known: dict[str, bool] = {}  # order → whether it is dropped

    @property
    def dropped(self) -> int:
        return sum(self.known.values())

    def around(self, channel: Channel) -> Any:
        honest = channel.orders

        def orders(since: datetime, known_open: Any = ()) -> OrdersRead:
            read = honest(since, known_open)
            for order in read.orders:
                self.known.setdefault(order.order, len(self.known) % 10 == 9)
            return replace(read, orders=tuple(each for each in read.orders if not self.known[each.order]))

        return orders


def test_a_bridge_that_drops_every_tenth_edit_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = Day(tmp_path)
    careless = _Careless()
    monkeypatch.setattr(bigchange, "account", careless.account)
    assert "staff changes accounted for" in failed(day.trade(SECONDS))
    assert careless.dropped


class _Careless:
    """Takes every tenth entry for something that it wrote itself."""

    def __init__(self) -> None:
        self.seen = self.dropped = 0

    def account(self, book: Book, view: View) -> Account:
        outcome = account(book, view)
        for edit in outcome.edits:
            self.seen += 1
            if self.seen % 10 == 0 and edit.before is not None and edit.other is None:
                self.dropped += 1
                outcome = self._without(outcome, view, edit, book)
        return outcome

    def _without(self, outcome: Account, view: View, edit: Any, book: Book) -> Account:
        token = next(row.token for row in view.rows if row.sku == edit.sku)
        name = (edit.sku, number_of(token) or 0)
        has = dict(outcome.amounts.get(name) or book.amounts[name])
        has[edit.location] = has.get(edit.location, 0) + edit.after - edit.before
        cell = (edit.sku, edit.location)
        return replace(
            outcome,
            edits=tuple(each for each in outcome.edits if each is not edit),
            movements=tuple(move for move in outcome.movements if (move.sku, move.location) != cell),
            amounts={**outcome.amounts, name: has},
            last={**outcome.last, edit.sku: has},
        )
