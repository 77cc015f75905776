"""The Square simulator against its specification (pos.md, Part 2 and §3.1)."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest

from bridge.sandbox.malls.square import Square
from bridge.sandbox.malls.square.shop import FIRST_PLACE
from tests.support.square_models import Judged
from tests.support.virtual_clock import VirtualClock
from tests.support.wsgi_transport import WsgiTransport

SECOND_PLACE = "LSANDBOX2"
TEA, CUP, POT = (("VAR-TEA", FIRST_PLACE), ("VAR-CUP", FIRST_PLACE), ("VAR-POT", FIRST_PLACE))
NEW, OLD = "2026-07-15", "2025-08-20"


class Client:
    def __init__(self, shop: Square, token: str = "", version: str = NEW) -> None:
        self.shop = shop
        self.http = httpx.Client(
            base_url="https://square.test",
            headers={"Authorization": f"Bearer {token or shop.token}", "Square-Version": version},
            transport=WsgiTransport(app=Judged(shop)),
        )

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.http.post(f"/v2/{path}", json=body)

    def counts(self, **asked: Any) -> dict[str, str]:
        found = self.post("inventory/counts/batch-retrieve", asked).json()
        return {each["catalog_object_id"]: each["quantity"] for each in found.get("counts", [])}

    def changes(self, **asked: Any) -> list[dict[str, Any]]:
        found = self.post("inventory/changes/batch-retrieve", asked).json().get("changes", [])
        return [each.get("adjustment") or each["physical_count"] for each in found]

    def write(self, *changes: dict[str, Any], key: str = "key-1", **more: Any) -> httpx.Response:
        return self.post("inventory/changes/batch-create", {"idempotency_key": key, "changes": list(changes), **more})

    def adjustment(self, listing: tuple[str, str], units: str, states: str = "IN_STOCK SOLD", **more: Any) -> Any:
        before, after = states.split()
        given = {
            "catalog_object_id": listing[0], "from_state": before, "to_state": after, "quantity": units,
            "from_location_id": listing[1], "to_location_id": listing[1], "occurred_at": self.at(),
        }  # fmt: skip
        return {"type": "ADJUSTMENT", "adjustment": given | more}

    def count(self, listing: tuple[str, str], quantity: str, **more: Any) -> dict[str, Any]:
        given = {
            "catalog_object_id": listing[0], "state": "IN_STOCK", "quantity": quantity, "location_id": listing[1],
            "occurred_at": self.at(),
        }  # fmt: skip
        return {"type": "PHYSICAL_COUNT", "physical_count": given | more}

    def at(self, ago: float = 0.0) -> str:
        return (self.shop.clock.now() - timedelta(seconds=ago)).isoformat()


@pytest.fixture
def shop() -> Square:
    shop = Square(VirtualClock())
    shop.add_product(TEA, "tea", 10)
    shop.add_product(CUP, "cup", 5)
    shop.add_product(POT, "pot", None)
    shop.clock.sleep(60)
    return shop


@pytest.fixture
def client(shop: Square) -> Client:
    return Client(shop)


def codes(response: httpx.Response) -> list[str]:
    return [error["code"] for error in response.json()["errors"]]


# The door


def test_without_its_token_nothing_is_shown(shop: Square) -> None:
    assert codes(Client(shop, "x").http.get("/v2/locations")) == ["UNAUTHORIZED"]
    shop.state.revoked.append(shop.token)
    assert codes(Client(shop).http.get("/v2/locations")) == ["ACCESS_TOKEN_REVOKED"]


def test_a_consent_lives_thirty_days_and_its_refresh_token_on(shop: Square, client: Client) -> None:
    asked = {"client_id": shop.client_id, "client_secret": shop.client_secret}
    code = asked | {"grant_type": "authorization_code", "code": shop.consent()}
    first = client.http.post("/oauth2/token", json=code).json()
    assert client.http.post("/oauth2/token", json=code).status_code == 401  # a code is good once
    other = Client(shop, first["access_token"])
    assert other.http.get("/v2/locations").status_code == 200
    shop.clock.sleep(31 * 86_400)
    assert codes(other.http.get("/v2/locations")) == ["ACCESS_TOKEN_EXPIRED"]
    again = asked | {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = client.http.post("/oauth2/token", json=again).json()
    assert second["refresh_token"] == first["refresh_token"]
    assert Client(shop, second["access_token"]).http.get("/v2/locations").status_code == 200


def test_a_version_that_there_is_not_is_refused_and_the_answer_repeats_it(shop: Square, client: Client) -> None:
    assert client.http.get("/v2/locations").headers["Square-Version"] == NEW
    for version in ("2026-7-15", "1999-01-01"):
        assert Client(shop, version=version).http.get("/v2/locations").status_code == 400


def test_a_right_that_was_not_given(shop: Square, client: Client) -> None:
    shop._api.rights -= {"INVENTORY_READ"}  # type: ignore[attr-defined]
    assert codes(client.post("inventory/counts/batch-retrieve", {})) == ["INSUFFICIENT_SCOPES"]


def test_too_many_calls(shop: Square, client: Client) -> None:
    assert [client.http.get("/v2/locations").status_code for _ in range(11)] == [200] * 10 + [429]
    shop.clock.sleep(1)
    assert client.http.get("/v2/locations").status_code == 200


# Counts and changes


def test_a_thing_that_never_moved_has_no_row(client: Client) -> None:
    assert client.counts() == {"VAR-TEA": "10", "VAR-CUP": "5"}


def test_a_count_is_the_latest_count_and_what_is_dated_after_it(shop: Square, client: Client) -> None:
    """Square's own example: a sale from before a count, that arrives after it."""
    sold_at = shop.clock.now()
    shop.clock.sleep(600)
    shop.recount(TEA, 95)
    shop.clock.sleep(300)
    shop.place([(TEA, 2)], till_at=sold_at)
    assert client.counts()["VAR-TEA"] == "95"
    shop.place([(TEA, 1)])
    assert client.counts()["VAR-TEA"] == "94"


