"""Rakuten's licence key dies after 90 days: 要対応 counts down, and says which key it was when it is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.channels.http import Answer
from bridge.channels.rakuten import wire
from bridge.channels.rakuten.checks import EXPIRY
from bridge.config import Config
from bridge.errors import NeedsPerson
from bridge.flows.keys import watch_key
from tests.support.world import Moment, World

DAY = 24 * 3600.0


def look(world: World) -> str:
    """What 要対応 says after the next look at the key."""
    (rakuten,) = (each for each in world.service.channels if each.name == "rakuten")
    watch_key(world.service.ledger, world.service.shop, rakuten)
    return world.open_questions()


def test_the_last_fourteen_days_are_counted_down_until_there_is_a_new_key(shop: World) -> None:
    shop.clock.sleep(70 * DAY)
    assert look(shop) == ""
    shop.clock.sleep(10 * DAY)
    assert "rakutenのlicenseKeyは2027-02-21までです（あと10日）" in look(shop)
    shop.clock.sleep(DAY)
    assert "（あと9日）" in look(shop)
    (licence,) = shop.sandbox.rakuten.state.licences
    shop.sandbox.rakuten.state.licences = [replace(licence, expires_at=licence.expires_at.replace(year=2028))]
    shop.clock.sleep(DAY)
    assert look(shop) == ""


def test_the_mall_is_not_asked_again_and_again(shop: World) -> None:
    look(shop)
    calls = len(shop.mall_calls)
    look(shop)
    shop.start()
    look(shop)
    assert not [call for call in shop.mall_calls[calls:] if call.operation == EXPIRY.name]


class Written(World):
    """Its settings name the day on which the key dies."""

    def _config(self) -> Config:
        config = super()._config()
        assert config.channels.rakuten is not None
        rakuten = replace(config.channels.rakuten, license_key_expires="2026-11-30")
        return replace(config, channels=replace(config.channels, rakuten=rakuten))


def test_where_rms_will_not_tell_the_settings_do(
    tmp_path: Path, live_shop: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Written(tmp_path / "ledger.sqlite", since=live_shop)
    judge = wire.judge

    def not_switched_on(operation: object, answer: Answer) -> None:
        if operation == EXPIRY:
            raise NeedsPerson(wire.Hint("無効です。", "Not switched on."))
        judge(operation, answer)  # type: ignore[arg-type]

    monkeypatch.setattr(wire, "judge", not_switched_on)
    shop.start()
    shop.clock.sleep(DAY)
    assert "2026-11-30までです（あと6日）" in look(shop)


def test_a_refused_key_is_the_owners_matter(shop: World) -> None:
    """要対応 says no more than that; which key it is stands in the alert to the owner."""
    shop.clock.sleep(100 * DAY)
    for each in shop.service.channels:
        shop.service.guarded_round(each)
    assert "rakutenの鍵が受け付けられず" in shop.open_questions()
    assert "licenseKey" not in shop.open_questions()
    with shop.service.ledger.read() as tx:
        question = tx.questions.find("key refused", "rakuten")
    assert question is not None
    assert "licenseKey が受け付けられません" in question.data["ja"]
