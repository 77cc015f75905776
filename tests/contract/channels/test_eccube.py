"""What EC-CUBE hides in its answers (own_shops_and_files.md §1)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from bridge.channels.eccube import documents
from bridge.channels.port import Outcome, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson, TryAgain
from bridge.notices import Forged
from bridge.sandbox.faults import Instead, ReplyLost, path_contains
from bridge.sandbox.malls.eccube.api import schema
from bridge.settings import Secret
from tests.contract.channels.conformance import KEY, EcCubeMall

DAY = 86_400.0
SECRET = "a-secret-of-twenty-four-letters"
OFFICIAL = Path(__file__).resolve().parents[4] / "shared" / "models" / "eccube" / "schema.graphql"
DOCUMENTS = (
    documents.ORDERS, documents.OPEN_ORDERS, documents.PRODUCTS, documents.PROBE_ORDERS, documents.PROBE_PRODUCTS,
    documents.orders_by_id(3), documents.set_stock([1, 2]),
)  # fmt: skip


def bought(shop: EcCubeMall, status: int = 1) -> tuple[ListingKey, str]:
    tea = shop.add("tea", 10)
    order = shop.simulator.place([(shop.wire(tea), 3)], status=status)
    assert order is not None
    shop.read_orders()
    return tea, order


# The schema.


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda text: text.split("(")[0].split("{")[0].strip())
def test_every_document_is_valid_in_the_simulator(document: str) -> None:
    assert validate(schema(), parse(document)) == []


@pytest.mark.skipif(not OFFICIAL.is_file(), reason="the plug-in's schema lies beside the repository only")
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda text: text.split("(")[0].split("{")[0].strip())
def test_every_document_is_valid_in_the_plug_ins_own_schema(document: str) -> None:
    assert validate(build_schema(OFFICIAL.read_text(encoding="utf-8")), parse(document)) == []


@pytest.mark.parametrize("personal", ["name01", "name02", "kana", "email", "phone_number", "addr", "postal", "note"])
def test_nothing_personal_is_asked_for(personal: str) -> None:
    assert all(personal not in document for document in DOCUMENTS)


# Orders.


@pytest.mark.parametrize(
    ("status", "counts", "taken"),
    [
        (1, (3, 3, 0, 0), 3),
        (4, (3, 3, 0, 0), 3),
        (6, (3, 3, 0, 0), 3),
        (7, (3, 3, 0, 0), 3),
        (3, (3, 0, 0, 0), 0),
    ],
)
def test_an_order_by_its_status(eccube: EcCubeMall, status: int, counts: tuple[int, ...], taken: int) -> None:
    tea, order = bought(eccube, status)
    assert eccube.counts(order) == counts
    assert eccube.line(order).taken == taken
    assert eccube.stock(tea) == 10 - taken


def test_t2_an_order_at_the_payment_is_hidden_and_holds(eccube: EcCubeMall) -> None:
    _, order = bought(eccube, status=7)
    assert eccube.counts(order) == (3, 3, 0, 0)
    eccube.simulator.set_status(order, 6)
    eccube.read_orders()
    assert eccube.counts(order) == (3, 3, 0, 0)


def test_t2_who_goes_back_to_the_checkout_holds_nothing_any_more(eccube: EcCubeMall) -> None:
    tea, order = bought(eccube, status=7)
    eccube.simulator.give_up_payment(order)
    eccube.read_orders()
    assert eccube.counts(order) == (3, 0, 0, 0)
    assert (eccube.line(order).taken, eccube.stock(tea)) == (0, 10)


def test_who_stands_at_the_checkout_has_ordered_nothing_yet(eccube: EcCubeMall) -> None:
    tea, order = bought(eccube, status=8)
    assert order not in eccube.newest
    assert eccube.stock(tea) == 10


def test_t3_a_return_puts_nothing_back_on_sale_and_is_inspected(eccube: EcCubeMall) -> None:
    tea, order = bought(eccube)
    eccube.ship(order)
    eccube.simulator.set_status(order, 9)
    eccube.read_orders()
    assert eccube.counts(order) == (3, 0, 3, 3)
    assert (eccube.line(order).taken, eccube.stock(tea)) == (3, 7)


def test_a_cancellation_taken_back_holds_again(eccube: EcCubeMall) -> None:
    tea, order = bought(eccube)
    eccube.cancel(order)
    eccube.read_orders()
    eccube.simulator.set_status(order, 4)
    eccube.read_orders()
    assert eccube.counts(order) == (3, 3, 0, 0)
    assert (eccube.line(order).taken, eccube.stock(tea)) == (3, 7)


def test_a_parcel_of_several_that_has_left(eccube: EcCubeMall) -> None:
    tea, cup = eccube.add("tea", 10), eccube.add("cup", 10)
    order = eccube.simulator.place([(eccube.wire(tea), 2), (eccube.wire(cup), 1)], parcels=2)
    assert order is not None
    eccube.simulator.ship(order, eccube.simulator.state.orders[order].lines[0].line_id)
    eccube.read_orders()
    assert [(line.open, line.shipped) for line in eccube.newest[order].lines] == [(0, 2), (1, 0)]


def test_a_line_that_staff_delete_lets_go(eccube: EcCubeMall) -> None:
    tea, cup = eccube.add("tea", 10), eccube.add("cup", 10)
    order = eccube.buy((tea, 2), (cup, 1))
    eccube.read_orders()
    eccube.simulator.remove_line(order, eccube.simulator.state.orders[order].lines[0].line_id)
    eccube.read_orders()
    assert [line.listing for line in eccube.newest[order].lines] == [cup]
    assert eccube.stock(tea) == 10


def test_fees_are_no_goods(eccube: EcCubeMall) -> None:
    _, order = bought(eccube)
    assert len(eccube.newest[order].lines) == 1


def test_t5_counts_come_as_floats_and_half_a_unit_is_a_problem(eccube: EcCubeMall) -> None:
    _, good = bought(eccube)
    _, odd = bought(eccube)
    eccube.simulator.state.orders[odd].lines[0].units = 1.5  # type: ignore[assignment]
    eccube.simulator._touched(eccube.simulator.state.orders[odd])
    assert set(eccube.read_orders().problems) == {odd}
    assert eccube.counts(good) == (3, 3, 0, 0)


def test_t9_orders_that_change_while_they_are_paged_through(
    eccube: EcCubeMall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last changed stands first: rows move down a page, and come twice."""
    monkeypatch.setattr("bridge.channels.eccube.facts.ORDERS_PAGE", 2)
    tea = eccube.add("tea", 100)
    placed = [eccube.buy((tea, 1)) for _ in range(6)]

    def staff(_environ: object) -> None:
        eccube.clock.sleep(1)
        eccube.simulator._touched(eccube.simulator.state.orders[placed[0]])

    eccube.faults.after = staff
    eccube.read_orders()
    assert eccube.newest.keys() == set(placed)


