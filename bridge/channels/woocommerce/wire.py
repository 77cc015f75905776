"""Requests to a shop's REST API: how they are addressed and signed, what is kept of an answer, what errors mean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bridge.channel_settings import WooCommerce
from bridge.channels.answers import senseless
from bridge.channels.http import Answer, KeyRefused, MallHttp, Operation, Reading, Seams, raise_if_busy
from bridge.channels.redaction import Redactor
from bridge.channels.tokens import Fixed, basic
from bridge.channels.woocommerce import facts
from bridge.errors import Hint, NeedsPerson, Refused, TryAgain
from bridge.limits import TokenBucket

MALL, BUCKET = "WooCommerce", "calls"
ROOT = "/wp-json/wc/v3"
PUSH_ATTEMPTS, PUSH_SECONDS = 3, 30.0  # what was decided on is old soon: the whole push may take only a short while

KEPT = frozenset(
    {
        "code", "message", "data", "status", "params", "update", "error",
        "id", "type", "parent_id", "sku", "manage_stock", "stock_quantity", "backorders", "variations",
        "date_created_gmt", "date_modified_gmt", "date_completed_gmt",
        "line_items", "product_id", "variation_id", "quantity", "refunds",
        "topic", "delivery_url",
    }
)  # fmt: skip
"""The only members of an answer that live on. What isn't named here (buyer, address, payment, notes) is dropped before
anything sees it; of the free `meta_data` two marks are kept."""

MARKS = frozenset({facts.REDUCED, facts.REFUNDED_LINE})


class WooRefused(Refused):
    """The shop understood the request and will not carry it out. `params`: what is wrong in it, by parameter.
    gone: what was asked for isn't there"""

    def __init__(self, hint: Hint, code: str, params: Mapping[str, str], *, gone: bool) -> None:
        super().__init__(hint)
        self.code, self.params, self.gone = code, params, gone


class Rest:
    """The calls of one shop."""

    def __init__(self, settings: WooCommerce, seams: Seams) -> None:
        self._clock = seams.clock
        self._plain = settings.permalinks == "plain"
        key, secret = settings.consumer_key.reveal(), settings.consumer_secret.reveal()
        self._keys = {"consumer_key": key, "consumer_secret": secret} if settings.keys_in == "query" else {}
        token = basic(key, secret)
        hook = [settings.webhook_secret.reveal()] if settings.webhook_secret else []
        self._http = MallHttp(
            MALL,
            settings.site,
            seams,
            {BUCKET: TokenBucket(seams.clock, facts.CALLS_PER_SECOND, facts.CALLS_HELD)},
            judge,
            None if self._keys else Fixed({"Authorization": f"Basic {token}"}),
            Redactor([key, secret, token, *hook]),
            cleansed,
            READ_NOISY,
        )

    def get(self, name: str, path: str, **query: object) -> Answer:
        """`name`: what is asked for, as logs tell it. Raises TryAgain, NeedsPerson, WooRefused."""
        changing = {"_": str(int(self._clock.now().timestamp() * 1000))}  # T8: no cache knows this address
        return self._call(Operation(name, "GET", path, BUCKET), None, {**_texts(query), **changing})

    def pages(self, name: str, path: str, size: int, **query: object) -> Iterator[tuple[list[Any], int | None]]:
        """Page after page of a list: its rows, and how many rows the shop counts in all, where it says so."""
        for page in range(1, facts.MOST_PAGES + 1):
            answer = self.get(name, path, per_page=size, page=page, **query)
            total = _count(answer.headers.get("x-wp-total"))
            yield answer.json, total
            if len(answer.json) < size if total is None else page * size >= total:
                return
        raise ValueError("a list without an end")

    def write(self, name: str, path: str, body: Mapping[str, Any], method: str = "POST") -> Answer:
        """Raises TryAgain (also where the answer was lost), NeedsPerson, WooRefused."""
        operation = Operation(
            name, method, path, BUCKET,
            writes=True, repeatable=False, attempts=PUSH_ATTEMPTS, seconds=PUSH_SECONDS,
        )  # fmt: skip
        return self._call(operation, body, {})

    def try_write(self, name: str, path: str) -> None:
        """A write of nothing, for `check`: may the key write?"""
        self._call(Operation(name, "POST", path, BUCKET), {"update": []}, {})

    def close(self) -> None:
        self._http.close()

    def _call(self, operation: Operation, body: Any, query: Mapping[str, str]) -> Answer:
        given = {**query, **self._keys}
        if self._plain:
            given["rest_route"] = f"/wc/v3{operation.path}"
        path = "/" if self._plain else ROOT + operation.path
        return self._http.call(replace(operation, path=path), body, query=given)


