"""Bad weather, in short: the claims that `make storms` measures at full length. What they rest on is told one by one in
test_dark.py."""

from __future__ import annotations

import pytest

from tests.bench import blind, flash_sale, sheet_away, too_many


def test_a_flash_sale_with_late_feeds_oversells_least_under_the_bridge() -> None:
    tape = flash_sale.Tape(orders=60, minutes=4, skus=2, stock=14, feed_delay=40, seed=2)
    bridge = flash_sale.under_bridge(tape, poll_seconds=60)
    without = flash_sale.under_bridge(tape, flash_sale.NO_GAP_RULE, poll_seconds=60)
    absolute = flash_sale.under_absolute_pushes(tape, every=60.0)
    assert bridge.oversold < without.oversold
    assert bridge.oversold < absolute.oversold
    assert bridge.unsold == 0


@pytest.mark.long
def test_while_the_sheet_is_away_lowerings_take_as_long_as_before_and_nothing_rises() -> None:
    away = sheet_away.run(skus=8, minutes=5, poll_seconds=15, pause=6)
    assert away.lowering_before.never == away.lowering_meanwhile.never == 0
    assert away.lowering_meanwhile.longest is not None
    assert away.lowering_meanwhile.longest <= 65  # a round of orders is a minute
    assert away.raises_meanwhile == 0
    assert away.rows > 0
    assert away.most_in_a_cycle <= 3
    assert away.rows_right_after is not None


@pytest.mark.long
def test_a_storm_of_429_in_one_mall_is_felt_in_that_mall() -> None:
    storm = too_many.run(minutes=12, poll_seconds=15, pause=30, probe_every=45)
    assert storm.lowering_meanwhile.never == storm.raising_meanwhile.never == 0
    assert storm.lowering_meanwhile.longest == storm.lowering_before.longest
    assert storm.raising_meanwhile.longest is not None
    assert storm.raising_before.longest is not None
    assert storm.raising_meanwhile.longest <= 600 + storm.raising_before.longest + 60
    assert storm.drained_after is not None
    assert storm.drained_after <= 2 * 60 * storm.minutes
    assert all(storm.most_a_second[name] <= most for name, most in storm.published_a_second.items())
    assert storm.throttled_by_shopify == 0


@pytest.mark.long
def test_what_a_blind_mall_sells_at_its_usual_pace_is_not_sold_twice() -> None:
    silence = blind.Silence(stock=60, pace=60.0, times=2.0, minutes=30, rush_at=29, patience=5.0, history=10)
    seen = blind.run(silence)
    assert seen.unseen > seen.first_minutes
    assert seen.held >= seen.unseen
    assert seen.oversold <= seen.first_minutes
    assert seen.released_after is not None
    unheld = blind.run(silence, blind.NOTHING_HELD)
    assert unheld.oversold == unheld.unseen


@pytest.mark.long
@pytest.mark.parametrize("rush_at", [3, 15])
def test_once_the_other_mall_is_empty_the_blind_one_oversells_only_what_it_sells_from_then_on(rush_at: int) -> None:
    """Nobody can hold that back any more, nor tell the blind mall: no fault, but a limit that is told."""
    silence = blind.Silence(stock=60, pace=60.0, times=2.0, minutes=30, rush_at=rush_at, patience=5.0, history=10)
    seen = blind.run(silence)
    assert 0 < seen.after_the_rush <= seen.oversold <= seen.first_minutes + seen.after_the_rush
    assert seen.released_after is not None