def test_the_oldest_by_the_tills_clock_stands_first_though_the_filter_is_by_ours(shop: Square, client: Client) -> None:
    began = client.at()
    shop.clock.sleep(60)
    shop.place([(TEA, 1)])
    shop.place([(TEA, 2)], till_at=shop.clock.now() - timedelta(hours=70))
    found = client.changes(updated_after=began)
    assert [each["quantity"] for each in found] == ["2", "1"]
    assert datetime.fromisoformat(found[0]["occurred_at"]) < datetime.fromisoformat(began)


def test_a_recount_leaves_a_count_and_an_adjustment(shop: Square, client: Client) -> None:
    shop.recount(TEA, 7)
    adjustment, count = sorted(client.changes(updated_after=client.at())[-2:], key=lambda each: each["id"][:3])
    assert (count["quantity"], count["adjustment_id"]) == ("7", adjustment["id"])
    assert (adjustment["from_state"], adjustment["to_state"], adjustment["quantity"]) == ("IN_STOCK", "WASTE", "3")
    assert (adjustment["physical_count_id"], adjustment["reason_id"]) == (count["id"], {"type": "RECOUNT"})


def test_an_older_version_has_one_location_and_no_adjustment_of_a_count(shop: Square) -> None:
    shop.place([(TEA, 1)])
    shop.recount(TEA, 7)
    found = Client(shop, version=OLD).changes(catalog_object_ids=["VAR-TEA"])
    [sale] = [each for each in found if "from_state" in each]
    assert (sale["location_id"], "from_location_id" in sale) == (FIRST_PLACE, False)


@pytest.mark.parametrize("restock", [True, False])
def test_a_refund_with_and_without_restock(shop: Square, client: Client, restock: bool) -> None:
    sale = shop.place([(TEA, 3)])
    assert sale is not None
    shop.refund(sale, "1", 2, restock=restock)
    assert client.counts()["VAR-TEA"] == ("9" if restock else "7")
    rows = [each for each in client.changes() if each.get("refund_id")]
    assert [(each["from_state"], each["to_state"], each["transaction_id"]) for each in rows] == [
        ("SOLD", "IN_STOCK", sale)
    ][: int(restock)]


