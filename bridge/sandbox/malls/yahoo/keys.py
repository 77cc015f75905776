"""The store's key pairs, and the header that a request is "signed" with (yahoo.md §1.3)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as BadBase64
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from werkzeug.wrappers import Request

from bridge.sandbox.malls.yahoo.records import KeyPair

if TYPE_CHECKING:
    from bridge.sandbox.malls.yahoo.shop import Yahoo

KEY_LIFE = timedelta(days=365)
MOST_ENABLED = 2


@cache
def _pair(_version: int) -> str:
    """One pair a version and process: making one takes long, and which it is doesn't matter."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encryption = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


def issue(keys: list[KeyPair], now: datetime) -> KeyPair:
    """Somebody makes another key in the store's tool; two can be enabled at a time."""
    assert sum(key.enabled and key.expires_at > now for key in keys) < MOST_ENABLED
    version = max((key.version for key in keys), default=0) + 1
    key = KeyPair(version, _pair(version), now + KEY_LIFE)
    keys.append(key)
    return key


def public_pem(key: KeyPair) -> str:
    public = _private(key.private_pem).public_key()
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, spki).decode()


def signed(shop: Yahoo, request: Request) -> bool:
    """Whether the request proves that its sender has one of the store's keys, now."""
    now = shop.clock.now()
    version = request.headers.get("X-sws-signature-version", "")
    key = next((key for key in shop.state.keys if str(key.version) == version and key.enabled), None)
    if key is None or key.expires_at <= now:
        return False
    try:
        sent = b64decode(request.headers.get("X-sws-signature", ""), validate=True)
        seller, _, seconds = _private(key.private_pem).decrypt(sent, padding.PKCS1v15()).decode().partition(":")
        return seller == shop.seller_id and abs(now.timestamp() - int(seconds)) <= shop.switches.skew_seconds
    except (BadBase64, ValueError):
        return False


@cache
def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key
