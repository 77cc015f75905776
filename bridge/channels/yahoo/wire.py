"""Requests to Yahoo: three doors of one application, what is kept of an answer, what its errors mean (yahoo.md §1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bridge.channel_settings import Yahoo
from bridge.channels.answers import senseless
from bridge.channels.http import FORM, Answer, Auth, KeyRefused, MallHttp, Operation, Seams, raise_if_busy
from bridge.channels.redaction import Redactor, only
from bridge.channels.tokens import Fixed, RefreshToken, Token, basic
from bridge.channels.yahoo import facts
from bridge.channels.yahoo.auth import HEADER, Signed, Tokens
from bridge.channels.yahoo.snapshots import CHANNEL
from bridge.channels.yahoo.xmltext import READ_XML, XML, nodes, text
from bridge.errors import Hint, NeedsKey, NeedsPerson, Refused, TryAgain
from bridge.limits import TokenBucket

MALL = "Yahoo"
CALLS, TOKENS = "calls", "tokens"  # the limiters

TOKEN = Operation("token", "POST", "/yconnect/v2/token", TOKENS, media=FORM)
GET_STOCK = Operation("getStock", "POST", "/getStock", CALLS, media=FORM)
# An absolute number may be sent twice without harm to itself, but a buyer may have come between: so a lost answer is
# looked into first, and the whole push may take only a short while.
SET_STOCK = Operation(
    "setStock", "POST", "/setStock", CALLS, writes=True, repeatable=False, attempts=3, seconds=30.0, media=FORM
)
MY_ITEM_LIST = Operation("myItemList", "GET", "/myItemList", CALLS)
GET_ITEM = Operation("getItem", "GET", "/getItem", CALLS)
ORDER_LIST = Operation("orderList", "POST", "/orderList", CALLS, media=XML)
ORDER_INFO = Operation("orderInfo", "POST", "/orderInfo", CALLS, media=XML)
ORDER_COUNT = Operation("orderCount", "GET", "/orderCount", CALLS)
ORDER_CALLS = frozenset({ORDER_LIST.name, ORDER_INFO.name, ORDER_COUNT.name})

KEPT = frozenset(
    {
        "ResultSet", "Result", "Status", "Error", "Code", "Message", "ErrorCode", "ErrorMessage",
        "ItemCode", "SubCode", "Quantity", "AllowOverdraft",
        "HasSubCode", "SubCodes", "@code", "@totalResultsAvailable",
        "Search", "TotalCount", "Count", "NewOrder",
        "OrderInfo", "OrderId", "Version", "OrderTime", "LastUpdateTime", "OrderStatus", "IsSplit", "ParentOrderId",
        "ChildOrderId", "CancelReason", "FraudHoldStatus",
        "Ship", "ShipStatus", "Item", "LineId", "ItemId",
    }
)  # fmt: skip
"""The only elements of an answer that live on. What isn't named here (buyer, address, payment, prices, options) is
dropped before anything sees it."""
KEPT_OF_TOKENS = frozenset({"access_token", "expires_in", "refresh_token", "error", "error_description"})

SHAPE = {
    GET_STOCK.name: ("ResultSet", "Result"),
    SET_STOCK.name: ("ResultSet", "Result"),
    MY_ITEM_LIST.name: ("ResultSet", "@totalResultsAvailable"),
    GET_ITEM.name: ("ResultSet", "Result"),
    ORDER_LIST.name: ("Result", "Search"),
    ORDER_INFO.name: ("ResultSet", "Result", "OrderInfo"),
    ORDER_COUNT.name: ("ResultSet", "Result", "Count"),
}
"""What a success of each call always has; each root may stand for the other (§3.1)."""


class YahooRefused(Refused):
    """Yahoo understood the request and will not carry it out."""

    def __init__(self, hint: Hint, code: str, message: str) -> None:
        super().__init__(hint)
        self.code, self.message = code, message


class Wire:
    """The doors of one store: `stock` with a token, `orders` with a token and a signature."""

    def __init__(self, settings: Yahoo, seams: Seams) -> None:
        self._settings, self._clock = settings, seams.clock
        self._forbidden_since: float | None = None
        self.unsigned_since: datetime | None = None  # from when on answers say that the signature is not accepted
        known = basic(settings.client_id, settings.client_secret.reveal())
        secrets = (settings.client_secret, settings.refresh_token, settings.public_key)
        self._redactor = Redactor([known, *(each.reveal() for each in secrets)])
        self._buckets = {
            CALLS: TokenBucket(seams.clock, rate=1 / facts.CALL_EVERY_SECONDS, burst=1.0),
            TOKENS: TokenBucket(seams.clock, rate=1.0, burst=1.0),
        }
        self._token_http = MallHttp(
            MALL, settings.login_url, seams, self._buckets, _judge_token, Fixed({HEADER: f"Basic {known}"}),
            self._redactor, lambda body: only(body, KEPT_OF_TOKENS), READ_XML,
        )  # fmt: skip
        given = settings.refresh_token.reveal()
        self._refresh_token = RefreshToken(MALL, CHANNEL, given, seams.tokens, self._redactor)
        tokens = Tokens(seams.clock, self._ask_for_token)
        key = settings.public_key.reveal()
        self.stock = self._door(seams, tokens)
        self.orders = self._door(seams, Signed(tokens, seams.clock, settings.shop, key, settings.public_key_version))
        self.tokens = tokens

    def _door(self, seams: Seams, auth: Auth) -> MallHttp:
        return MallHttp(
            MALL, self._settings.base_url, seams, self._buckets, self._judge, auth, self._redactor,
            lambda body: only(body, KEPT), READ_XML,
        )  # fmt: skip

    def close(self) -> None:
        for each in (self._token_http, self.stock, self.orders):
            each.close()

    def _ask_for_token(self) -> Token:
        """A refresh normally brings no new refresh token (§1.2). Raises TryAgain, NeedsPerson."""
        asked_at = self._clock.monotonic()
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token.newest()}
        return self._refresh_token.changed_for(self._token_http.call(TOKEN, form).json, asked_at)

    def _judge(self, operation: Operation, answer: Answer) -> None:
        """Return where `answer` is a success, else raise what has to happen next. The status alone says little: a 200
        may hold an error, a 207 holds both."""
        code, message = error_in(answer)
        _judge_gateway(answer, code)
        if answer.status == 403 and not code:
            self._forbidden(answer)
        if code:
            _raise_for(operation, code, message)
        if answer.status not in (200, 207):
            raise_if_busy(MALL, answer)
            if message:
                raise YahooRefused(_refused(operation, message), "", message)
            raise senseless(MALL, f"HTTP {answer.status}", ambiguous=True)
        if not _has_shape(operation, answer.json):
            raise senseless(MALL, operation.name, ambiguous=True)
        self._forbidden_since = None
        if operation.name in ORDER_CALLS:
            self._note_signature(answer.headers.get("x-sws-authorize-status", ""))

    def _forbidden(self, answer: Answer) -> None:
        """Too fast by a moment, a day used up, or a blocked application: only time tells them apart."""
        now = self._clock.monotonic()
        if self._forbidden_since is None:
            self._forbidden_since = now
        if now - self._forbidden_since >= facts.FORBIDDEN_PATIENCE_SECONDS:
            raise NeedsPerson(_FORBIDDEN)
        raise TryAgain(_FORBIDDEN, max(answer.retry_after, facts.FORBIDDEN_PAUSE_SECONDS))

    def _note_signature(self, status: str) -> None:
        if status == facts.AUTHORIZED:
            self.unsigned_since = None
        elif self.unsigned_since is None:
            self.unsigned_since = self._clock.now()


def error_in(answer: Answer) -> tuple[str, str]:
    """The code and the message of the error that an answer is as a whole, "" where it has none."""
    found: Any = answer.json
    if not isinstance(found, dict):
        code = re.search(r"px-\d{5}", answer.text)
        return (code[0] if code else ""), ""
    for path in ((), ("Result",), ("ResultSet",), ("ResultSet", "Result")):
        for node in nodes(found, *path):
            for error in nodes(node, "Error"):
                return text(error, "Code"), text(error, "Message")
    return "", ""


def _has_shape(operation: Operation, body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    *path, last = SHAPE[operation.name]
    roots = [["ResultSet", *path[1:]], path] if path[0] == "Result" else [path, path[1:]]
    return any(last in node for root in roots if root for node in nodes(body, *root))


def _judge_gateway(answer: Answer, code: str) -> None:
    """What is refused before the API itself (§1.4)."""
    reason = answer.headers.get("www-authenticate", "")
    if code == "px-04102":
        raise NeedsKey(_TOO_LONG_UNSIGNED)
    if code in _FOR_A_PERSON:
        raise NeedsPerson(_FOR_A_PERSON[code])
    if "insufficient_scope" in reason:
        raise NeedsPerson(_NO_PERMISSION)
    if answer.status == 401:
        raise KeyRefused(_TOKEN_REFUSED)


def _raise_for(operation: Operation, code: str, message: str) -> None:
    """What an error code means (§2.2)."""
    if code in facts.BUSY:
        hint = Hint("Yahoo! で反映かアップロードの途中です。待って続けます。", "Yahoo is publishing; going on later.")
        raise TryAgain(hint, facts.BUSY_SECONDS)
    if code in facts.MAINTENANCE:
        hint = Hint("Yahoo! がメンテナンス中です。待って続けます。", "Yahoo is being maintained; going on later.")
        raise TryAgain(hint, facts.MAINTENANCE_SECONDS)
    if code in facts.SYSTEM_ERRORS | facts.UNREAD:
        hint = Hint(f"Yahoo! の一時的なエラーです ({code})。やり直します。", f"An error inside Yahoo ({code}); again.")
        raise TryAgain(hint, ambiguous=True)
    if code in facts.STORE_ERRORS:
        raise NeedsPerson(
            Hint(
                f"Yahoo! にこのストアが見つかりません ({code} {message})。設定の shop を確かめてください。",
                f"Yahoo does not find this store ({code} {message}). Look at shop in the settings.",
            )
        )
    raise YahooRefused(_refused(operation, f"{code} {message}"), code, message)


def _refused(operation: Operation, detail: str) -> Hint:
    return Hint(f"Yahoo! が「{operation.name}」を断りました: {detail}", f"Yahoo refused {operation.name}: {detail}")


def _judge_token(_operation: Operation, answer: Answer) -> None:
    body: Mapping[str, Any] = answer.json if isinstance(answer.json, dict) else {}
    if answer.status == 200 and isinstance(body.get("access_token"), str):
        return
    raise_if_busy(MALL, answer)
    error = str(body.get("error", ""))
    if error == "invalid_grant":
        raise NeedsKey(_CONSENT_OVER)
    if error:
        raise NeedsKey(
            Hint(
                f"Yahoo! がトークンを渡しません ({error})。設定の client_id と client_secret を確かめてください。",
                f"Yahoo gives no token ({error}). Look at client_id and client_secret in the settings.",
            )
        )
    raise senseless(MALL, f"token, HTTP {answer.status}")


_CONSENT_OVER = Hint(
    "Yahoo! の同意が切れています (4 週間、またはパスワード変更や取り消し)。ストアの担当者がログインし直し、同意を"
    "取り直してください。",
    "The consent at Yahoo is over (after 4 weeks, a change of password or a withdrawal). The store's person logs in"
    " and consents anew.",
)
_TOKEN_REFUSED = Hint(
    "Yahoo! が新しいトークンも受け付けません。アプリケーション ID の状態を確かめてください。",
    "Yahoo does not accept even a fresh token. Look at the state of the application ID.",
)
_TOO_LONG_UNSIGNED = Hint(
    "Yahoo! の注文 API が止まりました (px-04102): 公開鍵の確認が 12 時間通っていません。暗号鍵管理で鍵の期限と版を"
    "確かめ、public_key と public_key_version を直し、ログインし直して同意を取り直してください。在庫の更新は続きます。",
    "Yahoo's order API has stopped (px-04102): the public key was not accepted for 12 hours. Look at its expiry and"
    " version, mend public_key and public_key_version, and give a new consent. Stock goes on.",
)
_NO_PERMISSION = Hint(
    "Yahoo! のアプリケーション ID に「ストア向け操作関連の機能」の権限がありません。",
    "The application ID at Yahoo lacks the permission for store operations (ストア向け操作関連の機能).",
)
_FORBIDDEN = Hint(
    "Yahoo! が呼び出しを禁じました (1 日 50,000 回の上限か、短時間の集中か、アプリケーション ID の停止)。ときどき試し、"
    "上限なら日本時間の 0 時に自動で続きます。ほかのツールが同じアプリケーション ID を使っていないか確かめてください。",
    "Yahoo forbids calls (50,000 a day, too many at once, or a blocked application ID). It is tried now and then; a"
    " used up day ends at midnight in Japan. See whether another tool uses the same application ID.",
)
_FOR_A_PERSON = {
    "px-04306": Hint(
        "このサーバーの IP アドレスが Yahoo! に登録されていません。注文 API の固定 IP を登録し直してください。",
        "This server's IP address is not registered at Yahoo: register it for the order API.",
    ),
    "px-04303": Hint(
        "このアプリケーション ID は Yahoo! の注文 API を使う申請が済んでいません。",
        "This application ID is not approved for Yahoo's order API.",
    ),
    "px-14303": Hint(
        "ログインした人のビジネス ID が Yahoo! のストアに登録されていません。",
        "The Business ID of the person who gave the consent is not registered at the store.",
    ),
    "px-14304": Hint(
        "同意した人に Yahoo! のこのストアの権限がありません。設定の shop と、その人の権限を確かめてください。",
        "The person who gave the consent has no right on this store. Look at shop in the settings, and at the rights.",
    ),
}
