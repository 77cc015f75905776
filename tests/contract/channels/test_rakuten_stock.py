"""Rakuten's own traps: quantities, keys, limits, maintenance (rakuten.md §10)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.faults import Instead, path_contains
from bridge.settings import Secret
from tests.contract.channels.conformance import KEY, RakutenMall

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def sent(rakuten: RakutenMall, part: str) -> list[Any]:
    return [json.loads(record.sent) for record in rakuten.records if part in record.url]


def ends(rakuten: RakutenMall) -> datetime:
    """When the key that is in use dies."""
    life = rakuten.channel.key_life()
    assert life is not None
    return life.expires


def test_t9_manage_numbers_are_folded_and_variant_ids_kept(rakuten: RakutenMall) -> None:
    tea = rakuten.add("tea", 10)
    shouted = ListingKey("rakuten", tea.id.replace("item-tea", "ITEM-Tea"))
    assert rakuten.channel.read([shouted]) == {shouted: 10}
    [pushed] = rakuten.channel.push([PushItem(shouted, 4, 10)], KEY)
    assert pushed.outcome is Outcome.DONE
    assert rakuten.stock(tea) == 4
    wrong_case = ListingKey("rakuten", tea.id.replace("Sku", "sku"))
    assert rakuten.channel.read([wrong_case]) == {}


def test_t12_t13_quantities_are_absolute_by_version_2_0(rakuten: RakutenMall) -> None:
    tea = rakuten.add("tea", 10)
    rakuten.push({tea: 4})
    [push] = sent(rakuten, "bulk-upsert")
    assert push == {
        "inventories": [{"manageNumber": "item-tea", "variantId": "Sku-tea", "mode": "ABSOLUTE", "quantity": 4}]
    }
    [url] = [record.url for record in rakuten.records if "bulk-upsert" in record.url]
    assert "/es/2.0/" in url


def test_t11_two_spellings_of_one_key_are_one_row(rakuten: RakutenMall) -> None:
    tea = rakuten.add("tea", 10)
    shouted = ListingKey("rakuten", tea.id.replace("item-tea", "ITEM-tea"))
    pushed = rakuten.channel.push([PushItem(tea, 4, 10), PushItem(shouted, 5, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.DONE, Outcome.DONE]
    assert rakuten.stock(tea) == 5


@pytest.fixture
def unnamed(rakuten: RakutenMall) -> RakutenMall:
    """Its refusals don't say which row they are about."""
    inner = rakuten.faults.app

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        said = b"".join(inner(environ, start_response))
        return [said.replace(b'"metadata"', b'"metaless"')]

    rakuten.faults.app = app
    return rakuten


@pytest.mark.parametrize("mistyped", [[0], [4], [1, 2]])
def test_a_mistyped_listing_holds_up_no_other_also_where_rakuten_does_not_name_it(
    unnamed: RakutenMall, mistyped: list[int]
) -> None:
    teas = [unnamed.add(f"tea{number}", 10) for number in range(5)]
    asked = [unnamed.refuse(tea).listing if row in mistyped else tea for row, tea in enumerate(teas)]
    assert unnamed.channel.read(asked) == {tea: 10 for row, tea in enumerate(teas) if row not in mistyped}


def test_where_rakuten_takes_no_listing_at_all_a_person_is_asked_soon(unnamed: RakutenMall) -> None:
    asked = [unnamed.refuse(unnamed.add(f"tea{number}", 10)).listing for number in range(100)]
    with pytest.raises(NeedsPerson):
        unnamed.channel.read(asked)
    assert len(sent(unnamed, "bulk-get")) < 30


