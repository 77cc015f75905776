"""Tokens for an hour out of a consent for four weeks, and the signature that order calls need (yahoo.md §1.2, §1.3)."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bridge.channels.tokens import InHeader, Renewing, Token
from bridge.channels.yahoo import facts
from bridge.clock import Clock
from bridge.errors import Hint, NeedsPerson

HEADER = "Authorization"


class Tokens(InHeader):
    """A token for an hour out of the consent."""

    def __init__(self, clock: Clock, ask: Callable[[], Token]) -> None:
        """`ask` raises TryAgain, NeedsPerson."""
        super().__init__(HEADER, Renewing(clock, facts.TOKEN_RENEWED_EARLY, ask), "Bearer ")


class Signed:
    """A token, and the proof that the store gave us its key: the seller and the time, encrypted with it anew for each
    request."""

    def __init__(self, tokens: Tokens, clock: Clock, seller: str, key: str, version: int) -> None:
        self._tokens, self._clock = tokens, clock
        self._seller, self._pasted, self._version = seller, key, version
        self._key: rsa.RSAPublicKey | None = None

    def headers(self) -> Mapping[str, str]:
        """Where the key can't be read, only order calls stop. Raises TryAgain, NeedsPerson."""
        key = self._key = self._key or public_key(self._pasted)
        said = f"{self._seller}:{int(self._clock.now().timestamp())}".encode()
        return {
            **self._tokens.headers(),
            "X-sws-signature": b64encode(key.encrypt(said, padding.PKCS1v15())).decode("ascii"),
            "X-sws-signature-version": str(self._version),
        }

    def renew(self, refused: Mapping[str, str]) -> bool:
        return self._tokens.renew(refused)


def public_key(pasted: str) -> rsa.RSAPublicKey:
    """The store's key, with or without its BEGIN and END lines, and however its lines were broken. Raises
    NeedsPerson."""
    body = re.sub(r"-----[A-Z ]+-----|\s", "", pasted)
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    try:
        key = serialization.load_pem_public_key(
            f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n".encode()
        )
    except (ValueError, UnsupportedAlgorithm):
        raise NeedsPerson(_NO_KEY) from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise NeedsPerson(_NO_KEY)
    return key


_NO_KEY = Hint(
    "Yahoo! の public_key が鍵として読めません。ストアクリエイターPro の「暗号鍵管理」から、全部を写してください。",
    "Yahoo's public_key is no key that can be read. Copy all of it from 暗号鍵管理 in ストアクリエイターPro.",
)