def test_a_status_of_the_shops_own_that_the_settings_name(eccube: EcCubeMall) -> None:
    _, order = bought(eccube)
    eccube.simulator.state.orders[order].status = 20
    eccube.simulator._touched(eccube.simulator.state.orders[order])
    assert set(eccube.read_orders().problems) == {order}
    eccube.channel = eccube.connect(open_statuses=("20",))
    assert eccube.read_orders().problems == {}
    assert eccube.counts(order) == (3, 3, 0, 0)


def test_a_server_in_utc(eccube: EcCubeMall) -> None:
    eccube.simulator.switches.utc_offset_hours = 0
    placed_at = eccube.clock.now()
    _, order = bought(eccube)
    assert abs((eccube.newest[order].placed_at - placed_at).total_seconds()) < 1


# Numbers.


def test_t1_a_code_that_stands_twice_is_sent_no_number(eccube: EcCubeMall) -> None:
    tea, cup = eccube.add("tea", 10), eccube.add("cup", 10)
    eccube.add("tea", 4)
    assert eccube.channel.read([tea, cup]) == {cup: 10}
    alarms = eccube.channel.orders(eccube.since).alarms or {}
    assert "more than one item" in alarms[tea.id].en
    pushed = eccube.channel.push([PushItem(tea, 3, 10), PushItem(cup, 3, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.REFUSED, Outcome.DONE]


def test_t1_a_product_without_a_code_is_left_out(eccube: EcCubeMall) -> None:
    eccube.simulator.add_product(("", "900"), "nameless", 5)
    tea = eccube.add("tea", 10)
    assert [each.listing for page in eccube.channel.catalogue() for each in page] == [tea]


def test_t4_an_error_inside_a_200_is_one(eccube: EcCubeMall) -> None:
    tea = eccube.add("tea", 10)
    eccube.simulator.switches.internal_error = True
    [pushed] = eccube.channel.push([PushItem(tea, 3, 10)], KEY)
    assert pushed.outcome is Outcome.UNKNOWN
    assert eccube.stock(tea) == 10


def test_t4_a_document_that_is_refused_whole_is_sent_again_in_parts(eccube: EcCubeMall) -> None:
    tea, cup = eccube.add("tea", 10), eccube.add("cup", 10)
    said = {"message": "Max query complexity should be 100 but got 102.", "extensions": {"category": "graphql"}}
    eccube.faults.next(Instead(200, json.dumps({"errors": [said]})), eccube.push_match)
    pushed = eccube.channel.push([PushItem(tea, 7, 10), PushItem(cup, 7, 10)], KEY)
    assert {each.outcome for each in pushed} == {Outcome.DONE}


def test_t4_a_missing_scope_is_for_a_person(eccube: EcCubeMall) -> None:
    tea = eccube.add("tea", 10)
    eccube.simulator.switches.scopes = frozenset({"read"})
    assert eccube.channel.read([tea]) == {tea: 10}
    with pytest.raises(NeedsPerson) as caught:
        eccube.channel.push([PushItem(tea, 3, 10)], KEY)
    assert "read and write" in caught.value.hint.en


def test_t5_t6_unlimited_stock_has_no_number_and_is_told(eccube: EcCubeMall) -> None:
    eccube.simulator.add_product(("GIFT", "900"), "gift", None)
    gift = ListingKey("eccube", "GIFT")
    assert eccube.channel.read([gift]) == {}
    alarms = eccube.channel.orders(eccube.since).alarms or {}
    assert "without end" in alarms["GIFT"].en
    order = eccube.buy((gift, 2))
    eccube.read_orders()
    assert (eccube.line(order).open, eccube.line(order).taken) == (2, 0)


def test_t6_every_number_says_that_it_is_a_limit(eccube: EcCubeMall) -> None:
    eccube.push({eccube.add("tea", 10): 7})
    [sent] = [json.loads(record.sent) for record in eccube.records if record.writes]
    assert "stock_unlimited: false" in sent["query"]
    assert sent["variables"] == {"c0": "C-tea", "n0": 7}


def test_the_hidden_item_of_a_product_with_variants_is_not_listed(eccube: EcCubeMall) -> None:
    eccube.simulator.add_product(("SHIRT", "900"), "shirt", 5, visible=False)
    eccube.simulator.add_product(("SHIRT-RED", "901"), "shirt", 5, product=900)
    found = [each.listing.id for page in eccube.channel.catalogue() for each in page]
    assert found == ["SHIRT-RED"]


# The door.


@pytest.mark.parametrize("status", [200, 401, 403, 503])
def test_t8_a_page_of_somebody_else_is_never_taken_for_nothing(eccube: EcCubeMall, status: int) -> None:
    tea = eccube.add("tea", 10)
    eccube.channel.read([tea])
    for _ in range(20):
        eccube.faults.next(Instead(status, "<html>maintenance</html>", "text/html"), path_contains("/api"))
    with pytest.raises((TryAgain, NeedsPerson)):
        eccube.channel.orders(eccube.since)


def test_a_refresh_token_is_good_once_and_the_new_one_is_kept(eccube: EcCubeMall) -> None:
    """Also over a restart with the settings as they were."""
    tea = eccube.add("tea", 10)
    seams = eccube.seams()
    eccube.seams = lambda: seams  # type: ignore[method-assign]  # the same keeper of tokens
    given = Secret(next(iter(eccube.simulator.state.refresh)))
    for _ in range(3):
        eccube.channel = eccube.connect(refresh_token=given)
        assert eccube.channel.read([tea]) == {tea: 10}
        eccube.clock.sleep(4000)
        assert eccube.channel.read([tea]) == {tea: 10}
    assert len(eccube.simulator.state.refresh) == 1
    assert given.reveal() not in eccube.simulator.state.refresh
    kept = repr(eccube.records)
    assert "cube-refresh-" not in kept
    assert "cube-access-" not in kept


def test_where_the_answer_to_a_refresh_is_lost_a_person_authorises_anew(eccube: EcCubeMall) -> None:
    tea = eccube.add("tea", 10)
    eccube.faults.next(ReplyLost(), path_contains("/token"))
    with pytest.raises(NeedsPerson) as caught:
        eccube.channel.read([tea])
    assert "Authorise bridge anew" in caught.value.hint.en


def test_a_token_that_ended_early_is_asked_for_anew(eccube: EcCubeMall) -> None:
    tea = eccube.add("tea", 10)
    eccube.channel.read([tea])
    eccube.simulator.state.access.clear()
    assert eccube.channel.read([tea]) == {tea: 10}


# Webhooks.


def test_t7_a_webhook_is_known_by_its_signature_and_our_own_echo_harms_nothing(eccube: EcCubeMall) -> None:
    eccube.channel = eccube.connect(webhook_secret=Secret(SECRET))
    hooks = eccube.channel.webhooks
    assert hooks is not None
    body = b'[{"entity":"order","id":41,"action":"updated"},{"entity":"product","id":7,"action":"updated"}]'
    signed = "8c2bd1b1" * 8
    with pytest.raises(Forged):
        hooks.understand({"x-eccube-signature": signed}, body)
    with pytest.raises(Forged):
        hooks.understand({}, body)
    import hmac

    good = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    with pytest.raises(Forged):
        hooks.understand({"x-eccube-signature": good.upper()}, body)
    first = hooks.understand({"x-eccube-signature": good}, body)
    assert (first.order, first.topic) == ("41", "order updated")
    assert hooks.understand({"x-eccube-signature": good}, body).event == first.event  # sent twice
    eccube.clock.sleep(20)
    assert hooks.understand({"x-eccube-signature": good}, body).event != first.event  # changed again
    product = b'[{"entity":"product","id":7,"action":"updated"}]'
    echo = hooks.understand({"x-eccube-signature": hmac.new(SECRET.encode(), product, "sha256").hexdigest()}, product)
    assert (echo.order, echo.topic) == ("", "product updated")