def test_a_transfer_is_one_row_with_two_locations(shop: Square, client: Client) -> None:
    shop.add_place(SECOND_PLACE, "本社倉庫")
    shop.transfer(TEA, SECOND_PLACE, 4)
    [row] = [each for each in client.changes() if each.get("from_location_id") != each.get("to_location_id")]
    assert (row["from_location_id"], row["to_location_id"], row["quantity"]) == (FIRST_PLACE, SECOND_PLACE, "4")
    assert shop.stock()["VAR-TEA", SECOND_PLACE] == 4


def test_counts_lag_where_they_are_told_to(shop: Square, client: Client) -> None:
    shop.switches.count_lag = 5.0
    shop.place([(TEA, 1)])
    assert client.counts()["VAR-TEA"] == "10"
    shop.clock.sleep(5)
    assert client.counts()["VAR-TEA"] == "9"


def test_what_isnt_tracked_leaves_no_row(shop: Square, client: Client) -> None:
    shop.variation(TEA).tracked_at[FIRST_PLACE] = False
    before = len(client.changes())
    shop.place([(TEA, 1)])
    assert len(client.changes()) == before
    assert "VAR-TEA" not in client.counts()


def test_a_cursor_is_good_for_its_own_question(shop: Square, client: Client) -> None:
    for _ in range(5):
        shop.place([(TEA, 1)])
    first = client.post("inventory/changes/batch-retrieve", {"limit": 2}).json()
    second = client.post("inventory/changes/batch-retrieve", {"limit": 2, "cursor": first["cursor"]}).json()
    assert first["changes"][-1] != second["changes"][0]
    other = {"limit": 3, "cursor": first["cursor"]}
    assert codes(client.post("inventory/changes/batch-retrieve", other)) == ["INVALID_CURSOR"]


def test_a_page_may_be_empty_though_the_list_goes_on(shop: Square, client: Client) -> None:
    shop.switches.empty_pages = True
    first = client.post("inventory/changes/batch-retrieve", {}).json()
    assert first.keys() == {"cursor"}
    assert client.post("inventory/changes/batch-retrieve", {"cursor": first["cursor"]}).json()["changes"]


# Writes


def test_a_write_moves_tells_and_bears_its_reference(client: Client) -> None:
    answer = client.write(client.adjustment(TEA, "3", reference_id="ref-1")).json()
    assert [each["quantity"] for each in answer["counts"]] == ["7"]
    [row] = [each["adjustment"] for each in answer["changes"]]
    assert (row["reference_id"], row["source"]["product"]) == ("ref-1", "EXTERNAL_API")
    assert client.counts()["VAR-TEA"] == "7"


def test_the_same_key_with_the_same_body_is_carried_out_once(client: Client) -> None:
    change = client.adjustment(TEA, "3")
    assert client.write(change).json() == client.write(change).json()
    assert client.counts()["VAR-TEA"] == "7"


def test_the_same_key_with_another_body_is_refused(client: Client) -> None:
    client.write(client.adjustment(TEA, "3"))
    assert codes(client.write(client.adjustment(TEA, "2"))) == ["IDEMPOTENCY_KEY_REUSED"]
    assert client.counts()["VAR-TEA"] == "7"


def test_a_refused_write_leaves_its_key_free(client: Client) -> None:
    assert codes(client.write(client.adjustment(TEA, "-3"))) == ["INVALID_VALUE"]
    assert client.write(client.adjustment(TEA, "3")).status_code == 200