def test_a_batch_that_is_applied_in_part_ends_well(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.batch_errors = "partial"
    rakuten.simulator.switches.orphan_rows = False
    teas = [rakuten.add(f"tea{number}", 10) for number in range(5)]
    nothing = ListingKey("rakuten", "nothing/none")
    pushed = rakuten.channel.push([PushItem(each, 3, 10) for each in (*teas[:2], nothing, *teas[2:])], KEY)
    assert [each.outcome for each in pushed].count(Outcome.DONE) == 5
    assert pushed[2].outcome is Outcome.REFUSED
    assert {rakuten.stock(tea) for tea in teas} == {3}


def test_a_conflict_is_tried_again(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.conflict_rate = 0.3
    teas = {rakuten.add(f"tea{number}", 10): 3 for number in range(3)}
    outcomes = {each.outcome for number in range(20) for each in rakuten.push(teas, f"key {number}")}
    assert Outcome.DONE in outcomes
    assert outcomes <= {Outcome.DONE, Outcome.LATER}
    assert {rakuten.stock(tea) for tea in teas} == {3}


@pytest.mark.parametrize("shape", ["GA0001", "ES01-01"])
def test_t29_a_refused_key_in_either_shape(rakuten: RakutenMall, shape: str) -> None:
    rakuten.simulator.switches.auth_body = shape
    rakuten.kill_credentials()
    with pytest.raises(NeedsPerson, match="licenseKey"):
        rakuten.read_orders()
    with pytest.raises(NeedsPerson, match="licenseKey"):
        rakuten.channel.read([rakuten.add("tea", 1)])


@pytest.mark.parametrize("shape", ["403-xml", "403-json", "429"])
def test_over_the_limit_in_any_shape_is_waited_out(rakuten: RakutenMall, shape: str) -> None:
    """Another program of the shop has used the second's only call."""
    rakuten.simulator.switches.over_limit = shape
    order = rakuten.buy((rakuten.add("tea", 10), 1))
    rakuten.clock.sleep(10)
    other = rakuten.connect()
    other.orders(rakuten.since)
    rakuten.read_orders(wait=0.0)
    assert rakuten.told_off
    assert rakuten.counts(order) == (1, 1, 0, 0)


def test_t28_a_function_that_is_not_switched_on(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.disabled_functions = {"order.getOrder", "inventories.bulk.upsert"}
    tea = rakuten.add("tea", 10)
    rakuten.buy((tea, 1))
    with pytest.raises(NeedsPerson, match="getOrder"):
        rakuten.read_orders()
    with pytest.raises(NeedsPerson, match=r"inventories\.bulk\.upsert"):
        rakuten.push({tea: 4})
    assert [line.name for line in rakuten.channel.check() if not line.ok] == ["rpay.order.getOrder"]


def test_maintenance_is_waited_for(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.maintenance = {"inventory"}
    tea = rakuten.add("tea", 10)
    with pytest.raises(TryAgain):
        rakuten.channel.read([tea])
    [pushed] = rakuten.channel.push([PushItem(tea, 4, 10)], KEY)
    assert pushed.outcome in (Outcome.LATER, Outcome.UNKNOWN)
    rakuten.read_orders()  # orders go on


def test_t26_check_warns_before_the_key_dies(rakuten: RakutenMall) -> None:
    [line, *_] = rakuten.channel.check()
    assert line.ok
    assert "licenseKey" in line.hint.en
    rakuten.clock.sleep(80 * 86_400)
    [line, *_] = rakuten.channel.check()
    assert not line.ok
    assert "Make a new one" in line.hint.en
    rakuten.clock.sleep(20 * 86_400)
    assert not any(line.ok for line in rakuten.channel.check() if "upsert" not in line.name)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "ES04-01"), (404, "GE0007")], ids=["not switched on", "no such path"]
)
def test_where_rakuten_will_not_tell_the_keys_end_the_settings_do(rakuten: RakutenMall, status: int, code: str) -> None:
    refusal = Instead(status, json.dumps({"errors": [{"code": code, "message": "no"}]}))
    rakuten.faults.next(refusal, path_contains("expiry-date"))
    assert rakuten.channel.key_life() is None
    rakuten.channel = rakuten.connect(license_key_expires="2027-01-31")
    rakuten.faults.next(refusal, path_contains("expiry-date"))
    assert f"{ends(rakuten):%Y-%m-%d}" == "2027-01-31"


def test_t26_while_a_new_key_is_not_accepted_yet_the_old_one_serves(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.licence_activation = 1500.0
    tea = rakuten.add("tea", 10)
    rakuten.clock.sleep(80 * 86_400)
    rakuten.simulator.issue_licence("SL123456_fresh")
    fresh, old = Secret("SL123456_fresh"), Secret("SL123456_sandbox")
    rakuten.channel = rakuten.connect(license_key=fresh, old_license_key=old)
    assert f"{ends(rakuten):%m-%d}" == "02-21"  # the old one's, until the new one lives
    assert [each.outcome for each in rakuten.push({tea: 4})] == [Outcome.DONE]
    for _ in range(30):
        rakuten.read_orders(wait=60.0)
    assert [record.status for record in rakuten.records].count(401) <= 5  # asked again every ten minutes only
    assert f"{ends(rakuten):%m-%d}" == "05-12"
    rakuten.simulator.state.licences[0].expires_at = rakuten.clock.now()
    rakuten.read_orders()
    assert "SL123456_" not in repr(rakuten.records)


def test_t26_where_both_keys_are_dead_a_person_is_needed(rakuten: RakutenMall) -> None:
    rakuten.channel = rakuten.connect(license_key=Secret("SL1_typo"), old_license_key=Secret("SL123456_sandbox"))
    rakuten.clock.sleep(100 * 86_400)
    with pytest.raises(NeedsPerson, match="licenseKey"):
        rakuten.read_orders()
    with pytest.raises(NeedsPerson, match="licenseKey"):
        rakuten.channel.key_life()


def test_t27_the_key_in_the_query_is_masked(rakuten: RakutenMall) -> None:
    rakuten.channel.check()
    [url] = [record.url for record in rakuten.records if "expiry-date" in record.url]
    assert url.endswith("licenseKey=•••")


def test_t13_lead_times_outlive_a_push(rakuten: RakutenMall) -> None:
    tea = rakuten.add("tea", 10)
    row = rakuten.simulator.state.rows[rakuten.wire(tea)]
    row.lead_time, row.ship_from = {"normalDeliveryTimeId": 4}, [3]
    rakuten.push({tea: 4})
    assert (row.quantity, row.lead_time, row.ship_from) == (4, {"normalDeliveryTimeId": 4}, [3])


def test_t34_what_lies_hidden_in_the_warehouse_takes_its_number(rakuten: RakutenMall) -> None:
    tea, cup = rakuten.add("tea", 10, hidden=True), rakuten.add("cup", 10)
    assert rakuten.channel.read([tea, cup]) == {tea: 10, cup: 10}
    assert [each.outcome for each in rakuten.push({tea: 4, cup: 3})] == [Outcome.DONE, Outcome.DONE]
    assert (rakuten.stock(tea), rakuten.stock(cup)) == (4, 3)