def cleansed(body: Any) -> Any:
    """What is named in KEPT, at every depth, and two marks."""
    if isinstance(body, list):
        return [cleansed(part) for part in body]
    if not isinstance(body, dict):
        return body
    kept = {name: cleansed(part) for name, part in body.items() if name in KEPT}
    if isinstance(marks := body.get("meta_data"), list):
        found = [each for each in marks if isinstance(each, dict) and each.get("key") in MARKS]
        kept["marks"] = {str(each["key"]): each.get("value") for each in found}
    return kept


def _noisy(text: str) -> Any:
    """T11: PHP may print warnings before the JSON. Raises ValueError where none of it is JSON to the end: of
    one that is cut off no part is taken for the whole."""
    decoder = json.JSONDecoder()
    for start in re.finditer(r"[\[{]", text):
        try:
            value, end = decoder.raw_decode(text, start.start())
        except json.JSONDecodeError as error:
            if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
                raise
            continue
        if not text[end:].strip():
            return value
    raise ValueError("no JSON")


READ_NOISY = Reading("JSON", _noisy, ("{", "[", "<"))


def judge(operation: Operation, answer: Answer) -> None:
    """Return where `answer` is a success, else raise what has to happen next."""
    body = answer.json if isinstance(answer.json, dict) else {}
    code, said = str(body.get("code", "")), str(body.get("message", ""))
    if 200 <= answer.status < 300:
        wanted = list if operation.method == "GET" and operation.name in LISTS else dict
        if not isinstance(answer.json, wanted) or code:
            raise senseless(MALL, operation.name, ambiguous=True)
        return
    if answer.status == 401 and code:
        raise KeyRefused(_bad_key(said))
    if answer.status == 403 and code:
        raise NeedsPerson(_forbidden(operation.name, said))
    if code == "rest_no_route":
        raise NeedsPerson(_NO_API)
    raise_if_busy(MALL, answer)
    if answer.status == 403:  # the page of a firewall or of the host, which finds us too busy
        hint = Hint(
            "WooCommerce のサーバーが呼び出しを拒みました (403)。待ってから自動で続けます。",
            "The host of the WooCommerce shop turned us away (403); going on by itself after a while.",
        )
        raise TryAgain(hint, answer.retry_after)
    if not code:
        raise senseless(MALL, f"HTTP {answer.status}", ambiguous=True)
    params = (body.get("data") or {}).get("params")
    hint = Hint(
        f"WooCommerce が「{operation.name}」を断りました: {code} {said}",
        f"WooCommerce refused {operation.name}: {code} {said}",
    )
    raise WooRefused(hint, code, params if isinstance(params, dict) else {}, gone=answer.status == 404)


LISTS = frozenset({"orders", "orders.refunds", "products", "products.variations", "webhooks"})
"""What answers with a list."""


def _bad_key(said: str) -> Hint:
    return Hint(
        f"WooCommerce が鍵を受け付けません ({said})。管理画面の WooCommerce → 設定 → 高度な設定 → REST API で、"
        "「読み込み/書き込み」の鍵を作り直してください。鍵が正しければ keys_in を query にしてみてください。",
        f"WooCommerce doesn't accept the key ({said}). Make one with read/write in WooCommerce → Settings → Advanced →"
        " REST API. If the key is right, try keys_in = query.",
    )


def _forbidden(name: str, said: str) -> Hint:
    return Hint(
        f"WooCommerce がこの鍵の利用者に「{name}」を許しません ({said})。店舗管理者の権限で鍵を作ってください。",
        f"WooCommerce forbids {name} to this key's user ({said}). Make the key as a shop manager.",
    )


_NO_API = Hint(
    "この URL に WooCommerce の API がありません。site と permalinks、WooCommerce が有効かを確かめてください。",
    "There is no WooCommerce API at this address. Look at site and permalinks, and whether WooCommerce is active.",
)


def _texts(query: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in query.items()}


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