@pytest.mark.parametrize(
    ("states", "units", "shown"),
    [("NONE IN_STOCK", "2", "12"), ("UNLINKED_RETURN IN_STOCK", "1", "11"), ("IN_STOCK WASTE", "4", "6")],
)
def test_the_moves_that_may_be_written(client: Client, states: str, units: str, shown: str) -> None:
    assert client.write(client.adjustment(TEA, units, states)).status_code == 200
    assert client.counts()["VAR-TEA"] == shown


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"quantity": "-1"}, "INVALID_VALUE", "quantity"),
        ({"quantity": "1.123456"}, "INVALID_VALUE", "quantity"),
        ({"to_state": "SOLD_ONLINE"}, "INVALID_VALUE", "to_state"),
        ({"catalog_object_id": "VAR-NOBODY"}, "INVALID_VALUE", "catalog_object_id"),
        ({"from_location_id": "LNOBODY", "to_location_id": "LNOBODY"}, "INVALID_VALUE", "location_id"),
        ({"to_location_id": SECOND_PLACE}, "LOCATION_MISMATCH", "to_location_id"),
        ({"to_location_id": ""}, "MISSING_REQUIRED_PARAMETER", "to_location_id"),
        ({"occurred_at": "2026-11-23T01:01:01Z"}, "INVALID_TIME", "occurred_at"),  # a second ahead
        ({"occurred_at": "2026-11-22T01:00:59Z"}, "INVALID_TIME", "occurred_at"),  # a day and a second ago
        ({"occurred_at": "yesterday"}, "INVALID_TIME", "occurred_at"),
    ],
)
def test_a_bad_row_is_refused_and_all_with_it(client: Client, more: dict[str, str], code: str, field: str) -> None:
    answer = client.write(client.adjustment(CUP, "1"), client.adjustment(TEA, "1", **more))
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (400, code)
    assert error["field"] == f"changes[1].adjustment.{field}"
    assert client.counts() == {"VAR-TEA": "10", "VAR-CUP": "5"}


def test_where_requests_are_not_atomic_the_rows_before_a_bad_one_are_carried_out(shop: Square, client: Client) -> None:
    shop.switches.atomic = False
    client.write(client.adjustment(CUP, "1"), client.adjustment(TEA, "-1"))
    assert client.counts() == {"VAR-TEA": "10", "VAR-CUP": "4"}


def test_fields_go_by_the_version(shop: Square) -> None:
    old, new = Client(shop, version=OLD), Client(shop)
    given = old.adjustment(TEA, "1")
    for name in ("from_location_id", "to_location_id"):
        del given["adjustment"][name]
    given["adjustment"]["location_id"] = FIRST_PLACE
    assert old.write(given, key="key-old").status_code == 200
    assert new.write(new.adjustment(TEA, "1"), key="key-new").status_code == 200
    bare = httpx.Client(
        base_url="https://square.test", headers=new.http.headers, transport=WsgiTransport(app=shop)
    )  # nobody judges what is wrong on purpose
    answer = bare.post("/v2/inventory/changes/batch-create", json={"idempotency_key": "k", "changes": [given]})
    assert answer.status_code == 400


def test_more_than_a_hundred_changes_are_too_many(client: Client) -> None:
    changes = [client.adjustment(TEA, "1")] * 101
    assert codes(client.write(*changes)) == ["ARRAY_LENGTH_TOO_LONG"]


def test_a_count_equal_to_the_last_count_is_dropped_unless_it_may_not_be(shop: Square, client: Client) -> None:
    """Though sales have moved the number since."""
    shop.place([(TEA, 3)])
    client.write(client.count(TEA, "10"))
    assert client.counts()["VAR-TEA"] == "7"
    client.write(client.count(TEA, "10"), key="key-2", ignore_unchanged_counts=False)
    assert client.counts()["VAR-TEA"] == "10"


def test_a_count_is_as_of_its_time(shop: Square, client: Client) -> None:
    shop.clock.sleep(60)
    shop.place([(TEA, 3)])
    client.write(client.count(TEA, "20", occurred_at=client.at(ago=30)))
    assert client.counts()["VAR-TEA"] == "17"


