"""What a webhook says: that something has changed, and no more. It wakes a poll; it is never the fact.

The one who sends it owns how it is signed: `channels/<mall>/webhooks.py`, `sheet/edit_hook.py`.
"""

from __future__ import annotations

import binascii
import hmac
import json
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

SAME_FOR = 10  # seconds within which two deliveries that say the same are taken for one
DIGEST_CHARACTERS = 32  # of the signature in hexadecimal: 128 bits


class Forged(Exception):
    """Not signed by whom it says it comes from."""


class NotForUs(Exception):
    """Signed well, but about another shop."""


class Greeting(Exception):
    """A sender tries whether anybody is there before it signs anything: it wants a yes, and nothing follows from it."""


@dataclass(frozen=True)
class Notice:
    """All that is kept of a webhook.

    event: the sender's id of the delivery, equal over its retries · topic, order: "" where they are not understood ·
    digest: of what was signed, so that a copy under another id is known too · at: when it happened, aware
    """

    event: str
    topic: str
    order: str
    digest: str
    at: datetime


def signature(key: str, message: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.new(key.encode(), message, sha256).digest()


def signed_by(keys: Iterable[str], message: bytes, given: bytes) -> bool:
    """Whether `given` is the signature of `message` by one of `keys`. Takes as long whichever it is, or none."""
    fits = [hmac.compare_digest(signature(key, message), given) for key in keys]
    return any(fits)


def digest_of(given: bytes) -> str:
    """A short name of a good signature. It is keyed, so nobody can find out from it what was signed."""
    return sha256(given).hexdigest()[:DIGEST_CHARACTERS]


def from_base64(text: str) -> bytes:
    """A signature as a header has it; empty, which signs nothing, where it is no base64."""
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def content(body: bytes) -> Any:
    """What is signed is the sender's, even where we don't understand it: it still says that something changed. None
    where it is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def members(body: bytes) -> Mapping[str, Any]:
    """The members of a signed body, none where it isn't an object."""
    said = content(body)
    return said if isinstance(said, dict) else {}


def fitting(shape: re.Pattern[str], said: object) -> str:
    """A text that may be kept, or "" where it is none, or isn't of that shape: nobody signed it, or it is not ours to
    know what is in it."""
    return said if isinstance(said, str) and shape.fullmatch(said) else ""


def about_now(at: datetime) -> bytes:
    """The same for some seconds: where two changes have equal bodies, they are told apart by when they come."""
    return str(int(at.timestamp()) // SAME_FOR).encode()
