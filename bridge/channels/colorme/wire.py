"""Requests to Color Me's API: how they are signed, what is kept of an answer, what its errors mean (§3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.channel_settings import ColorMe
from bridge.channels.answers import senseless, whole
from bridge.channels.colorme import facts
from bridge.channels.http import Answer, KeyRefused, MallHttp, Operation, Seams, raise_if_busy
from bridge.channels.redaction import Redactor, only
from bridge.channels.tokens import Fixed
from bridge.errors import Hint, NeedsPerson, Refused
from bridge.limits import TokenBucket

MALL, BUCKET = "Color Me", "calls"
PUSH_ATTEMPTS, PUSH_SECONDS = 3, 45.0  # what was decided on is old soon; a look after a lost answer waits ten seconds

KEPT = frozenset(
    {
        "errors", "code", "message", "status", "field",
        "meta", "total", "limit", "offset",
        "sales", "sale", "id", "make_date", "update_date", "delivered", "canceled",
        "details", "product_id", "sale_delivery_id", "option1_value", "option2_value", "option1_index",
        "product_model_number", "product_num",
        "sale_deliveries",
        "products", "product", "model_number", "stock_managed", "stocks", "variants", "variant",
    }
)  # fmt: skip
"""The only members of an answer that live on. What isn't named here (buyer, address, payment, notes) is dropped before
anything sees it."""

SALES = Operation("sales", "GET", "/sales", BUCKET)
PRODUCTS = Operation("products", "GET", "/products", BUCKET)
EXPECTED: Mapping[str, type] = {"sales": list, "products": list, "product": dict, "variant": dict}
"""What a success always has, by the name of the operation and of the member."""


class ColorMeRefused(Refused):
    """The shop understood the request and will not carry it out. `codes`: of its errors."""

    def __init__(self, hint: Hint, status: int, codes: frozenset[int]) -> None:
        super().__init__(hint)
        self.status, self.codes = status, codes


def connect(settings: ColorMe, seams: Seams) -> MallHttp:
    """The door to one shop."""
    token = settings.access_token.reveal()
    buckets = {BUCKET: TokenBucket(seams.clock, facts.CALLS_PER_SECOND, facts.CALLS_HELD)}
    return MallHttp(
        MALL, settings.base_url, seams, buckets, judge, Fixed({"Authorization": f"Bearer {token}"}), Redactor([token]),
        lambda body: only(body, KEPT),
    )  # fmt: skip


def pages(http: MallHttp, operation: Operation, size: int, **query: str) -> Iterator[tuple[list[Any], int]]:
    """Page after page of a list, and how many rows the shop counts in all. T7: on by as many rows as there came."""
    offset = 0
    for _ in range(facts.MOST_PAGES):
        answer = http.call(operation, query={**query, "limit": str(size), "offset": str(offset)}).json
        rows, total = answer[operation.name], whole(answer["meta"]["total"])
        yield rows, total
        offset += len(rows)
        if not rows or offset >= total:
            return
    raise ValueError("a list without an end")


def judge(operation: Operation, answer: Answer) -> None:
    """Return where `answer` is a success, else raise what has to happen next."""
    body = answer.json if isinstance(answer.json, dict) else {}
    errors = [each for each in body.get("errors") or [] if isinstance(each, dict)]
    if 200 <= answer.status < 300:
        if errors or not isinstance(body.get(operation.name), EXPECTED[operation.name]):
            raise senseless(MALL, operation.name, ambiguous=True)
        return
    codes = frozenset(each["code"] for each in errors if isinstance(each.get("code"), int))
    said = "; ".join(f"{each.get('code')} {each.get('message')}" for each in errors)
    if answer.status == 401 and errors:
        if facts.NO_PLAN in codes:
            raise NeedsPerson(_NO_PLAN)
        raise KeyRefused(_bad_token(said))
    raise_if_busy(MALL, answer)
    if not errors:
        raise senseless(MALL, f"HTTP {answer.status}", ambiguous=True)
    hint = Hint(f"カラーミーが「{operation.name}」を断りました: {said}", f"Color Me refused {operation.name}: {said}")
    raise ColorMeRefused(hint, answer.status, codes)


def _bad_token(said: str) -> Hint:
    return Hint(
        f"カラーミーがアクセストークンを受け付けません ({said})。管理画面の API 連携を確かめ、read_products・"
        "write_products・read_sales の権限でトークンを取り直してください。",
        f"Color Me doesn't accept the access token ({said}). Look at the API page of its admin, and get a token with"
        " the scopes read_products, write_products and read_sales.",
    )


_NO_PLAN = Hint(
    "カラーミーのこの店のプランでは API を使えません。プランを確かめてください。",
    "This shop's plan at Color Me has no API. Look at the plan.",
)
