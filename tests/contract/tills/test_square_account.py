"""The account behind Square's tills: tokens, rights, the catalogue, webhooks (pos.md §2.1 to §2.3, §2.6)."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from bridge.channels.port import Check
from bridge.channels.square.ids import listing_key
from bridge.errors import NeedsPerson
from bridge.notices import Forged, NotForUs
from bridge.sandbox.faults import Refuse, path_contains
from bridge.settings import Secret
from tests.contract.tills.square_bench import ELSEWHERE, HONSHA, SHIBUYA, WEBHOOK, SquareBench

BODY = {"merchant_id": "MLSANDBOX1", "type": "inventory.count.updated", "event_id": "5f1d", "created_at": "2026-11-23T01:00:07Z"}  # fmt: skip  # noqa: E501


@pytest.fixture
def till() -> SquareBench:
    return SquareBench()


@pytest.fixture
def consent() -> SquareBench:
    """Connected by the consent given to an application."""
    secrets = {"client_secret": Secret("sq0csp-sandbox-secret"), "refresh_token": Secret("square-refresh-0")}
    return SquareBench(client_id="sq0idp-sandbox", **secrets)


def lines(till: SquareBench) -> dict[str, Check]:
    return {check.name: check for check in till.channel.check()}


# Tokens


def test_a_consent_gives_a_token_that_is_renewed_weekly(consent: SquareBench) -> None:
    tea = consent.add("tea", 10)
    assert consent.channel.read([tea]) == {tea: 10}
    consent.clock.sleep(3600)
    consent.channel.read([tea])
    assert len(consent.asked("token")) == 1
    consent.clock.sleep(timedelta(days=7).total_seconds())
    consent.channel.read([tea])
    assert len(consent.asked("token")) == 2


def test_a_token_that_has_ended_is_renewed_once(consent: SquareBench) -> None:
    tea = consent.add("tea", 10)
    consent.channel.read([tea])
    consent.simulator.state.access = dict.fromkeys(consent.simulator.state.access, consent.clock.start)
    consent.clock.sleep(1)
    assert consent.channel.read([tea]) == {tea: 10}
    assert len(consent.asked("token")) == 2


def test_a_token_endpoint_that_is_away_costs_nothing_while_the_token_lives(consent: SquareBench) -> None:
    tea = consent.add("tea", 10)
    consent.channel.read([tea])
    consent.clock.sleep(timedelta(days=6, hours=1).total_seconds())
    for _ in range(2):
        consent.faults.next(Refuse(503), path_contains("oauth2/token"))
    assert consent.channel.read([tea]) == {tea: 10}
    assert consent.faults.pending == 0


def test_a_refresh_token_that_changes_is_kept(consent: SquareBench) -> None:
    """It stays the same as a rule."""
    tea = consent.add("tea", 10)
    consent.channel.read([tea])
    assert consent.kept.newest("square", "square-refresh-0") == "square-refresh-0"
    consent.kept.keep("square", "square-refresh-0", "square-refresh-9")
    consent.simulator.state.refresh = ["square-refresh-9"]
    consent.connect()
    assert consent.channel.read([tea]) == {tea: 10}


@pytest.mark.parametrize("kind", ["revoked", "unknown"])
def test_t41_a_token_that_was_taken_back_is_for_a_person(till: SquareBench, kind: str) -> None:
    tea = till.add("tea", 10)
    if kind == "revoked":
        till.simulator.state.revoked.append(till.simulator.token)
    else:
        till.simulator.token = "another"
    with pytest.raises(NeedsPerson, match="access token"):
        till.channel.read([tea])
    with pytest.raises(NeedsPerson, match="access token"):
        till.read_orders()
    with pytest.raises(NeedsPerson, match="access token"):
        till.push({tea: 7})
    assert not lines(till)["token"].ok


def test_t41_a_consent_that_was_taken_back_is_for_a_person(consent: SquareBench) -> None:
    tea = consent.add("tea", 10)
    consent.channel.read([tea])
    consent.simulator.state.revoked += consent.simulator.state.access
    with pytest.raises(NeedsPerson, match="access token"):
        consent.channel.read([tea])
    assert len(consent.asked("token")) == 1


def test_no_key_is_written_down(consent: SquareBench) -> None:
    tea = consent.add("tea", 10)
    consent.push({tea: 7})
    everything = json.dumps([[each.url, each.sent, each.received] for each in consent.records])
    for secret in ("sq0csp-sandbox-secret", "square-refresh-0", *consent.simulator.state.access):
        assert secret not in everything


def test_its_keys_have_no_known_end(till: SquareBench) -> None:
    assert till.channel.key_life() is None


# What is on sale


def test_everything_is_listed_at_each_place_that_sells_it(till: SquareBench) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", 5)
    till.simulator.variation(till.wire(cup)).absent = [HONSHA]
    found = {each.listing: each for page in till.channel.catalogue() for each in page}
    assert found.keys() == {tea, listing_key("VAR-tea", HONSHA), cup}
    assert (found[tea].codes, found[tea].trap) == (("tea",), None)


def test_t39_two_of_one_code_are_both_listed_and_a_deleted_one_is_not(till: SquareBench) -> None:
    """The code is compared as it is written; which is meant is for the mapping to ask."""
    till.add("tea", 10), till.add("TEA", 10), till.add("other", 10), till.add("gone", 10)
    till.simulator.variation(("VAR-other", SHIBUYA)).sku = "tea"
    till.simulator.delete_variation(("VAR-gone", SHIBUYA))
    codes = [each.codes for page in till.channel.catalogue() for each in page if each.listing.id.endswith(SHIBUYA)]
    assert sorted(codes) == [("TEA",), ("tea",), ("tea",)]


def test_what_no_place_of_ours_sells_is_listed_with_its_reason(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.simulator.variation(till.wire(tea)).absent = [SHIBUYA, HONSHA]
    [[found]] = [page for page in till.channel.catalogue() if page]
    assert (found.listing, found.trap is not None) == (tea, True)


def test_a_thing_without_a_code_has_none(till: SquareBench) -> None:
    till.add("tea", 10)
    till.simulator.variation(("VAR-tea", SHIBUYA)).sku = ""
    [page] = till.channel.catalogue()
    assert {each.codes for each in page} == {()}


@pytest.mark.parametrize(("member", "value"), [("tracked", False), ("stockable", False), ("unit", "UNIT-GRAM")])
def test_what_would_sell_whatever_is_sent_is_listed_with_its_reason(till: SquareBench, member: str, value: Any) -> None:
    tea = till.add("tea", 10)
    setattr(till.simulator.variation(till.wire(tea)), member, value)
    [page] = till.channel.catalogue()
    assert all(each.trap is not None for each in page)


def test_the_catalogue_comes_in_pages(till: SquareBench) -> None:
    till.simulator.switches.page = 2
    for number in range(5):
        till.add(f"tea-{number}", 1)
    assert sum(len(page) for page in till.channel.catalogue()) == 2 * 5


# bridge check


def test_all_is_well(till: SquareBench) -> None:
    till.add("tea", 10)
    found = lines(till)
    assert [name for name, check in found.items() if not check.ok] == []
    assert found.keys() == {
        "token", "version", f"location {SHIBUYA}", f"location {HONSHA}", "ITEMS_READ", "INVENTORY_READ",
        "INVENTORY_WRITE", "variations", "other apps",
    }  # fmt: skip
    assert till.simulator.write_count == 0


@pytest.mark.parametrize("right", ["ITEMS_READ", "INVENTORY_READ", "INVENTORY_WRITE", "MERCHANT_PROFILE_READ"])
def test_each_right_is_tried_by_itself(till: SquareBench, right: str) -> None:
    till.simulator._api.rights -= {right}  # type: ignore[attr-defined]
    found = lines(till)
    told = f"location {SHIBUYA}" if right == "MERCHANT_PROFILE_READ" else right
    assert not found[told].ok
    assert found["token"].ok


def test_a_place_that_is_inactive_or_anothers_is_told(till: SquareBench) -> None:
    till.simulator.state.places[HONSHA].status = "INACTIVE"
    assert not lines(till)[f"location {HONSHA}"].ok
    till.connect(shop="MLANOTHER", places={SHIBUYA: ("渋谷店",), "LNOBODY": ("本社倉庫",)})
    found = lines(till)
    assert not found[f"location {SHIBUYA}"].ok
    assert "MLSANDBOX1" in found[f"location {SHIBUYA}"].hint.en
    assert not found["location LNOBODY"].ok


def test_t43_a_second_master_of_the_same_stock_is_told(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.push({tea: 7})
    till.sell(tea, 1)
    assert lines(till)["other apps"].hint.en == "It works."
    till.simulator.written_by_another_app(till.wire(tea), 1, "sq0idp-plugin")
    told = lines(till)["other apps"]
    assert told.ok
    assert "EXTERNAL_API" in told.hint.en


def test_t27_what_is_not_kept_in_step_is_told(till: SquareBench) -> None:
    till.add("tea", 10, tracked=False)
    till.add("cup", 10, ELSEWHERE)
    told = lines(till)["variations"]
    assert told.ok
    assert "tea" in told.hint.en


# Webhooks


def signed(body: bytes, address: str = WEBHOOK[0], key: str = WEBHOOK[1]) -> dict[str, str]:
    digest = hmac.new(key.encode(), address.encode() + body, sha256).digest()
    return {"x-square-hmacsha256-signature": b64encode(digest).decode()}


def listening(till: SquareBench) -> Any:
    return till.connect(webhook_url=WEBHOOK[0], webhook_key=Secret(WEBHOOK[1])).webhooks


def test_a_signed_webhook_is_understood(till: SquareBench) -> None:
    body = json.dumps(BODY).encode()
    notice = listening(till).understand(signed(body), body)
    assert (notice.event, notice.topic, notice.order) == ("5f1d", "inventory.count.updated", "")
    assert notice.at.isoformat() == "2026-11-23T01:00:07+00:00"


def test_t37_a_copy_of_a_webhook_is_known_by_its_event(till: SquareBench) -> None:
    body = json.dumps(BODY).encode()
    one, other = (listening(till).understand(signed(body), body) for _ in range(2))
    assert (one.event, one.digest) == (other.event, other.digest)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-square-hmacsha256-signature": "not base64!"},
        signed(b"another body"),
        signed(json.dumps(BODY).encode(), WEBHOOK[0] + "/"),
        signed(json.dumps(BODY).encode(), WEBHOOK[0].replace("https", "http")),
        signed(json.dumps(BODY).encode(), key="key of the sandbox"),
        {"x-square-signature": signed(json.dumps(BODY).encode())["x-square-hmacsha256-signature"]},
    ],
)
def test_t38_one_that_is_not_signed_for_this_address_and_key_is_forged(
    till: SquareBench, headers: dict[str, str]
) -> None:
    with pytest.raises(Forged):
        listening(till).understand(headers, json.dumps(BODY).encode())


def test_one_of_another_merchant_is_not_for_us(till: SquareBench) -> None:
    body = json.dumps(BODY | {"merchant_id": "MLANOTHER"}).encode()
    with pytest.raises(NotForUs):
        listening(till).understand(signed(body), body)


@pytest.mark.parametrize(
    "odd", [{"event_id": 7}, {"created_at": "yesterday"}, {"created_at": "2026-11-23"}, {"type": []}]
)
def test_what_is_odd_in_a_signed_one_still_wakes(till: SquareBench, odd: dict[str, Any]) -> None:
    body = json.dumps(BODY | odd).encode()
    notice = listening(till).understand(signed(body), body)
    assert notice.event
    assert notice.at.tzinfo is not None


def test_without_a_key_there_are_none(till: SquareBench) -> None:
    assert till.channel.webhooks is None


def test_a_person_registers_them(till: SquareBench) -> None:
    listening(till).subscribe("https://bridge.example/webhooks/square")
    assert till.records == []
