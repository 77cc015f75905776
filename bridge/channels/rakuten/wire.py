"""Requests to RMS: how they are signed, what is kept of an answer, what its errors mean (rakuten.md §1, §2.3, §4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.channel_settings import Rakuten
from bridge.channels.answers import senseless
from bridge.channels.http import Answer, KeyRefused, MallHttp, Operation, Seams, raise_if_busy
from bridge.channels.rakuten import facts
from bridge.channels.redaction import Redactor, only
from bridge.channels.tokens import basic
from bridge.clock import Clock
from bridge.errors import Hint, NeedsPerson, Refused, TryAgain
from bridge.limits import TokenBucket

MALL = "Rakuten"

KEPT = frozenset(
    {
        "errors", "code", "message", "metadata", "propertyPath", "Results", "errorCode",
        "MessageModelList", "messageType", "messageCode", "orderNumber",
        "orderNumberList", "PaginationResponseModel", "totalRecordsAmount", "totalPages", "requestPage",
        "OrderModelList", "orderProgress", "orderDatetime", "shippingCmplRptDatetime",
        "PackageModelList", "basketId", "packageDeleteFlag", "ShippingModelList", "shippingDate",
        "ItemModelList", "itemDetailId", "manageNumber", "units", "inventoryType", "restoreInventoryFlag",
        "deleteItemFlag", "ChangeReasonModelList", "changeType", "changeApplyDatetime",
        "SkuModelList", "variantId",
        "inventories", "quantity",
        "expiryDate",
        "results", "item", "itemType", "unlimitedInventoryFlag", "variants", "backOrderFlag", "nextCursorMark",
        "itemNumber", "merchantDefinedSkuId",
    }
)  # fmt: skip
"""The only members of an answer that live on. What isn't named here (buyer, address, payment, remarks) is dropped
before anything sees it."""

EXPECTED: Mapping[str, tuple[str, type]] = {
    "searchOrder": ("orderNumberList", list),
    "getOrder": ("OrderModelList", list),
    "bulkGet": ("inventories", list),
    "itemSearch": ("results", list),
    "itemSettings": ("variants", dict),
}
"""What a success of each function always has."""

BAD_KEY = frozenset({"GA0001", "ES01-01"})
NOT_ENABLED = "ES04-01"
CONFLICT = "CE0001"


@dataclass(frozen=True)
class RmsError:
    """One entry of an error answer. `path` tells the row, as in "inventories[3].quantity"; "" where it is missing."""

    code: str
    message: str
    path: str


class RmsRefused(Refused):
    """Rakuten understood the request and will not carry it out."""

    def __init__(self, hint: Hint, errors: Sequence[RmsError]) -> None:
        super().__init__(hint)
        self.errors = tuple(errors)


class EsaAuth:
    """`Authorization: ESA base64(serviceSecret:licenseKey)`. A dead key needs a person (rakuten.md §1.1).

    A key made just now may be refused for half an hour: meanwhile the one before it serves, where the settings still
    have it, and the new one is tried again now and then."""

    def __init__(self, clock: Clock, service_secret: str, license_keys: Sequence[str]) -> None:
        """`license_keys`: the newest first."""
        self._clock = clock
        self.tokens = [basic(service_secret, key) for key in license_keys]
        self._refused_at: float | None = None  # when the newest was

    def headers(self) -> Mapping[str, str]:
        pause = facts.NEW_KEY_TRIED_EVERY.total_seconds()
        waits = self._refused_at is not None and self._clock.monotonic() - self._refused_at < pause
        return {"Authorization": f"ESA {self.tokens[-1 if waits else 0]}"}

    def renew(self, refused: Mapping[str, str]) -> bool:
        """True where the key before may still do."""
        if len(self.tokens) == 1 or refused.get("Authorization") != f"ESA {self.tokens[0]}":
            return False
        self._refused_at = self._clock.monotonic()
        return True


def connect(settings: Rakuten, seams: Seams) -> MallHttp:
    """The door to one shop."""
    secret, keys = settings.service_secret.reveal(), license_keys(settings)
    auth = EsaAuth(seams.clock, secret, keys)
    buckets = {name: TokenBucket(seams.clock, rate * facts.SHARE, burst=1.0) for name, rate in facts.PER_SECOND.items()}
    redactor = Redactor([secret, *keys, *auth.tokens])
    return MallHttp(MALL, settings.base_url, seams, buckets, judge, auth, redactor, cleansed)


def cleansed(body: Any) -> Any:
    """What is named in KEPT; of an item's variants, which stand under ids of the shop's choice, each with the same."""
    kept = only(body, KEPT)
    if isinstance(body, dict) and isinstance(kept, dict):
        if isinstance(variants := body.get("variants"), dict):
            kept["variants"] = {str(key): only(variant, KEPT) for key, variant in variants.items()}
        if isinstance(results := body.get("results"), list):
            kept["results"] = [cleansed(each["item"]) for each in results if isinstance(each, dict) and "item" in each]
    return kept


def license_keys(settings: Rakuten) -> list[str]:
    """The newest first."""
    return [key.reveal() for key in (settings.license_key, settings.old_license_key) if key is not None]


def judge(operation: Operation, answer: Answer) -> None:
    """Return where `answer` is a success, else raise what has to happen next."""
    errors = errors_in(answer.json)
    if 200 <= answer.status < 300:
        _judge_success(operation, answer, errors)
        return
    codes = {error.code for error in errors}
    if answer.status == 401 or codes & BAD_KEY:
        raise KeyRefused(
            Hint(
                "楽天の serviceSecret / licenseKey が受け付けられません。期限 (90 日) を RMS で確かめ、新しい鍵を入れて"
                "ください。新しい鍵は使えるまで 30 分ほどかかることがあります。",
                "Rakuten does not accept serviceSecret / licenseKey. Look at its expiry (90 days) in RMS and put in a"
                " new key; a fresh key may take 30 minutes to work.",
            )
        )
    if NOT_ENABLED in codes:
        raise NeedsPerson(
            Hint(
                f"RMS で「{operation.name}」の利用が有効になっていません。RMS の Web API 設定で有効にしてください。",
                f'The function "{operation.name}" is not switched on for this key: switch it on in RMS.',
            )
        )
    if answer.status == 403:  # over the limit, on some of the APIs
        hint = Hint("楽天の呼び出し回数の上限です。待って続けます。", "Over Rakuten's request limit; going on later.")
        raise TryAgain(hint, answer.retry_after)
    if CONFLICT in codes:
        hint = Hint("楽天で別の処理と重なりました。やり直します。", "Another process at Rakuten was faster; again.")
        raise TryAgain(hint, facts.CONFLICT_PAUSE_SECONDS)
    raise_if_busy(MALL, answer)
    if not errors:
        raise senseless(MALL, f"HTTP {answer.status}", ambiguous=True)
    detail = "; ".join(f"{error.code} {error.message}" for error in errors)
    hint = Hint(f"楽天が「{operation.name}」を断りました: {detail}", f"Rakuten refused {operation.name}: {detail}")
    raise RmsRefused(hint, errors)


def _judge_success(operation: Operation, answer: Answer, errors: Sequence[RmsError]) -> None:
    """A 200 of another shape (the page of a proxy, an error inside) must not pass for "no orders" or "no stock"."""
    expected = EXPECTED.get(operation.bucket)
    if errors:
        raise senseless(MALL, f"{errors[0].code} {errors[0].message}")
    if expected is None:
        if answer.text:
            raise senseless(MALL, operation.name, ambiguous=True)
        return
    member, kind = expected
    if not (isinstance(answer.json, dict) and isinstance(answer.json.get(member), kind)):
        raise senseless(MALL, operation.name)


def errors_in(body: Any) -> list[RmsError]:
    """The errors of an answer, in any of the three shapes that RMS has."""
    if not isinstance(body, dict):
        return []
    found = [
        RmsError(
            str(each.get("code", "")),
            str(each.get("message", "")),
            str((each.get("metadata") or {}).get("propertyPath", "")),
        )
        for each in body.get("errors") or []
        if isinstance(each, dict)
    ]
    if isinstance(result := body.get("Results"), dict):
        found.append(RmsError(str(result.get("errorCode", "")), str(result.get("message", "")), ""))
    found += [
        RmsError(str(each.get("messageCode", "")), str(each.get("message", "")), "")
        for each in body.get("MessageModelList") or []
        if isinstance(each, dict) and each.get("messageType") == "ERROR" and not each.get("orderNumber")
    ]
    return found