@pytest.mark.parametrize(("kind", "status"), [("refused", 400), ("ignored", 200)])
def test_a_write_to_what_isnt_tracked(shop: Square, client: Client, kind: Any, status: int) -> None:
    shop.switches.untracked = kind
    shop.variation(TEA).tracked = False
    assert client.write(client.adjustment(TEA, "1")).status_code == status
    shop.variation(TEA).tracked = True
    assert client.counts()["VAR-TEA"] == "10"


# Webhooks


class Listener:
    """Where webhooks are sent. `refuses`: so many are not taken."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.refuses = 0

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read()
        names = {name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name[:5] == "HTTP_"}
        self.heard.append((names, body))
        self.refuses -= 1
        start_response("500 No" if self.refuses >= 0 else "200 OK", [])
        return [b""]


@pytest.fixture
def listener(shop: Square) -> Listener:
    listener = Listener()
    shop.webhook = ("https://bridge.example/webhooks/square", "key")
    shop.courier.transport = WsgiTransport(app=listener)
    return listener


def test_a_webhook_is_signed_over_address_and_body(shop: Square, listener: Listener) -> None:
    shop.place([(TEA, 3)])
    shop.courier.step()
    [(headers, body)] = listener.heard
    message = b"https://bridge.example/webhooks/square" + body
    assert headers["x-square-hmacsha256-signature"] == b64encode(hmac.new(b"key", message, sha256).digest()).decode()
    told = json.loads(body)
    assert (told["merchant_id"], told["type"]) == (shop.merchant, "inventory.count.updated")
    [count] = told["data"]["object"]["inventory_counts"]
    assert (count["catalog_object_id"], count["quantity"]) == ("VAR-TEA", "7")


def test_our_own_writes_are_told_of_too(client: Client, listener: Listener) -> None:
    client.write(client.adjustment(TEA, "1"))
    client.shop.courier.step()
    assert len(listener.heard) == 1


def test_one_that_isnt_taken_comes_again_with_its_event(shop: Square, listener: Listener) -> None:
    listener.refuses = 2
    shop.place([(TEA, 1)])
    for _ in range(4):
        shop.courier.step()
        shop.clock.sleep(300)
    assert [headers.get("square-retry-number") for headers, _ in listener.heard] == [None, "1", "2"]
    assert len({json.loads(body)["event_id"] for _, body in listener.heard}) == 1


def test_webhooks_are_lost_and_doubled(shop: Square, listener: Listener) -> None:
    shop.switches.lost = 1.0
    shop.place([(TEA, 1)])
    shop.switches.lost, shop.switches.doubled = 0.0, 1.0
    shop.place([(CUP, 1)])
    shop.courier.step()
    assert [json.loads(body)["data"]["object"]["inventory_counts"][0]["quantity"] for _, body in listener.heard] == [
        "4",
        "4",
    ]


# The truth


def test_every_change_of_a_number_stands_in_the_history(shop: Square) -> None:
    sale = shop.place([(TEA, 3)])
    assert sale is not None
    shop.refund(sale, "1", 1, restock=True)
    shop.recount(TEA, 20)
    assert [(each.old, each.new, each.cause) for each in shop.history if each.listing == TEA] == [
        (0, 10, "opening"),
        (10, 7, "order"),
        (7, 8, "restock"),
        (8, 20, "hand"),
    ]


def test_a_shopper_gets_no_more_than_there_is(shop: Square) -> None:
    assert shop.buy(TEA, 11) is None
    assert shop.buy(TEA, 10) is not None
    assert shop.stock()[TEA] == 0


def test_it_survives_a_restart(shop: Square) -> None:
    sale = shop.place([(TEA, 3)])
    shop.recount(CUP, 4)
    Client(shop).write(Client(shop).adjustment(TEA, "1"))
    kept = json.loads(json.dumps(shop.to_json()))
    other = Square(shop.clock)
    other.load_json(kept)
    assert (other.stock(), other.to_json()) == (shop.stock(), kept)
    assert [each.id for each in other.orders()] == [sale]
