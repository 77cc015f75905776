"""Alerts out to mail, Slack, Teams, LINE and whatever else apprise knows.

In a process of its own: apprise reads every service it knows when it is loaded (some seconds), an address may hang, and
what apprise logs may hold the address. None of it may slow the stock, stop it, or stand in the log.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    taken = said.splitlines()
    return [b"%d" % number in taken for number in range(len(messages))]


def send(messages: Sequence[Message]) -> list[bool]:
    """The same in this process."""
    return [_sent(each) for each in messages]


def service_name(url: str) -> str | None:
    """What an address belongs to ("Slack"), None where apprise doesn't know it. Loads apprise."""
    found = _service(url)
    return None if found is None else str(found.service_name)


def _send_at_once(messages: Sequence[Message]) -> None:
    """Say the number of each that was taken, as soon as it was. All addresses at once, what goes to one of them in
    turn: one that hangs takes no time from the others."""
    _apprise()  # once, before the threads
    by_address = defaultdict[str, list[tuple[int, Message]]](list)
    for number, each in enumerate(messages):
        by_address[each.url].append((number, each))

    def send_in_turn(numbered: Sequence[tuple[int, Message]]) -> None:
        for number, each in numbered:
            if _sent(each):
                sys.stdout.write(f"{number}\n")  # whole, whichever thread
                sys.stdout.flush()

    with ThreadPoolExecutor(len(by_address)) as pool:
        for numbered in by_address.values():
            pool.submit(send_in_turn, numbered)


def _sent(message: Message) -> bool:
    service = _service(message.url)
    try:
        return service is not None and bool(service.notify(body=message.body, title=message.title, body_format="text"))
    except Exception:  # each of apprise's services fails in its own way
        return False


def _service(url: str) -> Any:
    apprise, asset = _apprise()
    return apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


@cache
def _apprise() -> tuple[Any, Any]:
    import apprise  # wanted here only, and slow

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it names addresses
    return apprise, apprise.AppriseAsset(app_id="bridge", app_desc="bridge", async_mode=False)


if __name__ == "__main__":
    _send_at_once([Message(*each) for each in json.load(sys.stdin)])
