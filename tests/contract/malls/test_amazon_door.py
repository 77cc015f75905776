"""Tokens, roles, limits, errors and maintenance (amazon.md §2, §3)."""

from __future__ import annotations

import pytest

from tests.contract.malls.clients import JAPAN, AmazonClient


def code(answer: object) -> str:
    told: str = answer.json()["errors"][0]["code"]  # type: ignore[attr-defined]
    return told


def test_a_refresh_token_gives_a_token_of_an_hour(amazon: AmazonClient) -> None:
    body = amazon.token().json()
    assert (body["token_type"], body["expires_in"], body["refresh_token"]) == ("bearer", 3600, "Atzr|sandbox")
    assert body["access_token"] != amazon.headers["x-amz-access-token"]
    assert amazon.search().status_code == 200  # the older one lives on


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"refresh_token": "Atzr|other"}, 400, "invalid_grant"),
        ({"client_secret": "other"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"refresh_token": ""}, 400, "invalid_request"),
    ],
)
def test_errors_of_the_token_server_have_their_own_shape(
    amazon: AmazonClient, change: dict[str, str], status: int, error: str
) -> None:
    answer = amazon.token(**change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert "errors" not in answer.json()


def test_a_token_is_missing_wrong_or_over(amazon: AmazonClient) -> None:
    told = []
    for headers in ({}, {"x-amz-access-token": "Atza|other"}, amazon.headers):
        amazon.clock.sleep(1800 if headers else 0)
        answer = amazon.http.get("/orders/2026-01-01/orders", headers=headers)
        assert (answer.status_code, code(answer)) == (403, "Unauthorized")
        told.append(answer.json()["errors"][0]["details"])
    assert told == [
        "Access token is missing in the request header.",
        "The access token you provided is revoked, malformed or invalid.",
        "The access token you provided has expired.",
    ]
    amazon.mall.switches.expired_status = 401
    assert amazon.search().status_code == 401


def test_the_role_may_be_missing(amazon: AmazonClient) -> None:
    amazon.mall.switches.access_denied = {"searchOrders"}
    answer = amazon.search()
    assert (answer.status_code, code(answer)) == (403, "AccessDenied")
    assert answer.headers["x-amzn-RequestId"]
    assert "x-amzn-RateLimit-Limit" not in answer.headers


def test_a_path_that_is_not_there_is_403(amazon: AmazonClient) -> None:
    assert amazon.get("/orders/2026-01-01/orderz").status_code == 403


def test_another_sellers_listings_are_403(amazon: AmazonClient) -> None:
    answer = amazon.get("/listings/2021-08-01/items/ASOMEBODY", marketplaceIds=JAPAN)
    assert (answer.status_code, code(answer)) == (403, "AccessDenied")


def test_every_operation_has_a_bucket_of_its_own(amazon: AmazonClient) -> None:
    answers = [amazon.search() for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert code(answers[20]) == "QuotaExceeded"
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.0056"
    assert "x-amzn-RateLimit-Limit" not in answers[20].headers
    assert amazon.get("/sellers/v1/marketplaceParticipations").status_code == 200
    amazon.clock.sleep(178)
    assert amazon.search().status_code == 429
    amazon.clock.sleep(1)
    assert amazon.search().status_code == 200


def test_a_seller_may_have_another_rate(amazon: AmazonClient) -> None:
    amazon.mall.switches.order_search_rate = 0.5
    for _ in range(20):
        amazon.search()
    amazon.clock.sleep(2)
    answer = amazon.search()
    assert (answer.status_code, answer.headers["x-amzn-RateLimit-Limit"]) == (200, "0.5")


def test_maintenance_is_a_page_of_html(amazon: AmazonClient) -> None:
    amazon.mall.switches.maintenance = {"orders"}
    answer = amazon.search()
    assert (answer.status_code, answer.text[:6]) == (503, "<html>")
    assert amazon.get("/sellers/v1/marketplaceParticipations").status_code == 200


def test_a_success_may_hold_an_error(amazon: AmazonClient) -> None:
    amazon.mall.switches.error_in_success = {"getMarketplaceParticipations"}
    answer = amazon.get("/sellers/v1/marketplaceParticipations")  # its model has `errors` as a member
    assert (answer.status_code, code(answer)) == (200, "InternalFailure")
