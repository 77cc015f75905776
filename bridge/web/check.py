"""`bridge check` for the web edge: can it listen, who could reach it, are its webhooks set up."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from bridge.channels.port import Check
from bridge.config import Config, Web
from bridge.errors import Hint
from bridge.web.server import listen

_FINE = Hint("問題ありません。", "fine.")


def check_web(config: Config) -> Iterator[Check]:
    """No line where nothing listens."""
    web = config.web
    if web is None:
        return
    yield Check("web port", *_port(web))
    yield Check("web host", *_host(web))
    if web.public_url is not None:
        yield Check("web public_url", *_public(web.public_url))


def _port(web: Web) -> tuple[bool, Hint]:
    try:
        listen(web).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE and _is_us(web):
            return True, Hint("動作中の bridge が待ち受けています。", "The running bridge listens there.")
        return False, Hint(
            f"{web.host}:{web.port} で待ち受けられません ({error.strerror})。[web] の host と port を見てください。",
            f"Can't listen on {web.host}:{web.port} ({error.strerror}); look at host and port in [web].",
        )
    return True, _FINE


def _is_us(web: Web) -> bool:
    host = f"[{web.host}]" if ":" in web.host else web.host
    try:
        said = httpx.get(f"http://{host}:{web.port}/healthz", timeout=2, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return False
    return isinstance(said, dict) and "sheet_age_seconds" in said


def _host(web: Web) -> tuple[bool, Hint]:
    if ip_address(web.host).is_loopback:
        return True, _FINE
    return True, Hint(
        f"{web.host} は他の機械からも届きます。前に TLS のリバースプロキシを置き、/webhooks/ と /keys/ だけを通して"
        "ください。",
        f"{web.host} can be reached from other machines. Put a reverse proxy with TLS before it that passes only"
        " /webhooks/ and /keys/.",
    )


def _public(url: str) -> tuple[bool, Hint]:
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname in ("127.0.0.1", "::1", "localhost"):
        return True, _FINE
    return False, Hint(
        "モールは https の宛先にしか知らせません。public_url を https:// にしてください。",
        "Malls tell only addresses with https; make public_url one.",
    )
