"""What Yahoo's documents say a client does, and no more: the tests see the simulator through this."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from xml.etree.ElementTree import Element, fromstring  # noqa: TID251  (our own simulator's answers)

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.yahoo import Yahoo
from tests.support.virtual_clock import VirtualClock

BASE = "/ShoppingWebService/V1/"
LIST_FIELDS = "OrderId,Version,OrderTime,LastUpdateTime,OrderStatus,PayStatus,ShipStatus,IsSeen,FraudHoldStatus"
INFO_FIELDS = (
    "OrderId,Version,LastUpdateTime,OrderStatus,IsSeen,IsSplit,ParentOrderId,ChildOrderId,CancelReason,PayStatus,"
    "ShipStatus,LineId,ItemId,SubCode,Quantity,Title,ItemOption"
)
BASIC = "Basic " + b64encode(b"sandbox-client:sandbox-secret").decode()


class YahooClient:
    """Leaves a second between two calls, as the limits ask for, unless `hurry` is set."""

    def __init__(self, mall: Yahoo, clock: VirtualClock) -> None:
        self.mall, self.clock = mall, clock
        self.hurry = False
        self.signs = True
        self.seller = mall.seller_id
        self.http = httpx.Client(transport=httpx.WSGITransport(app=mall), base_url="https://yahoo")
        self.token = ""
        self.version, self.pem = mall.public_key()

    def product(self, code: str = "tea-01", stock: int | None = 10, sub: str = "", **more: Any) -> Listing:
        return self.mall.add_product((code, sub), (code + sub).upper(), stock, **more)

    def ask_token(self, **form: str) -> httpx.Response:
        given = {"grant_type": "refresh_token", "refresh_token": "RT-sandbox"} | form
        return self.http.post("/yconnect/v2/token", data=given, headers={"Authorization": BASIC})

    def login(self) -> None:
        self.token = self.ask_token().json()["access_token"]

    def call(self, method: str, api: str, signed: bool = False, **more: Any) -> httpx.Response:
        if not self.hurry:
            self.clock.sleep(1.0)
        if not self.token:
            self.login()
        headers = {"Authorization": f"Bearer {self.token}"} | (self.signature() if signed and self.signs else {})
        return self.http.request(method, BASE + api, headers=headers | more.pop("headers", {}), **more)

    def signature(self) -> dict[str, str]:
        key = serialization.load_pem_public_key(self.pem.encode())
        assert isinstance(key, rsa.RSAPublicKey)
        said = f"{self.seller}:{int(self.clock.now().timestamp())}".encode()
        sealed = b64encode(key.encrypt(said, padding.PKCS1v15())).decode()
        return {"X-sws-signature": sealed, "X-sws-signature-version": str(self.version)}

    def get(self, *codes: str) -> httpx.Response:
        return self.call("POST", "getStock", data={"seller_id": self.seller, "item_code": ",".join(codes)})

    def set(self, codes: str, quantities: str, **more: str) -> httpx.Response:
        form = {"seller_id": self.seller, "item_code": codes, "quantity": quantities} | more
        return self.call("POST", "setStock", data=form)

    def order_call(self, api: str, inner: str, seller: str = "SellerId") -> httpx.Response:
        body = f"<Req>{inner}<{seller}>{self.seller}</{seller}></Req>".encode()
        return self.call("POST", api, signed=True, content=body, headers={"Content-Type": "application/xml"})

    def list(self, condition: str = "", fields: str = LIST_FIELDS, start: int = 1, size: int = 100) -> httpx.Response:
        condition = (
            condition or "<OrderTimeFrom>20261101000000</OrderTimeFrom><OrderTimeTo>20271231235959</OrderTimeTo>"
        )
        search = (
            f"<Result>{size}</Result><Start>{start}</Start><Condition>{condition}</Condition><Field>{fields}</Field>"
        )
        return self.order_call("orderList", f"<Search>{search}</Search>")

    def info(self, order: str, fields: str = INFO_FIELDS) -> httpx.Response:
        return self.order_call("orderInfo", f"<Target><OrderId>{order}</OrderId><Field>{fields}</Field></Target>")

    def listed(self) -> list[str]:
        return texts(self.list(), "OrderId")


def root(answer: httpx.Response) -> Element:
    return fromstring(answer.content)


def texts(answer: httpx.Response, name: str) -> list[str]:
    """Every element of that name, wherever it stands."""
    return [(each.text or "").strip() for each in root(answer).iter() if each.tag.rpartition("}")[2] == name]


def text(answer: httpx.Response, name: str) -> str:
    (found,) = texts(answer, name)
    return found


def codes(answer: httpx.Response) -> list[str]:
    """The codes of errors, of rows and of the whole."""
    return texts(answer, "Code") + texts(answer, "ErrorCode")
