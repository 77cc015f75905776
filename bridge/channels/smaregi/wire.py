"""Requests to Smaregi's Platform API: how they are signed, what is kept of an answer, what its errors mean (pos.md §1.1
to §1.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bridge.channel_settings import Smaregi
from bridge.channels.answers import senseless, whole
from bridge.channels.http import FORM, Answer, KeyRefused, MallHttp, Operation, Seams, raise_if_busy
from bridge.channels.redaction import Redactor, only
from bridge.channels.smaregi import facts
from bridge.channels.smaregi.ids import Pair
from bridge.channels.tokens import Fixed, InHeader, Renewing, Token, basic
from bridge.clock import JST
from bridge.errors import Hint, NeedsKey, NeedsPerson, Refused
from bridge.limits import TokenBucket

MALL = "スマレジ"
READS, WRITES = "reads", "writes"

KEPT = frozenset(
    {
        "title", "detail", "status",
        "storeId", "storeName", "division", "pauseFlag",
        "productId", "productCode", "supplierProductNo", "stockControlDivision", "salesDivision",
        "stockAmount", "updDateTime", "stockHistory", "id", "memo", "amount", "stockDivision",
        "transactionHeadId", "transactionDateTime", "transactionHeadDivision", "cancelDivision", "disposeDivision",
        "returnSales", "details", "transactionDetailId", "transactionDetailDivision", "quantity", "productDivision",
    }
)  # fmt: skip
"""The only members of an answer that live on: nothing of a customer, of money or of staff."""

STOCK = Operation("stock", "GET", "/stock", READS)
PRODUCTS = Operation("products", "GET", "/products", READS)
STORES = Operation("stores", "GET", "/stores", READS)
TRANSACTIONS = Operation("transactions", "GET", "/transactions", READS)
ONE_PRODUCT = "product"  # the one read whose answer is no list
TOKEN = Operation("token", "POST", "", READS, media=FORM)


class SmaregiRefused(Refused):
    """Smaregi understood the request and will not carry it out."""

    def __init__(self, hint: Hint, status: int) -> None:
        super().__init__(hint)
        self.status = status


def changes(pair: Pair) -> Operation:
    """The history of one product in one store."""
    product, store = pair
    return Operation("stock.changes", "GET", f"/stock/changes/{product}/{store}", READS)


class Api:
    """The door to one contract."""

    def __init__(self, settings: Smaregi, seams: Seams) -> None:
        known = basic(settings.client_id, settings.client_secret.reveal())
        self._redactor = Redactor([settings.client_secret.reveal(), known])
        self._clock = seams.clock
        buckets = {
            READS: TokenBucket(seams.clock, facts.READS_PER_SECOND, facts.READS_PER_SECOND),
            WRITES: TokenBucket(seams.clock, facts.WRITES_PER_SECOND, facts.WRITES_PER_SECOND),
        }
        self._tokens = MallHttp(
            MALL, f"{settings.login_url}/app/{settings.shop}/token", seams, buckets, _judge_token,
            Fixed({"Authorization": f"Basic {known}"}), self._redactor,
        )  # fmt: skip
        auth = InHeader("Authorization", Renewing(seams.clock, facts.TOKEN_RENEWED_EARLY, self._token), "Bearer ")
        self._http = MallHttp(
            MALL, f"{settings.base_url}/{settings.shop}/pos", seams, buckets, _judge, auth, self._redactor,
            lambda body: only(body, KEPT),
        )  # fmt: skip
        self.call = self._http.call

    def pages(self, operation: Operation, size: int, **query: str) -> Iterator[list[Any]]:
        """Page after page of a list."""
        for page in range(1, facts.MOST_PAGES + 1):
            answer = self.call(operation, query={**query, "limit": str(size), "page": str(page)})
            yield answer.json
            if not _goes_on(answer, size):
                return
        raise ValueError("a list without an end")

    def number(self, pair: Pair) -> int | None:
        """What one pair has now; None where it was never counted (T1)."""
        product, store = pair
        rows = self.call(STOCK, query={"store_id": store, "product_id": product}).json
        mine = [row for row in rows if (str(row["productId"]), str(row["storeId"])) == pair]
        return whole(mine[0]["stockAmount"]) if mine else None

    def close(self) -> None:
        self._tokens.close()
        self._http.close()

    def _token(self) -> Token:
        """Raises TryAgain, NeedsPerson."""
        asked = self._clock.monotonic()
        answer = self._tokens.call(TOKEN, {"grant_type": "client_credentials", "scope": " ".join(facts.SCOPES)})
        value = str(answer.json["access_token"])
        self._redactor.learn(value)
        return Token(value, asked + float(answer.json["expires_in"]))


def time_text(at: datetime) -> str:
    """In Japan, to the second, in the one form that is taken (§1.2)."""
    return f"{at.astimezone(JST):%Y-%m-%dT%H:%M:%S}+09:00"


def time_of(text: object) -> datetime:
    """Raises TypeError, ValueError."""
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is no time")
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=JST)


def _goes_on(answer: Answer, size: int) -> bool:
    link = answer.headers.get("link")
    return len(answer.json) >= size if link is None else 'rel="next"' in link


def _judge_token(_operation: Operation, answer: Answer) -> None:
    raise_if_busy(MALL, answer)
    body = answer.json if isinstance(answer.json, dict) else {}
    if answer.status == 200 and isinstance(body.get("access_token"), str) and "expires_in" in body:
        return
    if not body:
        raise senseless(MALL, f"HTTP {answer.status}")
    said = " ".join(str(body[name]) for name in ("error", "error_description", "title", "detail") if body.get(name))
    raise NeedsKey(_bad_client(said or str(answer.status)))


def _judge(operation: Operation, answer: Answer) -> None:
    """Return where `answer` is a success, else raise what has to happen next."""
    expected = dict if operation.writes or operation.name == ONE_PRODUCT else list
    if 200 <= answer.status < 300:
        if not isinstance(answer.json, expected):
            raise senseless(MALL, operation.name, ambiguous=True)
        return
    raise_if_busy(MALL, answer)
    body: Mapping[str, Any] = answer.json if isinstance(answer.json, dict) else {}
    said = str(body.get("detail") or body.get("title") or "")
    if answer.status == 401 and body:
        raise KeyRefused(_bad_client(said))
    if answer.status == 403 and body:
        raise NeedsPerson(_no_right(operation.name, said))
    if not body:
        raise senseless(MALL, f"HTTP {answer.status}", ambiguous=True)
    hint = Hint(f"スマレジが「{operation.name}」を断りました: {said}", f"Smaregi refused {operation.name}: {said}")
    raise SmaregiRefused(hint, answer.status)


def _bad_client(said: str) -> Hint:
    return Hint(
        f"スマレジがアプリの鍵を受け付けません（{said}）。スマレジ・デベロッパーズで、クライアントIDとシークレット、アプリの"
        "契約とスコープを確かめてください。",
        f"Smaregi doesn't accept the app's key ({said}). Look at Smaregi Developers: client id and secret, the contract"
        " that the app is in use for, and its scopes.",
    )


def _no_right(name: str, said: str) -> Hint:
    return Hint(
        f"スマレジがアプリに「{name}」を許していません（{said}）。アプリのスコープと契約のプランを確かめてください。"
        "在庫変動履歴のないプランでは、設定の movement_source を transactions にしてください。",
        f"Smaregi doesn't allow the app {name} ({said}). Look at its scopes and the contract's plan. On a plan without"
        " the history of stock changes, set movement_source to transactions.",
    )
