"""Amazon's own traps: limits, tokens, roles, maintenance (amazon.md §2, §3, §11)."""

from __future__ import annotations

import httpx
import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.faults import Lost, path_contains
from tests.contract.channels.conformance import KEY, AmazonMall
from tests.contract.channels.test_amazon_orders import place

# Limits


def test_too_many_requests_wait_for_the_next_token(amazon: AmazonMall) -> None:
    amazon.read_orders()
    others = amazon.connect()  # another program of the seller, which draws on the same limit
    for _ in range(18):
        others.orders(amazon.since)
    amazon.clock.sleep(1)
    began = amazon.clock.monotonic()
    amazon.read_orders()
    assert amazon.clock.monotonic() - began >= 1 / 0.0056 - 10
    assert [record.status for record in amazon.records[-2:]] == [429, 200]


def test_the_rate_is_taken_from_the_answers(amazon: AmazonMall) -> None:
    amazon.simulator.switches.order_search_rate = 0.5
    began = amazon.clock.monotonic()
    for _ in range(40):
        amazon.read_orders(wait=2.5)
    assert amazon.told_off == []
    assert amazon.clock.monotonic() - began < 150  # at the published rate it would be an hour
    amazon.simulator.switches.order_search_rate = 0.01
    for _ in range(25):
        amazon.read_orders(wait=2.5)
    assert len(amazon.told_off) <= 1  # before the first answer that told it
    assert amazon.clock.monotonic() - began > 400


# Tokens


def test_a_token_is_renewed_before_it_ends(amazon: AmazonMall) -> None:
    for _ in range(6):
        amazon.read_orders(wait=1700)
    tokens = [record for record in amazon.records if record.operation == "token"]
    assert [record.status for record in tokens] == [200, 200, 200]
    assert amazon.told_off == []


@pytest.mark.parametrize("status", [403, 401])
def test_a_token_that_ended_early_is_renewed_once(amazon: AmazonMall, status: int) -> None:
    order = place(amazon)
    amazon.read_orders()
    amazon.simulator.switches.expired_status = status  # type: ignore[assignment]
    for token in amazon.simulator.state.tokens:
        amazon.simulator.state.tokens[token] = amazon.clock.now()
    amazon.ship(order)
    amazon.read_orders()
    assert amazon.counts(order) == (3, 0, 3, 0)
    operations = [record.operation for record in amazon.records[-4:]]
    assert operations == ["searchOrders", "token", "searchOrders", "searchOrders"]


def test_a_token_that_is_refused_again_is_for_a_person(amazon: AmazonMall) -> None:
    def forget(_environ: object) -> None:
        amazon.simulator.state.tokens.clear()

    amazon.faults.after = forget
    with pytest.raises(NeedsPerson):
        amazon.channel.orders(amazon.since)
    assert [record.operation for record in amazon.records] == ["token", "searchOrders"] * 2


def test_a_revoked_authorisation_says_what_to_do(amazon: AmazonMall) -> None:
    amazon.read_orders()
    amazon.kill_credentials()
    with pytest.raises(NeedsPerson, match="refresh_token"):
        amazon.channel.orders(amazon.since)


def test_t17_a_dead_client_secret_says_what_to_do(amazon: AmazonMall) -> None:
    amazon.simulator.client_secret = "amzn1.oa2-cs.v1.newer"
    with pytest.raises(NeedsPerson, match="180"):
        amazon.channel.orders(amazon.since)


def test_t17_the_end_of_the_client_secret_is_counted_down(amazon: AmazonMall) -> None:
    assert amazon.channel.key_life() is None
    channel = amazon.connect(client_secret_expires="2026-12-01")
    life = channel.key_life()
    assert life is not None
    assert life.expires.isoformat() == "2026-12-01T23:59:59+09:00"
    [line] = [line for line in channel.check() if line.name == "client_secret"]
    assert not line.ok  # eight days are left
    line = amazon.connect(client_secret_expires="2027-05-01").check()[-1]
    assert (line.name, line.ok) == ("client_secret", True)


def test_an_old_token_is_used_while_a_new_one_cannot_be_had(amazon: AmazonMall) -> None:
    order = place(amazon)
    amazon.read_orders()
    amazon.ship(order)
    for _ in range(20):
        amazon.faults.next(Lost(), path_contains("/auth/"))
    amazon.read_orders(wait=3400)  # the token has three minutes left
    assert amazon.counts(order) == (3, 0, 3, 0)
    assert amazon.faults.pending < 20


# Trouble


def test_t14_a_missing_role_is_told_with_the_request(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    amazon.simulator.switches.access_denied = {"searchOrders"}
    with pytest.raises(NeedsPerson, match="request id 0000") as caught:
        amazon.channel.orders(amazon.since)
    assert "base_url" in caught.value.hint.ja
    assert amazon.channel.read([tea]) == {tea: 10}  # the other rights go on
    lines = {line.name: line.ok for line in amazon.channel.check()}
    assert [name for name, ok in lines.items() if not ok] == ["searchOrders"]


def test_a_maintenance_page_is_waited_out(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    amazon.channel.read([tea])
    amazon.simulator.switches.maintenance = {"orders", "listings"}
    with pytest.raises(TryAgain):
        amazon.channel.orders(amazon.since)
    with pytest.raises(TryAgain):
        amazon.channel.read([tea])
    [pushed] = amazon.channel.push([PushItem(tea, 4, 10)], KEY)
    assert pushed.outcome is Outcome.UNKNOWN
    amazon.simulator.switches.maintenance = set()
    assert amazon.channel.read([tea]) == {tea: 10}
    assert amazon.channel.orders(amazon.since).orders == ()


def test_an_error_inside_a_200_is_never_an_empty_answer(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    amazon.channel.read([tea])
    amazon.faults.app = amazon.simulator  # such an answer is not of the models
    amazon.simulator.switches.error_in_success = {"searchOrders", "patchListingsItem", "searchListingsItems"}
    with pytest.raises(TryAgain):
        amazon.channel.orders(amazon.since)
    with pytest.raises(TryAgain):
        amazon.channel.read([tea])
    [pushed] = amazon.channel.push([PushItem(tea, 4, 10)], KEY)
    assert pushed.outcome is Outcome.UNKNOWN


def test_an_error_beside_an_answer_is_no_answer(amazon: AmazonMall) -> None:
    """The models of FBA and of the sellers have `errors` beside `payload` (amazon.md §3.2)."""
    nothing = {"payload": {"granularity": {}, "inventorySummaries": []}}
    told: list[dict[str, object]] = [nothing, nothing | {"errors": [{"code": "InternalFailure", "message": "Oh"}]}]

    def answer(request: httpx.Request) -> httpx.Response:
        token = {"access_token": "Atza|x", "expires_in": 3600}
        return httpx.Response(200, json=token if "auth" in request.url.path else told[0])

    plain = amazon.seams()
    transport = httpx.MockTransport(answer)
    amazon.seams = lambda: type(plain)(plain.clock, plain.may_write, plain.random, transport)  # type: ignore[method-assign]
    channel = amazon.connect()
    assert channel.counted() == {}
    told.pop(0)
    with pytest.raises(TryAgain):
        channel.counted()
