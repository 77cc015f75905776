"""今すぐ同期: one touch in 設定, and every channel's orders and all its numbers are read, and what is due is sent.

The tick is the staff's, so the bridge never takes it away: every change of it counts, on or off. So one touch is one
run, also on a phone, and whoever finds it ticked need not know by whom. What was asked for and what came of it stands
in the ledger; a restart in between goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bridge.domain.maintenance import current
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.values import iso, time_of
from bridge.sheet.layout import command_titles, is_sync
from bridge.sheet.texts import say
from bridge.sheet.views import SettingLine

_ASKED = "sync now"  # ticks: as they stood when it was asked · at: when · done: what came of it, by channel


def take_sync(tx: Tx, lines: Iterable[SettingLine], still: Callable[[str, object], bool]) -> None:
    """One poll's ticks. Harmless to repeat. `still`: whether the last poll said the same of that name."""
    ticks = sorted(line.on for line in lines if line.kind == "command" and is_sync(line.name) and line.on is not None)
    known = _known(tx)
    if not still("sync now", ticks) or not ticks or ticks == known["ticks"]:
        return
    at = iso(tx.at) if any(ticks) or known["ticks"] else None  # a line that was just added asks for nothing
    tx.put(_ASKED, {"ticks": ticks, "at": at, "done": {}})


def asked(tx: Tx, channel: str) -> str | None:
    """When a run was asked for that the channel has not made yet."""
    known = _known(tx)
    done = known["done"].get(channel)
    return None if done is not None and done["of"] == known["at"] else known["at"]


def done(tx: Tx, shop: Shop, channel: str, of: str, sent: int) -> None:
    """The channel has read all its numbers and sent so many, as was asked for at `of`."""
    if current(shop.channels[channel].windows, tx.at):
        return  # it must not be called now: it makes the run afterwards
    known, heard = _known(tx), tx.channels.get(channel).orders_failing_since is None
    entry = {"of": of, "at": iso(tx.at), "sent": sent, "orders": heard}
    tx.put(_ASKED, {**known, "done": {**known["done"], channel: entry}})


class Bell:
    """Wakes the channels' threads as soon as a run was asked for."""

    def __init__(self, ledger: Ledger, wake: Callable[[], None]) -> None:
        self._ledger, self._wake = ledger, wake
        self._rung = self._newest()

    def look(self) -> None:
        newest = self._newest()
        if newest != self._rung:
            self._rung = newest
            self._wake()

    def _newest(self) -> str | None:
        with self._ledger.read() as tx:
            at: str | None = _known(tx)["at"]
            return at


def said(tx: Tx, shop: Shop, line: SettingLine, clock: Callable[[datetime], str]) -> str:
    """What stands beside a command."""
    language, known = shop.language, _known(tx)
    if not is_sync(line.name):
        return say("commands", "unknown", language, names="・".join(command_titles(language)))
    if known["at"] is None:
        return say("commands", "sync", language)
    finished = {name: known["done"][name] for name in shop.channels if asked(tx, name) is None}
    left = "・".join(name for name in shop.channels if name not in finished)
    at = clock(time_of(known["at"]))
    told = _of_channels(language, finished, clock)
    if left:
        return say("commands", "syncing", language, time=at, left=left, done=told)
    return say("commands", "synced", language, time=at, done=told)


def _of_channels(language: str, finished: Mapping[str, Mapping[str, Any]], clock: Callable[[datetime], str]) -> str:
    parts = [
        say(
            "commands",
            "channel" if each["orders"] else "channel deaf",
            language,
            channel=name,
            time=clock(time_of(each["at"])),
            sent=each["sent"],
        )
        for name, each in finished.items()
    ]
    return say("commands", "comma", language).join(parts)


def _known(tx: Tx) -> dict[str, Any]:
    found: dict[str, Any] = tx.get(_ASKED, {"ticks": [], "at": None, "done": {}})
    return found
