"""Webhooks as Shopify sends them, and as somebody sends them who isn't Shopify."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Any

from tests.support.virtual_clock import VirtualClock

KEY = "shpss_the_key_of_the_app"
OLD_KEY = "shpss_the_key_before_it_was_changed"
SHOP = "tea.myshopify.com"


@dataclass(frozen=True)
class Sent:
    headers: Mapping[str, str]
    body: bytes


def sign(body: bytes, key: str = KEY) -> str:
    return b64encode(hmac.new(key.encode(), body, sha256).digest()).decode()


def genuine(clock: VirtualClock, number: int, *, age: timedelta = timedelta(0), **more: Any) -> Sent:
    """Order `number` was created `age` ago."""
    at = clock.now() - age
    said = {"id": 5_000_000_000 + number, "updated_at": f"{at:%Y-%m-%dT%H:%M:%S}+00:00", **more}
    body = json.dumps(said).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Hmac-Sha256": sign(body),
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": f"b54557e4-bdd9-4b37-8a5f-{number:012d}",
        "X-Shopify-Event-Id": f"98880550-7158-44d4-b7cd-{number:012d}",
        "X-Shopify-Triggered-At": f"{at:%Y-%m-%dT%H:%M:%S}.123456789Z",
    }
    return Sent(headers, body)


def _signature(true: Sent, text: str) -> Sent:
    return replace(true, headers={**true.headers, "X-Shopify-Hmac-Sha256": text})


def forged(true: Sent, random: Random) -> Sent:
    """What one can make of a webhook without the key. Each way changes what is signed, or the signature."""
    body, given = true.body, true.headers["X-Shopify-Hmac-Sha256"]
    place = random.randrange(len(body))
    bent = body[:place] + bytes([body[place] ^ (1 << random.randrange(8))]) + body[place + 1 :]
    noise = random.randbytes(random.randrange(200))
    ways = [
        lambda: replace(true, body=bent),
        lambda: replace(true, body=body + random.choice([b" ", b"\n", b"\0", noise + b"x"])),
        lambda: replace(true, body=body[:place]),
        lambda: replace(true, body=noise),
        lambda: _signature(true, sign(body, random.choice(["", "key", KEY[:-1], KEY + " ", KEY.upper()]))),
        lambda: _signature(true, b64encode(random.randbytes(32)).decode()),
        lambda: _signature(true, given[: random.randrange(len(given))]),
        lambda: _signature(true, given + random.choice(["=", "A", " x"])),
        lambda: _signature(true, hmac.new(KEY.encode(), body, sha256).hexdigest()),
        lambda: _signature(true, random.choice(["", "=", "null", "é", "\t", "AAAA" * 1000, "../../etc/passwd"])),
        lambda: replace(true, headers={n: v for n, v in true.headers.items() if "Hmac" not in n}),
        lambda: Sent({}, noise),
    ]
    made = random.choice(ways)()
    return made if (made.body, made.headers.get("X-Shopify-Hmac-Sha256")) != (body, given) else Sent({}, noise)
