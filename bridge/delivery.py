"""Alerts out to mail, Slack, Teams, LINE and whatever else apprise knows.

In a process of its own: apprise reads every service it knows when it is loaded (some seconds), an address may hang, and
what apprise logs may hold the address. None of it may slow the stock, stop it, or stand in the log.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from functools import cache
from typing import Any

SECONDS = 90.0  # for all messages of a round together


@dataclass(frozen=True)
class Message:
    """`url`: the address as apprise has it, which bears its secrets."""

    url: str = field(repr=False)
    title: str
    body: str


Deliver = Callable[[Sequence[Message]], Sequence[bool]]
"""Whether each was taken. Never raises for what goes wrong outside."""


def in_a_process(messages: Sequence[Message]) -> list[bool]:
    """Those that were not answered for in time count as not taken."""
    told = json.dumps([astuple(each) for each in messages]).encode()
    try:
        ran = subprocess.run(
            [sys.executable, "-m", __name__],
            input=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
        said = ran.stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    except OSError:
        said = b""
    taken = [line == b"taken" for line in said.splitlines()][: len(messages)]
    return taken + [False] * (len(messages) - len(taken))


def send(messages: Sequence[Message]) -> list[bool]:
    """The same in this process."""
    return list(_sent(messages))


def service_name(url: str) -> str | None:
    """What an address belongs to ("Slack"), None where apprise doesn't know it. Loads apprise."""
    found = _service(url)
    return None if found is None else str(found.service_name)


def _sent(messages: Sequence[Message]) -> Iterator[bool]:
    for each in messages:
        service = _service(each.url)
        try:
            yield service is not None and bool(service.notify(body=each.body, title=each.title, body_format="text"))
        except Exception:  # each of apprise's services fails in its own way
            yield False


def _service(url: str) -> Any:
    apprise, asset = _apprise()
    return apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


@cache
def _apprise() -> tuple[Any, Any]:
    import apprise  # wanted here only, and slow

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it names addresses
    return apprise, apprise.AppriseAsset(app_id="bridge", app_desc="bridge", async_mode=False)


if __name__ == "__main__":
    for taken in _sent([Message(*each) for each in json.load(sys.stdin)]):
        print("taken" if taken else "not taken", flush=True)
